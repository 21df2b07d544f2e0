"""Read values that may be missing, null, empty or of another type than documented.

Each function accepts anything and returns the value or None. None of them raises.
"""

import re
from datetime import UTC, datetime, timedelta

MAX_WHOLE = 2**63 - 1  # the largest integer of both databases
FIRST_YEAR = 2000  # 100ms writes year 1 for "no time"
MAX_FUTURE = timedelta(minutes=5)  # how far another clock may be ahead
MAX_SECONDS = timedelta(days=30).total_seconds()  # no meeting and no link lasts longer
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(value: str) -> str:
    """Replace NUL and lone surrogates, which JSON can express but databases cannot store."""
    return value if value.isprintable() else _UNSTORABLE.sub("\ufffd", value)


def text(value: object) -> str | None:
    """Return a string that is not blank, stripped."""
    if not isinstance(value, str) or not (stripped := value.strip()):
        return None
    return clean(stripped)


def moment(value: object) -> datetime | None:
    """Return an aware time in UTC. 100ms sends up to nanoseconds; microseconds are kept."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
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
    """Return a time unless it is later than `told_at`, when 100ms reported it as past.

    Deadlines count from such times, and one years ahead would never be reached.
    """
    return value if value is not None and value <= told_at + MAX_FUTURE else None


def seconds(value: object) -> float | None:
    """Return a plausible duration, 0 to 30 days, from a number or a numeric string."""
    number = _number(value)
    return number if number is not None and number <= MAX_SECONDS else None


def whole(value: object) -> int | None:
    """Return an integer from 0 to `MAX_WHOLE`, from a number or a numeric string."""
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
    """Return the objects in a list; other items are left out, and null is an empty list."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(row for row in value if isinstance(row, dict))


def strings(value: object) -> tuple[str, ...]:
    """Return the strings in a list that are not blank."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(kept for item in value if (kept := text(item)) is not None)
