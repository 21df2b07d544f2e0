"""Figures: what was measured, how often, and what the issue asks for."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Op = Literal["≤", "<", "≥"]


@dataclass(frozen=True, slots=True)
class Target:
    op: Op
    limit: float

    def met_by(self, value: float) -> bool:
        match self.op:
            case "≤":
                return value <= self.limit
            case "<":
                return value < self.limit
            case "≥":
                return value >= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One value for each repetition; the median counts. Without a target it only informs."""

    name: str
    values: Sequence[float]
    unit: str
    target: Target | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.met_by(self.median)

    def as_json(self) -> dict[str, object]:
        target = self.target
        return {
            "figure": self.name,
            "median": self.median,
            "values": list(self.values),
            "unit": self.unit,
            "target": f"{target.op} {target.limit:g}" if target else None,
            "met": self.met,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was measured."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Repetition by repetition: what disturbed one of them disturbed its neighbour, too."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


@dataclass(frozen=True, slots=True)
class Scale:
    """How often and how much. `times` is the repetitions of everything, of which the median."""

    times: int = 5
    one_by_one: int = 400
    side_by_side: int = 4000
    paced_s: int = 4
    starts: int = 30
    cards: int = 20
    open_recordings: int = 1000
    idle_s: float = 600.0  # in which every recording is asked for
    unlisted_s: float = 10.0
    many_recordings: int = 10_000
    hours: int = 1000  # of transcripts
    rooms: int = 50_000


QUICK = Scale(
    times=2,
    one_by_one=150,
    side_by_side=1500,
    paced_s=2,
    starts=10,
    cards=8,
    idle_s=60.0,
    many_recordings=2000,
    hours=20,
    rooms=10_000,
)
