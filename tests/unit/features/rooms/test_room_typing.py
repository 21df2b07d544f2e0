"""The form's room field forgives spelling; it only ever offers."""

from datetime import UTC, datetime

from bot.features.rooms.model import RoomEntry, likeliest, misspelt, rank_rooms
from tests.unit.rows import each_row

NAMES = ["weekly-sync", "design-review", "Board room", "Team 12", "Team 21", "town hall"]
ROOMS = [RoomEntry(f"{n:024x}", name) for n, name in enumerate(NAMES)]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@each_row(
    ("typed", "offered"),
    [
        ("weakly", ["weekly-sync"]),
        ("weekly snyc", ["weekly-sync"]),
        ("designreview", ["design-review"]),
        ("boardroom", ["Board room"]),
        ("Bored Room", ["Board room"]),
        ("taem 12", ["Team 12"]),
        ("team 13", []),
        ("now", []),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_what_is_misspelt_is_offered(typed: str, offered: list[str]) -> None:
    assert rank_rooms(typed, ROOMS, NOW) == [] or not typed
    assert [room.name for room in likeliest(misspelt(typed, ROOMS))] == offered


def test_a_disabled_room_comes_last() -> None:
    rooms = [RoomEntry("1" * 24, "weekly", enabled=False), RoomEntry("2" * 24, "weekly b")]
    assert [room.name for room in likeliest(misspelt("weakly", rooms))] == ["weekly b", "weekly"]
