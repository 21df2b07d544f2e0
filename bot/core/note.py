"""What one step writes about one recording, and the state that follows from it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, Kind, OutcomeAddress, Polled, State, Work
from bot.core.derive import derive
from bot.core.facts import Fact
from bot.core.recording import Recording
from bot.core.retry import Retry
from bot.core.steps import POLL

UNKNOWN = -1
TOLD = frozenset({State.SENT, State.GONE, State.DROPPED})  # nobody waits there any more


@dataclass(frozen=True, slots=True)
class Note:
    """What came of a step, written in one transaction. A retry of None is cleared."""

    facts: Sequence[Fact] = ()
    aliases: Sequence[str] = ()
    deliveries: Sequence[Delivery] = ()
    polled: Polled | None = None
    retries: Mapping[str, Retry | None] = field(default_factory=dict)


# 100ms is to be polled now, whatever came of it the last time.
POLL_NOW = Note(polled=Polled(), retries={POLL: None})


@dataclass(frozen=True, slots=True)
class Loaded:
    """One recording with the engine's notes; `addresses` of the outcomes still to be told.

    `settings` of those channels that show it where somebody set any. `followers` are the channels
    that follow its room, as long as it is not started. `owner` has the lease. `wakes` counts the
    writes of everybody else: while the row has the same number, this is what it says.
    """

    recording: Recording
    work: Work
    addresses: Mapping[tuple[Kind, str], OutcomeAddress]
    settings: Mapping[str, ChannelSettings] = field(default_factory=dict)
    followers: tuple[str, ...] = ()
    owner: str | None = None
    wakes: int = 0

    def doubted(self) -> "Loaded":
        """The last commit may be lost or not: the next write reads everything again."""
        return replace(self, wakes=UNKNOWN)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a write changes in the set of facts. `all` is the set afterwards."""

    all: tuple[Fact, ...]
    new: tuple[Fact, ...]
    earlier: tuple[Fact, ...]  # known, but they turn out to be older than what was stored


def merge(known: Iterable[Fact], said: Iterable[Fact]) -> Merged:
    """Each identity once, by its earliest telling: so the order of arrival cannot matter."""
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
    """The state once `note` is written; `merged` are its facts with those of `since`."""
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
