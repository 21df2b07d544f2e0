"""Posting, the call that Slack gives no key for: announced, made, noted.

Between the call and the note lies the only window in which something can appear twice
(docs/adr/0001). A post that Slack certainly did not take leaves the window at once.
"""

from dataclasses import replace

import structlog

from bot.core.deliveries import Delivery, Kind, State
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


async def announce(ctx: Context, kind: Kind, target: str) -> Delivery:
    """Commit that we are about to send; the delivery as it now stands."""
    earlier = ctx.work.delivery(kind, target)
    if earlier and earlier.state is State.SENDING:
        POSSIBLE_DOUBLES.labels(kind).inc()
        log.warning("posting_again", key=ctx.key, kind=kind.value, target=target)
    sending = Delivery(
        kind,
        target,
        State.SENDING,
        retry=Retry((earlier.retry.attempts if earlier else 0) + 1),
        changed_at=ctx.now,
    )
    await ctx.announce(deliveries=[sending])
    return sending


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
    """To be sent again; only what may have arrived stays `SENDING`. An outage is no try of ours."""
    policy = ctx.deps.policy
    earlier = Retry(sending.retry.attempts - 1)
    later = next_retry(policy, ctx.now, earlier, retry_after_s=failed.retry_after_s)
    if isinstance(failed, NotInstalled):
        later = replace(later, attempts=earlier.attempts)
    state = State.SENDING if failed.reached else State.WAITING
    waiting = replace(sending, state=state, retry=later, error=str(failed))
    return Note(deliveries=[waiting])


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
