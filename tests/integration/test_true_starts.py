"""What people read about a start that is held back, refused late or slow: true, and said once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed

from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.steps import Stop, retry_name
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from tests.integration.access_table import PLAZA
from tests.integration.told_kit import MIN, S, Stage, buttons, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")
START = "/v2/recordings/room/*/start"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("starts")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def stage(built: Stage) -> Stage:
    await built.clear()
    return built


async def test_a_start_that_another_rooms_429_holds_back_was_not_refused(stage: Stage) -> None:
    """100ms allows no more starts for a while; it was never asked for this one."""
    await stage.hms_fault(kind="status", status=429, retry_after_s=40, path=START, times=1)
    await stage.start()
    await stage.until(stage.now + 1 * S)
    first = stage.key
    await stage.new_room()
    await stage.start()
    await stage.until(stage.now + 30 * S)
    loaded = await stage.deps.store.recordings.load(stage.key)
    assert not [f for f in loaded.recording.log if f.kind in ("start_attempted", "start_not_done")]
    assert "HTTP 429" in await stage.card(first), "the one that 100ms refused"
    neighbour = await stage.card(stage.key)
    assert "The request to start has been waiting since" in neighbour
    assert "100ms allows only so many requests at a time, so the bot has to wait." in neighbour
    assert "As far as the bot knows, nothing is being recorded" in neighbour
    assert "accept" not in neighbour
    assert "429" not in neighbour
    await stage.until(stage.now + 30 * S)
    for key in (first, stage.key):
        assert (await stage.deps.store.recordings.load(key)).recording.hms_id


@pytest.mark.parametrize("empty", [False, True])
async def test_a_late_refusal_is_explained_on_the_card_alone(stage: Stage, *, empty: bool) -> None:
    """Slack cannot replace the answer to a command: a short one leads to the card."""
    await stage.new_room()
    if empty:
        await stage.driver.sim(f"/rooms/{stage.room}/end")
    await stage.hms_fault(kind="status", status=403, path=START)
    await stage.start()
    assert ("Nobody is in" if empty else "Starting to record") in stage.asked[-1]
    await stage.until(stage.now + 5 * S)
    assert "100ms does not let the bot see or record this room." in await stage.card(stage.key)
    (said,) = [one.text for one in stage.ephemerals() if "did not start" in one.text]
    assert "Its card says why." in said
    assert "100ms" not in said
    assert buttons(stage.ephemerals()[-1]) == ["Open the card"]


@pytest.mark.parametrize("held_back", [False, True])
async def test_a_start_expires_on_time_however_long_100ms_asks_to_wait(
    stage: Stage, *, held_back: bool
) -> None:
    """By the 429 of its own start, or of another room's."""
    await stage.hms_fault(kind="status", status=429, retry_after_s=600, path=START, times=1)
    await stage.start()
    if held_back:
        await stage.until(stage.now + 1 * S)
        await stage.new_room()
        await stage.start()
    asked_at, first = stage.now, stage.key
    await stage.until(asked_at + 110 * S)
    assert "The bot keeps trying until" in await stage.card(first)
    assert "has been requested already" in await stage.say(f"start {stage.room}")
    await stage.until(asked_at + 125 * S)
    card = await stage.card(first)
    assert "Not started" in card
    assert "The request expired" in card
    assert "keeps trying" not in card
    assert "Starting to record" in await stage.say(f"start {stage.room}")


async def test_an_earlier_end_ends_the_wait_of_a_start(stage: Stage) -> None:
    """The card names the new time at once, and at that time the start is given up."""
    await stage.hms_fault(kind="status", status=429, retry_after_s=600, path=START, times=1)
    await stage.start()
    asked_at = stage.now
    await stage.until(asked_at + 30 * S)
    assert "stops at" in await stage.say(f"stop {stage.room} in 1m")
    await stage.until(asked_at + 32 * S)
    until = f"<!date^{int(asked_at.timestamp()) + 90}^"
    assert f"The bot keeps trying until {until}" in await stage.card(stage.key)
    await stage.until(asked_at + 92 * S)
    card = await stage.card(stage.key)
    assert "keeps trying" not in card
    assert "The request expired" in card


async def test_a_start_that_waits_is_cancelled_at_once(stage: Stage) -> None:
    """Not only when 100ms has let the bot ask again."""
    await stage.hms_fault(kind="status", status=429, retry_after_s=600, path=START, times=1)
    await stage.start()
    await stage.until(stage.now + 40 * S)
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 2 * S)
    assert "Cancelled" in await stage.card(stage.key)


