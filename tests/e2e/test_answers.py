"""Questions get what is known of a meeting; words to delete one get the button that does."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import labels
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
