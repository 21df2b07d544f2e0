"""Carries out orders, from a text or a button: `DO` has one handler for each verb."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.access.memberships import WITHIN_S
from bot.access.model import Act
from bot.access.views import as_far_as_known
from bot.core.deliveries import OutcomeAddress
from bot.core.places import is_channel
from bot.core.recording import ON_AIR
from bot.core.when import Once, Refused, StopAfter, StopAt, When, this_minute
from bot.core.when_words import say_length_of, say_time
from bot.features.automatic import service as automatic_service
from bot.features.commands import views
from bot.features.commands.answer_questions import show_menu
from bot.features.commands.request import Request, form_button, form_time, may_start_here, question
from bot.features.commands.stored_orders import StoredOrder
from bot.features.commands.vocabulary import Intent
from bot.features.control import service as control_service
from bot.features.control import views as control_views
from bot.features.control.listeners import QUARTER
from bot.features.control.service import ControlAction, control_recording
from bot.features.follow.listeners import follow_room_here, unfollow_room_here
from bot.features.history.listeners import answer_list
from bot.features.presets.model import NoSuchPreset
from bot.features.presets.views import no_such_preset
from bot.features.rename import service as renames
from bot.features.rename import views as rename_views
from bot.features.rules.listeners import set_rule_of
from bot.features.schedules import service as schedules
from bot.features.schedules import views as schedule_views
from bot.features.share.listeners import share_into
from bot.features.start import service as starts
from bot.features.start import views as start_views
from bot.features.start.listeners import open_filled, say_if_empty, say_taken
from bot.features.start.model import Started, StartRequest, WhichRoom, end_of_start
from bot.features.upcoming import service as upcoming_service
from bot.features.upcoming.listeners import answer_schedules
from bot.listeners.modals import open_modal
from bot.slack.errors import SlackError
from bot.store.values import RoomTaken
from bot.ui.message import Message
from bot.ui.replies import forgotten_reply


async def start(request: Request, order: StoredOrder, once: Sequence[str]) -> Message | None:
    bot, caller = request.bot, request.caller
    now = bot.deps.now()
    may = await may_start_here(request)
    if late := await _too_late(request, order):
        return late
    made = await starts.start(
        bot.deps,
        bot.gate,
        request.use.rooms,
        StartRequest(
            request_id=f"command:{caller.request_id}",
            room=order.link or order.room_id,
            options=order.options,
            may=may,
            via="command",
            outcome=OutcomeAddress(
                caller.user,
                channel=None if caller.direct else caller.channel,  # None: a direct message
                response_url=caller.response_url,
                replaces=request.clicked,
            ),
            preset=order.preset,
            end=end_of_start(order.when, at=now, by=caller.user) if order.when else None,
            once=tuple(once),
        ),
    )
    match made:
        case Started():
            return await _started(request, made, say_length_of(order.when, now=now_in(request)))
        case RoomTaken(key=key):
            await request.later(say_taken(bot, request.use.links, caller, key))
            return None
        case WhichRoom():
            when = form_time(request.found)
            await open_filled(
                request.ack, bot, request.use.rooms, caller, may, raw=order.raw, when=when
            )
            return None
    near = order.model_copy(update={"preset": made.nearest.name}) if made.nearest else None
    buttons = await question(request, [near]) if near else []
    form = await form_button(request, order.model_copy(update={"preset": None}), request.found)
    return no_such_preset(made, [*buttons, form])


async def _too_late(request: Request, order: StoredOrder) -> Message | None:
    """Say that the order's start or end has passed, with buttons; None if it is still ahead.

    A question's button holds a time and can be pressed up to an hour later.
    """
    when, now = order.when, request.bot.deps.now()
    if when is None:
        return None
    ends = when.stop.at if isinstance(when.stop, StopAt) else None
    begins = when.start.at if isinstance(when.start, Once) else None
    if order.verb == Intent.STOP:
        if ends is None or ends > now:
            return None
        stop = order.model_copy(update={"when": None, "label": ""})
        text = f"{say_time(ends.timetz())} has passed. Stop the recording now?"
        return views.question(text, await question(request, [stop]))
    if ends is not None and ends <= now:
        text = f"{say_time(ends.timetz())} has passed. Choose another end."
        return views.question(text, [await form_button(request, order, request.found)])
    if begins is None or begins >= this_minute(now):
        return None
    length = When(None, when.stop, when.zone) if isinstance(when.stop, StopAfter) else None
    later = {"verb": Intent.START, "when": length, "label": ""}
    buttons = await question(request, [order.model_copy(update=later)], in_words=False)
    form = await form_button(request, order, request.found)
    text = f"{say_time(begins.timetz())} has passed. Record it now, or choose another time."
    return views.question(text, [*buttons, form])


async def _started(request: Request, made: Started, length: str) -> Message | None:
    """Answer a start in one message. `length`: ` for 30 min`, of one with an end.

    The answer comes after the ack if something has to be asked first: 100ms whether anybody is
    there, or, after a command, Slack whether the bot can post its card in this channel.
    """
    bot, caller = request.bot, request.caller
    listed = await request.use.rooms.by_id(made.room.room_id)
    live = listed is not None and listed.live
    if live and not caller.typed:
        bot.after_ack(caller, say_if_empty(bot, caller, made))
        return start_views.starting_reply(made.room.name, made.key, length)
    await request.later(_say_started(request, made, length, live=live))
    return None


async def _say_started(request: Request, made: Started, length: str, *, live: bool) -> None:
    bot, caller, name = request.bot, request.caller, made.room.name
    if not await _gets_card(request):
        return  # the outcome says why nothing is started
    if not live and await starts.is_empty(bot.deps, made.room.room_id):
        message = start_views.nobody_there(name, made.key, length)
    else:
        message = start_views.starting_reply(name, made.key, length)
    await bot.reply(caller, message, replace=request.clicked)
    if live:
        await say_if_empty(bot, caller, made)


async def _gets_card(request: Request) -> bool:
    """Whether the bot is in the channel of a command; if Slack does not say, it may be."""
    channel = request.caller.channel
    if not request.caller.typed or not is_channel(channel):
        return True
    try:
        return await request.bot.deps.slack.is_in(channel or "")
    except SlackError:
        return True


async def control(
    request: Request, order: StoredOrder, once: Sequence[str], *, action: ControlAction
) -> Message | None:
    """Stop, pause or resume the recording of the order, never a later one in the same room."""
    bot, caller = request.bot, request.caller
    if action == "stop" and order.stops_at:
        return await _stop_later(request, order, order.stops_at, once)
    seen = await bot.gate.recording(caller.user, order.key or "", caller.channel)
    row = await control_recording(bot.deps, bot.rights, action, seen, once=once)
    if row is not None and action == "pause" and order.when:
        return control_views.pausing(row.name, until_resumed=True)
    if row is not None:
        return control_views.CONFIRMED[action](row.name)
    row = await bot.deps.store.lists.row(seen.key)
    return control_views.not_now([row]) if row else control_views.too_late(action)


async def _stop_later(
    request: Request, order: StoredOrder, when: When, once: Sequence[str]
) -> Message:
    bot, caller = request.bot, request.caller
    seen = await bot.gate.recording(caller.user, order.key or "", caller.channel)
    if late := await _too_late(request, order.model_copy(update={"verb": Intent.STOP})):
        return late
    ending = await control_service.set_end(bot.deps, bot.rights, seen, when, once=once)
    if ending is None:
        return control_views.too_late("stop")
    recording, at = ending
    return control_views.ends(recording, at.astimezone(now_in(request).tzinfo))


async def follow(request: Request, order: StoredOrder, _once: Sequence[str]) -> None:
    """Follow a room in this channel. Idempotent, so `_once` is not needed."""
    if order.room:
        await request.later(
            follow_room_here(request.bot, request.caller, order.room, replace=request.clicked)
        )


async def unfollow(request: Request, order: StoredOrder, _once: Sequence[str]) -> None:
    """Unfollow a room in this channel. Idempotent, so `_once` is not needed."""
    if order.room:
        await request.later(
            unfollow_room_here(request.bot, request.caller, order.room, replace=request.clicked)
        )


async def schedule(request: Request, order: StoredOrder, once: Sequence[str]) -> Message | None:
    """Schedule a recording, or the end of a running one."""
    bot, caller = request.bot, request.caller
    if order.room is None:
        return None
    if order.when is None:
        return schedule_views.at_what_time(order.room.name)
    if order.when.start is None and order.key:
        return await _stop_later(request, order, order.when, once)
    to = caller.channel if is_channel(caller.channel) else None
    may = await bot.gate.may_start(caller.user, to)
    if late := await _too_late(request, order):
        return late
    if closed := await automatic_service.no_cards_in(bot.deps, to, order.room.name):
        return closed
    made = await schedules.make(
        bot.deps,
        schedules.ScheduleRequest(
            room=await bot.gate.room(may, order.room.room_id, known_as=order.room.name),
            when=order.when,
            may=may,
            options=order.options,
            preset=order.preset,
            once=tuple(once),
        ),
    )
    if isinstance(made, Refused):
        return schedule_views.not_planned(made)
    if isinstance(made, NoSuchPreset):
        near = order.model_copy(update={"preset": made.nearest.name}) if made.nearest else None
        return no_such_preset(made, await question(request, [near] if near else []))
    return await upcoming_service.say_scheduled(
        bot.deps, bot.gate, bot.rights, made, caller.user, here=caller.channel
    )


async def extend(request: Request, order: StoredOrder, once: Sequence[str]) -> Message | None:
    """Move the end of a recording to later; one without an end is offered one."""
    bot, caller = request.bot, request.caller
    seen = await bot.gate.recording(caller.user, order.key or "", caller.channel)
    longer = order.when.stop if order.when else None
    by = timedelta(seconds=longer.seconds) if isinstance(longer, StopAfter) else QUARTER
    end = await control_service.move_end(bot.deps, bot.rights, seen, by, once=once)
    if end is not None and end.ends_at is not None:
        return control_views.ends(end.recording, end.ends_at)
    row = await bot.deps.store.lists.row(seen.key)
    if row is None or row.phase not in ON_AIR:
        return control_views.not_now([row]) if row else forgotten_reply()
    later = When(None, StopAt(now_in(request) + by), request.known.world.zone)
    stop = order.model_copy(update={"verb": Intent.STOP, "when": later, "label": ""})
    return control_views.has_no_end(row.name, await question(request, [stop]))


async def reschedule(request: Request, order: StoredOrder, _once: Sequence[str]) -> Message | None:
    """Move the room's schedule to another time and keep its length. Idempotent."""
    bot, caller = request.bot, request.caller
    theirs = [one for one in request.known.schedules if one.room_id == order.room_id]
    if len(theirs) != 1 or order.when is None:
        await request.later(answer_schedules(bot, caller))
        return None
    seen = await bot.gate.schedule(caller.user, theirs[0].schedule_id, caller.channel)
    length = theirs[0].when.stop
    kept = length if isinstance(length, StopAfter) else None
    when = replace(order.when, stop=order.when.stop or kept)
    moved = await schedules.move(bot.deps, bot.rights, seen, when)
    if isinstance(moved, Refused):
        return schedule_views.not_planned(moved)
    if moved is None:
        return schedule_views.changed_meanwhile()
    return await upcoming_service.say_scheduled(
        bot.deps,
        bot.gate,
        bot.rights,
        moved,
        caller.user,
        here=caller.channel,
        was=theirs[0].when,
    )


