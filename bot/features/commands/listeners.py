"""Listeners for `/record …`, mentions and direct messages, all read by `understand`.

`do_orders.DO` has a handler for each order, `answer_questions.ANSWERS` one for each intent whose
answer needs more than a sentence.
"""

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

from bot.access.gate import NotOpen, UnknownChoice, UnknownSchedule
from bot.access.rights import NoRight
from bot.core.proofs import OwnChoice
from bot.features.calendars.listeners import CALENDAR, follow_calendar_by_command
from bot.features.commands import views
from bot.features.commands.answer_questions import ANSWERS, about_one, show_menu
from bot.features.commands.answers import say
from bot.features.commands.do_orders import DO
from bot.features.commands.model import (
    OPEN_FORM,
    Order,
    Outcome,
    Reply,
    Understood,
    Where,
    Why,
    orders,
)
from bot.features.commands.recent import rooms_to_offer
from bot.features.commands.request import (
    Request,
    Services,
    form_button,
    open_form,
    question,
    say_found,
)
from bot.features.commands.service import Known
from bot.features.commands.several_orders import are_one
from bot.features.commands.store import ChoiceRepository
from bot.features.commands.stored_orders import Choice, StoredOrder, stored_orders
from bot.features.commands.understand import understand
from bot.features.commands.vocabulary import Intent
from bot.features.find.listeners import answer_find
from bot.features.rooms.model import RoomEntry, room_code_of_link
from bot.features.rooms.service import RoomDirectory
from bot.features.rules.listeners import set_rule_by_command
from bot.features.upcoming.listeners import answer_schedules
from bot.hms.errors import HmsError
from bot.kit.logs import learnt
from bot.listeners.app import Bot, answer, for_people
from bot.listeners.payloads import Caller, Click, Mention, Typed
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import SlackError
from bot.store.errors import DoneBefore, UnknownRecording
from bot.store.values import RecordingRow
from bot.ui import ids
from bot.ui.ids import COMMAND
from bot.ui.message import Message
from bot.ui.replies import use_a_channel

on = Listeners()
NEEDS_LIVE_ROOM = (Intent.START, Intent.SCHEDULE, Intent.FOLLOW, Intent.JOIN)
NO_NAME = (Intent.RENAME, Why.NEEDS_ROOM)  # the latest recordings are offered, too
STARTS = (Intent.START, Intent.SCHEDULE)
ASK = "help and questions need none; each order asks the gate"

# Available in these words only: `auto standup on`; and, as a command, the list of schedules.
RULES = re.compile(
    r"\s*(?:auto\b\s*(?P<what>.*?)|schedules?(?:\s+(?P<whose>mine|here))?)\s*",
    re.IGNORECASE | re.DOTALL,
)
# `find` has a grammar of its own: words, then in <room>, from <person>, since <date>.
FIND = re.compile(r"\s*find\b(?P<what>.*)", re.IGNORECASE | re.DOTALL)


# ---- incoming requests -----------------------------------------------------------------------


@on.command(COMMAND, needs_no_proof=ASK)
async def record(typed: Typed, caller: Caller, ack: Ack, bot: Bot, use: Services) -> None:
    if caller.in_group_dm and typed.text.strip() != "help":
        await answer(ack, bot, caller, use_a_channel())
        return
    open_question = use.questions.take(caller, bot.deps.now())
    words = " ".join(typed.text.split())  # long runs of spaces would make these patterns slow
    if sought := FIND.fullmatch(words):
        await ack()
        bot.after_ack(caller, answer_find(bot, caller, sought["what"].strip()))
        return
    if rule := RULES.fullmatch(words):
        await ack()
        messages = (
            set_rule(ack, bot, use, caller, rule["what"])
            if rule["what"]
            else answer_schedules(bot, caller, whose=(rule["whose"] or "").lower())
        )
        bot.after_ack(caller, messages)
        return
    if calendar := CALENDAR.fullmatch(words):
        await ack()
        following = follow_calendar_by_command(
            bot, use.rooms, caller, calendar["room"], calendar["url"]
        )
        bot.after_ack(caller, following)
        return
    await obey(ack, bot, use, caller, typed.text, Where.SLASH, open_question)


