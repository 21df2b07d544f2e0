"""What may become of a call: every way to answer, refuse, stay silent, or die over it."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeVar

T = TypeVar("T")
Side = Literal["slack", "100ms", "database"]

QUICK_S = 0.05
SLOW_S = 5.0
SILENCE_S = 8.0  # the clients' own time-out
STILL_WORKING_S = 4.0  # what 100ms or Slack does after we have turned away


class Reply(StrEnum):
    OK = "ok"
    SLOW = "slow"
    TURNED_AWAY = "turned away"  # 429: certainly not done
    FAILED = "failed"  # 500: not done, but who knows
    DONE_THEN_FAILED = "done, then failed"
    SILENT = "silent"
    DONE_THEN_SILENT = "done, then silent"
    SILENT_THEN_DONE = "silent, then done"
    UNAUTHORIZED = "unauthorized"  # the token is not taken, for now
    DIES_BEFORE = "dies before"  # our process
    DIES_AFTER = "dies after"

    def __repr__(self) -> str:
        return f"Reply.{self.name}"


HARMLESS = (Reply.OK, Reply.SLOW)
UNKNOWN = (
    Reply.FAILED,
    Reply.DONE_THEN_FAILED,
    Reply.SILENT,
    Reply.DONE_THEN_SILENT,
    Reply.SILENT_THEN_DONE,
)
DEADLY = (Reply.DIES_BEFORE, Reply.DIES_AFTER)
ANY_BUT_DEATH = tuple(reply for reply in Reply if reply not in DEADLY)


class Death(BaseException):
    """`kill -9`: no handler of ours runs, nothing in memory is left."""


class Broke(BaseException):
    """What must not happen at all; no handler on its way may take it for a mishap."""


class Spinning(Broke):
    """More calls in a minute than anything can justify."""


@dataclass
class Faults:
    """One reply for each call of each side, in order; then all is well, or `after` goes on."""

    slack: Iterable[Reply] = ()
    hms: Iterable[Reply] = ()
    database: Iterable[Reply] = ()
    forever: Iterable[Reply] = ()  # repeated for both sides, and never ends
    heals_at_s: float = 1800.0
    _left: dict[Side, Iterator[Reply]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        endless = tuple(self.forever)
        self._left["slack"] = itertools.chain(self.slack, itertools.cycle(endless))
        self._left["100ms"] = itertools.chain(self.hms, itertools.cycle(endless))
        self._left["database"] = iter(self.database)

    def next(self, side: Side, now_s: float) -> Reply:
        reply = next(self._left[side], Reply.OK)
        return reply if now_s < self.heals_at_s else Reply.OK


@dataclass
class Meter:
    """Counts calls by simulated minute, and stops what spins."""

    most_per_minute: int = 400
    calls: Counter[int] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)

    def count(self, now_s: float, name: str) -> None:
        minute = int(now_s // 60)
        self.calls[minute] += 1
        self.names[name] += 1
        if self.calls[minute] > self.most_per_minute:
            raise Spinning(f"minute {minute}: {self.names.most_common(8)}")

    @property
    def busiest(self) -> int:
        return max(self.calls.values(), default=0)


class Life:
    """One process of ours: once dead, none of its calls reaches anyone."""

    def __init__(self) -> None:
        self.dead = False
        self.over = asyncio.Event()

    def must_live(self) -> None:
        if self.dead:
            raise Death

    def die(self) -> None:
        self.dead = True
        self.over.set()
        raise Death


async def carried_out(
    reply: Reply,
    life: Life,
    do: Callable[[], T],
    *,
    turned_away: Callable[[], Exception],
    unknown: Callable[[], Exception],
    unauthorized: Callable[[], Exception],
) -> T:
    """`do` in the way that the reply says; the three make the errors of the side called."""
    match reply:
        case Reply.OK | Reply.SLOW:
            await asyncio.sleep(QUICK_S if reply is Reply.OK else SLOW_S)
            life.must_live()
            return do()
        case Reply.TURNED_AWAY:
            await asyncio.sleep(QUICK_S)
            raise turned_away()
        case Reply.UNAUTHORIZED:
            await asyncio.sleep(QUICK_S)
            raise unauthorized()
        case Reply.DIES_BEFORE:
            life.die()
        case Reply.DIES_AFTER:
            quietly(do)
            life.die()
        case Reply.FAILED | Reply.SILENT:
            await asyncio.sleep(QUICK_S if reply is Reply.FAILED else SILENCE_S)
        case Reply.DONE_THEN_FAILED | Reply.DONE_THEN_SILENT:
            quietly(do)
            await asyncio.sleep(QUICK_S if reply is Reply.DONE_THEN_FAILED else SILENCE_S)
        case Reply.SILENT_THEN_DONE:
            asyncio.get_running_loop().call_later(SILENCE_S + STILL_WORKING_S, quietly, do)
            await asyncio.sleep(SILENCE_S)
    life.must_live()
    raise unknown()


def quietly(do: Callable[[], object]) -> None:
    """Done, or refused, where nobody hears which."""
    try:
        do()
    except Exception:
        return
