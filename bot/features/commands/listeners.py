"""`/record …`."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import assert_never

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.core.channel_settings import ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.browse import views as lists
from bot.features.channel_settings.listeners import open_settings
from bot.features.commands import model as c
from bot.features.commands.parser import parse
from bot.features.commands.views import help_reply
from bot.features.doctor.listeners import tell_checkup
from bot.features.follow.listeners import follow, unfollow
from bot.features.options.drafts import draft_of
from bot.features.presets import service as presets
from bot.features.presets.listeners import open_presets
from bot.features.presets.model import laid_over
from bot.features.rooms.model import (
    Ambiguous,
    Found,
    RoomCode,
    RoomEntry,
    Unknown,
    without_preview,
)
from bot.features.rooms.naming import id_of, which_room
from bot.features.start import drafts as forms
from bot.features.start.listeners import open_form, present
from bot.features.start.service import Wish, request_recording
from bot.features.start.taken import say_taken
from bot.features.steer.service import Choice, Control, control, meant
from bot.features.steer.views import not_now
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked
from bot.store.values import OutcomeAddress, RecordingRow, RoomTaken
from bot.ui import replies
from bot.ui.message import Message


def register(app: AsyncApp, bot: Bot) -> None:
    app.command("/record")(listener(bot, record))


async def record(args: AsyncArgs, bot: Bot) -> None:
    await obey(args, bot, Asked.of(args.body), parse(args.body.get("text") or ""))


async def obey(
    args: AsyncArgs, bot: Bot, asked: Asked, command: c.Command | c.CommandError
) -> None:
    match command:
        case c.CommandError():
            await answer(args, bot, asked, replies.command_error(command))
        case c.Help(topic=topic):
            await answer(args, bot, asked, help_reply(topic))
        case c.OpenForm():
            await bot.rights.to_start(asked.user, asked.channel)
            await args.ack()
            await present(bot, asked, await forms.fresh(bot.deps, asked.user, asked.channel))
        case c.Start():
            await start(args, bot, asked, command)
        case c.Stop(room=room):
            await steer(args, bot, asked, "stop", room)
        case c.Pause(room=room):
            await steer(args, bot, asked, "pause", room)
        case c.Resume(room=room):
            await steer(args, bot, asked, "resume", room)
        case c.Settings():
            await args.ack()
            await open_settings(bot, asked)
        case c.Presets():
            await args.ack()
            await open_presets(bot, asked)
        case c.Status() | c.List() | c.Follow() | c.Unfollow() | c.Doctor():
            await args.ack()
            bot.after_ack(asked, tell(bot, asked, command))
        case _:
            assert_never(command)


async def tell(
    bot: Bot, asked: Asked, command: c.Status | c.List | c.Follow | c.Unfollow | c.Doctor
) -> None:
    """What can take its time: the person may simply ask again."""
    match command:
        case c.Status():
            await tell_status(bot, asked)
        case c.List(room=room, count=count):
            await tell_list(bot, asked, room, count)
        case c.Follow(room=room):
            await follow(bot, asked, room)
        case c.Unfollow(room=room):
            await unfollow(bot, asked, room)
        case c.Doctor():
            await tell_checkup(bot, asked)


async def answer(args: AsyncArgs, bot: Bot, asked: Asked, message: Message) -> None:
    """To this person alone: of a command in the ack itself."""
    if "command" in args.body:
        await args.ack({"response_type": "ephemeral", **message.payload()})
        return
    await args.ack()
    bot.after_ack(asked, bot.reply(asked, message))


async def start(args: AsyncArgs, bot: Bot, asked: Asked, command: c.Start) -> None:
    settings = await bot.deps.store.channel_settings(asked.channel)
    await bot.rights.to_start(asked.user, asked.channel, settings)
    preset = await presets.meant(bot.deps, asked.channel, command.preset, settings)
    if isinstance(preset, presets.NoSuchPreset):
        await answer(args, bot, asked, replies.command_error(no_such_preset(command, preset)))
        return
    if preset:
        options = laid_over(preset.options, command.options)
        command = replace(command, options=options, preset=None)
    await start_with(args, bot, asked, command, settings)


def no_such_preset(command: c.Start, missing: presets.NoSuchPreset) -> c.CommandError:
    """With the nearest name, ready to paste."""
    near = missing.nearest
    corrected = c.command_line(replace(command, preset=near.name)) if near else None
    named = ", ".join(one.name for one in missing.known[:10])
    accepted = f"Presets here: {named}." if named else "There are none yet."
    reason = f"There is no preset “{missing.name}”."
    return c.CommandError(reason, accepted, corrected, "/record start [room] --preset <name>")


async def start_with(
    args: AsyncArgs, bot: Bot, asked: Asked, command: c.Start, settings: ChannelSettings
) -> None:
    room = command.room
    found = await bot.rooms.find(room) if room else await _default_room(bot, settings)
    match found:
        case Found():
            await begin(args, bot, asked, command, found)
        case Unknown(room_id=str(room_id), link=link):
            bot.rooms.refresh_soon()
            unnamed = Found(RoomEntry(room_id, room_id), link)
            await begin(args, bot, asked, command, unnamed)
        case Unknown():
            bot.rooms.refresh_soon()
            again = partial(c.Start, options=command.options)
            await answer(args, bot, asked, which_room(room or "", found, again, form=True))
        case Ambiguous() | RoomCode() | None:
            await args.ack()
            options = landing(command.options, getattr(found, "link", None))
            draft = draft_of(options, channel=asked.channel)
            await open_form(bot, asked, draft.model_copy(update={"room_words": room or ""}))
        case _:
            assert_never(found)


async def _default_room(bot: Bot, settings: ChannelSettings) -> Found | None:
    """What the channel records when nobody says which room."""
    if settings.room_id is None:
        return None
    name = await bot.rooms.name_of(settings.room_id) or settings.room_name
    return Found(RoomEntry(settings.room_id, name or settings.room_id))


def landing(options: RecordingOptions, link: str | None) -> RecordingOptions:
    """A link that names the room serves as the meeting URL, if there is no other."""
    if link is None or options.meeting_url is not None:
        return options
    return options.model_copy(update={"meeting_url": without_preview(link)})


async def begin(args: AsyncArgs, bot: Bot, asked: Asked, command: c.Start, found: Found) -> None:
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
        bot.after_ack(asked, say_taken(bot, asked, made.key))
        return
    await answer(args, bot, asked, replies.starting_reply(name))
    bot.after_ack(asked, bot.deps.store.mark_used(room_id))


async def steer(args: AsyncArgs, bot: Bot, asked: Asked, action: Control, room: str | None) -> None:
    """Stop, pause or resume: at once if it is clear what is meant, else ask."""
    found = await bot.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await answer(args, bot, asked, which_room(room, found, STEERING[action]))
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


STEERING: dict[Control, Callable[[str], c.Command]] = {
    "stop": c.Stop,
    "pause": c.Pause,
    "resume": c.Resume,
}
CONFIRMED = {
    "stop": replies.stopping,
    "pause": replies.pausing,
    "resume": replies.resuming,
}


async def ask_which(bot: Bot, asked: Asked, action: Control, choice: Choice) -> None:
    """Of those that they may know of."""
    seen = await bot.sight.look(asked.user, choice.rows, here=asked.channel)
    rows = [one.row for one in seen]
    message = replies.which_one(rows, action) if rows else lists.nothing_running()
    await bot.reply(asked, message)


async def tell_status(bot: Bot, asked: Asked) -> None:
    here, elsewhere = await bot.lists.status(asked.user, asked.channel or "")
    await bot.reply(asked, lists.status_reply(here, elsewhere, bot.deps.now()))


async def tell_list(bot: Bot, asked: Asked, room: str | None, count: int) -> None:
    found = await bot.rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await bot.reply(asked, which_room(room, found, partial(c.List, count=count)))
        return
    here = asked.channel or ""
    files = await bot.rights.may_open(asked.user, here)
    rows = await bot.lists.recent(
        asked.user, room_id=room_id, channel=here, count=count, files=files
    )
    name = found.room.name if isinstance(found, Found) else None
    await bot.reply(asked, lists.list_reply(rows, name))
