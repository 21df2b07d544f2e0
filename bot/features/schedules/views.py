"""Messages and forms about schedules and rules for rooms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.places import is_channel
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording
from bot.core.when import Refused, Repeat, Unclear, When
from bot.core.when_words import say_cycle, say_due, say_offset, say_problem, say_when
from bot.features.schedules import ids
from bot.features.schedules.model import (
    CALENDARS_MOST,
    Listing,
    PassedDate,
    PauseReason,
    RoomCalendar,
    Rule,
    Schedule,
    Subject,
    next_dates,
)
from bot.features.schedules.overlaps import Rivals
from bot.ui import ids as ui_ids
from bot.ui.buttons import details_button, end_buttons, schedules_button
from bot.ui.forms import input_block, own_action, textbox, words
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    lines,
    modal,
    plain_text,
    say,
    section,
    spoken,
)
from bot.ui.text import clock, code, count, duration, esc, join, mention, own, place, plain, when
from bot.ui.words import stops

SHOWN = 8
NO_RIVALS = Rivals()
ALL = "Schedules"
WAITS = "It starts when somebody is in the room."
UNKNOWN_ZONE = "Slack did not report your time zone, so these times are in UTC."


def notice(text: str, subject: Subject | None = None) -> Message:
    """Tell a channel or a person, with buttons for the schedule that it is about."""
    return say(text, [*(_buttons_of(subject) if subject else []), schedules_button()])


def _buttons_of(subject: Subject) -> list[Block]:
    name = subject.schedule_id
    match subject.about:
        case "paused":
            resume = button("Resume", ids.RESUME, value=name, label="Resume: this schedule")
            delete = button(
                "Delete",
                ids.DELETE,
                value=name,
                style="danger",
                label="Delete: this schedule",
                confirm=_confirm("Nothing will be recorded by it any more."),
            )
            return [resume, delete]
        case "moved":
            return [button("Change", ids.CHANGE, value=name, label="Change: this schedule")]
        case "deleted":
            return [button("Undo", ids.RESTORE, value=name, label="Undo: restore this schedule")]
        case "skipped":
            value = ui_ids.value_at(name, subject.date)
            return [button("Undo", ids.UNSKIP, value=value, label="Undo: record this date")]


# ---- answers to the person who asks ----------------------------------------------------------


def scheduled(
    schedule: Schedule,
    *,
    now: datetime,
    zone_known: bool,
    rivals: Rivals = NO_RIVALS,
    reader: str = "",
    was: When | None = None,
) -> Message:
    """Repeat the time in words, in the person's zone, with the next three dates.

    `rivals`: what else records the room then; `reader` is the person who reads this. `was`: the
    time before a change, which has no *Undo*.
    """
    name = esc(schedule.room_name, 100)
    said = own(say_due(schedule.when, now=now))
    first = f"*{name}* will be recorded{_there(schedule.channel)}{said}."
    zone = "" if zone_known else UNKNOWN_ZONE
    before = f"It was: {own(say_when(was, now=now))}." if was else ""
    others = _rivals(schedule, rivals, now, reader)
    sentences = [first, before, _next(schedule), WAITS, *others, zone]
    undo = [] if was else [_undo(ids.UNDO, schedule)]
    change = _button("Change", ids.CHANGE, schedule)
    if schedule.state == "paused":
        text = f"The schedule of *{name}* was changed{said}. It is paused."
        return say(text, [_button("Resume", ids.RESUME, schedule), change, schedules_button()])
    return say(lines(filter(None, sentences)), [*undo, change, schedules_button()])


def _rivals(schedule: Schedule, rivals: Rivals, now: datetime, reader: str) -> list[str]:
    """Say what else records the room at the same time, and which of them counts."""
    said = []
    if over := rivals.overlap:
        kind = "calendar" if over.schedule.calendar_id else "schedule"
        other = _whose(kind, over.schedule, reader)
        times = own(_without_zone(over.schedule, now, schedule.when.zone))
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
            f"{_whose('rule', rivals.rule, reader)} records every session of this room. If people "
            f"come earlier, the rule records instead; its recording{ends}."
        )
    return said


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _whose(kind: str, one: Schedule | Rule, reader: str) -> str:
    whose = f"Your {kind}" if one.by == reader else f"The {kind} of {mention(one.by)}"
    return f"{whose} in {place(one.channel)}" if is_channel(one.channel) else whose


def _without_zone(schedule: Schedule, now: datetime, zone: str) -> str:
    """Say when, with the zone only if it is another one."""
    return say_when(schedule.when, now=now).removesuffix(f" ({zone})")


def _also_scheduled(others: Sequence[Schedule], now: datetime, zone: str, reader: str) -> str:
    """Say what is scheduled for the room; empty if nothing is."""
    if not others:
        return ""
    first, more = others[0], len(others) - 1
    by = "you" if first.by == reader else mention(first.by)
    times = own(_without_zone(first, now, zone))
    also = f" There {_are(more)} {count(more, 'other schedule')}." if more else ""
    return f"This room is also scheduled by {by}: {times}.{also}"


def waiting_for_people(schedule: Schedule, armed_for: timedelta) -> Message:
    """Confirm that an empty room's recording was stopped and starts again when somebody joins."""
    name = esc(schedule.room_name, 100)
    within = duration(armed_for.total_seconds())
    there = _there(schedule.channel)
    text = f"Stopped. If somebody joins *{name}* within {within}, it will be recorded{there}."
    undo = _undo(ids.UNDO, schedule)
    return say(text, [undo, schedules_button()])


