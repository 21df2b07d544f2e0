"""What a question is answered with, and what stays of it after an answer."""

from bot.features.commands.model import Reply, Where
from bot.features.commands.several_orders import are_one
from bot.features.commands.stored_orders import ALL, TOGETHER, Choice, StoredOrder, stored_orders
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
        ("thread", "share it to #leadership and #design", "0", ["share:standup"]),
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


def test_a_share_to_two_channels_has_a_button_for_each() -> None:
    world = WORLDS[Where.THREAD]
    found = understand("share it to #leadership and #design", Where.THREAD, world)
    orders = stored_orders(found.offers, found, world, {})
    assert [(one.channel, one.label) for one in orders] == [
        ("#leadership", "#leadership"),
        ("#design", "#design"),
    ]
    assert are_one(found)


ONE = {"0": (StoredOrder(verb="start", room_id="a"),)}
TWO = ONE | {"1": (StoredOrder(verb="start", room_id="b"),)}
EACH = tuple(StoredOrder(verb="stop", room_id=room) for room in "abc")
SAME = ONE | {"1": (StoredOrder(verb="stop", room_id="a"),)}


@each_row(
    ("answers", "reply", "room", "answer"),
    [
        (ONE, Reply.YES, None, "0"),
        (TWO, Reply.YES, None, None),
        (TWO | {TOGETHER: EACH[:2]}, Reply.YES, None, None),
        (TWO | {TOGETHER: EACH[:2]}, Reply.BOTH, None, TOGETHER),
        (TWO | {ALL: EACH[:2]}, Reply.BOTH, None, ALL),
        (TWO | {ALL: EACH}, Reply.BOTH, None, None),
        (TWO, Reply.BOTH, None, None),
        (ONE, Reply.BOTH, None, None),
        (TWO, Reply.ROOM, "b", "1"),
        (TWO, Reply.ROOM, "c", None),
        (SAME, Reply.ROOM, "a", None),
        ({}, Reply.YES, None, None),
        (ONE, Reply.PERHAPS, None, None),
    ],
)
def test_a_reply_means_a_button_only_if_it_is_clear_which(
    answers: dict[str, tuple[StoredOrder, ...]], reply: Reply, room: str | None, answer: str | None
) -> None:
    assert Choice(answers=answers).answer_in_words(reply, room) == answer
    asked_by_name = Choice(answers=answers, by_name=False).answer_in_words(reply, room)
    assert asked_by_name == (None if reply is Reply.ROOM else answer)


@each_row(
    ("text", "reply"),
    [
        *(("yes", Reply.YES), ("yep please", Reply.YES), ("yes please", Reply.YES)),
        *(("do both", Reply.BOTH), ("both please", Reply.BOTH), ("yes, all of them", Reply.BOTH)),
        *(("webinar", Reply.ROOM), ("board room", Reply.ROOM), ("the webinar", Reply.ROOM)),
        *(("ok", Reply.PERHAPS), ("👍", Reply.PERHAPS), ("Yes, please do it!", Reply.PERHAPS)),
        *(("thanks", None), ("ok stop", None), ("go on", None), ("right now", None)),
        *(("no", None), ("sorry", None), ("webinar foobar", None), ("stop webinar", None)),
    ],
)
def test_what_may_answer_a_question(text: str, reply: Reply | None) -> None:
    assert understand(text, Where.MENTION, WORLDS[Where.MENTION]).reply is reply


def test_a_command_with_a_room_is_an_order_of_its_own() -> None:
    assert understand("webinar", Where.SLASH, WORLDS[Where.SLASH]).reply is None
