"""`/record follow` and `unfollow`, and the buttons of their list."""

from typing import Annotated

from bot.access.model import Act
from bot.core.places import is_channel
from bot.core.proofs import HomeMember, OpenChannel
from bot.features.follow import service as following
from bot.features.follow import views
from bot.features.rooms.model import RoomEntry
from bot.listeners.app import Bot
from bot.listeners.payloads import Caller, Click
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.problems import slack_refusal

on = Listeners()
Follower = Annotated[HomeMember, Act.FOLLOW]


async def list_follows(bot: Bot, caller: Caller) -> None:
    if not is_channel(caller.channel):
        await bot.reply(caller, views.only_in_channels())
    else:
        await _list(bot, caller)


async def follow_room_here(
    bot: Bot, caller: Caller, room: RoomEntry, *, replace: bool = False
) -> None:
    """Raises NoRight."""
    if not is_channel(caller.channel):
        await bot.reply(caller, views.only_in_channels(), replace=replace)
        return
    by = await bot.gate.member(caller.user, Act.FOLLOW)
    channel = await bot.gate.channel(caller.user, caller.channel or "", here=caller.channel)
    try:
        new = await following.follow_room(bot.deps, room.room_id, room.name, channel, by)
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel.channel, bot=bot.deps.identity.name)
        message = views.cannot_follow_room(room.name, why, fix)
    else:
        message = views.following_room(room.room_id, room.name, new=new)
    await bot.reply(caller, message, replace=replace)


async def unfollow_room_here(
    bot: Bot, caller: Caller, room: RoomEntry, *, replace: bool = False
) -> None:
    """Raises NoRight."""
    await bot.gate.member(caller.user, Act.FOLLOW)
    there = await bot.deps.store.follows.unfollow(room.room_id, caller.channel or "")
    message = views.unfollowed(room.name) if there else views.not_followed(room.name)
    await bot.reply(caller, message, replace=replace)


async def _list(bot: Bot, caller: Caller, *, replace: bool = False) -> None:
    followed = await bot.deps.store.follows.follows_of(caller.channel or "")
    await bot.reply(caller, views.follows_reply(followed), replace=replace)


@on.action(ids.UNFOLLOW)
async def unfollow_clicked(
    channel: OpenChannel, _: Follower, click: Click, ack: Ack, bot: Bot
) -> None:
    """Unfollow a room and show the updated list."""
    await bot.deps.store.follows.unfollow(click.value, channel.channel)
    await ack()
    bot.after_ack(click.caller, _list(bot, click.caller, replace=click.on_answer))
