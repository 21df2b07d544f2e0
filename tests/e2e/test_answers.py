"""Questions about a recording get what is known of it: in its card's thread, by its room's name, in a
direct message; words to delete one get the button that does."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, labels
from tests.e2e.test_words import write


async def test_what_was_decided_gets_the_summary_in_the_thread_and_in_a_direct_message(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room, "--summary")
    await bench.ines.say(seed.STANDUP, f"<@{seed.BOT_USER}> what was decided?", card.ts)
    await bench.told(bench.ines, seed.STANDUP, room.name, "is still being recorded")
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.reply(card, "The video, transcript and summary are ready.")
    await bench.ines.say(seed.STANDUP, f"<@{seed.BOT_USER}> tldr?", card.ts)
    told = await bench.told(bench.ines, seed.STANDUP, room.name, "summary are ready")
    assert "Watch" in labels(told.blocks)
    await write(bench, f'what was decided in "{room.name}"?')
    await bench.direct(seed.STARTER, room.name, "summary are ready")
    await write(bench, f'delete the recording of "{room.name}"')
    asked = await bench.direct(seed.STARTER, "Forget the recording of", room.name)
    assert "Forget this recording" in labels(asked.blocks)


async def test_where_the_newest_has_no_summary_the_latest_one_that_has_is_told(
    bench: Bench,
) -> None:
    room = await bench.room()
    for options, ends in (("--summary", "Ready."), ("--no-transcript", "Video ready")):
        await bench.start(room, options)
        await bench.status(room, "running")
        await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
        await bench.finish(room)
        await bench.card(room, ends)
    await write(bench, f'what was decided in "{room.name}"?')
    told = await bench.direct(seed.STARTER, room.name, "has no summary", "summary are ready")
    assert "Watch" in labels(told.blocks)


async def finished(bench: Bench) -> Room:
    """A room with a recording that has ended."""
    room = await bench.room()
    await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Video ready")
    return room


async def test_a_start_that_names_no_room_keeps_its_time_in_the_buttons(bench: Bench) -> None:
    room = await finished(bench)
    mention = f"<@{seed.BOT_USER}> please record the meeting in 50 minutes with transcript"
    await bench.ines.say(seed.STANDUP, mention)
    asked = await bench.told(bench.ines, seed.STANDUP, "Which room should be recorded in")
    assert "Open the form" in labels(asked.blocks)
    await bench.press(bench.ines, asked, f"Record {room.name}")
    await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded in", "minutes, at")


async def test_who_is_there_how_long_and_where_the_video_is(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")

    async def ask(question: str, *words: str) -> list[str]:
        await bench.ines.say(seed.STANDUP, f"<@{seed.BOT_USER}> {question}", card.ts)
        told = await bench.told(bench.ines, seed.STANDUP, room.name, *words)
        return labels(told.blocks)

    assert await ask("who is here?", "1 person in", "Ana") == ["Stop", "Details"]
    assert await ask("how long has it been running", "has been recorded for") == ["Stop", "Details"]
    assert await ask("when does it end", "No end is set") == ["Stop", "Details"]
    await ask("stop in 40 minutes", "stops at")
    for text in ("dont stop in 40", "cancel the stop", "keep recording"):
        assert "No end" in await ask(text, "stops at")
    assert await ask("where is the video", "still being recorded") == ["Stop", "Details"]
    await ask("who started it", seed.STARTER, "started the recording of")
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Ready.")
    assert "Watch" in await ask("is it done?", "You can open the video")
    assert "Watch" in await ask("video pls", "is ready")
    assert "Details" in await ask("who was there?", "Who was there during", "Ana")
    assert "Details" in await ask("why did it fail?", "did not fail")


async def test_a_recording_that_a_person_may_not_see_is_as_one_that_is_missing(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.running(room, channel=seed.DESIGN)
    for question in ("who is in", "how long was", "is the video ready of"):
        await bench.amara.command(seed.STANDUP, f'/record {question} "{room.name}"')
    told = await bench.told(bench.amara, seed.STANDUP, "No recordings of", room.name)
    assert "Stop" not in labels(told.blocks)
    state = await bench.ines.state()
    said = [m.text for m in state.ephemerals(seed.STANDUP, bench.amara.user) if room.name in m.text]
    assert {f"No recordings of {room.name} yet."} == set(said), said


async def test_in_a_direct_message_the_latest_that_the_person_started_is_meant(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.running(room, "--transcript")
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Ready.")
    await write(bench, "send me the video")
    told = await bench.direct(seed.STARTER, room.name, "The video of")
    assert labels(told.blocks) == ["Watch", "Transcript", "Details", "Other recordings"]
    await bench.press(bench.ines, told, "Other recordings")
    await bench.direct(seed.STARTER, "recording", "Watch")
