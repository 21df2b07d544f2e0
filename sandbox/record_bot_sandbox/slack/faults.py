"""Faults asked for in advance, and Slack's rate limits for those who switch them on."""

import math
from collections import defaultdict, deque
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from record_bot_sandbox.slack.model import JSON

ANY = "*"


class Fault(BaseModel):
    """What to do to the next `times` calls of `method`; the first matching fault applies.

    `method` is a Web API method, `response_url`, `upload` or `*`. `match` narrows it to calls
    that have these arguments. `after` does the work first and fails then. `odd` answers 200 with a
    page of some proxy in place of JSON.
    """

    model_config = ConfigDict(extra="forbid")

    method: str
    match: JSON = Field(default_factory=dict)
    times: int = Field(default=1, ge=1)
    delay_s: float = Field(default=0, ge=0)
    http_status: int | None = Field(default=None, ge=100, le=599)
    error: str | None = None
    retry_after: int | None = Field(default=None, ge=0)
    hang: bool = False
    reset: bool = False
    odd: bool = False
    after: bool = False

    @model_validator(mode="after")
    def _does_something(self) -> "Fault":
        if not self.fails and not self.delay_s:
            raise ValueError(
                "a fault needs delay_s, http_status, error, retry_after, hang, reset or odd"
            )
        return self

    @property
    def fails(self) -> bool:
        return bool(
            self.http_status
            or self.error
            or self.retry_after is not None
            or self.hang
            or self.reset
            or self.odd
        )

    def describe(self) -> str:
        on = {k: v for k, v in self.model_dump().items() if v and k not in {"method", "times"}}
        return ", ".join(f"{key}={value}" for key, value in on.items())


class FaultBook:
    """The faults that are due, and the recent calls that the limits count."""

    def __init__(self, speed: float, *, enforce_limits: bool) -> None:
        self.due: list[Fault] = []
        self.enforce_limits = enforce_limits
        self._speed = speed
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)

    def add(self, fault: Fault) -> None:
        self.due.append(fault)

    def clear(self, method: str | None = None) -> None:
        self.due = [fault for fault in self.due if method not in {None, fault.method}]

    def take(self, method: str, args: JSON) -> Fault | None:
        """The fault for this call, one use fewer left of it."""
        for fault in self.due:
            if fault.method not in {ANY, method} or not _matches(fault.match, args):
                continue
            fault.times -= 1
            if fault.times == 0:
                self.due.remove(fault)
            return fault
        return None

    def retry_after(self, key: str, *, limit: int, per_s: float, now: float) -> int | None:
        """Count one call; the seconds to wait when it is one too many."""
        if not self.enforce_limits:
            return None
        window_s = per_s / self._speed
        recent = self._recent[key]
        while recent and recent[0] <= now - window_s:
            recent.popleft()
        if len(recent) < limit:
            recent.append(now)
            return None
        return max(1, math.ceil((recent[0] + window_s - now) * self._speed))

    def as_json(self) -> list[JSON]:
        return [fault.model_dump(exclude_defaults=True) for fault in self.due]


def _matches(wanted: JSON, args: JSON) -> bool:
    return all(_same(args.get(key), value) for key, value in wanted.items())


def _same(left: Any, right: Any) -> bool:
    return left == right or str(left) == str(right)
