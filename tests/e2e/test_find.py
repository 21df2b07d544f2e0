"""Transcripts that are kept: after the results, and gone with *Forget*."""

import sqlite3
from pathlib import Path

from tests.e2e.bench import Bench, ended
from tests.e2e.reading import Room
from tests.e2e.test_forget import details, gone

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
