"""Readers for values that may be missing, null, empty or of another type than documented.

Each takes anything and answers the value or None; none of them raises.
"""

import re
from datetime import UTC, datetime, timedelta

MAX_WHOLE = 2**63 - 1  # what the databases hold
FIRST_YEAR = 2000  # 100ms writes year 1 for "no time", and was founded long after this
MAX_FUTURE = timedelta(minutes=5)  # so far ahead another clock may be
MAX_SECONDS = timedelta(days=30).total_seconds()  # no meeting and no link lasts longer
_FRACTION = re.compile(r"(\.\d{6})\d+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(value: str) -> str:
    """Without what JSON can say but a database cannot keep: NUL and lone surrogates."""
    return _UNSTORABLE.sub("\ufffd", value)


def text(value: object) -> str | None:
    """A string with something in it."""
    if not isinstance(value, str) or not value.strip():
        return None
    return clean(value.strip())


def moment(value: object) -> datetime | None:
    """A time, aware and in UTC. 100ms sends up to nanoseconds; microseconds are kept."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        return None
    return value if value.year >= FIRST_YEAR else None


def past(value: datetime | None, told_at: datetime) -> datetime | None:
    """A time of something that is over, as it was told at `told_at`: what waits is counted from it,
    and one that is years ahead would be waited for."""
    return value if value is not None and value <= told_at + MAX_FUTURE else None


def seconds(value: object) -> float | None:
    """A number that is not negative and can be the length of something; also from digits."""
    number = _number(value)
    return number if number is not None and number <= MAX_SECONDS else None


def whole(value: object) -> int | None:
    """A whole number that is not negative and that a database can hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= MAX_WHOLE else None
    number = _number(value)
    return int(number) if number is not None and number < MAX_WHOLE else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number >= 0 else None  # also false for NaN


def objects(value: object) -> tuple[dict[str, object], ...]:
    """The objects of a list; what is no object is left out, and null is an empty list."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(row for row in value if isinstance(row, dict))


def strings(value: object) -> tuple[str, ...]:
    """The strings of a list that have something in them."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(kept for item in value if (kept := text(item)) is not None)
