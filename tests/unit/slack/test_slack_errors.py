"""How long Slack asks us to wait, whatever stands in the header."""

from bot.slack.errors import SlackUnavailable, error_of
from tests.unit.rows import each_row


@each_row(
    ("retry_after", "wait_s"),
    [
        ("7", 7.0),
        (["7"], 7.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("soon", 1.0),
        ("nan", 1.0),
        ("inf", 3600.0),
        ("1e300", 3600.0),
    ],
)
def test_a_429_pauses_for_a_while_that_ends(retry_after: object, wait_s: float) -> None:
    error = error_of(429, {"Retry-After": retry_after}, {"error": "ratelimited"})
    assert isinstance(error, SlackUnavailable)
    assert (error.retry_after_s, error.reached) == (wait_s, False)
