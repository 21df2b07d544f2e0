"""Whether this machine's clock agrees with the services': signatures and tokens need that."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.kit.metrics import CLOCK_OFF
from bot.kit.sparing import Sparing

OFF_FROM_S = 60.0  # Slack refuses from 300 s on, and 100ms' tokens begin 60 s in the past

clock_is_off = Sparing("clock_is_off")


def compare(service: str, theirs: datetime, ours: datetime) -> float:
    """Note how far our clock is ahead of theirs, in seconds (negative: behind)."""
    off_s = (ours - theirs).total_seconds()
    CLOCK_OFF.labels(service).set(off_s)
    if abs(off_s) > OFF_FROM_S:
        clock_is_off.warn(service, ahead_by_s=round(off_s))
    return off_s


def compare_header(service: str, date: str | None) -> None:
    """As `compare`, by the `Date` of an answer that just came; ignored if it is odd or missing."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    if theirs.tzinfo is not None:
        compare(service, theirs, datetime.now(UTC))
