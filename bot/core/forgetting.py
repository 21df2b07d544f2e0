"""Forgetting a recording: first what Slack shows, then the receipt, then the rows themselves.

Each is done and noted by itself, so that it goes on after a crash; the rows go last.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.deliveries import Delivery, Kind, State, Work
from bot.core.recording import ENDED, Recording
from bot.core.steps import Erase, Forget, Receipt

KEPT = "kept:"  # before Slack's word for why it would not delete
KEPT_AT_100MS = timedelta(days=15)  # 100ms docs, recordings: in its own storage
LAST = (Kind.RESULTS, Kind.CARD)  # whoever looks sees the thread go from its end


def is_forgettable(recording: Recording) -> bool:
    """While 100ms records, or makes something of it, there is more to come."""
    return recording.phase in ENDED


def forgetting(
    recording: Recording, work: Work
) -> Iterator[tuple[datetime | None, Erase | Receipt | Forget]]:
    """What is left to do, each with the time from which it may be; None: now."""
    left = sorted(
        filter(is_shown, work.deliveries),
        key=lambda d: LAST.index(d.kind) + 1 if d.kind in LAST else 0,
    )
    for delivery in left:
        yield None, Erase(delivery.kind, delivery.target)
    if left or recording.forget_by is None:
        return
    receipt = work.delivery(Kind.RECEIPT, recording.forget_by)
    if receipt is None or receipt.state in (State.SENDING, State.WAITING):
        yield receipt.retry.not_before if receipt else None, Receipt(recording.forget_by)
    else:
        yield None, Forget()


def is_shown(delivery: Delivery) -> bool:
    """There is something in Slack that we can delete."""
    return delivery.kind is not Kind.RECEIPT and bool(delivery.file_id or delivery.ts)


def erased(delivery: Delivery, *, kept: str | None = None) -> Delivery:
    """`kept`: Slack's word for why it stays for ever."""
    state = State.GONE if kept is None else State.DROPPED
    error = delivery.error if kept is None else f"{KEPT}{kept}"
    return replace(delivery, state=state, ts=None, file_id=None, error=error)
