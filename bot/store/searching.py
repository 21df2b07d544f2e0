"""Search in kept transcripts, restricted in SQL to those that the person may see."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import search
from bot.core.moments import Moment
from bot.core.proofs import SearchScope
from bot.core.search import Candidate, Hit, Query, QueryWord, Resolved, Vocabulary
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
from bot.store.sql import began, is_in_channel, is_one_of, listed, name_shown
from bot.store.transcripts import SPAN, said_by, sentence_of, transcript_of, with_people

CANDIDATES = 100  # windows to rank, the newest that match
BLOCKS = 400  # blocks to search for them at most
FEW = 80  # of them that have enough windows of common words
PAGE = 40  # blocks to read at once
RARE = 4_000  # index matches that PostgreSQL reads in about 20 ms
SPELLINGS = 5  # corrections to try for a misspelt word
AROUND = 2  # sentences shown before and after a hit

t, s, p = transcripts.c, transcript_sentences.c, transcript_people.c
v = transcript_words.c
r, shown = recordings.c, recording_channels.c
_NAME = name_shown().label("name")


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


@dataclass(frozen=True, slots=True)
class _Within:
    """The transcripts to search, newest first, the counts of stems in all, and the speakers."""

    transcripts: Sequence[int]
    counts: Mapping[str, int]
    people: Sequence[str] = ()

    def is_rare(self, resolved: Resolved, need: int) -> bool:
        return search.likely(resolved, need, self.counts) < RARE


class TranscriptSearch(Repository):
    async def names(self, scope: SearchScope) -> tuple[set[str], set[str]]:
        """The rooms and titles, and the speakers, of all transcripts that the person may see."""
        rooms = select(r.room_name, r.title).join(transcripts, t.recording_key == r.key)
        rooms = rooms.where(r.key.in_(self._keys(scope))).distinct()
        people = select(p.name).join(transcripts, t.id == p.transcript_id).distinct()
        people = people.where(t.recording_key.in_(self._keys(scope)), p.name != "")
        async with self._db.read() as conn:
            named = chain.from_iterable(await conn.execute(rooms))
            return {one for one in named if one is not None}, set(await conn.scalars(people))

    async def find(
        self, query: Query, scope: SearchScope, *, limit: int = 20, offset: int = 0
    ) -> Found:
        """Search the transcripts that this person may see; see `bot.core.search`.

        Returns at most `limit` hits, from `offset` on. Ranking runs in a thread.
        """
        if not query.words or query.unknown:
            return Found(words=len(query.words))
        async with self._db.read() as conn:
            seen = await self._seen(conn, scope)
            is_filtered = query.rooms or query.since is not None or query.until is not None
            among = await self._seen(conn, scope, query) if is_filtered else seen
            vocabulary = await self._vocabulary(conn, query)
            counts = dict(vocabulary.by_stem)
            everywhere = _Within(seen, counts)
            within = _Within(among, counts, query.people)

            async def hits(resolved: Resolved, need: int) -> list[Hit]:
                candidates = await self._candidates(conn, resolved, need, within)
                return await asyncio.to_thread(
                    search.rank, candidates, resolved, vocabulary, people=query.people
                )

            resolved = typed = Resolved(search.wanted(query, vocabulary))
            need = len(query.words)
            # A hit with all words shows that each is visible; without one, that is looked up.
            ranked = await hits(typed, need) if all(one.phrases for one in typed.wanted) else []
            if not ranked:
                resolved = await self._resolved(conn, typed.wanted, everywhere, counts)
                tried = [need] if resolved == typed else []
                for need in search.needs(len(query.words)):
                    if need not in tried and (ranked := await hits(resolved, need)):
                        break
            if ranked:
                moments = await self._moments(conn, ranked[offset : offset + limit])
                return Found(moments, len(ranked), len(query.words), need, dict(resolved.meant))
        return Found(words=len(query.words), meant=dict(resolved.meant))

    def _keys(self, scope: SearchScope) -> CompoundSelect[tuple[str]]:
        """The recordings that the person may see."""
        there = sorted({*scope.channels, scope.user})  # the user's id stands for direct messages
        in_channels = select(shown.recording_key).where(
            self._mine(recording_channels), shown.channel.in_(there)
        )
        own = select(r.key).where(self._mine(recordings), r.starter == scope.user)
        if not scope.member:
            own = own.where(~is_in_channel(r.home))
        return union(in_channels, own)

    async def _seen(
        self, conn: AsyncConnection, scope: SearchScope, query: Query | None = None
    ) -> list[int]:
        """The transcripts that the person may see, newest first; if given, with a query's filters.

        Read once, because each statement would need as long again to find them.
        """
        ids = select(t.id).where(t.recording_key.in_(self._keys(scope))).order_by(t.id.desc())
        if query is not None:
            ids = ids.join(recordings, t.recording_key == r.key)
            if query.rooms:
                ids = ids.where(or_(r.room_name.in_(query.rooms), r.title.in_(query.rooms)))
            if query.since is not None:
                ids = ids.where(began() >= _begin(query.since, query.zone))
            if query.until is not None:
                ids = ids.where(began() < _begin(query.until + timedelta(days=1), query.zone))
        return list(await conn.scalars(ids))

    async def _matching(
        self,
        conn: AsyncConnection,
        resolved: Resolved,
        need: int,
        within: _Within,
        *,
        most: int,
        before: int = (1 << 63) - 1,
    ) -> list[int]:
        """At most so many of the matching blocks, newest first, of those before one."""
        written = search.fts5 if self._db.is_sqlite else search.tsquery
        given = {
            "query": written(resolved, need),
            "among": [one for one in within.transcripts if one * SPAN < before],
            "before": before,
            "most": most,
        }
        if within.people:
            given["people"] = within.people
        query = _blocks(self._db.is_sqlite, within.is_rare(resolved, need), bool(within.people))
        return list(await conn.scalars(query, given))

    async def _vocabulary(self, conn: AsyncConnection, query: Query) -> Vocabulary:
        """The words of all transcripts that may match a word of the query."""
        given = {"stems": sorted(search.pieces(query)), **self._team_parameters}
        found = await conn.execute(_words(self._db.is_sqlite), given)
        return Vocabulary({row.word: row.n for row in found})

    async def _resolved(
        self,
        conn: AsyncConnection,
        wanted: Sequence[QueryWord],
        seen: _Within,
        counts: dict[str, int],
    ) -> Resolved:
        """Replace words without a visible match by corrections.

        A word that occurs only in transcripts that the person may not see counts as misspelt, so
        the answer does not reveal it. Adds the corrections to `counts`, the counts by stem.
        """
        found: list[QueryWord] = []
        meant: dict[str, str] = {}
        for one in wanted:
            if one.phrases and await self._is_visible(conn, one, seen):
                found.append(one)
                continue
            found.append(
                one if one.phrases else QueryWord(one.word, ((search.stem_of(one.word),),))
            )
            for candidate, stem, n in await self._spellings(conn, one.word):
                other = QueryWord(one.word, ((stem,),))
                counts.setdefault(stem, n)
                if candidate != one.word and await self._is_visible(conn, other, seen):
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
        begins = func.substr(v.word, 1, 1) == word[0]  # PostgreSQL has an index of this
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

    async def _is_visible(self, conn: AsyncConnection, one: QueryWord, seen: _Within) -> bool:
        return bool(await self._matching(conn, Resolved((one,)), 1, seen, most=1))

    async def _candidates(
        self, conn: AsyncConnection, resolved: Resolved, need: int, within: _Within
    ) -> list[Candidate]:
        """The newest matching windows, from as many blocks as needed.

        In a matching block, the words may be too far apart for a window.
        """
        windows: list[Candidate] = []
        blocks: list[int] = []
        for most in (BLOCKS,) if within.is_rare(resolved, need) else (FEW, BLOCKS - FEW):
            before = {"before": blocks[-1]} if blocks else {}
            blocks = await self._matching(conn, resolved, need, within, most=most, **before)
            for at in range(0, len(blocks), PAGE):
                page = blocks[at : at + PAGE]
                found = _windows(page, await self._read(conn, page), resolved, need, within.people)
                missing = CANDIDATES - len(windows)
                windows += await asyncio.to_thread(list, islice(found, missing))
                if len(windows) == CANDIDATES:
                    return windows
            if len(blocks) < most:
                break
        return windows

    async def _read(self, conn: AsyncConnection, blocks: Sequence[int]) -> dict[int, AnyRow]:
        """The sentences of blocks, by id."""
        ids = sorted({first + n for first in blocks for n in range(search.IN_BLOCK)})
        rows = await conn.execute(_stems(self._db.is_sqlite), {"ids": ids})
        return {row.id: row for row in rows}

    async def _moments(self, conn: AsyncConnection, hits: Sequence[Hit]) -> tuple[Moment, ...]:
        if not hits:
            return ()
        keys = {"keys": sorted({hit.recording for hit in hits})}
        rows = {row.key: row for row in await conn.execute(_about(self._db.is_sqlite), keys)}
        spans = [_span_around(rows[hit.recording].id, hit.sentence) for hit in hits]
        near = {"ids": sorted(set(chain.from_iterable(spans)))}
        said = {
            row.id: sentence_of(row)
            for row in await conn.execute(_sentences(self._db.is_sqlite), near)
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


# The statements. Each is built once, because building one takes as long as most of them run.


@cache
def _blocks(is_sqlite: bool, is_rare: bool, has_people: bool) -> Select[Any]:
    """The blocks before `before` that match `query`, of the transcripts `among`, newest first.

    PostgreSQL's planner estimates tsvectors badly, so this chooses the plan: rare words are found
    by the index, then filtered; common words are soon found in the newest transcripts.
    """
    among = listed("among", BigInteger(), is_sqlite=is_sqlite)
    if is_sqlite:
        index = table("transcript_index", column("rowid"))
        first: ColumnElement[int] = index.c.rowid
        matches = literal_column("transcript_index").op("MATCH")(bindparam("query"))
        found = select(first.label("id")).where(matches, transcript_of(first).in_(among))
        found = found.order_by(first.desc())  # the index's own order, so no sort
    else:
        asked = cast(bindparam("query"), TSQUERY)
        if is_rare:
            matching = select(s.id).where(s.block.op("@@")(asked))
            rare = matching.cte().prefix_with("MATERIALIZED", dialect="postgresql")
            first = rare.c.id
            found = select(first).where(transcript_of(first).in_(among)).order_by(first.desc())
        else:
            newest = among.subquery()
            begin = newest.c.value.op("<<", return_type=BigInteger())(literal_column("20"))
            # OFFSET 0, or the planner would read all matches from the index for each transcript.
            inside = select(s.id, s.block).where(s.id.between(begin, begin + SPAN - 1))
            inside = inside.where(s.block.is_not(None)).order_by(s.id.desc()).offset(0)
            each = inside.lateral()
            first = each.c.id
            found = select(first).select_from(newest.join(each, each.c.block.op("@@")(asked)))
    if has_people:
        said = transcript_sentences.alias().c
        names = is_one_of(p.name, "people", is_sqlite=is_sqlite)
        found = found.where(select(1).where(_in_block(said, first), names, said_by(said)).exists())
    found = found.where(first < bindparam("before", type_=BigInteger()))
    return found.limit(bindparam("most", type_=Integer()))


@cache
def _words(is_sqlite: bool) -> Select[tuple[str, int]]:
    """With plain conditions, both planners would read all words of the team by the primary key;
    the expression makes them use the index of stems.
    """
    ours = (
        v.team_id == bindparam("our_team"),
        v.enterprise_id.concat("") == bindparam("our_enterprise"),
    )
    found = select(v.word, v.n).where(*ours)
    return found.where(is_one_of(v.stem, "stems", is_sqlite=is_sqlite))


@cache
def _stems(is_sqlite: bool) -> Select[tuple[int, str, str, str]]:
    rows = select(s.id, t.recording_key, p.name, s.stems)
    rows = rows.where(is_one_of(s.id, "ids", is_sqlite=is_sqlite))
    return rows.where(said_by(s), t.id == transcript_of(s.id))


@cache
def _about(is_sqlite: bool) -> Select[tuple[str, str, datetime, int]]:
    rows = select(r.key, _NAME, began().label("began_at"), t.id).where(t.recording_key == r.key)
    return rows.where(is_one_of(r.key, "keys", is_sqlite=is_sqlite))


@cache
def _sentences(is_sqlite: bool) -> Any:
    return with_people().where(is_one_of(s.id, "ids", is_sqlite=is_sqlite))


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
    blocks: Sequence[int],
    read: Mapping[int, AnyRow],
    resolved: Resolved,
    need: int,
    people: Sequence[str],
) -> Iterator[Candidate]:
    """Yield the matching windows of these blocks; if people are given, those with one of them."""
    for first in blocks:
        rows = [row for n in range(search.IN_BLOCK) if (row := read.get(first + n))]
        said = [(row.id % SPAN, row.name, tuple(row.stems.split(" "))) for row in rows]
        if rows:
            for one in search.windows(rows[0].recording_key, said, resolved, need):
                if not people or any(who in people for who, _ in one.sentences):
                    yield one
