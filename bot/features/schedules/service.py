"""Creates, lists and changes schedules and rules for rooms; the worker in `steps` runs them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.core.facts import EndSet
from bot.core.options import RecordingOptions
from bot.core.places import is_channel
from bot.core.proofs import Horizon, KnownRoom, MayStart, SeenRecording, SeenSchedule
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording
from bot.core.steps import Start, retry_name
from bot.core.when import Moment, Reading, Refused, Repeat, Unclear, When, known_zone, stop_time
from bot.core.when_days import STOP_EXAMPLES
from bot.core.when_grammar import read_when
from bot.deps import Deps
from bot.features.control.service import control_recording
from bot.features.options.table import laid_over
from bot.features.presets import service as presets
from bot.features.presets.model import NoSuchPreset
from bot.features.rooms.store import RoomRepository
from bot.features.schedules import views
from bot.features.schedules.model import (
    CALENDARS_MOST,
    Listing,
    RoomCalendar,
    Rule,
    Schedule,
    Subject,
    armed_until,
    date_at,
    deleted,
    paused,
    planned,
    restored,
    resumed,
    skipped,
    unskipped,
)
from bot.features.schedules.overlaps import Rivals, first_overlaps
from bot.features.schedules.store import (
    CalendarRepository,
    Notice,
    RuleRepository,
    ScheduleRepository,
)
from bot.features.start.model import Scheduling, SessionRule, StartRequest
from bot.features.start.service import commit, options_for
from bot.slack.errors import CannotPostThere, SlackError
from bot.store.errors import DoneBefore
from bot.store.values import RoomTaken
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message
from bot.ui.problems import slack_refusal
from bot.ui.text import carries_secrets

T = TypeVar("T")
WRONG_END = "I cannot read that as an end."
RIVALS_WITHIN_S = 0.7  # for Slack to say which of them a person may see
COMPARED_MOST = 30  # schedules of the same room
RIVALS_MOST = 10  # schedules of the same room whose channels are checked
PLACE_WITHIN_S = 1.0  # for Slack to say whether the bot is in a channel, before the ack
LOOKED_INTO = 30  # public channels checked that a person is not in


@dataclass(frozen=True, slots=True)
class PersonZone:
    """A person's time zone. If it is not `known`, Slack did not return it and it is UTC."""

    name: str
    known: bool


async def zone_of(rights: Rights, user: str) -> PersonZone:
    said = await rights.people.zone(user)
    name = known_zone(said)
    return PersonZone(name, known=bool(said) and name == said)


@dataclass(frozen=True, slots=True)
class ScheduleRequest:
    """A request to record later. `channel` None: the cards go to the person.

    `options` override those of the named preset, or else of the channel's default preset.
    """

    room: KnownRoom
    when: When
    may: MayStart
    options: RecordingOptions
    preset: str | None = None
    as_chosen: bool = False  # the options are complete, without a preset
    once: tuple[str, ...] = ()


async def make(deps: Deps, request: ScheduleRequest) -> Schedule | NoSuchPreset | Refused:
    """Store a new schedule; refuse one without a date ahead. Raises DoneBefore."""
    by, to = request.may.by, request.may.channel
    settings = await deps.store.channel_settings.of(to)
    preset = None
    if not request.as_chosen:
        preset = await presets.meant(deps, to, request.preset, settings)
    if isinstance(preset, NoSuchPreset):
        return preset
    now = deps.now()
    schedule = Schedule(
        schedule_id=deps.new_id(),
        room_id=request.room.room_id,
        room_name=request.room.name,
        channel=to or by,
        by=by,
        when=request.when,
        created_at=now,
        options=laid_over(preset.options, request.options) if preset else request.options,
        said=request.options,
        preset_id=preset.preset_id if preset else None,
    )
    schedule = planned(schedule, now)
    if schedule.state == "over":
        return past_refused()
    await ScheduleRepository(deps.db).add(schedule, once=request.once)
    return schedule


async def no_cards_in(deps: Deps, channel: str | None, room_name: str) -> Message | None:
    """Say why the bot could not post cards there. None if it can, or Slack does not answer."""
    if channel is None or not is_channel(channel):
        return None
    try:
        async with asyncio.timeout(PLACE_WITHIN_S):
            seen = await deps.slack.channel(channel)
    except CannotPostThere as closed:
        error = closed.error
    except (SlackError, TimeoutError):
        return None
    else:
        if seen.member and not seen.archived:
            return None
        error = "is_archived" if seen.archived else "not_in_channel"
    why, fix = slack_refusal(error, channel, bot=deps.identity.name)
    return views.no_cards(room_name, why, fix)