def _there(channel: str) -> str:
    """Name the channel that gets the card; a direct message is where the person reads this."""
    return f" in {place(channel)}" if is_channel(channel) else ""


def _next(schedule: Schedule) -> str:
    dates = next_dates(schedule)
    if not schedule.repeats or not dates:
        return ""
    return f"Next: {', '.join(map(when, dates))}."


def undone(schedule: Schedule) -> Message:
    return say(f"The schedule of *{esc(schedule.room_name, 100)}* was deleted.")


def deleted(schedule: Schedule) -> Message:
    """Say what is no longer recorded, with *Undo*."""
    name = esc(schedule.room_name, 100)
    date = schedule.next_date
    if isinstance(schedule.when.start, Repeat):
        text = f"The schedule of *{name}*, {own(say_cycle(schedule.when.start))}, was deleted."
    elif date:
        text = f"*{name}*, {when(date)}, will not be recorded."
    else:
        return undone(schedule)
    return say(text, [_undo(ids.RESTORE, schedule)])


def restored(schedule: Schedule) -> Message:
    if schedule.state == "paused":
        text = f"The schedule of *{esc(schedule.room_name, 100)}* is back. It is paused."
        return say(text, [_button("Resume", ids.RESUME, schedule), schedules_button()])
    upcoming = next_dates(schedule, 1)
    then = f" The next date is {when(upcoming[0])}." if upcoming else ""
    return say(f"*{esc(schedule.room_name, 100)}* is scheduled again.{then}")


def has_begun(schedule: Schedule) -> Message:
    """Answer *Undo* of a single date whose time has come."""
    name = esc(schedule.room_name, 100)
    return say(
        f"It is too late to undo that: *{name}* is due now. To stop it, use *Stop* on its card."
    )


def too_late_to_undo() -> Message:
    return say("It is too late to undo that. Set the schedule up again.")


def ends(recording: Recording, at: datetime | None) -> Message:
    """Say when a recording stops, with buttons that postpone or remove that end."""
    if at is None:
        return say(f"*{esc(recording.name, 100)}* is recorded until somebody stops it.")
    due = f"{stops(recording, at)}{own(say_offset(at))}"
    text = f"The recording of *{esc(recording.name, 100)}* {due}."
    return say(text, end_buttons(replace(recording, ends_at=at)))


def has_no_end(room_name: str, buttons: Sequence[Block]) -> Message:
    name = esc(room_name, 100)
    return say(f"The recording of *{name}* has no end: it runs until somebody stops it.", buttons)