def now_in(request: Request) -> datetime:
    """Now, in the person's zone."""
    return request.known.world.now


async def unschedule(request: Request, order: StoredOrder, _once: Sequence[str]) -> Message | None:
    """Delete a schedule or skip one of its dates. Idempotent, so `_once` is not needed."""
    bot, caller = request.bot, request.caller
    if order.schedule_id is None:
        await request.later(answer_schedules(bot, caller))
        return None
    seen = await bot.gate.schedule(caller.user, order.schedule_id, caller.channel)
    if order.date:
        second = order.date.replace(microsecond=0)
        skipped = await schedules.skip(bot.deps, bot.rights, seen, second)
        return schedule_views.skipping(*skipped) if skipped else schedule_views.changed_meanwhile()
    gone = await schedules.delete(bot.deps, bot.rights, seen)
    return schedule_views.deleted(gone) if gone else schedule_views.changed_meanwhile()


async def share(request: Request, order: StoredOrder, _: Sequence[str]) -> Message | None:
    """Share the room's running recording, else its latest. Without a channel id, ask for one."""
    bot, caller = request.bot, request.caller
    key = await _latest(request, order)
    if key is None:
        told = views.answer(f"There is no recording of {order.room_name} to share.")
        return as_far_as_known(told, request.known.horizon)
    by = await bot.gate.member(caller.user, Act.SHARE)
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    where = caller.channel if order.channel == "here" else order.channel
    if where is not None and where.startswith("#"):
        where = await _channel_called(request, where[1:]) or where
    if where is None or not is_channel(where):
        return views.share_question(order.room_name, key, unknown=where)
    channel = await bot.gate.channel(caller.user, where, here=caller.channel)
    messages, _done = await share_into(bot, seen, channel, by)
    return messages