async def rivals(
    deps: Deps, gate: Gate, schedule: Schedule, user: str, *, here: str | None
) -> Rivals:
    """Return what else would record the room at a schedule's times, as far as they may see it."""
    others = (await ScheduleRepository(deps.db).of_room(schedule.room_id))[:COMPARED_MOST]
    found = await asyncio.to_thread(first_overlaps, schedule, others, deps.policy.armed_for)
    seen = [
        one
        for one in found[:RIVALS_MOST]
        if await gate.sees_place(user, one.schedule.channel, one.schedule.by, here)
    ]
    rule = await rule_seen(deps, gate, schedule.room_id, user, here=here)
    return Rivals(seen[0] if seen else None, max(0, len(seen) - 1), rule)


async def rule_seen(
    deps: Deps, gate: Gate, room_id: str, user: str, *, here: str | None
) -> Rule | None:
    """Return the rule that records every session of the room, if they may see it."""
    rule = await RuleRepository(deps.db).get(room_id)
    if rule is None or rule.state != "active" or not rule.every_session:
        return None
    return rule if await gate.sees_place(user, rule.channel, rule.by, here) else None


async def schedules_of_room_seen(
    deps: Deps, gate: Gate, room_id: str, user: str, *, here: str | None
) -> list[Schedule]:
    """Return the active schedules of a room that they may see, the next one first.

    None of them if Slack does not say in time what the person may see.
    """
    found = (await ScheduleRepository(deps.db).of_room(room_id))[:RIVALS_MOST]

    async def seen() -> list[Schedule]:
        return [one for one in found if await gate.sees_place(user, one.channel, one.by, here)]

    return await _in_time(seen(), [])


async def wait_for_people(
    deps: Deps, gate: Gate, rights: Rights, seen: SeenRecording, *, here: str | None
) -> Schedule | None:
    """Stop the recording, and arm a start with its settings for when somebody joins.

    The recording is stopped first because its recorder would count as somebody. Returns None if
    it is forgotten or this was requested before. Raises NoRight, NotOpen.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    recording = (await deps.store.recordings.load(seen.key)).recording
    await _post_to(gate, seen.by, row.origin, here)
    may = await gate.may_start(seen.by, _channel(row.origin))
    await control_recording(deps, rights, "stop", seen)
    zone = await zone_of(rights, seen.by)
    now = deps.now().astimezone(ZoneInfo(zone.name))
    request = ScheduleRequest(
        room=await gate.room(may, row.room_id, known_as=row.room_name),
        when=When(Moment(now, zone.name), None, zone.name),
        may=may,
        options=options_for(recording, seen.by),
        as_chosen=True,
        once=(f"wait:{seen.key}",),
    )
    try:
        made = await make(deps, request)
    except DoneBefore:
        return None
    return made if isinstance(made, Schedule) else None


async def listed(
    deps: Deps,
    gate: Gate,
    rights: Rights,
    to: Horizon,
    *,
    here: str | None,
    only: Callable[[Schedule | Rule | RoomCalendar], bool] = lambda _: True,
) -> Listing:
    """Return what a person may see: this channel's, their own, and those of visible channels.

    `only` selects from them.

    What they may do is checked for those that are shown, and again when they do it.
    """
    repo, rules = ScheduleRepository(deps.db), RuleRepository(deps.db)
    calendars = CalendarRepository(deps.db)
    async with deps.db.database.together():
        every = await repo.channels() | await rules.channels()
    channels = await _channels_seen(gate, to, every, here)
    own = to.user if to.member else None
    async with deps.db.database.together():
        found = Listing(
            list(filter(only, await repo.listed(channels=channels, by=own))),
            list(filter(only, await rules.listed(channels, by=own))),
            list(filter(only, await calendars.listed(channels, by=own))),
        )
    all_: list[Schedule | Rule | RoomCalendar]
    all_ = [*found.schedules, *found.rules, *found.calendars]
    ids = {one.room_id for one in all_}
    disabled = await RoomRepository(deps.db).disabled(ids) if ids else ()
    return await _with_rights(rights, to, replace(found, disabled=disabled), here)


async def _with_rights(rights: Rights, to: Horizon, found: Listing, here: str | None) -> Listing:
    lists = found.listed_alone, found.rules, found.calendars
    shown = [one for each in lists for one in each[: views.SHOWN]]
    owned = sorted({(one.channel, one.by) for one in shown})
    posts = {one.channel for one in found.listed_alone[: views.SHOWN]}
    there = [c for c in sorted(posts) if not is_channel(c) or c == here or c in to.channels]
    change = await asyncio.gather(*(rights.may_change_schedule(to.user, *one) for one in owned))
    places = [*map(_channel, there), _channel(here) if here else None]
    start = await asyncio.gather(*(rights.may_start(to.user, place) for place in places))
    return replace(
        found,
        may_change=frozenset(one for one, may in zip(owned, change, strict=True) if may),
        may_start=frozenset(c for c, may in zip(there, start, strict=False) if may),
        may_start_here=start[-1],
    )


async def schedules_seen(
    deps: Deps, gate: Gate, to: Horizon, every: Collection[str], *, here: str | None
) -> list[Schedule]:
    """Return the schedules of `listed`; `every` are the channels that have schedules."""
    if not every:
        return []
    channels = await _channels_seen(gate, to, every, here)
    own = to.user if to.member else None
    return await ScheduleRepository(deps.db).listed(channels=channels, by=own)


async def _channels_seen(
    gate: Gate, to: Horizon, every: Collection[str], here: str | None
) -> set[str]:
    """Return the person's channels, `here`, and some public channels of `every`."""
    channels = set(to.channels) | ({here} if here else set()) | {to.user}
    if to.member:
        others = [one for one in sorted(set(every) - channels) if is_channel(one)][:LOOKED_INTO]
        seen = await asyncio.gather(*(gate.sees_place(to.user, c, "", here) for c in others))
        channels |= {channel for channel, sees in zip(others, seen, strict=True) if sees}
    return channels


