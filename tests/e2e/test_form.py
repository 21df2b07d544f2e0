"""The start form: filled in, changed, submitted, closed, come back to."""

import asyncio
from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import JSON, SeenView

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, fields, labels, url_of, value

MORE = "More options"


async def expanded(bench: Bench, who: Person, **filled: Any) -> SeenView:
    """The form with all options in sight, and these values in it."""
    view = await bench.form(who)
    await bench.press(who, view, MORE)
    view = await bench.view(who, "start_form", '"resolution"')
    return await bench.fill(who, view, filled)


async def submitted(bench: Bench, who: Person, view: SeenView, room: Room) -> SeenView:
    """Starting…, and then what came of it."""
    answer = await who.submit(view)
    assert answer.errors == {}
    assert answer.view is not None
    assert answer.view.callback_id == "starting"
    assert contains(answer.view.raw, "Starting to record ", room.name, "You can close this")
    return await bench.view(who, "outcome", room.name)


async def test_type_ahead_has_live_rooms_first_and_asks_100ms_nothing(bench: Bench) -> None:
    view = await bench.form(bench.ines)

    async def live_rooms_are_known() -> bool:
        options = await bench.ines.suggest(view, "room_id", "B")
        return bool(options) and options[0]["text"]["text"] == "webinar"

    await bench.world.until(live_rooms_are_known, what="the live rooms to be known")
    await bench.hms_fault(kind="hang", path="/v2/rooms*")
    await bench.hms_fault(kind="hang", path="/v2/sessions*")
    for typed, offered in {
        "B": ["webinar", "board room", "dashboard off"],  # only the first has people in it
        "standup": ["standup", "old standup"],  # the second is disabled
        "review design": ["Design review"],
        "no such room": [],
    }.items():
        options = await bench.ines.suggest(view, "room_id", typed)
        assert [o["text"]["text"] for o in options] == offered
    assert 0 < len(await bench.ines.suggest(view, "room_id", "")) <= 100


async def test_every_option_arrives_at_100ms(bench: Bench) -> None:
    room = await bench.room("broadcast")
    view = await expanded(bench, bench.ines, resolution="custom", transcription="on")
    view = await bench.fill(bench.ines, view, {"summary": "on"})
    view = await bench.fill(
        bench.ines,
        view,
        {
            "width": "1000",
            "height": "500",
            "output_modes": ["json", "srt"],
            "vocabulary": "Ana, Ben\nליאת\nAna",
            "context": "Weekly <sync> & more",
            "temperature": "0,3",
            "section_title.0": "Decisions",
            "meeting_url": "https://example.org/room?auth=1",
            "destination": "back-stage",
            "channel": seed.DESIGN,
        },
    )
    await bench.press(bench.ines, view, "Add a section")
    view = await bench.view(bench.ines, "start_form", "Section 2: title")
    view = await bench.fill(
        bench.ines, view, {"section_title.1": "Risks", "section_format.1": "paragraph"}
    )
    view = await bench.choose_room(bench.ines, view, room)
    await submitted(bench, bench.ines, view, room)
    await bench.card(room, "Recording", channel=seed.DESIGN)
    assert await bench.bodies(room) == [
        {
            "meeting_url": "https://example.org/room?auth=1",
            "resolution": {"width": 1000, "height": 500},
            "destination": "back-stage",
            "transcription": {
                "enabled": True,
                "output_modes": ["srt", "json"],
                "custom_vocabulary": ["Ana", "Ben", "ליאת"],
                "summary": {
                    "enabled": True,
                    "context": "Weekly <sync> & more",
                    "temperature": 0.3,
                    "sections": [
                        {"title": "Decisions", "format": "bullets"},
                        {"title": "Risks", "format": "paragraph"},
                    ],
                },
            },
        }
    ]


