"""`/record …`."""

from typing import assert_never

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.domain import commands as c
from bot.domain.drafts import draft_of
from bot.domain.rooms import (
    Ambiguous,
    Found,
    RoomCode,
    RoomEntry,
    RoomMatch,
    Unknown,
    without_preview,
)
from bot.listeners.bot import Bot, listener
from bot.listeners.forms import open_form
from bot.listeners.payloads import Asked
from bot.listeners.taken import say_taken
from bot.store.values import OutcomeAddress, RoomTaken
from bot.usecases import lists
from bot.usecases.checkup import examine
from bot.usecases.control import Choice, Control, control, meant
from bot.usecases.starting import Wish, request_recording
from bot.views import replies
from bot.views.doctor import doctor_reply
from bot.views.help import help_reply
from bot.views.message import Message


def register(app: AsyncApp, bot: Bot) -> None:
    app.command("/record")(listener(bot, record))


async def record(args: AsyncArgs, bot: Bot) -> None:
    asked = Asked.of(args.body)
    command = c.parse(args.body.get("text") or "")
    match command:
        case c.CommandError():
            await answer(args, replies.command_error(command))
        case c.Help(topic=topic):
            await answer(args, help_reply(topic))
        case c.OpenForm():
            await args.ack()
            await open_form(bot, asked, draft_of(c.Start().options, channel=asked.channel))
        case c.Start():
            await start(args, bot, asked, command)
        case c.Stop(room=room):
            await steer(args, bot, asked, "stop", room)
        case c.Pause(room=room):
            await steer(args, bot, asked, "pause", room)
        case c.Resume(room=room):
            await steer(args, bot, asked, "resume", room)
        case c.Status():
            await args.ack()
            bot.after_ack(asked, tell_status(bot, asked))
        case c.List(room=room, count=count):
            await args.ack()
            bot.after_ack(asked, tell_list(bot, asked, room, count))
        case c.Doctor():
            await args.ack()
            bot.after_ack(asked, tell_checkup(bot, asked))
        case _:
            assert_never(command)


async def answer(args: AsyncArgs, message: Message) -> None:
    """Ephemeral, in the ack itself."""
    await args.ack({"response_type": "ephemeral", **message.payload()})


async def start(args: AsyncArgs, bot: Bot, asked: Asked, command: c.Start) -> None:
    found = await bot.rooms.find(command.room) if command.room else None
    match found:
        case Found():
            await begin(args, bot, asked, command, found)
        case Unknown(room_id=str(room_id), link=link):
            bot.rooms.refresh_soon()
            unnamed = Found(RoomEntry(room_id, room_id), link)
            await begin(args, bot, asked, command, unnamed)
        case Unknown(suggestions=suggestions):
            bot.rooms.refresh_soon()
            corrected = [c.command_line(c.Start(r.name, command.options)) for r in suggestions]
            await answer(args, replies.room_unknown(command.room or "", suggestions, corrected))
        case RoomCode():
            await answer(args, replies.room_unknown(command.room or "", ()))
        case Ambiguous() | None:
            await args.ack()
            await open_form(bot, asked, draft_of(command.options, channel=asked.channel))
        case _:
            assert_never(found)


async def begin(args: AsyncArgs, bot: Bot, asked: Asked, command: c.Start, found: Found) -> None:
    """Commit the wish, then say so. A link that named the room serves as the meeting URL."""
    options = command.options
    if found.link and options.meeting_url is None:
        options = options.model_copy(update={"meeting_url": without_preview(found.link)})
    room_id, name = found.room.room_id, found.room.name
    where = OutcomeAddress(asked.user, channel=asked.channel, response_url=asked.response_url)
    wish = Wish(
        request_id=f"command:{asked.trigger_id}",
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
    await answer(args, replies.starting_reply(name))
    bot.after_ack(asked, bot.deps.store.mark_used(room_id))


async def steer(args: AsyncArgs, bot: Bot, asked: Asked, action: Control, room: str | None) -> None:
    """Stop, pause or resume: at once if it is clear what is meant, else ask."""
    found = await bot.rooms.find(room) if room else None
    room_id = _id_of(found)
    if room and room_id is None:
        await answer(args, which_room(room, found))
        return
    choice = await meant(bot.deps, action, room_id, asked.channel or "")
    if not choice.rows:
        await answer(args, replies.nothing_running(room))
    elif not choice.sure:
        await args.ack()
        bot.after_ack(asked, ask_which(bot, asked, action, choice))
    else:
        row = choice.rows[0]
        await control(bot.deps, action, row.key, asked.user)
        await answer(args, CONFIRMED[action](row.room_name))


def _id_of(found: RoomMatch | None) -> str | None:
    match found:
        case Found(room=entry):
            return entry.room_id
        case Unknown(room_id=room_id):
            return room_id
        case _:
            return None


def which_room(reference: str, found: RoomMatch | None) -> Message:
    """The name says too little, or too much."""
    if isinstance(found, Ambiguous):
        return replies.room_ambiguous(reference, found.candidates)
    suggestions = found.suggestions if isinstance(found, Unknown) else ()
    return replies.room_unknown(reference, suggestions)


CONFIRMED = {
    "stop": replies.stopping,
    "pause": replies.pausing,
    "resume": replies.resuming,
}


async def ask_which(bot: Bot, asked: Asked, action: Control, choice: Choice) -> None:
    rows = await lists.rows_of(bot.deps, choice.rows)
    await bot.reply(asked, replies.which_one(rows, action))


async def tell_status(bot: Bot, asked: Asked) -> None:
    here, elsewhere = await lists.status(bot.deps, asked.channel or "")
    await bot.reply(asked, replies.status_reply(here, elsewhere, bot.deps.now()))


async def tell_list(bot: Bot, asked: Asked, room: str | None, count: int) -> None:
    found = await bot.rooms.find(room) if room else None
    room_id = _id_of(found)
    if room and room_id is None:
        await bot.reply(asked, which_room(room, found))
        return
    channel = None if room_id else asked.channel
    rows = await lists.recent(bot.deps, room_id=room_id, channel=channel, count=count)
    name = found.room.name if isinstance(found, Found) else None
    await bot.reply(asked, replies.list_reply(rows, name))


async def tell_checkup(bot: Bot, asked: Asked) -> None:
    found = await examine(bot.deps, user=asked.user, channel=asked.channel or asked.user)
    await bot.reply(asked, doctor_reply(found, bot=bot.deps.identity.name))
