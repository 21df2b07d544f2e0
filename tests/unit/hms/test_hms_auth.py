"""Management tokens: their claims, and when a new one is made."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from jwt.types import Options

from bot.hms.auth import FixedToken, ManagementTokens

SECRET = "a-secret-that-is-long-enough-for-hs256"
UNTIMED: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> ManagementTokens:
    return ManagementTokens("the-key", SECRET, clock)


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, SECRET, algorithms=["HS256"], options=UNTIMED)


def test_the_claims(tokens: ManagementTokens) -> None:
    said = claims(tokens.token())
    assert said.pop("jti")
    minute_ago = int((NOON - timedelta(seconds=60)).timestamp())
    assert said == {
        "access_key": "the-key",
        "type": "management",
        "version": 2,
        "iat": minute_ago,
        "nbf": minute_ago,
        "exp": minute_ago + 24 * 3600,
    }
    assert jwt.get_unverified_header(tokens.token())["alg"] == "HS256"


@pytest.mark.parametrize(
    ("later", "another"),
    [
        (timedelta(0), False),
        (timedelta(hours=21, minutes=59), False),
        (timedelta(hours=22), True),
        (timedelta(days=40), True),
        (timedelta(seconds=-1), True),
    ],
)
def test_one_token_until_well_before_its_end(
    tokens: ManagementTokens, clock: Clock, later: timedelta, another: bool
) -> None:
    first = tokens.token()
    clock.now += later
    assert (tokens.token() != first) is another


def test_renew_makes_a_different_token_at_the_same_time(tokens: ManagementTokens) -> None:
    first = tokens.token()
    assert tokens.renew()
    assert claims(tokens.token())["jti"] != claims(first)["jti"]


def test_a_fixed_token_stays() -> None:
    fixed = FixedToken("from-the-dashboard")
    assert not fixed.renew()
    assert fixed.token() == "from-the-dashboard"


def test_neither_shows_its_secret(tokens: ManagementTokens) -> None:
    assert SECRET not in repr(tokens)
    assert "dashboard" not in repr(FixedToken("from-the-dashboard"))
