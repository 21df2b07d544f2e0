"""A modal at once, for an answer that takes longer than a trigger lives."""

import uuid
from collections.abc import Awaitable, Callable

from bot.listeners.app import Bot, for_people
from bot.listeners.payloads import Asked
from bot.ui.message import Message, message_view


async def show_when_known(
    bot: Bot,
    asked: Asked,
    find_out: Callable[[], Awaitable[Message]],
    *,
    until_then: Message,
    title: str,
    on_modal: bool = False,
) -> None:
    """`on_modal`: on top of the one that was clicked in."""
    external_id = f"waiting-{uuid.uuid4().hex}"
    waiting = {**message_view(until_then, title=title), "external_id": external_id}
    show = bot.deps.slack.push_view if on_modal else bot.deps.slack.open_view
    await show(asked.trigger_id, waiting)

    async def fill() -> None:
        try:
            message = await find_out()
        except Exception as failed:
            message = for_people(failed)
        view = message_view(message, title=title)
        await bot.deps.slack.update_view_when_open(view, external_id)

    bot.after_ack(asked, fill())


STALE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")
