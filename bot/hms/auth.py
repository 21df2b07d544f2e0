"""Tokens for 100ms: management tokens for the API, join tokens for people.

Source: 100ms docs, get-started/security-and-tokens.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

import jwt

LIFETIME = timedelta(hours=24)
RENEW_BEFORE_END = timedelta(hours=2)
JOIN_FOR = timedelta(minutes=10)
CLOCK_SKEW = timedelta(seconds=60)


class TokenSource(Protocol):
    def token(self) -> str:
        """Return a token that is valid now."""
        ...

    def renew(self) -> bool:
        """Drop a token that 100ms refused. Return False if no other can be made."""
        ...


class ManagementTokens:
    """Signs tokens with the app's key and secret, without a network call.

    A token is used for most of a day; the next one is made well before it expires.
    """

    def __init__(self, access_key: str, secret: str, now: Callable[[], datetime]) -> None:
        self._access_key = access_key
        self._secret = secret
        self._now = now
        self._token: str | None = None
        self._made_at = now()

    def token(self) -> str:
        now = self._now()
        age = now - self._made_at
        # After the clock was set back, the token would only be valid in the future.
        if self._token is None or not timedelta(0) <= age < LIFETIME - RENEW_BEFORE_END:
            self._token = self._sign(now)
            self._made_at = now
        return self._token

    def renew(self) -> bool:
        self._token = None
        return True

    def _sign(self, now: datetime) -> str:
        valid_from = int((now - CLOCK_SKEW).timestamp())
        claims = {
            "access_key": self._access_key,
            "type": "management",
            "version": 2,
            "jti": str(uuid4()),
            "iat": valid_from,
            "nbf": valid_from,
            "exp": valid_from + int(LIFETIME.total_seconds()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")


class JoinTokens:
    """Signs tokens with which one person joins one room.

    Source: 100ms docs, get-started/security-and-tokens.
    """

    def __init__(self, access_key: str, secret: str, now: Callable[[], datetime]) -> None:
        self._access_key = access_key
        self._secret = secret
        self._now = now

    def token(self, room_id: str, user_id: str, role: str) -> str:
        """Return a token that is valid for ten minutes."""
        now = self._now()
        valid_from = int((now - CLOCK_SKEW).timestamp())
        claims = {
            "access_key": self._access_key,
            "type": "app",
            "version": 2,
            "room_id": room_id,
            "user_id": user_id,
            "role": role,
            "jti": str(uuid4()),
            "iat": valid_from,
            "nbf": valid_from,
            "exp": int((now + JOIN_FOR).timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")


class FixedToken:
    """A token from the dashboard. It expires after 7 to 14 days, and the bot cannot renew it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self) -> bool:
        return False
