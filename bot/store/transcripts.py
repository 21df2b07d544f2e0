"""Transcripts: kept, found, forgotten."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import search
from bot.core.search import Candidate, Hit, Phrase, Query, Resolved, Vocabulary, Wanted
from bot.core.terms import terms
from bot.core.transcript import Sentence
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import recording_channels, recordings
from bot.store.schema_transcripts import (
    transcript_sentences,
    transcript_words,
    transcripts,
)

BATCH = 100  # sentences in one transaction: commands never wait for an index
CANDIDATES = 100  # windows that are ranked, the newest of those that match
SPELLINGS = 5  # known words that a misspelt one may be
AROUND = 2  # sentences shown before and after a hit
MERGE_PAGES = 200  # in one transaction

t, s = transcripts.c, transcript_sentences.c  # `s` is also the first sentence of a window
v = transcript_words.c
r, shown = recordings.c, recording_channels.c


@dataclass(frozen=True, slots=True)
class Visible:
    """The recordings that somebody may see: those shown in these channels, and their own."""

    channels: frozenset[str]
    starter: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A hit. `around` is what was said just before and after, the sentence itself included."""

    recording: str
    room_name: str
    began_at: datetime
    sentence: Sentence
    around: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Best first. Each hit has at least `need` of `words` words; `meant` are corrections."""

    moments: tuple[Moment, ...] = ()
    words: int = 0
    need: int = 0
    meant: dict[str, str] = field(default_factory=dict)


class Transcripts(Repository):
    async def keep(self, key: str, sentences: Sequence[Sentence]) -> bool:
        """Store and index a transcript, in transactions of at most `BATCH` sentences.

        Safe to repeat: it goes on where it stopped, and replaces another transcript of the same
        recording. False if it was forgotten meanwhile, or another worker is at it. Raises
        `StoreRefused` for a recording that is not there.
        """
        digest = _digest(sentences)
        async with self._secure_write() as conn:
            row = await self._row(conn, key)
            if row is not None and row.digest != digest:
                await self.forget_in(conn, key)
                row = None
            if row is None:
                speakers = sorted({one.speaker for one in sentences if one.speaker})
                about = {"digest": digest, "sentences": len(sentences), "done": 0}
                new = {**about, "speakers": speakers, "words": {}, "kept_at": self._now()}
                await conn.execute(
                    insert(transcripts).values(recording_key=key, **self._ours, **new)
                )
        done = row.done if row is not None else 0
        words = Counter(row.words if row is not None else {})
        for start in range(done, len(sentences), BATCH):
            if not await self._keep_batch(key, sentences, start, words):
                return False
        return True

    async def kept(self, key: str) -> tuple[Sentence, ...] | None:
        """All sentences in order; None if the transcript is not kept, or not whole yet."""
        query = select(transcript_sentences).where(s.recording_key == key).order_by(s.n)
        async with self._db.read() as conn:
            row = await self._row(conn, key)
            if row is None or row.done < row.sentences:
                return None
            return tuple(_sentence(one) for one in await conn.execute(query))

    async def names(self, visible: Visible) -> tuple[set[str], set[str]]:
        """The room names and the speakers of all transcripts that somebody may see."""
        query = select(r.room_name, t.speakers).where(*self._seen(visible))
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        return {row.room_name for row in rows}, {name for row in rows for name in row.speakers}

    async def find(self, query: Query, visible: Visible, *, limit: int = 20) -> Found:
        """What was said about it, as far as this person may see it; see `bot.core.search`."""
        if not query.words or query.unknown:
            return Found(words=len(query.words))
        async with self._db.read() as conn:
            vocabulary = await self._vocabulary(conn, query)
            resolved = await self._resolved(conn, search.wanted(query, vocabulary), visible)
            for need in search.needs(len(query.words)):
                candidates = await self._candidates(conn, resolved, need, query, visible)
                hits = search.rank(candidates, resolved, vocabulary, people=query.people)[:limit]
                if hits:
                    moments = await self._moments(conn, hits)
                    return Found(moments, len(query.words), need, dict(resolved.meant))
        return Found(words=len(query.words), meant=dict(resolved.meant))

    async def kept_before(self, moment: datetime, limit: int = 100) -> list[str]:
        """Keys of recordings whose transcript is older, the oldest first."""
        query = select(t.recording_key).where(self._mine(transcripts), t.kept_at < moment)
        async with self._db.read() as conn:
            return list(await conn.scalars(query.order_by(t.kept_at).limit(limit)))

    async def drop(self, key: str) -> bool:
        """Forget a transcript, not its recording; False if there is none. Call `scrub` after."""
        async with self._secure_write() as conn:
            return await self.forget_in(conn, key)

    async def forget_in(self, conn: AsyncConnection, key: str) -> bool:
        """Delete rows and index in the transaction of somebody who deletes more."""
        await self._make_secure(conn)
        row = await self._row(conn, key, lock=True)
        if row is None:
            return False
        if self._db.is_sqlite:
            await conn.execute(_INDEX_FORGETS, {"key": key})
        for rows in (transcript_sentences, transcripts):
            await conn.execute(delete(rows).where(rows.c.recording_key == key))
        fewer = update(transcript_words).where(
            self._mine(transcript_words), v.word == bindparam("said")
        )
        fewer = fewer.values(n=v.n - bindparam("times"))
        counts = [{"said": word, "times": n} for word, n in sorted(row.words.items())]
        if counts:
            await conn.execute(fewer, counts)
        await conn.execute(delete(transcript_words).where(self._mine(transcript_words), v.n <= 0))
        return True

    async def scrub(self) -> bool:
        """Remove from SQLite's files what was forgotten; False: a reader kept it, try again.

        The index keeps deleted words until its parts are merged to the end, the log until it is
        written back. Quick if nothing was forgotten. On PostgreSQL there is nothing to do: deleted
        rows cannot be read by SQL.
        """
        if not self._db.is_sqlite:
            return True
        pages = -MERGE_PAGES  # negative once: also parts that are alone on their level
        while await self._merge(pages):
            pages = MERGE_PAGES
        async with self._db.write(lone=True) as conn:
            busy, _, _ = (await conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
        return not busy

    async def _merge(self, pages: int) -> bool:
        """One small step of the merge; False if there was nothing left to do."""
        async with self._secure_write() as conn:
            before = await conn.scalar(_CHANGES) or 0
            await conn.execute(_INDEX_MERGES, {"pages": pages})
            return (await conn.scalar(_CHANGES) or 0) - before >= 2  # one is the command itself

    @asynccontextmanager
    async def _secure_write(self) -> AsyncIterator[AsyncConnection]:
        async with self._db.write() as conn:
            await self._make_secure(conn)
            yield conn

    async def _make_secure(self, conn: AsyncConnection) -> None:
        """What SQLite deletes on this connection is overwritten with zeros."""
        if self._db.is_sqlite:
            await conn.execute(text("PRAGMA secure_delete = ON"))

    async def _row(self, conn: AsyncConnection, key: str, *, lock: bool = False) -> AnyRow | None:
        query = select(t.digest, t.sentences, t.done, t.words)
        query = query.where(self._mine(transcripts), t.recording_key == key)
        return (await conn.execute(query.with_for_update() if lock else query)).first()

    async def _keep_batch(
        self, key: str, sentences: Sequence[Sentence], start: int, words: Counter[str]
    ) -> bool:
        batch = sentences[start : start + BATCH]
        end = start + len(batch)
        new = _words_of(batch)
        words.update({word: n for word, (_, n) in new.items()})
        there = update(transcripts).values(done=end, words=dict(words))
        there = there.where(self._mine(transcripts), t.recording_key == key, t.done == start)
        put = self._db.insert(transcript_words)
        put_words = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "word"], set_={"n": v.n + put.excluded.n}
        )
        counted = [
            {**self._ours, "word": word, "stem": stem, "n": n}
            for word, (stem, n) in sorted(new.items())
        ]
        rows = self._rows(key, sentences, start)
        async with self._secure_write() as conn:
            if not (await conn.execute(there)).rowcount:
                return False
            await conn.execute(insert(transcript_sentences), rows)
            if self._db.is_sqlite:  # also the windows that waited for these sentences
                since = max(0, start - search.WINDOW + 1)
                await conn.execute(_INDEX_LEARNS, {"key": key, "first": since})
            if counted:
                await conn.execute(put_words, counted)
        return True

    def _rows(self, key: str, sentences: Sequence[Sentence], start: int) -> list[dict[str, Any]]:
        """The rows of a batch; on PostgreSQL a window is written with its first sentence."""
        near = sentences[start : start + BATCH + search.WINDOW - 1]
        stems = [search.sentence_stems(one.speaker, one.text) for one in near]
        firsts = search.windows(len(sentences))
        rows = []
        for at, one in enumerate(near[:BATCH]):
            window = None
            if not self._db.is_sqlite and one.n in firsts:
                window = search.tsvector(tuple(chain(*stems[at : at + search.WINDOW])))
            ours = {**self._ours, "recording_key": key, "stems": " ".join(stems[at])}
            rows.append({**ours, **_columns(one), "window": window})
        return rows

    # Finding

    def _seen(self, visible: Visible, query: Query | None = None) -> list[ColumnElement[bool]]:
        """Conditions on `transcripts` and `recordings`."""
        in_channels = select(shown.recording_key).where(shown.channel.in_(sorted(visible.channels)))
        seen: list[ColumnElement[bool]] = [t.recording_key.in_(in_channels)]
        if visible.starter is not None:
            seen.append(r.starter == visible.starter)
        found = [t.recording_key == r.key, self._mine(transcripts), or_(false(), *seen)]
        if query is not None and query.rooms:
            found.append(r.room_name.in_(query.rooms))
        if query is not None and query.since is not None:
            since = datetime.combine(query.since, time(), UTC)
            found.append(func.coalesce(r.started_at, r.requested_at) >= since)
        return found

    def _matching(
        self, expression: str, visible: Visible, query: Query | None = None
    ) -> Select[tuple[str, int]]:
        """The windows that match, the newest first."""
        keys = select(t.recording_key).where(*self._seen(visible, query))
        found = select(s.recording_key, s.n).where(self._mine(transcript_sentences))
        found = found.where(s.recording_key.in_(keys))
        if self._db.is_sqlite:
            index = table("transcript_index", column("rowid"))
            matches = literal_column("transcript_index").op("MATCH")(expression)
            found = found.join(index, index.c.rowid == s.id).where(matches)
            return found.order_by(index.c.rowid.desc())  # as it comes, without sorting
        return found.where(s.window.op("@@")(cast(expression, TSQUERY))).order_by(s.id.desc())

    def _expression(self, resolved: Resolved, need: int) -> str:
        written = search.fts5 if self._db.is_sqlite else search.tsquery
        return written(resolved, need)

    async def _vocabulary(self, conn: AsyncConnection, query: Query) -> Vocabulary:
        """The words that may count as words of the query, whoever may see where they were said."""
        words = self._words().where(v.stem.in_(sorted(search.pieces(query))))
        return Vocabulary({row.word: row.n for row in await conn.execute(words)})

    async def _resolved(
        self, conn: AsyncConnection, wanted: Sequence[Wanted], visible: Visible
    ) -> Resolved:
        """A word that this person cannot see anywhere is taken as misspelt: for them it is, and
        whether others have said it is not shown."""
        found: list[Wanted] = []
        meant: dict[str, str] = {}
        for one in wanted:
            if one.phrases and await self._is_said(conn, one, visible):
                found.append(one)
                continue
            alike = self._words().where(func.substr(v.word, 1, 1) == one.word[0])
            stems = {row.word: row.stem for row in await conn.execute(alike)}
            found.append(one if one.phrases else Wanted(one.word, ((search.stem_of(one.word),),)))
            for candidate in search.similar(one.word, stems)[:SPELLINGS]:
                other = Wanted(one.word, ((stems[candidate],),))
                if candidate != one.word and await self._is_said(conn, other, visible):
                    meant[one.word] = candidate
                    found[-1] = other
                    break
        return Resolved(tuple(found), meant)

    def _words(self) -> Select[tuple[str, str, int]]:
        return select(v.word, v.stem, v.n).where(self._mine(transcript_words))

    async def _is_said(self, conn: AsyncConnection, one: Wanted, visible: Visible) -> bool:
        said = self._matching(self._expression(Resolved((one,)), 1), visible)
        return (await conn.execute(said.order_by(None).limit(1))).first() is not None

    async def _candidates(
        self, conn: AsyncConnection, resolved: Resolved, need: int, query: Query, visible: Visible
    ) -> list[Candidate]:
        found = self._matching(self._expression(resolved, need), visible, query)
        said = transcript_sentences.alias().c
        if query.people:
            in_window = _in_window(said, s.recording_key, s.n)
            found = found.where(select(1).where(in_window, said.speaker.in_(query.people)).exists())
        newest = found.limit(CANDIDATES).subquery()
        rows = select(newest.c.recording_key, newest.c.n, said.speaker, said.stems)
        rows = rows.where(_in_window(said, newest.c.recording_key, newest.c.n)).order_by(said.n)
        windows: dict[tuple[str, int], list[tuple[str, Phrase]]] = defaultdict(list)
        for key, first, speaker, stems in await conn.execute(rows):
            windows[key, first].append((speaker, tuple(stems.split(" "))))
        return [Candidate(key, first, tuple(said)) for (key, first), said in windows.items()]

    async def _moments(self, conn: AsyncConnection, hits: Sequence[Hit]) -> tuple[Moment, ...]:
        near = [
            and_(
                s.recording_key == hit.recording,
                s.n.between(hit.sentence - AROUND, hit.sentence + AROUND),
            )
            for hit in hits
        ]
        around = select(transcript_sentences).where(or_(*near))  # pairs in IN would use no index
        said = {(row.recording_key, row.n): _sentence(row) for row in await conn.execute(around)}
        began = func.coalesce(r.started_at, r.requested_at).label("began_at")
        about = select(r.key, r.room_name, began).where(r.key.in_({hit.recording for hit in hits}))
        rows = {row.key: row for row in await conn.execute(about)}
        return tuple(
            Moment(
                hit.recording,
                rows[hit.recording].room_name,
                rows[hit.recording].began_at,
                said[hit.recording, hit.sentence],
                tuple(
                    said[hit.recording, n]
                    for n in range(hit.sentence - AROUND, hit.sentence + AROUND + 1)
                    if (hit.recording, n) in said
                ),
            )
            for hit in hits
        )


_CHANGES = text("SELECT total_changes()")
_INDEX_LEARNS = text(
    "INSERT INTO transcript_index(rowid, stems) SELECT id, stems FROM transcript_windows"
    " WHERE recording_key = :key AND n >= :first"
)
_INDEX_FORGETS = text(
    "INSERT INTO transcript_index(transcript_index, rowid, stems)"
    " SELECT 'delete', id, stems FROM transcript_windows WHERE recording_key = :key"
)
_INDEX_MERGES = text("INSERT INTO transcript_index(transcript_index, rank) VALUES('merge', :pages)")


def _in_window(
    said: Any, key: ColumnElement[str], first: ColumnElement[int]
) -> ColumnElement[bool]:
    return and_(said.recording_key == key, said.n.between(first, first + search.WINDOW - 1))


def _sentence(row: Any) -> Sentence:
    return Sentence(row.n, row.speaker, row.peer_id, row.start_ms, row.end_ms, row.text)


def _columns(sentence: Sentence) -> dict[str, object]:
    return {name: getattr(sentence, name) for name in Sentence.__slots__}


def _digest(sentences: Sequence[Sentence]) -> str:
    said = json.dumps([[*_columns(one).values()] for one in sentences])
    return hashlib.sha256(said.encode()).hexdigest()


def _words_of(sentences: Sequence[Sentence]) -> dict[str, tuple[str, int]]:
    """Each word with its stem and how often it was said; names count, too."""
    said = [term for one in sentences for term in (*terms(one.speaker), *terms(one.text))]
    counts = Counter(term.word for term in said)
    return {term.word: (term.stem, counts[term.word]) for term in said}
