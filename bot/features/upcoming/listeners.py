"""`/record schedules`: the list of schedules, rules and calendars."""

from collections.abc import Callable

from bot.core.proofs import Horizon
from bot.core.when import When
from bot.features.schedules.listeners import Upcoming
from bot.features.schedules.model import Schedule
from bot.features.schedules.views import ALL
from bot.features.upcoming import service, views
from bot.features.upcoming.model import Planned
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Caller, Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids as ui_ids
from bot.ui.message import Message, message_view

on = Listeners()


async def answer_schedules(
    bot: Bot, caller: Caller, *, whose: str = "", room_id: str | None = None
) -> None:
    """List the schedules that the person may see: this channel's, their own, and others.

    `whose`: `mine` or `here` lists only those.
    """
    to = await bot.gate.horizon(caller.user, caller.channel)

    def is_meant(one: Planned) -> bool:
        by, there = whose != "mine" or one.by == to.user, whose != "here" or one.channel == to.here
        return by and there and room_id in (None, one.room_id)

    await bot.reply(caller, await _list(bot, to, caller.channel, is_meant))


async def _list(
    bot: Bot,
    to: Horizon,
    here: str | None,
    only: Callable[[Planned], bool] = lambda _: True,
) -> Message:
    found = await service.listed(bot.deps, bot.gate, bot.rights, to, here=here, only=only)
    return views.schedules_list(found, bot.deps.now())


@on.action(ui_ids.SCHEDULES)
async def schedules_clicked(to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    """Show the list: from a card or notice as an ephemeral reply, from Home in a modal."""
    await ack()
    listed = await _list(bot, to, click.caller.channel)
    if click.view is not None:
        view = message_view(listed, title=ALL)
        await open_modal(bot, click.caller, view)
        return
    bot.after_ack(click.caller, bot.reply(click.caller, listed, replace=click.on_ephemeral))


class UpcomingList(Upcoming):
    """Implements `schedules.listeners.Upcoming`, of which the features below know the methods."""

    async def show(self, bot: Bot, click: Click, to: Horizon, said: Message) -> None:
        listed = await _list(bot, to, click.caller.channel)
        both = Message(f"{said.text}\n{listed.text}", [*said.blocks, *listed.blocks])
        if click.view is not None and click.view.type == "modal":
            await update_modal(bot, message_view(both, title=ALL), click.view.id)
            return
        await bot.reply(click.caller, both, replace=click.on_answer)

    async def confirm(
        self, bot: Bot, caller: Caller, schedule: Schedule, *, was: When | None
    ) -> Message:
        here = caller.channel
        return await service.say_scheduled(
            bot.deps, bot.gate, bot.rights, schedule, caller.user, here=here, was=was
        )
