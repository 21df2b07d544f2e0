"""The test that cannot forget: every handler, web route and background step has a row in the
table, and each is tried with signed payloads that claim what the person may not have.

Compared are effects: rows, calls to Slack and 100ms, and whether anything of the recording is told.
"""

import itertools
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed
from sqlalchemy import update
from starlette.routing import Route

from bot.core import steps
from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, DeliveryState, Kind, Wanted, Work
from bot.core.facts import (
    AssetSeen,
    Fact,
    Followed,
    MomentShared,
    Observed,
    PlaceSeen,
    ResultsChecked,
    StartAccepted,
)
from bot.core.note import Note
from bot.core.options import RecordingOptions
from bot.core.plan import plan
from bot.core.policy import Policy
from bot.core.proofs import OwnWork
from bot.core.retry import Retry
from bot.core.steps import PostMoment, retry_name
from bot.core.transcript import Sentence
from bot.core.when import When
from bot.core.when_grammar import read_when
from bot.engine.context import Context
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.store import CalendarRepository
from bot.features.commands.answer_questions import ANSWERS
from bot.features.commands.do_orders import DO
from bot.features.commands.store import ChoiceRepository
from bot.features.commands.stored_orders import Choice, StoredOrder
from bot.features.find.steps import NO_RIGHT, post_moment
from bot.features.meeting.store import DoorRepository, Viewer
from bot.features.options.drafts import Draft
from bot.features.options.store import DraftRepository
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.features.rules.model import Rule as RoomRule
from bot.features.rules.store import RuleRepository
from bot.features.schedules.model import Schedule, deleted, paused, planned, skipped
from bot.features.schedules.store import ScheduleRepository
from bot.slack.errors import SlackUnavailable
from bot.store import schema
from bot.store.errors import LeaseLost
from bot.ui.ids import value_at
from bot.wiring import FEATURES
from tests.contract.transcripts_kit import misspelt, new_word, spoken
from tests.integration.access_rig import (
    HALL,
    HMS_ASSET,
    HOUR,
    SECRET,
    TOKEN,
    Effects,
    Rig,
    counted,
    rigged,
    serial,
)
from tests.integration.access_table import (
    FULL,
    HANDLERS,
    IN,
    NONE,
    PERSONS,
    PLACES,
    PLAZA,
    ROUTES,
    SEES,
    STEPS,
    WORDS,
    Place,
    Rule,
)
from tests.unit.some import T0, derive_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


def names() -> list[str]:
    return [f"{one.kind} {n}" for f in FEATURES for one in f.on.declared for n in one.names]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def the_rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rigged(tmp_path_factory.mktemp("matrix")) as made:
        yield made
    print(f"\nmatrix: {dict(counted)}")  # noqa: T201


@pytest.fixture
def rig(the_rig: Rig) -> Rig:
    """Shared, with nothing in it of other tests."""
    the_rig.forget()
    return the_rig


async def test_every_handler_route_and_step_has_a_row(rig: Rig) -> None:
    assert sorted(HANDLERS) == sorted(names())
    routes = [
        f"{method} {route.path}"
        for route in rig.bot.parts.web.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    ]
    assert sorted(ROUTES) == sorted(routes)
    every = {kind.__name__ for kind in get_args(steps.Action) if isinstance(kind, type)}
    assert set(STEPS) == every


def of(about: str) -> list[Any]:
    return [pytest.param(n, r, id=n) for n, r in HANDLERS.items() if r.about == about]


HOW = {
    "recording_resume": "paused",
    **dict.fromkeys(
        ("recording_watch", "recording_watch_at", "recording_transcript", "recording_file",
         "recording_forget", "recording_change", "recording_try_again", "moment_share",
         "moment_share_form"), "ended",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "rule"), of("recording"))
