"""Rooms for the form's field while people type: as they spell them, else as they might mean them.

Pure, for one slice of the rooms; whoever has thousands lets others have their turn in between.
"""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from bot.features.rooms.model import RoomEntry, comparable

SHORTEST = 4  # letters; fewer are like too many names
CUT_OFF = 80.0  # of 100, of the part of a name that is most alike: weakly, weekly sync
SHORTER = 0.6  # a name may be by so much shorter than what was typed
OFFERED_MOST = 20
_NUMBER = re.compile(r"\d+")


def misspelt(query: str, rooms: Sequence[RoomEntry]) -> list[tuple[float, RoomEntry]]:
    """Rooms with a part like the query, and how much; numbers in the query are in the name, too."""
    typed = comparable(query)
    if len(typed) < SHORTEST:
        return []
    numbers = set(_NUMBER.findall(typed))
    names = {
        n: name
        for n, room in enumerate(rooms)
        if len(name := comparable(room.name)) >= SHORTER * len(typed)
        and numbers <= set(_NUMBER.findall(name))
    }
    near = process.extract(
        typed, names, scorer=fuzz.partial_ratio, score_cutoff=CUT_OFF, limit=OFFERED_MOST
    )
    return [(score, rooms[n]) for _, score, n in near]


def likeliest(found: Iterable[tuple[float, RoomEntry]]) -> list[RoomEntry]:
    """Enabled rooms first, then the most alike; of those, the shortest names."""

    def order(one: tuple[float, RoomEntry]) -> tuple[bool, float, int, str]:
        score, room = one
        return not room.enabled, -score, len(room.name), room.room_id

    return [room for _, room in sorted(found, key=order)[:OFFERED_MOST]]
