"""Tells a rush from everyday traffic."""

from collections import deque


class Rush:
    """Whether something has happened `many` times within the last seconds.

    What lasts for longer than `most_s` is no rush, but everyday traffic.
    """

    def __init__(self, many: int, within_s: float, most_s: float) -> None:
        self._times: deque[float] = deque(maxlen=many)
        self._many, self._within_s, self._most_s = many, within_s, most_s
        self._since = 0.0

    def note(self, now_s: float) -> None:
        if not self._is_dense(now_s):
            self._since = now_s
        self._times.append(now_s)

    def is_on(self, now_s: float) -> bool:
        return self._is_dense(now_s) and now_s - self._since <= self._most_s

    def _is_dense(self, now_s: float) -> bool:
        full = len(self._times) == self._many
        return full and now_s - self._times[0] <= self._within_s
