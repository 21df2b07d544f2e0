"""What stays of a question after a press of one of its buttons."""

from bot.features.commands.model import Where
from bot.features.commands.stored_orders import Choice, stored_orders
from bot.features.commands.understand import understand
from tests.unit.features.commands.test_understanding import WORLDS
from tests.unit.rows import each_row


@each_row(
    ("where", "text", "press", "left"),
    [
        ("mention", "stop webinar, and record all hands at 15:00", "0", ["schedule:all hands"]),
        ("mention", "stop webinar, and record all hands at 15:00", "1", ["stop:webinar"]),
        ("mention", "stop, and record all hands", "0", ["start:all hands"]),
        ("mention", "stop, and record all hands", "all", ["start:all hands"]),
        ("mention", "stop, and record all hands", "2", ["stop:standup", "stop:webinar"]),
        ("mention", "should we stop?", "0", []),
        ("mention", "should we stop?", "all", []),
        ("thread", "call it Retro and stop", "0", ["stop:standup"]),
        ("thread", "call it Retro and stop", "1", ["rename:standup", "rename:standup"]),
        ("thread", "call it Retro and stop", "2", ["stop:standup"]),
    ],
)
def test_a_press_leaves_the_orders_of_the_other_questions(
    where: str, text: str, press: str, left: list[str]
) -> None:
    world = WORLDS[Where(where)]
    found = understand(text, Where(where), world)
    orders = stored_orders(found.offers, found, world, {})
    stops = tuple(order for order in orders if order.verb == "stop")
    answers = {str(n): (order,) for n, order in enumerate(orders)} | {"all": stops}
    rest = Choice(answers=answers).left_after(press)
    assert [f"{order.verb}:{order.room_name}" for order in rest] == left
