"""Remembers the question that the bot has just asked a person, to take words for an answer.

In memory: after a restart, or on another replica, its buttons still answer it.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.listeners.payloads import Caller

ANSWERED_WITHIN = timedelta(minutes=5)  # a later "yes" may be about something else
MOST = 10_000  # questions; the oldest are dropped

Place = tuple[str, str | None, str | None]


class OpenQuestions:
    """The last question to each person in each place: a thread is a place of its own."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Place, tuple[str, datetime]] = OrderedDict()

    def put(self, caller: Caller, choice_id: str, now: datetime) -> None:
        place = _place_of(caller)
        self._asked[place] = choice_id, now
        self._asked.move_to_end(place)
        if len(self._asked) > MOST:
            self._asked.popitem(last=False)

    def take(self, caller: Caller, now: datetime) -> str | None:
        """Return the id of the question that is open here. Whatever the person says closes it."""
        choice_id, asked_at = self._asked.pop(_place_of(caller), (None, now))
        return choice_id if now - asked_at <= ANSWERED_WITHIN else None


def _place_of(caller: Caller) -> Place:
    return caller.user, caller.channel, caller.thread_ts
