"""Forgetting: deletes everything from Slack first, then sends the requester a receipt."""

from bot.core.deliveries import Kind
from bot.core.forgetting import erased
from bot.core.note import Note
from bot.engine.context import Context
from bot.engine.posting import insist, post
from bot.features.forget.views import receipt_message
from bot.slack.errors import MessageGone, NotAuthorized, SlackRefused


async def erase(ctx: Context, kind: Kind, target: str) -> Note:
    """Delete a message or file from Slack; it may be gone already. The receipt names failures."""
    delivery = ctx.work.delivery(kind, target)
    if delivery is None:
        raise ValueError("the plan erases only what was shown")
    tries = ctx.deps.policy.tries_refused
    try:
        if delivery.file_id:
            await insist(ctx, delivery, ctx.deps.slack.delete_file(delivery.file_id), tries=tries)
        elif delivery.ts and delivery.posted_in:
            deleting = ctx.deps.slack.delete(delivery.posted_in, delivery.ts)
            await insist(ctx, delivery, deleting, tries=tries)
    except MessageGone:
        pass
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        return Note(deliveries=[erased(delivery, kept=refused.error)])
    return Note(deliveries=[erased(delivery)])


async def receipt(ctx: Context, target: str) -> Note:
    message = receipt_message(ctx.recording, ctx.work.deliveries, ctx.now)
    return await post(ctx, Kind.RECEIPT, target, message)