def skipping(schedule: Schedule, date: datetime) -> Message:
    upcoming = next_dates(schedule, 1)
    then = f" Next: {when(upcoming[0])}." if upcoming else " It has no further dates."
    text = f"*{esc(schedule.room_name, 100)}*, {when(date)}, will not be recorded.{then}"
    return say(text, [_undo(ids.UNSKIP, schedule, ui_ids.value_at(schedule.schedule_id, date))])


def _undo(action: str, schedule: Schedule, value: str = "") -> Block:
    label = f"Undo: {plain(schedule.room_name, 50)}"
    return button("Undo", action, value=value or schedule.schedule_id, label=label)


def now_is(schedule: Schedule, state: str) -> Message:
    return say(f"The schedule of *{esc(schedule.room_name, 100)}* is {state}.")


def no_date_left(schedule: Schedule) -> Message:
    name = esc(schedule.room_name, 100)
    text = f"The schedule of *{name}* has no dates left. Change its time to use it again."
    return say(text, [_button("Change", ids.CHANGE, schedule)])


def changed_meanwhile() -> Message:
    return say("Nothing was done: the schedule has changed in the meantime.")


def problem(wrong: Unclear | Refused) -> str:
    """Say why a typed time is not accepted, for its field."""
    return plain(say_problem(wrong), 300)


def running_now(room_name: str) -> Message:
    return say(f"Starting *{esc(room_name, 100)}* now. The schedule stays as it is.")


def taken(room_name: str) -> Message:
    return say(f"*{esc(room_name, 100)}* is already being recorded.")


# ---- the list --------------------------------------------------------------------------------

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
        line = lines([_line(schedule, now), *_if_disabled(schedule, found)])
        sentences.append(spoken(line))
        blocks += [section(line), *actions(_buttons(schedule, n, found))]
    for n, rule in enumerate(rules[:SHOWN]):
        line = lines([rule_line(rule), *_if_disabled(rule, found)])
        sentences.append(spoken(line))
        blocks += [section(line), *actions([_rule_off(rule, n)] if found.may(rule) else [])]
    for n, calendar in enumerate(calendars[:SHOWN]):
        line = lines([_calendar_line(calendar, found.schedules), *_if_disabled(calendar, found)])
        sentences.append(spoken(line))
        off = [_calendar_off(calendar, n)] if found.may(calendar) else []
        blocks += [section(line), *actions(off)]
    more = max(0, len(schedules) - SHOWN) + max(0, len(rules) - SHOWN)
    if more:
        fewer = f"{code('/record schedules mine')}, {code('here')} or the name of a room"
        blocks.append(context(f"{more:,} more. {fewer} lists only those."))
    return Message(lines(sentences, FALLBACK_MOST), blocks)


def _if_disabled(one: Schedule | Rule | RoomCalendar, found: Listing) -> list[str]:
    """Say that nobody can join the room; one that is paused for that says so already."""
    paused = not isinstance(one, RoomCalendar) and one.why == "disabled"
    if paused or one.room_id not in found.disabled:
        return []
    return ["The room is disabled in 100ms, so nothing is recorded."]


def _line(schedule: Schedule, now: datetime) -> str:
    name, where = esc(schedule.room_name, 100), place(schedule.channel)
    first = join(f"*{name}*", own(say_when(schedule.when, now=now)), where, mention(schedule.by))
    if schedule.state == "paused":
        return lines([first, f"{_paused(schedule)}."])
    if schedule.armed_for and schedule.armed_until:
        waits = f"Waiting for somebody in the room until {clock(schedule.armed_until)}."
        return lines([first, waits])
    return lines(filter(None, [first, _next(schedule)]))


def _paused(one: Schedule | Rule) -> str:
    """Say that it is paused, and by whom or why."""
    if one.why is None or one.why == "asked":
        by = one.paused_by if isinstance(one, Schedule) else None
        return f"Paused by {mention(by)}" if by else "Paused"
    return f"Paused: {_WHY_SHORT[one.why]}"


