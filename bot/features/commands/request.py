"""One request to the bot, with the services needed to answer it or to ask back."""

import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.access.views import as_far_as_known
from bot.core.proofs import MayStart
from bot.core.when import Repeat, When
from bot.features.card.service import CardLinks
from bot.features.commands import views
from bot.features.commands.answers import say
from bot.features.commands.model import Outcome, Reply, Understood, Why
from bot.features.commands.open_questions import OpenQuestions
from bot.features.commands.service import Known, Worlds
from bot.features.commands.store import ChoiceRepository
from bot.features.commands.stored_orders import (
    ALL,
    TOGETHER,
    Choice,
    StoredOrder,
    stored_orders,
)
from bot.features.commands.understand_start import is_length
from bot.features.commands.vocabulary import Intent
from bot.features.history.service import Lists
from bot.features.rooms.service import RoomDirectory
from bot.features.start import service as starts
from bot.features.start.listeners import open_filled
from bot.features.start.model import FormTime
from bot.listeners.app import Bot, answer
from bot.listeners.payloads import Caller
from bot.listeners.registry import Ack
from bot.ui.buttons import filled_form_button
from bot.ui.message import Block, Message

# Denials that may be wrong if Slack did not say which channels the person can see.
DENIALS = (Why.NOT_RECORDED, Why.NOT_PAUSED, Why.NOT_SCHEDULED, Why.NO_ROOM, Why.NO_ROOM_YET)


MENTIONED = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Services:
    """Services of other features that the commands use."""

    rooms: RoomDirectory
    lists: Lists
    links: CardLinks
    worlds: Worlds
    questions: OpenQuestions = field(default_factory=OpenQuestions)


@dataclass(frozen=True, slots=True)
class Request:
    """A text typed to the bot, or a button pressed below its question.

    `found` is the meaning of the text. `open_question` is the id of the question that the bot had
    just asked here. `clicked`: the answer replaces the question that has the button.
    """

    ack: Ack
    bot: Bot
    use: Services
    caller: Caller
    known: Known
    found: Understood = field(default_factory=lambda: Understood(Intent.UNKNOWN, Outcome.ANSWER))
    by_button: bool = False
    clicked: bool = False
    open_question: str | None = None

    async def tell(self, message: Message) -> None:
        """Answer the person; after a click, replace the question."""
        if not self.clicked:
            await answer(self.ack, self.bot, self.caller, message)
            return
        await self.ack()
        self.bot.after_ack(self.caller, self.bot.reply(self.caller, message, replace=True))

    async def tell_found(self, found: Understood, message: Message) -> None:
        """Answer; a denial also says which channels could not be checked."""
        denied = found.why in DENIALS
        await self.tell(as_far_as_known(message, self.known.horizon) if denied else message)

    async def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Acknowledge, then do slow work; after a crash the person has to ask again."""
        await self.ack()
        self.bot.after_ack(self.caller, work)


async def question(
    request: Request,
    orders: Sequence[StoredOrder],
    *,
    together: bool = False,
    in_words: bool = True,
) -> list[Block]:
    """Store the orders for this person, valid for an hour, and build their buttons.

    `together`: with one more button that does them all. `in_words`: `yes` answers it, too; where
    the text above the buttons asks nothing, a `yes` may be about something else.
    """
    if not orders:
        return []
    choice_id = request.bot.deps.new_id()
    answers: dict[str, tuple[StoredOrder, ...]] = {
        str(n): (order,) for n, order in enumerate(orders[: views.BUTTONS])
    }
    every = [order for order in orders if order.verb == Intent.STOP]
    if len({order.key for order in every}) == len(every) > 1:  # not: of one, now or later
        answers[ALL] = tuple(every)
    if together:
        answers[TOGETHER] = tuple(orders)
    choices = ChoiceRepository(request.bot.deps.db)
    by_name = request.found.reply is not Reply.ROOM  # a name that is sent twice answers nothing
    choice = Choice(answers=answers, by_name=by_name)
    await choices.save(choice_id, request.caller.user, choice)
    if in_words and not request.by_button:
        request.use.questions.put(request.caller, choice_id, request.bot.deps.now())
    return views.choices(choice_id, answers)


async def open_form(request: Request, found: Understood) -> None:
    """Open the start form with what was understood; after a mention, offer a button instead."""
    raw = stored_orders(found.offers, found, request.known.world, request.known.rows)[0].raw
    await open_filled(
        request.ack,
        request.bot,
        request.use.rooms,
        request.caller,
        await may_start_here(request),
        room=found.link or found.reference,
        raw=raw,
        preset=found.preset,
        when=form_time(found),
    )


def form_time(found: Understood) -> FormTime | None:
    """Return the given times for the form; None if there are none."""
    when = found.when
    if is_length(when):
        return FormTime("now", stop=found.times)
    if found.intent is not Intent.SCHEDULE:
        return None
    repeats = isinstance(when, When) and isinstance(when.start, Repeat)
    repeats = repeats or "every" in found.times.casefold()  # an unclear time has no `when`
    return FormTime("repeat" if repeats else "once", start=found.times)


async def may_start_here(request: Request) -> MayStart:
    """Raises NoRight."""
    return await request.bot.gate.may_start(request.caller.user, request.caller.channel)


async def form_button(request: Request, order: StoredOrder, found: Understood) -> Block:
    showing = await starts.filled(
        request.bot.deps,
        request.use.rooms,
        await may_start_here(request),
        room=order.link or order.room_id or found.reference,
        raw=order.raw,
        preset=order.preset,
        when=form_time(found),
    )
    return filled_form_button(showing.request_id)


async def say_found(request: Request, found: Understood) -> None:
    await request.tell_found(found, views.answer(say(found, now=request.known.world.now)))
