"""`/record follow` and `unfollow`, and the buttons of their list."""

from functools import partial
from typing import Annotated

from bot.access.model import Act
from bot.core.places import is_channel
from bot.core.proofs import HomeMember, OpenChannel
from bot.features.follow import service as following
from bot.features.follow import views
from bot.features.rooms.model import Found
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.kit.typed_text import quote
from bot.listeners.app import Bot
from bot.listeners.payloads import Asked, Click
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.problems import slack_refusal

on = Listeners()
Follower = Annotated[HomeMember, Act.FOLLOW]


async def follow(bot: Bot, rooms: RoomDirectory, asked: Asked, room: str | None) -> None:
    """Without a room: the list."""
    if not is_channel(asked.channel):
        await bot.reply(asked, views.only_in_channels())
    elif room is None:
        await _list(bot, asked)
    else:
        by = await bot.gate.member(asked.user, Act.FOLLOW)
        channel = await bot.gate.channel(asked.user, asked.channel or "", here=asked.channel)
        await _follow(bot, rooms, asked, channel, room, by)


async def _follow(
    bot: Bot,
    rooms: RoomDirectory,
    asked: Asked,
    channel: OpenChannel,
    room: str,
    by: HomeMember,
) -> None:
    found = await rooms.find(room)
    room_id = id_of(found)
    if room_id is None:
        rooms.refresh_soon()
        await bot.reply(asked, which_room(room, found, partial(_line, "follow")))
        return
    name = found.room.name if isinstance(found, Found) else room_id
    try:
        new = await following.follow_room(bot.deps, room_id, name, channel, by, once=asked.once)
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel.channel, bot=bot.deps.identity.name)
        await bot.reply(asked, views.cannot_follow_room(name, why, fix))
        return
    await bot.reply(asked, views.following_room(name, new=new))


async def unfollow(bot: Bot, rooms: RoomDirectory, asked: Asked, room: str | None) -> None:
    """A room may have been renamed since: what the list calls it counts, too."""
    if room is None:
        await _list(bot, asked)
        return
    await bot.gate.member(asked.user, Act.FOLLOW)
    gone = await following.unfollow_named(bot.deps, room, asked.channel or "", once=asked.once)
    if gone is None:
        found = await rooms.find(room)
        room_id = id_of(found)
        if room_id is None:
            await bot.reply(asked, which_room(room, found, partial(_line, "unfollow")))
            return
        there = await bot.deps.store.follows.unfollow(room_id, asked.channel or "", once=asked.once)
        name = found.room.name if isinstance(found, Found) else room_id
        await bot.reply(asked, views.unfollowed(name) if there else views.not_followed(name))
        return
    await bot.reply(asked, views.unfollowed(gone))


def _line(verb: str, room: str) -> str:
    return f"{ids.COMMAND} {verb} {quote(room)}"


async def _list(bot: Bot, asked: Asked, *, replace: bool = False) -> None:
    followed = await bot.deps.store.follows.follows_of(asked.channel or "")
    await bot.reply(asked, views.follows_reply(followed), replace=replace)


@on.action(ids.UNFOLLOW)
async def unfollow_clicked(
    channel: OpenChannel, _: Follower, click: Click, ack: Ack, bot: Bot
) -> None:
    """The list is shown again, without it."""
    await bot.deps.store.follows.unfollow(click.value, channel.channel)
    await ack()
    bot.after_ack(click.asked, _list(bot, click.asked, replace=click.on_ephemeral))