# ---- one schedule: each function returns its new state; None if it is gone or has moved on ------


# Where the person is not the owner, the owner gets a direct message about it.


def _to_owner(one: Schedule | RoomCalendar | Rule, by: str, name: str, text: str) -> list[Notice]:
    """Return the notice for the owner; none if they did it themselves."""
    return [] if by == one.by else [Notice(name, one.by, one.by, text)]


async def delete(deps: Deps, rights: Rights, seen: SeenSchedule) -> Schedule | None:
    """Delete a schedule. Raises NoRight."""
    before = await _theirs(deps, rights, seen, "delete this schedule")
    if before is None:  # deleted a moment ago: a second press of the same button
        gone = await ScheduleRepository(deps.db).deleted(seen.schedule_id)
        if gone is not None:
            await rights.to_change_schedule(seen.by, gone.channel, gone.by, "delete this schedule")
        return gone
    now = deps.now()
    name = Subject("deleted", before.schedule_id).identity(deps.new_id())
    told = _to_owner(before, seen.by, name, views.deleted_by(before, seen.by, now))
    return await _changed(deps, before, deleted(before, now), told)


async def restore(
    deps: Deps, gate: Gate, rights: Rights, seen: SeenSchedule, *, here: str | None
) -> Schedule | None:
    """Take a deletion back. None if it is too late, or its last date has passed.

    Raises NoRight, NotOpen.
    """
    before = await ScheduleRepository(deps.db).deleted(seen.schedule_id)
    if before is None:
        await _theirs(deps, rights, seen)
        return await _not_over(deps, seen)  # restored already, or purged
    await rights.to_change_schedule(seen.by, before.channel, before.by)
    await _post_to(gate, seen.by, before.channel, here)
    after = restored(before, deps.now(), deps.policy.armed_for)
    if after.state == "over":
        return None
    told = _told_plainly(deps, before, seen.by, views.restored_by(before, seen.by))
    return await _changed(deps, before, after, told) or await _not_over(deps, seen)


async def _not_over(deps: Deps, seen: SeenSchedule) -> Schedule | None:
    there = await ScheduleRepository(deps.db).get(seen.schedule_id)
    return there if there and there.state != "over" else None


