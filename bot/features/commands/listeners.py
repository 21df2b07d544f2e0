"""`/record …`, mentions and direct messages: one understanding, one table of what is done.

`DO` has a handler for each verb that is done at once or by a button, `ANSWERS` one for each intent
that is answered with more than a sentence. A feature adds its line there.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.access.gate import UnknownChoice
from bot.access.model import Act
from bot.access.rights import NoRight
from bot.access.views import as_far_as_known
from bot.core.deliveries import OutcomeAddress
from bot.core.forgetting import is_forgettable
from bot.core.places import is_channel
from bot.core.proofs import MayStart, OwnChoice, SeenRecording
from bot.core.when import Moment, Past
from bot.features.card.links import CardLinks
from bot.features.channel_settings.listeners import open_settings
from bot.features.channel_settings.views import only_in_channels
from bot.features.commands import views
from bot.features.commands.answers import say
from bot.features.commands.deeds import Choice, StoredDeed, stored_deeds
from bot.features.commands.service import Known, Worlds
from bot.features.commands.store import ChoiceRepository
from bot.features.commands.understanding import understand
from bot.features.commands.understood import OPEN_FORM, Outcome, Understood, Where, Why
from bot.features.commands.words import Intent
from bot.features.control import views as control_views
from bot.features.control.service import ControlAction, control_recording
from bot.features.doctor.listeners import answer_doctor
from bot.features.find.listeners import answer_find
from bot.features.find.model import question as question_of
from bot.features.follow.listeners import follow_room_here, list_follows, unfollow_room_here
from bot.features.forget.views import forget_question, not_ended_reply
from bot.features.history.listeners import answer_list, answer_status
from bot.features.history.service import Lists
from bot.features.join.listeners import send_link
from bot.features.presets.listeners import open_presets
from bot.features.presets.model import NoSuchPreset
from bot.features.presets.views import no_such_preset
from bot.features.rename import service as renames
from bot.features.rename import views as rename_views
from bot.features.results.service import summarize
from bot.features.rooms.model import room_code_of_link
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.views import no_rooms_yet
from bot.features.schedules import service as schedules
from bot.features.schedules import views as schedule_views
from bot.features.schedules.listeners import (
    CALENDAR,
    answer_schedules,
    follow_calendar_by_command,
    set_rule_by_command,
)
from bot.features.share.listeners import share_into
from bot.features.start import service as starts
from bot.features.start import views as start_views
from bot.features.start.listeners import open_filled, say_taken
from bot.features.start.model import Started, StartRequest, WhichRoom, end_of_start
from bot.kit.logs import learnt
from bot.listeners.app import Bot, answer, for_people
from bot.listeners.payloads import Caller, Click, Mention, Typed
from bot.listeners.registry import Ack, Listeners
from bot.store.errors import DoneBefore
from bot.store.values import RecordingRow, RoomTaken
from bot.ui import ids
from bot.ui.buttons import filled_form_button
from bot.ui.ids import COMMAND
from bot.ui.message import Block, Message
from bot.ui.replies import forgotten_reply, use_a_channel

on = Listeners()
ASK = "help and questions need none; what each order does asks the gate"


# Answers that could be otherwise if more were known of where the person can look.
DENIALS = (Why.NOT_RECORDED, Why.NOT_PAUSED, Why.NOT_SCHEDULED, Why.NO_ROOM, Why.NO_ROOM_YET)
# Written as a command only: `auto standup on`, and the list of what is scheduled.
RULES = re.compile(r"\s*(?:auto\b\s*(?P<what>.*?)|schedules?)\s*", re.IGNORECASE | re.DOTALL)
# `find` has a grammar of its own: words, then in <room>, from <person>, since <date>.
MENTIONED = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
FIND = re.compile(r"\s*find\b(?P<what>.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Services:
    """What the commands need of other features."""

    rooms: RoomDirectory
    lists: Lists
    links: CardLinks
    worlds: Worlds


@dataclass(frozen=True, slots=True)
class Request:
    """Something said to the bot, or a button pressed below its question; with all that is needed.

    `found` is what was understood of a text.
    """

    ack: Ack
    bot: Bot
    use: Services
    caller: Caller
    known: Known
    found: Understood = field(default_factory=lambda: Understood(Intent.UNKNOWN, Outcome.ANSWER))
    clicked: bool = False

    async def tell(self, message: Message) -> None:
        """Answer the person; after a click, in the place of the question."""
        if not self.clicked:
            await answer(self.ack, self.bot, self.caller, message)
            return
        await self.ack()
        self.bot.after_ack(self.caller, self.bot.reply(self.caller, message, replace=True))

    async def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Acknowledge, and do what can take its time: the person may simply ask again."""
        await self.ack()
        self.bot.after_ack(self.caller, work)


