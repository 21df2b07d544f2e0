"""Webhooks and the recordings that they are about, with rivals in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert

from bot.core.facts import BeamStarted, Observed, StartAccepted, StartAttempted
from bot.core.note import Note
from bot.core.policy import Policy
from bot.core.recording import FailureReason
from bot.deps import Deps
from bot.engine.housekeeping import tidy
from bot.engine.inbox import match_inbox
from bot.features.doctor.store import DoctorRepository
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.hms.webhook import Envelope, ids_of
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.inbox import Inbox
from bot.store.repository import TeamDatabase
from bot.store.schema import facts
from bot.store.store import Store
from bot.store.values import InboxEntry, InboxState, Settled, Team
from tests.contract.store_support import LEASE, T0, Clock, S, add_facts, created, entry, new_key
from tests.integration.engine.test_loop import NOBODY

HOUR = timedelta(hours=1)
STARTED = {"type": "beam.started.success", "data": {"job_id": "job-1", "room_id": "room-1"}}


def webhook(body: Mapping[str, object], identity: str = "e1") -> InboxEntry:
    """As the endpoint keeps it."""
    ids = ids_of(Envelope.model_validate(body))
    where = {"room_id": ids.room_id, "session_id": ids.session_id}
    return entry(identity, body=body, aliases=sorted(ids.aliases), **where)


@dataclass
class Answered:
    """What a start of 100ms' brings, noted by whoever made the call."""

    store: Store
    key: str
    left: list[int] = field(default_factory=lambda: [1])

    async def __call__(self) -> None:
        if self.left:
            self.left.pop()
            accepted = StartAccepted(at=T0 + S, hms_id="job-1")
            await self.store.recordings.record(self.key, Note(facts=[accepted], aliases=["job-1"]))


class SlowInbox(Inbox):
    """Between its look and its verdict a matcher takes so long that something comes in between."""

    between: Answered

    async def settle(self, settled: Sequence[Settled]) -> None:
        await self.between()
        await super().settle(settled)


def deps_of(store: Store, clock: Clock, session: aiohttp.ClientSession) -> Deps:
    slack = SlackGateway(
        AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
        Outbound(),
        None,
    )
    hms = HmsClient("http://127.0.0.1:9", FixedToken("none"), new_client(), Outbound())
    return Deps(store, slack, hms, Policy(), NOBODY, clock.now, new_key)


async def test_a_name_learnt_while_it_was_looked_for_is_not_missed(
    store: Store, team: Team, clock: Clock
) -> None:
    key = await created(store)
    await add_facts(store, key, [StartAttempted(at=T0)])
    await store.inbox.put(webhook(STARTED))
    slow = Store(TeamDatabase(store.db.database, team, now=clock.now, lease=LEASE))
    slow.inbox = inbox = SlowInbox(slow.db)
    inbox.between = Answered(store, key)
    async with aiohttp.ClientSession() as session:
        await match_inbox(deps_of(slow, clock, session))
        await match_inbox(deps_of(store, clock, session))
    log = (await store.recordings.load(key)).recording.log
    assert [f for f in log if isinstance(f, BeamStarted)]
    assert await store.inbox.waiting() == []


async def test_after_an_hour_it_is_nobodys(store: Store, clock: Clock) -> None:
    """Also if nothing makes anyone look at it once more."""
    key = await created(store)
    await add_facts(store, key, [StartAttempted(at=T0)])
    await store.inbox.put(webhook(STARTED))
    async with aiohttp.ClientSession() as session:
        deps = deps_of(store, clock, session)
        await match_inbox(deps)
        clock.advance(HOUR)
        await tidy(deps)
        assert len(await store.inbox.waiting()) == 1
        clock.advance(S)
        await tidy(deps)
    assert await store.inbox.waiting() == []
    assert (await DoctorRepository(store.db).received(T0)).ignored == 1


