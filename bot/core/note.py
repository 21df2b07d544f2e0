"""Notes: the results of a step on one recording, and the state that follows from them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, DeliveryState, Kind, OutcomeAddress, Polled, Work
from bot.core.derive import derive
from bot.core.facts import Fact
from bot.core.recording import Recording
from bot.core.retry import Retry
from bot.core.steps import POLL

UNKNOWN = -1
TOLD = frozenset(
    {DeliveryState.SENT, DeliveryState.GONE, DeliveryState.DROPPED}
)  # the person no longer waits


@dataclass(frozen=True, slots=True)
class Note:
    """The result of a step, written in one transaction. A retry of None is deleted."""

    facts: Sequence[Fact] = ()
    aliases: Sequence[str] = ()
    deliveries: Sequence[Delivery] = ()
    polled: Polled | None = None
    retries: Mapping[str, Retry | None] = field(default_factory=dict)


# Makes a poll due at once, whatever the result of the last one was.
POLL_NOW = Note(polled=Polled(), retries={POLL: None})


@dataclass(frozen=True, slots=True)
class Loaded:
    """One recording with the engine's state; `addresses` of the outcomes that are still to be sent.

    `settings`: of the channels that show it, where anybody changed them. `followers`: the channels
    that follow its room, until it is started. `owner` has the lease. `wakes` counts the writes of
    all others: as long as the row has the same number, this copy is current.
    """

    recording: Recording
    work: Work
    addresses: Mapping[tuple[Kind, str], OutcomeAddress]
    settings: Mapping[str, ChannelSettings] = field(default_factory=dict)
    followers: tuple[str, ...] = ()
    owner: str | None = None
    wakes: int = 0

    def doubted(self) -> "Loaded":
        """A copy whose next write reloads everything, for when the last commit may be lost."""
        return replace(self, wakes=UNKNOWN)


@dataclass(frozen=True, slots=True)
class Merged:
    """The change that a write makes to the set of facts. `all` is the set afterwards."""

    all: tuple[Fact, ...]
    new: tuple[Fact, ...]
    earlier: tuple[Fact, ...]  # stored already, with a later time


def merge(known: Iterable[Fact], said: Iterable[Fact]) -> Merged:
    """Merge facts, each identity once with its earliest time: arrival order does not matter."""
    before = {f.identity: f for f in known}
    after = dict(before)
    for fact in said:
        there = after.get(fact.identity)
        if there is None or fact.at < there.at:
            after[fact.identity] = fact
    return Merged(
        all=tuple(after.values()),
        new=tuple(f for i, f in after.items() if i not in before),
        earlier=tuple(f for i, f in after.items() if i in before and f.at < before[i].at),
    )


def after(since: Loaded, note: Note, merged: Merged) -> Loaded:
    """The state after `note` is written; `merged` has its facts and those of `since`."""
    recording = since.recording
    if merged.new or merged.earlier:
        recording = derive(recording.key, merged.all)
    told = {(d.kind, d.target) for d in note.deliveries if d.state in TOLD}
    return replace(
        since,
        recording=recording,
        work=_work_after(since.work, note),
        addresses={where: a for where, a in since.addresses.items() if where not in told},
    )


def _work_after(work: Work, note: Note) -> Work:
    deliveries = {(d.kind, d.target): d for d in work.deliveries}
    deliveries |= {(d.kind, d.target): d for d in note.deliveries}
    retries = {**work.retries, **note.retries}
    return Work(
        deliveries=tuple(deliveries.values()),
        retries={name: retry for name, retry in retries.items() if retry is not None},
        polled=note.polled or work.polled,
    )
