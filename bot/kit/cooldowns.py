"""Methods of Slack and 100ms that are not called for a while."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_S = 3600.0  # a cap, because a faulty proxy could otherwise stop everyone for years


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A method of Slack or 100ms that is not called for a while.

    Without `since` that ends at `until`. With it, the cooldown began then and lasts until a probe
    passes; `until` is the time of the next probe.
    """

    method: str
    until: datetime
    since: datetime | None = None
    why: str | None = None

    @property
    def by_hms(self) -> bool:
        """100ms' methods are paths, such as `GET /recordings/{id}`; Slack's are names."""
        return "/" in self.method
