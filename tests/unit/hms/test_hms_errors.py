"""An HTTP answer to an error: one table."""

import json

import pytest

from bot.hms.errors import (
    HmsConflict,
    HmsForbidden,
    HmsNotFound,
    HmsRefused,
    HmsUnauthorized,
    HmsUnavailable,
    error_of,
)
from tests.unit.rows import each_row


def body(message: object, details: object = None) -> bytes:
    return json.dumps({"code": 1, "message": message, "details": details}).encode()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, HmsRefused),
        (400, HmsRefused),
        (401, HmsUnauthorized),
        (403, HmsForbidden),
        (404, HmsNotFound),
        (409, HmsConflict),
        (418, HmsRefused),
    ],
)
def test_a_clear_no(status: int, kind: type[HmsRefused]) -> None:
    error = error_of(status, {}, body("beam already started", ["one", 2, "two"]))
    assert type(error) is kind
    assert isinstance(error, HmsRefused)
    assert (error.status, error.message) == (status, "beam already started")
    assert error.details == ("one", "two")


DATE = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}


@each_row(
    ("status", "headers", "message", "reached", "retry_after_s"),
    [
        (429, {}, "slow down", False, None),
        (429, {"Retry-After": "7"}, "slow down", False, 7.0),
        (429, {"retry-after": " 0.5 "}, "slow down", False, 0.5),
        (429, {}, "rate limit exceeded, retry after 45 seconds", False, 45.0),
        (429, {}, "Rate limit exceeded, retry in 2 minutes", False, 120.0),
        (429, {"Retry-After": "3"}, "retry after 45 seconds", False, 3.0),
        (429, {"Retry-After": "soon"}, "slow down", False, None),
        (429, {"Retry-After": "-5"}, "slow down", False, 0.0),
        (429, {"Retry-After": "inf"}, "slow down", False, None),
        (429, {"Retry-After": "1e300"}, "slow down", False, 3600.0),
        (429, {}, "retry after 999999999 minutes", False, 3600.0),
        (
            429,
            {**DATE, "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"},
            "slow down",
            False,
            30.0,
        ),
        (429, {**DATE, "Retry-After": "Wed, 21 Oct 2026 07:00:00 GMT"}, "gone by", False, 0.0),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"}, "no date", False, None),
        (503, {"Retry-After": "5"}, "maintenance", False, 5.0),
        (503, {}, "upstream connect error", True, None),
        (500, {}, "oh no", True, None),
        (500, {"Retry-After": "5"}, "oh no", True, 5.0),
        (502, {}, "bad gateway", True, None),
        (504, {}, "gateway time-out", True, None),
        (408, {}, "request time-out", True, None),
        (599, {}, "?", True, None),
    ],
)
def test_no_answer_now(
    status: int, headers: dict[str, str], message: str, reached: bool, retry_after_s: float | None
) -> None:
    error = error_of(status, headers, body(message))
    assert isinstance(error, HmsUnavailable)
    assert error.reached is reached
    assert error.retry_after_s == retry_after_s


@each_row(
    ("content", "message"),
    [
        (b"", "Bad Request"),
        (b"<html>", "Bad Request"),
        (b"\xff\xfe", "Bad Request"),
        (b"[]", "Bad Request"),
        (b'"no"', "Bad Request"),
        (b'{"message": null}', "Bad Request"),
        (b'{"message": {"a": 1}, "details": "x"}', "Bad Request"),
        (b"[" * 100_000, "Bad Request"),
        (b'{"message": "a\\u0000b"}', "a\ufffdb"),
    ],
)
def test_a_body_of_any_shape(content: bytes, message: str) -> None:
    error = error_of(400, {}, content)
    assert isinstance(error, HmsRefused)
    assert (error.message, error.details) == (message, ())


def test_no_error_repeats_a_token_or_a_signed_link() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl"
    link = "https://bucket/file.txt?X-Amz-Signature=abc"
    for status in (400, 401, 500):
        error = error_of(status, {}, body(f"bad token {token}", [f"see {link}", token]))
        said = f"{error} {error!r} {getattr(error, 'details', ())}"
        assert "eyJ" not in said
        assert "Signature" not in said


def test_a_long_message_is_cut() -> None:
    error = error_of(400, {}, body("x" * 10_000, ["y" * 10_000] * 100))
    assert isinstance(error, HmsRefused)
    assert len(error.message) == 300
    assert [len(line) for line in error.details] == [300] * 10


def test_an_unknown_status_has_no_phrase() -> None:
    assert str(error_of(499, {}, b"")) == "499 no reason given"
