"""`/record …`, and what is said to the bot in a message: each command goes to its handler."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.access.rights import NoRight
from bot.features.card.links import CardLinks
from bot.features.channel_settings.listeners import open_settings
from bot.features.commands import model as c
from bot.features.commands.parser import parse
from bot.features.commands.views import command_error, help_reply, send_it_anew
from bot.features.control.listeners import steer_by_command
from bot.features.control.service import Control
from bot.features.doctor.listeners import tell_doctor
from bot.features.find.listeners import tell_found
from bot.features.follow.listeners import follow, unfollow
from bot.features.history.listeners import tell_list, tell_status
from bot.features.history.service import Lists
from bot.features.presets.listeners import open_presets
from bot.features.rooms.service import RoomDirectory
from bot.features.schedules.listeners import (
    schedule_by_command,
    set_rule_by_command,
    start_at,
    tell_schedules,
)
from bot.features.start.listeners import open_filled
from bot.features.start.service import filled
from bot.kit.logs import learnt
from bot.listeners.app import Bot, answer
from bot.listeners.payloads import Asked, Mention, Typed
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import SlackUnavailable
from bot.store.errors import DoneBefore
from bot.ui.ids import COMMAND
from bot.ui.replies import use_a_channel

on = Listeners()
ASK = "help and errors need none; what each command does asks the gate"


@dataclass(frozen=True, slots=True)
class Services:
    """What the commands need of other features."""

    rooms: RoomDirectory
    lists: Lists
    links: CardLinks


@on.command(COMMAND, needs_no_proof=ASK)
async def record(typed: Typed, asked: Asked, ack: Ack, bot: Bot, use: Services) -> None:
    command = parse(typed.text)
    if asked.in_group_dm and not isinstance(command, c.Help):
        await answer(ack, bot, asked, use_a_channel())
        return
    await obey(Said(ack, bot, use, asked), command)


@on.event("app_mention", needs_no_proof=ASK)
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
        bot.after_ack(asked, bot.reply(asked, send_it_anew()))
        return
    await bot.told_if_it_fails(asked, _obey_once(Said(ack, bot, use, asked), words))


async def _obey_once(said: "Said", words: str) -> None:
    """What a command stores remembers the message, in its transaction; what stores nothing, here.

    A message that could not be obeyed, as when Slack does not answer, may be delivered again.
    """
    requests = said.bot.deps.store.requests
    try:
        await obey(said, parse(words))
        if not await requests.done_before(said.asked.once):
            await requests.remember(said.asked.once)
    except DoneBefore:
        return  # the same message, obeyed at the same time


def said_to(bot_user: str, text: str) -> str | None:
    """What follows the mention; None if the message does not begin with it."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else None


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it came, with what its handler needs."""

    ack: Ack
    bot: Bot
    use: Services
    asked: Asked


async def obey(said: Said, command: c.Command | c.CommandError) -> None:
    learnt(command=type(command).__name__)  # not what was typed
    await HANDLERS[type(command)](said, command)


def line_of(command: Callable[[str], c.Command]) -> Callable[[str], str]:
    """The command for a room, as people would type it."""
    return lambda room: c.command_line(command(room))


# ---- one handler for each command ------------------------------------------------------------


async def not_understood(said: Said, error: c.CommandError) -> None:
    """Those who may start get a form with what was understood, too."""
    form_id = await _form_of(said, error.understood) if error.understood else None
    await answer(said.ack, said.bot, said.asked, command_error(error, form_id))


async def _form_of(said: Said, start: c.Understood) -> str | None:
    user, channel = said.asked.user, said.asked.channel
    try:
        await said.bot.rights.to_start(user, channel)
    except (NoRight, SlackUnavailable):
        return None
    showing = await filled(
        said.bot.deps,
        said.use.rooms,
        user=user,
        channel=channel,
        room=start.room,
        raw=start.raw,
        preset=start.preset,
    )
    return showing.request_id


async def explain(said: Said, command: c.Help) -> None:
    await answer(said.ack, said.bot, said.asked, help_reply(command.topic))


async def open_form(said: Said, _: c.OpenForm) -> None:
    await open_filled(said.ack, said.bot, said.use.rooms, said.asked)


async def start(said: Said, command: c.Start) -> None:
    await start_at(
        said.ack,
        said.bot,
        said.use.rooms,
        said.use.links,
        said.asked,
        typed=command.room,
        options=command.options,
        preset=command.preset,
        written=lambda room, preset: c.command_line(replace(command, room=room, preset=preset)),
    )


async def schedule(said: Said, command: c.Schedule) -> None:
    if command.room is None:
        await _later(said, tell_schedules(said.bot, said.asked))
        return
    await schedule_by_command(
        said.ack,
        said.bot,
        said.use.rooms,
        said.asked,
        typed=command.room,
        options=command.options,
        preset=command.preset,
        written=lambda room, preset: c.command_line(replace(command, room=room, preset=preset)),
    )


async def schedules(said: Said, _: c.Schedules) -> None:
    await _later(said, tell_schedules(said.bot, said.asked))


async def auto(said: Said, command: c.Auto) -> None:
    await _later(said, set_rule_by_command(said.bot, said.use.rooms, said.asked, command.room))


async def steer(
    said: Said,
    command: c.Stop | c.Pause | c.Resume,
    *,
    action: Control,
) -> None:
    await steer_by_command(
        said.ack,
        said.bot,
        said.use.rooms,
        said.asked,
        action,
        room=command.room,
        written=line_of(type(command)),
    )


async def settings(said: Said, _: c.Settings) -> None:
    await said.ack()
    await open_settings(said.bot, said.asked)


async def presets(said: Said, _: c.Presets) -> None:
    await said.ack()
    await open_presets(said.bot, said.asked)


async def status(said: Said, _: c.Status) -> None:
    await _later(said, tell_status(said.bot, said.use.lists, said.asked))


async def list_(said: Said, command: c.List) -> None:
    telling = tell_list(
        said.bot,
        said.use.rooms,
        said.use.lists,
        said.asked,
        room=command.room,
        count=command.count,
        written=line_of(partial(c.List, count=command.count)),
    )
    await _later(said, telling)


async def find(said: Said, command: c.Find) -> None:
    await _later(said, tell_found(said.bot, said.asked, command.words or ""))


async def follow_(said: Said, command: c.Follow) -> None:
    await _later(said, follow(said.bot, said.use.rooms, said.asked, command.room))


async def unfollow_(said: Said, command: c.Unfollow) -> None:
    await _later(said, unfollow(said.bot, said.use.rooms, said.asked, command.room))


async def doctor(said: Said, _: c.Doctor) -> None:
    await _later(said, tell_doctor(said.bot, said.asked))


async def _later(said: Said, work: Coroutine[Any, Any, None]) -> None:
    """What can take its time: the person may simply ask again."""
    await said.ack()
    said.bot.after_ack(said.asked, work)


HANDLERS: Mapping[type, Callable[..., Awaitable[None]]] = {
    c.CommandError: not_understood,
    c.Help: explain,
    c.OpenForm: open_form,
    c.Start: start,
    c.Schedule: schedule,
    c.Schedules: schedules,
    c.Auto: auto,
    c.Stop: partial(steer, action="stop"),
    c.Pause: partial(steer, action="pause"),
    c.Resume: partial(steer, action="resume"),
    c.Settings: settings,
    c.Presets: presets,
    c.Status: status,
    c.List: list_,
    c.Find: find,
    c.Follow: follow_,
    c.Unfollow: unfollow_,
    c.Doctor: doctor,
}
