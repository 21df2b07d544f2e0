"""Slack limits, fails and answers for what it has not done, and the other way round."""

from datetime import datetime

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import cards, files, first

pytestmark = pytest.mark.own_stage  # a late message of another test would take a fault


async def calls_of(bench: Bench, method: str, words: str) -> list[tuple[float, bool]]:
    """When, and whether it was done."""
    return [(c["at"], c["ok"]) for c in await bench.slack_calls(method, words)]


async def test_a_429_on_posting_is_honoured_and_nothing_is_lost(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.postMessage", retry_after=1)
    card = await bench.running(room, "--transcript")
    calls = await calls_of(bench, "chat.postMessage", room.name)
    assert [ok for _, ok in calls] == [False, True]
    assert calls[1][0] - calls[0][0] >= 1.0
    await bench.slack_fault("chat.postMessage", retry_after=1)
    await bench.chat(room)
    await bench.finish(room)
    await bench.reply(card, "The video and transcript are ready.")
    await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    state = await bench.ines.state()
    assert len(cards(state, room, seed.STANDUP)) == 1
    assert len(state.thread(seed.STANDUP, card.ts)) == 3


async def test_without_an_answer_of_slack_the_recording_starts_all_the_same(
    bench: Bench,
) -> None:
    """The card is the preflight, but only for ten seconds."""
    room = await bench.room()
    await bench.slack_fault("chat.postMessage", retry_after=4)
    await bench.start(room)
    await bench.card(room, "Recording")
    (asked,) = await bench.requests(room, "start")
    refused, posted = await calls_of(bench, "chat.postMessage", room.name)
    assert (refused[1], posted[1]) == (False, True)
    assert datetime.fromisoformat(asked["at"]).timestamp() < posted[0]


async def test_a_429_on_editing_is_honoured_and_the_card_catches_up(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.update", retry_after=1)
    await bench.start(room, "--no-transcript")
    await bench.slack_fault_taken("chat.update")
    await bench.status(room, "running")
    await bench.card(room, "Recording")
    calls = await calls_of(bench, "chat.update", room.name)
    refused = next(at for at, ok in calls if not ok)
    assert all(at - refused >= 1.0 for at, ok in calls if at > refused)
    await bench.finish(room)
    await bench.card(room, "Video ready.")


async def test_a_post_that_did_not_happen_is_made_once(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.postMessage", reset=True)
    await bench.running(room)
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1
    assert len(await bench.recordings(room)) == 1


async def test_a_post_that_happened_without_an_answer_doubles_at_most_once_and_is_counted(
    bench: Bench,
) -> None:
    """docs/adr/0001: the one window in which something can appear twice. An edit shows nothing
    twice."""
    room = await bench.room()
    counted = await bench.metric("record_bot_possible_doubles")
    await bench.slack_fault("chat.postMessage", http_status=500, after=True)
    await bench.slack_fault("chat.update", http_status=500, after=True)
    await bench.start(room, "--no-transcript")
    await bench.card(room, "Recording")
    found = cards(await bench.ines.state(), room, seed.STANDUP)
    assert 1 <= len(found) <= 2
    assert await bench.metric("record_bot_possible_doubles") == counted + 1
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    await bench.reply(card, "The video is ready.")
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == len(found)
    assert len(await bench.recordings(room)) == 1


async def test_an_upload_that_happened_without_an_answer_doubles_at_most_once(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.slack_fault("files.completeUploadExternal", http_status=500, after=True)
    card = await bench.running(room, "--transcript")
    await bench.chat(room)
    await bench.finish(room)
    await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    found = files(await bench.ines.state(), seed.STANDUP, card.ts)
    assert 2 <= len(found) <= 3


async def test_a_slack_that_is_down_for_a_while_loses_nothing(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    await bench.slack_fault("*", http_status=503, times=12)
    await bench.chat(room)
    await bench.finish(room)
    await bench.reply(card, "The video and transcript are ready.")
    await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    await bench.card(room, "Ready.")
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1


async def test_with_slacks_own_limits_in_force_nothing_is_lost(bench: Bench) -> None:
    await bench.ines.tell("rate-limits", enforce=True)
    try:
        rooms = [await bench.room() for _ in range(3)]
        for room in rooms:
            await bench.start(room, "--no-transcript")
        for room in rooms:
            card = await bench.card(room, "Recording")
            await bench.press(bench.ines, card, "Stop", confirm=True)
        for room in rooms:
            card = await bench.card(room, "Video ready")
            await bench.reply(card, "The video is ready.")
            assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1
    finally:
        await bench.ines.tell("rate-limits", enforce=False)


async def test_a_file_that_got_lost_on_its_way_is_sent_again(bench: Bench) -> None:
    """The storage fails, or takes it, and Slack then knows nothing of it (`file_not_found`)."""
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    await bench.slack_fault("upload", http_status=500)
    await bench.slack_fault("upload", error="internal_error", times=2)
    await bench.chat(room)
    await bench.finish(room)
    await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    assert len(files(await bench.ines.state(), seed.STANDUP, card.ts)) == 2


async def test_an_answer_takes_the_other_way_where_its_own_is_closed(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room, "--no-transcript")
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    await bench.slack_fault("response_url", http_status=503)
    await bench.press(bench.ines, card, "Watch")
    await bench.slack_fault_taken("response_url")
    await bench.told(bench.ines, seed.STANDUP, f"video of {room.name}")


async def test_a_click_on_a_card_that_was_posted_twice_removes_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.postMessage", reset=True, after=True)
    await bench.start(room)
    shown = await bench.see(
        lambda s: found if len(found := cards(s, room, seed.STANDUP)) == 2 else None,
        "two cards: the answer to the first post was lost",
    )
    orphan, card = sorted(shown, key=lambda m: float(m.ts))
    await bench.card(room, "Recording")
    await bench.press(bench.ines, orphan, "Details")
    await bench.view(bench.ines, "details", room.name)
    await bench.see(
        lambda s: [m.ts for m in cards(s, room, seed.STANDUP)] == [card.ts] or None,
        "the one card that is kept up to date",
    )


async def test_a_click_on_a_card_that_the_bot_does_not_know_of_adopts_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.postMessage", reset=True, after=True)
    await bench.slack_fault("chat.postMessage", http_status=500, times=500)
    await bench.start(room)
    card = await bench.card(room, "Starting")
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.ines.forget("faults")
    there = await bench.see(
        lambda s: first(
            [
                m
                for m in cards(s, room, seed.STANDUP)
                if m.ts == card.ts and "Starting" not in m.text
            ]
        ),
        "the same card, kept up to date",
    )
    assert there.ts == card.ts
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1