async def test_a_recording_by_its_key(rig: Rig, name: str, rule: Rule) -> None:
    kind, _, action = name.partition(" ")

    async def tried(user: str, key: str) -> Effects:
        if kind == "view":
            chosen = {
                "share_channel": {"share_channel_input": {"selected_conversation": PLAZA}},
                "recording_title": {"recording_title_input": {"value": "Launch retro"}},
            }
            chosen["moment_channel"] = {"moment_channel_input": {"selected_conversation": PLAZA}}
            metadata = f"{key} 0" if action == "moment_share_form" else key
            form = rig.view(action, metadata, chosen)
            return await rig.send({**rig.base("view_submission", user), "view": form})
        more = {
            "recording_file": f" {HMS_ASSET}",
            "recording_watch_at": " 754000",
            "moment_share": " 0",
        }
        value = f"{key}{more.get(action, '')}"
        return await rig.send(rig.click(user, action, value))

    nothing: dict[str, tuple[str, Counter[str]]] = {}  # by person: what a missing one brings
    how = HOW.get(action, "running")
    async for place, who, user, (key, _) in rig.everybody_with_a_recording(how):
        if action == "recording_join":
            joinable = ChannelSettings(join_role="guest")
            await rig.store.channel_settings.save(PLACES[place], joinable, seed.ADMIN)
        done = await tried(user, key)
        sees = who in SEES[place]
        assert done.has(rule.effect) == rule.may(who, place), (who, place, done)
        if not sees:
            assert SECRET not in done.told, (who, place, done)
            assert seed.STARTER not in done.told.replace(user, ""), (who, place)
            assert not any(done.rows.values()), (who, place, done.rows)
            if user not in nothing:
                nothing[user] = _plain(await tried(user, "rec-0"), key)
            assert nothing[user] == _plain(done, key), (who, place)
        if user != seed.STARTER:
            assert TOKEN not in done.told, (who, place)


def _plain(done: Effects, key: str) -> tuple[str, Counter[str]]:
    told = done.told.replace(key, "KEY").replace("rec-0", "KEY").replace('"s0"', '"KEY"')
    return told, done.rows


@pytest.mark.parametrize(("name", "rule"), of("schedule"))
async def test_a_schedule_by_its_id(rig: Rig, name: str, rule: Rule) -> None:
    kind, _, action = name.partition(" ")
    deps = rig.bot.parts.deps

    async def tried(user: str, value: str) -> Effects:
        if kind == "view":
            typed = {"schedule_when": {"schedule_when_input": {"value": "every day at 11"}}}
            form = rig.view(action, value, typed)
            return await rig.send({**rig.base("view_submission", user), "view": form})
        return await rig.send(rig.click(user, action, value))

    async def make(place: Place) -> tuple[str, str]:
        """Its id, as the button has it, and its room's name."""
        rig.forget()
        n, now = next(serial), deps.now()
        home = seed.STARTER if place == "direct" else PLACES[place]
        room, room_name = f"a{n:023x}", f"{SECRET} {n:06}"
        if action == "rule_off":
            await RuleRepository(deps.db).set(RoomRule(room, room_name, home, seed.STARTER, now))
            return room, room_name
        if action == "calendar_off":
            calendar = RoomCalendar(
                f"s{n}", room, room_name, home, seed.STARTER, "UTC", now,
                f"https://x.example/{TOKEN}",
            )  # fmt: skip
            await CalendarRepository(deps.db).add(calendar)
            return f"s{n}", room_name
        when = read_when("every weekday at 9:30", now=now, zone="UTC")
        assert isinstance(when, When)
        url = f"https://meet.example/x?auth_token={TOKEN}"
        made = Schedule(
            f"s{n}", room, room_name, home, seed.STARTER, when, now,
            options=RecordingOptions(meeting_url=url),
        )  # fmt: skip
        made = planned(made, now)
        made = paused(made, "asked") if action == "schedule_resume" else made
        made = deleted(made, now) if action == "schedule_restore" else made
        value = f"s{n}"
        if action == "schedule_unskip" and made.due_at:
            value = value_at(value, made.due_at)
            made = skipped(made, made.due_at, now)
        await ScheduleRepository(deps.db).add(made)
        return value, room_name

    nothing: dict[str, tuple[str, Counter[str]]] = {}
    async for place, who, user, (value, room_name) in rig.everybody(make):
        done = await tried(user, value)
        sees = who in SEES[place]
        has = room_name in done.told if action == "schedules" else done.has(rule.effect)
        assert has == rule.may(who, place), (who, place, done)
        if not sees:
            assert not any(done.rows.values()), (who, place, done.rows)
            if action != "schedules":
                assert SECRET not in done.told, (who, place, done)
                if user not in nothing:
                    nothing[user] = _plain(await tried(user, "s0"), "s0")
                assert nothing[user] == _plain(done, value), (who, place)
        if user != seed.STARTER:
            assert TOKEN not in done.told, (who, place)


