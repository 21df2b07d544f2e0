"""The list of what is planned, and what else records a room."""

from datetime import datetime

from bot.features.automatic.views import whose
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.views import calendar_line, calendar_off_button
from bot.features.rules.views import rule_line, rule_off_button
from bot.features.schedules.model import Schedule
from bot.features.schedules.views import schedule_buttons, schedule_line, without_zone
from bot.features.upcoming.model import Listing, Planned, Rivals
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    context,
    lines,
    say,
    section,
    spoken,
)
from bot.ui.text import code, count, own, when

SHOWN = 8
_HOW = (
    "For example `/record schedule standup every weekday 9:30 for 20m`, or `/record auto standup "
    "on` to record every session of a room."
)


def schedules_list(found: Listing, now: datetime) -> Message:
    """List every schedule with its next dates, and the buttons that the person may use."""
    schedules, rules, calendars = found.listed_alone, found.rules, found.calendars
    if not schedules and not rules and not calendars:
        return say(f"Nothing is scheduled. {_HOW if found.may_start_here else ''}".strip())
    blocks: list[Block] = []
    sentences = []
    for n, schedule in enumerate(schedules[:SHOWN]):
        line = lines([schedule_line(schedule, now), *_if_disabled(schedule, found)])
        sentences.append(spoken(line))
        blocks += [section(line), *actions(_buttons(schedule, n, found))]
    for n, rule in enumerate(rules[:SHOWN]):
        line = lines([rule_line(rule), *_if_disabled(rule, found)])
        sentences.append(spoken(line))
        blocks += [section(line), *actions([rule_off_button(rule, n)] if found.may(rule) else [])]
    for n, calendar in enumerate(calendars[:SHOWN]):
        line = lines([calendar_line(calendar, found.schedules), *_if_disabled(calendar, found)])
        sentences.append(spoken(line))
        off = [calendar_off_button(calendar, n)] if found.may(calendar) else []
        blocks += [section(line), *actions(off)]
    more = max(0, len(schedules) - SHOWN) + max(0, len(rules) - SHOWN)
    if more:
        fewer = f"{code('/record schedules mine')}, {code('here')} or the name of a room"
        blocks.append(context(f"{more:,} more. {fewer} lists only those."))
    return Message(lines(sentences, FALLBACK_MOST), blocks)


def _if_disabled(one: Planned, found: Listing) -> list[str]:
    """Say that nobody can join the room; one that is paused for that says so already."""
    paused = not isinstance(one, RoomCalendar) and one.why == "disabled"
    if paused or one.room_id not in found.disabled:
        return []
    return ["The room is disabled in 100ms, so nothing is recorded."]


def _buttons(schedule: Schedule, n: int, found: Listing) -> list[Block]:
    may_change, may_run = found.may(schedule), found.may_run(schedule)
    return schedule_buttons(schedule, n, may_change=may_change, may_run=may_run)


def also_recorded(schedule: Schedule, rivals: Rivals, now: datetime, reader: str) -> list[str]:
    """Say what else records the room at the same time, and which of them counts."""
    said = []
    if over := rivals.overlap:
        kind = "calendar" if over.schedule.calendar_id else "schedule"
        other = whose(kind, over.schedule, reader)
        times = own(without_zone(over.schedule, now, schedule.when.zone))
        does = "does" if rivals.more == 1 else "do"
        more = f", and so {does} {count(rivals.more, 'other schedule')}" if rivals.more else ""
        first = f"That {kind}" if over.starts_first else "This one"
        why = "is older" if over.same_time else "starts first"
        said.append(
            f"{other} ({times}) covers the same time{more}: {when(over.date)}. A room has one "
            f"recording at a time. {first} {why}, so its end applies."
        )
    if rivals.rule:
        ends = " ends when the last person leaves" if rivals.rule.until_empty else " has no end"
        said.append(
            f"{whose('rule', rivals.rule, reader)} records every session of this room. If people "
            f"come earlier, the rule records instead; its recording{ends}."
        )
    return said