async def _channel_called(request: Request, name: str) -> str | None:
    """Return the id of the person's channel with a name that was typed, not picked in Slack.

    None if they are in no such channel that the bot can see, or if Slack does not answer in time.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            names = await request.bot.deps.slack.open_channels_of(request.caller.user)
    except (SlackError, TimeoutError):
        return None
    return next((key for key, known in names.items() if known == name.casefold()), None)


async def rename(request: Request, order: StoredOrder, once: Sequence[str]) -> Message | None:
    """Rename the thread's or the room's running recording, else the room's latest.

    Without a title, a form asks for one; without a trigger from Slack, a button opens the form.
    """
    bot, caller = request.bot, request.caller
    key = await _latest(request, order)
    if key is None:
        told = views.answer(f"There is no recording of {order.room_name} to rename.")
        return as_far_as_known(told, request.known.horizon)
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    if order.title:
        row = await renames.rename(bot.deps, bot.rights, seen, order.title, once=once)
        return rename_views.renamed(row.room_name, order.title) if row else forgotten_reply()
    row = await bot.deps.store.lists.row(key)
    if row is None:
        return forgotten_reply()
    await bot.rights.to_control(caller.user, row, "rename")
    asked = views.rename_question(order.room_name, key)
    if not caller.trigger_id:
        return asked
    form = rename_views.rename_form(key, row.room_name, row.title)
    await request.later(open_modal(bot, caller, form, otherwise=asked))
    return None


async def auto(request: Request, order: StoredOrder, once: Sequence[str]) -> Message | None:
    """Set or delete the rule of a room: `on`, `on 2`, `end` or `off`."""
    if order.room is None:
        return None
    what, _, least = order.rule.partition(" ")
    return await set_rule_of(
        request.bot, request.use.rooms, request.caller, order.room, what, int(least or 1), once=once
    )


async def show_help(request: Request, _order: StoredOrder, _once: Sequence[str]) -> None:
    await show_menu(request)


async def list_others(request: Request, order: StoredOrder, _once: Sequence[str]) -> None:
    """List the other recordings besides the one that an answer was about."""
    listing = answer_list(request.bot, request.use.lists, request.caller, room=order.room)
    await request.later(listing)


async def _latest(request: Request, order: StoredOrder) -> str | None:
    """Return the key of the order's recording, else of the room's newest visible one."""
    if order.key is not None:
        return order.key
    latest = await request.use.lists.page(request.known.horizon, 1, room_id=order.room_id)
    return latest[0].row.key if latest else None


Doing = Callable[[Request, StoredOrder, Sequence[str]], Awaitable[Message | None]]


DO: Mapping[str, Doing] = {
    Intent.START: start,
    Intent.STOP: partial(control, action="stop"),
    Intent.PAUSE: partial(control, action="pause"),
    Intent.RESUME: partial(control, action="resume"),
    Intent.FOLLOW: follow,
    Intent.UNFOLLOW: unfollow,
    Intent.SHARE: share,
    Intent.RENAME: rename,
    Intent.LIST: list_others,
    Intent.SCHEDULE: schedule,
    Intent.UNSCHEDULE: unschedule,
    Intent.EXTEND: extend,
    Intent.RESCHEDULE: reschedule,
    Intent.AUTO: auto,
    Intent.HELP: show_help,
}
