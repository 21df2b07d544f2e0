"""People leave and come back, rooms vanish: what a rule does then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from record_bot_sandbox.slack import seed

from bot.core.facts import (
    BeamStarted,
    Fact,
    Observed,
    StartAccepted,
    StopDue,
    StopRequested,
)
from bot.features.rules.model import Rule
from tests.integration.schedules_kit import Stage, leaves, somebody_in
from tests.unit.some import requested


async def test_a_rule_of_a_room_that_is_gone_pauses(there: Stage) -> None:
    room, now = there.room(), there.parts.deps.now()
    await there.rules.set(Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now, look_at=now))
    del there.hms.state.rooms[room.id]
    await there.parts.timekeeper.rules.check_ruled_rooms()
    rule = await there.rules.get(room.id)
    assert rule is not None
    assert (rule.state, rule.why, rule.look_at) == ("paused", "room", None)
    (told,) = await there.notices()
    assert "100ms no longer has the room" in told.text


async def test_a_rule_and_a_schedule_at_the_same_time(there: Stage) -> None:
    somebody_in(there)
    room, now = there.room(), there.parts.deps.now()
    await there.rules.set(Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now, look_at=now))
    await there.due()
    await there.turn()
    await there.parts.timekeeper.rules.check_ruled_rooms()
    assert len(await there.recordings()) == 1


async def test_a_rule_of_who_has_left_pauses_and_says_how_to_go_on(there: Stage) -> None:
    somebody_in(there)
    room, now = there.room(), there.parts.deps.now()
    await there.rules.set(Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now, look_at=now))
    leaves(there)
    await there.parts.timekeeper.rules.check_ruled_rooms()
    rule = await there.rules.get(room.id)
    assert rule is not None
    assert (rule.state, rule.why) == ("paused", "left")
    (told,) = await there.notices()
    assert f"/record auto {room.name} on" in told.text
    assert await there.recordings() == []


@pytest.mark.parametrize(
    ("stop", "recorded"),
    [
        (lambda now: StopDue(at=now, why="empty"), 2),
        (lambda now: StopDue(at=now, why="time"), 1),
        (lambda now: StopRequested(at=now, by="U1", by_name="ines"), 1),
    ],
    ids=["everybody had left", "its time was over", "stopped by hand"],
)
async def test_people_who_come_back_are_in_the_same_session(
    there: Stage, stop: Callable[[datetime], Fact], recorded: int
) -> None:
    """They are recorded again, unless a person, or the end that was set, had stopped it."""
    somebody_in(there)
    room, deps = there.room(), there.parts.deps
    assert room.session is not None
    session, now = room.session.id, deps.now()
    facts: list[Fact] = [
        StartAccepted(at=now, hms_id="job-1"),
        Observed(at=now, status="running", session_id=session),
        stop(now),
        Observed(at=now, status="completed", session_id=session),
    ]
    first = requested().model_copy(update={"room_id": room.id, "at": now})
    await deps.store.recordings.create("key-1", first, also=facts)
    rule = Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now, look_at=now)
    await there.rules.set(rule)
    await there.rules.checked(rule, replace(rule, session_id=session, parts=1, seen_in="key-1"))
    await there.rules.set(replace(rule, look_at=now))
    await there.parts.timekeeper.rules.check_ruled_rooms()
    assert len(await there.recordings()) == recorded


async def test_the_recorder_is_nobody(there: Stage) -> None:
    """A room that only the recorder is in is empty."""
    room, deps = there.room(), there.parts.deps
    recorder = there.hms.people.join(room, "Beam")
    now = deps.now()
    facts: list[Fact] = [
        StartAccepted(at=now, hms_id="job-1"),
        Observed(at=now, status="running"),
        BeamStarted(at=now, peer_id=recorder.id, job_id="job-1"),
    ]
    first = requested().model_copy(update={"room_id": room.id, "at": now})
    await deps.store.recordings.create("key-1", first, also=facts)
    rule = Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now, look_at=now, seen_in="key-1")
    await there.rules.set(rule)
    await there.parts.timekeeper.rules.check_ruled_rooms()
    empty = await there.rules.get(room.id)
    assert empty is not None
    assert empty.empty_since is not None
    somebody_in(there)
    await deps.store.presence.people_in({room.id: "another session"})
    await there.parts.timekeeper.rules.check_ruled_rooms()
    occupied = await there.rules.get(room.id)
    assert occupied is not None
    assert occupied.empty_since is None