async def test_switches_hide_and_show_and_keep_what_was_typed(bench: Bench) -> None:
    room = await bench.room()
    view = await expanded(bench, bench.ines, transcription="on")
    assert {"output_modes", "vocabulary", "summary"} <= set(fields(view))
    assert "context" not in fields(view)
    view = await bench.fill(bench.ines, view, {"vocabulary": "Ana", "output_modes": ["txt"]})
    view = await bench.fill(bench.ines, view, {"summary": "on"})
    view = await bench.fill(
        bench.ines, view, {"context": "Kept?", "temperature": "0.7", "section_title.0": "Kept too"}
    )
    view = await bench.fill(bench.ines, view, {"transcription": "off"})
    hidden = {"output_modes", "vocabulary", "summary", "context", "section_title.0"}
    assert not hidden & set(fields(view))
    view = await bench.fill(bench.ines, view, {"transcription": "on"})
    assert value(view, "vocabulary") == "Ana"
    assert value(view, "output_modes") == ["txt"]
    assert value(view, "context") == "Kept?"
    assert value(view, "temperature") == "0.7"
    assert value(view, "section_title.0") == "Kept too"
    # What is hidden when it is submitted is not sent.
    view = await bench.fill(bench.ines, view, {"summary": "template"})
    view = await bench.choose_room(bench.ines, view, room)
    await submitted(bench, bench.ines, view, room)
    assert await bench.bodies(room) == [
        {
            "transcription": {
                "enabled": True,
                "output_modes": ["txt", "json"],
                "custom_vocabulary": ["Ana"],
            }
        }
    ]


async def slow_start(bench: Bench, room: Room) -> None:
    """100ms takes its time, but does it."""
    await bench.start_fault(room, kind="hang", hang_s=3, after_work=True, times=1)


async def test_a_closed_form_is_answered_ephemerally(bench: Bench) -> None:
    room = await bench.room()
    await slow_start(bench, room)
    view = await bench.choose_room(bench.ines, await bench.form(bench.ines), room)
    answer = await bench.ines.submit(view)
    assert answer.view is not None
    await bench.ines.close(answer.view)
    # It starts or runs by then: Slack is asked for three seconds whether the form is still open.
    told = await bench.told(bench.ines, seed.STANDUP, room.name, "Open the card")
    card = await bench.card(room, "Recording")
    assert card.ts.replace(".", "") in url_of(told.blocks, "Open the card")
    assert len(await bench.recordings(room)) == 1


async def test_back_to_the_form_has_everything_typed_and_can_be_submitted_again(
    bench: Bench,
) -> None:
    room = await bench.room("made-by-api")  # 100ms wants a meeting URL for these
    view = await expanded(bench, bench.ines, resolution="1080p", transcription="on")
    view = await bench.fill(bench.ines, view, {"vocabulary": "Ana", "summary": "on"})
    view = await bench.fill(bench.ines, view, {"context": "Weekly", "channel": seed.DESIGN})
    view = await bench.choose_room(bench.ines, view, room)
    outcome = await submitted(bench, bench.ines, view, room)
    assert contains(outcome.raw, "did not start", "needs a meeting URL")
    card = await bench.card(room, "Not started", channel=seed.DESIGN)
    assert "Change settings" in labels(card.blocks)
    await bench.press(bench.ines, outcome, "Back to the form")
    view = await bench.view(bench.ines, "start_form")
    assert view.id == outcome.id
    assert value(view, "room_id") == room.id
    assert value(view, "resolution") == "1080p"
    assert value(view, "vocabulary") == "Ana"
    assert value(view, "context") == "Weekly"
    assert value(view, "channel") == seed.DESIGN
    view = await bench.fill(bench.ines, view, {"meeting_url": "https://example.org/in"})
    outcome = await submitted(bench, bench.ines, view, room)
    assert not contains(outcome.raw, "did not start")
    await bench.card(room, "Recording", channel=seed.DESIGN)
    assert [b.get("meeting_url") for b in await bench.bodies(room)] == [
        None,
        "https://example.org/in",
    ]