_WHY_SHORT: dict[PauseReason, str] = {
    "right": "its owner may no longer start recordings there",
    "left": "its owner is no longer a full member of this workspace",
    "away": "its owner is no longer in the channel",
    "channel": "the bot cannot post in the channel",
    "room": "the room no longer exists at 100ms",
    "disabled": "the room is disabled in 100ms",
}


def _buttons(schedule: Schedule, n: int, found: Listing) -> list[Block]:
    """Build the buttons that the person may use. To resume, they have to be able to start."""
    may_change, may_run = found.may(schedule), found.may_run(schedule)
    run = [_button("Run now", ids.RUN_NOW, schedule, n)] if may_run else []
    if not may_change:
        return run
    change, delete = _button("Change", ids.CHANGE, schedule, n), _delete(schedule, n)
    if schedule.state == "paused":
        resume = [_button("Resume", ids.RESUME, schedule, n)] if may_run else []
        return [*resume, *run, change, delete]
    pause = _button("Pause", ids.PAUSE, schedule, n)
    skip = _button("Skip next", ids.SKIP, schedule, n)
    skip["value"] = ui_ids.value_at(schedule.schedule_id, schedule.next_date)
    return [*([skip] if schedule.repeats else []), *run, change, pause, delete]


def _button(text: str, action: str, schedule: Schedule, n: int | None = None) -> Block:
    name = action if n is None else ui_ids.numbered(action, n)
    label = _label(text, schedule, n)
    return button(text, name, value=schedule.schedule_id, label=label)


def _label(text: str, schedule: Schedule, n: int | None) -> str:
    which = "" if n is None else f" {n + 1}"
    return f"{text}: schedule{which}, {plain(schedule.room_name, 45)}"


def _delete(schedule: Schedule, n: int) -> Block:
    name = plain(schedule.room_name, 80)
    confirm = _confirm(f"It will no longer record {name}.")
    label = _label("Delete", schedule, n)
    name_of = ui_ids.numbered(ids.DELETE, n)
    value = schedule.schedule_id
    return button("Delete", name_of, value=value, style="danger", label=label, confirm=confirm)


def _confirm(text: str) -> Block:
    return {
        "title": words("Delete this schedule?"),
        "text": plain_text(text, 300),
        "confirm": words("Delete"),
        "deny": words("Keep it"),
        "style": "danger",
    }


def change_form(schedule: Schedule, now: datetime) -> View:
    """Build a form with one field: the time in plain words."""
    said = say_when(schedule.when, now=now).removesuffix(f" ({schedule.when.zone})")
    field = input_block(
        ids.WHEN,
        "When",
        {**textbox(said[:200]), "max_length": 200},
        hint="For example “tomorrow 9:30” or “every weekday at 9:30 for 20m”.",
        action=own_action(ids.WHEN),
    )
    about = section(f"*{esc(schedule.room_name, 100)}* in {place(schedule.channel)}")
    return modal(
        "Change schedule",
        [about, field],
        callback_id=ids.CHANGE_FORM,
        submit="Save",
        private_metadata=schedule.schedule_id,
    )


# ---- notices to channels ---------------------------------------------------------------------


def date_passed(schedule: Schedule, passed: PassedDate, *, room_gone: bool) -> str:
    name = esc(schedule.room_name, 100)
    if passed.what == "missed":
        some = "" if passed.count == 1 else f", the last of {count(passed.count, 'date')}"
        return (
            f"*{name}* was scheduled for {when(passed.due)}{some}, but the bot was not running "
            "then. Nothing was recorded."
        )
    if room_gone:
        return (
            f"*{name}* was scheduled for {when(passed.due)}, but 100ms no longer lists that room. "
            "Nothing was recorded."
        )
    return (
        f"Nobody came to *{name}* between {when(passed.due)} and {clock(passed.until)}, so nothing "
        "was recorded."
    )


def already_recorded(schedule: Schedule) -> str:
    at = when(schedule.armed_for) if schedule.armed_for else "now"
    return (
        f"*{esc(schedule.room_name, 100)}* is already being recorded, so the schedule for {at} "
        "did not start another recording."
    )