def _told_plainly(deps: Deps, one: Schedule, by: str, text: str) -> list[Notice]:
    """Return a notice without buttons for that schedule."""
    return _to_owner(one, by, f"owner:{deps.new_id()}", text)


async def skip(
    deps: Deps, rights: Rights, seen: SeenSchedule, at: datetime | None
) -> tuple[Schedule, datetime] | None:
    """Skip the date in this second, else the next one; return it as well. Raises NoRight.

    None if there is no such date. Skipping it again changes nothing.
    """
    before = await _theirs(deps, rights, seen)
    if before is None or before.state != "active":
        return None
    date = date_at(before, at) if at else before.next_date
    if date is None:  # or skipped already: a click counts once
        again = next((one for one in before.skips if one.replace(microsecond=0) == at), None)
        return (before, again) if again else None
    now = deps.now()
    after = skipped(before, date, now)
    name = Subject("skipped", before.schedule_id, date).identity(deps.new_id())
    told = _to_owner(before, seen.by, name, views.skipped_by(before, seen.by, date))
    return (after, date) if await _changed(deps, before, after, told) else None


async def unskip(
    deps: Deps, rights: Rights, seen: SeenSchedule, at: datetime | None
) -> Schedule | None:
    """Take a skipped date back in. None if it is not ahead any more. Raises NoRight."""
    before = await _theirs(deps, rights, seen)
    if before is None or at is None:
        return None
    date = next((one for one in before.skips if one.replace(microsecond=0) == at), None)
    if date is None:
        return before if date_at(before, at) else None
    if armed_until(before.when, date, deps.policy.armed_for) <= deps.now():
        return None
    told = _told_plainly(deps, before, seen.by, views.unskipped_by(before, seen.by, date))
    done = await _changed(deps, before, unskipped(before, date), told)
    there = done or await _not_over(deps, seen)
    return there if there and date_at(there, at) else None


async def pause(deps: Deps, rights: Rights, seen: SeenSchedule) -> Schedule | None:
    before = await _theirs(deps, rights, seen)
    if before is None or before.state != "active":
        return None
    text = views.paused_by(before, seen.by)
    told = _to_owner(before, seen.by, before.paused_identity("asked"), text)
    return await _changed(deps, before, paused(before, "asked", seen.by), told)


async def resume(
    deps: Deps, gate: Gate, rights: Rights, seen: SeenSchedule, *, here: str | None
) -> Schedule | None:
    """Resume under the name of the person who asks, without the previous owner's private link.

    A schedule without a further date stays unchanged. Raises NoRight, NotOpen.
    """
    before = await ScheduleRepository(deps.db).get(seen.schedule_id)
    if before is None or before.state != "paused":
        return None
    await rights.to_change_schedule(seen.by, before.channel, before.by)
    await _post_to(gate, seen.by, before.channel, here)
    await rights.to_start(seen.by, _channel(before.channel))
    after = resumed(before, deps.now(), seen.by)
    if after.state == "over":
        return before
    if seen.by != before.by:
        after = replace(after, options=_shared(before.options), said=_shared(before.said))
    text = views.resumed_by(before, seen.by)
    return await _changed(deps, before, after, _told_plainly(deps, before, seen.by, text))


async def change(
    deps: Deps, rights: Rights, seen: SeenSchedule, text: str
) -> Schedule | Refused | Unclear | None:
    """Set a new time, read in the zone of the person who changes it."""
    zone = (await zone_of(rights, seen.by)).name
    reading = read_when(text, now=deps.now(), zone=zone)
    if isinstance(reading, Refused | Unclear):
        return reading
    if not isinstance(reading, When) or reading.start is None:
        return read_refused()
    return await move(deps, rights, seen, reading)


async def move(
    deps: Deps, rights: Rights, seen: SeenSchedule, when: When
) -> Schedule | Refused | None:
    """Set a new time; refuse one without a date ahead. Raises NoRight."""
    before = await _theirs(deps, rights, seen)
    if before is None:
        return None
    same = isinstance(when.start, Repeat) and when.start == before.when.start
    skips = before.skips if same else frozenset()
    new = replace(before, when=when, armed_for=None, armed_until=None, skips=skips)
    after = planned(new, deps.now())
    if after.state == "over":
        return past_refused()
    text = views.moved_by(before, after, seen.by, deps.now())
    name = Subject("moved", before.schedule_id).identity(deps.new_id())
    told = _to_owner(before, seen.by, name, text)
    return await _changed(deps, before, after, told)


