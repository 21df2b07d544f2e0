"""What was obeyed is not obeyed again: events, edits and clicks that come twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from record_bot_sandbox.hms import seed as hms_seed
from record_bot_sandbox.slack import seed

from bot.features.commands.store import ChoiceRepository
from bot.features.commands.stored_orders import Choice, StoredOrder
from bot.ui import ids
from tests.integration.access_rig import Rig, rigged
from tests.integration.access_table import PLAZA

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rigged(tmp_path_factory.mktemp("once")) as made:
        yield made


def mention(rig: Rig, text: str, **more: Any) -> dict[str, Any]:
    said = f"<@{seed.BOT_USER}> {text}"
    return rig.event("app_mention", user=seed.STARTER, channel=PLAZA, text=said, **more)


async def test_the_same_event_delivered_again_stops_nothing_else(rig: Rig) -> None:
    _, room = await rig.recording("public", "running")
    event = mention(rig, f"stop {room}", ts="100.1")
    assert (await rig.send(event, form="event")).rows["facts:stop_requested"] == 1
    _, other = await rig.recording("public", "running")
    event["event"]["text"] = f"<@{seed.BOT_USER}> stop {other}"
    again = await rig.send(event, form="event")
    assert again.calls == []
    assert not any(again.rows.values())


async def test_an_edit_of_what_was_obeyed_does_nothing(rig: Rig) -> None:
    _, room = await rig.recording("public", "running")
    assert (await rig.send(mention(rig, f"stop {room}", ts="101.1"), form="event")).calls
    _, other = await rig.recording("public", "running")
    edited = mention(rig, f"stop {other}", ts="101.1", edited={"user": "U1", "ts": "102.1"})
    done = await rig.send(edited, form="event")
    assert done.calls == []
    assert not any(done.rows.values())


async def test_an_edit_that_adds_the_mention_is_told_once_to_send_it_anew(rig: Rig) -> None:
    free = "e" * 24
    edit = {"ts": "103.1", "edited": {"user": seed.STARTER, "ts": "104.1"}}
    done = await rig.send(mention(rig, f"start {free}", **edit), form="event")
    assert "does not act on edited messages" in done.told
    assert not any(done.rows.values())
    assert (await rig.send(mention(rig, f"start {free}", **edit), form="event")).calls == []


async def test_a_direct_message_is_obeyed_once_and_its_edit_is_not(rig: Rig) -> None:
    _, room = await rig.recording("public", "running")
    dm = {"user": seed.STARTER, "channel": seed.dm_id(seed.STARTER), "channel_type": "im"}
    event = rig.event("message", **dm, text=f"stop {room}", ts="107.1")
    done = await rig.send(event, form="event")
    assert done.rows["facts:stop_requested"] == 1
    posted = [args for method, args in done.calls if method == "chat.postMessage"]
    assert any("Stopping" in args for args in posted)
    assert "chat.postEphemeral" not in [method for method, _ in done.calls]
    _, other = await rig.recording("public", "running")
    event["event"]["text"] = f"stop {other}"
    again = await rig.send(event, form="event")
    assert again.calls == []
    assert not any(again.rows.values())


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed", "user": None},
        {"subtype": "bot_message", "user": None},
        {"bot_id": seed.BOT_ID},
        {"user": seed.BOT_USER},
        {"edited": {"user": seed.STARTER, "ts": "109.1"}},
        {"channel_type": "mpim"},
        {"channel_type": "channel"},
        {"channel_type": None},
    ],
)
async def test_what_is_no_new_message_of_a_person_to_the_bot_does_nothing(
    rig: Rig, more: dict[str, Any]
) -> None:
    _, room = await rig.recording("public", "running")
    said = {"user": seed.STARTER, "channel": seed.dm_id(seed.STARTER), "channel_type": "im"}
    said |= {"text": f"stop {room}", "ts": f"108.{room}"}
    told = {name: value for name, value in (said | more).items() if value is not None}
    done = await rig.send(rig.event("message", **told), form="event")
    assert done.calls == []
    assert not any(done.rows.values())


async def test_a_yes_that_comes_twice_answers_once(rig: Rig) -> None:
    _, room = await rig.recording("public", "running")
    asked = await rig.send(mention(rig, f"should we stop {room}?", ts="130.1"), form="event")
    assert "Stop the recording" in asked.told
    yes = mention(rig, "yes", ts="130.2")
    assert (await rig.send(yes, form="event")).rows["facts:stop_requested"] == 1
    again = await rig.send(yes, form="event")
    assert again.calls == []
    assert not any(again.rows.values())


async def test_a_yes_is_no_answer_if_another_replica_has_asked_since(rig: Rig) -> None:
    key, room = await rig.recording("public", "running")
    asked = await rig.send(mention(rig, f"should we stop {room}?", ts="131.1"), form="event")
    assert "Stop the recording" in asked.told
    order = StoredOrder(verb="stop", room_id=room, room_name="a room", key=key)
    choices = ChoiceRepository(rig.bot.parts.deps.db)
    await choices.save("c-newer", seed.STARTER, Choice(answers={"0": (order,)}))
    done = await rig.send(mention(rig, "yes", ts="131.2"), form="event")
    assert "Do you mean this?" in done.told
    assert not done.rows["facts:stop_requested"]


async def test_a_start_by_mention_that_comes_twice_starts_once(rig: Rig) -> None:
    event = mention(rig, f"start {'d' * 24}", ts="105.1")
    assert (await rig.send(event, form="event")).has("recordings")
    assert not any((await rig.send(event, form="event")).rows.values())


@pytest.mark.parametrize(("what", "ts"), [("off", "120.1"), ("on", "121.1"), ("soon", "122.1")])
async def test_a_rule_by_mention_that_comes_twice_is_set_once(rig: Rig, what: str, ts: str) -> None:
    """Also where there was nothing to turn off, or the words were not understood."""
    event = mention(rig, f"auto town hall {what}", ts=ts)
    done = await rig.send(event, form="event")
    assert done.calls
    assert done.has("rules") == (what == "on")
    event["event"]["text"] = f"<@{seed.BOT_USER}> auto board room on"
    again = await rig.send(event, form="event")
    assert again.calls == []
    assert not any(again.rows.values())


async def test_a_click_delivered_twice_counts_once(rig: Rig) -> None:
    key, _ = await rig.recording("public", "running")
    for action, kind in (
        ("recording_pause", "facts:pause_requested"),
        ("recording_stop", "facts:stop_requested"),
    ):
        click = rig.click(seed.STARTER, action, key)
        assert (await rig.send(click)).rows[kind] == 1
        assert (await rig.send(click)).rows[kind] == 0


@pytest.mark.parametrize(
    ("action", "how", "fact"),
    [
        ("recording_pause", "running", "pause_requested"),
        ("recording_resume", "paused", "pause_requested"),
        ("recording_stop", "running", "stop_requested"),
        ("recording_extend", "running", "end_set"),
        ("recording_no_end", "running", "end_set"),
    ],
)
async def test_clicks_at_the_same_time_are_one_fact(
    rig: Rig, action: str, how: str, fact: str
) -> None:
    """Also of several people."""
    key, _ = await rig.recording("public", how)
    before = rig.reader.rows()[f"facts:{fact}"]
    ends_at = (await rig.store.recordings.load(key)).recording.ends_at
    value = ids.value_at(key, ends_at) if action == "recording_extend" else key
    clicks = [
        urlencode({"payload": json.dumps(rig.click(who, action, value))}).encode()
        for who in (seed.STARTER, seed.STARTER, seed.ADMIN, seed.STARTER, seed.ADMIN)
    ]
    answers = await asyncio.gather(*map(rig.bot.signed, clicks))
    await rig.bot.parts.background.drain(5.0)
    assert {answer.status_code for answer in answers} == {200}
    assert rig.reader.rows()[f"facts:{fact}"] == before + 1


async def _press(rig: Rig, action: str, value: str) -> str:
    return (await rig.send(rig.click(seed.STARTER, action, value))).told


async def test_a_stale_card_says_what_is_so(rig: Rig) -> None:
    key, _ = await rig.recording("public", "running")
    ends_at = (await rig.store.recordings.load(key)).recording.ends_at
    stale = ids.value_at(key, ends_at)
    assert "stops at" not in await _press(rig, "recording_extend", stale)  # the card says it
    assert "stops at" in await _press(rig, "recording_extend", stale)
    await _press(rig, "recording_no_end", key)
    assert "is recorded until somebody stops it" in await _press(rig, "recording_extend", stale)
    await _press(rig, "recording_stop", key)
    assert "is being stopped" in await _press(rig, "recording_extend", stale)
    over, _ = await rig.recording("public", "ended")
    assert "is over" in await _press(rig, "recording_extend", over)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "event": []},
        {"type": "event_callback", "event": {"type": "app_home_opened"}},
        {"type": "event_callback", "event": {"type": "app_mention"}},
        {"type": "event_callback", "event": {"type": "link_shared", "links": 7}},
        {"type": "event_callback", "event": {"type": "member_joined_channel"}},
    ],
)
async def test_odd_events_are_taken_and_do_nothing(rig: Rig, body: dict[str, Any]) -> None:
    done = await rig.send({"team_id": seed.TEAM_ID, "event_id": "Ev1", **body}, form="event")
    assert done.calls == []
    assert not any(done.rows.values())


async def test_events_of_another_team_are_ignored(rig: Rig) -> None:
    _, room = await rig.recording("public", "running")
    event = {**mention(rig, f"stop {room}", ts="106.1"), "team_id": seed.OTHER_TEAM_ID}
    done = await rig.send(event, form="event")
    assert done.calls == []
    assert not any(done.rows.values())


async def test_a_click_without_actions_is_taken(rig: Rig) -> None:
    body = rig.click(seed.STARTER, "recording_stop", "x")
    body["actions"] = []
    done = await rig.send(body)
    assert not any(done.rows.values())


async def test_a_room_is_followed_and_not_any_more_by_mention(rig: Rig) -> None:
    """What is done after the ack is not taken for what was done before."""
    event = mention(rig, "follow town hall", ts="108.1")
    done = await rig.send(event, form="event")
    assert done.has("follows"), done
    assert "went wrong" not in done.told
    assert (await rig.send(event, form="event")).calls == []
    done = await rig.send(mention(rig, "unfollow town hall", ts="109.1"), form="event")
    assert done.has("-follows"), done
    assert "went wrong" not in done.told


async def test_a_room_that_is_new_at_100ms_is_started_by_mention(rig: Rig) -> None:
    """100ms is asked for it after the ack, when the message is remembered already."""
    sim = rig.bot.hms
    room = hms_seed.add_room(sim.state, sim.clock, "brand new hall", "meetings")
    assert room is not None
    event = mention(rig, "start brand new hall", ts="110.1")
    done = await rig.send(event, form="event")
    assert done.has("recordings"), done
    assert "went wrong" not in done.told
    assert not any((await rig.send(event, form="event")).rows.values())
