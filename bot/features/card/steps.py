"""The card, and the direct message that stands in for it."""

from dataclasses import replace

from bot.core.deliveries import Kind, State
from bot.engine.context import Context, Note
from bot.engine.posting import parked, post
from bot.features.card.views import tell_message
from bot.slack.errors import MessageGone, NotAuthorized, SlackRefused
from bot.ui.message import content_hash


async def post_card(ctx: Context, channel: str) -> Note:
    """One that was parked after it was posted is still there: it is edited, not posted again."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card and card.ts:
        return await update_card(ctx, channel)
    return await post(ctx, Kind.CARD, channel, ctx.card())


async def update_card(ctx: Context, channel: str) -> Note:
    """Edit the card in place; harmless to repeat. A deleted one is not posted again."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card is None or card.posted_in is None or card.ts is None:
        raise ValueError("the plan edits only what was posted")
    message = ctx.card()
    try:
        await ctx.deps.slack.update(card.posted_in, card.ts, message.payload())
    except MessageGone as gone:
        return Note(deliveries=[replace(card, state=State.GONE, error=gone.error)])
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        tried = replace(card, attempts=card.attempts + 1, changed_at=ctx.now)
        return Note(deliveries=[parked(ctx, tried, refused)])
    edited = replace(
        card,
        state=State.SENT,
        hash=content_hash(message),
        attempts=0,
        error=None,
        not_before=ctx.now + ctx.deps.policy.card_every,
        changed_at=ctx.now,
    )
    return Note(deliveries=[edited])


async def tell(ctx: Context, target: str) -> Note:
    card = ctx.work.delivery(Kind.CARD, ctx.recording.home)
    why = card.error or "" if card else ""
    message = tell_message(
        ctx.recording, channel=ctx.recording.home, error=why, bot=ctx.deps.identity.name
    )
    return await post(ctx, Kind.TELL, target, message)
