"""The card: one message, edited in place; its buttons, and who may press them."""

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import CannotError
from record_bot_sandbox.slack.seen import Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import button, cards, contains, first, labels, url_of


async def test_one_card_from_the_request_to_the_results(bench: Bench) -> None:
    room = await bench.room()
    await bench.start_fault(room, kind="hang", hang_s=0.8, after_work=True, times=1)
    await bench.start(room, "--no-transcript")
    assert labels(await bench.showed(room, "Starting.")) == ["Stop", "Details"]
    running = await bench.card(room, "Recording.")
    assert "started by ines" in running.text
    assert "no transcript" in running.text
    assert labels(running.blocks) == ["Pause", "Stop", "Details"]
    hms = await bench.recording(room)
    path = f"/v2/recordings/{hms['id']}/stop"
    await bench.hms_fault(kind="status", status=503, path=path, times=6)
    await bench.press(bench.ines, running, "Stop", confirm=True)
    await bench.showed(room, "Stopping.")
    done = await bench.card(room, "Video ready.")
    assert labels(done.blocks) == ["Watch", "Share", "Details"]
    state = await bench.ines.state()
    assert [m.ts for m in cards(state, room, seed.STANDUP)] == [running.ts]
    assert len(await bench.slack_calls("chat.postMessage", f"{room.name}: ")) == 1
    assert len([m for m in state.messages(seed.STANDUP) if room.name in m.text]) <= 2  # and results


async def test_stop_asks_first_and_goes_by_the_recordings_id(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    with pytest.raises(CannotError, match="asks first"):
        await bench.press(bench.ines, card, "Stop")
    assert (await bench.recording(room))["status"] == "running"
    await bench.press(bench.tariq, card, "Stop", confirm=True)
    stopped = await bench.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["stop_reason"] == "client request"
    assert await bench.requests(room, "stop") == []
    await bench.showed(room, "Stopping.", "tariq asked to stop")
    await bench.card(room, "Video ready")


async def test_pause_and_resume(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.press(bench.ines, card, "Pause")
    await bench.hms_until(room, lambda r: r["paused"])
    card = await bench.card(room, "Paused.")
    assert labels(card.blocks) == ["Resume", "Stop", "Details"]
    assert contains(card.raw, "Paused by ines")
    await bench.press(bench.tariq, card, "Resume")
    await bench.hms_until(room, lambda r: not r["paused"])
    card = await bench.card(room, "Recording.")
    assert contains(card.raw, "Resumed by tariq")


async def test_watch_opens_for_the_one_who_clicked(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    await bench.finish(room)
    card = await bench.card(room, "Ready.")
    assert labels(card.blocks) == ["Watch", "Transcript", "Share", "Details"]
    for label, kind in (("Watch", "video/mp4"), ("Transcript", "text/plain")):
        await bench.press(bench.tariq, card, label)
        what = {"Watch": "Video", "Transcript": "Transcript (txt)"}[label]
        told = await bench.told(bench.tariq, seed.STANDUP, f"{what} of {room.name}")
        url = url_of(told.blocks, "Open")
        async with new_client() as http:
            answer = await http.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        others = (await bench.ines.state()).ephemerals(seed.STANDUP, seed.STARTER)
        assert not [m for m in others if contains(m.raw, url)]


async def test_details_show_files_and_give_links(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room, '--transcript --context "About <it>"')
    await bench.finish(room)
    card = await bench.card(room, "Ready.")
    await bench.press(bench.ines, card, "Details")
    view = await bench.view(bench.ines, "details", room.name)
    hms = await bench.recording(room)
    assert contains(view.raw, hms["id"], room.id, "Context: About", "Files", "In Slack", "Log")
    assert contains(view.raw, "Video", "Transcript (txt)", "Summary (json)", "Chat")
    chat = next(b["accessory"] for b in view.blocks if b.get("accessory") and contains(b, "*Chat*"))
    await bench.ines.click(view, chat["action_id"])
    where = await bench.see(lambda s: first(links_shown(s, f"Chat of {room.name}")))
    # An answer in front of the modal, or an ephemeral one: what expires is not posted.
    assert where in ("view", "ephemeral")


async def test_a_deleted_card_is_not_posted_again_and_the_results_come_alone(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript --summary")
    await bench.amara.delete(card)
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    results = await bench.see(
        lambda s: next(
            (m for m in s.messages(seed.STANDUP) if f"<@{seed.STARTER}> {room.name}, " in m.text),
            None,
        )
    )
    assert not results.is_reply
    assert "The video, transcript and summary are ready." in results.text
    transcript = await bench.file(seed.STANDUP, results.ts, "transcript.txt")
    assert b"Good morning" in transcript
    state = await bench.ines.state()
    assert cards(state, room, seed.STANDUP) == []
    assert button(results.blocks, "Watch")


async def test_removed_from_the_channel_the_starter_is_told_and_can_stop(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=True)
    card = await bench.running(room, "--no-transcript", channel=seed.LOBBY)
    await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=False)
    try:
        await bench.tariq.command(seed.DESIGN, f'/record pause "{room.name}"')
        told = await bench.direct(seed.STARTER, room.name, "cannot update the card")
        assert "`/invite @record`" in told.text
        assert "you can stop it here" in told.text
        await bench.press(bench.ines, told, "Stop", confirm=True)
        await bench.hms_until(room, lambda r: r["stop_reason"])
        await bench.finish(room)
        await bench.direct(seed.STARTER, room.name, "The video is ready.")
        # Back in the channel, the card catches up.
        await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=True)
        again = await bench.card(room, "Video ready", channel=seed.LOBBY)
        assert again.ts == card.ts
    finally:
        await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=False)


async def test_an_archived_channel_does_not_stop_the_recording(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=True)
    await bench.running(room, "--no-transcript", channel=seed.LOBBY)
    await bench.ines.tell(f"channels/{seed.LOBBY}", archived=True)
    try:
        await bench.tariq.command(seed.DESIGN, f'/record pause "{room.name}"')
        told = await bench.direct(seed.STARTER, room.name, "cannot update the card")
        assert "is archived" in told.text
        assert "/invite" not in told.text
        await bench.press(bench.ines, told, "Stop", confirm=True)
        await bench.finish(room)
        await bench.direct(seed.STARTER, room.name, "The video is ready.")
    finally:
        await bench.ines.tell(f"channels/{seed.LOBBY}", archived=False)
        await bench.ines.tell(f"channels/{seed.LOBBY}", bot_member=False)


def links_shown(state: Snapshot, words: str) -> list[str]:
    """The kinds of place in which a link to this is shown."""
    kinds = ["view" for v in state.raw["views"] if contains(v, words, "signature=")]
    for channel in state.raw["channels"]:
        for kind, key in (("ephemeral", "ephemerals"), ("message", "messages")):
            kinds += [kind for m in channel[key] if contains(m, words, "signature=")]
    return kinds
