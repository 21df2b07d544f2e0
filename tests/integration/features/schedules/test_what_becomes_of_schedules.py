"""People leave, channels close, rooms vanish: what a schedule does then."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from record_bot_sandbox.slack import seed

from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.store import CalendarRepository
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.features.rooms.refreshing import Refreshing
from bot.features.schedules.model import woken
from tests.integration.schedules_kit import MIN, Stage, leaves, somebody_in, stage


async def test_who_has_left_the_workspace_starts_nothing(there: Stage) -> None:
    somebody_in(there)
    await there.due("every day at 9:30")
    leaves(there)
    after = await there.turn()
    assert (after.state, after.why) == ("paused", "left")
    (told,) = await there.notices()
    assert "no longer a full member of this workspace" in told.text
    assert await there.recordings() == []


async def test_who_has_left_the_private_channel_starts_nothing_there(there: Stage) -> None:
    somebody_in(there)
    await there.due("every day at 9:30", channel=seed.DESIGN)
    there.slack.channels[seed.DESIGN].members.discard(seed.STARTER)
    after = await there.turn()
    assert (after.state, after.why) == ("paused", "away")
    assert await there.recordings() == []


async def test_who_has_left_a_public_channel_may_still_record_there(there: Stage) -> None:
    somebody_in(there)
    await there.due()
    there.slack.channels[seed.STANDUP].members.discard(seed.STARTER)
    assert (await there.turn()).state == "over"
    assert len(await there.recordings()) == 1


@pytest.mark.parametrize("gone", ["archived", "removed"])
async def test_where_the_channel_is_gone_its_person_is_told(there: Stage, gone: str) -> None:
    somebody_in(there)
    await there.due("every day at 9:30")
    channel = there.slack.channels[seed.STANDUP]
    if gone == "archived":
        channel.is_archived = True
    else:
        channel.members.discard(seed.BOT_USER)
    after = await there.turn()
    assert (after.state, after.why) == ("paused", "channel")
    there.slack.calls.clear()
    await there.parts.timekeeper.tell()
    posts = [call for call in there.slack.calls if call.method == "chat.postMessage"]
    assert [call.args["channel"] for call in posts] == [seed.STANDUP, seed.STARTER]
    assert await there.recordings() == []


async def test_a_preset_that_was_deleted_counts_as_it_was_and_that_is_said(there: Stage) -> None:
    somebody_in(there)
    presets = PresetRepository(there.parts.deps.db)
    await presets.save(
        Preset("p1", seed.STANDUP, "audio", RecordingOptions(audio_only=True), seed.STARTER,
               there.parts.deps.now())
    )  # fmt: skip
    await there.due(preset_id="p1", options=RecordingOptions(audio_only=True))
    await presets.delete("p1")
    await there.turn()
    (row,) = await there.recordings()
    recording = (await there.parts.deps.store.recordings.load(row.key)).recording
    assert recording.options.audio_only
    (told,) = await there.notices()
    assert "was deleted" in told.text
    after = await there.schedules.get("s1")
    assert after is not None
    assert after.preset_id is None  # so that it is said once


async def test_who_may_no_longer_start_there_starts_nothing(there: Stage) -> None:
    somebody_in(there)
    await there.due("every day at 9:30")
    some = ChannelSettings(may_start=Allowed(who="admins"))
    await there.parts.deps.store.channel_settings.save(seed.STANDUP, some, by=seed.ADMIN)
    after = await there.turn()
    assert (after.state, after.why) == ("paused", "right")
    (told,) = await there.notices()
    assert "may no longer start recordings in" in told.text
    assert "Anybody who may start recordings there can resume it." in told.text
    assert await there.recordings() == []


async def event_of_a_calendar(there: Stage) -> None:
    """One that is due now, of a calendar that is due for reading."""
    one = await there.due(calendar_id="c1", event="e1")
    calendar = RoomCalendar(
        *("c1", one.room_id, one.room_name, seed.STANDUP, seed.STARTER, "UTC"),
        created_at=one.created_at,
        url="https://calendar.example/key",
        fetch_at=one.created_at,
    )
    await CalendarRepository(there.parts.deps.db).add(calendar)


@pytest.mark.parametrize("first", ["event", "calendar"])
async def test_a_calendar_of_who_has_left_is_not_followed_any_more(
    there: Stage, first: str
) -> None:
    """It is told once, not at each of its events."""
    somebody_in(there)
    await event_of_a_calendar(there)
    leaves(there)
    if first == "event":
        await there.parts.timekeeper.schedules.start_what_is_due()
    await there.parts.timekeeper.calendars.fetch_calendars()
    await there.parts.timekeeper.schedules.start_what_is_due()
    (told,) = await there.notices()
    assert "is no longer followed" in told.text
    assert "no longer a full member" in told.text
    assert await CalendarRepository(there.parts.deps.db).get("c1") is None
    assert await there.schedules.get("s1") is None
    assert await there.recordings() == []


async def test_an_event_in_a_disabled_room_is_told_and_over(there: Stage) -> None:
    """There is nothing to resume: the next event is tried again."""
    await event_of_a_calendar(there)
    there.room().enabled = False
    after = await there.turn()
    assert (after.state, after.why) == ("over", None)
    there.slack.calls.clear()
    await there.parts.timekeeper.tell()
    (post,) = [call for call in there.slack.calls if call.method == "chat.postMessage"]
    assert "is not recorded: the room is disabled in 100ms" in post.args["text"]
    assert "schedule_resume" not in str(post.args["blocks"])
    assert await CalendarRepository(there.parts.deps.db).get("c1")


@pytest.mark.parametrize("gone", ["room", "disabled"])
async def test_a_room_that_nobody_can_enter_pauses_what_is_planned(there: Stage, gone: str) -> None:
    """The channel is told, with buttons."""
    await there.due("every day at 9:30")
    if gone == "room":
        del there.hms.state.rooms[there.room().id]
    else:
        there.room().enabled = False
    after = await there.turn()
    assert (after.state, after.why, after.armed_for) == ("paused", gone, None)
    there.slack.calls.clear()
    await there.parts.timekeeper.tell()
    (post,) = [call for call in there.slack.calls if call.method == "chat.postMessage"]
    assert "is paused" in post.args["text"]
    for button in ("schedule_resume", "schedule_delete"):
        assert button in str(post.args["blocks"])


async def test_a_room_that_is_gone_does_not_hold_up_another(there: Stage) -> None:
    """They are asked about together."""
    one, other = await there.due(), there.room("Design review")
    somebody_in(there, other.name)
    also = replace(one, schedule_id="s2", room_id=other.id, room_name=other.name)
    await there.schedules.add(also)
    del there.hms.state.rooms[there.room().id]
    assert (await there.turn()).why == "room"
    (row,) = await there.recordings()
    assert row.room_name == other.name


async def test_an_empty_room_is_waited_for(there: Stage) -> None:
    await there.due()
    armed = await there.turn()
    assert armed.armed_for is not None
    assert await there.notices() == []
    somebody_in(there)
    await there.parts.deps.store.presence.people_in({there.room().id: "session-1"})
    assert (await there.turn()).armed_for is None
    assert len(await there.recordings()) == 1


async def test_where_nobody_comes_the_channel_is_told_without_a_mention(there: Stage) -> None:
    await there.due()
    armed, day = await there.turn(), timedelta(days=1)
    assert armed.armed_for
    assert armed.armed_until
    past = replace(armed, armed_for=armed.armed_for - day, armed_until=armed.armed_until - day)
    await there.schedules.write(armed, woken(past), [])
    assert (await there.turn()).armed_for is None
    assert await there.recordings() == []
    there.slack.calls.clear()
    await there.parts.timekeeper.tell()
    (post,) = [call.args for call in there.slack.calls if call.method == "chat.postMessage"]
    assert post["channel"] == seed.STANDUP
    assert post["text"].startswith("Nobody came to standup between ")
    assert "<@" not in str(post["blocks"])


async def test_a_room_has_the_name_that_it_has_now(there: Stage) -> None:
    somebody_in(there)
    one = await there.due()
    there.room().name = "Daily"
    await Refreshing(there.parts.deps).rooms()
    await there.parts.directory.fetch_named("Daily")
    after = await there.turn()
    assert (one.room_name, after.room_name) == ("standup", "Daily")
    (row,) = await there.recordings()
    assert row.room_name == "Daily"


async def test_two_replicas_start_one_recording(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    async with stage(url, url) as (there, other):
        somebody_in(there)
        await there.due()
        keepers = there.parts.timekeeper, other.parts.timekeeper
        await asyncio.gather(*(keeper.schedules.start_what_is_due() for keeper in keepers))
        assert len(await there.recordings()) == 1


@pytest.mark.parametrize("older", ["s1", "s2"])
async def test_of_two_schedules_at_the_same_time_the_older_starts(there: Stage, older: str) -> None:
    somebody_in(there)
    one = await there.due("every day at 9:30")
    made = one.created_at - MIN if older == "s2" else one.created_at + MIN
    await there.schedules.add(replace(one, schedule_id="s2", created_at=made))
    await there.turn()
    (row,) = await there.recordings()
    recording = (await there.parts.deps.store.recordings.load(row.key)).recording
    assert recording.request_id.startswith(f"schedule:{older}:")
    (told,) = await there.notices()
    assert "already being recorded" in told.text


async def test_of_two_that_wait_for_people_the_earlier_date_starts(there: Stage) -> None:
    """The other one starts nothing, although it is older."""
    one = await there.due("at 9:30 for 20m")
    earlier = one.created_at - 5 * MIN
    later = replace(one, schedule_id="s2", due_at=earlier, created_at=one.created_at + MIN)
    await there.schedules.add(later)
    await there.turn()
    somebody_in(there)
    await there.parts.deps.store.presence.people_in({there.room().id: "session-1"})
    await there.turn()
    (row,) = await there.recordings()
    recording = (await there.parts.deps.store.recordings.load(row.key)).recording
    assert recording.request_id.startswith("schedule:s2:")
