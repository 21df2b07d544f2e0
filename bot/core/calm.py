"""Running recordings that wait only for their next poll; 100ms' list polls them together. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.deliveries import Polled, Wanted
from bot.core.facts import Observed
from bot.core.note import Loaded
from bot.core.plan import calm_until, poll_at
from bot.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Calm:
    """A calm recording as its row was released: due at `due_at`, after so many `wakes`.

    `known` has the identities of all that polls have said of it. `interval` is the time from one
    poll to the next. At `until`, something else may be due.
    """

    key: str
    hms_id: str
    known: frozenset[str]
    polled: Polled
    interval: timedelta
    until: datetime
    due_at: datetime
    wakes: int


def calm_of(
    state: Loaded, wanted: Wanted, policy: Policy, now: datetime, due_at: datetime
) -> Calm | None:
    """The calm recording, if it is one; `due_at` is the time until which it waits."""
    recording, work = state.recording, state.work
    until = calm_until(recording, work, wanted, policy, now)
    if until is None or recording.hms_id is None or work.polled.at is None:
        return None
    return Calm(
        key=recording.key,
        hms_id=recording.hms_id,
        known=frozenset(f.identity for f in recording.log if isinstance(f, Observed)),
        polled=work.polled,
        interval=poll_at(recording, work, policy) - work.polled.at,
        until=until,
        due_at=due_at,
        wakes=state.wakes,
    )


def after_list(calm: Calm, said: Collection[str], at: datetime) -> Calm | None:
    """The recording after the list said this of it at `at`, the identities of facts.

    None if its own poll is to go on as planned: the list has news, or cannot be read, or something
    else is due by then.
    """
    due_at = min(at + calm.interval, calm.until)
    if not said or not calm.known.issuperset(said) or due_at <= calm.due_at:
        return None
    return replace(calm, polled=Polled(at, calm.polled.unchanged + 1), due_at=due_at)
