"""`/record …`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from bot.core.channel_settings import ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.card.links import CardLinks
from bot.features.channel_settings.listeners import open_settings
from bot.features.commands import model as c
from bot.features.commands import views as commands_views
from bot.features.commands.parser import parse
from bot.features.commands.views import help_reply
from bot.features.control import views as steer_views
from bot.features.control.service import Choice, Control, meant
from bot.features.control.service import steer as steer_recording
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
from bot.listeners.app import Bot, answer
from bot.listeners.payloads import Asked, Mention, Typed
from bot.listeners.registry import Ack, Listeners
from bot.store.errors import DoneBefore
from bot.store.values import OutcomeAddress, RoomTaken
from bot.ui import ids

on = Listeners()


@dataclass(frozen=True, slots=True)
class Services:
    """What the commands need of other features."""

    rooms: RoomDirectory
    lists: Lists
    links: CardLinks


@on.command(
    ids.COMMAND, needs_no_proof="help and errors need none; what each command does asks the gate"
)
async def record(typed: Typed, asked: Asked, ack: Ack, bot: Bot, use: Services) -> None:
    await obey(ack, bot, use, asked, parse(typed.text))


async def obey(
    ack: Ack, bot: Bot, use: Services, asked: Asked, command: c.Command | c.CommandError
) -> None:
    match command:
        case c.CommandError():
            await answer(ack, bot, asked, commands_views.command_error(command))
        case c.Help(topic=topic):
            await answer(ack, bot, asked, help_reply(topic))
        case c.OpenForm():
            await bot.rights.to_start(asked.user, asked.channel)
            await ack()
            await present(
                bot, asked, await start_service.fresh(bot.deps, asked.user, asked.channel)
            )
        case c.Start():
            await start(ack, bot, use, asked, command)
        case c.Stop(room=room):
            await steer(ack, bot, use, asked, "stop", room=room)
        case c.Pause(room=room):
            await steer(ack, bot, use, asked, "pause", room=room)
        case c.Resume(room=room):
            await steer(ack, bot, use, asked, "resume", room=room)
        case c.Settings():
            await ack()
            await open_settings(bot, asked)
        case c.Presets():
            await ack()
            await open_presets(bot, asked)
        case c.Status() | c.List() | c.Follow() | c.Unfollow() | c.Doctor():
            await ack()
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


async def start(ack: Ack, bot: Bot, use: Services, asked: Asked, command: c.Start) -> None:
    settings = await bot.deps.store.channel_settings.of(asked.channel)
    await bot.rights.to_start(asked.user, asked.channel, settings)
    preset = await presets.meant(bot.deps, asked.channel, command.preset, settings)
    if isinstance(preset, presets.NoSuchPreset):
        await answer(ack, bot, asked, commands_views.command_error(no_such_preset(command, preset)))
        return
    if preset:
        options = laid_over(preset.options, command.options)
        command = replace(command, options=options, preset=None)
    await start_with(ack, bot, use, asked, command, settings=settings)


def no_such_preset(command: c.Start, missing: presets.NoSuchPreset) -> c.CommandError:
    """With the nearest name, ready to paste."""
    near = missing.nearest
    corrected = c.command_line(replace(command, preset=near.name)) if near else None
    named = ", ".join(one.name for one in missing.known[:10])
    accepted = f"Presets here: {named}." if named else "No presets yet."
    reason = f"Unknown preset “{missing.name}”."
    return c.CommandError(reason, accepted, corrected, "/record start [room] --preset <name>")


async def start_with(
    ack: Ack,
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
            await begin(ack, bot, use, asked, command, found=found)
        case Unknown(room_id=str(room_id), link=link):
            use.rooms.refresh_soon()
            unnamed = Found(RoomEntry(room_id, room_id), link)
            await begin(ack, bot, use, asked, command, found=unnamed)
        case Unknown():
            use.rooms.refresh_soon()
            again = line_of(partial(c.Start, options=command.options))
            await answer(ack, bot, asked, which_room(room or "", found, again, form=True))
        case Ambiguous() | RoomCode() | None:
            await ack()
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
    ack: Ack, bot: Bot, use: Services, asked: Asked, command: c.Start, *, found: Found
) -> None:
    """Commit the wish, then say so."""
    options = landing(command.options, found.link)
    room_id, name = found.room.room_id, found.room.name
    where = OutcomeAddress(asked.user, channel=asked.channel, response_url=asked.response_url)
    wish = Wish(
        request_id=f"command:{asked.request_id}",
        room_id=room_id,
        room_name=name,
        options=options,
        by=asked.user,
        channel=asked.channel,
        via="command",
        outcome=where,
        once=asked.once,
    )
    made = await request_recording(bot.deps, bot.gate, wish)
    if isinstance(made, RoomTaken):
        await ack()
        bot.after_ack(asked, say_taken(bot, use.links, asked, made.key))
        return
    await answer(ack, bot, asked, start_views.starting_reply(name))
    bot.after_ack(asked, RoomRepository(bot.deps.db).mark_used(room_id))


async def steer(
    ack: Ack, bot: Bot, use: Services, asked: Asked, action: Control, *, room: str | None
) -> None:
    """Stop, pause or resume: at once if it is clear what is meant, else ask."""
    found = await use.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await answer(ack, bot, asked, which_room(room, found, line_of(STEERING[action])))
        return
    choice = await meant(
        bot.deps,
        bot.gate,
        action,
        room_id,
        asked.channel or "",
        by=asked.user,
        thread_ts=asked.thread_ts,
    )
    if choice.unfit:
        if room:
            await bot.rights.to_steer(asked.user, choice.unfit[0], action)
        await answer(ack, bot, asked, not_now(choice.unfit))
    elif not choice.rows:
        name = found.room.name if isinstance(found, Found) else room
        await answer(ack, bot, asked, lists.nothing_running(name))
    elif not choice.sure:
        await ack()
        bot.after_ack(asked, ask_which(bot, asked, action, choice))
    else:
        row = choice.rows[0]
        seen = await bot.gate.recording(asked.user, row.key, asked.channel)
        await steer_recording(bot.deps, bot.rights, action, seen, once=asked.once)
        await answer(ack, bot, asked, CONFIRMED[action](row.room_name))


def line_of(command: Callable[[str], c.Command]) -> Callable[[str], str]:
    """The command for a room, as people would type it."""
    return lambda room: c.command_line(command(room))


STEERING: dict[Control, Callable[[str], c.Command]] = {
    "stop": c.Stop,
    "pause": c.Pause,
    "resume": c.Resume,
}


async def ask_which(bot: Bot, asked: Asked, action: Control, choice: Choice) -> None:
    await bot.reply(asked, steer_views.which_one(choice.rows, action))


async def tell_status(bot: Bot, use: Services, asked: Asked) -> None:
    to = await bot.gate.horizon(asked.user, asked.channel)
    here, elsewhere = await use.lists.status(to, asked.channel or "")
    told = lists.status_reply(here, elsewhere, bot.deps.now())
    await bot.reply(asked, told if to.complete else lists.only_here(told))


async def tell_list(bot: Bot, use: Services, asked: Asked, room: str | None, count: int) -> None:
    found = await use.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await bot.reply(asked, which_room(room, found, line_of(partial(c.List, count=count))))
        return
    here = asked.channel or ""
    files = await bot.rights.may_open(asked.user, here)
    to = await bot.gate.horizon(asked.user, asked.channel)
    rows = await use.lists.recent(to, room_id=room_id, channel=here, count=count, files=files)
    name = found.room.name if isinstance(found, Found) else None
    told = lists.list_reply(rows, name)
    await bot.reply(asked, told if to.complete else lists.only_here(told))


@on.event(
    "app_mention", needs_no_proof="help and errors need none; what each command does asks the gate"
)
async def mentioned(mention: Mention, ack: Ack, bot: Bot, use: Services) -> None:
    """Only what begins with the name is said to the bot; anything else is about it.

    Each message is obeyed once: not again when it is delivered again, nor when it is edited.
    """
    words = said_to(bot.deps.identity.bot_user_id, mention.text)
    asked = mention.asked
    if words is None or mention.by_app:
        return
    if await bot.deps.store.requests.done_before(asked.once):
        return
    if mention.edited:
        await bot.deps.store.requests.remember(asked.once)
        bot.after_ack(asked, bot.reply(asked, commands_views.send_it_anew()))
        return
    await bot.told_if_it_fails(asked, _obey_once(ack, bot, use, asked, words))


async def _obey_once(ack: Ack, bot: Bot, use: Services, asked: Asked, words: str) -> None:
    """What a command stores remembers the message, in its transaction; what stores nothing, here.

    A message that could not be obeyed, as when Slack does not answer, may be delivered again.
    """
    try:
        await obey(ack, bot, use, asked, parse(words))
        if not await bot.deps.store.requests.done_before(asked.once):
            await bot.deps.store.requests.remember(asked.once)
    except DoneBefore:
        return  # the same message, obeyed at the same time


def said_to(bot_user: str, text: str) -> str | None:
    """What follows the mention; None if the message does not begin with it."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else None
