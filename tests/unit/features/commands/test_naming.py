"""Every verb that may be done has its handler, and every order ends in words."""

from bot.features.commands.answers import say
from bot.features.commands.do_orders import DO
from bot.features.commands.model import Outcome, Understood, Where, World
from bot.features.commands.stored_orders import stored_orders
from bot.features.commands.understand import understand
from bot.features.commands.views import choices
from bot.features.commands.vocabulary import ORDERS, Intent
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames
from tests.unit.rows import each_row
from tests.unit.some import T0

UNKNOWN = say(Understood(Intent.UNKNOWN, Outcome.ANSWER), now=T0)


BUTTONS_ONLY = {Intent.LIST, Intent.HELP, Intent.RESCHEDULE, Intent.AUTO}


def test_each_order_has_its_handler() -> None:
    """`ORDERS` are verbs that a sentence begins with; titles and lengths are read otherwise."""
    assert set(DO) == ORDERS | {Intent.RENAME, Intent.EXTEND} | BUTTONS_ONLY


@each_row("outcome", [Outcome.DO, Outcome.ASK])
@each_row("intent", sorted(set(DO) - BUTTONS_ONLY))
def test_each_order_is_said(intent: Intent, outcome: Outcome) -> None:
    """A new one needs a row in `_DONE` and in `_ASKED`."""
    said = say(Understood(intent, outcome, room=RoomEntry("r1", "standup")), now=T0)
    assert said != UNKNOWN


def test_a_list_of_others_is_said() -> None:
    assert say(Understood(Intent.LIST, Outcome.ANSWER), now=T0) != UNKNOWN


def test_rooms_with_the_same_name_are_told_apart() -> None:
    rooms = [RoomEntry(f"{n}" * 24, "Daily") for n in "ab"]
    world = World(RoomNames(rooms), T0, "UTC")
    found = understand("start daily 720p", Where.SLASH, world)
    assert found.outcome is Outcome.ASK
    assert say(found, now=T0) == "2 rooms are called Daily. Which one do you mean?"
    orders = stored_orders(found.offers[:2], found, world, {})
    buttons = choices("q", {str(n): (order,) for n, order in enumerate(orders)})
    assert [one["text"]["text"] for one in buttons] == ["Start Daily …aaaa", "Start Daily …bbbb"]
    assert [order.room_name for order in orders] == ["Daily", "Daily"]
