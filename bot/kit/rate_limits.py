"""Methods of Slack and 100ms that are paused."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_S = 3600.0  # a cap, because a faulty proxy could otherwise pause everyone for years


@dataclass(frozen=True, slots=True)
class Paused:
    """A paused method.

    Without `since` the pause ends at `until`. With it, the pause began then and lasts until a
    probe passes; `until` is the time of the next probe.
    """

    method: str
    until: datetime
    since: datetime | None = None
    why: str | None = None

    @property
    def by_hms(self) -> bool:
        """100ms' methods are paths, such as `GET /recordings/{id}`; Slack's are names."""
        return "/" in self.method
