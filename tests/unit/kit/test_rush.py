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
    rush = Rush(3, within_s=1.0, most_s=10.0)
    for at in times:
        rush.note(at)
    assert rush.is_on(now) is rushed


def test_what_lasts_is_no_rush_until_it_has_been_calm() -> None:
    rush = Rush(3, within_s=1.0, most_s=10.0)
    rushed = []
    for n in range(100):  # four in a second, for 25 seconds
        rush.note(n / 4)
        rushed.append(rush.is_on(n / 4))
    assert rushed.index(True) == 2
    assert rushed[2:43] == [True] * 41, "ten seconds since the third"
    assert not any(rushed[43:])
    for n in range(3):
        rush.note(30.0 + n / 4)
    assert rush.is_on(30.5)
