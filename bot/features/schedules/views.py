"""Messages and forms about schedules."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.when import Refused, Repeat, Unclear, When
from bot.core.when_words import say_cycle, say_due, say_problem, say_when
from bot.features.automatic.model import PauseReason
from bot.features.automatic.views import HOW_ON, did, in_channel, paused, why_paused
from bot.features.schedules import ids
from bot.features.schedules.model import PassedDate, Schedule, Subject, next_dates
from bot.ui import ids as ui_ids
from bot.ui.buttons import schedules_button
from bot.ui.forms import input_block, own_action, textbox, words
from bot.ui.message import (
    Block,
    Message,
    View,
    button,
    lines,
    modal,
    plain_text,
    say,
    section,
)
from bot.ui.text import clock, count, duration, esc, join, mention, own, place, plain, when

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


def scheduled(
    schedule: Schedule,
    *,
    now: datetime,
    zone_known: bool,
    others: Sequence[str] = (),
    was: When | None = None,
) -> Message:
    """Repeat the time in words, in the person's zone, with the next three dates.

    `others` say what else records the room then. `was`: the time before a change, which has no
    *Undo*.
    """
    name = esc(schedule.room_name, 100)
    said = own(say_due(schedule.when, now=now))
    first = f"*{name}* will be recorded{in_channel(schedule.channel)}{said}."
    zone = "" if zone_known else UNKNOWN_ZONE
    before = f"It was: {own(say_when(was, now=now))}." if was else ""
    sentences = [first, before, _next(schedule), WAITS, *others, zone]
    undo = [] if was else [_undo(ids.UNDO, schedule)]
    change = _button("Change", ids.CHANGE, schedule)
    if schedule.state == "paused":
        text = f"The schedule of *{name}* was changed{said}. It is paused."
        return say(text, [_button("Resume", ids.RESUME, schedule), change, schedules_button()])
    return say(lines(filter(None, sentences)), [*undo, change, schedules_button()])


def are(number: int) -> str:
    return "is" if number == 1 else "are"


def without_zone(schedule: Schedule, now: datetime, zone: str) -> str:
    """Say when, with the zone only if it is another one."""
    return say_when(schedule.when, now=now).removesuffix(f" ({zone})")


def also_scheduled(others: Sequence[Schedule], now: datetime, zone: str, reader: str) -> str:
    """Say what is scheduled for the room; empty if nothing is."""
    if not others:
        return ""
    first, more = others[0], len(others) - 1
    by = "you" if first.by == reader else mention(first.by)
    times = own(without_zone(first, now, zone))
    also = f" There {are(more)} {count(more, 'other schedule')}." if more else ""
    return f"This room is also scheduled by {by}: {times}.{also}"


def waiting_for_people(schedule: Schedule, armed_for: timedelta) -> Message:
    """Confirm that an empty room's recording was stopped and starts again when somebody joins."""
    name = esc(schedule.room_name, 100)
    within = duration(armed_for.total_seconds())
    there = in_channel(schedule.channel)
    text = f"Stopped. If somebody joins *{name}* within {within}, it will be recorded{there}."
    undo = _undo(ids.UNDO, schedule)
    return say(text, [undo, schedules_button()])


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


def not_planned(wrong: Refused) -> Message:
    """Say that nothing is scheduled because the time has no date ahead."""
    return say(f"Nothing was scheduled. {problem(wrong)}")


def at_what_time(room_name: str) -> Message:
    """Ask for the time of a recording that is to be scheduled."""
    example = f"record {room_name} at 15:00"
    return say(f"At what time? Write it with the room: “{esc(example, 120)}”.")


def running_now(room_name: str) -> Message:
    return say(f"Starting *{esc(room_name, 100)}* now. The schedule stays as it is.")


def taken(room_name: str) -> Message:
    return say(f"*{esc(room_name, 100)}* is already being recorded.")


def schedule_line(schedule: Schedule, now: datetime) -> str:
    name, where = esc(schedule.room_name, 100), place(schedule.channel)
    first = join(f"*{name}*", own(say_when(schedule.when, now=now)), where, mention(schedule.by))
    if schedule.state == "paused":
        return lines([first, f"{paused(schedule.why, schedule.paused_by)}."])
    if schedule.armed_for and schedule.armed_until:
        waits = f"Waiting for somebody in the room until {clock(schedule.armed_until)}."
        return lines([first, waits])
    return lines(filter(None, [first, _next(schedule)]))


def schedule_buttons(schedule: Schedule, n: int, *, may_change: bool, may_run: bool) -> list[Block]:
    """Build the buttons that the person may use. To resume, they have to be able to start."""
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
    told = f"The schedule of *{name}* is paused: {why_paused(why, schedule.channel)}"
    return " ".join(filter(None, [told, nothing, HOW_ON.get(why, "")]))


def event_not_recorded(schedule: Schedule, why: PauseReason) -> str:
    """Say that an event of a calendar is not recorded; later ones are tried."""
    name, due = esc(schedule.room_name, 100), schedule.armed_for
    at = f" at {when(due)}" if due else ""
    return (
        f"The calendar event for *{name}*{at} is not recorded: {why_paused(why, schedule.channel)}"
    )


def deleted_by(schedule: Schedule, by: str, now: datetime) -> str:
    times = own(say_when(schedule.when, now=now))
    return f"{did(by, 'deleted', 'schedule of', schedule)}: {times}. *Undo* works for an hour."


def restored_by(schedule: Schedule, by: str) -> str:
    return f"{did(by, 'restored', 'schedule of', schedule)}."


def paused_by(schedule: Schedule, by: str) -> str:
    return f"{did(by, 'paused', 'schedule of', schedule)}."


def resumed_by(schedule: Schedule, by: str) -> str:
    return f"{did(by, 'resumed', 'schedule of', schedule)}. It records under their name now."


def moved_by(before: Schedule, after: Schedule, by: str, now: datetime) -> str:
    was, is_now = (own(say_when(one.when, now=now)) for one in (before, after))
    return f"{did(by, 'changed', 'schedule of', before)}: {is_now}. It was {was}."


def skipped_by(schedule: Schedule, by: str, date: datetime) -> str:
    return f"{did(by, 'skipped one date of', 'schedule of', schedule)}: {when(date)}."


def unskipped_by(schedule: Schedule, by: str, date: datetime) -> str:
    return f"{did(by, 'restored one date of', 'schedule of', schedule)}: {when(date)}."