CHANNELS: tuple[Place, ...] = ("public", "private", "shared")


@pytest.mark.parametrize(("name", "rule"), of("channel"))
async def test_a_channel_by_what_a_view_says(rig: Rig, name: str, rule: Rule) -> None:
    kind, _, action = name.partition(" ")
    deps = rig.bot.parts.deps
    for place, (who, user) in itertools.product(CHANNELS, PERSONS.items()):
        channel, effect = PLACES[place], rule.effect
        n = next(serial)
        if action == "start_form":
            draft = Draft(room_id=f"a{n:023x}", room_name="town hall", channel=channel)
            await DraftRepository(deps.db).save(f"d{n}", user, PLAZA, draft)
            body: dict[str, Any] = {
                **rig.base("view_submission", user), "view": rig.view(action, f"d{n}")
            }  # fmt: skip
            effect = f"recordings@{channel}"
        elif action.startswith("preset_"):
            preset = Preset(f"p{n}", channel, f"Preset {n}", RecordingOptions(), "U0MAKER001", T0)
            assert await PresetRepository(deps.db).save(preset) is None
            body = rig.click(user, action, f"p{n}", view=rig.view("x", ""))
            body["view"]["type"] = "home" if action == "preset_edit" else "modal"
        elif action == "presets_page":
            body = rig.click(user, action, "0", view=rig.view("x", channel))
        elif action == "rule_drop":
            room = RoomRule(f"a{n:023x}", "town hall", channel, "U0MAKER001", T0)
            await RuleRepository(deps.db).set(room)
            body = rig.click(user, action, room.room_id, view=rig.view("rules_form", channel))
        elif action == "rules_form":
            chosen = {"value": f"a{n:023x}", "text": {"type": "plain_text", "text": "town hall"}}
            values = {
                "room_id": {"rule_room": {"selected_option": chosen}},
                "rule_does": {"rule_does": {"selected_options": [{"value": "until_empty"}]}},
            }
            view = rig.view(action, channel, values)
            body = {**rig.base("view_submission", user), "view": view}
        elif kind == "view":
            body = {**rig.base("view_submission", user), "view": rig.view(action, channel)}
        else:
            body = rig.click(user, action, channel)
        done = await rig.send(body)
        may = who in IN[place] and who in FULL
        if rule.effect == "channel_settings" and may:
            assert (await rig.store.channel_settings.changes(channel)) is not None
            assert '"errors"' not in done.ack
            assert '"update"' not in done.ack
            continue
        assert done.has(effect) == may, (who, place, done)
        if not may:
            assert not any(done.rows.values()), (who, place, done.rows)


