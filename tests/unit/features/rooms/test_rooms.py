"""Which room is meant: every way to say it, and the order of type-ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.rooms.index import RoomIndex
from bot.features.rooms.model import (
    Ambiguous,
    FoundRoom,
    RoomCode,
    RoomEntry,
    Unknown,
    rank_rooms,
    room_code_of_link,
    room_id_of_link,
    without_preview,
)
from bot.features.rooms.names import RoomNames
from tests.unit.rows import each_row

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def room(n: int, name: str, *, used_days_ago: float | None = None, **more: Any) -> RoomEntry:
    used = None if used_days_ago is None else NOW - timedelta(days=used_days_ago)
    return RoomEntry(f"{n:024x}", name, last_used_at=used, **more)


DESIGN = room(0xA1, "design-review")
STANDUP = room(0xA2, "Standup")
STAND = room(0xA3, "Stand & deliver")
SALES_1 = room(0xA4, "sales: north")
SALES_2 = room(0xA5, "sales: south")
OLD = room(0xA6, "Old hall", enabled=False)
TWIN_OFF = room(0xA7, "twin", enabled=False)
TWIN_ON = room(0xA8, "Twin")
CAFE = room(0xA9, "Café ①", used_days_ago=2)
ROOMS = [DESIGN, STANDUP, STAND, SALES_1, SALES_2, OLD, TWIN_OFF, TWIN_ON, CAFE]
LINK = f"https://acme.app.100ms.live/preview/{DESIGN.room_id}/host?skip_preview=true"
STRANGER = "f" * 24


@each_row(
    ("reference", "result"),
    [
        (DESIGN.room_id, FoundRoom(DESIGN)),
        (DESIGN.room_id.upper(), FoundRoom(DESIGN)),
        (STRANGER, Unknown(STRANGER)),
        ("design-review", FoundRoom(DESIGN)),
        ("Design Review", FoundRoom(DESIGN)),
        ("DESIGN_REVIEW\u200b", FoundRoom(DESIGN)),
        ("design", FoundRoom(DESIGN)),
        ("des", FoundRoom(DESIGN)),
        ("de", Unknown()),
        ("review", Unknown()),
        ("standup", FoundRoom(STANDUP)),
        ("ｓｔａｎｄｕｐ", FoundRoom(STANDUP)),
        ("cafe\u0301 1", FoundRoom(CAFE)),
        ("stand", Ambiguous()),
        ("sales", Ambiguous()),
        ("sales north", FoundRoom(SALES_1)),
        ("sales: nroth", Unknown()),
        ("old hall", FoundRoom(OLD)),
        ("TWIN", FoundRoom(TWIN_ON)),
        ("twin", FoundRoom(TWIN_ON)),
        ("", Unknown()),
        ("---", Unknown()),
        ("zzzzzz", Unknown()),
        ("abc-defg-hij", RoomCode("abc-defg-hij")),
    ],
)
def test_find_room(reference: str, result: object) -> None:
    assert RoomIndex(ROOMS).match(reference) == result


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ana’s room", "Ana's room"),
        ("ana's room", "Ana’s room"),
        ('the "big" room', "The “big” room"),
        ("Q3 - plan", "Q3 – plan"),
        ("q3 — plan", "Q3-plan"),
    ],
)
def test_quotes_and_dashes_that_phones_change_find_the_room(typed: str, name: str) -> None:
    there = room(1, name)
    assert RoomIndex([there]).match(typed) == FoundRoom(there)
    assert rank_rooms(typed, [there], NOW) == [there]


def test_names_that_differ_only_by_case_are_told_apart_by_case_or_asked_about() -> None:
    lower, upper = room(1, "sync"), room(2, "SYNC")
    assert RoomIndex([lower, upper]).match("SYNC") == FoundRoom(upper)
    assert RoomIndex([lower, upper]).match("Sync") == Ambiguous()


def test_the_name_of_a_disabled_room_never_finds_another_room() -> None:
    annex = room(1, "Old hall annex")
    assert RoomIndex([OLD, annex]).match("old hall") == FoundRoom(OLD)
    assert RoomIndex([OLD, annex]).match("old hall a") == FoundRoom(annex)


def test_a_room_named_like_a_code_is_a_room() -> None:
    named = room(1, "abc-defg-hij")
    assert RoomIndex([named]).match("abc-defg-hij") == FoundRoom(named)


@each_row(
    ("link", "result"),
    [
        (LINK, FoundRoom(DESIGN, LINK)),
        (f"<{LINK}|the room>", FoundRoom(DESIGN, LINK)),
        (LINK.removeprefix("https://"), FoundRoom(DESIGN, LINK)),
        (
            f"https://acme.app.100ms.live/meeting/{STRANGER}",
            Unknown(STRANGER, f"https://acme.app.100ms.live/meeting/{STRANGER}"),
        ),
        (
            "https://acme.app.100ms.live/meeting/abc-defg-hij",
            RoomCode("abc-defg-hij", "https://acme.app.100ms.live/meeting/abc-defg-hij"),
        ),
        (
            "https://acme.app.100ms.live/",
            Unknown(link="https://acme.app.100ms.live/"),
        ),
        (f"https://dashboard.100ms.live/rooms/{DESIGN.room_id}", FoundRoom(DESIGN)),
        (f"https://evil.test/preview/{DESIGN.room_id}", Unknown()),
        (f"https://app.100ms.live.evil.test/preview/{DESIGN.room_id}", Unknown()),
    ],
)
def test_find_room_by_link(link: str, result: object) -> None:
    assert RoomIndex(ROOMS).match(link) == result


@pytest.mark.parametrize(
    ("url", "room_id", "code"),
    [
        (LINK, DESIGN.room_id, None),
        (f"https://a.app.100ms.live/streaming/meeting/{STRANGER}/guest", STRANGER, None),
        ("https://a.app.100ms.live/meeting/abc-defg-hij", None, "abc-defg-hij"),
        ("https://[bad", None, None),
        ("design review", None, None),
        ("", None, None),
    ],
)
def test_ids_and_codes_of_links(url: str, room_id: str | None, code: str | None) -> None:
    assert room_id_of_link(url) == room_id
    assert room_code_of_link(url) == code


@pytest.mark.parametrize(
    ("url", "landing"),
    [
        (LINK, LINK),
        (
            "https://a.app.100ms.live/meeting/abc-defg-hij",
            "https://a.app.100ms.live/meeting/abc-defg-hij?skip_preview=true",
        ),
        (
            "https://a.app.100ms.live/meeting/abc-defg-hij?name=Re%20c#x",
            "https://a.app.100ms.live/meeting/abc-defg-hij?name=Re%20c&skip_preview=true#x",
        ),
        ("https://elsewhere.test/room", "https://elsewhere.test/room"),
    ],
)
def test_without_preview_lands_in_the_room(url: str, landing: str) -> None:
    assert without_preview(url) == landing


def test_rank_puts_live_first_then_recent_then_names_and_disabled_last() -> None:
    off_live = room(1, "a off", enabled=False, live=True)
    live_old = room(2, "z live", live=True, used_days_ago=90)
    live_now = room(3, "y live", live=True, used_days_ago=0)
    yesterday = room(4, "x", used_days_ago=1)
    last_week = room(5, "b", used_days_ago=7)
    long_ago = room(6, "c", used_days_ago=90)
    never = room(7, "B never")
    shuffled = [never, off_live, long_ago, last_week, live_old, yesterday, live_now]
    ranked = rank_rooms("", shuffled, NOW)
    assert ranked == [live_now, live_old, yesterday, last_week, never, long_ago, off_live]


@each_row(
    ("query", "expected"),
    [
        ("review DESIGN", [DESIGN]),
        ("sal so", [SALES_2]),
        ("design-rev", [DESIGN]),
        ("CAFE\u0301", [CAFE]),
        (DESIGN.room_id, [DESIGN]),
        (LINK, [DESIGN]),
        ("deliver &", [STAND]),
        ("nothing here", []),
    ],
)
def test_rank_matches_every_word(query: str, expected: list[RoomEntry]) -> None:
    assert rank_rooms(query, ROOMS, NOW) == expected


def test_rank_gives_at_most_the_limit() -> None:
    many = [room(n, f"room {n}") for n in range(300)]
    assert len(rank_rooms("room", many, NOW)) == 100
    assert len(rank_rooms("room", many, NOW, limit=7)) == 7


NAMES = st.text(max_size=20)
DIRECTORY = st.lists(st.builds(room, st.integers(0, 50), NAMES), max_size=8)


@given(st.text(), DIRECTORY)
def test_find_room_never_raises_and_finds_only_what_is_there(
    reference: str, rooms: list[RoomEntry]
) -> None:
    result = RoomIndex(rooms).match(reference)
    if isinstance(result, FoundRoom):
        assert result.room in rooms
    if isinstance(result, Ambiguous):
        assert len(rooms) > 1


@given(DIRECTORY, st.data())
def test_every_id_finds_its_room(rooms: list[RoomEntry], data: st.DataObject) -> None:
    unique = list({r.room_id: r for r in rooms}.values())
    if unique:
        wanted = data.draw(st.sampled_from(unique))
        assert RoomIndex(unique).match(wanted.room_id) == FoundRoom(wanted)


@given(st.text(), DIRECTORY)
def test_rank_does_not_depend_on_the_order_given(query: str, rooms: list[RoomEntry]) -> None:
    unique = [replace(r, room_id=f"{i:024x}") for i, r in enumerate(rooms)]
    ranked = rank_rooms(query, unique, NOW)
    assert ranked == rank_rooms(query, unique[::-1], NOW)
    assert len(rank_rooms("", unique, NOW)) == len(unique)


def test_of_many_names_with_a_common_beginning_the_shortest_are_suggested() -> None:
    many = [room(n, f"Team {n:05} weekly", enabled=n > 0) for n in range(2_000)]
    names = RoomNames([*many, room(5_001, "Team b"), room(5_000, "Team")])
    suggested = [one.name for one in names.like("tea")]
    assert suggested == ["Team", "Team b", *(f"Team {n:05} weekly" for n in (1, 2, 3))]
