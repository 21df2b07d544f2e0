"""Makes and changes schedules; the worker in `steps` runs them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.core.options import RecordingOptions
from bot.core.proofs import KnownRoom, MayStart, SeenRecording, SeenSchedule
from bot.core.when import Once, Refused, Repeat, Unclear, When
from bot.core.when_grammar import read_when
from bot.deps import Deps
from bot.features.automatic.model import Notice, to_owner
from bot.features.automatic.service import channel_of, check_place, in_time, zone_of
from bot.features.control.service import control_recording
from bot.features.options.table import laid_over
from bot.features.presets import service as presets
from bot.features.presets.model import NoSuchPreset
from bot.features.schedules import views
from bot.features.schedules.model import (
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
from bot.features.schedules.store import ScheduleRepository
from bot.features.start.model import StartRequest
from bot.features.start.service import commit, options_for
from bot.store.errors import DoneBefore
from bot.store.values import RoomTaken
from bot.ui.text import carries_secrets

SEEN_MOST = 10  # schedules of the same room whose channels are checked


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


async def schedules_of_room_seen(
    deps: Deps, gate: Gate, room_id: str, user: str, *, here: str | None
) -> list[Schedule]:
    """Return the active schedules of a room that they may see, the next one first.

    None of them if Slack does not say in time what the person may see.
    """
    found = (await ScheduleRepository(deps.db).of_room(room_id))[:SEEN_MOST]

    async def seen() -> list[Schedule]:
        return [one for one in found if await gate.sees_place(user, one.channel, one.by, here)]

    return await in_time(seen(), [])


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
    await check_place(gate, seen.by, row.origin, here)
    may = await gate.may_start(seen.by, channel_of(row.origin))
    await control_recording(deps, rights, "stop", seen)
    zone = await zone_of(rights, seen.by)
    now = deps.now().astimezone(ZoneInfo(zone.name))
    request = ScheduleRequest(
        room=await gate.room(may, row.room_id, known_as=row.room_name),
        when=When(Once(now, zone.name), None, zone.name),
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


# Each of these returns the new state of one schedule; None if it is gone or has moved on.
# Where the person is not the owner, the owner gets a direct message about it.


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
    told = to_owner(before, seen.by, name, views.deleted_by(before, seen.by, now))
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
    await check_place(gate, seen.by, before.channel, here)
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
    return to_owner(one, by, f"owner:{deps.new_id()}", text)


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
    told = to_owner(before, seen.by, name, views.skipped_by(before, seen.by, date))
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
    told = to_owner(before, seen.by, before.paused_identity("asked"), text)
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
    await check_place(gate, seen.by, before.channel, here)
    await rights.to_start(seen.by, channel_of(before.channel))
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
    told = to_owner(before, seen.by, name, text)
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
    await check_place(gate, seen.by, schedule.channel, here)
    may = await gate.may_start(seen.by, channel_of(schedule.channel))
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


def _shared(options: RecordingOptions) -> RecordingOptions:
    url = options.meeting_url
    if url is None or not carries_secrets(url):
        return options
    return options.model_copy(update={"meeting_url": None})