# ---- what comes in ---------------------------------------------------------------------------


@on.command(COMMAND, needs_no_proof=ASK)
async def record(typed: Typed, caller: Caller, ack: Ack, bot: Bot, use: Services) -> None:
    if caller.in_group_dm and typed.text.strip() != "help":
        await answer(ack, bot, caller, use_a_channel())
        return
    if sought := FIND.fullmatch(typed.text):
        await ack()
        bot.after_ack(caller, answer_find(bot, caller, " ".join(sought["what"].split())))
        return
    if rule := RULES.fullmatch(typed.text):
        await ack()
        messages = (
            set_rule_by_command(bot, use.rooms, caller, rule["what"])
            if rule["what"]
            else answer_schedules(bot, caller)
        )
        bot.after_ack(caller, messages)
        return
    if calendar := CALENDAR.fullmatch(typed.text):
        await ack()
        following = follow_calendar_by_command(
            bot, use.rooms, caller, calendar["room"], calendar["url"]
        )
        bot.after_ack(caller, following)
        return
    await obey(ack, bot, use, caller, typed.text, Where.SLASH)


@on.event("app_mention", needs_no_proof=ASK)
async def mentioned(mention: Mention, ack: Ack, bot: Bot, use: Services) -> None:
    """Each message is obeyed once: not again when it is delivered again, nor when it is edited."""
    words = said_to(bot.deps.identity.bot_user_id, mention.text)
    await _heard(mention, ack, bot, use, words, Where.MENTION)


@on.event("message", needs_no_proof=ASK)
async def written(message: Mention, ack: Ack, bot: Bot, use: Services) -> None:
    """Slack reports edits, and what bots and the bot itself write, as this event too."""
    if message.caller.direct and not message.edited:
        words = said_to(bot.deps.identity.bot_user_id, message.text)
        await _heard(message, ack, bot, use, words, Where.DM)


async def _heard(
    mention: Mention, ack: Ack, bot: Bot, use: Services, words: str, where: Where
) -> None:
    caller = mention.caller
    if mention.by_app or caller.user == bot.deps.identity.bot_user_id:
        return
    if await bot.deps.store.requests.done_before(caller.once):
        return
    if mention.edited:
        await bot.deps.store.requests.remember(caller.once)
        bot.after_ack(caller, bot.reply(caller, views.send_it_anew()))
        return
    await bot.report_failure(caller, _obey_once(ack, bot, use, caller, words, where))


async def _obey_once(
    ack: Ack, bot: Bot, use: Services, caller: Caller, words: str, where: Where
) -> None:
    """What an order stores remembers the message, in its transaction; what stores nothing, here.

    A message that could not be obeyed, as when Slack does not answer, may be delivered again.
    """
    requests = bot.deps.store.requests
    try:
        await obey(ack, bot, use, caller, words, where)
        if not await requests.done_before(caller.once):
            await requests.remember(caller.once)
    except DoneBefore:
        return  # the same message, obeyed at the same time


