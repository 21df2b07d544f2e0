"""Posting, the call that Slack gives no key for: announced, made, noted.

Between the call and the note lies the only window in which something can appear twice
(docs/adr/0001). A post that Slack certainly did not take leaves the window at once.
"""

from dataclasses import replace

import structlog

from bot.domain.deliveries import Delivery, Hold, Kind, State
from bot.domain.facts import CannotPost, Fact
from bot.metrics import POSSIBLE_DOUBLES
from bot.reconcile.context import Context, Note, hold
from bot.slack.errors import CannotPostThere, NotAuthorized, SlackRefused, SlackUnavailable
from bot.slack.values import Posted
from bot.views.message import Message, content_hash

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
        attempts=(earlier.attempts if earlier else 0) + 1,
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
) -> Note:
    """Post a message and note where it is. `channel` where it differs from the target."""
    sending = await announce(ctx, kind, target)
    try:
        posted = await ctx.deps.slack.post(
            channel or target, message.payload(), thread_ts=thread_ts
        )
    except SlackUnavailable as failed:
        return not_now(ctx, sending, failed)
    except SlackRefused as refused:
        return not_there(ctx, sending, refused)
    return Note(deliveries=[_sent(ctx, sending, posted, message)])


def _sent(ctx: Context, sending: Delivery, posted: Posted, message: Message) -> Delivery:
    return replace(
        sending,
        state=State.SENT,
        posted_in=posted.channel,
        ts=posted.ts,
        hash=content_hash(message),
        changed_at=ctx.now,
    )


def not_now(ctx: Context, sending: Delivery, failed: SlackUnavailable) -> Note:
    """To be sent again; only what may have arrived stays `SENDING`."""
    policy = ctx.deps.policy
    earlier = Hold(ctx.now, sending.attempts - 1)
    later = hold(policy, ctx.now, earlier, retry_after_s=failed.retry_after_s)
    state = State.SENDING if failed.reached else State.WAITING
    waiting = replace(sending, state=state, not_before=later.until, error=str(failed))
    return Note(deliveries=[waiting])


def not_there(ctx: Context, sending: Delivery, refused: SlackRefused) -> Note:
    """Parked: the others go on, and an event or a new token wakes this one.

    Without a right of our own nothing is known about the channel: that one is tried again.
    """
    if isinstance(refused, NotAuthorized):
        later = hold(ctx.deps.policy, ctx.now, Hold(ctx.now, sending.attempts + 5))
        waiting = replace(sending, state=State.WAITING, not_before=later.until, error=refused.error)
        return Note(deliveries=[waiting])
    facts: list[Fact] = []
    if sending.kind is Kind.CARD and isinstance(refused, CannotPostThere):
        facts = [CannotPost(at=ctx.now, channel_id=sending.target, error=refused.error)]
    parked = replace(sending, state=State.PARKED, error=refused.error)
    return Note(facts=facts, deliveries=[parked])
