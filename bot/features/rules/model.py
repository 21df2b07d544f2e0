"""Rules for rooms: values, and what one observation of a room leads to. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.options import RecordingOptions
from bot.features.automatic.model import AutomaticState, PauseReason

MAX_DURATION = "max duration reached"  # 100ms' reason for a stop at its time limit
PARTS_MOST = 2
SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that applies to every session of a room.

    `session_id` is the last session that was recorded, by the rule or otherwise. `seen_in` is the
    recording during which people were seen: only after that can everybody have left.
    """

    room_id: str
    room_name: str
    channel: str
    by: str
    created_at: datetime
    every_session: bool = True
    least_people: int = 1
    until_empty: bool = True
    options: RecordingOptions = field(default_factory=RecordingOptions)
    state: AutomaticState = "active"
    why: PauseReason | None = None
    look_at: datetime | None = None
    session_id: str | None = None
    parts: int = 0
    seen_in: str | None = None
    empty_since: datetime | None = None

    def request_id(self, session_id: str, part: int) -> str:
        """The request id of a part of a session: one start for each part."""
        more = f":{part}" if part > 1 else ""
        return f"rule:{self.room_id}:{session_id}{more}"


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation of a room. `session_id` None: nobody is there.

    `recording` is the key of the room's active recording. `running`: it can be stopped. `came`: it
    was started because somebody was there. `last_reason` is 100ms' reason for the end of this
    session's last recording. `all_had_left`: the bot stopped that one because the room was empty.
    """

    session_id: str | None = None
    people: int = 0
    recording: str | None = None
    running: bool = False
    came: bool = False
    earlier: bool = False  # it belongs to an earlier session; the current session waits for its end
    last_reason: str | None = None
    all_had_left: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """The result of an observation: the new state of the rule, and whether to start or stop."""

    rule: Rule
    start_part: int = 0  # 0: do not start
    stop: bool = False


def judge(rule: Rule, seen: Observation, now: datetime, empty_for: timedelta) -> Ruled:
    """Decide whether to start or stop: one start per session.

    A manual stop is final for the session, and a manual start is left alone. People who return
    after all had left are in the same 100ms session, and are recorded again.
    """
    one = replace(rule, look_at=None)
    if rule.state != "active":
        return Ruled(replace(one, empty_since=None))
    if seen.earlier:
        return Ruled(replace(one, look_at=now + SOON))
    if seen.recording:
        if seen.session_id and seen.session_id != one.session_id:
            one = replace(one, session_id=seen.session_id, parts=1)
        return _while_recorded(one, seen, now, empty_for)
    one = replace(one, empty_since=None)
    enough = seen.session_id is not None and seen.people >= rule.least_people
    if not (rule.every_session and enough):
        return Ruled(one)
    if seen.session_id != rule.session_id:
        return Ruled(replace(one, session_id=seen.session_id, parts=1), start_part=1)
    too_long = seen.last_reason == MAX_DURATION and rule.parts < PARTS_MOST
    if too_long or seen.all_had_left:
        return Ruled(replace(one, parts=rule.parts + 1), start_part=rule.parts + 1)
    return Ruled(one)


def _while_recorded(rule: Rule, seen: Observation, now: datetime, empty_for: timedelta) -> Ruled:
    """Stop if somebody was there and two observations `empty_for` apart find nobody."""
    if seen.people:
        return Ruled(replace(rule, seen_in=seen.recording, empty_since=None))
    somebody_was_there = seen.came or rule.seen_in == seen.recording
    if not (rule.until_empty and seen.running and somebody_was_there):
        return Ruled(replace(rule, empty_since=None))
    if rule.empty_since is None or rule.empty_since > now:  # later than now: the clock was set back
        return Ruled(replace(rule, empty_since=now, look_at=now + empty_for))
    if now - rule.empty_since < empty_for:
        return Ruled(replace(rule, look_at=rule.empty_since + empty_for))
    return Ruled(replace(rule, empty_since=None), stop=True)
