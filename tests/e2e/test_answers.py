"""Questions get what is known of a meeting; words to delete one get the button that does."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, labels
from tests.e2e.test_direct_messages import write


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


async def test_without_a_summary_a_direct_message_says_so(bench: Bench) -> None:
    room = await bench.room()
    await bench.start(room, "--no-transcript")
    await bench.status(room, "running")
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Video ready")
    await write(bench, f'what was decided in "{room.name}"?')
    await bench.direct(seed.STARTER, "The recording of", room.name, "has no summary")


async def finished(bench: Bench) -> Room:
    """A room with a recording that has ended."""
    room = await bench.room()
    await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Video ready")
    return room


async def test_the_last_recording_is_deleted_by_a_button_that_asks(bench: Bench) -> None:
    room = await finished(bench)
    await write(bench, "delete the last recording")
    asked = await bench.direct(seed.STARTER, "Forget the recording of", room.name)
    assert "Forget this recording" in labels(asked.blocks)


async def test_a_start_that_names_no_room_keeps_its_time_in_the_buttons(bench: Bench) -> None:
    room = await finished(bench)
    mention = f"<@{seed.BOT_USER}> please record the meeting in 50 minutes with transcript"
    await bench.ines.say(seed.STANDUP, mention)
    asked = await bench.told(bench.ines, seed.STANDUP, "Which room should be recorded in")
    assert "Open the form" in labels(asked.blocks)
    await bench.press(bench.ines, asked, f"Record {room.name}")
    await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded in", "minutes, at")
