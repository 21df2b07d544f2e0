"""Lists of recordings for commands, Home and the matcher, read from cached columns only."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, union

from bot.core.deliveries import Kind
from bot.core.proofs import Horizon
from bot.core.recording import OCCUPIES_ROOM
from bot.core.when import Past
from bot.store import rows
from bot.store.dead_letters import PHASES
from bot.store.repository import Repository
from bot.store.schema import deliveries, facts, recording_channels, recordings
from bot.store.sql import is_in_channel, of_the_team
from bot.store.values import RecordingRow

FEW = 2_000  # rows that are sorted fast
CHANNELS_MOST = 40  # more channels are not read one by one

r = recordings.c
shown = recording_channels.c

# Without those in a phase that only newer code knows, so no limit counts them.
ALL = select(*rows.ROW_COLUMNS).where(of_the_team(recordings), r.phase.in_(PHASES))
OPEN = ALL.where(r.next_due_at.is_not(None))
OCCUPIES = r.phase.in_(sorted(p.value for p in OCCUPIES_ROOM))
NEWEST_FIRST = (r.requested_at.desc(), r.key)
BY_KEY = ALL.where(r.key == bindparam("its_key"))
OPEN_IN_ROOMS = OPEN.where(r.room_id.in_(bindparam("rooms", expanding=True)))
OPEN_IN_ROOMS = OPEN_IN_ROOMS.order_by(*NEWEST_FIRST)
# Rarely two do, if an ended one turns out to be running: the holder of the lock counts.
OCCUPYING = OPEN.where(r.room_id == bindparam("room"), OCCUPIES)
OCCUPYING = OCCUPYING.order_by(r.room_lock.is_(None), r.requested_at.desc()).limit(1)
SHOWN_IN = select(shown.recording_key, shown.channel).order_by(shown.channel)
SHOWN_IN = SHOWN_IN.where(
    of_the_team(recording_channels),
    shown.recording_key.in_(bindparam("keys", expanding=True)),
)


class RecordingLists(Repository):
    async def row(self, key: str) -> RecordingRow | None:
        found = await self._rows(BY_KEY, its_key=key)
        return found[0] if found else None

    async def open_in_rooms(self, room_ids: Collection[str]) -> dict[str, list[RecordingRow]]:
        """Return unfinished recordings by room, newest first: candidates for its webhooks."""
        found: dict[str, list[RecordingRow]] = defaultdict(list)
        if room_ids:
            for row in await self._rows(OPEN_IN_ROOMS, rooms=sorted(room_ids)):
                found[row.room_id].append(row)
        return found

    async def open_recording_in_room(self, room_id: str) -> RecordingRow | None:
        """Return the recording that occupies the room."""
        found = await self._rows(OCCUPYING, room=room_id)
        return found[0] if found else None

    async def attempted_since(self, room_id: str, since: datetime) -> RecordingRow | None:
        """The latest one that we tried to start in the room since then and that has no 100ms id."""
        query = ALL.where(r.room_id == room_id, r.hms_id.is_(None))
        tried = query.where(r.requested_at >= since, _was_attempted())
        found = await self._rows(_newest_first(tried).limit(1))
        return found[0] if found else None

    async def recent(
        self,
        *,
        to: Horizon | None = None,
        room_id: str | None = None,
        channel: str | None = None,
        over: bool = False,
        limit: int = 20,
        after: RecordingRow | None = None,
        closed: Collection[str] = (),
        past: Past | None = None,
    ) -> list[RecordingRow]:
        """Recordings, newest first, filtered by room, channel and time.

        `after`: the last row of the page before. `over`: without those that occupy a room now.
        `to`: only those that the person may know about, as far as rows can tell (see `_may_see`).
        `closed`: channels that they cannot see, by Slack's answer.
        """
        query = ALL
        if to is not None and (channel is not None or room_id is not None):
            query = query.where(_may_see(to, closed))  # few enough to check each one
        if room_id is not None:
            query = query.where(r.room_id == room_id)
        if over:
            query = query.where(~OCCUPIES)
        if after is not None:
            query = query.where(_comes_after(after))
        if past is not None:
            query = query.where(r.requested_at >= past.since)
        if past is not None and past.until is not None:
            query = query.where(r.requested_at < past.until)
        if to is not None and channel is None and room_id is None:
            query = await self._seen_by(to, closed, query, limit)
        if channel is None:
            return await self._rows(_newest_first(query).limit(limit))
        there = and_(self._mine(recording_channels), shown.channel == channel)
        query = query.join(recording_channels, shown.recording_key == r.key).where(there)
        newest = query.order_by(shown.requested_at.desc(), shown.recording_key)
        return await self._rows(newest.limit(limit))

    async def of_room_named(
        self,
        name: str,
        *,
        to: Horizon,
        limit: int,
        but: Collection[str] = (),
        after: RecordingRow | None = None,
        closed: Collection[str] = (),
    ) -> list[RecordingRow]:
        """The recordings of rooms that have this name, in whatever case, except the rooms `but`.

        Parameters as for `recent`.
        """
        named = or_(r.room_name == name, func.lower(r.room_name) == name.lower())
        query = ALL.where(named, r.room_id.not_in(sorted(but)), _may_see(to, closed))
        return await self._page(query, limit, after)

    async def titled(
        self,
        title: str,
        *,
        to: Horizon,
        limit: int,
        after: RecordingRow | None = None,
        closed: Collection[str] = (),
    ) -> list[RecordingRow]:
        """The recordings that have this title, in whatever case; parameters as for `recent`."""
        named = or_(r.title == title, func.lower(r.title) == title.lower())
        query = ALL.where(r.title.is_not(None), named, _may_see(to, closed))
        return await self._page(query, limit, after)

    async def of_card(
        self, channel: str, ts: str, *, shown_to: str | None = None
    ) -> RecordingRow | None:
        """The recording whose card is this message.

        `shown_to`: the person who has the card in a direct message.
        """
        d = deliveries.c
        card = and_(d.recording_key == shown.recording_key, d.kind == Kind.CARD.value)
        there = and_(self._mine(recording_channels), shown.channel == (shown_to or channel))
        query = ALL.join(recording_channels, shown.recording_key == r.key).where(there)
        query = query.join(deliveries, card).where(d.posted_in == channel, d.ts == ts)
        found = await self._rows(query.limit(1))
        return found[0] if found else None

    async def channels_of(self, keys: Collection[str]) -> dict[str, list[str]]:
        """Return the channels that show each of these recordings."""
        if not keys:
            return {}
        given = {"keys": sorted(keys), **self._team_parameters}
        found: dict[str, list[str]] = defaultdict(list)
        async with self._db.read() as conn:
            for key, channel in await conn.execute(SHOWN_IN, given):
                found[key].append(channel)
        return found

    async def running(
        self,
        *,
        to: Horizon | None = None,
        channel: str | None = None,
        limit: int = 50,
        after: RecordingRow | None = None,
        closed: Collection[str] = (),
    ) -> list[RecordingRow]:
        """The recordings that occupy a room now, newest first; parameters as for `recent`."""
        query = OPEN.where(OCCUPIES)
        if to is not None:
            query = query.where(_may_see(to, closed))
        if after is not None:
            query = query.where(_comes_after(after))
        if channel is not None:
            query = query.where(_shown_in(channel))
        return await self._rows(_newest_first(query).limit(limit))

    async def _seen_by(
        self, to: Horizon, closed: Collection[str], query: Select[Any], limit: int
    ) -> Select[Any]:
        """The newest rows of a query that they may see: the union of one query for each index.

        One condition with OR would scan everything that they may not see.
        """
        query = query.with_only_columns(r.key)
        newest: list[Select[Any]] = [_newest_first(query.where(_is_own(to))).limit(limit)]
        newest += await self._newest_shown_in(_own_places(to), query, limit)
        # Possibly public ones, for which the caller asks Slack. Null: not known yet.
        if to.member and closed:
            maybe = query.where(r.is_private.is_not(True))
            others = await self._channels_except(closed)
            newest += await self._newest_shown_in(others, maybe, limit)
        elif to.member:
            for private in (r.is_private.is_(None), r.is_private.is_(False)):
                newest.append(_newest_first(query.where(private)).limit(limit))
        keys = union(*(select(one.subquery().c.key) for one in newest))
        return ALL.where(r.key.in_(keys))

    async def _newest_shown_in(
        self, channels: Collection[str], query: Select[Any], limit: int
    ) -> list[Select[Any]]:
        """Queries for the newest rows of a query that these channels show.

        If there are few channels, each is read from its newest row on, so the number of recordings
        in others does not matter. Many channels are read together if they show few recordings;
        otherwise recordings are scanned from the newest on and checked for the channels.
        """
        shows: Select[Any] = query.join(recording_channels, shown.recording_key == r.key)
        shows = shows.order_by(shown.requested_at.desc(), r.key).limit(limit)
        if len(channels) <= CHANNELS_MOST:
            mine = self._mine(recording_channels)
            return [shows.where(mine, shown.channel == channel) for channel in sorted(channels)]
        there = and_(self._mine(recording_channels), shown.channel.in_(sorted(channels)))
        some = select(shown.channel).where(there).limit(FEW + 1).subquery()
        async with self._db.read() as conn:
            count = await conn.scalar(select(func.count()).select_from(some))
        if count is not None and count > FEW:
            return [_newest_first(query.where(_shown_in_any(channels))).limit(limit)]
        return [shows.with_only_columns(r.key, shown.requested_at).where(there).distinct()]

    async def _channels_except(self, closed: Collection[str]) -> list[str]:
        """Return every other channel that shows a recording, by a skip scan of the index."""
        mine, least = self._mine(recording_channels), func.min(shown.channel)
        step = select(least.label("channel")).where(mine).cte("step", recursive=True)
        after = select(least).where(mine, shown.channel > step.c.channel).scalar_subquery()
        step = step.union_all(select(after).where(step.c.channel.is_not(None)))
        async with self._db.read() as conn:
            every = await conn.scalars(select(step.c.channel).where(step.c.channel.is_not(None)))
            return [channel for channel in every if channel not in closed]

    async def _page(
        self, query: Select[Any], limit: int, after: RecordingRow | None
    ) -> list[RecordingRow]:
        """Read rows, newest first; `after`: the last row of the page before."""
        if after is not None:
            query = query.where(_comes_after(after))
        return await self._rows(_newest_first(query).limit(limit))

    async def _rows(self, query: Select[Any], **given: object) -> list[RecordingRow]:
        async with self._db.read() as conn:
            found = await conn.execute(query, given | self._team_parameters)
            return [rows.recording_row(row) for row in found]


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(*NEWEST_FIRST)


def _was_attempted() -> ColumnElement[bool]:
    f = facts.c
    kind = f.kind == "start_attempted"
    return select(1).where(f.recording_key == r.key, kind).exists()


def _comes_after(row: RecordingRow) -> ColumnElement[bool]:
    """Whether a row follows this one in the order of `_newest_first`."""
    same = and_(r.requested_at == row.requested_at, r.key > row.key)
    return or_(r.requested_at < row.requested_at, same)


def _may_see(to: Horizon, closed: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether they may see it: shown in a channel of theirs, their own, or possibly public.

    For the possibly public ones, the caller asks Slack.
    """
    shown_there, own = _shown_in_any(_own_places(to)), _is_own(to)
    if not to.member:
        return or_(shown_there, own)
    maybe: ColumnElement[bool] = r.is_private.is_not(True)
    return or_(shown_there, own, and_(maybe, _shown_outside(closed)) if closed else maybe)


def _own_places(to: Horizon) -> list[str]:
    """The channels that they are in, their direct message, and the channel of the request."""
    return sorted({*to.channels, to.user, *([to.here] if to.here else [])})


def _is_own(to: Horizon) -> ColumnElement[bool]:
    """Whether they started it; unless they are full members, only if it is in a direct message."""
    own: ColumnElement[bool] = r.starter == to.user
    if to.member:
        return own
    return and_(own, ~is_in_channel(r.home))


def _shown_in_any(channels: Collection[str]) -> ColumnElement[bool]:
    there = shown.channel.in_(sorted(channels))
    return select(1).where(shown.recording_key == r.key, there).correlate(recordings).exists()


def _shown_outside(closed: Collection[str]) -> ColumnElement[bool]:
    """Whether it is shown in any channel except the closed ones."""
    others = shown.channel.not_in(sorted(closed))
    return select(1).where(shown.recording_key == r.key, others).correlate(recordings).exists()


def _shown_in(channel: str) -> ColumnElement[bool]:
    """Whether a channel shows it. EXISTS per open recording beats scanning the whole channel."""
    return select(1).where(shown.recording_key == r.key, shown.channel == channel).exists()
