"""Collects the data of `/record doctor` concurrently, within a few seconds."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.core.deliveries import DeliveryState
from bot.core.derive import last_failure
from bot.core.places import is_channel
from bot.core.policy import is_late
from bot.core.steps import Start, Stop, retry_name
from bot.deps import Deps
from bot.features.doctor.checks import Collected, findings, permissions
from bot.features.doctor.database import check_commit
from bot.features.doctor.model import (
    DoctorReport,
    Finding,
    LocalReport,
    NotReported,
    Place,
    Stuck,
    Undelivered,
    Verdict,
)
from bot.features.doctor.pages import check_pages
from bot.features.doctor.store import DoctorRepository
from bot.hms.errors import HmsRefused, HmsUnavailable
from bot.kit.version import version
from bot.slack.errors import NotInstalled, SlackError, SlackRefused
from bot.store.errors import UnknownRecording, UnreadableRecording
from bot.ui.problems import CLOSED

LATELY = timedelta(hours=24)
PARKED_LATELY = timedelta(days=7)
WITHIN_S = 6.0
COUNTED_AT_MOST = 300  # three pages of 100ms' history
REASONS = 3
STUCK_AT_MOST = 100
START, STOP = retry_name(Start()), retry_name(Stop())
T = TypeVar("T")


async def report(deps: Deps, *, user: str, channel: str) -> DoctorReport:
    """Collect the whole report. `channel` is where it was requested, or the person's id."""
    store, now = deps.store, deps.now()
    messages = await DoctorRepository(store.db).stuck_messages(
        channel, now - PARKED_LATELY, STUCK_AT_MOST
    )
    steps = await DoctorRepository(store.db).stuck_steps(channel, STUCK_AT_MOST)
    steps = [await _with_cause(deps, one, user) for one in steps]
    overdue = await late(deps, channel)
    undelivered, pages, identity, place = await asyncio.gather(
        _undelivered_or_why(deps),
        _in_time(check_pages(deps.public_url)),
        _in_time(deps.slack.identity()),  # ask again: scopes may have been granted since the start
        _in_time(_place(deps, channel, messages)),
    )
    return DoctorReport(
        webhooks=deps.policy.webhooks,
        received=await DoctorRepository(store.db).received(now - LATELY),
        ends=await DoctorRepository(store.db).ends(now - LATELY),
        undelivered=undelivered,
        owed=await store.heartbeat.owed_replay(),
        stuck=(*(message for message in messages if not message.over), *steps, *overdue),
        unanswered=await DoctorRepository(store.db).unanswered(),
        cooldowns=tuple(await store.cooldowns.running()),
        findings=findings(
            Collected(
                scopes=identity.scopes if identity else (),
                org_wide=identity is not None and identity.is_org_wide,
                short_secrets=deps.short_secrets,
                store=await check_commit(store),
                dead=await store.dead_letters.count(),
                pages=pages,
            )
        ),
        place=place,
        asker=user,
        version=version(),
    )


async def local_report(deps: Deps, *, user: str, channel: str) -> LocalReport:
    """Collect the report for people of another organisation, without workspace data."""
    health = DoctorRepository(deps.db)
    since = deps.now() - PARKED_LATELY
    messages = await health.stuck_messages(channel, since, STUCK_AT_MOST, only_for=user)
    steps = await health.stuck_steps(channel, STUCK_AT_MOST, only_for=user)
    place = await _in_time(_place(deps, channel, messages))
    theirs = [one for one in await late(deps, channel) if one.here or one.starter == user]
    waiting = (*(message for message in messages if not message.over), *steps, *theirs)
    return LocalReport(waiting, place, user)


async def _with_cause(deps: Deps, stuck: Stuck, user: str) -> Stuck:
    """Add 100ms' answer to the start or stop, if the asker may see the recording."""
    theirs = stuck.here or stuck.starter == user
    if not theirs or stuck.step not in (START, STOP):
        return stuck
    try:
        recording = (await deps.store.recordings.load(stuck.key)).recording
    except (UnknownRecording, UnreadableRecording):
        return stuck
    failed = last_failure(recording.log, "start")
    return replace(stuck, failed=failed if stuck.step == START else recording.stop_failed)


async def late(deps: Deps, channel: str = "") -> list[Stuck]:
    """Return recordings whose cards say that 100ms takes longer than usual."""
    found: list[Stuck] = []
    for key in await DoctorRepository(deps.db).open_at_hms(STUCK_AT_MOST):
        try:
            recording = (await deps.store.recordings.load(key)).recording
        except (UnknownRecording, UnreadableRecording):  # forgotten meanwhile, or unreadable
            continue
        if is_late(recording, deps.policy, deps.now()):
            here = channel in recording.channels
            name, by = recording.name, recording.starter or ""
            found.append(Stuck(name, by, recording.origin, here, late=True))
    return found


async def missing(deps: Deps) -> tuple[Finding, ...]:
    """Ask Slack which scopes the token lacks now; empty if Slack does not say, or none."""
    identity = await _in_time(deps.slack.identity())
    found = permissions(identity.scopes if identity else ())
    return () if found.verdict in (Verdict.OK, Verdict.NOTE) else (found,)


async def _in_time(work: Awaitable[T]) -> T | None:
    """Return the result, or None without a timely answer: the rest of the report is useful, too."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await work
    except (SlackError, TimeoutError):
        return None


async def _undelivered_or_why(deps: Deps) -> Undelivered | NotReported:
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _undelivered(deps)
    except HmsUnavailable as failed:
        return NotReported(failed.cause, failed.status, failed.message)
    except HmsRefused as refused:
        return NotReported("refused", refused.status, refused.message)
    except TimeoutError:
        return NotReported("timeout")


async def _undelivered(deps: Deps) -> Undelivered:
    """Count undelivered webhooks in 100ms' history, which covers the whole account."""
    now = deps.now()
    reasons: Counter[str] = Counter()
    counted = 0
    async for failed in deps.hms.list_webhook_deliveries(now - LATELY, now, status="failed"):
        if counted == COUNTED_AT_MOST:
            return Undelivered(counted, tuple(reasons.most_common(REASONS)), more=True)
        counted += 1
        if failed.error_reason:
            reasons[failed.error_reason] += 1
    return Undelivered(counted, tuple(reasons.most_common(REASONS)))


async def _place(deps: Deps, channel: str, stuck: list[Stuck]) -> Place:
    """Check whether the bot may post; a restriction to some people shows only in a refused post."""
    if not is_channel(channel):
        return Place(channel)
    try:
        seen = await deps.slack.channel(channel)
    except NotInstalled as removed:
        return Place(channel, removed.error)
    except SlackRefused as refused:
        return Place(channel, refused.error)
    if seen.archived:
        return Place(channel, "is_archived")
    if not seen.member:
        return Place(channel, "not_in_channel")
    parked = (s.error for s in stuck if s.target == channel and s.state is DeliveryState.PARKED)
    return Place(channel, next((error for error in parked if error in CLOSED), None))