def preset_gone(schedule: Schedule) -> str:
    return (
        f"The schedule of *{esc(schedule.room_name, 100)}* uses a preset that was deleted. The "
        "recording uses the options that the preset had when the schedule was created."
    )


def paused_by_itself(schedule: Schedule, why: PauseReason) -> str:
    name, due = esc(schedule.room_name, 100), schedule.armed_for
    nothing = f"Nothing was recorded for {when(due)}." if due else ""
    told = f"The schedule of *{name}* is paused: {_why(why, schedule)}"
    return " ".join(filter(None, [told, nothing, _HOW_ON.get(why, "")]))


def rule_paused_by_itself(rule: Rule, why: PauseReason) -> str:
    name, again = esc(rule.room_name, 100), code(f"/record auto {rule.room_name} on")
    on = f"Type {again} to turn it on again." if why in _HOW_ON else ""
    told = f"*{name}* is no longer recorded automatically: {_why(why, rule)}"
    invite = _INVITE if why == "channel" else ""
    return " ".join(filter(None, [told, invite, on]))


def calendar_dropped(calendar: RoomCalendar, why: PauseReason) -> str:
    name = esc(calendar.room_name, 100)
    follow = code(f"/record schedule {calendar.room_name} from https://…")
    return (
        f"The calendar of *{name}* is no longer followed: {_why(why, calendar)} To follow one "
        f"again, type {follow} with its link."
    )


def event_not_recorded(schedule: Schedule, why: PauseReason) -> str:
    """Say that an event of a calendar is not recorded; later ones are tried."""
    name, due = esc(schedule.room_name, 100), schedule.armed_for
    at = f" at {when(due)}" if due else ""
    return f"The calendar event for *{name}*{at} is not recorded: {_why(why, schedule)}"


def _why(why: PauseReason, one: Schedule | Rule | RoomCalendar) -> str:
    where = place(one.channel)
    reasons: dict[PauseReason, str] = {
        "asked": "somebody paused it.",
        "right": f"the person who set it up may no longer start recordings in {where}.",
        "left": "the person who set it up is no longer a full member of this workspace.",
        "away": f"the person who set it up is no longer in {where}.",
        "channel": f"the bot can no longer post in {where}, because the channel is archived or the "
        "bot was removed from it.",
        "room": "100ms no longer has the room.",
        "disabled": "the room is disabled in 100ms.",
    }
    return reasons[why]


# ---- messages to the owner, about what somebody else did ---------------------------------------


def deleted_by(schedule: Schedule, by: str, now: datetime) -> str:
    times = own(say_when(schedule.when, now=now))
    return f"{_did(by, 'deleted', schedule)}: {times}. *Undo* works for an hour."


def restored_by(schedule: Schedule, by: str) -> str:
    return f"{_did(by, 'restored', schedule)}."


def paused_by(schedule: Schedule, by: str) -> str:
    return f"{_did(by, 'paused', schedule)}."


def resumed_by(schedule: Schedule, by: str) -> str:
    return f"{_did(by, 'resumed', schedule)}. It records under their name now."


def moved_by(before: Schedule, after: Schedule, by: str, now: datetime) -> str:
    was, is_now = (own(say_when(one.when, now=now)) for one in (before, after))
    return f"{_did(by, 'changed', before)}: {is_now}. It was {was}."


def skipped_by(schedule: Schedule, by: str, date: datetime) -> str:
    return f"{_did(by, 'skipped one date of', schedule)}: {when(date)}."


def unskipped_by(schedule: Schedule, by: str, date: datetime) -> str:
    return f"{_did(by, 'restored one date of', schedule)}: {when(date)}."


def calendar_off_by(calendar: RoomCalendar, by: str) -> str:
    return f"{_did(by, 'stopped following', calendar)}. Its events are not recorded any more."


