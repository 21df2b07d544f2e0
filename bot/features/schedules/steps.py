"""The worker of schedules and rules: starts due recordings once people are in the room.

All work is rows with due times. A worker claims a row by postponing its time. A request id
(`Schedule.request_id`, `Rule.request_id`), unique in the database, limits a date or a session to
one recording, however often and by however many workers it is tried.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from async_lru import alru_cache

from bot.access.gate import Gate
from bot.access.people import remembered
from bot.access.rights import NoRight, Rights
from bot.core.deliveries import OutcomeAddress
from bot.core.facts import EndSet, StopDue, StopRequested
from bot.core.options import RecordingOptions
from bot.core.places import Place, is_channel
from bot.core.proofs import KnownRoom, MayStart
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.deps import Deps
from bot.features.options.table import laid_over
from bot.features.presets.store import PresetRepository
from bot.features.rooms.model import links_to
from bot.features.rooms.service import RoomDirectory
from bot.features.schedules import views
from bot.features.schedules.calendar import NoCalendar, events_of
from bot.features.schedules.model import (
    Observation,
    PassedDate,
    PauseReason,
    RoomCalendar,
    Rule,
    Ruled,
    Schedule,
    end_set,
    follow_calendar,
    judge,
    paused,
    started,
    subject_of,
    turn,
)
from bot.features.schedules.overlaps import order
from bot.features.schedules.store import (
    CalendarRepository,
    Notice,
    RuleRepository,
    ScheduleRepository,
)
from bot.features.start.model import StartRequest
from bot.features.start.service import commit
from bot.hms.errors import HmsError, HmsForbidden, HmsNotFound
from bot.kit.background import forever
from bot.kit.metrics import FAULTS
from bot.outbound import Outbound, OutboundError
from bot.slack.errors import CannotPostThere, SlackError, SlackRefused, SlackUnavailable
from bot.store.errors import StoreError, UnknownRecording
from bot.store.schema_clock import CLOCK
from bot.store.values import RoomTaken

log = structlog.get_logger()

BATCH = 100
SIDE_BY_SIDE = 8
CLAIM = timedelta(seconds=30)  # longer than one batch can take
CHECK_S = 2.0  # between two checks for rows that another replica stored
AGAIN = timedelta(seconds=5)  # if a service did not answer, or the room will soon be free
FEW = 3  # up to this many rooms are looked up one by one
TELL_FOR = timedelta(hours=24)
PLACES_FOR = timedelta(minutes=1)
FREE_SOON = timedelta(minutes=1)
FETCH_EVERY = timedelta(hours=1)
FETCH_CLAIM = timedelta(minutes=2)  # longer than reading one calendar can take
FAILURES_TOLD = 24  # hourly attempts: a day
CALENDAR_BYTES = 2 * 1024 * 1024
BACK, AHEAD = timedelta(hours=12), timedelta(days=14)
NEVER = datetime.max.replace(tzinfo=UTC)
GONE_S = 1.0  # between two attempts while the store is unavailable


class Timekeeper:
    def __init__(
        self, deps: Deps, gate: Gate, rights: Rights, rooms: RoomDirectory, out: Outbound
    ) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights
        self._rooms = rooms
        self._out = out
        self._calendars = CalendarRepository(deps.db)
        self._schedules = ScheduleRepository(deps.db)
        self._rules = RuleRepository(deps.db)
        self._channel = remembered(deps.slack.channel, lasting=PLACES_FOR)
        self._anything = alru_cache(ttl=CHECK_S)(self._read_anything)

    async def keep(self) -> None:
        """Run all loops until cancelled."""
        turns = (
            self.start_what_is_due,
            self.check_rooms,
            self.check_ruled_rooms,
            self.tell,
            self.fetch_calendars,
        )
        await asyncio.gather(*map(self._forever, turns))

    async def _forever(self, turn: Callable[[], Awaitable[float]]) -> None:
        async def needed() -> float:
            changes = self._deps.db.database.changes(*CLOCK)
            return await turn() if await self._anything(changes) else CHECK_S

        away = (StoreError, HmsError, SlackError)
        await forever("clock", needed, away=away, pause_s=GONE_S)

    async def _read_anything(self, _changes: tuple[int, ...]) -> bool:
        """Whether there is any work; most bots have no schedules, so one query serves all loops."""
        return await self._schedules.anything()

    def _until(self, due: datetime | None) -> float:
        """Return the seconds to sleep: until `due` if that is soon, else `CHECK_S`."""
        if due is None:
            return CHECK_S
        return min(CHECK_S, max(0.0, (due - self._deps.now()).total_seconds()))

    # Schedules

    async def start_what_is_due(self) -> float:
        taken = await self._schedules.take(BATCH, CLAIM)
        if not taken:
            return self._until(await self._schedules.next_wake())
        armed_for = self._deps.policy.armed_for
        turned = [(one, *turn(one, self._deps.now(), armed_for)) for one in taken]
        waiting = {after.room_id for _, after, _ in turned if after.armed_for}
        try:
            occupied = await self._occupied(waiting)
        except HmsError as failed:
            log.info("rooms_not_looked_at", why=str(failed))
            occupied = None
        turned.sort(key=lambda one: (one[1].armed_for or NEVER, order(one[1])))
        in_room: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # first come, first go
        await _side_by_side(
            self._turned(before, after, passed_dates, occupied, in_room[after.room_id])
            for before, after, passed_dates in turned
        )
        return 0.0

    async def _occupied(self, rooms: Collection[str]) -> set[str]:
        """Return the rooms with people in them; up to `FEW` rooms are looked up one by one."""
        if not rooms:
            return set()
        hms = self._deps.hms
        if len(rooms) <= FEW:
            active = await asyncio.gather(*(self._is_occupied(room) for room in rooms))
            return {room for room, there in zip(rooms, active, strict=True) if there}
        return {one.room_id async for one in hms.list_active_sessions() if one.room_id} & set(rooms)

    async def _is_occupied(self, room: str) -> bool:
        """Whether somebody is in the room; False for a deleted one, see `_room_gone`."""
        try:
            return await self._deps.hms.active_room(room) is not None
        except HmsForbidden:
            return False

    async def _turned(
        self,
        before: Schedule,
        after: Schedule,
        passed_dates: Sequence[PassedDate],
        occupied: set[str] | None,
        in_room: asyncio.Lock,
    ) -> None:
        """Start an armed date, or keep waiting. `occupied` None: 100ms did not answer; retry.

        The schedules of one room take turns, so that the first of them starts its recording.
        """
        async with in_room:
            await self._turned_alone(before, after, passed_dates, occupied)

    async def _turned_alone(
        self,
        before: Schedule,
        after: Schedule,
        passed_dates: Sequence[PassedDate],
        occupied: set[str] | None,
    ) -> None:
        notices = await self._notices(before, passed_dates)
        after = replace(after, room_name=await self._name_of(after))
        if after.armed_for and after.state == "active":
            if occupied is None:
                after = self._again(after)
            elif after.room_id in occupied:
                after, more = await self._start(after)
                notices += more
            elif after.armed_for != before.armed_for and (why := await self._room_gone(after)):
                after, more = self._unrecorded(after, why)
                notices += more
        await self._schedules.write(before, after, notices)

    async def _name_of(self, schedule: Schedule) -> str:
        """Return the room's current name."""
        return await self._rooms.name_of(schedule.room_id) or schedule.room_name

    async def _room_gone(self, schedule: Schedule) -> PauseReason | None:
        """Return why nobody can join the room; asked once per date, if nobody is there yet."""
        try:
            room = await self._deps.hms.get_room(schedule.room_id)
        except (HmsForbidden, HmsNotFound):
            return "room"
        except HmsError as failed:
            log.info("room_not_looked_at", room=schedule.room_id, why=str(failed))
            return None
        return None if room.enabled else "disabled"

    def _again(self, schedule: Schedule) -> Schedule:
        return replace(schedule, wake_at=self._deps.now() + AGAIN)

    async def _notices(
        self, schedule: Schedule, passed_dates: Sequence[PassedDate]
    ) -> list[Notice]:
        """Build notices of missed dates, except those started by a worker that then crashed."""
        dates = [replace(schedule, armed_for=one.due).request_id for one in passed_dates]
        done = await self._schedules.were_started(dates) if dates else set()
        notices = []
        for one, name in zip(passed_dates, dates, strict=True):
            if name in done:
                continue
            known = await self._rooms.name_of(schedule.room_id)
            gone = known is None and bool(await self._rooms.entries())
            text = views.date_passed(schedule, one, room_gone=gone)
            notices.append(Notice(f"{one.what}:{name}", schedule.channel, schedule.by, text))
        return notices

    async def _start(self, schedule: Schedule) -> tuple[Schedule, list[Notice]]:
        """Check all conditions again and commit the request. Somebody is in the room."""
        try:
            place = await self._may_start(schedule.by, schedule.channel)
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", schedule=schedule.schedule_id, why=str(unknown))
            return self._again(schedule), []
        if not isinstance(place, _Open):
            if schedule.calendar_id:
                return await self._not_followed(schedule, schedule.calendar_id, place)
            return self._paused(schedule, place)
        options, preset_gone = await self._options(schedule)
        due, now = schedule.armed_for or self._deps.now(), self._deps.now()
        end = end_set(schedule.when, due, at=now, by=None)
        room = await self._gate.room(place.may, schedule.room_id, known_as=schedule.room_name)
        request = _request(schedule, schedule.request_id, options, place, room, end=end)
        made = await commit(self._deps, self._gate, request, room, options)
        name = f"{schedule.request_id}:started"
        if isinstance(made, RoomTaken):
            rival = await self._rival(made.key)
            if rival and await self._is_free_soon(rival):
                return self._again(schedule), []
            text = views.already_recorded(schedule)
            return started(schedule), [Notice(name, schedule.channel, schedule.by, text)]
        log.info("schedule_started", schedule=schedule.schedule_id, key=made)
        if not preset_gone:
            return started(schedule), []
        told = Notice(name, schedule.channel, schedule.by, views.preset_gone(schedule))
        return started(replace(schedule, preset_id=None)), [told]  # told once, not at each date

    async def _rival(self, key: str) -> Recording | None:
        try:
            return (await self._deps.store.recordings.load(key)).recording
        except UnknownRecording:
            return None

    async def _is_free_soon(self, rival: Recording) -> bool:
        """Whether the room's recording is stopping, near its end or just over: then wait for it."""
        soon = rival.ends_at and rival.ends_at <= self._deps.now() + FREE_SOON
        ending = rival.stop_pending or rival.phase is Phase.STOPPING
        return bool(soon) or ending or rival.phase not in OCCUPIES_ROOM

    def _paused(self, schedule: Schedule, why: PauseReason) -> tuple[Schedule, list[Notice]]:
        text = views.paused_by_itself(schedule, why)
        notice = Notice(schedule.paused_identity(why), schedule.channel, schedule.by, text)
        return paused(schedule, why), [notice]

    def _unrecorded(self, schedule: Schedule, why: PauseReason) -> tuple[Schedule, list[Notice]]:
        """Pause the schedule of a room that nobody can join; the event of a calendar is over."""
        if schedule.calendar_id is None:
            return self._paused(schedule, why)
        text = views.event_not_recorded(schedule, why)
        notice = Notice(f"event:{schedule.request_id}", schedule.channel, schedule.by, text)
        return started(schedule), [notice]

    async def _not_followed(
        self, schedule: Schedule, calendar_id: str, why: PauseReason
    ) -> tuple[Schedule, list[Notice]]:
        """Stop following the calendar of an event whose owner may not start it."""
        calendar = await self._calendars.get(calendar_id)
        if calendar:
            await self._unfollow(calendar, why)
        return started(schedule), []

    async def _unfollow(self, calendar: RoomCalendar, why: PauseReason) -> None:
        """Delete a calendar and what it has scheduled, and tell its channel once."""
        name = f"calendar-dropped:{calendar.calendar_id}"
        text = views.calendar_dropped(calendar, why)
        told = Notice(name, calendar.channel, calendar.by, text)
        await self._calendars.delete(calendar.calendar_id, [told])

    async def _may_start(self, user: str, channel: str) -> "_Open | PauseReason":
        """Return the place, or why nothing may be started there. Raises SlackUnavailable.

        If Slack does not say whether the owner is still in a private channel, start: a missed
        meeting cannot be repeated, and the recording stays in the channel. Public channels are
        open to every full member.
        """
        try:
            may = await self._gate.may_start(user, channel if is_channel(channel) else None)
        except NoRight:
            person = await self._rights.people.person(user)
            return "left" if person.standing == "external" else "right"
        if not is_channel(channel):
            return _Open(may, "direct")
        try:
            seen = await self._channel(channel)
        except CannotPostThere:
            return "channel"
        except (
            SlackRefused,
            SlackUnavailable,
        ) as unknown:  # many starts at once can hit a rate limit
            log.info("channel_not_seen", why=str(unknown))
            return _Open(may, None)
        if seen.archived or not seen.member:
            return "channel"
        if not seen.public:
            horizon = await self._gate.horizon(user)
            away = horizon.complete and channel not in horizon.channels
            return "away" if away else _Open(may, "private")
        return _Open(may, "shared" if seen.shared else "public")

    async def _options(self, schedule: Schedule) -> tuple[RecordingOptions, bool]:
        """Return the preset's current options; with True, its last ones since it was deleted."""
        if schedule.preset_id is None:
            return schedule.options, False
        preset = await PresetRepository(self._deps.db).get(schedule.preset_id)
        if preset is None:
            return schedule.options, True
        return laid_over(preset.options, schedule.said), False

    # Who is where

    async def check_rooms(self) -> float:
        """Check the rooms of all waiting schedules and all rules in one pass."""
        every = self._deps.policy.presence_every
        if await self._deps.store.presence.claim_check(every):
            sessions = {
                one.room_id: one.id
                async for one in self._deps.hms.list_active_sessions()
                if one.room_id
            }
            await self._deps.store.presence.people_in(sessions)
        return min(CHECK_S, every.total_seconds())

    # Rules for rooms

    async def check_ruled_rooms(self) -> float:
        taken = await self._rules.take(BATCH, CLAIM)
        if not taken:
            return self._until(await self._rules.next_check())
        await _side_by_side(self._check_room(rule) for rule in taken)
        return 0.0

    async def _check_room(self, rule: Rule) -> None:
        """Apply a rule to its room: act first, then store the new state."""
        try:
            seen = await self._seen(rule)
        except HmsForbidden:
            await self._rules.checked(rule, await self._rule_paused(rule, "room", "gone"))
            return
        except HmsError as failed:
            log.info("room_not_looked_at", room=rule.room_id, why=str(failed))
            await self._rules.checked(rule, replace(rule, look_at=self._deps.now() + AGAIN))
            return
        if seen.earlier and seen.recording:
            await self._deps.store.recordings.poll_now(seen.recording)
        ruled = judge(rule, seen, self._deps.now(), self._deps.policy.empty_for)
        after = ruled.rule
        if ruled.start_part and seen.session_id:
            after = await self._start_by_rule(ruled, rule, seen.session_id)
        if ruled.stop and seen.recording:
            fact = StopDue(at=self._deps.now(), why="empty")
            try:
                await self._deps.store.recordings.stop_when_empty(seen.recording, fact)
            except UnknownRecording:
                log.info("forgotten_meanwhile", key=seen.recording)
        await self._rules.checked(rule, after)

    async def _seen(self, rule: Rule) -> Observation:
        active = await self._deps.hms.active_room(rule.room_id)
        row = await self._deps.store.lists.open_recording_in_room(rule.room_id)
        recording = await self._rival(row.key) if row else None
        session_id = active.session_id if active else None
        peers = active.peer_ids if active else ()
        recorder = recording.recorder_peer if recording else None
        last = await self._last_in_session(rule, session_id) if row is None else None
        return Observation(
            session_id=session_id,
            people=sum(peer != recorder for peer in peers),
            recording=row.key if row else None,
            running=row is not None and row.phase in ON_AIR,
            earlier=recording is not None and _is_of_an_earlier_session(recording, session_id),
            came=recording is not None and _came(recording),
            last_reason=last.stop_reason if last else None,
            all_had_left=last is not None and last.key == rule.seen_in and _all_had_left(last),
        )

    async def _last_in_session(self, rule: Rule, session_id: str | None) -> Recording | None:
        if session_id is None or session_id != rule.session_id:
            return None
        key = await self._rules.last_in_session(rule.room_id, session_id)
        return await self._rival(key) if key else None

    async def _start_by_rule(self, ruled: Ruled, before: Rule, session_id: str) -> Rule:
        rule = ruled.rule
        try:
            place = await self._may_start(rule.by, rule.channel)
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", room=rule.room_id, why=str(unknown))
            return replace(before, look_at=self._deps.now() + AGAIN)
        if not isinstance(place, _Open):
            return await self._rule_paused(before, place, session_id)
        name = rule.request_id(session_id, ruled.start_part)
        room = await self._gate.room(place.may, rule.room_id, known_as=rule.room_name)
        request = _request(rule, name, rule.options, place, room)
        made = await commit(self._deps, self._gate, request, room, rule.options)
        if isinstance(made, RoomTaken):  # the next check sees it
            return replace(before, look_at=self._deps.now() + AGAIN)
        log.info("rule_started", room=rule.room_id, key=made, part=ruled.start_part)
        return replace(rule, seen_in=made)

    async def _rule_paused(self, rule: Rule, why: PauseReason, session: str) -> Rule:
        """Pause the rule, and tell its channel once per session."""
        name = f"rule-paused:{rule.room_id}:{session}:{why}"
        text = views.rule_paused_by_itself(rule, why)
        await self._schedules.tell([Notice(name, rule.channel, rule.by, text)])
        return replace(rule, state="paused", why=why, look_at=None)

    # Calendars

    async def fetch_calendars(self) -> float:
        """Fetch one due calendar, if its owner may still start recordings; each is due hourly."""
        calendar = await self._calendars.take(FETCH_CLAIM)
        if calendar is None:
            return CHECK_S
        try:
            place = await self._may_start(calendar.by, calendar.channel)
            if not isinstance(place, _Open):
                await self._unfollow(calendar, place)
                return 0.0
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", calendar=calendar.calendar_id, why=str(unknown))
        try:
            await self.fetch(calendar)
        except (OutboundError, NoCalendar) as failed:
            await self._not_fetched(calendar, type(failed).__name__)
        return 0.0

    async def fetch(self, calendar: RoomCalendar) -> None:
        """Fetch a calendar and update its schedules. Raises OutboundError, NoCalendar."""
        content = await self._out.download(calendar.url, CALENDAR_BYTES)
        now = self._deps.now()
        about = partial(links_to, calendar.room_id, codes=await self._codes(calendar.room_id))
        events = await asyncio.to_thread(
            events_of, content, about, since=now - BACK, until=now + AHEAD
        )
        known = await self._schedules.of_calendar(calendar.calendar_id)
        change = follow_calendar(calendar, known, events, now, self._deps.new_id)
        for one in change.gone:
            await self._schedules.drop(one.schedule_id)
        for before, after in change.changed:
            await self._schedules.write(before, after)
        for one in change.new:
            await self._schedules.add(one)
        log.info("calendar_read", calendar=calendar.calendar_id, events=len(events))
        await self._calendars.fetched(calendar, now + FETCH_EVERY, failures=0)

    async def _codes(self, room_id: str) -> frozenset[str]:
        """Return the room's codes, by which events may link to it. They are not stored."""
        try:
            codes = await self._deps.hms.room_codes(room_id)
        except HmsError as failed:
            log.info("room_codes_not_read", room=room_id, why=str(failed))
            return frozenset()
        return frozenset(code.code.get_secret_value() for code in codes if code.enabled)

    async def _not_fetched(self, calendar: RoomCalendar, why: str) -> None:
        """Count a failed fetch and keep the schedules. After a day, tell the channel once."""
        log.warning("calendar_not_read", calendar=calendar.calendar_id, why=why)
        failures, now = calendar.failures + 1, self._deps.now()
        if failures == FAILURES_TOLD:
            name = f"calendar:{calendar.calendar_id}"
            text = views.calendar_unreadable(calendar)
            await self._schedules.tell([Notice(name, calendar.channel, calendar.by, text)])
        await self._calendars.fetched(calendar, now + FETCH_EVERY, failures=failures)

    # What channels are told

    async def tell(self) -> float:
        """Post due notices without mentions. May repeat one after a crash (docs/adr/0001)."""
        taken = await self._schedules.take_notices(BATCH, CLAIM)
        for notice in taken:
            await self._tell(notice)
        return 0.0 if taken else CHECK_S

    async def _tell(self, notice: Notice) -> None:
        message = views.notice(notice.text, subject_of(notice.identity)).payload()
        try:
            try:
                await self._deps.slack.post(notice.channel, message)
            except SlackRefused as refused:
                log.info("told_directly", channel=notice.channel, why=refused.error)
                if notice.by != notice.channel:
                    await self._deps.slack.post(notice.by, message)
        except SlackRefused as refused:
            log.warning("notice_dropped", why=refused.error)
        except SlackUnavailable as failed:
            now, policy = self._deps.now(), self._deps.policy
            if notice.made_at is None or now - notice.made_at < TELL_FOR:
                pause = policy.backoff(notice.attempts, policy.retry_first, policy.retry_cap)
                asked = timedelta(seconds=failed.retry_after_s or 0)
                await self._schedules.put_off(notice, now + max(pause, asked))
                return
            log.warning("notice_dropped", why=str(failed))
        await self._schedules.mark_sent(notice)