async def test_a_submission_delivered_twice_starts_one_recording(bench: Bench) -> None:
    room = await bench.room()
    view = await bench.choose_room(bench.ines, await bench.form(bench.ines), room)
    answer = await bench.ines.submit(view)
    copies = await asyncio.gather(*(bench.redelivered(answer.delivery) for _ in range(3)))
    assert [c.status_code for c in copies] == [200, 200, 200]
    await bench.card(room, "Recording")
    late = await bench.redelivered(answer.delivery)
    assert late.status_code == 200
    assert len(await bench.recordings(room)) == 1
    assert await bench.bodies(room) == [{}], "nothing of the template"
    await bench.view(bench.ines, "outcome", room.name)


async def test_of_a_room_that_is_recorded_already_the_form_says_who_and_where(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room)
    form = await bench.form(bench.tariq, seed.DESIGN)
    view = await bench.choose_room(bench.tariq, form, room)
    answer = await bench.tariq.submit(view)
    assert answer.view is not None
    outcome = await bench.view(bench.tariq, "outcome", "already being recorded")
    assert contains(outcome.raw, f"<@{seed.STARTER}>", ", <!date^")
    assert card.ts.replace(".", "") in url_of(outcome.blocks, "Open its card")
    await bench.press(bench.tariq, outcome, "Follow here")
    await bench.card(room, "Recording", channel=seed.DESIGN)
    assert len(await bench.recordings(room)) == 1


async def test_where_the_bot_is_not_in_the_form_says_the_invite(bench: Bench) -> None:
    room = await bench.room()
    form = await bench.form(bench.ines, seed.LOBBY)
    view = await bench.choose_room(bench.ines, form, room)
    outcome = await submitted(bench, bench.ines, view, room)
    assert contains(outcome.raw, "did not start", "`/invite @record`")
    assert await bench.bodies(room) == []
    await bench.press(bench.ines, outcome, "Back to the form")
    view = await bench.view(bench.ines, "start_form")
    view = await bench.fill(bench.ines, view, {"channel": seed.STANDUP})
    await submitted(bench, bench.ines, view, room)
    await bench.card(room, "Recording")


@pytest.mark.parametrize(("way", "channel"), [("shortcut", None), ("home", seed.DESIGN)])
async def test_without_a_channel_it_posts_where_the_form_says_or_to_the_person(
    bench: Bench, way: str, channel: str | None
) -> None:
    room = await bench.room()
    if way == "shortcut":
        assert (await bench.ines.shortcut("start_recording")).ok
    else:
        assert (await bench.ines.open_home()).ok
        home = await bench.see(lambda s: s.home(seed.STARTER))
        await bench.press(bench.ines, home, "Start a recording")
    view = await bench.view(bench.ines, "start_form")
    assert value(view, "channel") is None
    if channel:
        view = await bench.fill(bench.ines, view, {"channel": channel})
    view = await bench.choose_room(bench.ines, view, room)
    outcome = await submitted(bench, bench.ines, view, room)
    place = channel or seed.dm_id(seed.STARTER)
    card = await bench.card(room, "Recording", channel=place)
    assert card.ts.replace(".", "") in url_of(outcome.blocks, "Open the card")


async def test_a_shared_channel_is_not_offered(bench: Bench) -> None:
    view = await bench.form(bench.ines, seed.STANDUP)
    (picker,) = [b["element"] for b in view.blocks if b["block_id"] == "channel"]
    rules: JSON = picker["filter"]
    assert rules["exclude_external_shared_channels"] is True
    assert set(rules["include"]) == {"public", "private"}


async def test_a_disabled_room_is_refused_at_its_field(bench: Bench) -> None:
    view = await bench.form(bench.ines)
    state = await bench.hms.state()
    (old,) = [room for room in state["rooms"] if room["name"] == "old standup"]
    await bench.ines.suggest(view, "room_id", "old standup")
    await bench.ines.enter(view, "room_id", old["id"])
    answer = await bench.ines.submit(await bench.ines.view(view.id))
    assert "is disabled in 100ms" in (answer.errors or {})["room_id"]
    await bench.ines.close(await bench.ines.view(view.id))
    assert [r for r in state["recordings"] if r["room_id"] == old["id"]] == []