def said_to(bot_user: str, text: str) -> str:
    """What follows the mention at the beginning; the whole text if it does not begin with it."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else text


# ---- what follows ----------------------------------------------------------------------------


async def obey(ack: Ack, bot: Bot, use: Services, caller: Caller, text: str, where: Where) -> None:
    """Understand a text, and do, ask or answer.

    A name that no room has may be a new one's: 100ms is asked, after the ack, and the text is
    understood once more.
    """
    request = await _understood(ack, bot, use, caller, text, where)
    found = request.found
    learnt(command=str(found.intent), outcome=str(found.outcome))  # not what was typed
    if found.why not in (Why.NO_ROOM, Why.UNKNOWN_CODE) or not (found.reference or found.link):
        await _react(request)
        return
    if found.intent in (Intent.START, Intent.SCHEDULE):
        await bot.rights.to_start(caller.user, caller.channel)
    later = replace(caller, typed=False)  # the ack is given: answered by response_url

    async def once_more() -> None:
        answered = await _looked_for(use.rooms, found)
        again = await _understood(ack, bot, use, later, text, where)
        if not answered and again.found.why is Why.NO_ROOM:
            again = replace(again, found=replace(again.found, why=Why.NO_ROOM_YET))
        await _react(again)

    await request.later(once_more())


async def _looked_for(rooms: RoomDirectory, found: Understood) -> bool:
    """With the help of 100ms; False where it does not answer."""
    if found.why is Why.UNKNOWN_CODE:
        code = room_code_of_link(found.link or "") or found.reference
        if code:
            await rooms.look_for(code)
        return True
    return await rooms.fetch_named(found.reference or "")


async def _understood(
    ack: Ack, bot: Bot, use: Services, caller: Caller, text: str, where: Where
) -> Request:
    known = await use.worlds.known(caller.user, caller.channel, caller.thread_ts)
    place = Where.THREAD if known.above else where
    return Request(ack, bot, use, caller, known, understand(text, place, known.world))


async def _react(request: Request) -> None:
    found, known = request.found, request.known
    match found.outcome:
        case Outcome.SILENCE:
            await request.ack()
        case Outcome.DO if found.acts:
            await do(request, stored_deeds(found.acts, found, known.world, _rows(known, found)))
        case Outcome.ASK if found.why is Why.NEEDS_TITLE:  # a form asks for it
            await do(request, stored_deeds(found.offers, found, known.world, _rows(known, found)))
        case Outcome.ASK if found.offers:
            await ask(request, found)
        case _:
            await ANSWERS.get(found.intent, _say)(request, found)


def _rows(known: Known, found: Understood) -> Mapping[str, RecordingRow]:
    """The recordings that are meant, by room: in a card's thread, to show or name, the card's."""
    if known.above is None or found.intent not in (Intent.SHARE, Intent.RENAME):
        return known.rows
    return {**known.rows, known.above.room_id: known.above}


async def do(request: Request, deeds: Sequence[StoredDeed]) -> None:
    """One after the other; of several, a refusal does not hold up the rest.

    The message that asks for it is remembered with the last: repeated, the others do nothing.
    """
    messages: list[Message] = []
    for deed in deeds:
        once = request.caller.once if deed is deeds[-1] else ()
        try:
            said = await DO[deed.verb](request, deed, once)
        except NoRight as no:
            if len(deeds) == 1:
                raise
            said = for_people(no)
        messages += [said] if said else []
    if messages:
        await request.tell(views.together(messages))


async def ask(request: Request, found: Understood) -> None:
    """Ask with a button for each answer; an order to start, only people who may start."""
    if found.intent in (Intent.START, Intent.SCHEDULE):
        await request.bot.rights.to_start(request.caller.user, request.caller.channel)
        if found.why in (Why.NO_ROOM, Why.NO_ROOM_YET, Why.WHICH_ROOM):
            request.use.rooms.refresh_soon()
            if not request.known.world.names.rooms:
                await request.tell(no_rooms_yet())
                return
        if found.why is Why.NEEDS_ROOM or (found.why is Why.UNKNOWN_CODE and request.caller.typed):
            await _open_form(request, found)
            return
    known = request.known
    deeds = stored_deeds(found.offers, found, known.world, _rows(known, found))
    buttons = await question(request, [deed for deed in deeds if deed.verb != OPEN_FORM])
    for deed in deeds:
        if deed.verb == OPEN_FORM:
            buttons.append(await _form_button(request, deed, found))
    asking = views.question(say(found, now=request.known.world.now), buttons)
    await request.tell(_as_far_as_known(request, found, asking))


async def question(request: Request, deeds: Sequence[StoredDeed]) -> list[Block]:
    """Store what the buttons do, for this person and for an hour, and make them."""
    if not deeds:
        return []
    choice_id = request.bot.deps.new_id()
    answers: dict[str, tuple[StoredDeed, ...]] = {
        str(n): (deed,) for n, deed in enumerate(deeds[: views.BUTTONS])
    }
    every = [deed for deed in deeds if deed.verb == Intent.STOP]
    if len(every) > 1:
        answers[views.ALL] = tuple(every)
    choices = ChoiceRepository(request.bot.deps.db)
    await choices.save(choice_id, request.caller.user, Choice(answers=answers))
    return views.choices(choice_id, answers)


@on.action(ids.CHOOSE)
async def chosen(own: OwnChoice, click: Click, ack: Ack, bot: Bot, use: Services) -> None:
    """Do what the button says, with every check of an order in words."""
    choice = await ChoiceRepository(bot.deps.db).get(own.choice_id)
    deeds = choice.answers.get(own.answer) if choice else None
    if not deeds:
        raise UnknownChoice(own.choice_id)
    known = await use.worlds.known(own.by, click.caller.channel)
    await do(Request(ack, bot, use, click.caller, known, clicked=True), deeds)


async def _open_form(request: Request, found: Understood) -> None:
    """With what was understood. After a mention, a button that opens it."""
    raw = stored_deeds(found.offers, found, request.known.world, request.known.rows)[0].raw
    await open_filled(
        request.ack,
        request.bot,
        request.use.rooms,
        request.caller,
        await _may_start(request),
        room=found.link or found.reference,
        raw=raw,
        preset=found.preset,
    )


async def _may_start(request: Request) -> MayStart:
    """Raises NoRight."""
    return await request.bot.gate.may_start(request.caller.user, request.caller.channel)


async def _form_button(request: Request, deed: StoredDeed, found: Understood) -> Block:
    showing = await starts.filled(
        request.bot.deps,
        request.use.rooms,
        await _may_start(request),
        room=deed.link or deed.room_id or found.reference,
        raw=deed.raw,
        preset=deed.preset,
    )
    return filled_form_button(showing.request_id)


# ---- what is done ----------------------------------------------------------------------------


async def start(request: Request, deed: StoredDeed, once: Sequence[str]) -> Message | None:
    bot, caller = request.bot, request.caller
    now = bot.deps.now()
    # Asked before the recorder joins the room.
    empty = asyncio.create_task(starts.is_empty(bot.deps, deed.room_id or ""))
    made = await starts.start(
        bot.deps,
        bot.gate,
        request.use.rooms,
        StartRequest(
            request_id=f"command:{caller.request_id}",
            room=deed.link or deed.room_id,
            options=deed.options,
            may=await _may_start(request),
            via="command",
            outcome=OutcomeAddress(
                caller.user,
                channel=None if caller.direct else caller.channel,  # None: a message to the person
                response_url=caller.response_url,
            ),
            preset=deed.preset,
            end=end_of_start(deed.when, at=now, by=caller.user) if deed.when else None,
            once=tuple(once),
        ),
    )
    match made:
        case Started(room=room, key=key):
            if deed.room_id == room.room_id and await empty:
                return start_views.nobody_there(room.name, key)
            return start_views.starting_reply(room.name)
        case RoomTaken(key=key):
            await request.later(say_taken(bot, request.use.links, caller, key))
            return None
        case WhichRoom():
            may = await _may_start(request)
            await open_filled(request.ack, bot, request.use.rooms, caller, may, raw=deed.raw)
            return None
    near = deed.model_copy(update={"preset": made.nearest.name}) if made.nearest else None
    buttons = await question(request, [near]) if near else []
    form = await _form_button(request, deed.model_copy(update={"preset": None}), request.found)
    return no_such_preset(made, [*buttons, form])


async def control(
    request: Request, deed: StoredDeed, once: Sequence[str], *, action: ControlAction
) -> Message | None:
    """Stop, pause or resume the recording that was meant, not another one in its room."""
    bot, caller = request.bot, request.caller
    seen = await bot.gate.recording(caller.user, deed.key or "", caller.channel)
    row = await control_recording(bot.deps, bot.rights, action, seen, once=once)
    if row is not None:
        return control_views.CONFIRMED[action](row.name)
    row = await bot.deps.store.lists.row(seen.key)
    return control_views.not_now([row]) if row else control_views.too_late(action)


async def follow(request: Request, deed: StoredDeed, once: Sequence[str]) -> None:
    if deed.room:
        await request.later(
            follow_room_here(
                request.bot, request.caller, deed.room, once=once, replace=request.clicked
            )
        )


async def unfollow(request: Request, deed: StoredDeed, once: Sequence[str]) -> None:
    if deed.room:
        await request.later(
            unfollow_room_here(
                request.bot, request.caller, deed.room, once=once, replace=request.clicked
            )
        )


async def schedule(request: Request, deed: StoredDeed, once: Sequence[str]) -> Message | None:
    """Record a room later; or stop what runs at a time, which is a schedule of its end."""
    bot, caller = request.bot, request.caller
    if deed.room is None or deed.when is None:
        return None
    if deed.when.start is None and deed.key:
        seen = await bot.gate.recording(caller.user, deed.key, caller.channel)
        ending = await schedules.set_end(bot.deps, bot.rights, seen, deed.when, once=once)
        if ending is None:
            return control_views.too_late("stop")
        return schedule_views.ends(ending[0].name, ending[1])
    to = caller.channel if is_channel(caller.channel) else None
    may = await bot.gate.may_start(caller.user, to)
    made = await schedules.make(
        bot.deps,
        schedules.ScheduleRequest(
            room=await bot.gate.room(may, deed.room.room_id, known_as=deed.room.name),
            when=deed.when,
            may=may,
            options=deed.options,
            preset=deed.preset,
            once=tuple(once),
        ),
    )
    if isinstance(made, NoSuchPreset):
        near = deed.model_copy(update={"preset": made.nearest.name}) if made.nearest else None
        return no_such_preset(made, await question(request, [near] if near else []))
    zone = await schedules.zone_of(bot.rights, caller.user)
    return schedule_views.scheduled(made, now=now_in(request), zone_known=zone.known)


def now_in(request: Request) -> datetime:
    """Now, in the person's zone."""
    return request.known.world.now