@pytest.mark.parametrize("late", [InboxState.WAITING, InboxState.IGNORED, InboxState.NEW])
async def test_a_late_verdict_does_not_undo_a_match(store: Store, late: InboxState) -> None:
    """Of a matcher that was away for longer than the lease of what it had taken."""
    key = await created(store)
    await store.inbox.put(entry())
    [item] = await store.inbox.take(9)
    await store.recordings.record(key, Note(), inbox=[item.id])
    await store.inbox.settle([Settled(item.id, late)])
    assert await store.inbox.take(9) == []
    assert (await DoctorRepository(store.db).received(T0)).matched == 1


async def test_a_recording_that_cannot_be_read_holds_up_no_other(
    store: Store, team: Team, clock: Clock
) -> None:
    """As while a deploy rolls: newer code has noted what this one does not know."""
    broken, sound = [await created(store, room_id=f"room-{n}") for n in range(2)]
    for n, key in enumerate((broken, sound)):
        await store.recordings.record(key, Note(aliases=[f"job-{n}"]))
        data = {"job_id": f"job-{n}", "room_id": f"room-{n}"}
        body = {"type": "beam.started.success", "data": data}
        await store.inbox.put(webhook(body, f"e{n}"))
    of_the_future = {
        "enterprise_id": team.enterprise_id,
        "team_id": team.team_id,
        "recording_key": broken,
        "identity": "tomorrow:1",
        "kind": "tomorrow",
        "at": T0,
        "body": {"kind": "tomorrow", "at": T0.isoformat()},
    }
    async with store.db.database.write() as conn:
        await conn.execute(insert(facts), of_the_future)
    async with aiohttp.ClientSession() as session:
        await match_inbox(deps_of(store, clock, session))
    assert any(
        isinstance(f, BeamStarted) for f in (await store.recordings.load(sound)).recording.log
    )
    clock.advance(LEASE)
    assert [item.entry.identity for item in await store.inbox.take(9)] == ["e0"]


def failure(at: timedelta, session_id: str | None = "session-1") -> dict[str, object]:
    """It names ids that nobody has met, and no beginning."""
    data = {
        "beam_id": "beam-9",
        "job_id": "job-9",
        "room_id": "room-1",
        "session_id": session_id,
        "error_type": "UPLOAD_ERROR",
        "state_timestamp": (T0 + at).isoformat(),
    }
    return {"type": "beam.failure", "data": {k: v for k, v in data.items() if v}}


@pytest.mark.parametrize("webhook_first", [True, False])
@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (failure(30 * S), FailureReason.UPLOAD_ERROR),
        (failure(-30 * S), FailureReason.UNKNOWN),  # of an earlier one
        (failure(30 * S, "session-2"), FailureReason.UNKNOWN),
        (failure(30 * S, None), FailureReason.UNKNOWN),
    ],
)
async def test_a_failure_under_unknown_ids_belongs_to_the_one_that_failed_in_its_session(
    store: Store, clock: Clock, webhook_first: bool, body: dict[str, object], cause: FailureReason
) -> None:
    key = await created(store)
    accepted = StartAccepted(at=T0 + S, hms_id="job-1")
    runs = Observed(at=T0 + 2 * S, status="running", session_id="session-1")
    await store.recordings.record(key, Note(facts=[accepted, runs], aliases=["job-1"]))
    clock.advance(40 * S)
    failed = Note(facts=[Observed(at=clock.now(), status="failed", session_id="session-1")])
    async with aiohttp.ClientSession() as session:
        deps = deps_of(store, clock, session)
        if not webhook_first:
            await store.recordings.record(key, failed)
        await store.inbox.put(webhook(body))
        await match_inbox(deps)
        if webhook_first:
            recording = (await store.recordings.load(key)).recording
            assert recording.problem is None, "100ms itself has not said so yet"
            await store.recordings.record(key, failed)
            await match_inbox(deps)
    problem = (await store.recordings.load(key)).recording.problem
    assert problem is not None
    assert problem.why is cause
    if cause is FailureReason.UPLOAD_ERROR:
        assert await store.recordings.keys_by_alias(["beam-9", "job-9"]) == {
            "beam-9": key,
            "job-9": key,
        }
