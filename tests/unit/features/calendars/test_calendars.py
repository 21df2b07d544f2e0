"""Calendars: which events are about a room, and how schedules follow them. Pure."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.when import StopAt
from bot.features.calendars.events import Event, NoCalendar, events_of
from bot.features.calendars.model import RoomCalendar, follow_calendar
from bot.features.rooms.model import links_to
from bot.features.schedules.model import Schedule, armed_until, next_dates

ROOM = "65f0c0ffee00000000000001"
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday
LINK = f"https://acme.app.100ms.live/preview/{ROOM}/host"
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE"""


def ics(*events: str) -> bytes:
    body = "\n".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{ZONE}\n{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(uid: str, start: str, end: str, *more: str, location: str = LINK) -> str:
    zone = "TZID=Europe/Amsterdam"
    lines = [f"UID:{uid}", "DTSTAMP:20261101T000000Z", f"LOCATION:{location}"]
    return "\n".join([*lines, f"DTSTART;{zone}:{start}", f"DTEND;{zone}:{end}", *more])


def read(*events: str) -> list[Event]:
    def about(text: str) -> bool:
        return links_to(ROOM, text)

    return events_of(ics(*events), about, since=NOW, until=NOW + timedelta(days=7))


def test_an_event_may_link_to_the_room_by_a_code() -> None:
    def about(text: str) -> bool:
        return links_to(ROOM, text, codes=["abc-defg-hij"])

    by_code = "https://acme.app.100ms.live/meeting/abc-defg-hij"
    events = [
        event("c", "20261130T100000", "20261130T103000", location=by_code.upper()),
        event("d", "20261130T110000", "20261130T113000", location=by_code.replace("hij", "xyz")),
        event("e", "20261130T120000", "20261130T123000", location="abc-defg-hij"),
    ]
    found = events_of(ics(*events), about, since=NOW, until=NOW + timedelta(days=7))
    assert [one.name for one in found] == ["c"]


DAILY = event("d", "20261130T100000", "20261130T103000", "RRULE:FREQ=DAILY")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute) + timedelta(days=day)


def test_events_that_link_to_the_room_are_read_with_their_times() -> None:
    other = event("o", "20261130T110000", "20261130T120000", location="Room 5")
    one = event("a", "20261201T093000", "20261201T100000")
    assert read(other, one) == [Event("a", at(1, 8, 30), at(1, 9))]
    text = event("t", "20261130T110000", "20261130T120000", f"DESCRIPTION:Join {LINK}", location="")
    assert [e.name for e in read(text)] == ["t"]


def test_a_series_is_expanded_and_its_moved_and_cancelled_dates_follow() -> None:
    moved = event(
        "d", "20261202T140000", "20261202T150000",
        "RECURRENCE-ID;TZID=Europe/Amsterdam:20261202T100000",
    )  # fmt: skip
    out = DAILY + "\nEXDATE;TZID=Europe/Amsterdam:20261203T100000"
    plain, changed = read(DAILY), read(out, moved)
    assert [e.start for e in plain[:3]] == [at(0, 9), at(1, 9), at(2, 9)]
    assert at(3, 9) not in [e.start for e in changed]
    assert Event(plain[2].name, at(2, 13), at(2, 14)) in changed


@pytest.mark.parametrize(
    "text",
    [
        event("c", "20261201T093000", "20261201T100000", "STATUS:CANCELLED"),
        f"UID:w\nDTSTAMP:20261101T000000Z\nLOCATION:{LINK}\nDTSTART;VALUE=DATE:20261201",
    ],
)
def test_cancelled_and_whole_day_events_are_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("content", [b"", b"<html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", b"\xff"])
def test_what_is_no_calendar_is_said_to_be_none(content: bytes) -> None:
    def about(_: str) -> bool:
        return True

    try:
        found = events_of(content, about, since=NOW, until=NOW + timedelta(days=7))
    except NoCalendar:
        return
    assert found == []


def test_the_address_of_a_calendar_is_not_shown() -> None:
    """It is a key: logs and errors show values."""
    assert "x.y" not in repr(CALENDAR)