async def unschedule(request: Request, deed: StoredDeed, _once: Sequence[str]) -> Message | None:
    """Repeated, it finds nothing any more."""
    bot, caller = request.bot, request.caller
    day = deed.day
    if deed.when and isinstance(deed.when.start, Moment):
        day = deed.when.start.at.astimezone(now_in(request).tzinfo).date()
    theirs = [one for one in request.known.schedules if one.room_id == deed.room_id]
    for one in theirs:
        seen = await bot.gate.schedule(caller.user, one.schedule_id, caller.channel)
        zone = request.known.world.zone
        done = await schedules.take_back(bot.deps, bot.rights, seen, one, day=day, zone=zone)
        if done and done[1]:
            return schedule_views.skipping(done[0], done[1])
        if done:
            return schedule_views.undone(done[0])
    if not theirs:
        told = views.answer(f"No recording of {deed.room_name} is scheduled.")
        return as_far_as_known(told, request.known.horizon)
    await request.later(answer_schedules(bot, caller))
    return None


async def share(request: Request, deed: StoredDeed, _: Sequence[str]) -> Message | None:
    """The recording that runs in the room, else its latest; a channel by name is chosen."""
    bot, caller = request.bot, request.caller
    key = await _latest(request, deed)
    if key is None:
        told = views.answer(f"There is no recording of {deed.room_name} to share.")
        return as_far_as_known(told, request.known.horizon)
    by = await bot.gate.member(caller.user, Act.SHARE)
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    where = caller.channel if deed.channel == "here" else deed.channel
    if where is None or not is_channel(where):
        return views.share_question(deed.room_name, key)
    channel = await bot.gate.channel(caller.user, where, here=caller.channel)
    messages, _done = await share_into(bot, seen, channel, by)
    return messages


