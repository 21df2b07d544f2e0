"""Posting to Slack, which has no idempotency key: announce, call, store the result.

A crash between the call and the stored result is the only way in which something can appear twice
(docs/adr/0001). A post that certainly did not reach Slack is not at risk.
"""

from collections.abc import Awaitable
from dataclasses import replace

import structlog

from bot.core.deliveries import Delivery, DeliveryState, Kind, refusals_name
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
    """Commit that we are about to send. Return the delivery in the state `SENDING`."""
    earlier = ctx.work.delivery(kind, target)
    if earlier and earlier.state is DeliveryState.SENDING:
        POSSIBLE_DOUBLES.labels(kind).inc()
        log.warning("posting_again", key=ctx.key, kind=kind.value, target=target)
    sending = replace(next_try(ctx, kind, target), file_id=file_id)
    await ctx.announce(deliveries=[sending])
    return sending


def next_try(ctx: Context, kind: Kind, target: str) -> Delivery:
    """Return the delivery with one more attempt, not committed yet.

    The hash stays: it is of what people read last, even if that is to be posted anew.
    """
    earlier = ctx.work.delivery(kind, target)
    retry = Retry((earlier.retry.attempts if earlier else 0) + 1)
    read = earlier.hash if earlier else None
    return Delivery(kind, target, DeliveryState.SENDING, hash=read, retry=retry, changed_at=ctx.now)


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
    """Announce and post a message.

    `channel` defaults to the target, and `shown`, the hash to store, to that of the message.
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
    """Post a message whose delivery was announced."""
    try:
        posted = await ctx.deps.slack.post(channel, message.payload(), thread_ts=thread_ts)
    except SlackUnavailable as failed:
        return not_now(ctx, sending, failed)
    except SlackRefused as refused:
        return not_there(ctx, sending, refused)
    sent = replace(
        sending,
        state=DeliveryState.SENT,
        posted_in=posted.channel,
        ts=posted.ts,
        hash=shown or content_hash(message),
        changed_at=ctx.now,
    )
    return Note(deliveries=[sent])


def not_now(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> Note:
    """Schedule a retry. The delivery stays `SENDING` only if Slack may have received it.

    Retries end after too many answers by which Slack says that it cannot, or a day after the
    recording. While the token is refused nothing is counted.
    """
    policy = ctx.deps.policy
    refusals = refusals_after(ctx, sending, failed)
    card = sending.kind is Kind.CARD
    if is_over(ctx, sending, failed, policy.cards_refused if card else policy.tries_refused):
        return Note(deliveries=[_ended(ctx, sending, failed)], retries={**refusals})
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
    state = DeliveryState.SENDING if failed.reached else DeliveryState.WAITING
    waiting = replace(sending, state=state, retry=later, error=str(failed))
    return Note(deliveries=[waiting], retries={**refusals})


async def insist(
    ctx: Context, shown: Delivery, call: Awaitable[None], *, tries: int
) -> dict[str, None]:
    """Edit or delete a posted message. Return the retry counters to clear in the step's note.

    Raises SlackUnavailable, so that the step is retried, or SlackRefused in its place when the
    retries are over (`is_over`).
    """
    try:
        await call
    except SlackUnavailable as failed:
        if is_over(ctx, shown, failed, tries):
            raise SlackRefused(str(failed)) from failed
        if refusals := refusals_after(ctx, shown, failed):
            await ctx.keep(retries=refusals)
        raise
    name = refusals_name(shown)
    return {name: None} if name in ctx.work.retries else {}


def is_over(ctx: Context, sending: Delivery, failed: SlackUnavailable, tries: int) -> bool:
    """Whether no further attempt is made: after so many `tries` that Slack answered, or by time."""
    if isinstance(failed, NotInstalled):
        return False
    said_no = refusals_after(ctx, sending, failed).get(refusals_name(sending))
    if said_no and said_no.attempts >= tries:
        return True
    return look_again_at(ctx.recording, ctx.deps.policy, 1, ctx.now) is None


def refusals_after(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> dict[str, Retry]:
    """Count the answers by which Slack itself says that it cannot, this one included."""
    name = refusals_name(sending)
    before = ctx.work.retries.get(name) or Retry()
    return {name: Retry(before.attempts + 1, ctx.now)} if failed.answered else {}


def _ended(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> Delivery:
    """Park a card, which is retried as long as the recording lasts; drop any other delivery."""
    if sending.kind is Kind.CARD:
        return parked(ctx, sending, SlackRefused(str(failed)))
    return replace(sending, state=DeliveryState.DROPPED, error=str(failed), retry=Retry())


def not_there(ctx: Context, sending: Delivery, refused: SlackRefused) -> Note:
    """Park a refused delivery until an event or a later retry wakes it (docs/adr/0013).

    If the bot lacks a scope, nothing is known about the channel: the delivery keeps waiting.
    """
    if isinstance(refused, NotAuthorized):
        attempts = sending.retry.attempts
        later = next_retry(ctx.deps.policy, ctx.now, Retry(attempts + 5))
        later = replace(later, attempts=attempts)
        waiting = replace(sending, state=DeliveryState.WAITING, retry=later, error=refused.error)
        return Note(deliveries=[waiting])
    facts: list[Fact] = []
    if sending.kind is Kind.CARD and isinstance(refused, CannotPostThere):
        facts = [CannotPost(at=ctx.now, channel_id=sending.target, error=refused.error)]
    return Note(facts=facts, deliveries=[parked(ctx, sending, refused)])


def parked(ctx: Context, tried: Delivery, refused: SlackRefused) -> Delivery:
    """Park the delivery. It is also retried by time, because the event may be lost or past."""
    tries = tried.retry.attempts
    again_at = look_again_at(ctx.recording, ctx.deps.policy, tries, ctx.now)
    retry = Retry(tries, again_at)
    return replace(tried, state=DeliveryState.PARKED, error=refused.error, retry=retry)