@on.event("app_mention", needs_no_proof=ASK)
async def mentioned(mention: Mention, ack: Ack, bot: Bot, use: Services) -> None:
    """Obey each message once, even if it is redelivered or edited."""
    words = said_to(bot.deps.identity.bot_user_id, mention.text)
    await _heard(mention, ack, bot, use, words, Where.MENTION)


@on.event("message", needs_no_proof=ASK)
async def written(message: Mention, ack: Ack, bot: Bot, use: Services) -> None:
    """Obey direct messages. Slack also sends this event for edits and for messages of bots."""
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
    """Obey a message and remember it, so that a redelivery is ignored.

    An order remembers the message in its own transaction; otherwise it is remembered here. A
    message that could not be obeyed is not remembered, so a redelivery is tried again.
    """
    open_question = use.questions.take(caller, bot.deps.now())
    rule = RULES.fullmatch(" ".join(words.split()))
    if rule and rule["what"]:
        await ack()
        setting = set_rule(ack, bot, use, caller, rule["what"])
        bot.after_ack(caller, _once(bot, caller, setting))
        return
    await _once(bot, caller, obey(ack, bot, use, caller, words, where, open_question))


async def _once(bot: Bot, caller: Caller, work: Awaitable[None]) -> None:
    requests = bot.deps.store.requests
    try:
        await work
        if not await requests.done_before(caller.once):
            await requests.remember(caller.once)
    except DoneBefore:
        return  # the same message, obeyed at the same time