@pytest.mark.parametrize(("name", "rule"), of("draft"))
async def test_another_persons_draft(rig: Rig, name: str, rule: Rule) -> None:
    kind, _, action = name.partition(" ")
    deps = rig.bot.parts.deps
    for who, user in PERSONS.items():
        n = next(serial)
        draft = Draft(context=f"{SECRET} context", temperature="much", more=True, summary="on")
        await DraftRepository(deps.db).save(f"d{n}", seed.STARTER, PLAZA, draft)
        view = rig.view(action if kind == "view" else "start_form", f"d{n}")
        if kind == "view":
            body = {**rig.base("view_submission", user), "view": view}
        elif kind == "options":
            body = {**rig.base("block_suggestion", user), "view": view, "action_id": action,
                    "block_id": "room_id", "value": "town", "container": {"type": "view"}}  # fmt: skip
        elif action == "form_back":
            body = rig.click(user, action, f"d{n}")
        else:
            body = rig.click(user, action, "1", view=view)
        done = await rig.send(body)
        if rule.effect != NONE:
            assert done.has(rule.effect) == (who in rule.who), (who, done)
        if user != seed.STARTER:
            assert SECRET not in done.told, (who, done)
            assert not any(done.rows.values()), (who, done.rows)
            kept = await DraftRepository(deps.db).get(f"d{n}", seed.STARTER)
            assert kept is not None
            assert kept.draft == draft


@pytest.mark.parametrize(("name", "rule"), of("choice"))
async def test_another_persons_question(rig: Rig, name: str, rule: Rule) -> None:
    _, _, action = name.partition(" ")
    choices = ChoiceRepository(rig.bot.parts.deps.db)
    for who, user in PERSONS.items():
        key, room = await rig.recording("public", "running")
        order = StoredOrder(verb="stop", room_id=room, room_name=f"{SECRET} room", key=key)
        await choices.save(f"c-{key}", seed.STARTER, Choice(answers={"0": (order,)}))
        missing = await rig.send(rig.click(user, action, "c-none 0"))
        done = await rig.send(rig.click(user, action, f"c-{key} 0"))
        assert done.has(rule.effect) == (who in rule.who), (who, done)
        if user != seed.STARTER:
            assert SECRET not in done.told
            assert not any(done.rows.values())
            assert _plain(done, key) == _plain(missing, key)


async def test_a_question_is_open_for_an_hour(rig: Rig) -> None:
    deps = rig.bot.parts.deps
    key, room = await rig.recording("public", "running")
    order = StoredOrder(verb="stop", room_id=room, room_name="a room", key=key)
    await ChoiceRepository(deps.db).save("c-old", seed.STARTER, Choice(answers={"0": (order,)}))
    old = {"asked_at": deps.now() - timedelta(minutes=61)}
    async with deps.store.db.database.write() as conn:
        await conn.execute(
            update(schema.choices).where(schema.choices.c.choice_id == "c-old").values(old)
        )
    done = await rig.send(rig.click(seed.STARTER, "choose", "c-old 0"))
    assert "no longer open" in done.told
    assert not any(done.rows.values())


@pytest.mark.parametrize("value", ["c-new 1", "c-new all", "c-new", "c-new 0 0", " 0", "x\x00 0"])
async def test_an_answer_that_was_not_offered_does_nothing(rig: Rig, value: str) -> None:
    key, room = await rig.recording("public", "running")
    order = StoredOrder(verb="stop", room_id=room, room_name="a room", key=key)
    name = value.replace("c-new", f"c-{key}")
    choices = ChoiceRepository(rig.bot.parts.deps.db)
    await choices.save(f"c-{key}", seed.STARTER, Choice(answers={"0": (order,)}))
    done = await rig.send(rig.click(seed.STARTER, "choose", name))
    assert not any(done.rows.values())


