"""Kept transcripts: stores them with their index, reads and forgets them.

`kept` reads the sentences (`bot.core.transcript.turns` joins them to turns), `summary` the sections
of the summary with the source of each line. Search is in `bot.store.searching`.
"""

import asyncio
import hashlib
import json
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Insert,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import search
from bot.core.moments import Brief, brief_of
from bot.core.sourcing import SourcedLine, SourcedSection
from bot.core.transcript import Sentence
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import (
    channel_settings,
    recording_channels,
    recordings,
    scrubs,
    transcript_people,
    transcript_sentences,
    transcript_words,
    transcripts,
)
from bot.store.sql import of_the_team

SLICE = 5  # sentences per call in a thread, about 1 ms, so that the loop is not delayed
# Per transaction, so that commands never wait long:
WORDS = 300
BATCH = 40  # sentences
MERGE_PAGES = 32  # of SQLite's index
PAUSES = 2  # the pause after each, relative to its length: two of three starts meet none
PAUSE_MOST_S = 0.25
SPAN = 1 << 20  # a sentence's id is its transcript's id times this, plus its number
SENTENCES_MOST = SPAN - search.IN_BLOCK

t, s, p = transcripts.c, transcript_sentences.c, transcript_people.c
v = transcript_words.c
_ROW = (t.id, t.digest, t.sentences, t.done, t.words)
_BY_KEY = select(*_ROW).where(of_the_team(transcripts), t.recording_key == bindparam("its_key"))
_LOCKED = _BY_KEY.with_for_update()