def said_to(bot_user: str, text: str) -> str:
    """Strip mentions of the bot from the beginning of a text."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else text


async def set_rule(ack: Ack, bot: Bot, use: Services, caller: Caller, what: str) -> None:
    """Set a rule; for an unknown room, offer rooms with similar names. Call it after the ack."""
    unnamed = await set_rule_by_command(bot, use.rooms, caller, what)
    if unnamed is None:
        return
    known = await use.worlds.known(caller.user, caller.channel)
    near = known.world.names.like(unnamed.typed)
    orders = [
        StoredOrder(verb=Intent.AUTO, room_id=room.room_id, room_name=room.name, rule=unnamed.rule)
        for room in near
    ]
    buttons = await question(Request(ack, bot, use, caller, known), orders)
    await bot.reply(caller, views.did_you_mean(unnamed.answer, buttons))


# ---- reactions -------------------------------------------------------------------------------


async def obey(
    ack: Ack,
    bot: Bot,
    use: Services,
    caller: Caller,
    text: str,
    where: Where,
    open_question: str | None = None,
) -> None:
    """Understand a text, then act, ask or answer.

    `open_question` is the id of the question that the text may answer.

    An unknown room name may belong to a new room: after the ack, 100ms is asked, and the text is
    understood again.
    """
    request = await _titled(await _understood(ack, bot, use, caller, text, where), text, where)
    request = replace(request, open_question=open_question)
    found = _doubted(request.found, request.known)
    learnt(command=str(found.intent), outcome=str(found.outcome))  # not what was typed
    if found.why not in (Why.NO_ROOM, Why.UNKNOWN_CODE) or not (found.reference or found.link):
        await _react(request)
        return
    if found.intent in STARTS:
        await bot.rights.to_start(caller.user, caller.channel)
    # The ack is sent first, so the reply goes to response_url; the message is already remembered.
    later = replace(caller, typed=False, once=())

    async def once_more() -> None:
        unasked = await _looked_for(use.rooms, found)
        again = await _understood(ack, bot, use, later, text, where)
        if unasked is None:
            again = replace(again, found=_doubted(again.found, again.known))
        again = await _among_recorded(again, text, where)
        if unasked and again.found.why is Why.NO_ROOM:
            found_none = replace(again.found, why=Why.NO_ROOM_YET, detail=unasked)
            again = replace(again, found=found_none)
        await _react(again)

    await request.later(once_more())


def _doubted(found: Understood, known: Known) -> Understood:
    """Turn a schedule for an unknown room id into a question; return anything else unchanged.

    This prevents a promise to record a room before 100ms has confirmed that it exists. A start
    needs no such check: its card shows the failure.
    """
    room = found.room
    if found.intent is not Intent.SCHEDULE or found.outcome is not Outcome.DO or room is None:
        return found
    if room.room_id in known.world.names.by_id:
        return found
    form = (Order(OPEN_FORM),)
    return replace(
        found,
        outcome=Outcome.ASK,
        why=Why.NO_ROOM,
        room=None,
        acts=(),
        offers=form,
        reference=room.room_id,
    )


async def _looked_for(rooms: RoomDirectory, found: Understood) -> str | None:
    """Look up the room at 100ms; return the reason if a lookup by name got no answer."""
    if found.why is Why.UNKNOWN_CODE:
        code = room_code_of_link(found.link or "") or found.reference
        if code:
            await rooms.look_for(code)
        return None
    return await rooms.fetch_named(found.reference or "")


async def _among_recorded(request: Request, text: str, where: Where) -> Request:
    """Understand a text again if its room is gone at 100ms, but recordings of it exist."""
    found, known = request.found, request.known
    if found.why is not Why.NO_ROOM or found.intent in NEEDS_LIVE_ROOM or not found.reference:
        return request
    place = Where.THREAD if known.above else where
    rooms = await request.use.lists.rooms_named(known.horizon, found.reference)
    if not rooms:
        return request
    known = _with_names(known, rooms)
    return replace(request, known=known, found=understand(text, place, known.world))


async def _titled(request: Request, text: str, where: Where) -> Request:
    """Understand a text again if it names a recording by its title: as in its card's thread."""
    found, known = request.found, request.known
    if found.reference is None or found.intent in NEEDS_LIVE_ROOM:
        return request
    titled = await request.use.lists.titled(known.horizon, found.reference)
    if not titled:
        return request
    place = Where.THREAD if known.above else where
    names = [RoomEntry(row.room_id, found.reference) for row in titled]
    known = replace(_only(_with_names(known, names), titled), above=titled[0])
    return replace(request, known=known, found=understand(text, place, known.world))


def _only(known: Known, titled: Sequence[RecordingRow]) -> Known:
    """Leave out what else runs in the rooms of these: a title does not name it."""
    keys, rooms = {row.key for row in titled}, {row.room_id for row in titled}
    rows = {
        room_id: row
        for room_id, row in known.rows.items()
        if room_id not in rooms or row.key in keys
    }
    recorded = {
        room_id: state for room_id, state in known.world.recorded.items() if room_id in rows
    }
    return replace(known, rows=rows, world=replace(known.world, recorded=recorded))


def _with_names(known: Known, names: Sequence[RoomEntry]) -> Known:
    return replace(known, world=replace(known.world, names=known.world.names.plus(names)))


async def _understood(
    ack: Ack, bot: Bot, use: Services, caller: Caller, text: str, where: Where
) -> Request:
    known = await use.worlds.known(caller.user, caller.channel, caller.thread_ts)
    place = Where.THREAD if known.above else where
    return Request(ack, bot, use, caller, known, understand(text, place, known.world))


async def _react(request: Request) -> None:
    found, known = request.found, request.known
    if found.reply and await _answered_in_words(request, found.reply):
        return
    if found.asked:
        await about_one(request, found, found.asked)
        return
    match found.outcome:
        case Outcome.SILENCE:
            await request.ack()
        case Outcome.DO if found.acts:
            await do(request, stored_orders(found.acts, found, known.world, _rows(known, found)))
        case Outcome.ASK if found.why is Why.MENU:
            await show_menu(request)
        case Outcome.ASK if found.why is Why.NEEDS_TITLE:  # a form asks for it
            await do(request, stored_orders(found.offers, found, known.world, _rows(known, found)))
        case Outcome.ASK if found.offers and (found.intent, found.why) != NO_NAME:
            await ask(request, found)
        case _:
            await ANSWERS.get(found.intent, say_found)(request, found)