@pytest.mark.parametrize(("name", "rule"), of("member"))
async def test_what_belongs_to_the_workspace(rig: Rig, name: str, rule: Rule) -> None:
    kind, _, action = name.partition(" ")
    link = {"text": "https://acme.app.100ms.live/preview/abc-defg-hij", "ts": "1.0"}
    for who, user in PERSONS.items():
        await rig.store.follows.follow("f" * 24, "town hall", PLAZA, seed.STARTER)
        if kind == "shortcut":
            body = {**rig.base("shortcut", user), "callback_id": action}
            if action == "record_link":
                more = {"type": "message_action", "channel": {"id": PLAZA}, "message": link}
                body |= more
        elif kind == "options":
            view = rig.view("settings_form", PLAZA)
            body = {**rig.base("block_suggestion", user), "view": view, "action_id": action,
                    "block_id": "b", "value": "", "container": {"type": "view"}}  # fmt: skip
        else:
            body = rig.click(user, action, "f" * 24)
        done = await rig.send(body)
        assert done.has(rule.effect) == (who in rule.who), (who, done)


@pytest.mark.parametrize(("name", "rule"), of("none"))
async def test_what_is_nobodys_does_nothing_to_anybody(rig: Rig, name: str, rule: Rule) -> None:
    assert rule.why
    kind, _, action = name.partition(" ")
    for user in PERSONS.values():
        if kind == "event":
            event = rig.event(action, user=user, channel=PLAZA, tokens={"oauth": [user]})
            if action == "app_uninstalled":
                continue  # tried in test_slack_removed.py: it shuts the bot's own calls
            done = await rig.send(event, form="event")
        elif kind == "view_closed":
            body = {**rig.base("view_closed", user), "view": rig.view(action, "x")}
            done = await rig.send(body)
        else:
            done = await rig.send(rig.click(user, action, "x"))
        assert not any(done.rows.values())
        assert done.calls == []


PAGES = [name for name, how in ROUTES.items() if how.startswith("with a session, for those")]


@pytest.mark.parametrize("name", PAGES)
async def test_a_meeting_page_by_its_address(rig: Rig, name: str) -> None:
    method, _, path = name.partition(" ")
    doors = DoorRepository(rig.bot.parts.deps.db)

    async def tried(key: str, session: str) -> tuple[int, bytes, str]:
        address = path.format(key=key, mode="txt", asset_id=HMS_ASSET)
        cookie = {"cookie": f"record-bot={session}"} if session else {}
        body = {"sentence": 0, "channel": PLAZA} if method == "POST" else None
        answer = await rig.bot.http.request(
            method, rig.bot.url + address, headers=cookie, json=body
        )
        return answer.status_code, answer.content, str(answer.headers.get("set-cookie"))

    sessions = {who: f"session-{next(serial)}" for who in PERSONS}
    for who, user in PERSONS.items():
        await doors.add_ticket(f"of-{sessions[who]}", Viewer(user, who), valid_for=HOUR)
        assert await doors.take_ticket(f"of-{sessions[who]}", session=sessions[who], valid_for=HOUR)
    missing = {who: await tried("rec-0", session) for who, session in sessions.items()}

    async def make(place: Place) -> str:
        key, _ = await rig.recording(place, "ended")
        said = Sentence(0, "Ana", "p1", 0, 900, f"{SECRET} is what we call it.")
        assert await rig.store.transcripts.keep(key, [said])
        status, content, _ = await tried(key, "")
        assert status == 401
        assert SECRET.encode() not in content
        return key

    async for place, who, _, key in rig.everybody(make):
        calls = rig.hms_calls()
        status, content, cookie = await tried(key, sessions[who])
        may = who in SEES[place] and who in FULL
        if may and "files" in name:  # 100ms, which is asked, does not have it
            assert (status, rig.hms_calls()) == (404, calls + 1), (who, place)
        elif may:
            assert status == (204 if "alive" in name else 200), (who, place, content)
            asks = "data" in name or "transcript" in name
            assert (SECRET.encode() in content) == asks, (who, place)
        else:
            assert (status, content, cookie) == missing[who], (who, place)
            assert status == 404
            assert rig.hms_calls() == calls
        log = (await rig.store.recordings.load(key)).recording.moments
        assert len(log) == (may and method == "POST"), (who, place)


