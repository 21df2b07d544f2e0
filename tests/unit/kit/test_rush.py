import pytest

from bot.kit.rush import Rush


@pytest.mark.parametrize(
    ("times", "now", "rushed"),
    [
        ((), 0.0, False),
        ((1.0, 1.0), 1.0, False),
        ((1.0, 1.0, 1.0), 1.0, True),
        ((1.0, 1.25, 1.5), 1.5, True),
        ((1.0, 1.25, 2.25), 2.25, False),
        ((1.0, 1.25, 2.0, 2.25), 2.25, True),
        ((1.0, 1.0, 1.0), 2.5, False),
    ],
)
def test_many_within_the_time_are_a_rush(
    times: tuple[float, ...], now: float, *, rushed: bool
) -> None:
    rush = Rush(3, within_s=1.0)
    for at in times:
        rush.note(at)
    assert rush.is_on(now) is rushed
