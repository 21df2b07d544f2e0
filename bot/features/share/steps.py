"""What other channels may have of a recording: asked of Slack, and withdrawn where they may not."""

from dataclasses import replace

import structlog

from bot.core.deliveries import WITHDRAWN, Kind, State
from bot.core.facts import PlaceSeen
from bot.core.note import Note
from bot.core.places import Place
from bot.engine.context import Context
from bot.engine.posting import insist
from bot.features.share.views import withdrawn
from bot.slack.errors import MessageGone, NotAuthorized, SlackRefused

log = structlog.get_logger()


async def ask_place(ctx: Context, *, ended: bool) -> Note:
    """Raises SlackUnavailable: until Slack says what kind of place it is, nobody else has it."""
    origin = ctx.recording.origin
    place: Place = await ctx.deps.slack.place(origin)
    return Note(facts=[PlaceSeen(at=ctx.now, channel_id=origin, place=place, ended=ended)])


async def withdraw(ctx: Context, channel: str) -> Note:
    """The card says no more than that there is a recording; harmless to repeat."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card is None or card.posted_in is None or card.ts is None:
        raise ValueError("the plan withdraws only what was posted")
    gone = [
        d.kind.value
        for d in ctx.work.deliveries
        if d.target == channel and d.state is State.GONE and d.kind is not Kind.CARD
    ]
    try:
        editing = ctx.deps.slack.update(card.posted_in, card.ts, withdrawn().payload())
        await insist(ctx, card, editing)
    except MessageGone as missing:
        return Note(deliveries=[replace(card, state=State.GONE, error=missing.error)])
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        log.warning("not_withdrawn", key=ctx.key, channel=channel, why=refused.error)
        return Note(deliveries=[replace(card, state=State.DROPPED, error=refused.error)])
    log.info("withdrawn", key=ctx.key, channel=channel, cards=1, deleted=len(gone), kinds=gone)
    return Note(deliveries=[replace(card, hash=WITHDRAWN, changed_at=ctx.now)])
