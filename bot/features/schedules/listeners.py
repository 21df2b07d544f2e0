"""`/record schedules` and `/record auto`, and the buttons of their replies."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from bot.access.gate import UnknownSchedule
from bot.access.rights import NoRight
from bot.core.places import is_channel
from bot.core.proofs import HomeMember, Horizon, OpenChannel, SeenRecording, SeenSchedule
from bot.core.when import Refused, Unclear
from bot.core.when_clauses import NUMBERS
from bot.features.rooms.listeners import suggest_rooms
from bot.features.rooms.model import Ambiguous, FoundRoom, RoomCode, RoomEntry, Unknown
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.views import no_room, several_rooms
from bot.features.schedules import ids, service, views
from bot.features.schedules.form import read_rule, rules_form
from bot.features.schedules.model import QUARTER, RoomCalendar, Rule, Schedule
from bot.features.schedules.store import CalendarRepository, RuleRepository, ScheduleRepository
from bot.features.start.form import DISABLED
from bot.kit.typed_text import unwrap_link
from bot.listeners.app import Bot, for_people
from bot.listeners.modals import put_modal, update_modal
from bot.listeners.payloads import Caller, Click, Typed
from bot.listeners.payloads import View as ViewValues
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors, own_state
from bot.ui.message import Message, message_view

on = Listeners()
# `schedule standup from https://…`; available as a command only.
CALENDAR = re.compile(
    r"\s*schedule\s+(?P<room>.*?)\s*\bfrom\s+(?P<url><?\w+://\S+)\s*", re.IGNORECASE | re.DOTALL
)
AUTO = re.compile(
    rf"(?P<room>.*?)\s*\b(?P<what>on|off|end)(?:\s+(?P<least>[0-9]{{1,3}}|{'|'.join(NUMBERS)})"
    r"(?:\s+(?:people|persons))?)?",
    re.IGNORECASE | re.DOTALL,
)


# ---- by command ------------------------------------------------------------------------------


async def follow_calendar_by_command(
    bot: Bot, rooms: RoomDirectory, caller: Caller, typed: str, link: str
) -> None:
    """Follow a calendar. Its link gives access to it, so replies never repeat it."""
    url = unwrap_link(link).replace("webcal://", "https://", 1)
    if not _is_calendar_link(url):
        await bot.reply(caller, views.only_https())
        return
    name = typed.strip(' ,"“”') or None
    room = await _room(bot, rooms, caller, name)
    if not isinstance(room, RoomEntry):
        await bot.reply(caller, room or views.calendar_usage())
        return
    calendar = RoomCalendar(
        calendar_id=bot.deps.new_id(),
        room_id=room.room_id,
        room_name=room.name,
        channel=(caller.channel if is_channel(caller.channel) else None) or caller.user,
        by=caller.user,
        zone=(await service.zone_of(bot.rights, caller.user)).name,
        created_at=bot.deps.now(),
        url=url,
    )
    await bot.rights.to_start(caller.user, caller.channel)
    if await rooms.is_disabled(room.room_id):
        await bot.reply(caller, views.rule_of_disabled(room.name))
        return
    if closed := await service.no_cards_in(bot.deps, caller.channel, room.name):
        await bot.reply(caller, closed)
        return
    added = await service.add_calendar(bot.deps, bot.rights, calendar, once=caller.once)
    if added is None:
        await bot.reply(caller, views.too_many_calendars())
        return
    which, here = (bot.deps, bot.gate, room.room_id, caller.user), caller.channel
    others = await service.schedules_of_room_seen(*which, here=here)
    rule = await service.rule_seen(*which, here=here)
    now = bot.deps.now()
    said = views.calendar_added(added, others, rule, now=now, reader=caller.user)
    await bot.reply(caller, said)


def _is_calendar_link(url: str) -> bool:
    """Whether a link is https without credentials."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and "@" not in parts.netloc


