"""Posting, the call that Slack gives no key for: announced, made, noted.

Between the call and the note lies the only window in which something can appear twice
(docs/adr/0001). A post that Slack certainly did not take leaves the window at once.
"""

from collections.abc import Awaitable
from dataclasses import replace

import structlog

from bot.core.deliveries import Delivery, Kind, State, noes_name
from bot.core.facts import CannotPost, Fact
from bot.core.note import Note
from bot.core.policy import look_again_at
from bot.core.retry import Retry
from bot.engine.context import Context, next_retry
from bot.kit.metrics import POSSIBLE_DOUBLES
from bot.slack.errors import (
    CannotPostThere,
    NotAuthorized,
    NotInstalled,
    SlackRefused,
    SlackUnavailable,
)
from bot.ui.message import Message, content_hash

log = structlog.get_logger()


async def announce(
    ctx: Context, kind: Kind, target: str, *, file_id: str | None = None
) -> Delivery:
    """Commit that we are about to send; the delivery as it is now."""
    earlier = ctx.work.delivery(kind, target)
    if earlier and earlier.state is State.SENDING:
        POSSIBLE_DOUBLES.labels(kind).inc()
        log.warning("posting_again", key=ctx.key, kind=kind.value, target=target)
    sending = replace(next_try(ctx, kind, target), file_id=file_id)
    await ctx.announce(deliveries=[sending])
    return sending


def next_try(ctx: Context, kind: Kind, target: str) -> Delivery:
    """One more attempt, not committed yet."""
    earlier = ctx.work.delivery(kind, target)
    retry = Retry((earlier.retry.attempts if earlier else 0) + 1)
    return Delivery(kind, target, State.SENDING, retry=retry, changed_at=ctx.now)


async def post(
    ctx: Context,
    kind: Kind,
    target: str,
    message: Message,
    *,
    channel: str | None = None,
    thread_ts: str | None = None,
    shown: str | None = None,
) -> Note:
    """Post a message and note where it is. `channel` where it differs from the target.

    `shown` is the hash to note, where it is not that of the message itself.
    """
    sending = await announce(ctx, kind, target)
    where = channel or target
    return await send(ctx, sending, message, channel=where, thread_ts=thread_ts, shown=shown)


async def send(
    ctx: Context,
    sending: Delivery,
    message: Message,
    *,
    channel: str,
    thread_ts: str | None,
    shown: str | None = None,
) -> Note:
    """Post what is announced already."""
    try:
        posted = await ctx.deps.slack.post(channel, message.payload(), thread_ts=thread_ts)
    except SlackUnavailable as failed:
        return not_now(ctx, sending, failed)
    except SlackRefused as refused:
        return not_there(ctx, sending, refused)
    sent = replace(
        sending,
        state=State.SENT,
        posted_in=posted.channel,
        ts=posted.ts,
        hash=shown or content_hash(message),
        changed_at=ctx.now,
    )
    return Note(deliveries=[sent])


def not_now(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> Note:
    """To be sent again; only what may have arrived stays `SENDING`. An outage is no try of ours.

    Answers that say no end after ten, what does not get through a day after the recording; a token
    that is refused counts not at all.
    """
    policy = ctx.deps.policy
    noes = noes_after(ctx, sending, failed)
    if is_over(ctx, sending, failed):
        return Note(deliveries=[_ended(ctx, sending, failed)], retries={**noes})
    earlier = Retry(sending.retry.attempts - 1)
    later = next_retry(
        policy,
        ctx.now,
        earlier,
        retry_after_s=failed.retry_after_s,
        first=policy.post_again if failed.reached else None,
    )
    if isinstance(failed, NotInstalled):
        later = replace(later, attempts=earlier.attempts)
    state = State.SENDING if failed.reached else State.WAITING
    waiting = replace(sending, state=state, retry=later, error=str(failed))
    return Note(deliveries=[waiting], retries={**noes})


async def insist(ctx: Context, shown: Delivery, call: Awaitable[None]) -> dict[str, None]:
    """Edit or delete what is shown; the counters to clear in the note of the step.

    Raises SlackUnavailable, so that the step is tried again; and SlackRefused in its place once
    Slack has answered often enough that it cannot: there is an end to such tries.
    """
    try:
        await call
    except SlackUnavailable as failed:
        if is_over(ctx, shown, failed):
            raise SlackRefused(str(failed)) from failed
        if noes := noes_after(ctx, shown, failed):
            await ctx.keep(retries=noes)
        raise
    name = noes_name(shown)
    return {name: None} if name in ctx.work.retries else {}


def is_over(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> bool:
    """No further try is made."""
    policy = ctx.deps.policy
    if isinstance(failed, NotInstalled):
        return False
    said_no = noes_after(ctx, sending, failed).get(noes_name(sending))
    if said_no and said_no.attempts >= policy.tries_refused:
        return True
    return look_again_at(ctx.recording, policy, 1, ctx.now) is None


def noes_after(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> dict[str, Retry]:
    """How often Slack itself has said that it cannot, with this answer."""
    name = noes_name(sending)
    before = ctx.work.retries.get(name) or Retry()
    return {name: Retry(before.attempts + 1, ctx.now)} if failed.answered else {}


def _ended(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> Delivery:
    """A card is looked at again for as long as the recording lasts; the rest is given up."""
    if sending.kind is Kind.CARD:
        return parked(ctx, sending, SlackRefused(str(failed)))
    return replace(sending, state=State.DROPPED, error=str(failed), retry=Retry())


def not_there(ctx: Context, sending: Delivery, refused: SlackRefused) -> Note:
    """Parked: the others go on, and an event or a later look wakes this one (docs/adr/0013).

    Without a right of our own nothing is known about the channel: that one is tried again sooner.
    """
    if isinstance(refused, NotAuthorized):
        attempts = sending.retry.attempts
        later = next_retry(ctx.deps.policy, ctx.now, Retry(attempts + 5))
        later = replace(later, attempts=attempts)
        waiting = replace(sending, state=State.WAITING, retry=later, error=refused.error)
        return Note(deliveries=[waiting])
    facts: list[Fact] = []
    if sending.kind is Kind.CARD and isinstance(refused, CannotPostThere):
        facts = [CannotPost(at=ctx.now, channel_id=sending.target, error=refused.error)]
    return Note(facts=facts, deliveries=[parked(ctx, sending, refused)])


def parked(ctx: Context, tried: Delivery, refused: SlackRefused) -> Delivery:
    """Looked at again all the same: the event that wakes it may be lost, or be over already."""
    tries = tried.retry.attempts
    again_at = look_again_at(ctx.recording, ctx.deps.policy, tries, ctx.now)
    retry = Retry(tries, again_at)
    return replace(tried, state=State.PARKED, error=refused.error, retry=retry)