async def rename(request: Request, deed: StoredDeed, once: Sequence[str]) -> Message | None:
    """The recording of the thread or that runs in the room, else its latest.

    Without a title, a form asks for it; where Slack gives no trigger, a button opens the form.
    """
    bot, caller = request.bot, request.caller
    key = await _latest(request, deed)
    if key is None:
        told = views.answer(f"There is no recording of {deed.room_name} to rename.")
        return as_far_as_known(told, request.known.horizon)
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    if deed.title:
        row = await renames.rename(bot.deps, bot.rights, seen, deed.title, once=once)
        return rename_views.renamed(row.room_name, deed.title) if row else forgotten_reply()
    row = await bot.deps.store.lists.row(key)
    if row is None:
        return forgotten_reply()
    await bot.rights.to_control(caller.user, row, "rename")
    if not caller.trigger_id:
        return views.rename_question(deed.room_name, key)
    form = rename_views.rename_form(key, row.room_name, row.title)
    await request.later(bot.deps.slack.open_view(caller.trigger_id, form))
    return None


async def _latest(request: Request, deed: StoredDeed) -> str | None:
    """The recording that was meant, else the newest of the room that the person may know of."""
    if deed.key is not None:
        return deed.key
    latest = await request.use.lists.page(request.known.horizon, 1, room_id=deed.room_id)
    return latest[0].row.key if latest else None


