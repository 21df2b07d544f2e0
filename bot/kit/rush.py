"""Tells a rush from everyday traffic."""

from collections import deque


class Rush:
    """Whether something has happened `many` times within the last seconds."""

    def __init__(self, many: int, within_s: float) -> None:
        self._times: deque[float] = deque(maxlen=many)
        self._many, self._within_s = many, within_s

    def note(self, now_s: float) -> None:
        self._times.append(now_s)

    def is_on(self, now_s: float) -> bool:
        full = len(self._times) == self._many
        return full and now_s - self._times[0] <= self._within_s