CALENDAR = RoomCalendar("c", ROOM, "standup", "C1", "U1", "Europe/Amsterdam", NOW, "https://x.y/k")
A = Event("a", at(1, 9), at(1, 10))


def follow(known: list[Schedule], *events: Event, now: datetime = NOW) -> list[Schedule]:
    """The schedules after a fetch."""
    numbers = itertools.count(len(known))
    change = follow_calendar(CALENDAR, known, events, now, lambda: f"s{next(numbers)}")
    changed = {after.schedule_id: after for _, after in change.changed}
    gone = {one.schedule_id for one in change.gone}
    kept = [changed.get(k.schedule_id, k) for k in known if k.schedule_id not in gone]
    return [*kept, *change.new]


def test_a_new_event_is_a_schedule_that_ends_with_it() -> None:
    (one,) = follow([], A)
    assert (one.due_at, one.wake_at, next_dates(one)) == (at(1, 9), at(1, 9), (at(1, 9),))
    assert isinstance(one.when.stop, StopAt)
    assert armed_until(one.when, at(1, 9), timedelta(hours=1)) == at(1, 10)
    assert follow([one], A) == [one]


def test_moved_and_cancelled_events_follow() -> None:
    (one,) = follow([], A)
    (moved,) = follow([one], replace(A, start=at(2, 9), end=at(2, 10)))
    assert (moved.schedule_id, moved.due_at) == (one.schedule_id, at(2, 9))
    assert follow([one], replace(A, start=at(1, 8)), now=A.end) == [one], "it is over"
    assert follow([moved]) == []


def test_what_goes_on_is_scheduled_and_what_is_over_is_not() -> None:
    (late,) = follow([], A, now=at(1, 9, 30))
    assert late.due_at == at(1, 9)
    assert follow([], A, now=at(1, 10)) == []


def test_what_is_over_or_paused_is_not_made_again() -> None:
    (one,) = follow([], A)
    over = replace(one, state="over", due_at=None, wake_at=None)
    assert follow([over], A, now=at(1, 9, 30)) == [over]
    off = replace(one, state="paused", why="asked")
    assert follow([off], replace(A, start=at(2, 9))) == [off]


def bomb(rule: str) -> str:
    return event("b", "20261130T100000", "20261130T100001", f"RRULE:{rule}")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=100000000",
        "freq=hourly",
        "FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=1,2,3,4;BYSECOND=1,2,3,4",
        "FREQ=SEC\n ONDLY",  # folded
    ],
)
def test_a_series_that_happens_more_often_than_daily_is_its_first_event(rule: str) -> None:
    """A few bytes would be a million events."""
    assert [one.start.hour for one in read(bomb(rule))] == [9]


def test_a_zone_may_not_change_every_second() -> None:
    zone = ZONE.replace("DTSTART:19701025T030000", "DTSTART:19701025T030000\nRRULE:FREQ=SECONDLY")
    content = ics(event("a", "20261130T100000", "20261130T103000"))
    content = content.replace(ZONE.replace("\n", "\r\n").encode(), zone.encode())
    content = content.replace(b"Europe/Amsterdam", b"Nowhere/Ours")
    found = events_of(content, lambda text: ROOM in text, since=NOW, until=NOW + timedelta(days=7))
    assert [one.start.hour for one in found] == [9]


def test_series_that_take_too_long_are_no_calendar() -> None:
    """One that never happens is counted to the year 9999."""
    never = event(
        "n", "20261130T100000", "20261130T103000", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    )
    with pytest.raises(NoCalendar, match="too many series"):
        events_of(
            ics(never, never.replace("UID:n", "UID:m")),
            lambda text: ROOM in text,
            since=NOW,
            until=NOW + timedelta(days=7),
            within_s=0,
        )


def test_a_series_that_began_long_ago_is_none() -> None:
    weekly = "RRULE:FREQ=DAILY"
    assert read(event("old", "19001130T100000", "19001130T103000", weekly)) == []
