"""Applies rules to their rooms: starts and stops recordings.

All work is rows with due times. A worker claims a row by postponing its time. A request id
(`Rule.request_id`), unique in the database, limits a part of a session to one recording, however
often and by however many workers it is tried.
"""

from dataclasses import replace

import structlog

from bot.access.gate import Gate
from bot.core.facts import StopDue, StopRequested
from bot.core.recording import ON_AIR, Phase, Recording
from bot.deps import Deps
from bot.features.automatic.model import Notice, PauseReason
from bot.features.automatic.steps import (
    AGAIN,
    BATCH,
    CLAIM,
    DueChecks,
    Open,
    side_by_side,
    start_request,
)
from bot.features.automatic.store import NoticeRepository
from bot.features.rules import views
from bot.features.rules.model import Observation, Rule, Ruled, judge
from bot.features.rules.store import RuleRepository
from bot.features.start.service import commit
from bot.hms.errors import HmsError, HmsForbidden
from bot.slack.errors import SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.store.values import RoomTaken

log = structlog.get_logger()


class DueRules:
    """Checks the rooms of rules."""

    def __init__(self, deps: Deps, gate: Gate, checks: DueChecks) -> None:
        self._deps = deps
        self._gate = gate
        self._checks = checks
        self._rules = RuleRepository(deps.db)
        self._notices = NoticeRepository(deps.db)

    async def check_ruled_rooms(self) -> float:
        taken = await self._rules.take(BATCH, CLAIM)
        if not taken:
            return self._checks.until(await self._rules.next_check())
        await side_by_side(self._check_room(rule) for rule in taken)
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
        recording = await self._checks.recording(row.key) if row else None
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
        return await self._checks.recording(key) if key else None

    async def _start_by_rule(self, ruled: Ruled, before: Rule, session_id: str) -> Rule:
        rule = ruled.rule
        try:
            place = await self._checks.may_start(rule.by, rule.channel)
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", room=rule.room_id, why=str(unknown))
            return replace(before, look_at=self._deps.now() + AGAIN)
        if not isinstance(place, Open):
            return await self._rule_paused(before, place, session_id)
        name = rule.request_id(session_id, ruled.start_part)
        room = await self._gate.room(place.may, rule.room_id, known_as=rule.room_name)
        request = start_request(rule, name, rule.options, place, room, via="rule")
        made = await commit(self._deps, self._gate, request, room, rule.options)
        if isinstance(made, RoomTaken):  # the next check sees it
            return replace(before, look_at=self._deps.now() + AGAIN)
        log.info("rule_started", room=rule.room_id, key=made, part=ruled.start_part)
        return replace(rule, seen_in=made)

    async def _rule_paused(self, rule: Rule, why: PauseReason, session: str) -> Rule:
        """Pause the rule, and tell its channel once per session."""
        name = f"rule-paused:{rule.room_id}:{session}:{why}"
        text = views.rule_paused_by_itself(rule, why)
        await self._notices.tell([Notice(name, rule.channel, rule.by, text)])
        return replace(rule, state="paused", why=why, look_at=None)


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
