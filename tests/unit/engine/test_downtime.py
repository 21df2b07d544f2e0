"""How far back a replay reaches."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.retry import Retry
from bot.engine.replay import LONGEST, window
from bot.store.values import Owed

BACK = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MARGIN = timedelta(minutes=2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("away", "reach"),
    [
        (timedelta(minutes=1), timedelta(minutes=3)),
        (3 * DAY, 3 * DAY + MARGIN),
        (14 * DAY, LONGEST),
        (200 * DAY, LONGEST),
    ],
)
def test_the_window_is_what_100ms_takes(away: timedelta, reach: timedelta) -> None:
    start, end = window(Owed(BACK - away, BACK, Retry(0, BACK)), MARGIN)
    assert end == BACK
    assert end - start == reach <= 14 * DAY
