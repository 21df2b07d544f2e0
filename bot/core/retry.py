"""The retry of a failed step or delivery."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` failed in a row; the next is not made before `not_before` (None: now)."""

    attempts: int = 0
    not_before: datetime | None = None
