"""Search in kept transcripts, restricted in SQL to those that the person may see."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    any_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import search
from bot.core.moments import Moment
from bot.core.proofs import SearchScope
from bot.core.search import Candidate, Hit, Query, Resolved, Vocabulary, Wanted
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import (
    recording_channels,
    recordings,
    transcript_people,
    transcript_sentences,
    transcript_words,
    transcripts,
)
from bot.store.sql import is_in_channel
from bot.store.transcripts import SPAN, said_by, sentence_of, transcript_of, with_people

CANDIDATES = 100  # windows to rank, the newest that match
BLOCKS = 400  # blocks to search for them at most
PAGE = 40  # blocks to read at once
RARE = 4_000  # index matches that PostgreSQL reads in about 20 ms
SPELLINGS = 5  # corrections to try for a misspelt word
AROUND = 2  # sentences shown before and after a hit

t, s, p = transcripts.c, transcript_sentences.c, transcript_people.c
v = transcript_words.c
r, shown = recordings.c, recording_channels.c
_NAME = func.coalesce(r.title, r.room_name).label("name")


@dataclass(frozen=True, slots=True)
class Found:
    """Some of `count` hits, best first. Each has at least `need` of `words` words.

    `meant` are corrections: the word as typed, and the known one.
    """

    moments: tuple[Moment, ...] = ()
    count: int = 0
    words: int = 0
    need: int = 0
    meant: dict[str, str] = field(default_factory=dict)


class TranscriptSearch(Repository):
    async def names(self, scope: SearchScope) -> tuple[set[str], set[str]]:
        """The rooms and titles, and the speakers, of all transcripts that the person may see."""
        rooms = select(r.room_name).join(transcripts, t.recording_key == r.key)
        titles = select(r.title).join(transcripts, t.recording_key == r.key)
        titles = titles.where(r.title.is_not(None))
        people = select(p.name).join(transcripts, t.id == p.transcript_id).distinct()
        people = people.join(recordings, t.recording_key == r.key).where(p.name != "")
        async with self._db.read() as conn:
            return (
                set(
                    await conn.scalars(
                        union(rooms.where(*self._seen(scope)), titles.where(*self._seen(scope)))
                    )
                ),
                set(await conn.scalars(people.where(*self._seen(scope)))),
            )

    async def find(
        self, query: Query, scope: SearchScope, *, limit: int = 20, offset: int = 0
    ) -> Found:
        """Search the transcripts that this person may see; see `bot.core.search`.

        Returns at most `limit` hits, from `offset` on. Ranking runs in a thread.
        """
        if not query.words or query.unknown:
            return Found(words=len(query.words))
        async with self._db.read() as conn:
            vocabulary = await self._vocabulary(conn, query)
            counts = dict(vocabulary.by_stem)

            async def hits(resolved: Resolved, need: int) -> list[Hit]:
                likely = search.likely(resolved, need, counts)
                found = self._matching(resolved, need, scope, likely, query)
                candidates = await self._candidates(conn, found, resolved, need, query)
                return await asyncio.to_thread(
                    search.rank, candidates, resolved, vocabulary, people=query.people
                )

            resolved = typed = Resolved(search.wanted(query, vocabulary))
            need = len(query.words)
            # A hit with all words shows that each is visible; without one, that is looked up.
            ranked = await hits(typed, need) if all(one.phrases for one in typed.wanted) else []
            if not ranked:
                resolved = await self._resolved(conn, typed.wanted, scope, counts)
                for need in search.needs(len(query.words))[resolved == typed :]:  # not twice
                    if ranked := await hits(resolved, need):
                        break
            if ranked:
                moments = await self._moments(conn, ranked[offset : offset + limit])
                return Found(moments, len(ranked), len(query.words), need, dict(resolved.meant))
        return Found(words=len(query.words), meant=dict(resolved.meant))

    def _seen(self, scope: SearchScope, query: Query | None = None) -> list[ColumnElement[bool]]:
        """Conditions on `transcripts` joined with `recordings`."""
        there = sorted({*scope.channels, scope.user})  # the user's id stands for direct messages
        in_channels = select(shown.recording_key).where(shown.channel.in_(there))
        own = r.starter == scope.user
        if not scope.member:
            own &= ~is_in_channel(r.home)
        found = [self._mine(transcripts), or_(t.recording_key.in_(in_channels), own)]
        if query is not None and query.rooms:
            found.append(or_(r.room_name.in_(query.rooms), r.title.in_(query.rooms)))
        began = func.coalesce(r.started_at, r.requested_at)
        if query is not None and query.since is not None:
            found.append(began >= _begin(query.since, query.zone))
        if query is not None and query.until is not None:
            found.append(began < _begin(query.until + timedelta(days=1), query.zone))
        return found

    def _matching(
        self,
        resolved: Resolved,
        need: int,
        scope: SearchScope,
        likely: int,
        query: Query | None = None,
    ) -> Select[tuple[int]]:
        """The matching blocks, newest first. `likely` estimates the matches in all transcripts.

        PostgreSQL's planner estimates tsvectors badly, so this chooses the plan: rare words are
        found by the index, then filtered; common words are soon found in the newest transcripts.
        """
        ids = select(t.id).join(recordings, t.recording_key == r.key)
        ids = ids.where(*self._seen(scope, query))
        if self._db.is_sqlite:
            index = table("transcript_index", column("rowid"))
            matches = literal_column("transcript_index").op("MATCH")(search.fts5(resolved, need))
            found = select(index.c.rowid.label("id")).where(matches)
            found = found.where(transcript_of(index.c.rowid).in_(ids))
            return found.order_by(index.c.rowid.desc())  # the index's own order, so no sort
        has = s.block.op("@@")(cast(search.tsquery(resolved, need), TSQUERY))
        if likely < RARE:
            rare = select(s.id).where(has).cte().prefix_with("MATERIALIZED", dialect="postgresql")
            found = select(rare.c.id).where(transcript_of(rare.c.id).in_(ids))
            return found.order_by(rare.c.id.desc())
        newest = ids.order_by(t.id.desc()).subquery()
        first = newest.c.id.op("<<", return_type=BigInteger())(literal_column("20"))
        # OFFSET 0, or the planner would read all matches from the index for each transcript.
        inside = select(s.id, s.block).where(s.id.between(first, first + SPAN - 1))
        inside = inside.where(s.block.is_not(None)).order_by(s.id.desc()).offset(0)
        each = inside.lateral()
        has = each.c.block.op("@@")(cast(search.tsquery(resolved, need), TSQUERY))
        return select(each.c.id).select_from(newest.join(each, has))

    async def _vocabulary(self, conn: AsyncConnection, query: Query) -> Vocabulary:
        """The words of all transcripts that may match a word of the query.

        With plain conditions, both planners would read all words of the team by the primary key;
        the expression makes them use the index of stems.
        """
        team = self._of.team
        ours = (v.team_id == team.team_id, v.enterprise_id.concat("") == team.enterprise_id)
        words = select(v.word, v.stem, v.n).where(*ours, v.stem.in_(sorted(search.pieces(query))))
        return Vocabulary({row.word: row.n for row in await conn.execute(words)})

    async def _resolved(
        self,
        conn: AsyncConnection,
        wanted: Sequence[Wanted],
        scope: SearchScope,
        counts: dict[str, int],
    ) -> Resolved:
        """Replace words without a visible match by corrections.

        A word that occurs only in transcripts that the person may not see counts as misspelt, so
        the answer does not reveal it. Adds the corrections to `counts`, the counts by stem.
        """
        found: list[Wanted] = []
        meant: dict[str, str] = {}
        for one in wanted:
            if one.phrases and await self._is_visible(conn, one, scope, counts):
                found.append(one)
                continue
            found.append(one if one.phrases else Wanted(one.word, ((search.stem_of(one.word),),)))
            for candidate, stem, n in await self._spellings(conn, one.word):
                other = Wanted(one.word, ((stem,),))
                counts.setdefault(stem, n)
                if candidate != one.word and await self._is_visible(conn, other, scope, counts):
                    meant[one.word] = candidate
                    found[-1] = other
                    break
        return Resolved(tuple(found), meant)

    async def _spellings(self, conn: AsyncConnection, word: str) -> list[tuple[str, str, int]]:
        """Known words that a misspelt one may mean, with stem and count, best first.

        Reads only words with the same first letter and about the same length: reading all words of
        a team would take longer than the search.
        """
        of_word, of_stem = search.edits(word)
        if not of_word:
            return []
        begins = func.substr(v.word, 1, 1) == word[0]
        if self._db.is_sqlite:  # uses the primary key, which sorts by code point
            begins = v.word.between(word[0], word[0] + chr(sys.maxunicode))
        alike = _is_about_as_long(v.word, word, of_word)
        if of_stem:
            alike |= _is_about_as_long(v.stem, search.stem_of(word), of_stem)
        query = select(v.word, v.stem, v.n).where(self._mine(transcript_words), begins, alike)
        rows = (await conn.execute(query)).all()
        stems = {known: its_stem for known, its_stem, _ in rows}
        counts = {known: n for known, _, n in rows}
        likely = await asyncio.to_thread(search.similar, word, stems)
        return [(known, stems[known], counts[known]) for known in likely[:SPELLINGS]]

    async def _is_visible(
        self, conn: AsyncConnection, one: Wanted, scope: SearchScope, counts: Mapping[str, int]
    ) -> bool:
        alone = Resolved((one,))
        said = self._matching(alone, 1, scope, search.likely(alone, 1, counts))
        return (await conn.execute(said.limit(1))).first() is not None

    async def _candidates(
        self,
        conn: AsyncConnection,
        found: Select[tuple[int]],
        resolved: Resolved,
        need: int,
        query: Query,
    ) -> list[Candidate]:
        """The newest matching windows, from as many blocks as needed.

        In a matching block, the words may be too far apart for a window.
        """
        first = next(iter(found.selected_columns))
        said = transcript_sentences.alias().c
        if query.people:
            theirs = select(1).where(_in_block(said, first), p.name.in_(query.people))
            found = found.where(theirs.where(said_by(said)).exists())
        blocks = [row.id for row in (await conn.execute(found.limit(BLOCKS))).all()]
        windows: list[Candidate] = []
        while blocks and len(windows) < CANDIDATES:
            page, blocks = blocks[:PAGE], blocks[PAGE:]
            read = await self._read(conn, page)
            windows += await asyncio.to_thread(_windows, page, read, resolved, need, query)
        return windows[:CANDIDATES]

    async def _read(self, conn: AsyncConnection, blocks: Sequence[int]) -> dict[int, AnyRow]:
        """The sentences of blocks, by id."""
        ids = sorted({first + n for first in blocks for n in range(search.IN_BLOCK)})
        # One parameter instead of 400 is sent in half the time.
        one_of = s.id == any_(literal(ids, ARRAY(BigInteger)))
        rows = select(s.id, t.recording_key, p.name, s.stems)
        rows = rows.where(s.id.in_(ids) if self._db.is_sqlite else one_of)
        rows = rows.where(said_by(s), t.id == transcript_of(s.id))
        return {row.id: row for row in (await conn.execute(rows)).all()}

    async def _moments(self, conn: AsyncConnection, hits: Sequence[Hit]) -> tuple[Moment, ...]:
        began = func.coalesce(r.started_at, r.requested_at).label("began_at")
        about = select(r.key, _NAME, began, t.id).where(t.recording_key == r.key)
        about = about.where(r.key.in_({hit.recording for hit in hits}))
        rows = {row.key: row for row in await conn.execute(about)}
        spans = [_span_around(rows[hit.recording].id, hit.sentence) for hit in hits]
        if not hits:
            return ()
        near = [s.id.between(span.start, span.stop - 1) for span in spans]
        said = {
            row.id: sentence_of(row) for row in await conn.execute(with_people().where(or_(*near)))
        }
        return tuple(
            Moment(
                hit.recording,
                rows[hit.recording].name,
                rows[hit.recording].began_at,
                said[rows[hit.recording].id * SPAN + hit.sentence],
                tuple(said[one] for one in span if one in said),
            )
            for hit, span in zip(hits, spans, strict=True)
        )


def _begin(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _is_about_as_long(column: ColumnElement[str], word: str, edits: int) -> ColumnElement[bool]:
    return func.length(column).between(len(word) - edits, len(word) + edits)


def _span_around(transcript: int, n: int) -> range:
    first = transcript * SPAN
    return range(first + max(0, n - AROUND), first + n + AROUND + 1)


def _in_block(said: Any, first: ColumnElement[int]) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = said.id.between(first, first + search.IN_BLOCK - 1)
    return inside


def _windows(
    blocks: Sequence[int], read: Mapping[int, AnyRow], resolved: Resolved, need: int, query: Query
) -> list[Candidate]:
    """The matching windows of these blocks; if people are given, those with one of them."""
    found: list[Candidate] = []
    for first in blocks:
        rows = [row for n in range(search.IN_BLOCK) if (row := read.get(first + n))]
        said = [(row.id % SPAN, row.name, tuple(row.stems.split(" "))) for row in rows]
        if rows:
            found += search.windows(rows[0].recording_key, said, resolved, need)
    if not query.people:
        return found
    return [one for one in found if any(who in query.people for who, _ in one.sentences)]