@pytest.mark.parametrize(
    ("by", "verb"),
    [
        ("command", "stop"),
        ("command", "pause"),
        ("command", "resume"),
        ("mention", "stop"),
        ("direct", "stop"),
    ],
)
async def test_by_the_rooms_name_what_one_may_not_know_of_is_not_recorded(
    rig: Rig, verb: str, by: str
) -> None:
    kind = "facts:stop_requested" if verb == "stop" else "facts:pause_requested"
    nothing: dict[str, str] = {}
    how = "paused" if verb == "resume" else "running"
    async for place, who, user, (_, room) in rig.everybody_with_a_recording(how):
        done = await _say(rig, by, user, f"{verb} {room}")
        sees = who in SEES[place]
        assert done.has(kind) == (sees and who in FULL), (who, place, done)
        if not sees:
            if user not in nothing:
                free = f"a{next(serial):023x}"
                nothing[user] = (await _say(rig, by, user, f"{verb} {free}")).told.replace(
                    free, "R"
                )
            assert done.told.replace(room, "R") == nothing[user]
            assert not any(done.rows.values())


async def test_every_intent_is_tried() -> None:
    """A new command gets a row in `WORDS`."""
    assert WORDS.keys() == {str(intent) for intent in DO.keys() | ANSWERS.keys()}
    assert {name for name in WORDS.values() if isinstance(name, str)} <= globals().keys()


CHOICE = re.compile(r"[0-9a-f]{32}")  # the id of a question, in its buttons


async def test_in_words_what_one_may_not_know_of_is_missing(tmp_path: Path) -> None:
    """The answer is the one for a room that was never recorded."""
    async with rigged(tmp_path) as rig:
        first = next(serial)
        known = [RoomEntry(f"a{n:023x}", f"a{n:023x}") for n in range(first, first + 2_000)]
        await RoomRepository(rig.bot.parts.deps.db).upsert(known, T0)
        for how, text in itertools.chain(*(w for w in WORDS.values() if not isinstance(w, str))):
            told_more = 0
            answers: dict[str, tuple[str, str]] = {}  # about a room that was never recorded
            async for place, who, user, (_, room) in rig.everybody_with_a_recording(how):
                if who not in answers:
                    free = f"a{next(serial):023x}"
                    other = await _say(rig, "mention", user, text.format(room=free))
                    assert not any(other.rows.values())
                    answers[who] = free, CHOICE.sub("", other.told)
                free, nothing = answers[who]
                about = await _say(rig, "mention", user, text.format(room=room))
                alike = CHOICE.sub("", about.told.replace(room, free)) == nothing
                if who in SEES[place]:
                    told_more += not alike
                else:
                    assert not any(about.rows.values()), (text, place, who)
                    assert alike, (text, place, who, about.told, nothing)
            assert told_more, text


@pytest.mark.parametrize("text", ["help", "good morning", "xyzzy"])
async def test_nothing_of_anybodys_is_in_help(rig: Rig, text: str) -> None:
    async for place, who, user, _ in rig.everybody_with_a_recording("running"):
        done = await _say(rig, "mention", user, text)
        assert done.told
        assert (SECRET in done.told) <= (who in SEES[place])


async def _say(rig: Rig, by: str, user: str, text: str) -> Effects:
    if by == "command":
        return await rig.send(rig.command(user, text), form="command")
    ts = f"{next(serial)}.0"
    if by == "direct":
        dm = {"channel": seed.dm_id(user), "channel_type": "im"}
        return await rig.send(rig.event("message", user=user, text=text, ts=ts, **dm), form="event")
    said = f"<@{seed.BOT_USER}> {text}"
    return await rig.send(
        rig.event("app_mention", user=user, channel=PLAZA, text=said, ts=ts), form="event"
    )


