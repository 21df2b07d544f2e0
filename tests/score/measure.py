"""How good predictions for labelled meetings are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Measure:
    """Counts over meetings.

    A time is right if its sentence is at most two from a labelled one, and a query is answered if
    one of the first three hits is at most one from a labelled one.
    """

    lines: int = 0  # supported by the meeting
    timed: int = 0
    right: int = 0
    invented: int = 0  # timed, though nobody said it
    queries: int = 0  # with an answer
    answered: int = 0
    questions: int = 0  # without an answer
    quiet: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.timed if self.timed else 1.0

    @property
    def coverage(self) -> float:
        return self.right / self.lines if self.lines else 0.0

    def add(self, meeting: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        for gold in meeting["gold"]:
            at = said["lines"][f"{gold['section']}.{gold['line']}"]
            self.timed += at is not None
            self.lines += gold["supported"]
            self.right += at is not None and _near(at, gold["sentences"], 2)
            self.invented += at is not None and not gold["supported"]
        for query, hits in zip(meeting["queries"], said["queries"], strict=True):
            if query["sentences"]:
                self.queries += 1
                self.answered += any(_near(hit, query["sentences"], 1) for hit in hits[:3])
            else:
                self.questions += 1
                self.quiet += not hits


def _near(at: int, labelled: Collection[int], by: int) -> bool:
    return any(abs(at - one) <= by for one in labelled)