def rule_off_by(rule: Rule, by: str) -> str:
    least = f" {rule.least_people}" if rule.least_people > 1 else ""
    what = f"on{least}" if rule.every_session else "end"
    again = code(f"/record auto {rule.room_name} {what}")
    turned = _did(by, "turned off", rule)
    return f"{turned}. To set it up again, type {again}{_there(rule.channel)}."


def rule_set_by(before: Rule, rule: Rule) -> str:
    return f"{_did(rule.by, 'changed', before)}. {rule_line(rule)}"


def _did(by: str, what: str, one: Schedule | RoomCalendar | Rule) -> str:
    match one:
        case Schedule():
            kind = "schedule of"
        case RoomCalendar():
            kind = "calendar for"
        case Rule():
            kind = "rule for"
    return f"{mention(by)} {what} your {kind} *{esc(one.room_name, 100)}*"


_ANYBODY = "Anybody who may start recordings there can resume it."
_INVITE = "Unarchive the channel, or invite the bot again."
_HOW_ON: dict[PauseReason, str] = {
    "right": _ANYBODY,
    "left": _ANYBODY,
    "away": _ANYBODY,
    "channel": _INVITE,
    "disabled": "Enable the room in the 100ms dashboard, then resume the schedule.",
}


# ---- calendars -------------------------------------------------------------------------------


def calendar_added(
    calendar: RoomCalendar,
    others: Sequence[Schedule] = (),
    rule: Rule | None = None,
    *,
    now: datetime,
    reader: str = "",
) -> Message:
    """Confirm a calendar. `others` and `rule` record the same room, and the reader may see them."""
    name, there = esc(calendar.room_name, 100), _there(calendar.channel)
    first = (
        f"Events of that calendar that link to *{name}* will be recorded{there}. The bot reads "
        "it now, and again every hour."
    )
    scheduled = _also_scheduled(others, now, calendar.zone, reader)
    if scheduled:
        scheduled += " If an event is at the same time, the one that starts first is recorded."
    ruled = f"{_whose('rule', rule, reader)} records every session of this room." if rule else ""
    text = lines(filter(None, [first, scheduled, ruled]))
    return say(text, [_calendar_off(calendar), schedules_button()])


def calendar_off(room_name: str) -> Message:
    return say(f"That calendar no longer schedules recordings of *{esc(room_name, 100)}*.")


def calendar_unreadable(calendar: RoomCalendar) -> str:
    return (
        f"The bot has not been able to read the calendar of *{esc(calendar.room_name, 100)}* for a "
        "day. Events that it already knows about will still be recorded. Check the calendar's "
        "link, or stop following the calendar."
    )


def no_cards(room_name: str, why: str, fix: str) -> Message:
    """Refuse to plan recordings where the bot cannot post; see `problems.slack_refusal`."""
    return say(f"*{esc(room_name, 100)}* cannot be recorded here yet. {why} {fix}")


def not_planned(wrong: Refused) -> Message:
    """Say that nothing is scheduled because the time has no date ahead."""
    return say(f"Nothing was scheduled. {problem(wrong)}")


def at_what_time(room_name: str) -> Message:
    """Ask for the time of a recording that is to be scheduled."""
    example = f"record {room_name} at 15:00"
    return say(f"At what time? Write it with the room: “{esc(example, 120)}”.")


def calendar_usage() -> Message:
    return say("Say which room. For example `/record schedule standup from https://…`.")


def only_https() -> Message:
    return say("A calendar needs a link that begins with `https://` and has no password in it.")


def too_many_calendars() -> Message:
    text = f"You already follow {CALENDARS_MOST} calendars, the most allowed."
    text += " Stop following one first."
    return say(text, [schedules_button()])


def _calendar_line(calendar: RoomCalendar, every: Sequence[Schedule]) -> str:
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


def _calendar_off(calendar: RoomCalendar, n: int | None = None) -> Block:
    name = ids.CALENDAR_OFF if n is None else ui_ids.numbered(ids.CALENDAR_OFF, n)
    which = "" if n is None else f" {n + 1}"
    label = f"Stop following: calendar{which} of {plain(calendar.room_name, 40)}"
    return button("Stop following", name, value=calendar.calendar_id, label=label)