@pytest.mark.parametrize("by", ["command", "mention", "find_page", "find_form"])
async def test_search_finds_what_one_may_know_of(rig: Rig, by: str) -> None:
    """By a word that is said nowhere else, and as it may be misspelt."""

    async def make(place: Place) -> str:
        key, _ = await rig.recording(place, "running")
        word = new_word()
        await rig.store.transcripts.keep(key, spoken(f"{SECRET} is what we call {word}."))
        return word

    nothing: dict[str, str] = {}
    async for place, who, user, word in rig.everybody(make):
        sees = who in SEES[place]
        for asked in (word, misspelt(word)) if by == "command" else (word,):
            done = await _searched(rig, by, user, asked)
            assert (SECRET in done.told) == sees, (who, place, asked, done)
            assert not any(done.rows.values())
            if not sees:
                if user not in nothing:
                    free = new_word()
                    nothing[user] = (await _searched(rig, by, user, free)).told.replace(free, "W")
                assert done.told.replace(asked, "W") == nothing[user]


async def _searched(rig: Rig, by: str, user: str, words: str) -> Effects:
    if by == "find_page":
        return await rig.send(rig.click(user, by, f"0 {words}"))
    if by == "find_form":
        typed = {"find_words": {"find_words_input": {"value": words}}}
        form = rig.view(by, "", typed)
        return await rig.send({**rig.base("view_submission", user), "view": form})
    return await _say(rig, by, user, f"find {words}")


async def test_a_moment_is_posted_only_for_those_who_may_share_it_when_it_is(rig: Rig) -> None:
    """The rights may have ended since they pressed *Share*. The first noes may be Slack's silence."""
    deps = rig.bot.parts.deps
    for place, (who, user) in itertools.product(PLACES, PERSONS.items()):
        key, _ = await rig.recording(place, "ended")
        shared = MomentShared(at=deps.now(), channel_id=PLAZA, by=user, sentence=0)
        held = Note(facts=[shared], retries={retry_name(PostMoment(shared.target)): Retry(5)})
        await deps.store.recordings.record(key, held)
        ctx = Context(deps, OwnWork(key, "me"), await deps.store.recordings.load(key))
        rig.bot.slack.calls.clear()
        may = who in SEES[place] and who in FULL
        if may:
            with suppress(LeaseLost):  # it announces the post, and nobody here holds the lease
                await post_moment(ctx, shared.target)
                pytest.fail("it was not about to post")
            continue
        note = await post_moment(ctx, shared.target)
        assert [d.error for d in note.deliveries] == [NO_RIGHT], (who, place)
        assert not [c for c in rig.bot.slack.calls if c.method.startswith("chat.")]
        first = Note(retries={retry_name(PostMoment(shared.target)): None})
        await deps.store.recordings.record(key, first)
        ctx = Context(deps, OwnWork(key, "me"), await deps.store.recordings.load(key))
        with pytest.raises(SlackUnavailable):
            await post_moment(ctx, shared.target)


@pytest.mark.parametrize(("name", "rule"), of("empty"))
async def test_an_empty_form_is_for_everybody(rig: Rig, name: str, rule: Rule) -> None:
    for user in PERSONS.values():
        done = await rig.send(rig.click(user, name.removeprefix("action "), "x"))
        assert done.has(rule.effect)
        assert SECRET not in done.told


async def test_the_doctor_speaks_to_full_members(rig: Rig) -> None:
    for who, user in PERSONS.items():
        done = await rig.send(rig.command(user, "doctor"), form="command")
        assert ("Webhooks" in done.told) == (who in FULL), (who, done)