async def _refused_late(stage: Stage) -> str:
    """A start that 100ms refuses some seconds later; what the starter alone reads of it."""
    await stage.hms_fault(kind="status", status=403, path=START)
    await stage.until(stage.now + 30 * S)
    (said,) = [one.text for one in stage.ephemerals() if "did not start" in one.text]
    return said


@pytest.mark.parametrize("fault", [{"error": "internal_error"}, {"retry_after": 300}])
async def test_an_outdated_card_is_not_said_to_explain(stage: Stage, fault: dict[str, Any]) -> None:
    stage.slack_fault("chat.update", **fault)
    await stage.hms_fault(kind="status", status=503, path=START, times=2)
    await stage.start()
    said = await _refused_late(stage)
    assert "Starting" in await stage.card(stage.key)
    assert "100ms does not let the bot see or record this room." in said
    assert "Its card" not in said


async def test_a_card_that_the_starter_cannot_see_is_not_said_to_explain(stage: Stage) -> None:
    """They left the private channel meanwhile: the cause is told directly, with no link."""
    await stage.new_room()
    await stage.hms_fault(kind="status", status=503, path=START, times=2)
    await stage.hms_fault(kind="status", status=403, path=START)
    await stage.start(channel=seed.DESIGN)
    members = stage.rig.bot.slack.channels[seed.DESIGN].members
    members.discard(seed.STARTER)
    try:
        await stage.until(stage.now + 30 * S)
    finally:
        members.add(seed.STARTER)
    assert "does not let the bot see" in await stage.card(stage.key)
    shown = stage.rig.bot.slack.channels[seed.DESIGN].ephemerals.values()
    said = [m.text for m in (*shown, *stage.directs()) if m.viewer in (None, seed.STARTER)]
    (why,) = [text for text in said if "did not start" in text]
    assert "100ms does not let the bot see or record this room." in why
    assert "Its card" not in why


async def test_who_stops_what_has_not_begun_is_not_told_so(stage: Stage) -> None:
    await stage.hms_fault(kind="status", status=429, retry_after_s=40, path=START)
    await stage.start()
    await stage.until(stage.now + 2 * S)
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 30 * S)
    assert "Cancelled" in await stage.card(stage.key)
    assert not [one.text for one in stage.ephemerals() if "stopped" in one.text]


async def test_others_learn_who_stopped_what_has_not_begun(stage: Stage) -> None:
    await stage.hms_fault(kind="status", status=429, retry_after_s=40, path=START)
    await stage.start()
    await stage.until(stage.now + 2 * S)
    await stage.click("recording_stop", stage.key, seed.ADMIN)
    await stage.until(stage.now + 30 * S)
    (said,) = [one.text for one in stage.ephemerals() if "stopped" in one.text]
    assert f"<@{seed.ADMIN}> stopped it before it started." in said


async def test_the_message_about_silence_has_what_mends_it(stage: Stage) -> None:
    await stage.hms_fault(kind="status", status=503, path=START)
    await stage.start()
    await stage.until(stage.now + 60 * S)
    (told,) = stage.directs()
    assert buttons(told) == ["Stop", "Open the card", "Details"]
    await stage.until(stage.now + 240 * S)
    (told,) = stage.directs()
    assert buttons(told) == ["Try again", "Open the card", "Details"]
    assert not [one.text for one in stage.ephemerals() if "did not start" in one.text]
    await stage.driver.sim("/faults", {"clear": True})
    before = stage.key
    await stage.click_on(told, "recording_try_again", stage.key)
    stage.key = await stage.found_key()
    assert stage.key != before
    loaded = await stage.deps.store.recordings.load(stage.key)
    assert loaded.recording.origin == PLAZA


@pytest.mark.parametrize("error", ["edit_window_closed", "message_not_found", "internal_error"])
async def test_whoever_was_told_of_a_silence_learns_its_outcome(stage: Stage, error: str) -> None:
    """Where Slack does not edit the direct message, what 100ms answered is a new one."""
    await stage.hms_fault(kind="status", status=503, path=START, times=6)
    await stage.hms_fault(kind="status", status=403, path=START)
    await stage.start()
    await stage.until(stage.now + 50 * S)
    (told,) = stage.directs()
    assert "This message will be updated." in told.text
    stage.slack_fault("chat.update", error=error, match={"channel": told.channel})
    if error == "message_not_found":
        del stage.rig.bot.slack.channels[told.channel].messages[told.ts]
    await stage.until(stage.now + 900 * S)
    (told,) = stage.directs()
    assert "100ms does not let the bot see or record this room." in told.text
    assert buttons(told) == ["Try again", "Open the card", "Details"]


