"""Open modals (also with a stale trigger), fill them in later, and redraw them."""

import uuid
from collections.abc import Awaitable, Callable

from bot.listeners.app import Bot, for_people
from bot.listeners.payloads import Caller
from bot.listeners.payloads import View as Clicked
from bot.slack.errors import SlackRefused
from bot.ui.message import Message, View, message_view
from bot.ui.replies import click_again

STALE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")


async def open_modal(
    bot: Bot,
    caller: Caller,
    view: View,
    *,
    over: Clicked | None = None,
    otherwise: Message | None = None,
) -> None:
    """Open a modal, on top of the modal that was clicked in (`over`), if any.

    Without a trigger, or if it is stale, reply with `otherwise` instead. It has a button, whose
    click brings a fresh trigger; without it, the person can click again where they did.
    """
    if not await _opened(bot, caller, view, over):
        await bot.reply(caller, otherwise or click_again())


async def _opened(bot: Bot, caller: Caller, view: View, over: Clicked | None) -> bool:
    """Whether there was a trigger that could still open the modal."""
    on_modal = over is not None and over.type == "modal"
    put = bot.deps.slack.push_view if on_modal else bot.deps.slack.open_view
    if not caller.trigger_id:
        return False
    try:
        await put(caller.trigger_id, view)
    except SlackRefused as refused:
        if refused.error not in STALE:
            raise
        return False
    return True


async def update_modal(bot: Bot, view: View, view_id: str, *, seen: str | None = None) -> None:
    """Redraw a modal; do nothing if it was closed.

    `seen` is the hash of the view that was clicked in. If a later click has redrawn the view
    meanwhile, this update is dropped.
    """
    try:
        await bot.deps.slack.update_view(view, view_id=view_id, view_hash=seen)
    except SlackRefused as refused:
        if refused.error not in ("not_found", *(["hash_conflict"] if seen else [])):
            raise


async def show_when_known(
    bot: Bot,
    caller: Caller,
    find_out: Callable[[], Awaitable[Message]],
    *,
    until_then: Message,
    title: str,
    over: Clicked | None = None,
) -> None:
    """Open a modal with `until_then` at once, and fill it with the result of `find_out`.

    It is on top of the modal that was clicked in (`over`), if any.
    """
    external_id = f"waiting-{uuid.uuid4().hex}"
    waiting = {**message_view(until_then, title=title), "external_id": external_id}
    if not await _opened(bot, caller, waiting, over):
        await bot.reply(caller, click_again())
        return

    async def fill() -> None:
        try:
            message = await find_out()
        except Exception as failed:
            message = for_people(failed)
        view = message_view(message, title=title)
        await bot.deps.slack.update_view_when_open(view, external_id)

    bot.after_ack(caller, fill())
