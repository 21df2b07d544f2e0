"""What people say, and what the bot answers: read by the same code as in Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.access.views import not_open
from bot.features.commands import views
from bot.features.commands.answers import say
from bot.features.commands.model import OPEN_FORM, Outcome, Where, Why
from bot.features.commands.several_orders import are_one
from bot.features.commands.stored_orders import (
    ALL,
    TOGETHER,
    StoredOrder,
    stored_orders,
)
from bot.features.commands.understand import understand
from bot.features.commands.vocabulary import Intent
from bot.ui.buttons import filled_form_button
from bot.ui.problems import hms_failure
from tests.score.phrases import world_of
from tests.voice.sample import Sample, only_you

DATA = Path(__file__).parents[1] / "data/phrases/world.json"
SAID = [
    (Where.SLASH, "start weakly"),
    (Where.SLASH, "start sales weekly apac"),
    (Where.SLASH, "start quarterly numbers"),
    (Where.SLASH, "start town hall --res 4k"),
    (Where.SLASH, "start town hall no transcript with summary"),
    (Where.SLASH, "start https://acme.app.100ms.live/meeting/zzz-zzzz-zzz"),
    (Where.SLASH, "stpo webinar"),
    (Where.SLASH, "resume webinar"),
    (Where.SLASH, "stop town hall"),
    (Where.SLASH, "cancel all hands"),
    (Where.SLASH, "follow weakly"),
    (Where.SLASH, "unfollow"),
    (Where.SLASH, "rm -rf"),
    (Where.MENTION, "stop"),
    (Where.MENTION, "stop foobar"),
    (Where.MENTION, "should we record the town hall?"),
    (Where.MENTION, "don’t stop the webinar"),
    (Where.THREAD, "stop the webinar as well"),
    (Where.THREAD, "how do I stop this?"),
    (Where.THREAD, "maybe we should stop at 3"),
    (Where.THREAD, "stop for 5 minutes"),
    (Where.MENTION, "stop webinar, and record all hands at 15:00"),
    (Where.THREAD, "call it Retro and stop"),
    (Where.MENTION, "start town hall, no wait, all hands"),
    (Where.SLASH, "skip design review this month"),
    (Where.MENTION, "record in 10m"),
    (Where.DM, "please record the meeting tomorrow at 10 with transcript"),
    (Where.MENTION, "what is scheduled?"),
    (Where.MENTION, "who can start recordings here?"),
    (Where.DM, "stop the webinar at 25:00"),
    (Where.MENTION, "15 more minutes please"),
    (Where.MENTION, "move the town hall to 11"),
    (Where.DM, "undo"),
    (Where.DM, "thanks"),
    (Where.DM, "start a poll for lunch"),
    (Where.THREAD, "stop now or at 4?"),
    (Where.MENTION, "start team"),
    (Where.MENTION, "cancel the stop and start board room"),
    (Where.MENTION, "remind me to record all hands at 9"),
    (Where.DM, "remind me about the budget"),
    (Where.DM, "move it to monday"),
    (Where.THREAD, "make it 1080p"),
    (Where.MENTION, "beende die aufnahme"),
    (Where.DM, "x" * 9000),
]


UNREACHABLE = "start quarterly numbers"


def _sample(where: Where, text: str, *, reached: bool = True) -> Sample:
    world = world_of(json.loads(DATA.read_text("utf-8")), where)
    found = understand(text, where, world)
    if not reached:
        found = replace(found, why=Why.NO_ROOM_YET, detail=" ".join(hms_failure("network")))
    told = say(found, now=world.now)
    shown = text if len(text) < 80 else f"{len(text):,} characters"
    when = f"{where.capitalize()}: {shown}" if where is not Where.DM else f"Message: {shown}"
    when = when if reached else f"{when} (and 100ms does not answer)"
    if found.intent is Intent.UNKNOWN and found.why in (Why.CLEAR, Why.REMIND, Why.LANGUAGE):
        helps = {"0": [StoredOrder(verb=Intent.HELP)]}
        return only_you(when, views.question, told, views.choices("question-1", helps))
    if found.outcome is not Outcome.ASK:
        return only_you(when, views.answer, told)
    orders = stored_orders(found.offers, found, world, {})
    answers: dict[str, tuple[StoredOrder, ...]] = {
        str(n): (order,) for n, order in enumerate(orders) if order.verb != OPEN_FORM
    }
    stops = [order for order in orders if order.verb == "stop"]
    if len({order.room_id for order in stops}) == len(stops) > 1:
        answers[ALL] = tuple(stops)
    if are_one(found):
        answers[TOGETHER] = orders
    buttons = views.choices("question-1", answers)
    if any(order.verb == OPEN_FORM for order in orders):
        buttons.append(filled_form_button("draft-1"))
    return only_you(when, views.question, told, buttons)


def _asked_again() -> Sample:
    orders = [StoredOrder(verb=Intent.STOP, room_id=r, room_name=r) for r in ("standup", "webinar")]
    answers = {str(n): (order,) for n, order in enumerate(orders)}
    when = "After a question about two recordings, somebody writes “yes”"
    return only_you(when, views.which_one, "question-1", answers)


def _one_refused() -> Sample:
    when = "After “share it to #board and #design”, for the channel that the bot is not in"
    return only_you(when, views.refused, "#board", not_open())


SAMPLES = (
    *(_sample(where, text) for where, text in SAID),
    _sample(Where.SLASH, UNREACHABLE, reached=False),
    _asked_again(),
    _one_refused(),
)
