"""Running and past recordings as rows for one person, found by cached columns."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.access.gate import Gate
from bot.access.listing import Read, first_seen
from bot.core.places import is_channel
from bot.core.policy import Silence, silence_to_show
from bot.core.proofs import Horizon, SeenRecording
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.core.when import Past
from bot.deps import Deps
from bot.features.card.service import CardLinks
from bot.features.history.model import CardState, Row
from bot.features.rooms.model import RoomEntry
from bot.store.values import RecordingRow
from bot.ui.words import MARKS, PHASES, mark_of, state_of

LOOKED_THROUGH = 600  # recordings searched for those that a person may see
RUNNING_MOST = 50
NAMESAKES_MOST = 10
STOPPABLE = ON_AIR | {Phase.REQUESTED}


@dataclass(frozen=True, slots=True)
class Seen:
    """A recording with the proof that a person may see it."""

    row: RecordingRow
    proof: SeenRecording


class Lists:
    def __init__(self, deps: Deps, gate: Gate, links: CardLinks) -> None:
        self._deps = deps
        self._gate = gate
        self._links = links

    async def status(
        self, to: Horizon, channel: str, room_id: str | None = None
    ) -> tuple[list[Row], list[Row]]:
        """Return running recordings, of one room or all, as two lists.

        The first has those shown in this channel, the second others that the person may see.
        """
        here = await self._deps.store.lists.running(channel=channel)
        known = {row.key for row in here}
        every = await self.running(to)
        others = [one for one in every if one.row.key not in known]
        if room_id is not None:
            here = [row for row in here if row.room_id == room_id]
            others = [one for one in others if one.row.room_id == room_id]
        return await self.rows(await self.look(to, here)), await self.rows(others)

    async def running(self, to: Horizon, count: int = RUNNING_MOST) -> list[Seen]:
        """Return running recordings that the person may see, newest first."""
        return await self._first(to, count, partial(self._deps.store.lists.running, to=to))

    async def recent(
        self,
        to: Horizon,
        *,
        room_id: str | None,
        channel: str,
        count: int,
        files: bool,
        past: Past | None = None,
    ) -> list[Row]:
        """Return the latest recordings of a room, or of this channel if no room is given.

        In a direct message, those of all channels that the person may see. `past` limits the time
        at which they were requested.
        """
        if room_id is None and is_channel(channel):
            found = await self._deps.store.lists.recent(channel=channel, limit=count, past=past)
            seen = await self.look(to, found)
        else:
            seen = await self.page(to, count, room_id=room_id, past=past)
        return await self.rows(seen, files=files)

    async def page(
        self,
        to: Horizon,
        count: int,
        *,
        room_id: str | None = None,
        past: Past | None = None,
        over: bool = False,
    ) -> list[Seen]:
        """Return the newest recordings that the person may see; `over`: without running ones."""
        read = partial(self._deps.store.lists.recent, to=to, room_id=room_id, past=past, over=over)
        return await self._first(to, count, read)

    async def rooms_named(self, to: Horizon, name: str) -> list[RoomEntry]:
        """Return rooms of recordings that the person may see; 100ms need not have them any more."""
        rooms: dict[str, RoomEntry] = {}
        while len(rooms) < NAMESAKES_MOST:
            read = partial(self._deps.store.lists.of_room_named, name, to=to, but=rooms.keys())
            newest = await self._first(to, 1, read)
            if not newest:
                break
            row = newest[0].row
            rooms[row.room_id] = RoomEntry(row.room_id, row.room_name)
        return list(rooms.values())

    async def titled(self, to: Horizon, title: str) -> list[RecordingRow]:
        """Return recordings with this title that the person may see: what runs, else the newest."""
        read = partial(self._deps.store.lists.titled, title, to=to)
        found = [one.row for one in await self._first(to, RUNNING_MOST, read)]
        return [row for row in found if row.phase in OCCUPIES_ROOM] or found[:1]

    async def _first(self, to: Horizon, count: int, read: Read) -> list[Seen]:
        found = await first_seen(self._deps, self._gate, to, count, read)
        return [Seen(row, proof) for row, proof in found]

    async def look(self, to: Horizon, rows: Sequence[RecordingRow]) -> list[Seen]:
        """Return those rows that the person may see."""
        by_key = {row.key: row for row in rows}
        return [Seen(by_key[proof.key], proof) for proof in await self._gate.look(to, rows)]

    async def rows(self, seen: Sequence[Seen], *, files: bool = True) -> list[Row]:
        """Add links to the cards that the person sees. `files`: they may open files."""
        cards = await self._deps.store.recordings.cards([one.row.key for one in seen])
        states = await self.states([one.row for one in seen])
        links = await asyncio.gather(
            *(self._links.link(one.proof.channel, cards.get(one.row.key, ())) for one in seen)
        )
        return [
            _row(one, link, files, states[one.row.key])
            for one, link in zip(seen, links, strict=True)
        ]

    async def states(self, rows: Sequence[RecordingRow]) -> dict[str, CardState]:
        """Name the states by the same facts as the cards do; an unreadable one's by its phase."""
        loaded = await self._deps.store.recordings.load_readable([row.key for row in rows])
        policy, now = self._deps.policy, self._deps.now()
        states = {row.key: _by_phase(row.phase) for row in rows}
        for one in loaded:
            silent = silence_to_show(one.recording, one.work, policy, now)
            states[one.recording.key] = _on_card(one.recording, silent)
        return states


def _by_phase(phase: Phase) -> CardState:
    return CardState(PHASES[phase], MARKS.get(phase, ""), phase in STOPPABLE)


def _on_card(recording: Recording, silent: Silence | None) -> CardState:
    stops = recording.phase in STOPPABLE and not recording.stop_pending
    return CardState(state_of(recording, silent), mark_of(recording), stops)


def _row(seen: Seen, permalink: str | None, files: bool, shown: CardState) -> Row:
    row = seen.row
    return Row(
        key=row.key,
        name=row.name,
        phase=row.phase,
        starter=row.starter,
        requested_at=row.requested_at,
        started_at=row.started_at,
        duration_s=row.duration_s,
        channel=seen.proof.channel,
        permalink=permalink,
        has_video=row.has_video,
        has_transcript=row.has_transcript,
        audio_only=row.audio_only,
        opens=files,
        state=shown.state,
        mark=shown.mark,
        stops=shown.stops,
    )
