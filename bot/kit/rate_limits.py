"""Methods of Slack and 100ms that are paused."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_S = 3600.0  # a pause holds for everybody: a proxy's slip is not to make it one of years


@dataclass(frozen=True, slots=True)
class Paused:
    """A method that is paused. With `since`, until a probe passes; else only until then."""

    method: str
    until: datetime
    since: datetime | None = None
    why: str | None = None

    @property
    def by_hms(self) -> bool:
        """100ms' methods are paths, as `GET /recordings/{id}`; Slack's are names."""
        return "/" in self.method
