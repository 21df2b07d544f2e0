"""Forgetting a recording: first delete what Slack shows, then send the receipt, then delete rows.

Each deletion is a step of its own, so forgetting continues after a crash.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.deliveries import Delivery, DeliveryState, Kind, Work
from bot.core.recording import ENDED, Recording
from bot.core.steps import Erase, Forget, Receipt

KEPT = "kept:"  # prefix of Slack's error when it refused to delete
KEPT_AT_100MS = timedelta(days=15)  # in 100ms' own storage; source: 100ms docs, recordings
LAST = (Kind.RESULTS, Kind.CARD)  # the thread disappears from its end


def is_forgettable(recording: Recording) -> bool:
    """Only ended recordings: until then, 100ms still produces files."""
    return recording.phase in ENDED


def is_past_keeping(recording: Recording, now: datetime) -> bool:
    """Whether its files are older than 100ms keeps them in its own storage."""
    return now - (recording.stopped_at or recording.requested_at) >= KEPT_AT_100MS


def forgetting(
    recording: Recording, work: Work
) -> Iterator[tuple[datetime | None, Erase | Receipt | Forget]]:
    """The steps that are left, each with its earliest time; None: now."""
    left = sorted(
        filter(is_shown, work.deliveries),
        key=lambda d: LAST.index(d.kind) + 1 if d.kind in LAST else 0,
    )
    for delivery in left:
        yield None, Erase(delivery.kind, delivery.target)
    if left or recording.forget_by is None:
        return
    receipt = work.delivery(Kind.RECEIPT, recording.forget_by)
    if receipt is None or receipt.state in (DeliveryState.SENDING, DeliveryState.WAITING):
        yield receipt.retry.not_before if receipt else None, Receipt(recording.forget_by)
    else:
        yield None, Forget()


def is_shown(delivery: Delivery) -> bool:
    """Whether Slack shows a message or file of this delivery that we can delete."""
    return delivery.kind is not Kind.RECEIPT and bool(delivery.file_id or delivery.ts)


def erased(delivery: Delivery, *, kept: str | None = None) -> Delivery:
    """The delivery once deleted. `kept`: Slack's error if it refuses to delete it for good."""
    state = DeliveryState.GONE if kept is None else DeliveryState.DROPPED
    error = delivery.error if kept is None else f"{KEPT}{kept}"
    return replace(delivery, state=state, ts=None, file_id=None, error=error)
