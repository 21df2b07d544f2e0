"""Our clock beside the services'."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import structlog.testing

from bot.kit import clock
from bot.kit.metrics import CLOCK_OFF

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def ahead(service: str) -> float:
    return float(CLOCK_OFF.labels(service)._value.get())


@pytest.mark.parametrize(("off_s", "said"), [(0, False), (60, False), (61, True), (-3600, True)])
def test_an_offset_of_more_than_a_minute_is_said(off_s: int, said: bool) -> None:
    service = f"test{off_s}"
    with structlog.testing.capture_logs() as lines:
        clock.compare(service, NOW, NOW + timedelta(seconds=off_s))
    assert [line["ahead_by_s"] for line in lines] == ([off_s] if said else [])
    assert ahead(service) == off_s


def test_the_date_of_an_answer_tells_it() -> None:
    clock.compare_header("dated", format_datetime(datetime.now(UTC), usegmt=True))
    assert abs(ahead("dated")) < 5


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 29 Nov 2026 12:00:00"])
def test_an_odd_date_is_ignored(date: str | None) -> None:
    clock.compare_header("odd", date)
    assert ahead("odd") == 0