Doing = Callable[[Request, StoredDeed, Sequence[str]], Awaitable[Message | None]]
DO: Mapping[str, Doing] = {
    Intent.START: start,
    Intent.STOP: partial(control, action="stop"),
    Intent.PAUSE: partial(control, action="pause"),
    Intent.RESUME: partial(control, action="resume"),
    Intent.FOLLOW: follow,
    Intent.UNFOLLOW: unfollow,
    Intent.SHARE: share,
    Intent.RENAME: rename,
    Intent.SCHEDULE: schedule,
    Intent.UNSCHEDULE: unschedule,
}


# ---- what is answered ------------------------------------------------------------------------


async def _say(request: Request, found: Understood) -> None:
    told = views.answer(say(found, now=request.known.world.now))
    await request.tell(_as_far_as_known(request, found, told))


def _as_far_as_known(request: Request, found: Understood, told: Message) -> Message:
    return as_far_as_known(told, request.known.horizon) if found.why in DENIALS else told


async def explain(request: Request, found: Understood) -> None:
    if found.why is Why.GREETED:
        await request.tell(views.hello())
    else:
        await request.tell(views.help_reply(found.topic, menu=await _menu(request)))


async def _menu(request: Request) -> views.Menu:
    """What runs where the person asks, and what they may do there."""
    caller, rights, known = request.caller, request.bot.rights, request.known
    here = [row for room, row in known.rows.items() if room in known.world.cards_here]
    member = known.horizon.member
    return views.Menu(
        start=await rights.may_start(caller.user, caller.channel),
        member=member,
        settings=caller.channel if member and is_channel(caller.channel) else None,
        running=tuple(
            [
                views.MenuRow(
                    row.key, row.name, row.phase, await rights.may_control(caller.user, row)
                )
                for row in here[: views.MENU_ROWS]
            ]
        ),
    )


async def already(request: Request, found: Understood) -> None:
    """A start that cannot be: the room is recorded, or disabled."""
    row = request.known.rows.get(found.room.room_id) if found.room else None
    await request.bot.rights.to_start(request.caller.user, request.caller.channel)
    if found.why is not Why.ALREADY or row is None:
        await _say(request, found)
        return
    await request.later(say_taken(request.bot, request.use.links, request.caller, row.key))


async def status(request: Request, found: Understood) -> None:
    await request.later(answer_status(request.bot, request.use.lists, request.caller, found.room))


async def list_(request: Request, found: Understood) -> None:
    if found.why in (Why.NO_ROOM, Why.NO_ROOM_YET):
        await _say(request, found)
        return
    telling = answer_list(
        request.bot,
        request.use.lists,
        request.caller,
        room=found.room,
        count=found.count,
        past=found.when if isinstance(found.when, Past) else None,
    )
    await request.later(telling)


async def summary(request: Request, found: Understood) -> None:
    """What is known of the recording that is meant; several, or none, are listed."""
    key = None if found.count else await _meant(request, found)
    if key is None:
        await list_(request, found)
        return
    seen = await request.bot.gate.recording(request.caller.user, key, request.caller.channel)
    await request.later(_summarized(request, seen))


async def _summarized(request: Request, seen: SeenRecording) -> None:
    await request.bot.reply(request.caller, await summarize(request.bot.deps, seen))