# ---- rules -----------------------------------------------------------------------------------


def rule_line(rule: Rule) -> str:
    name, where = esc(rule.room_name, 100), place(rule.channel)
    least = f" with at least {rule.least_people} people" if rule.least_people > 1 else ""
    does = f"every session{least} is recorded" if rule.every_session else ""
    ends = "recordings stop when the last person leaves" if rule.until_empty else ""
    off = _paused(rule) if rule.state == "paused" else ""
    return join(f"*{name}*", does, ends, off, where, mention(rule.by))


def rule_saved(
    rule: Rule, others: Sequence[Schedule] = (), *, now: datetime, reader: str = ""
) -> str:
    saved = f"Saved the rule for *{esc(rule.room_name, 100)}*."
    return " ".join(filter(None, [saved, _rule_and(rule, others, now, reader)]))


def rule_set(
    rule: Rule, others: Sequence[Schedule] = (), *, now: datetime, reader: str = ""
) -> Message:
    """Repeat a rule. `others` are the room's schedules that the reader may see."""
    text = lines(filter(None, [rule_line(rule), _rule_and(rule, others, now, reader)]))
    return say(text, [_rule_off(rule), schedules_button()])


def _rule_and(rule: Rule, others: Sequence[Schedule], now: datetime, reader: str) -> str:
    """Say what a rule means for the room's schedules; empty if there are none."""
    if not others or not rule.every_session:
        return ""
    scheduled = _also_scheduled(others, now, others[0].when.zone, reader)
    earlier = "If people come earlier, the rule records instead, and the schedule does nothing."
    return f"{scheduled} {earlier}"


def rule_of_disabled(room_name: str) -> Message:
    """Refuse to promise recordings of a room that nobody can enter."""
    name = esc(room_name, 100)
    return say(
        f"*{name}* is disabled in 100ms, so nobody can join it. Nothing was set up. Enable the "
        "room in the dashboard, then try again."
    )


RULE_ELSEWHERE = "Another channel already has a rule for this room, and a room can have only one."


def rule_elsewhere(room_name: str) -> Message:
    """Say that another channel has a rule for the room, without naming it."""
    return say(
        f"*{esc(room_name, 100)}* already has a rule, set in another channel. A room can have "
        "only one."
    )


def rule_off(room_name: str, *, there: bool) -> Message:
    if not there:
        return say(f"No rule is set for *{esc(room_name, 100)}* in this channel.")
    return say(rule_ended(room_name))


def rule_ended(room_name: str) -> str:
    return (
        f"*{esc(room_name, 100)}* is no longer recorded automatically. A recording that is running "
        "goes on."
    )


def auto_usage() -> Message:
    return say(
        "Say which room, and on or off. For example `/record auto standup on`, or "
        "`/record auto standup on 2` to record once two people are there."
    )


def _rule_off(rule: Rule, n: int | None = None) -> Block:
    name = ids.RULE_OFF if n is None else ui_ids.numbered(ids.RULE_OFF, n)
    label = f"Turn off: automatic recording of {plain(rule.room_name, 40)}"
    return button("Turn off", name, value=rule.room_id, label=label)


# ---- the end of a recording ------------------------------------------------------------------


def end_is(recording: Recording, ends_at: datetime | None) -> Message:
    """Answer a button that could not move the end: say what is so."""
    name = f"The recording of *{esc(recording.name, 100)}*"
    if recording.phase not in OCCUPIES_ROOM:
        at = f": it ended {when(recording.stopped_at)}" if recording.stopped_at else ""
        return say(f"{name} is over{at}.", [details_button(recording)])
    if recording.stop_pending or recording.phase is Phase.STOPPING:
        return say(f"{name} is being stopped.")
    if ends_at is None and recording.end and recording.end.after_s:
        length = duration(recording.end.after_s)
        return say(f"{name} has not begun yet. It stops {length} after its start.")
    return ends(recording, ends_at)