@pytest.mark.parametrize("text", ["status", "list {room}", "start {room}", "home"])
async def test_lists_tell_what_one_may_know_of(rig: Rig, text: str) -> None:
    async for place, who, user, (key, room) in rig.everybody_with_a_recording("running"):
        name = (await rig.store.lists.row(key)).room_name
        if text == "home":
            opened = rig.event("app_home_opened", user=user, tab="home", channel="D0")
            done = await rig.send(opened, form="event")
            done = done if done.calls else await rig.send(rig.click(user, "home_page", "0"))
        else:
            done = await rig.send(rig.command(user, text.format(room=room)), form="command")
        sees = who in SEES[place]
        if text.startswith("start"):
            if not sees:
                assert f"<@{seed.STARTER}>" not in done.told.replace(user, "")
                assert "Open its card" not in done.told
                assert key not in done.told
            continue
        assert (f"{name}" in done.told) == sees, (who, place, done.told[:2000])


@pytest.mark.parametrize(
    "text", ["auto {} on", "auto {} off", "schedule {} from https://calendar.example/x.ics"]
)
async def test_people_from_outside_do_not_learn_which_rooms_there_are(rig: Rig, text: str) -> None:
    missing = "no such hall"
    for who, user in PERSONS.items():
        answers = [
            (await rig.send(rig.command(user, text.format(name)), form="command")).told
            for name in (HALL, missing)
        ]
        alike = answers[0].replace(HALL, "ROOM") == answers[1].replace(missing, "ROOM")
        assert alike == (who not in FULL), (who, answers)


async def test_a_link_to_a_room_tells_nothing_of_what_is_private(rig: Rig) -> None:
    for place in PLACES:
        key, room = await rig.recording(place, "running")
        rooms = [RoomEntry(room, f"Room {room}")]
        await RoomRepository(rig.bot.parts.deps.db).upsert(rooms, rig.bot.parts.deps.now())
        link = {"url": f"https://acme.app.100ms.live/preview/{room}/host", "domain": "x"}
        shared = rig.event(
            "link_shared", user=seed.ADMIN, channel=PLAZA, message_ts="1.0", links=[link]
        )
        done = await rig.send(shared, form="event")
        if place in ("private", "direct"):
            assert key not in done.told
            assert "recorded" not in done.told.lower()


@pytest.mark.parametrize("place", PLACES)
async def test_background_steps_give_nothing_to_followers_of_what_is_private(place: Place) -> None:
    """Whatever was followed, before the answer or after: until Slack says that it is open, and
    ever after if it is not, nobody else gets a card, results or files."""
    home = PLACES[place]
    follow = Followed(at=T0, channel_id=PLAZA)
    for answer in (None, place):
        seen = [PlaceSeen(at=T0, channel_id=home, place=answer)] if answer else []
        for end in (False, True):
            facts: list[Fact] = [follow, *seen, StartAccepted(at=T0, hms_id="h")]
            if end:
                asset = AssetSeen(
                    at=T0, asset_id="a", type="transcript", mode="txt", status="completed"
                )
                checked = ResultsChecked(at=T0, words=9, has_summary=True)
                facts += [Observed(at=T0, status="completed"), asset, checked]
            recording = derive_of(home, *facts)
            there = [
                Delivery(k, PLAZA, DeliveryState.SENT, posted_in=PLAZA, ts="1.0")
                for k in (Kind.CARD, Kind.RESULTS)
            ]
            for work in (Work(), Work(deliveries=tuple(there))):
                due = [d.step for d in plan(recording, work, Wanted("h"), Policy(), T0)]
                there_now = {
                    type(s).__name__
                    for s in due
                    if PLAZA in (getattr(s, "channel", ""), getattr(s, "target", ""))
                }
                private = place in ("private", "direct")
                if answer and private:
                    assert there_now <= {"Withdraw", "Erase"}
                    assert (there_now == {"Withdraw", "Erase"}) == bool(work.deliveries)
                elif not answer:
                    assert there_now == set()
                    assert steps.AskPlace(ended=False) in due
                else:
                    assert there_now <= {"PostCard", "UpdateCard"}  # results: asked once more
                    assert (steps.AskPlace(ended=True) in due) == end