async def _meant(request: Request, found: Understood) -> str | None:
    """The recording of the thread, else the last that ended of the room or of this place."""
    known, lists = request.known, request.use.lists
    if known.above and (found.room is None or found.room.room_id == known.above.room_id):
        return known.above.key
    if found.why not in (Why.CLEAR, Why.UNSUPPORTED):
        return None
    past = found.when if isinstance(found.when, Past) else None
    room = found.room.room_id if found.room else None
    channel = request.caller.channel
    if room is None and is_channel(channel):
        rows = await request.bot.deps.store.lists.recent(
            channel=channel, limit=1, past=past, over=True
        )
        seen = await lists.look(known.horizon, rows)
    else:
        seen = await lists.page(known.horizon, 1, room_id=room, past=past, over=True)
    if seen:
        return seen[0].row.key
    running = known.rows.get(room) if room else None
    return running.key if running else None


async def unknown(request: Request, found: Understood) -> None:
    """Words to delete a recording get the button that does; it asks once more."""
    key = await _meant(request, found) if found.why is Why.UNSUPPORTED else None
    if key is None or (found.room is None and request.known.above is None):
        await _say(request, found)
        return
    bot, caller = request.bot, request.caller
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    row = await bot.deps.store.lists.row(seen.key)
    if row is None:
        await request.tell(forgotten_reply())
        return
    await bot.rights.to_forget(caller.user, row)
    recording = (await bot.deps.store.recordings.load(key)).recording
    if not is_forgettable(recording):
        await request.tell(not_ended_reply(row.name))
        return
    await request.tell(forget_question(recording))


async def doctor(request: Request, _: Understood) -> None:
    await request.later(answer_doctor(request.bot, request.caller))


async def follows(request: Request, found: Understood) -> None:
    if found.why is Why.CLEAR and found.room is None:
        await request.later(list_follows(request.bot, request.caller))
    else:
        await _say(request, found)


async def settings(request: Request, found: Understood) -> None:
    if found.outcome is Outcome.DO:
        await request.later(open_settings(request.bot, request.caller))
    elif is_channel(request.caller.channel):
        await request.tell(views.settings_question(request.caller.channel or ""))
    else:
        await request.tell(only_in_channels())


async def presets(request: Request, found: Understood) -> None:
    if found.outcome is Outcome.DO:
        await request.later(open_presets(request.bot, request.caller))
    else:
        await request.tell(views.presets_question())


async def _by_name(request: Request, speaker: str | None) -> str | None:
    """Transcripts know people by name: what Slack calls the person who was mentioned."""
    mentioned = MENTIONED.fullmatch(speaker or "")
    if mentioned is None:
        return speaker
    return (await request.bot.deps.slack.names_of([mentioned[1]])).get(mentioned[1], speaker)


async def search(request: Request, found: Understood) -> None:
    since = found.when.since.date() if isinstance(found.when, Past) else None
    room = found.room.name if found.room else None
    person = await _by_name(request, found.speaker)
    words = question_of(found.query or "", room=room, person=person, since=since)
    await request.later(answer_find(request.bot, request.caller, words))


async def join(request: Request, found: Understood) -> None:
    """A link to the room that is named, or to the only one that is recorded here."""
    caller, known = request.caller, request.known
    room = found.room.room_id if found.room else None
    if room is None:
        here = [one for one in known.rows if one in known.world.cards_here]
        room = here[0] if len(here) == 1 else None
    row = known.rows.get(room) if room else None
    if row is None:
        telling = answer_status(request.bot, request.use.lists, caller, found.room)
        await request.later(telling)
        return
    by = await request.bot.gate.member(caller.user, Act.JOIN)
    seen = await request.bot.gate.recording(caller.user, row.key, caller.channel)
    await request.later(send_link(request.bot, caller, seen, by))


Answering = Callable[[Request, Understood], Awaitable[None]]
ANSWERS: Mapping[Intent, Answering] = {
    Intent.HELP: explain,
    Intent.START: already,
    Intent.STATUS: status,
    Intent.LIST: list_,
    Intent.SUMMARY: summary,
    Intent.UNKNOWN: unknown,
    Intent.FIND: search,
    Intent.JOIN: join,
    Intent.DOCTOR: doctor,
    Intent.FOLLOW: follows,
    Intent.SETTINGS: settings,
    Intent.PRESETS: presets,
}
