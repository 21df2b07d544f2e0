"""`/record auto`, the form of a channel's rules, and the buttons that turn one off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.access.gate import UnknownSchedule
from bot.access.rights import NoRight
from bot.core.places import is_channel
from bot.core.proofs import HomeMember, Horizon, OpenChannel
from bot.core.when_clauses import NUMBERS
from bot.features.automatic.listeners import named_room
from bot.features.automatic.service import no_cards_in
from bot.features.automatic.views import room_disabled
from bot.features.rooms.listeners import suggest_rooms
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.service import RoomDirectory
from bot.features.rules import ids, service, views
from bot.features.rules.form import read_rule, rules_form
from bot.features.rules.model import Rule
from bot.features.rules.store import RuleRepository
from bot.features.schedules.listeners import Upcoming
from bot.features.schedules.service import schedules_of_room_seen
from bot.features.start.form import DISABLED
from bot.listeners.app import Bot, for_people
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Caller, Click, Typed
from bot.listeners.payloads import View as ViewValues
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackUnavailable
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message

on = Listeners()
AUTO = re.compile(
    rf"(?P<room>.*?)\s*\b(?P<what>on|off|end)(?:\s+(?P<least>[0-9]{{1,3}}|{'|'.join(NUMBERS)})"
    r"(?:\s+(?:people|persons))?)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An order for a rule of a room that was not found, with the answer. `rule`: on, on 2, off."""

    typed: str
    rule: str
    answer: Message


async def set_rule_by_command(
    bot: Bot, rooms: RoomDirectory, caller: Caller, typed: str
) -> Unnamed | None:
    """Carry out `auto standup on`, `on 2`, `end` and `off`.

    An unknown room is not answered: the caller may offer rooms with similar names.
    """
    said = AUTO.fullmatch(typed.strip())
    if said is None:
        await bot.reply(caller, views.auto_usage())
        return None
    name = said["room"].strip(' ,"“”') or None
    what = said["what"].lower()
    number = (said["least"] or "1").lower()
    least = NUMBERS.get(number) or int(number)
    room = await named_room(bot, rooms, caller, name, rule=True, may_be_gone=what == "off")
    if isinstance(room, Message) and name:
        return Unnamed(name, f"{what} {least if said['least'] else ''}".strip(), room)
    if isinstance(room, RoomEntry):
        answer = await set_rule_of(bot, rooms, caller, room, what, least, once=caller.once)
        await bot.reply(caller, answer)
        return None
    await bot.reply(caller, room or views.auto_usage())
    return None


async def set_rule_of(
    bot: Bot,
    rooms: RoomDirectory,
    caller: Caller,
    room: RoomEntry,
    what: str,
    least_people: int = 1,
    *,
    once: Sequence[str],
) -> Message:
    """Set or delete the rule of a room: on, end or off. Raises NoRight, DoneBefore."""
    origin = (caller.channel if is_channel(caller.channel) else None) or caller.user
    if what == "off":
        gone = await service.unset_rule(
            bot.deps, bot.rights, room.room_id, origin, caller.user, once=once
        )
        return views.rule_off(room.name, there=gone is not None)
    await bot.rights.to_set_rule(caller.user, caller.channel)
    if await rooms.is_disabled(room.room_id):
        rooms.refresh_soon()
        return room_disabled(room.name)
    if closed := await no_cards_in(bot.deps, caller.channel, room.name):
        return closed
    rule = Rule(
        room_id=room.room_id,
        room_name=room.name,
        channel=origin,
        by=caller.user,
        created_at=bot.deps.now(),
        every_session=what == "on",
        least_people=max(1, least_people),
    )
    there = await service.set_rule(bot.deps, bot.rights, rule, once=once)
    if there.channel != origin:
        return views.rule_elsewhere(room.name)
    here = caller.channel
    return await service.say_rule_set(bot.deps, bot.gate, there, caller.user, here=here)


@on.action(ids.RULE_OFF)
async def rule_off(to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming) -> None:
    rule = await RuleRepository(bot.deps.db).get(click.value)
    here = click.caller.channel
    if rule is None or not await bot.gate.sees_place(to.user, rule.channel, rule.by, here):
        raise UnknownSchedule(click.value)
    await service.unset_rule(bot.deps, bot.rights, rule.room_id, rule.channel, to.user)
    await ack()
    bot.after_ack(
        click.caller, upcoming.show(bot, click, to, views.rule_off(rule.room_name, there=True))
    )


@on.action(ui_ids.ROOM_RULES)
async def open_rules(
    channel: Annotated[OpenChannel, From.VALUE], _: HomeMember, click: Click, ack: Ack, bot: Bot
) -> None:
    """Open the rules on top of the channel settings."""
    rules = await RuleRepository(bot.deps.db).of_channel(channel.channel)
    await ack()
    await open_modal(bot, click.caller, rules_form(channel.channel, rules), over=click.view)


@on.options(ids.RULE_ROOM_ACTION)
async def suggest_room_of_rule(
    _: HomeMember, typed: Typed, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    await suggest_rooms(typed, ack, bot, rooms)


@on.view(ids.RULES_FORM)
async def rule_submitted(
    channel: Annotated[OpenChannel, From.VIEW],
    by: HomeMember,
    view: ViewValues,
    ack: Ack,
    bot: Bot,
    rooms: RoomDirectory,
) -> None:
    """Set a rule; the form then shows it and can take another one."""
    wanted = read_rule(view.values)
    if not isinstance(wanted, FieldErrors) and await rooms.is_disabled(wanted.room_id):
        rooms.refresh_soon()
        wanted = FieldErrors({ids.RULE_ROOM: DISABLED})
    if isinstance(wanted, FieldErrors):
        await ack(response_action="errors", errors=dict(wanted))
        return
    rule = Rule(
        room_id=wanted.room_id,
        room_name=wanted.room_name,
        channel=channel.channel,
        by=by.user,
        created_at=bot.deps.now(),
        every_session=wanted.every_session,
        least_people=wanted.least_people,
        until_empty=wanted.until_empty,
    )
    try:
        made = await service.rule_of_form(bot.deps, bot.rights, rule)
    except (NoRight, SlackUnavailable) as no:
        made = FieldErrors({ids.RULE_ROOM: for_people(no).text})
    if isinstance(made, FieldErrors):
        await ack(response_action="errors", errors=dict(made))
        return
    rules = await RuleRepository(bot.deps.db).of_channel(channel.channel)
    others = await schedules_of_room_seen(
        bot.deps, bot.gate, made.room_id, by.user, here=channel.channel
    )
    said = views.rule_saved(made, others, now=bot.deps.now(), reader=by.user)
    await ack(response_action="update", view=rules_form(channel.channel, rules, said=said))


@on.action(ids.RULE_DROP)
async def rule_dropped(
    channel: Annotated[OpenChannel, From.VIEW], by: HomeMember, click: Click, ack: Ack, bot: Bot
) -> None:
    repo = RuleRepository(bot.deps.db)
    gone = await service.unset_rule(bot.deps, bot.rights, click.value, channel.channel, by.user)
    await ack()
    if click.view is None or gone is None:
        raise UnknownSchedule(click.value)
    rules = await repo.of_channel(channel.channel)
    said = views.rule_ended(gone.room_name)
    await update_modal(bot, rules_form(channel.channel, rules, said=said), click.view.id)
