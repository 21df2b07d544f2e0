"""Asks Slack which channels may show a recording, and withdraws its card from the others."""

from dataclasses import replace

import structlog

from bot.core.deliveries import WITHDRAWN, Delivery, DeliveryState, Kind
from bot.core.facts import PlaceSeen
from bot.core.note import Note
from bot.core.places import Place
from bot.core.policy import look_again_at
from bot.core.retry import Retry
from bot.core.steps import AskPlace, retry_name
from bot.engine.context import Context
from bot.engine.posting import insist
from bot.features.share.views import withdrawn
from bot.slack.errors import (
    MessageGone,
    NotAuthorized,
    NotInstalled,
    SlackRefused,
    SlackUnavailable,
)

log = structlog.get_logger()


NOES = f"{retry_name(AskPlace(ended=True))}:noes"  # counts answers without a result


async def ask_place(ctx: Context, *, ended: bool) -> Note:
    """Ask Slack for the kind of place. Until it answers, no other channel gets the recording.

    If Slack keeps refusing, the tries end and the recording counts as private. Raises
    SlackUnavailable or SlackRefused, so that the step is tried again.
    """
    origin = ctx.recording.origin
    place: Place
    try:
        place = await ctx.deps.slack.place(origin)
    except NotAuthorized:
        raise  # about the token: not counted
    except (SlackUnavailable, SlackRefused) as failed:
        if not await _is_over(ctx, failed):
            raise
        log.warning("place_unknown", key=ctx.key, channel=origin, why=str(failed))
        place = "unknown"
    seen = PlaceSeen(at=ctx.now, channel_id=origin, place=place, ended=ended)
    return Note(facts=[seen], retries={NOES: None} if NOES in ctx.latest.work.retries else {})


async def _is_over(ctx: Context, failed: SlackUnavailable | SlackRefused) -> bool:
    """Count refusals; unanswered tries end a day after the recording."""
    if isinstance(failed, NotInstalled):
        return False
    if isinstance(failed, SlackRefused) or failed.answered:
        noes = Retry((ctx.work.retries.get(NOES) or Retry()).attempts + 1, ctx.now)
        await ctx.keep(retries={NOES: noes})
        if noes.attempts >= ctx.deps.policy.tries_refused:
            return True
    return look_again_at(ctx.recording, ctx.deps.policy, 1, ctx.now) is None


async def withdraw(ctx: Context, channel: str) -> Note:
    """Reduce the card to a notice without details; delete it if Slack refuses that. Idempotent."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card is None or card.posted_in is None or card.ts is None:
        raise ValueError("the plan withdraws only what was posted")
    gone = [
        d.kind.value
        for d in ctx.work.deliveries
        if d.target == channel and d.state is DeliveryState.GONE and d.kind is not Kind.CARD
    ]
    try:
        editing = ctx.deps.slack.update(card.posted_in, card.ts, withdrawn().payload())
        await insist(ctx, card, editing, tries=ctx.deps.policy.tries_refused)
    except MessageGone as missing:
        return Note(deliveries=[replace(card, state=DeliveryState.GONE, error=missing.error)])
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        return Note(deliveries=[await _deleted(ctx, card, refused.error)])
    log.info("withdrawn", key=ctx.key, channel=channel, cards=1, deleted=len(gone), kinds=gone)
    reduced = replace(card, state=DeliveryState.SENT, hash=WITHDRAWN, changed_at=ctx.now)
    return Note(deliveries=[replace(reduced, error=None, retry=Retry())])


async def _deleted(ctx: Context, card: Delivery, error: str) -> Delivery:
    """Delete a card that Slack does not let us reduce; again and again while Slack is unwell."""
    try:
        await ctx.deps.slack.delete(card.posted_in or card.target, card.ts or "")
    except NotAuthorized:
        raise
    except MessageGone:
        pass
    except (SlackUnavailable, SlackRefused) as refused:
        in_time = look_again_at(ctx.recording, ctx.deps.policy, 1, ctx.now) is not None
        if isinstance(refused, SlackUnavailable) and in_time:
            raise
        log.warning("not_withdrawn", key=ctx.key, channel=card.target, why=str(refused))
        return replace(card, state=DeliveryState.DROPPED, error=error)
    log.info("withdrawn", key=ctx.key, channel=card.target, cards=0, deleted=1)
    return replace(card, state=DeliveryState.GONE, ts=None, error=error)