async def _room(
    bot: Bot,
    rooms: RoomDirectory,
    caller: Caller,
    typed: str | None,
    *,
    rule: bool = False,
    may_be_gone: bool = False,
) -> RoomEntry | Message | None:
    """Return the typed room, else the channel's default; or a reply that there is no such room.

    An unknown name or id may belong to a new room, so 100ms is asked after the ack. With
    `may_be_gone`, an unknown id is accepted. Raises NoRight for guests and people of other
    organisations who may not start here, whether or not the room exists.
    """
    person = await bot.rights.people.person(caller.user)
    if person.standing != "member":
        to_do = bot.rights.to_set_rule if rule else bot.rights.to_start
        await to_do(caller.user, caller.channel)
    if not typed:
        settings = await bot.deps.store.channel_settings.of(caller.channel)
        default = settings.room_id
        return RoomEntry(default, settings.room_name or default) if default else None
    found, unasked = await rooms.find(typed), None
    if isinstance(found, RoomCode):
        await rooms.look_for(found.code)
        found = await rooms.find(typed)
    elif isinstance(found, Unknown) and not (may_be_gone and found.room_id):
        unasked = await rooms.fetch_named(found.room_id or typed)
        found = await rooms.find(typed)
    match found:
        case FoundRoom(room=room):
            return room
        case Unknown(room_id=str(room_id)) if unasked or may_be_gone:
            return RoomEntry(room_id, room_id)
        case Ambiguous():
            return several_rooms(typed)
    rooms.refresh_soon()
    return no_room(typed, unasked)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An order for a rule of a room that was not found, with the answer. `rule`: on, on 2, off."""

    typed: str
    rule: str
    answer: Message


async def set_rule_by_command(
    bot: Bot, rooms: RoomDirectory, caller: Caller, typed: str | None
) -> Unnamed | None:
    """Carry out `auto standup on`, `on 2`, `end` and `off`; without words, show the list.

    An unknown room is not answered: the caller may offer rooms with similar names.
    """
    if typed is None:
        await answer_schedules(bot, caller)
        return None
    said = AUTO.fullmatch(typed.strip())
    if said is None:
        await bot.reply(caller, views.auto_usage())
        return None
    name = said["room"].strip(' ,"“”') or None
    what = said["what"].lower()
    number = (said["least"] or "1").lower()
    least = NUMBERS.get(number) or int(number)
    room = await _room(bot, rooms, caller, name, rule=True, may_be_gone=what == "off")
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
        return views.rule_of_disabled(room.name)
    if closed := await service.no_cards_in(bot.deps, caller.channel, room.name):
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


# ---- the list --------------------------------------------------------------------------------


async def answer_schedules(
    bot: Bot, caller: Caller, *, whose: str = "", room_id: str | None = None
) -> None:
    """List the schedules that the person may see: this channel's, their own, and others.

    `whose`: `mine` or `here` lists only those.
    """
    to = await bot.gate.horizon(caller.user, caller.channel)

    def is_meant(one: Schedule | Rule | RoomCalendar) -> bool:
        by, there = whose != "mine" or one.by == to.user, whose != "here" or one.channel == to.here
        return by and there and room_id in (None, one.room_id)

    await bot.reply(caller, await _list(bot, to, caller.channel, is_meant))


async def _list(
    bot: Bot,
    to: Horizon,
    here: str | None,
    only: Callable[[Schedule | Rule | RoomCalendar], bool] = lambda _: True,
) -> Message:
    found = await service.listed(bot.deps, bot.gate, bot.rights, to, here=here, only=only)
    return views.schedules_list(found, bot.deps.now())


@on.action(ui_ids.SCHEDULES)
async def schedules_clicked(to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    """Show the list: from a card or notice as an ephemeral reply, from Home in a modal."""
    await ack()
    listed = await _list(bot, to, click.caller.channel)
    if click.view is not None:
        view = message_view(listed, title=views.ALL)
        await bot.deps.slack.open_view(click.caller.trigger_id, view)
        return
    bot.after_ack(click.caller, bot.reply(click.caller, listed, replace=click.on_ephemeral))


async def _show(bot: Bot, click: Click, to: Horizon, said: Message) -> None:
    """Replace the clicked list by the current one, below a report of what was done."""
    listed = await _list(bot, to, click.caller.channel)
    both = Message(f"{said.text}\n{listed.text}", [*said.blocks, *listed.blocks])
    if click.view is not None and click.view.type == "modal":
        await update_modal(bot, message_view(both, title=views.ALL), click.view.id)
        return
    await bot.reply(click.caller, both, replace=click.on_answer)


@on.action(ids.UNDO)
async def undo(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    """Take back what was just scheduled."""
    there = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    begun = there if there and there.state == "over" else None
    gone = begun or await service.delete(bot.deps, bot.rights, seen)
    await ack()
    if gone is None:
        raise UnknownSchedule(seen.schedule_id)
    said = views.has_begun(gone) if begun else views.undone(gone)
    bot.after_ack(click.caller, _say_undone(bot, click, to, said))


@on.action(ids.DELETE)
async def delete(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    gone = await service.delete(bot.deps, bot.rights, seen)
    await ack()
    if gone is None:
        raise UnknownSchedule(seen.schedule_id)
    bot.after_ack(click.caller, _show(bot, click, to, views.deleted(gone)))


@on.action(ids.RESTORE)
async def restore(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    here = click.caller.channel
    there = await service.restore(bot.deps, bot.gate, bot.rights, seen, here=here)
    await ack()
    said = views.restored(there) if there else views.too_late_to_undo()
    bot.after_ack(click.caller, _say_undone(bot, click, to, said))


@on.action(ids.SKIP)
async def skip(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    skipped = await service.skip(bot.deps, bot.rights, seen, ui_ids.moment_of(click.value))
    await ack()
    said = views.skipping(*skipped) if skipped else views.changed_meanwhile()
    bot.after_ack(click.caller, _show(bot, click, to, said))


@on.action(ids.UNSKIP)
async def unskip(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    there = await service.unskip(bot.deps, bot.rights, seen, ui_ids.moment_of(click.value))
    await ack()
    said = views.restored(there) if there else views.changed_meanwhile()
    bot.after_ack(click.caller, _say_undone(bot, click, to, said))


async def _say_undone(bot: Bot, click: Click, to: Horizon, said: Message) -> None:
    if click.view is not None:
        await _show(bot, click, to, said)
        return
    await bot.reply(click.caller, said, replace=click.on_answer)


@on.action(ids.PAUSE)
async def pause(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    done = await service.pause(bot.deps, bot.rights, seen)
    await ack()
    bot.after_ack(click.caller, _show(bot, click, to, _done(done, "paused")))


@on.action(ids.RESUME)
async def resume(seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    here = click.caller.channel
    done = await service.resume(bot.deps, bot.gate, bot.rights, seen, here=here)
    await ack()
    if done is not None and done.state != "active":
        bot.after_ack(click.caller, _show(bot, click, to, views.no_date_left(done)))
        return
    bot.after_ack(click.caller, _show(bot, click, to, _done(done, "active again")))


def _done(schedule: Schedule | None, state: str) -> Message:
    return views.now_is(schedule, state) if schedule else views.changed_meanwhile()


@on.action(ids.RUN_NOW)
async def run_now(seen: SeenSchedule, click: Click, ack: Ack, bot: Bot) -> None:
    """Start now; the card shows the outcome."""
    name = click.caller.request_id
    here = click.caller.channel
    made = await service.run_now(bot.deps, bot.gate, seen, name, here=here)
    await ack()
    if made is None:
        raise UnknownSchedule(seen.schedule_id)
    schedule = made if isinstance(made, Schedule) else None
    if schedule is None:
        found = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
        said = views.taken(found.room_name if found else "")
    else:
        said = views.running_now(schedule.room_name)
    bot.after_ack(click.caller, bot.reply(click.caller, said))


@on.action(ids.CHANGE)
async def change(seen: SeenSchedule, click: Click, ack: Ack, bot: Bot) -> None:
    schedule = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    if schedule is None:
        raise UnknownSchedule(seen.schedule_id)
    await bot.rights.to_change_schedule(seen.by, schedule.channel, schedule.by)
    await ack()
    await put_modal(bot, click, views.change_form(schedule, bot.deps.now()))


@on.view(ids.CHANGE_FORM)
async def change_submitted(
    seen: Annotated[SeenSchedule, From.VIEW], caller: Caller, view: ViewValues, ack: Ack, bot: Bot
) -> None:
    """Change the time; the reply repeats it in words, with its dates."""
    typed = own_state(view.values).text(ids.WHEN)
    before = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    changed = await service.change(bot.deps, bot.rights, seen, typed)
    if isinstance(changed, Refused | Unclear):
        await ack(response_action="errors", errors={ids.WHEN: views.problem(changed)})
        return
    if changed is None:
        message = views.changed_meanwhile()
    else:
        was = before.when if before else None
        message = await service.say_scheduled(
            bot.deps, bot.gate, bot.rights, changed, caller.user, here=caller.channel, was=was
        )
    await ack(response_action="update", view=message_view(message, title=views.ALL))


@on.action(ids.RULE_OFF)
async def rule_off(to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    rule = await RuleRepository(bot.deps.db).get(click.value)
    here = click.caller.channel
    if rule is None or not await bot.gate.sees_place(to.user, rule.channel, rule.by, here):
        raise UnknownSchedule(click.value)
    await service.unset_rule(bot.deps, bot.rights, rule.room_id, rule.channel, to.user)
    await ack()
    bot.after_ack(click.caller, _show(bot, click, to, views.rule_off(rule.room_name, there=True)))


@on.action(ui_ids.ROOM_RULES)
async def open_rules(
    channel: Annotated[OpenChannel, From.VALUE], _: HomeMember, click: Click, ack: Ack, bot: Bot
) -> None:
    """Open the rules on top of the channel settings."""
    rules = await RuleRepository(bot.deps.db).of_channel(channel.channel)
    await ack()
    await put_modal(bot, click, rules_form(channel.channel, rules))


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
    others = await service.schedules_of_room_seen(
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


@on.action(ids.CALENDAR_OFF)
async def calendar_off(to: Horizon, click: Click, ack: Ack, bot: Bot) -> None:
    calendar = await CalendarRepository(bot.deps.db).get(click.value)
    here = click.caller.channel
    seen = calendar and await bot.gate.sees_place(to.user, calendar.channel, calendar.by, here)
    if calendar is None or not seen:
        raise UnknownSchedule(click.value)
    await service.drop_calendar(bot.deps, bot.rights, calendar, to.user)
    await ack()
    bot.after_ack(click.caller, _show(bot, click, to, views.calendar_off(calendar.room_name)))


# ---- the end of a recording ------------------------------------------------------------------


@on.action(ui_ids.WAIT_FOR_PEOPLE)
async def wait_for_people(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Stop the recording of an empty room, and start it again once somebody joins."""
    here = click.caller.channel
    schedule = await service.wait_for_people(bot.deps, bot.gate, bot.rights, recording, here=here)
    await ack()
    if schedule is None:
        said = views.changed_meanwhile()
    else:
        said = views.waiting_for_people(schedule, bot.deps.policy.armed_for)
    bot.after_ack(click.caller, bot.reply(click.caller, said, replace=click.on_answer))


@on.action(ui_ids.EXTEND)
async def extend(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _move_end(recording, click, ack, bot, QUARTER)


@on.action(ui_ids.NO_END)
async def no_end(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _move_end(recording, click, ack, bot, None)


async def _move_end(
    seen: SeenRecording, click: Click, ack: Ack, bot: Bot, by: timedelta | None
) -> None:
    """Move or remove the end. The card shows it, as does the answer that had the button.

    A button that changes nothing any more is answered with what is so.
    """
    end = await service.move_end(bot.deps, bot.rights, seen, by, button=click.value)
    await ack()
    if end is None:
        raise UnknownRecording(seen.key)
    if click.on_ephemeral or not end.moved:
        say = views.ends if end.moved else views.end_is
        said = say(end.recording, end.ends_at)
        bot.after_ack(click.caller, bot.reply(click.caller, said, replace=click.on_ephemeral))
