"""Throttle log lines that outsiders can cause, so that they do not fill the log."""

import time

import structlog

log = structlog.get_logger()

EVERY_S = 60.0


class Sparing:
    """Logs the first line of each kind at once, then one a minute; `held_back` counts the rest.

    Kinds must come from a fixed set: outsiders must not be able to make new ones.
    """

    def __init__(self, event: str, *, every_s: float = EVERY_S) -> None:
        self._event = event
        self._every_s = every_s
        self._last: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def warn(self, kind: str, **values: object) -> None:
        now, last = time.monotonic(), self._last.get(kind)
        if last is not None and now - last < self._every_s:
            self._held[kind] = self._held.get(kind, 0) + 1
            return
        self._last[kind] = now
        log.warning(self._event, why=kind, held_back=self._held.pop(kind, 0), **values)
