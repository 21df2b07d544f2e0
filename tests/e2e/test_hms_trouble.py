"""100ms is slow, broken, silent or repeats itself: one recording, one card, one set of results."""

from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Snapshot

from tests.e2e.bench import Bench, ended
from tests.e2e.reading import Room, cards, contains, first, has, labels

START_FAULTS: dict[str, dict[str, Any]] = {
    "502 twice": {"kind": "status", "status": 502, "times": 2},
    "504 after the work": {"kind": "status", "status": 504, "after_work": True},
    "reset after the work": {"kind": "reset", "after_work": True},
}


@pytest.mark.parametrize("fault", START_FAULTS)
async def test_a_start_that_goes_wrong_makes_exactly_one_recording(
    bench: Bench, fault: str
) -> None:
    room = await bench.room()
    await bench.start_fault(room, **{"times": 1, **START_FAULTS[fault]})
    card = await bench.running(room, "--audio --no-transcript")
    assert "Started elsewhere" not in card.text
    assert len(await bench.recordings(room)) == 1
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1
    if "after" in fault:
        assert len(await bench.bodies(room)) == 1
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.reply(card, "The audio is ready.")
    assert len(await bench.recordings(room)) == 1


async def test_a_429_of_100ms_is_waited_for(bench: Bench) -> None:
    room = await bench.room()
    await bench.start_fault(room, kind="status", status=429, retry_after_s=1, times=1)
    await bench.running(room)
    refused, taken = await bench.requests(room, "start")
    assert (refused["status"], taken["status"]) == (429, 200)
    assert seconds(taken["at"]) - seconds(refused["at"]) >= 1.0


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.partition("T")[2].removesuffix("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


async def test_an_old_request_is_not_started_any_more_and_the_person_is_asked(
    alone: Bench,
) -> None:
    """Not even if the bot was killed meanwhile. After a 429 it is certain that nothing began."""
    room = await alone.room()
    await alone.start_fault(room, kind="status", status=429, retry_after_s=1)
    await alone.start(room, "--audio")
    await alone.showed(room, "", "trying again")
    await alone.bot.kill()
    await alone.bot.start()
    card = await alone.card(room, "Not started.")
    assert "the request expired" in card.text
    assert "If you still want the recording, try again." in card.text
    assert labels(card.blocks) == ["Try again", "Details"]
    await alone.hms.sim("/faults", {"clear": True})
    assert await alone.recordings(room) == []
    await alone.press(alone.ines, card, "Try again")
    await alone.card(room, "Recording")
    assert len(await alone.recordings(room)) == 1
    assert (await alone.bodies(room))[-1] == {"audio_only": True}


async def journey(bench: Bench, room: Room, options: str = "--transcript --summary") -> None:
    """From the command to the files in the thread, whatever happens to the webhooks."""
    card = await bench.running(room, options)
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await ended(bench, room, card)


async def test_without_any_webhook_configured_it_works_by_asking(alone: Bench) -> None:
    await journey(alone, await alone.room())
    state = await alone.hms.state()
    assert state["webhook_target"] is None
    secret = {"X-Record-Bot-Secret": ""}
    url = f"{alone.bot.url}/webhooks/100ms/default"
    assert (await alone.http.post(url, json={}, headers=secret)).status_code == 401


async def test_without_any_webhook_it_notices_what_happens_by_itself(alone: Bench) -> None:
    room = await alone.room()
    card = await alone.running(room, "--transcript --summary")
    await alone.hms.sim(f"/rooms/{room.id}/end")
    await ended(alone, room, card)


async def test_without_any_webhook_rules_and_times_are_kept_by_polling(alone: Bench) -> None:
    room, other = await alone.room(), await alone.room()
    await alone.ines.command(seed.STANDUP, f'/record auto "{room.name}" on')
    await alone.card(room, "Recording")
    await alone.hms.sim(f"/rooms/{room.id}/leave", {"name": "Ana"})
    stopped = await alone.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["stop_reason"] in ("client request", "last peer left")
    await alone.ines.command(seed.STANDUP, f'/record start "{other.name}" in 1s')
    await alone.card(other, "Recording")


async def test_without_any_webhook_what_a_followed_room_records_is_found(alone: Bench) -> None:
    room = await alone.room()
    await alone.ines.command(seed.STANDUP, f'/record follow "{room.name}"')
    await alone.told(alone.ines, seed.STANDUP, "This channel follows", room.name)
    await alone.hms.sim(f"/rooms/{room.id}/start-recording", {})
    await alone.card(room, "Recording")
    assert len(cards(await alone.ines.state(), room, seed.STANDUP)) == 1


async def test_all_webhooks_lost(bench: Bench) -> None:
    room = await bench.room()
    await bench.hms_fault(kind="drop", room_id=room.id)
    card = await bench.running(room, "--no-transcript")
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.card(room, "Video ready")
    await bench.reply(card, "The video is ready.")
    state = await bench.hms.state()
    ours = [e for e in state["webhooks"] if e["room_id"] == room.id and "beam" in e["type"]]
    assert {e["state"] for e in ours} == {"dropped"}


OUT_OF_SHAPE: tuple[dict[str, Any], ...] = (
    {"kind": "delay", "delay_s": 25, "event": "beam.started.success"},
    {"kind": "drop", "event": "beam.stopped.success"},
    {"kind": "repeat", "repeat": 3, "event": "transcription.*"},
    {"kind": "delay", "delay_s": 20, "event": "beam.recording.success"},
)


async def test_webhooks_out_of_shape_come_to_the_same_end(bench: Bench) -> None:
    room = await bench.room()
    for fault in OUT_OF_SHAPE:
        await bench.hms_fault(room_id=room.id, **fault)
    card = await bench.running(room, "--transcript --summary")
    await bench.finish(room)
    await ended(bench, room, card)


async def told_more(bench: Bench, who: Person, room: Room, than: int) -> list[str]:
    """All that this person alone was told about the room, once it is more than so many messages."""

    def look(state: Snapshot) -> list[str] | None:
        texts = [m.text for m in state.ephemerals(seed.STANDUP, who.user) if room.name in m.text]
        return texts if len(texts) > than else None

    return await bench.see(look, f"more than {than} messages about {room.name}")


async def test_a_late_webhook_of_the_last_recording_does_not_touch_the_next(
    bench: Bench,
) -> None:
    room = await bench.room()
    for late in ("beam.stopped.success", "beam.recording.success"):
        await bench.hms_fault(kind="delay", delay_s=20, event=late, room_id=room.id, times=1)
    first = await bench.running(room, "--no-transcript")
    await bench.press(bench.ines, first, "Stop", confirm=True)
    await bench.status(room, "post_processing")
    await bench.finish(room)
    await bench.see(lambda s: [m for m in s.messages(seed.STANDUP) if m.ts == first.ts])
    said: list[str] = []
    while not any(text.startswith("Starting") for text in said):
        # At first the bot may not know yet that the first one is over.
        await bench.start(room, "--audio --no-transcript", by=bench.tariq)
        said = await told_more(bench, bench.tariq, room, len(said))
    second = await bench.card(room, "Recording.")
    assert second.ts != first.ts
    await bench.reply(first, "The video is ready.")
    await bench.world.at_100ms(
        lambda s: (
            not [e for e in s["webhooks"] if e["room_id"] == room.id and e["state"] == "held"]
        ),
        "the late webhooks to be sent",
    )
    await bench.card(room, "Recording.")
    assert (await bench.recordings(room))[-1]["status"] == "running"
    assert await bench.ines.thread(seed.STANDUP, second.ts) == []


async def test_events_of_strangers_change_nothing(bench: Bench) -> None:
    """Another recording in the account, that nobody asked the bot for."""
    room = await bench.room()
    before = len((await bench.ines.state()).messages(seed.STANDUP))
    other = await bench.hms.sim(f"/rooms/{room.id}/start-recording", {})
    await bench.hms.sim(f"/recordings/{other['id']}/finish")
    await bench.world.at_100ms(
        lambda s: [
            e
            for e in s["webhooks"]
            if (e["room_id"], e["type"], e["state"])
            == (room.id, "beam.recording.success", "delivered")
        ],
        "the stranger's last webhook to be delivered",
    )
    mine = await bench.room()
    await bench.running(mine)
    state = await bench.ines.state()
    assert not [m for m in state.messages(seed.STANDUP) if contains(m.raw, room.name)]
    assert len(state.messages(seed.STANDUP)) >= before + 1


async def test_a_stop_that_is_refused_for_good_is_said_and_offered_again(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    hms = await bench.recording(room)
    path = f"/v2/recordings/{hms['id']}/stop"
    await bench.hms_fault(kind="status", status=403, method="POST", path=path)
    await bench.press(bench.ines, card, "Stop", confirm=True)
    refused = await bench.see(
        lambda s: first(
            [
                m
                for m in cards(s, room, seed.STANDUP, "Recording")
                if has(m, "100ms refuses to stop the recording (HTTP 403).")
            ]
        ),
        "a card that says that the stop is refused",
    )
    await bench.hms.sim("/faults", {"clear": True})
    await bench.press(bench.ines, refused, "Stop", confirm=True)
    await bench.status(room, "completed")