def _rows(known: Known, found: Understood) -> Mapping[str, RecordingRow]:
    """Return the open recordings by room; to share or rename in a thread, the card's wins."""
    if known.above is None or found.intent not in (Intent.SHARE, Intent.RENAME):
        return known.rows
    return {**known.rows, known.above.room_id: known.above}


async def do(
    request: Request, orders: Sequence[StoredOrder], *, answered: Sequence[str] = ()
) -> None:
    """Carry out orders in sequence; a refusal of one of several does not prevent the rest.

    The message is remembered with the last order. After a crash before that, a redelivery
    repeats the earlier ones, which are idempotent. `answered` identifies the answer to a question,
    so that a second click does nothing more.
    """
    messages: list[Message] = []
    for order in orders:
        once = (*request.caller.once, *answered) if order is orders[-1] else ()
        try:
            said = await DO[order.verb](request, order, once)
        except _REFUSALS as no:
            if len(orders) == 1:
                raise
            said = views.refused(order.label, for_people(no))
        messages += [said] if said else []
    if messages:
        await request.tell(views.together(messages))


_REFUSALS = (NoRight, NotOpen, UnknownRecording, UnknownSchedule, HmsError, SlackError)


async def ask(request: Request, found: Understood) -> None:
    """Ask with a button for each answer. About a start, only people who may start are asked."""
    if found.parts:
        await _ask_several(request, found)
        return
    if found.intent is Intent.AUTO:
        await request.bot.rights.to_set_rule(request.caller.user, request.caller.channel)
    if found.intent in STARTS:
        await request.bot.rights.to_start(request.caller.user, request.caller.channel)
        if found.why in (Why.NO_ROOM, Why.NO_ROOM_YET, Why.WHICH_ROOM):
            request.use.rooms.refresh_soon()
        unclear = found.why is Why.NEEDS_ROOM
        caller = request.caller
        if (unclear and caller.trigger_id) or (found.why is Why.UNKNOWN_CODE and caller.typed):
            await open_form(request, found)
            return
        if unclear:
            offered = orders(found.intent, await rooms_to_offer(request, found))
            found = replace(found, offers=(*offered, *found.offers))
    known = request.known
    stored = stored_orders(found.offers, found, known.world, _rows(known, found))
    if found.intent is Intent.SHARE and len(stored) == 1 and stored[0].channel is None:
        await do(request, stored)  # shares nothing yet: it asks for the channel
        return
    may = await _changeable(request, stored)
    buttons = await question(
        request,
        [order for order in may if order.verb != OPEN_FORM],
        in_words=found.why is not Why.BAD_TIME,
    )
    for order in may:
        if order.verb == OPEN_FORM:
            buttons.append(await form_button(request, order, found))
    asking = views.question(say(found, now=request.known.world.now), buttons)
    await request.tell_found(found, asking)


async def _ask_several(request: Request, found: Understood) -> None:
    """Ask about several orders. If the person may not start recordings, say so instead of that."""
    messages, parts, offers = [], found.parts, found.offers
    if any(part.intent in STARTS for part in parts):
        try:
            await request.bot.rights.to_start(request.caller.user, request.caller.channel)
        except NoRight as no:
            messages = [for_people(no)]
            parts = tuple(part for part in parts if part.intent not in STARTS)
            offers = tuple(one for one in offers if one.of and one.of.intent not in STARTS)
    known, left = request.known, replace(found, parts=parts, offers=offers)
    if parts:
        stored = stored_orders(offers, left, known.world, _rows(known, left))
        may = await _changeable(request, stored)
        together = are_one(left) and len(may) == len(parts) > 1
        buttons = await question(request, may, together=together)
        messages.insert(0, views.question(say(left, now=known.world.now), buttons))
    await request.tell_found(found, views.together(messages))