def read_refused() -> Refused:
    """Return the refusal of `now`, or of a text without a start time."""
    return Refused("I need a time to start at.", ("tomorrow 9:30", "every weekday at 9:30 for 20m"))


def past_refused() -> Refused:
    """Return the refusal of a time that has no date ahead."""
    return Refused("That time has passed.", ("tomorrow 9:30", "every weekday at 9:30 for 20m"))


async def run_now(
    deps: Deps, gate: Gate, seen: SeenSchedule, request_id: str, *, here: str | None
) -> Schedule | RoomTaken | None:
    """Start now with a schedule's settings, under the name of the person who asks.

    The schedule's dates stay. Raises NoRight, NotOpen.
    """
    schedule = await ScheduleRepository(deps.db).get(seen.schedule_id)
    if schedule is None:
        return None
    await _post_to(gate, seen.by, schedule.channel, here)
    may = await gate.may_start(seen.by, _channel(schedule.channel))
    own = seen.by == schedule.by
    options = schedule.options if own else _shared(schedule.options)
    room = await gate.room(may, schedule.room_id, known_as=schedule.room_name)
    request = StartRequest(
        request_id=f"run:{request_id}",
        room=room,
        options=options,
        may=may,
        via="command",
        outcome=None,
    )
    made = await commit(deps, gate, request, room, options)
    return made if isinstance(made, RoomTaken) else schedule


async def _post_to(gate: Gate, user: str, to: str, here: str | None) -> None:
    """Check that the person is in the channel that gets the cards; `here` is where they ask.

    Raises NotOpen.
    """
    if is_channel(to):
        await gate.channel(user, to, here=here)


async def _theirs(
    deps: Deps, rights: Rights, seen: SeenSchedule, doing: str = "change this schedule"
) -> Schedule | None:
    """Load the schedule. Raises NoRight if the person may not change it."""
    schedule = await ScheduleRepository(deps.db).get(seen.schedule_id)
    if schedule is not None:
        await rights.to_change_schedule(seen.by, schedule.channel, schedule.by, doing)
    return schedule


async def _changed(
    deps: Deps, before: Schedule, after: Schedule, told: Sequence[Notice]
) -> Schedule | None:
    return after if await ScheduleRepository(deps.db).write(before, after, told) else None


def _channel(origin: str) -> str | None:
    return origin if is_channel(origin) else None


def _shared(options: RecordingOptions) -> RecordingOptions:
    url = options.meeting_url
    if url is None or not carries_secrets(url):
        return options
    return options.model_copy(update={"meeting_url": None})


# ---- calendars -------------------------------------------------------------------------------


async def add_calendar(
    deps: Deps, rights: Rights, calendar: RoomCalendar, *, once: Sequence[str] = ()
) -> RoomCalendar | None:
    """Store a calendar, which the worker fetches at once. None if the person has too many.

    Raises NoRight, SlackUnavailable, DoneBefore.
    """
    await rights.to_start(calendar.by, _channel(calendar.channel))
    calendars = CalendarRepository(deps.db)
    if len(await calendars.listed([], by=calendar.by)) >= CALENDARS_MOST:
        return None
    due = replace(calendar, fetch_at=deps.now())
    await calendars.add(due, once=once)
    return due


async def drop_calendar(deps: Deps, rights: Rights, calendar: RoomCalendar, by: str) -> bool:
    """Delete a calendar and everything that it scheduled. Raises NoRight."""
    doing = "stop following this calendar"
    await rights.to_change_schedule(by, calendar.channel, calendar.by, doing)
    text = views.calendar_off_by(calendar, by)
    told = _to_owner(calendar, by, f"calendar-off:{calendar.calendar_id}", text)
    return await CalendarRepository(deps.db).delete(calendar.calendar_id, told)


# ---- rules -----------------------------------------------------------------------------------