class Transcripts(Repository):
    async def keep(self, key: str, sentences: Sequence[Sentence]) -> bool:
        """Store and index a transcript, in small transactions.

        Safe to repeat: it continues where it stopped, and replaces an older transcript of the same
        recording. False if the transcript was forgotten meanwhile, or another worker stores it.
        Raises `StoreRefused` for an unknown recording.
        """
        said = sentences[:SENTENCES_MOST]
        digest = await asyncio.to_thread(_digest, said)
        people = {who: n for n, who in enumerate(dict.fromkeys(map(_who, said)))}
        async with self._db.write() as conn:
            row = await self._row(conn, key)
            if row is not None and row.digest != digest:
                await self.forget_in(conn, key)
                row = None
            if row is None:
                row = await self._begin(conn, key, digest, len(said), people)
        stems: list[search.Phrase] = []
        words = Counter[str]()
        async for at in _paced(range(0, len(said), SLICE)):
            stems += await asyncio.to_thread(_stems_of, said[at : at + SLICE], words)
        return await self._keep_words(row, words) and await self._keep_sentences(
            row, said, stems, people
        )

    async def keep_summary(self, key: str, sections: Iterable[SourcedSection]) -> bool:
        """Store the summary with the transcript; False if the transcript is not kept."""
        body = [asdict(section) for section in sections]
        put = update(transcripts).where(self._mine(transcripts), t.recording_key == key)
        async with self._db.write() as conn:
            return bool((await conn.execute(put.values(summary=body))).rowcount)

    async def kept(self, key: str) -> tuple[Sentence, ...] | None:
        """All sentences in order; None if the transcript is not kept, or not complete yet."""
        async with self._db.read() as conn:
            row = await self._row(conn, key)
            if row is None or row.done < row.sentences:
                return None
            query = with_people().where(_sentences_of(row.id)).order_by(s.id)
            return tuple(sentence_of(one) for one in await conn.execute(query))

    async def sentence(self, key: str, n: int) -> Sentence | None:
        """One sentence of a transcript, to share it; None if there is none."""
        async with self._db.read() as conn:
            row = await self._row(conn, key)
            if row is None or not 0 <= n < SPAN:
                return None
            found = (await conn.execute(with_people().where(s.id == row.id * SPAN + n))).first()
            return sentence_of(found) if found else None

    async def summary(self, key: str) -> tuple[SourcedSection, ...]:
        """The summary with the source of each line; empty if none is kept."""
        query = select(t.summary).where(self._mine(transcripts), t.recording_key == key)
        async with self._db.read() as conn:
            return tuple(_section(one) for one in await conn.scalar(query) or ())

    async def times(self, key: str) -> dict[str, int]:
        """The start of the source of each summary line, in milliseconds, by the line's text."""
        sourced = {
            line.text: line.sentence
            for section in await self.summary(key)
            for line in section.lines
            if line.sentence is not None
        }
        async with self._db.read() as conn:
            row = await self._row(conn, key)
            if row is None or not sourced:
                return {}
            ids = sorted({row.id * SPAN + n for n in sourced.values()})
            query = select(s.id, s.start_ms).where(s.id.in_(ids), s.start_ms.is_not(None))
            starts = {one.id % SPAN: one.start_ms for one in await conn.execute(query)}
        return {text: starts[n] for text, n in sourced.items() if n in starts}

    async def brief(self, key: str) -> Brief | None:
        """The speakers, and the summary in a few lines; None if the transcript is not kept."""
        query = select(t.id, t.summary).where(self._mine(transcripts), t.recording_key == key)
        names = select(p.name).where(p.transcript_id == bindparam("transcript")).order_by(p.who)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
            if row is None:
                return None
            people = list(await conn.scalars(names, {"transcript": row.id}))
        return brief_of(people, [_section(one) for one in row.summary or ()])

    async def channels(self) -> list[str]:
        """The channels that show a recording with a kept transcript, the latest first."""
        shown = recording_channels.c
        query = select(shown.channel).where(self._mine(recording_channels))
        query = query.join(transcripts, t.recording_key == shown.recording_key)
        query = query.group_by(shown.channel).order_by(func.max(t.id).desc())
        async with self._db.read() as conn:
            return list(await conn.scalars(query))

    async def kept_before(self, moment: datetime, limit: int = 100) -> list[str]:
        """Keys of recordings whose transcript is older, the oldest first."""
        query = select(t.recording_key).where(self._mine(transcripts), t.kept_at < moment)
        async with self._db.read() as conn:
            return list(await conn.scalars(query.order_by(t.kept_at).limit(limit)))

    async def unwanted(self, limit: int = 100) -> list[str]:
        """Keys of recordings with a kept transcript although their channel now keeps none."""
        off = channel_settings.c.body["keep_transcripts"].as_boolean().is_(False)
        channels = select(channel_settings.c.channel).where(self._mine(channel_settings), off)
        query = select(t.recording_key).join(recordings, recordings.c.key == t.recording_key)
        query = query.where(self._mine(transcripts), recordings.c.home.in_(channels))
        async with self._db.read() as conn:
            return list(await conn.scalars(query.limit(limit)))

    async def drop(self, key: str) -> bool:
        """Delete a transcript but not its recording; False if there is none. Call `scrub` after."""
        async with self._db.write() as conn:
            return await self.forget_in(conn, key)

    async def forget_in(self, conn: AsyncConnection, key: str) -> bool:
        """Delete rows and index in the caller's transaction; False if there is no transcript.

        Notes in `scrubs` that `scrub` must run.
        """
        row = await self._row(conn, key, lock=True)
        if row is None:
            return False
        if self._db.is_sqlite:
            await conn.execute(_INDEX_DELETE, _ids_of(row.id))
        await conn.execute(delete(transcript_sentences).where(_sentences_of(row.id)))
        await conn.execute(delete(transcript_people).where(p.transcript_id == row.id))
        await conn.execute(delete(transcripts).where(t.id == row.id))
        fewer = update(transcript_words).where(
            self._mine(transcript_words), v.word == bindparam("said")
        )
        fewer = fewer.values(n=v.n - bindparam("times"))
        counts = [{"said": word, "times": n} for word, n in sorted(_unpacked(row.words).items())]
        if counts:
            await conn.execute(fewer, counts)
        await conn.execute(delete(transcript_words).where(self._mine(transcript_words), v.n <= 0))
        owed = self._db.insert(scrubs).values(**self._ours, since=self._now())
        await conn.execute(owed.on_conflict_do_nothing())
        return True

    async def scrub(self) -> bool:
        """Remove deleted words from SQLite's files; False if a reader blocked it: try again.

        The index keeps deleted words until its parts are fully merged, the log until it is written
        back. Fast if nothing was deleted. On PostgreSQL there is nothing to do: SQL cannot read
        deleted rows.
        """
        mine = self._mine(scrubs)
        async with self._db.read() as conn:
            since = await conn.scalar(select(scrubs.c.since).where(mine))
        if since is None:
            return True
        if self._db.is_sqlite and not await self._merged_and_written_back():
            return False
        async with self._db.write() as conn:
            await conn.execute(delete(scrubs).where(mine, scrubs.c.since == since))
        return True

    async def _merged_and_written_back(self) -> bool:
        pages = -MERGE_PAGES  # negative once, to include parts that are alone on their level
        while await self._merge(pages):
            pages = MERGE_PAGES
        async with self._db.write(lone=True) as conn:
            busy, _, _ = (await conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
        return not busy

    async def _merge(self, pages: int) -> bool:
        """One small step of the merge; False if there was nothing left to do."""
        async with self._db.write() as conn:
            before = await conn.scalar(_CHANGES) or 0
            await conn.execute(_INDEX_MERGE, {"pages": pages})
            return (await conn.scalar(_CHANGES) or 0) - before >= 2  # one is the command itself

    async def _row(self, conn: AsyncConnection, key: str, *, lock: bool = False) -> AnyRow | None:
        its = {"its_key": key, **self._team_parameters}
        return (await conn.execute(_LOCKED if lock else _BY_KEY, its)).first()

    async def _begin(
        self,
        conn: AsyncConnection,
        key: str,
        digest: str,
        sentences: int,
        people: Mapping[tuple[str, str], int],
    ) -> AnyRow:
        about = {"digest": digest, "sentences": sentences, "done": 0, "words": _packed({})}
        new = insert(transcripts).values(
            **self._ours, recording_key=key, **about, kept_at=self._now()
        )
        begun: AnyRow = (await conn.execute(new.returning(*_ROW))).one()
        rows = [
            {"transcript_id": begun.id, "who": n, "name": name, "peer_id": peer_id}
            for (name, peer_id), n in people.items()
        ]
        if rows:
            await conn.execute(insert(transcript_people), rows)
        return begun

    async def _keep_words(self, row: AnyRow, words: Counter[str]) -> bool:
        """Count the words of a transcript before its sentences are stored. False as in `keep`.

        They are counted once and in order: neighbours are on the same pages, and the pages are
        what a commit costs.
        """
        counted = Counter(_unpacked(row.words))
        missing = await asyncio.to_thread(lambda: sorted((words - counted).items()))
        before = row.words
        async for start in _paced(range(0, len(missing), WORDS)):
            some = dict(missing[start : start + WORDS])
            counted.update(some)
            packed = await asyncio.to_thread(_packed, counted)
            if not await self._count(row.id, before, some, packed):
                return False
            before = packed
        return True

    async def _count(
        self, transcript: int, before: bytes, words: Mapping[str, int], after: bytes
    ) -> bool:
        """Add words in one transaction. False as in `keep`.

        `before` and `after`: the packed counts of the transcript. The words are one parameter of
        one statement, because SQLite's thread waits for the loop's thread after each row.
        """
        there = update(transcripts).values(words=after)
        there = there.where(self._mine(transcripts), t.id == transcript, t.words == before)
        stems_and_counts = {word: [search.stem_of(word), n] for word, n in words.items()}
        async with self._db.write() as conn:
            if not (await conn.execute(there)).rowcount:
                return False
            await conn.execute(self._add_words, {"words": stems_and_counts})
        return True

    @cached_property
    def _add_words(self) -> Insert:
        columns = ["enterprise_id", "team_id", "word", "stem", "n"]
        each = func.json_each(bindparam("words", type_=JSON()))
        found = each.table_valued("key", column("value", JSON())).c
        team = self._of.team
        rows = select(
            literal(team.enterprise_id),
            literal(team.team_id),
            found.key,
            found.value[0].as_string(),
            found.value[1].as_integer(),
        ).where(true())  # SQLite needs a condition before ON CONFLICT
        put = self._db.insert(transcript_words).from_select(columns, rows)
        return put.on_conflict_do_update(
            index_elements=columns[:3], set_={"n": v.n + put.excluded.n}
        )

    async def _keep_sentences(
        self,
        row: AnyRow,
        said: Sequence[Sentence],
        stems: Sequence[search.Phrase],
        people: Mapping[tuple[str, str], int],
    ) -> bool:
        """Store and index the sentences that are not stored yet. False as in `keep`."""
        async for start in _paced(range(row.done, len(said), BATCH)):
            rows = self._rows(row.id, said[start : start + BATCH], people, stems[start:])
            if not await self._keep_batch(row.id, start, rows):
                return False
            while self._db.is_sqlite and await self._merge(MERGE_PAGES):
                pass
        return True

    async def _keep_batch(
        self, transcript: int, start: int, rows: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Store a batch in one transaction. False as in `keep`."""
        there = update(transcripts).values(done=start + len(rows))
        there = there.where(self._mine(transcripts), t.id == transcript, t.done == start)
        async with self._db.write() as conn:
            if not (await conn.execute(there)).rowcount:
                return False
            await conn.execute(insert(transcript_sentences), rows)
            if self._db.is_sqlite:  # includes earlier blocks that these sentences complete
                since = max(0, start - search.IN_BLOCK + 1)
                await conn.execute(_INDEX_INSERT, _ids_of(transcript, since))
        return True

    def _rows(
        self,
        transcript: int,
        batch: Sequence[Sentence],
        people: Mapping[tuple[str, str], int],
        stems: Sequence[search.Phrase],
    ) -> list[dict[str, Any]]:
        """The rows of a batch. On PostgreSQL, the first sentence of a block has its stems."""
        firsts = search.blocks(batch[0].n, batch[-1].n + 1)
        rows = []
        for at, one in enumerate(batch):
            block = None
            if not self._db.is_sqlite and one.n in firsts:
                block = search.tsvector(tuple(chain(*stems[at : at + search.IN_BLOCK])))
            rows.append(
                {
                    "id": transcript * SPAN + one.n,
                    "who": people[_who(one)],
                    "start_ms": one.start_ms,
                    "end_ms": one.end_ms,
                    "text": one.text,
                    "stems": " ".join(stems[at]),
                    "block": block,
                }
            )
        return rows


def with_people() -> Any:
    """A query of sentences with their speakers, for `sentence_of`."""
    columns = (s.id, p.name, p.peer_id, s.start_ms, s.end_ms, s.text)
    return select(*columns).where(said_by(s))


def said_by(said: Any) -> ColumnElement[bool]:
    """The join condition of sentences and speakers."""
    return and_(p.transcript_id == transcript_of(said.id), p.who == said.who)


def transcript_of(sentence_id: ColumnElement[int]) -> ColumnElement[int]:
    return sentence_id.op(">>", return_type=BigInteger())(literal_column("20"))


def sentence_of(row: Any) -> Sentence:
    return Sentence(row.id % SPAN, row.name, row.peer_id, row.start_ms, row.end_ms, row.text)


_CHANGES = text("SELECT total_changes()")
_INDEX_INSERT = text(
    "INSERT INTO transcript_index(rowid, stems) SELECT id, stems FROM transcript_blocks"
    " WHERE id BETWEEN :first AND :last"
)
_INDEX_DELETE = text(
    "INSERT INTO transcript_index(transcript_index, rowid, stems)"
    " SELECT 'delete', id, stems FROM transcript_blocks WHERE id BETWEEN :first AND :last"
)
_INDEX_MERGE = text("INSERT INTO transcript_index(transcript_index, rank) VALUES('merge', :pages)")


def _sentences_of(transcript: int) -> ColumnElement[bool]:
    return s.id.between(transcript * SPAN, transcript * SPAN + SPAN - 1)


def _ids_of(transcript: int, since: int = 0) -> dict[str, int]:
    return {"first": transcript * SPAN + since, "last": transcript * SPAN + SPAN - 1}


def _section(body: Mapping[str, Any]) -> SourcedSection:
    lines = tuple(SourcedLine(**line) for line in body["lines"])
    return SourcedSection(body["title"], body["is_list"], lines)


def _who(sentence: Sentence) -> tuple[str, str]:
    return sentence.speaker, sentence.peer_id


def _packed(words: Mapping[str, int]) -> bytes:
    return zlib.compress(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode())


def _unpacked(packed: bytes) -> dict[str, int]:
    found: dict[str, int] = json.loads(zlib.decompress(packed))
    return found


def _digest(sentences: Sequence[Sentence]) -> str:
    said = json.dumps([[getattr(one, name) for name in Sentence.__slots__] for one in sentences])
    return hashlib.sha256(said.encode()).hexdigest()


def _stems_of(sentences: Sequence[Sentence], words: Counter[str]) -> list[search.Phrase]:
    """The stems of each sentence; counts its words in `words`."""
    said = [search.sentence_terms(one.speaker, one.text) for one in sentences]
    words.update(term.word for terms in said for term in terms)
    return [search.sentence_stems(terms) for terms in said]


async def _paced(starts: Iterable[int]) -> AsyncIterator[int]:
    """Yield each one, with pauses that are in proportion to the work between them."""
    began = None
    for start in starts:
        if began is not None:
            await asyncio.sleep(min(PAUSES * (time.perf_counter() - began), PAUSE_MOST_S))
        began = time.perf_counter()
        yield start
