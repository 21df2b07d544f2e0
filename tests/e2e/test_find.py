"""Transcripts that are kept: after the results, and gone with *Forget*."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from bot.store.open import open_store
from bot.store.values import Team
from tests.e2e.bench import Bench, ended
from tests.e2e.reading import Room, has, labels
from tests.e2e.test_cli import record_bot
from tests.e2e.test_forget import details, gone
from tests.e2e.test_home import home

SAID = "apart from the pricing page"


async def rows(bench: Bench, room: Room) -> list[tuple[str, int | None]]:
    with sqlite3.connect(f"file:{bench.database}?mode=ro", uri=True) as db:
        return db.execute(
            "SELECT text, start_ms FROM transcript_sentences s JOIN transcripts t ON t.id = s.id >> 20"
            " JOIN recordings r ON r.key = t.recording_key WHERE r.room_id = ? AND t.summary NOTNULL",
            [room.id],
        ).fetchall()


async def kept(bench: Bench, room: Room) -> list[tuple[str, int | None]]:
    async def look() -> list[tuple[str, int | None]]:
        return await rows(bench, room)

    return await bench.world.until(look, what="the transcript to be kept")


def in_files(bench: Bench, words: str) -> bool:
    files = Path(bench.database).parent.glob(f"{Path(bench.database).name}*")
    return any(words.encode() in file.read_bytes() for file in files)


@pytest.mark.own_stage  # the simulated meetings of a stage all say the same
async def test_a_transcript_is_kept_with_its_times_and_leaves_with_forget(bench: Bench) -> None:
    room = await bench.room("meetings-transcribed")
    card = await bench.running(room, "--modes txt --summary")
    await bench.finish(room)
    await ended(bench, room, card)
    said = await kept(bench, room)
    assert any(SAID in text for text, _ in said)
    assert all(start is not None for _, start in said)
    assert in_files(bench, SAID)
    await details(bench, card)
    await gone(bench, room, card)

    async def scrubbed() -> bool:
        return not in_files(bench, SAID)

    await bench.world.until(scrubbed, what="its words to leave the database's files")


async def found(bench: Bench, room: Room, words: str) -> SeenMessage:
    await bench.ines.command(seed.STANDUP, f'/record find {words} in "{room.name}"')
    return await bench.told(bench.ines, seed.STANDUP, room.name, "pricing page")


async def test_what_was_said_is_found_and_a_moment_of_it_is_shared(bench: Bench) -> None:
    room = await bench.room("meetings-transcribed")
    card = await bench.running(room, "--modes txt --summary")
    await bench.finish(room)
    await ended(bench, room, card)
    await kept(bench, room)
    reply = await found(bench, room, "checklist pricing page")
    (opening,) = [label for label in labels(reply.blocks) if label.startswith("Open at")]
    assert opening
    await bench.press(bench.ines, reply, "Share")
    view = await bench.view(bench.ines, "moment_share_form", room.name)
    action = {"action_id": "moment_channel_input"}
    await bench.ines.enter(view, "moment_channel", seed.DESIGN, **action)
    await bench.ines.submit(await bench.view(bench.ines, "moment_share_form"))
    await bench.view(bench.ines, "outcome", "appears in")

    def there(state: Snapshot) -> SeenMessage | None:
        shown = (m for m in state.messages(seed.DESIGN) if has(m, room.name))
        return next((m for m in shown if has(m, "pricing page") and "Open at" in str(m.raw)), None)

    await bench.see(there, "the moment in the other channel")
    await details(bench, card)
    await gone(bench, room, card)
    await bench.see(lambda state: there(state) is None, "the shared moment to be deleted")


async def test_home_has_a_form_for_words(bench: Bench) -> None:
    room = await bench.room("meetings-transcribed")
    card = await bench.running(room, "--modes txt --summary")
    await bench.finish(room)
    await ended(bench, room, card)
    await kept(bench, room)
    await bench.ines.open_home()
    shown = await home(bench, bench.ines, "Search transcripts")
    await bench.press(bench.ines, shown, "Search transcripts")
    view = await bench.view(bench.ines, "find_form")
    words = f'chekclist pricing in:"{room.name}"'
    await bench.ines.enter(view, "find_words", words, action_id="find_words_input")
    await bench.ines.submit(await bench.view(bench.ines, "find_form"))
    view = await bench.view(bench.ines, "find_form", room.name, "was read as", "checklist")
    assert any(label.startswith("Open at") for label in labels(view.blocks))


@pytest.mark.own_stage
async def test_reindex_keeps_what_is_missing_from_the_files_at_100ms(
    bench: Bench, tmp_path: Path
) -> None:
    room = await bench.room("meetings-transcribed")
    card = await bench.running(room, "--modes txt --summary")
    await bench.finish(room)
    await ended(bench, room, card)
    said = await kept(bench, room)
    await bench.bot.stop()
    await lose_transcripts(bench)
    assert await rows(bench, room) == []
    env = dict(bench.bot.env)
    for _ in range(2):  # nothing is done before the bot runs
        done = await record_bot(tmp_path, "reindex", env=env)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert done.stdout.startswith("1 transcript is missing. "), done
    await bench.bot.start()
    assert await kept(bench, room) == said
    await found(bench, room, "checklist pricing page")
    await bench.bot.stop()
    done = await record_bot(tmp_path, "reindex", env=env)
    assert done.stdout == "No transcript is missing.\n", done
    done = await record_bot(tmp_path, "doctor", env=env)
    assert done.stdout.startswith("ok "), done
    assert "method=" not in done.stdout + done.stderr, done
    await bench.bot.start()


async def lose_transcripts(bench: Bench) -> None:
    """As a version did that kept none. The bot must not run."""
    with sqlite3.connect(bench.database) as db:
        teams = db.execute("SELECT DISTINCT team_id, enterprise_id FROM transcripts").fetchall()
        keys = [key for (key,) in db.execute("SELECT recording_key FROM transcripts")]
    (team,) = (Team(*one) for one in teams)
    store = await open_store(
        f"sqlite:///{bench.database}",
        team=team,
        now=lambda: datetime.now(UTC),
        lease=timedelta(minutes=1),
    )
    try:
        for key in keys:
            assert await store.transcripts.drop(key)
    finally:
        await store.close()
