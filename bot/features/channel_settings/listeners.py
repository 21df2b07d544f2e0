"""`/record settings`: what holds in a channel."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.access.views import who_can
from bot.core.channel_settings import ChannelSettings
from bot.features.channel_settings import ids
from bot.features.channel_settings import service as channel_settings
from bot.features.channel_settings.form import TITLE, group_options, settings_from_state
from bot.features.channel_settings.views import (
    not_yours,
    only_in_channels,
    open_from_here,
    out_of_reach,
    saved_without_you,
)
from bot.features.rooms.listeners import suggest_rooms
from bot.listeners.app import Bot, for_people, listener
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Asked, Click
from bot.slack.errors import CannotPostThere, SlackUnavailable
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors, postable
from bot.ui.ids import matching
from bot.ui.message import Message, View, message_view
from bot.ui.problems import slack_refusal


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ui_ids.OPEN_SETTINGS)(listener(bot, open_from_button))
    app.action(matching(ids.PICK))(listener(bot, open_from_button))
    app.options(ids.ROOM_ACTION)(listener(bot, suggest_rooms))
    for action in ids.GROUP_ACTIONS:
        app.options(action)(listener(bot, suggest_groups))
    app.view(ids.SETTINGS_FORM)(listener(bot, submitted))


async def open_settings(bot: Bot, asked: Asked) -> None:
    """Of the channel where the command was typed."""
    if not postable(asked.channel):
        await bot.reply(asked, only_in_channels())
        return
    channel = asked.channel or ""
    view = await channel_settings.settings_view(bot.deps, bot.rights, asked.user, channel)
    await open_modal(bot, asked, view, otherwise=open_from_here(channel))


async def open_from_button(args: AsyncArgs, bot: Bot) -> None:
    """From Details, on top of it; from a reply or Home, by itself."""
    click = Click.of(args.body)
    view = await _view(bot, click)
    await args.ack()
    surface = (args.body.get("view") or {}).get("type")
    put = bot.deps.slack.push_view if surface == "modal" else bot.deps.slack.open_view
    await put(click.asked.trigger_id, view)
    if surface == "home":
        bot.after_ack(click.asked, bot.home_changed(click.asked.user))


async def _view(bot: Bot, click: Click) -> View:
    """From elsewhere than the channel itself: for whoever can see it."""
    user, channel = click.asked.user, click.value
    try:
        if click.asked.channel == channel or await channel_settings.can_set(
            bot.deps, user, channel
        ):
            return await channel_settings.settings_view(bot.deps, bot.rights, user, channel)
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel, bot=bot.deps.identity.name)
        return message_view(out_of_reach(why, fix), title=TITLE)
    return message_view(not_yours(), title=TITLE)


async def suggest_groups(args: AsyncArgs, bot: Bot) -> None:
    groups = await bot.rights.people.user_groups() or {}
    await args.ack(**group_options(groups, args.body.get("value") or ""))


async def submitted(args: AsyncArgs, bot: Bot) -> None:
    view = args.body["view"]
    channel, user = view["private_metadata"], args.body["user"]["id"]
    before = await bot.deps.store.channel_settings.of(channel)
    chosen = settings_from_state((view.get("state") or {}).get("values"), before)
    if isinstance(chosen, FieldErrors):
        await args.ack(response_action="errors", errors=dict(chosen))
        return
    try:
        await channel_settings.save(bot.deps, bot.rights, user, channel, chosen)
    except (NoRight, SlackUnavailable) as no:
        await args.ack(response_action="update", view=message_view(for_people(no), title=TITLE))
        return
    if told := await _left_out(bot, user, channel, chosen):
        await args.ack(response_action="update", view=message_view(told, title=TITLE))
    else:
        await args.ack()


async def _left_out(bot: Bot, user: str, channel: str, chosen: ChannelSettings) -> Message | None:
    """Word to whoever may not start there any more."""
    try:
        await bot.rights.to_start(user, channel, chosen)
    except NoRight as no:
        return saved_without_you(channel, who_can(no.refused))
    except SlackUnavailable:
        return None
    return None
