"""`/record follow` and `unfollow`, and the buttons of their list."""

from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.core.places import is_channel
from bot.features.follow import service as following
from bot.features.follow import views
from bot.features.rooms.model import Found
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.kit.typed_text import quote
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked, Click
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.problems import slack_refusal


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.matching(ids.UNFOLLOW))(listener(bot, unfollow_clicked))


async def follow(bot: Bot, rooms: RoomDirectory, asked: Asked, room: str | None) -> None:
    """Without a room: the list."""
    if not is_channel(asked.channel):
        await bot.reply(asked, views.only_in_channels())
    elif room is None:
        await _list(bot, asked)
    else:
        await bot.rights.to_follow(asked.user)
        await _follow(bot, rooms, asked, asked.channel or "", room)


async def _follow(bot: Bot, rooms: RoomDirectory, asked: Asked, channel: str, room: str) -> None:
    await bot.rights.to_follow(asked.user)
    found = await rooms.find(room)
    room_id = id_of(found)
    if room_id is None:
        rooms.refresh_soon()
        await bot.reply(asked, which_room(room, found, partial(_line, "follow")))
        return
    name = found.room.name if isinstance(found, Found) else room_id
    try:
        new = await following.follow_room(bot.deps, room_id, name, channel, asked.user)
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel, bot=bot.deps.identity.name)
        await bot.reply(asked, views.cannot_follow_room(name, why, fix))
        return
    await bot.reply(asked, views.following_room(name, new=new))


async def unfollow(bot: Bot, rooms: RoomDirectory, asked: Asked, room: str | None) -> None:
    """A room may have been renamed since: what the list calls it counts, too."""
    if room is None:
        await _list(bot, asked)
        return
    await bot.rights.to_follow(asked.user)
    gone = await following.unfollow_named(bot.deps, room, asked.channel or "")
    if gone is None:
        found = await rooms.find(room)
        room_id = id_of(found)
        if room_id is None:
            await bot.reply(asked, which_room(room, found, partial(_line, "unfollow")))
            return
        there = await bot.deps.store.follows.unfollow(room_id, asked.channel or "")
        name = found.room.name if isinstance(found, Found) else room_id
        await bot.reply(asked, views.unfollowed(name) if there else views.not_followed(name))
        return
    await bot.reply(asked, views.unfollowed(gone))


def _line(verb: str, room: str) -> str:
    return f"{ids.COMMAND} {verb} {quote(room)}"


async def _list(bot: Bot, asked: Asked, *, replace: bool = False) -> None:
    followed = await bot.deps.store.follows.follows_of(asked.channel or "")
    await bot.reply(asked, views.follows_reply(followed), replace=replace)


async def unfollow_clicked(args: AsyncArgs, bot: Bot) -> None:
    """The list is shown again, without it."""
    click = Click.of(args.body)
    await bot.rights.to_follow(click.asked.user)
    await bot.deps.store.follows.unfollow(click.value, click.asked.channel or "")
    await args.ack()
    bot.after_ack(click.asked, _list(bot, click.asked, replace=click.on_ephemeral))
