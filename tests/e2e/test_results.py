"""The results in the thread: what is there, and what is missing and why."""

import json

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, files, labels


async def recorded(
    bench: Bench, room: Room, options: str, *, channel: str = seed.STANDUP
) -> SeenMessage:
    """Recorded to the end; the card."""
    card = await bench.running(room, options, channel=channel)
    await bench.chat(room)
    await bench.finish(room)
    return card


async def test_summary_transcript_and_chat_and_one_mention(bench: Bench) -> None:
    room = await bench.room()
    section = "Decisions & <risks>:paragraph"
    card = await recorded(bench, room, f'--transcript --section "{section}" --modes txt,srt')
    results = await bench.reply(card, "The video, transcript and summary are ready.")
    assert results.text.startswith(f"<@{seed.STARTER}> {room.name}, <!date^")
    assert results.text.count("<@") == 1
    leaves = json.dumps(results.blocks)
    assert leaves.count('"type": "user"') == 1
    assert contains(results.raw, "Decisions & <risks>", "The launch stays on Tuesday")
    assert "&lt;launch&gt;" in results.text
    assert "<launch>" not in results.text
    assert labels(results.blocks) == ["Watch", "Transcript", "Share", "Details"]
    transcript = await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    assert transcript.decode().startswith(f"{room.name}\n")
    assert "People: Ana, Ben" in transcript.decode()
    assert "\n[0:00] Ana\nGood morning." in transcript.decode()
    captions = await bench.file(seed.STANDUP, card.ts, "-transcript.srt")
    assert b"\n00:00:00,000 --> " in captions
    chat = await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    assert chat.decode().endswith(" UTC  server: See you on Tuesday.\n")
    assert chat.count(b"\n") == 1, "neither a header nor the bot's own notice"
    card = await bench.card(room, "Ready.")
    others = [m for m in await bench.ines.thread(seed.STANDUP, card.ts) if m.ts != results.ts]
    assert not [m for m in others if contains(m.raw, f"<@{seed.STARTER}>")]
    found = files(await bench.ines.state(), seed.STANDUP, card.ts)
    assert len(found) == 3


async def test_in_a_channel_that_follows_nobody_is_mentioned(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room, "--transcript --summary")
    await bench.start(room, by=bench.tariq, channel=seed.DESIGN)
    told = await bench.told(bench.tariq, seed.DESIGN, room.name, "already being recorded")
    await bench.press(bench.tariq, told, "Follow here")
    card = await bench.card(room, "Recording", channel=seed.DESIGN)
    await bench.finish(room)
    results = await bench.reply(card, "The video, transcript and summary are ready.")
    assert "<@" not in results.text
    assert '"type": "user"' not in json.dumps(results.blocks)
    await bench.file(seed.DESIGN, card.ts, "-transcript.txt")


async def test_without_a_transcript_the_files_are_found_too(bench: Bench) -> None:
    """The webhook names the video only, and here it comes before any answer of 100ms."""
    room = await bench.room()
    card = await bench.running(room, "--no-transcript")
    hms = await bench.recording(room)
    path = f"/v2/recordings/{hms['id']}"
    await bench.hms_fault(kind="status", status=503, method="GET", path=path)
    await bench.chat(room)
    await bench.finish(room)
    await bench.card(room, "Video ready.")
    await bench.hms.sim("/faults", {"clear": True})
    results = await bench.reply(card, "The video is ready.")
    assert "transcript" not in results.text
    chat = await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    assert chat.decode().endswith(" UTC  server: See you on Tuesday.\n")
    assert chat.count(b"\n") == 1, "neither a header nor the bot's own notice"
    await bench.press(bench.ines, await bench.card(room, "Video ready."), "Details")
    view = await bench.view(bench.ines, "details", room.name)
    assert not contains(view.raw, "100ms has not listed any files.")
    assert contains(view.raw, "*Video*", "*Chat*")


async def test_an_audio_recording_is_listened_to(bench: Bench) -> None:
    room = await bench.room()
    card = await recorded(bench, room, "--audio --no-transcript")
    results = await bench.reply(card, "The audio is ready.")
    assert labels(results.blocks)[0] == "Listen"
    assert labels((await bench.card(room, "Audio ready.")).blocks)[0] == "Listen"


@pytest.mark.parametrize(
    ("fault", "headline", "gap", "transcript"),
    [
        ("transcript_failed", "The video is ready.", "100ms could not make the transcript", False),
        ("summary_failed", "The video and transcript are ready.", "No summary arrived", True),
    ],
)
async def test_what_is_missing_is_said(
    bench: Bench, fault: str, headline: str, gap: str, transcript: bool
) -> None:
    room = await bench.room()
    await bench.hms_fault(kind=fault, room_id=room.id)
    card = await recorded(bench, room, "--transcript --summary")
    results = await bench.reply(card, headline)
    assert gap in results.text
    assert ("Transcript" in labels(results.blocks)) is transcript
    await bench.file(seed.STANDUP, card.ts, "-chat.txt")
    if transcript:
        await bench.file(seed.STANDUP, card.ts, "-transcript.txt")
    found = files(await bench.ines.state(), seed.STANDUP, card.ts)
    assert len(found) == (2 if transcript else 1)
    card = await bench.card(room, "Ready." if transcript else "Video ready.")
    assert ("Transcript" in labels(card.blocks)) is transcript


async def test_a_transcript_of_the_template_comes_though_nobody_asked(bench: Bench) -> None:
    room = await bench.room("meetings-transcribed")
    card = await recorded(bench, room, "")
    await bench.reply(card, "The video, transcript and summary are ready.")
    await bench.file(seed.STANDUP, card.ts, "-transcript.txt")


async def test_a_refused_upload_is_noted_and_the_button_still_works(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    fault = {"error": "file_uploads_disabled", "times": 2, "match": {"thread_ts": card.ts}}
    await bench.slack_fault("files.completeUploadExternal", **fault)  # the transcript, the chat
    await bench.chat(room)
    await bench.finish(room)
    note = await bench.reply(card, "The transcript could not be uploaded here.")
    await bench.reply(card, "The chat could not be uploaded here.")
    assert "The button below still works." in note.text
    await bench.press(bench.ines, note, "Transcript")
    await bench.told(bench.ines, seed.STANDUP, f"Transcript (txt) of {room.name}")
    assert files(await bench.ines.state(), seed.STANDUP, card.ts) == []
