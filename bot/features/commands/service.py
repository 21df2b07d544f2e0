"""Collects what `understand` needs: rooms, recordings the person may see, settings, time zone."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from async_lru import alru_cache

from bot.access.gate import Gate
from bot.access.listing import first_seen
from bot.access.model import Person
from bot.access.rights import Rights
from bot.core.proofs import Horizon
from bot.core.recording import Phase
from bot.core.when import Repeat, known_zone
from bot.deps import Deps
from bot.features.commands.model import Scheduled, State, World
from bot.features.control.service import recording_of_thread
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames
from bot.features.rooms.service import RoomDirectory
from bot.features.schedules.model import Schedule
from bot.features.schedules.store import ScheduleRepository
from bot.features.upcoming.service import schedules_seen
from bot.slack.errors import SlackError
from bot.store.schema import follows, presets
from bot.store.schema_clock import schedules
from bot.store.values import FollowedRoom, RecordingRow

RUNNING_MOST = 50
LOOKED_THROUGH = 200  # recordings searched for those that an outsider may see
PLACES_MOST, KEPT_FOR_S = 1_000, 1.0  # changes by another replica are seen within this time


@dataclass(frozen=True, slots=True)
class Known:
    """The world of one request. `rows` are the open recordings in it, by room.

    `above` is the recording of the card in whose thread the text was typed, in any state.
    """

    world: World
    rows: Mapping[str, RecordingRow]
    horizon: Horizon
    above: RecordingRow | None = None
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arranged:
    """Rarely changing configuration of a place, and the channels that have schedules."""

    presets: Sequence[Preset]
    follows: Sequence[FollowedRoom]
    with_schedules: Collection[str]  # channels


class Worlds:
    """Builds a `World` from the data that the person may see."""

    def __init__(self, deps: Deps, gate: Gate, rights: Rights, rooms: RoomDirectory) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights
        self._rooms = rooms
        self._arranged = alru_cache(PLACES_MOST, ttl=KEPT_FOR_S)(self._read_arranged)

    async def known(self, user: str, channel: str | None, thread_ts: str | None = None) -> Known:
        """Build the world for one request. Data that Slack does not return in time is left out.

        Raises StoreUnavailable.
        """
        here = channel or user
        store = self._deps.store
        changes = self._deps.db.database.changes(presets, follows, schedules)
        names, horizon, person, settings, arranged, above = await asyncio.gather(
            self._rooms.names(),
            self._gate.horizon(user, channel),
            self._person(user),
            store.channel_settings.of(channel),
            self._arranged(channel, here, changes),
            recording_of_thread(self._deps, here, user, thread_ts),
        )
        running = partial(store.lists.running, to=horizon)
        every = await first_seen(self._deps, self._gate, horizon, RUNNING_MOST, running)
        if len(every) == RUNNING_MOST:  # there may be older ones in this channel
            running = partial(store.lists.running, to=horizon, channel=here)
            every += await first_seen(self._deps, self._gate, horizon, RUNNING_MOST, running)
        here_now = [row for row, proof in every if here in proof.channels]
        rows = {row.room_id: row for row, _ in reversed(every)}
        rows |= {row.room_id: row for row in reversed(here_now)}
        if person is None or person.standing != "member":
            names = await self._of_outsider(user, channel, horizon, names)
        more = [RoomEntry(row.room_id, row.room_name) for row in rows.values()]
        more += [RoomEntry(follow.room_id, follow.room_name) for follow in arranged.follows]
        if settings.room_id:
            more.append(RoomEntry(settings.room_id, settings.room_name or settings.room_id))
        if above:
            more.append(RoomEntry(above.room_id, above.room_name))
        planned = await schedules_seen(
            self._deps, self._gate, horizon, arranged.with_schedules, here=channel
        )
        more += [RoomEntry(one.room_id, one.room_name) for one in planned]
        zone = known_zone(person.zone if person else None)
        now = rows.get(above.room_id) if above else None
        world = World(
            names=names.plus(more),
            now=self._deps.now().astimezone(ZoneInfo(zone)),
            zone=zone,
            recorded={room_id: _state(row) for room_id, row in rows.items()},
            cards_here=frozenset(
                row.room_id
                for row in rows.values()
                if row.key in {one.key for one in here_now} or row.origin in (here, user)
            ),
            thread=above.room_id if above else None,
            thread_is_over=above is not None and (now is None or now.key != above.key),
            default_room=settings.room_id,
            presets=tuple(preset.name for preset in arranged.presets),
            follows_here=frozenset(follow.room_id for follow in arranged.follows),
            schedules=tuple(_scheduled(one, user) for one in planned),
            bot_user=self._deps.identity.bot_user_id,
        )
        return Known(world, rows, horizon, above, tuple(planned))

    async def _read_arranged(
        self, channel: str | None, here: str, _changes: tuple[int, ...]
    ) -> _Arranged:
        db = self._deps.db
        async with db.database.together():
            return _Arranged(
                presets=await PresetRepository(db).for_channel(channel),
                follows=await self._deps.store.follows.follows_of(here),
                with_schedules=await ScheduleRepository(db).channels(),
            )

    async def _person(self, user: str) -> Person | None:
        try:
            return await self._rights.people.person(user)
        except SlackError:
            return None

    async def _of_outsider(
        self, user: str, channel: str | None, horizon: Horizon, names: RoomNames
    ) -> RoomNames:
        """Return the rooms that a guest or a person of another organisation may name.

        All rooms if they may start here, else only those of recordings that they may see.
        """
        if await self._rights.may_start(user, channel):
            return names
        recent = partial(self._deps.store.lists.recent, to=horizon)
        seen = await first_seen(self._deps, self._gate, horizon, LOOKED_THROUGH, recent)
        rooms = {row.room_id: row.room_name for row, _ in reversed(seen)}
        return RoomNames(RoomEntry(room_id, name) for room_id, name in rooms.items())


def _state(row: RecordingRow) -> State:
    return State.PAUSED if row.phase is Phase.PAUSED else State.RUNNING


def _scheduled(schedule: Schedule, user: str) -> Scheduled:
    """Convert a schedule; without a further date, its creation time stands in."""
    start = schedule.when.start
    return Scheduled(
        schedule.room_id,
        schedule.next_date or schedule.created_at,
        start if isinstance(start, Repeat) else None,
        schedule.schedule_id,
        schedule.skips,
        own=schedule.by == user,
        waits=schedule.state == "active" and schedule.armed_for is not None,
    )
