"""`/record settings`: the settings of a channel."""

from typing import Annotated

from bot.access.gate import NotOpen, UnknownPreset
from bot.access.rights import NoRight
from bot.access.views import not_open, who_can
from bot.core.channel_settings import ChannelSettings
from bot.core.proofs import HomeMember, OpenChannel
from bot.features.channel_settings import ids
from bot.features.channel_settings import service as channel_settings
from bot.features.channel_settings.form import (
    TITLE,
    group_options,
    only_in_channels,
    open_from_here,
    saved_without_you,
    settings_from_state,
)
from bot.features.rooms.listeners import suggest_rooms
from bot.features.rooms.service import RoomDirectory
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Caller, Click, Typed
from bot.listeners.payloads import View as ViewValues
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackUnavailable
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors, postable
from bot.ui.message import Message, View, message_view

on = Listeners()


async def open_settings(bot: Bot, caller: Caller) -> None:
    """Open the settings of the channel where the command was typed."""
    if not postable(caller.channel):
        await bot.reply(caller, only_in_channels())
        return
    by = await bot.gate.member(caller.user)
    channel = await bot.gate.channel(caller.user, caller.channel or "", here=caller.channel)
    view = await channel_settings.settings_view(bot.deps, bot.rights, channel, by)
    await open_modal(bot, caller, view, otherwise=open_from_here(channel.channel))


@on.action(ui_ids.OPEN_SETTINGS, ids.PICK)
async def open_from_button(by: HomeMember, click: Click, ack: Ack, bot: Bot) -> None:
    """Open the settings on top of Details, or alone from a reply or Home."""
    view = await _view(bot, click, by)
    await ack()
    await open_modal(bot, click.caller, view, over=click.view)
    if click.view and click.view.type == "home":
        bot.after_ack(click.caller, bot.home_changed(click.caller.user))


async def _view(bot: Bot, click: Click, by: HomeMember) -> View:
    """Build the settings for people in the channel, or say that the others lack access."""
    try:
        channel = await bot.gate.channel(by.user, click.value, here=click.caller.channel)
    except NotOpen:
        return message_view(not_open(), title=TITLE)
    return await channel_settings.settings_view(bot.deps, bot.rights, channel, by)


@on.options(ids.ROOM_ACTION)
async def suggest_default_room(
    _: HomeMember, typed: Typed, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    await suggest_rooms(typed, ack, bot, rooms)


@on.options(*ids.GROUP_ACTIONS)
async def suggest_groups(_: HomeMember, typed: Typed, ack: Ack, bot: Bot) -> None:
    groups = await bot.rights.people.user_groups() or {}
    await ack(**group_options(groups, typed.text))


@on.view(ids.SETTINGS_FORM)
async def submitted(
    channel: Annotated[OpenChannel, From.VIEW], by: HomeMember, view: ViewValues, ack: Ack, bot: Bot
) -> None:
    before = await bot.deps.store.channel_settings.of(channel.channel)
    chosen = settings_from_state(view.values, before)
    if isinstance(chosen, FieldErrors):
        await ack(response_action="errors", errors=dict(chosen))
        return
    if chosen.preset_id and chosen.preset_id != before.preset_id:
        try:
            await bot.gate.preset(by.user, chosen.preset_id, channel.channel)
        except UnknownPreset:
            await ack(response_action="errors", errors={ids.PRESET: "Choose another preset."})
            return
    if not by.admin:
        chosen = chosen.model_copy(update={"join_role": before.join_role})
    await channel_settings.save(bot.deps, channel, by, chosen)
    if warning := await _left_out(bot, by.user, channel.channel, chosen):
        await ack(response_action="update", view=message_view(warning, title=TITLE))
    else:
        await ack()


async def _left_out(bot: Bot, user: str, channel: str, chosen: ChannelSettings) -> Message | None:
    """Return a warning if the new settings prevent the person from starting there."""
    try:
        await bot.rights.to_start(user, channel, chosen)
    except NoRight as no:
        return saved_without_you(channel, who_can(no.refused))
    except SlackUnavailable:
        return None
    return None