async def test_who_may_not_start_any_more_is_offered_no_other_try(stage: Stage) -> None:
    await stage.hms_fault(kind="status", status=503, path=START)
    await stage.start()
    await stage.until(stage.now + 60 * S)
    await stage.deps.store.channel_settings.save(
        PLAZA, ChannelSettings(may_start=Allowed(who="admins")), seed.ADMIN
    )
    await stage.until(stage.now + 240 * S)
    (told,) = stage.directs()
    assert "did not start" in told.text
    assert buttons(told) == ["Open the card", "Details"]


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"kind": "status", "status": 429, "retry_after_s": 40}, "Not recording yet"),
        ({"kind": "status", "status": 503}, "Not recording yet"),
        ({"kind": "reset"}, "Not recording yet"),
    ],
)
async def test_the_status_says_what_the_card_says(
    stage: Stage, fault: dict[str, Any], state: str
) -> None:
    await stage.hms_fault(path=START, **fault)
    await stage.start()
    assert "Starting" in await stage.say("status")
    await stage.until(stage.now + 30 * S)
    for told in (await stage.card(stage.key), await stage.say("status"), await stage.say("help")):
        assert state in told
        assert "Starting" not in told
    again = await stage.say(f"start {stage.room}")
    assert "has been requested already" in again
    assert "100ms has not confirmed it yet" in again


async def test_a_preview_of_the_room_says_what_the_card_says(stage: Stage) -> None:
    await stage.hms_fault(kind="status", status=503, path=START)
    await stage.start()
    await stage.until(stage.now + 30 * S)
    rooms = [RoomEntry(stage.room, "Weekly")]
    await RoomRepository(stage.deps.db).upsert(rooms, stage.now)
    shared = stage.rig.event(
        "link_shared",
        channel=PLAZA,
        user=seed.STARTER,
        message_ts="1.2",
        source="conversations_history",
        is_bot_user_member=True,
        links=[{"url": f"https://acme.app.100ms.live/preview/{stage.room}/host"}],
    )
    told = (await stage.rig.send(shared, form="event")).told
    assert "chat.unfurl" in told
    assert "Not recording yet" in told
    assert "Starting" not in told


async def test_a_stop_without_an_answer_is_stopping_in_the_status_too(stage: Stage) -> None:
    await stage.running()
    assert "Recording" in await stage.say("status")
    await stage.hms_fault(kind="status", status=503, path="/v2/recordings/*/stop")
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 30 * S)
    for told in (await stage.card(stage.key), await stage.say("status")):
        assert "Stopping" in told
        assert "· Recording" not in told


async def test_a_stop_that_another_ones_429_holds_back_is_waiting(stage: Stage) -> None:
    await stage.running()
    first = stage.key
    await stage.new_room()
    await stage.running()
    await stage.hms_fault(
        kind="status", status=429, retry_after_s=100, path="/v2/recordings/*/stop", times=1
    )
    await stage.click("recording_stop", first)
    await stage.until(stage.now + 1 * S)
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 50 * S)
    directs = "\n".join(one.text for one in stage.directs())
    for told in (await stage.card(first), await stage.card(stage.key), directs):
        assert "has not answered" not in told
    assert "the bot has to wait" in await stage.card(stage.key)
    assert "The request to stop has been waiting since" in directs
    assert "100ms asks the bot to wait" in await stage.card(first)


async def test_after_a_silent_start_a_silent_stop_has_a_message_of_its_own(stage: Stage) -> None:
    """*Try again* below it means the stop; below the one about the start, the start."""
    await stage.hms_fault(kind="status", status=503, path=START, times=6)
    await stage.start()
    await stage.until(stage.now + 100 * S)
    await stage.hms_fault(kind="status", status=503, path="/v2/recordings/*/stop")
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 60 * S)
    began, stops = stage.directs()
    assert "100ms has answered" in began.text
    assert buttons(began) == ["Open the card", "Details"]
    assert "the request to stop" in stops.text
    assert buttons(stops) == ["Try again", "Open the card", "Details"]


@pytest.mark.parametrize(("status", "tries"), [(503, range(35, 61)), (401, range(6, 13))])
async def test_a_stop_is_tried_soon_where_100ms_is_down_and_seldom_where_the_token_is_refused(
    stage: Stage, status: int, tries: range
) -> None:
    await stage.running()
    await stage.hms_fault(kind="status", status=status, path="/v2/recordings/*/stop")
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 20 * MIN)
    work = (await stage.deps.store.recordings.load(stage.key)).work
    assert work.retries[retry_name(Stop())].attempts in tries
