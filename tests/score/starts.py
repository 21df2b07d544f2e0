"""The next starts of a time, for the answers of the measures."""

from datetime import datetime

from bot.core.when import Once, Repeat, When, next_occurrences, this_minute


def next_starts(when: When, *, now: datetime, count: int = 3) -> tuple[datetime, ...]:
    """Return the next starts for people to check; one for a single time, none for now."""
    match when.start:
        case None:
            return ()
        case Once(at=at):
            return (at,)
        case Repeat() as repeat:
            # A rule said within the minute of its first date includes that date.
            return next_occurrences(repeat, after=this_minute(now), count=count)