@dataclass(frozen=True, slots=True)
class _Open:
    """Starting is allowed there. `place` None: Slack did not return the kind of place."""

    may: MayStart
    place: Place | None


def _request(
    one: Schedule | Rule,
    request_id: str,
    options: RecordingOptions,
    place: _Open,
    room: KnownRoom,
    *,
    end: EndSet | None = None,
) -> StartRequest:
    """Build the start. A failure is sent to the person: nobody in the channel waits for it."""
    return StartRequest(
        request_id=request_id,
        room=room,
        options=options,
        may=place.may,
        via="rule" if isinstance(one, Rule) else "schedule",
        outcome=OutcomeAddress(one.by),
        end=end,
        place=place.place,
    )


def _is_of_an_earlier_session(recording: Recording, session_id: str | None) -> bool:
    """Whether 100ms has ended the recording's session, but the webhook has not arrived yet."""
    if session_id is None or recording.session_id == session_id:
        return False
    return recording.session_id is not None or recording.phase is Phase.STOPPING


def _all_had_left(recording: Recording) -> bool:
    stops = [f for f in recording.log if isinstance(f, StopDue | StopRequested)]
    return bool(stops) and all(isinstance(f, StopDue) and f.why == "empty" for f in stops)


def _came(recording: Recording) -> bool:
    return recording.request_id.startswith(("schedule:", "rule:"))


async def _side_by_side(jobs: Iterable[Awaitable[None]]) -> None:
    """Run a few jobs at a time. A failing one is logged, and its claim expires."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(job: Awaitable[None]) -> None:
        async with places:
            try:
                await job
            except (StoreError, HmsError, SlackError) as failed:
                log.warning("clock_job_failed", why=str(failed))
            except Exception:
                FAULTS.labels("clock").inc()
                log.exception("clock_job_broke")

    await asyncio.gather(*(one(job) for job in jobs))
