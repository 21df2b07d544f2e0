"""Compare this machine's clock with the services': signatures and tokens depend on it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.kit.metrics import CLOCK_OFF
from bot.kit.sparing import Sparing

OFF_FROM_S = 60.0  # signatures may be 300 s off; our 100ms tokens become valid 60 s in the past

clock_is_off = Sparing("clock_is_off")


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def compare(service: str, theirs: datetime, ours: datetime) -> float:
    """Measure how far our clock is ahead of theirs, in seconds (negative: behind)."""
    off_s = (ours - theirs).total_seconds()
    CLOCK_OFF.labels(service).set(off_s)
    if abs(off_s) > OFF_FROM_S:
        clock_is_off.warn(service, ahead_by_s=round(off_s))
    return off_s


def compare_header(service: str, date: str | None) -> None:
    """Compare with the `Date` header of a response just received; ignore a missing or bad one."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    if theirs.tzinfo is not None:
        compare(service, theirs, datetime.now(UTC))