async def set_rule(deps: Deps, rights: Rights, rule: Rule, *, once: Sequence[str] = ()) -> Rule:
    """Set a rule and return the one in force, which may be an earlier one of another channel.

    Raises NoRight, SlackUnavailable, DoneBefore.
    """
    await rights.to_start(rule.by, _channel(rule.channel))
    there = await RuleRepository(deps.db).get(rule.room_id)
    told: list[Notice] = []
    if there is not None and there.channel == rule.channel:  # another channel's is kept, or lost
        await rights.to_change_schedule(rule.by, there.channel, there.by, "change this rule")
        text = views.rule_set_by(there, rule)
        told = _to_owner(there, rule.by, f"rule-set:{deps.new_id()}", text)
    return await RuleRepository(deps.db).set(replace(rule, look_at=deps.now()), told, once=once)


async def unset_rule(
    deps: Deps, rights: Rights, room_id: str, channel: str, by: str, *, once: Sequence[str] = ()
) -> Rule | None:
    """Delete and return a rule. None if the channel has no rule for that room."""
    there = await RuleRepository(deps.db).get(room_id)
    if there is None or there.channel != channel:
        return None
    await rights.to_change_schedule(by, there.channel, there.by, "turn off this rule")
    told = _to_owner(there, by, f"rule-off:{deps.new_id()}", views.rule_off_by(there, by))
    gone = await RuleRepository(deps.db).delete(room_id, channel, told, once=once)
    return there if gone else None


# ---- the end of a recording ------------------------------------------------------------------


def _can_end(recording: Recording) -> bool:
    """Whether the recording, which may still be starting, is not yet stopping or over."""
    open_phase = recording.phase in OCCUPIES_ROOM and recording.phase is not Phase.STOPPING
    return open_phase and not recording.stop_pending


_START = (retry_name(Start()),)  # a start that waits is given up at the new end


async def set_end(
    deps: Deps, rights: Rights, seen: SeenRecording, when: When, *, once: Sequence[str] = ()
) -> tuple[Recording, datetime] | None:
    """Set when a recording stops, as a length from now or a time. None if it is stopping or over.

    Raises NoRight if the person may not stop it, DoneBefore.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    await rights.to_control(seen.by, row, "change the end of")
    recording = (await deps.store.recordings.load(seen.key)).recording
    now = deps.now()
    until = stop_time(when, due=now, started=now)
    if not _can_end(recording) or until is None or until <= now:
        return None
    fact = EndSet(at=now, by=seen.by, until=until)
    await deps.store.recordings.act(seen, [fact], retry_now=_START, once=once)
    return recording, until


@dataclass(frozen=True, slots=True)
class End:
    """The end of a recording after a request to move it; `ends_at` None: it has none."""

    recording: Recording
    ends_at: datetime | None = None
    moved: bool = False


async def move_end(
    deps: Deps,
    rights: Rights,
    seen: SeenRecording,
    by: timedelta | None,
    *,
    button: str = "",
    once: Sequence[str] = (),
) -> End | None:
    """Move the end to later, or remove it if `by` is None. None if the recording is forgotten.

    Nothing changes without an end ahead, or for a button that is about an earlier end: a click
    counts once. Of requests at the same time, one counts. The end of a recording that is still
    starting may be a length; it can be removed.

    Raises NoRight if the person may not stop the recording, DoneBefore.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    await rights.to_control(seen.by, row, "change the end of")
    recording = (await deps.store.recordings.load(seen.key)).recording
    ends_at, now = recording.ends_at, deps.now()
    pending = recording.end is not None and recording.end.after_s is not None
    if not _can_end(recording) or (ends_at is None and not (by is None and pending)):
        return End(recording)
    if not ui_ids.is_about(button, ends_at):
        return End(recording, ends_at)
    until = max(ends_at, now) + by if by and ends_at else None
    same_time = [f"end:{seen.key}:{sum(isinstance(f, EndSet) for f in recording.log)}"]
    try:
        fact = EndSet(at=now, by=seen.by, until=until)
        await deps.store.recordings.act(seen, [fact], retry_now=_START, once=[*once, *same_time])
    except DoneBefore:
        if once and await deps.store.requests.done_before(once):
            raise
        recording = (await deps.store.recordings.load(seen.key)).recording
        return End(recording, recording.ends_at)
    return End(recording, until, moved=True)


# ---- the form --------------------------------------------------------------------------------


