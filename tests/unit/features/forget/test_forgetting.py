"""What is forgotten, in which order; and the receipt."""

from inline_snapshot import snapshot

from bot.core import facts as f
from bot.core import plan as p
from bot.core import steps as s
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.forgetting import erased, is_forgettable
from bot.core.policy import Policy
from bot.core.steps import Erase, Forget, Receipt
from bot.features.forget.views import receipt_message
from tests.unit.views_samples import (
    NOW,
    READ,
    RUNS,
    assert_accepted,
    at,
    dates,
    outline,
    recording,
    requested,
)

WISH = f.ForgetRequested(at=at(6000), by="U3")
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0")
RESULTS = Delivery(Kind.RESULTS, "C1", DeliveryState.SENT, posted_in="C1", ts="2.0")
FILE = Delivery(Kind.TRANSCRIPT, "C1", DeliveryState.SENT, file_id="F1")
RECEIPT = Delivery(Kind.RECEIPT, "U3", DeliveryState.SENT, posted_in="D3", ts="3.0")


def step(*deliveries: Delivery, ended: bool = True) -> s.Step:
    facts = [*(READ if ended else RUNS), WISH]
    work = Work(deliveries=deliveries, polled=Polled(at(5999)))
    return p.next_step(recording(*facts), work, Wanted(card="x"), Policy(), at(6001))


def test_files_go_first_and_the_card_last_then_the_receipt_then_the_rows() -> None:
    shown = [CARD, RESULTS, FILE]
    taken = []
    for _ in range(3):
        found = step(*shown)
        assert isinstance(found, Erase)
        taken.append(found.kind)
        shown = [erased(d) if d.kind is found.kind else d for d in shown]
    assert taken == [Kind.TRANSCRIPT, Kind.RESULTS, Kind.CARD]
    assert step(*shown) == Receipt("U3")
    assert step(*shown, RECEIPT) == Forget()


def test_nothing_is_posted_or_asked_any_more() -> None:
    assert step() == Receipt("U3")


def test_a_receipt_that_cannot_be_given_holds_nothing_up() -> None:
    parked = Delivery(Kind.RECEIPT, "U3", DeliveryState.PARKED, error="user_not_found")
    assert step(parked) == Forget()


def test_while_it_runs_the_wish_waits() -> None:
    assert not isinstance(step(CARD, ended=False), Erase | Receipt | Forget)
    assert not is_forgettable(recording(*RUNS))


def test_the_receipt_names_what_remains() -> None:
    kept = erased(CARD, kept="is_archived")
    message = receipt_message(recording(*READ, WISH), [kept, erased(RESULTS)], NOW)
    assert_accepted(message)
    assert "!" not in dates(message.text)
    assert outline(message.payload()) == snapshot("""\
The recording of *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*, 22 Nov 2026, 14:03 UTC, was
    forgotten. The bot deleted its messages and files in Slack, and all its data
    about the recording.
Messages from people in its threads remain, and so do previews of links to the
    room.
Slack did not let the bot delete the card in <#C1> (error `is_archived`). Delete
    it there.
Its files remain at 100ms. 100ms keeps files in its own storage for 15 days,
    until 7 Dec 2026, 15:09 UTC. Files in your own storage remain until you
    delete them. The ids are:
recording hms-1
room-composite a1
summary json a3
transcript txt a2\
""")


def test_the_receipt_of_what_never_began() -> None:
    never = recording(f.StartRefused(at=at(1), status=403, message="no"), WISH)
    message = receipt_message(never, [], NOW)
    assert_accepted(message)
    assert "100ms never recorded anything" in message.text
    assert requested().room_id not in message.text
