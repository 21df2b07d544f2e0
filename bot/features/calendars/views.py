"""Messages about calendars."""

from collections.abc import Sequence
from datetime import datetime

from bot.features.automatic.model import PauseReason
from bot.features.automatic.views import did, in_channel, whose, why_paused
from bot.features.calendars import ids
from bot.features.calendars.model import CALENDARS_MOST, RoomCalendar
from bot.features.rules.model import Rule
from bot.features.schedules.model import Schedule, next_dates
from bot.features.schedules.views import also_scheduled
from bot.ui import ids as ui_ids
from bot.ui.buttons import schedules_button
from bot.ui.message import (
    Block,
    Message,
    button,
    lines,
    say,
)
from bot.ui.text import code, esc, join, mention, place, plain, when


def calendar_added(
    calendar: RoomCalendar,
    others: Sequence[Schedule] = (),
    rule: Rule | None = None,
    *,
    now: datetime,
    reader: str = "",
) -> Message:
    """Confirm a calendar. `others` and `rule` record the same room, and the reader may see them."""
    name, there = esc(calendar.room_name, 100), in_channel(calendar.channel)
    first = (
        f"Events of that calendar that link to *{name}* will be recorded{there}. The bot reads "
        "it now, and again every hour."
    )
    scheduled = also_scheduled(others, now, calendar.zone, reader)
    if scheduled:
        scheduled += " If an event is at the same time, the one that starts first is recorded."
    ruled = f"{whose('rule', rule, reader)} records every session of this room." if rule else ""
    text = lines(filter(None, [first, scheduled, ruled]))
    return say(text, [calendar_off_button(calendar), schedules_button()])


def calendar_off(room_name: str) -> Message:
    return say(f"That calendar no longer schedules recordings of *{esc(room_name, 100)}*.")


def calendar_off_by(calendar: RoomCalendar, by: str) -> str:
    stopped = did(by, "stopped following", "calendar for", calendar)
    return f"{stopped}. Its events are not recorded any more."


def calendar_dropped(calendar: RoomCalendar, why: PauseReason) -> str:
    name = esc(calendar.room_name, 100)
    follow = code(f"/record schedule {calendar.room_name} from https://…")
    return (
        f"The calendar of *{name}* is no longer followed: {why_paused(why, calendar.channel)} To "
        f"follow one again, type {follow} with its link."
    )


def calendar_unreadable(calendar: RoomCalendar) -> str:
    return (
        f"The bot has not been able to read the calendar of *{esc(calendar.room_name, 100)}* for a "
        "day. Events that it already knows about will still be recorded. Check the calendar's "
        "link, or stop following the calendar."
    )


def calendar_usage() -> Message:
    return say("Say which room. For example `/record schedule standup from https://…`.")


def only_https() -> Message:
    return say("A calendar needs a link that begins with `https://` and has no password in it.")


def too_many_calendars() -> Message:
    text = f"You already follow {CALENDARS_MOST} calendars, the most allowed."
    text += " Stop following one first."
    return say(text, [schedules_button()])


def calendar_line(calendar: RoomCalendar, every: Sequence[Schedule]) -> str:
    own = [one for one in every if one.calendar_id == calendar.calendar_id]
    dates = sorted(date for one in own if one.state == "active" for date in next_dates(one, 1))
    first = join(
        f"*{esc(calendar.room_name, 100)}*",
        "from a calendar",
        place(calendar.channel),
        mention(calendar.by),
    )
    if not dates:
        return lines([first, "No event in the next two weeks links to this room."])
    return lines([first, f"Next: {', '.join(map(when, dates[:3]))}."])


def calendar_off_button(calendar: RoomCalendar, n: int | None = None) -> Block:
    name = ids.CALENDAR_OFF if n is None else ui_ids.numbered(ids.CALENDAR_OFF, n)
    which = "" if n is None else f" {n + 1}"
    label = f"Stop following: calendar{which} of {plain(calendar.room_name, 40)}"
    return button("Stop following", name, value=calendar.calendar_id, label=label)
