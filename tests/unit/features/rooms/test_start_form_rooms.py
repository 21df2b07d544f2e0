"""What the room field offers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from record_bot_sandbox.slack.rules import check_view

from bot.features.rooms.model import RoomEntry, rank_rooms
from bot.features.rooms.views import room_options
from tests.unit.sim_payloads import asks, modal, select

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def entry(n: int, name: str = "", **more: Any) -> RoomEntry:
    return RoomEntry(room_id=f"{n:024x}", name=name or f"Room {n}", **more)


def offered(*rooms: RoomEntry) -> dict[str, list[str]]:
    answer = room_options(rank_rooms("", rooms, NOW), now=NOW)
    return {
        group["label"]["text"]: [option["text"]["text"] for option in group["options"]]
        for group in answer["option_groups"]
    }


def test_live_rooms_come_first_then_recent_ones() -> None:
    assert offered(
        entry(1, "Attic"),
        entry(2, "Bar", last_used_at=NOW - timedelta(days=1)),
        entry(3, "Cellar", live=True),
        entry(4, "Den", last_used_at=NOW - timedelta(days=90)),
        entry(5, "Eaves", enabled=False, live=True),
    ) == {
        "Live now": ["Cellar"],
        "Recently used": ["Bar"],
        "All rooms": ["Attic", "Den"],
        "Disabled in 100ms": ["Eaves"],
    }


def test_nothing_found() -> None:
    assert room_options([], now=NOW) == {"options": []}


def test_rooms_of_one_name_are_told_apart() -> None:
    answer = room_options([entry(1, "Weekly"), entry(2, "Weekly"), entry(3)], now=NOW)
    options = answer["option_groups"][0]["options"]
    assert [o.get("description", {}).get("text") for o in options] == [
        f"{1:024x}",
        f"{2:024x}",
        None,
    ]


def test_a_hundred_options_in_all() -> None:
    rooms = [entry(n, live=n < 60) for n in range(300)]
    answer = room_options(rooms, now=NOW)
    assert [len(group["options"]) for group in answer["option_groups"]] == [60, 40]


@given(
    st.lists(
        st.builds(
            RoomEntry,
            room_id=st.text(max_size=160),
            name=st.text(max_size=120),
            enabled=st.booleans(),
            live=st.booleans(),
            last_used_at=st.none() | st.just(NOW),
        )
    )
)
def test_slack_accepts_any_offer(rooms: list[RoomEntry]) -> None:
    answer = room_options(rooms, now=NOW)
    if "option_groups" in answer:
        element = {k: v for k, v in select(**answer).items() if k != "options"}
        assert check_view(modal(asks(element))) == []