class Planner(Scheduling):
    def __init__(self, deps: Deps, gate: Gate, rights: Rights) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights

    async def read(self, user: str, when: str, stop_after: str) -> When | FieldErrors:
        """Parse both fields. In `stop_after`, a bare length such as `30m` is accepted."""
        now, zone = self._deps.now(), (await zone_of(self._rights, user)).name
        start = read_when(when, now=now, zone=zone) if when else When(None, None, zone)
        if isinstance(start, When) and when and start.start is None:
            start = read_refused()
        if not isinstance(start, When):
            return FieldErrors({ui_ids.START_WHEN: _words(start)})
        if not stop_after:
            return start
        refused: list[Refused] = []
        for end in (stop_after, f"for {stop_after}"):
            both = read_when(f"{when} {end}".strip(), now=now, zone=zone)
            if isinstance(both, When) and both.stop is not None and bool(both.start) == bool(when):
                return both
            if isinstance(both, Refused):
                refused.append(replace(both, examples=STOP_EXAMPLES))
        # The first refusal quotes the typed text.
        shown = refused[0] if refused else Refused(WRONG_END, STOP_EXAMPLES)
        return FieldErrors({ui_ids.START_STOP_AFTER: _words(shown)})

    async def plan(self, request: StartRequest, when: When) -> Message:
        if not isinstance(request.room, KnownRoom):
            raise TypeError("a form names its room")
        if closed := await no_cards_in(self._deps, request.channel, request.room.name):
            return closed
        planned = ScheduleRequest(request.room, when, request.may, request.options, as_chosen=True)
        made = await make(self._deps, planned)
        if isinstance(made, NoSuchPreset):
            raise TypeError("a form has its preset's options")
        if isinstance(made, Refused):
            return views.not_planned(made)
        return await say_scheduled(
            self._deps, self._gate, self._rights, made, request.by, here=request.channel
        )

    async def record_sessions(
        self, request: StartRequest, rule: SessionRule
    ) -> Message | FieldErrors:
        """Set a rule with exactly the options of the form."""
        if not isinstance(request.room, KnownRoom):
            raise TypeError("a form names its room")
        if closed := await no_cards_in(self._deps, request.channel, request.room.name):
            return closed
        made = await rule_of_form(
            self._deps,
            self._rights,
            Rule(
                room_id=request.room.room_id,
                room_name=request.room.name,
                channel=request.channel or request.by,
                by=request.by,
                created_at=self._deps.now(),
                least_people=rule.least_people,
                until_empty=rule.until_empty,
                options=request.options,
            ),
        )
        if isinstance(made, FieldErrors):
            return made
        return await say_rule_set(self._deps, self._gate, made, request.by, here=request.channel)


async def say_scheduled(
    deps: Deps,
    gate: Gate,
    rights: Rights,
    schedule: Schedule,
    user: str,
    *,
    here: str | None,
    was: When | None = None,
) -> Message:
    """Repeat the time of a new or changed schedule, and say what else records the room then."""
    zone = await zone_of(rights, user)
    now = deps.now().astimezone(ZoneInfo(zone.name))
    others = await _in_time(rivals(deps, gate, schedule, user, here=here), Rivals())
    known = zone.known
    return views.scheduled(schedule, now=now, zone_known=known, rivals=others, reader=user, was=was)


async def say_rule_set(
    deps: Deps, gate: Gate, rule: Rule, user: str, *, here: str | None
) -> Message:
    """Repeat a rule, and say what is scheduled for its room."""
    others = await schedules_of_room_seen(deps, gate, rule.room_id, user, here=here)
    return views.rule_set(rule, others, now=deps.now(), reader=user)


async def _in_time(asked: Awaitable[T], otherwise: T) -> T:
    """Return what needs Slack's answers if they come in time: the change is stored already.

    A late confirmation would be taken for a failure, and the change made a second time.
    """
    try:
        async with asyncio.timeout(RIVALS_WITHIN_S):
            return await asked
    except (SlackError, TimeoutError):
        return otherwise


async def rule_of_form(deps: Deps, rights: Rights, rule: Rule) -> Rule | FieldErrors:
    """Set the rule of a form. Raises NoRight, SlackUnavailable."""
    there = await set_rule(deps, rights, rule)
    if there.channel == rule.channel:
        return there
    return FieldErrors({ui_ids.START_ROOM: views.RULE_ELSEWHERE})


def _words(problem: Reading) -> str:
    known = problem if isinstance(problem, Refused | Unclear) else read_refused()
    return views.problem(known)
