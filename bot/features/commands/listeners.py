"""`/record …`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.core.channel_settings import ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.card.links import CardLinks
from bot.features.channel_settings.listeners import open_settings
from bot.features.commands import model as c
from bot.features.commands import views as commands_views
from bot.features.commands.parser import parse
from bot.features.commands.views import help_reply
from bot.features.control import views as steer_views
from bot.features.control.service import Choice, Control, control, meant
from bot.features.control.views import CONFIRMED, not_now
from bot.features.doctor.listeners import tell_doctor
from bot.features.follow.listeners import follow, unfollow
from bot.features.history import views as lists
from bot.features.history.service import Lists
from bot.features.options.drafts import draft_of
from bot.features.options.rules import laid_over
from bot.features.presets import service as presets
from bot.features.presets.listeners import open_presets
from bot.features.rooms.model import (
    Ambiguous,
    Found,
    RoomCode,
    RoomEntry,
    Unknown,
    without_preview,
)
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.features.rooms.store import RoomRepository
from bot.features.start import service as start_service
from bot.features.start import views as start_views
from bot.features.start.listeners import open_form, present, say_taken
from bot.features.start.service import Wish, request_recording
from bot.listeners.app import Bot, answer, listener
from bot.listeners.payloads import Asked
from bot.store.values import OutcomeAddress, RecordingRow, RoomTaken


def register(app: AsyncApp, bot: Bot) -> None:
    app.command("/record")(listener(bot, record))
    app.event("app_mention")(listener(bot, mentioned))


@dataclass(frozen=True, slots=True)
class Services:
    """What the commands need of other features."""

    rooms: RoomDirectory
    lists: Lists
    links: CardLinks


async def record(args: AsyncArgs, bot: Bot, use: Services) -> None:
    await obey(args, bot, use, Asked.of(args.body), parse(args.body.get("text") or ""))


async def obey(
    args: AsyncArgs, bot: Bot, use: Services, asked: Asked, command: c.Command | c.CommandError
) -> None:
    match command:
        case c.CommandError():
            await answer(args, bot, asked, commands_views.command_error(command))
        case c.Help(topic=topic):
            await answer(args, bot, asked, help_reply(topic))
        case c.OpenForm():
            await bot.rights.to_start(asked.user, asked.channel)
            await args.ack()
            await present(
                bot, asked, await start_service.fresh(bot.deps, asked.user, asked.channel)
            )
        case c.Start():
            await start(args, bot, use, asked, command)
        case c.Stop(room=room):
            await steer(args, bot, use, asked, "stop", room=room)
        case c.Pause(room=room):
            await steer(args, bot, use, asked, "pause", room=room)
        case c.Resume(room=room):
            await steer(args, bot, use, asked, "resume", room=room)
        case c.Settings():
            await args.ack()
            await open_settings(bot, asked)
        case c.Presets():
            await args.ack()
            await open_presets(bot, asked)
        case c.Status() | c.List() | c.Follow() | c.Unfollow() | c.Doctor():
            await args.ack()
            bot.after_ack(asked, tell(bot, use, asked, command))
        case _:
            assert_never(command)


async def tell(
    bot: Bot,
    use: Services,
    asked: Asked,
    command: c.Status | c.List | c.Follow | c.Unfollow | c.Doctor,
) -> None:
    """What can take its time: the person may simply ask again."""
    match command:
        case c.Status():
            await tell_status(bot, use, asked)
        case c.List(room=room, count=count):
            await tell_list(bot, use, asked, room, count)
        case c.Follow(room=room):
            await follow(bot, use.rooms, asked, room)
        case c.Unfollow(room=room):
            await unfollow(bot, use.rooms, asked, room)
        case c.Doctor():
            await tell_doctor(bot, asked)


async def start(args: AsyncArgs, bot: Bot, use: Services, asked: Asked, command: c.Start) -> None:
    settings = await bot.deps.store.channel_settings.of(asked.channel)
    await bot.rights.to_start(asked.user, asked.channel, settings)
    preset = await presets.meant(bot.deps, asked.channel, command.preset, settings)
    if isinstance(preset, presets.NoSuchPreset):
        await answer(
            args, bot, asked, commands_views.command_error(no_such_preset(command, preset))
        )
        return
    if preset:
        options = laid_over(preset.options, command.options)
        command = replace(command, options=options, preset=None)
    await start_with(args, bot, use, asked, command, settings=settings)


def no_such_preset(command: c.Start, missing: presets.NoSuchPreset) -> c.CommandError:
    """With the nearest name, ready to paste."""
    near = missing.nearest
    corrected = c.command_line(replace(command, preset=near.name)) if near else None
    named = ", ".join(one.name for one in missing.known[:10])
    accepted = f"Presets here: {named}." if named else "No presets yet."
    reason = f"Unknown preset “{missing.name}”."
    return c.CommandError(reason, accepted, corrected, "/record start [room] --preset <name>")


async def start_with(
    args: AsyncArgs,
    bot: Bot,
    use: Services,
    asked: Asked,
    command: c.Start,
    *,
    settings: ChannelSettings,
) -> None:
    room = command.room
    found = await use.rooms.find(room) if room else await _default_room(use.rooms, settings)
    match found:
        case Found():
            await begin(args, bot, use, asked, command, found=found)
        case Unknown(room_id=str(room_id), link=link):
            use.rooms.refresh_soon()
            unnamed = Found(RoomEntry(room_id, room_id), link)
            await begin(args, bot, use, asked, command, found=unnamed)
        case Unknown():
            use.rooms.refresh_soon()
            again = line_of(partial(c.Start, options=command.options))
            await answer(args, bot, asked, which_room(room or "", found, again, form=True))
        case Ambiguous() | RoomCode() | None:
            await args.ack()
            options = landing(command.options, getattr(found, "link", None))
            draft = draft_of(options, channel=asked.channel)
            await open_form(bot, asked, draft.model_copy(update={"room_words": room or ""}))
        case _:
            assert_never(found)


async def _default_room(rooms: RoomDirectory, settings: ChannelSettings) -> Found | None:
    """What the channel records when nobody says which room."""
    if settings.room_id is None:
        return None
    name = await rooms.name_of(settings.room_id) or settings.room_name
    return Found(RoomEntry(settings.room_id, name or settings.room_id))


def landing(options: RecordingOptions, link: str | None) -> RecordingOptions:
    """A link that names the room serves as the meeting URL, if there is no other."""
    if link is None or options.meeting_url is not None:
        return options
    return options.model_copy(update={"meeting_url": without_preview(link)})


async def begin(
    args: AsyncArgs, bot: Bot, use: Services, asked: Asked, command: c.Start, *, found: Found
) -> None:
    """Commit the wish, then say so."""
    options = landing(command.options, found.link)
    room_id, name = found.room.room_id, found.room.name
    where = OutcomeAddress(asked.user, channel=asked.channel, response_url=asked.response_url)
    wish = Wish(
        request_id=f"command:{asked.once}",
        room_id=room_id,
        room_name=name,
        options=options,
        by=asked.user,
        channel=asked.channel,
        via="command",
        outcome=where,
    )
    made = await request_recording(bot.deps, wish)
    if isinstance(made, RoomTaken):
        await args.ack()
        bot.after_ack(asked, say_taken(bot, use.links, asked, made.key))
        return
    await answer(args, bot, asked, start_views.starting_reply(name))
    bot.after_ack(asked, RoomRepository(bot.deps.db).mark_used(room_id))


async def steer(
    args: AsyncArgs, bot: Bot, use: Services, asked: Asked, action: Control, *, room: str | None
) -> None:
    """Stop, pause or resume: at once if it is clear what is meant, else ask."""
    found = await use.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await answer(args, bot, asked, which_room(room, found, line_of(STEERING[action])))
        return
    choice = await meant(bot.deps, action, room_id, asked.channel or "", thread_ts=asked.thread_ts)
    if choice.unfit:
        if room:
            await _check_steering(bot, asked, action, choice.unfit[0])
        await answer(args, bot, asked, not_now(choice.unfit))
    elif not choice.rows:
        name = found.room.name if isinstance(found, Found) else room
        await answer(args, bot, asked, lists.nothing_running(name))
    elif not choice.sure:
        await args.ack()
        bot.after_ack(asked, ask_which(bot, asked, action, choice))
    else:
        row = choice.rows[0]
        await _check_steering(bot, asked, action, row)
        await control(bot.deps, action, row.key, asked.user)
        await answer(args, bot, asked, CONFIRMED[action](row.room_name))


async def _check_steering(bot: Bot, asked: Asked, action: Control, row: RecordingRow) -> None:
    """Who names a room may stop what they cannot see; if not, nobody of there is named."""
    try:
        await bot.rights.to_steer(asked.user, row, action)
    except NoRight as no:
        seen = await bot.sight.sees(asked.user, row, here=asked.channel)
        raise no if seen else no.unnamed() from None


def line_of(command: Callable[[str], c.Command]) -> Callable[[str], str]:
    """The command for a room, as people would type it."""
    return lambda room: c.command_line(command(room))


STEERING: dict[Control, Callable[[str], c.Command]] = {
    "stop": c.Stop,
    "pause": c.Pause,
    "resume": c.Resume,
}


async def ask_which(bot: Bot, asked: Asked, action: Control, choice: Choice) -> None:
    """Of those that they may know of."""
    seen = await bot.sight.look(asked.user, choice.rows, here=asked.channel)
    rows = [one.row for one in seen]
    message = steer_views.which_one(rows, action) if rows else lists.nothing_running()
    await bot.reply(asked, message)


async def tell_status(bot: Bot, use: Services, asked: Asked) -> None:
    here, elsewhere = await use.lists.status(asked.user, asked.channel or "")
    await bot.reply(asked, lists.status_reply(here, elsewhere, bot.deps.now()))


async def tell_list(bot: Bot, use: Services, asked: Asked, room: str | None, count: int) -> None:
    found = await use.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await bot.reply(asked, which_room(room, found, line_of(partial(c.List, count=count))))
        return
    here = asked.channel or ""
    files = await bot.rights.may_open(asked.user, here)
    rows = await use.lists.recent(
        asked.user, room_id=room_id, channel=here, count=count, files=files
    )
    name = found.room.name if isinstance(found, Found) else None
    await bot.reply(asked, lists.list_reply(rows, name))


async def mentioned(args: AsyncArgs, bot: Bot, use: Services) -> None:
    """Only what begins with the name is said to the bot; anything else is about it."""
    event = args.body["event"]
    words = said_to(bot.deps.identity.bot_user_id, event.get("text") or "")
    if words is None or event.get("bot_id") or event.get("subtype"):
        return
    asked = Asked.of_mention(event)
    await bot.told_if_it_fails(asked, obey(args, bot, use, asked, parse(words)))


def said_to(bot_user: str, text: str) -> str | None:
    """What follows the mention; None if the message does not begin with it."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else None