async def _changeable(request: Request, stored: Sequence[StoredOrder]) -> Sequence[StoredOrder]:
    """Leave out orders about schedules that the person may not change.

    Raises NoRight if nothing else is left.
    """
    rights, user = request.bot.rights, request.caller.user
    by_id = {one.schedule_id: one for one in request.known.schedules}
    kept, left_out, doing = [], None, ""
    for order in stored:
        one = by_id.get(order.schedule_id or "")
        if one is None or await rights.may_change_schedule(user, one.channel, one.by):
            kept.append(order)
        else:
            left_out = one
            doing = "move" if order.verb == Intent.RESCHEDULE else "cancel"
    if left_out and not kept:
        doing = f"{doing} this schedule"
        await rights.to_change_schedule(user, left_out.channel, left_out.by, doing)
    return kept


@on.action(ids.CHOOSE)
async def chosen(own: OwnChoice, click: Click, ack: Ack, bot: Bot, use: Services) -> None:
    """Carry out a button's orders, with the same checks as for a typed order.

    The reply replaces the question. Of a text with several orders, the others are asked again.
    """
    choice = await ChoiceRepository(bot.deps.db).get(own.choice_id)
    if choice is None or not choice.answers.get(own.answer):
        raise UnknownChoice(own.choice_id)
    known = await use.worlds.known(own.by, click.caller.channel)
    left = choice.left_after(own.answer)
    request = Request(ack, bot, use, click.caller, known, by_button=True, clicked=not left)
    await _do_answer(request, own.choice_id, choice, own.answer)
    if left:
        asking = await _left_open(request, left)
        bot.after_ack(click.caller, bot.reply(click.caller, asking, replace=True))


async def _do_answer(request: Request, choice_id: str, choice: Choice, answer: str) -> None:
    """Carry out an answer, and remember that it was given, also where it may be repeated."""
    once = _once_of(choice_id, answer)
    await do(request, choice.answers[answer], answered=once)
    requests = request.bot.deps.store.requests
    if not await requests.done_before(once):
        await requests.remember(once)


async def _left_open(request: Request, left: Sequence[StoredOrder]) -> Message:
    text = " ".join(dict.fromkeys(order.asks for order in left))
    return views.question(text, await question(request, left))


def _once_of(choice_id: str, *answers: str) -> tuple[str, ...]:
    return tuple(f"choice:{choice_id}:{answer}" for answer in answers)


async def _answered_in_words(request: Request, reply: Reply) -> bool:
    """Take `yes`, `both` or a room for the answer to the question that was just asked here.

    If it is not clear which answer that is, the buttons are shown again.
    """
    bot, caller, choice_id = request.bot, request.caller, request.open_question
    choice = await ChoiceRepository(bot.deps.db).get(choice_id) if choice_id else None
    if choice_id is None or choice is None or await _was_answered(request, choice_id, choice):
        return False
    room = request.found.room.room_id if request.found.room else None
    answer = choice.answer_in_words(reply, room)
    if await ChoiceRepository(bot.deps.db).newest_of(caller.user) != choice_id:
        answer = None  # another replica has asked something since
    if answer is None and reply is Reply.ROOM:
        return False
    if answer is None:
        request.use.questions.put(caller, choice_id, bot.deps.now())
        await request.tell(views.which_one(choice_id, choice.answers))
        return True
    await _do_answer(request, choice_id, choice, answer)
    if left := choice.left_after(answer):
        bot.after_ack(caller, bot.reply(caller, await _left_open(request, left)))
    return True


async def _was_answered(request: Request, choice_id: str, choice: Choice) -> bool:
    return await request.bot.deps.store.requests.done_before(_once_of(choice_id, *choice.answers))
