"""HTTP exchanges with 100ms: time-outs, tokens, cooldowns and typed errors.

Nothing is retried, except once with a fresh token after a 401.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

import httpx
from pydantic import JsonValue

from bot.hms.auth import TokenSource
from bot.hms.errors import HmsError, HmsRefused, HmsUnavailable, error_of
from bot.hms.redact import redact
from bot.kit.calls import timed_call
from bot.kit.clock import compare_header
from bot.kit.shared_cooldowns import Cooldowns

EXCHANGE_TIMEOUT_S = 9.0
_RESPONSE_MOST = 4 * 1024 * 1024  # bytes; a full page has some 100 KB

Query = Mapping[str, str | int | Sequence[str] | None]
_NOT_REACHED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    content: bytes


class Transport:
    """`patience_s` bounds a whole exchange, and a third of it bounds the wait for a connection.

    Without `cooldowns` the caller handles 429 itself.
    """

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        http: httpx.AsyncClient,
        patience_s: float,
        cooldowns: Cooldowns | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._http = http
        self._patience_s = patience_s
        self._cooldowns = cooldowns
        waits_s = patience_s / 3
        self._timeout = httpx.Timeout(0.9 * patience_s, connect=waits_s, pool=waits_s)
        # httpx logs whole URLs at INFO, and a presigned URL gives access to its file.
        logging.getLogger("httpx").addFilter(_addresses_without_query)

    async def call(
        self,
        method: str,
        path: str,
        about: str = "",
        *,
        query: Query | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> object:
        """Return the JSON of a 2xx response, None if empty. `about` replaces `{id}` in `path`.

        Raises:
            HmsRefused: 100ms refused the call, or the renewed token as well.
            HmsUnavailable: any other failure, including a pause and a response that is not JSON.
        """
        name = f"{method} {path}"
        await self.check_cooldown(name)
        if "{id}" in path:
            path = path.replace("{id}", _segment(about))
        with timed_call("100ms", name, about=about) as call:
            async with _typed_errors(self._patience_s):
                answer = await self._send(method, path, query, body)
                if answer.status == HTTPStatus.UNAUTHORIZED and self._tokens.renew():
                    answer = await self._send(method, path, query, body)
            call.status = str(answer.status)
        compare_header("100ms", answer.headers.get("date"))
        if not httpx.codes.is_success(answer.status):
            failed = error_of(answer.status, answer.headers, answer.content)
            await self._note_cooldown(name, failed)
            raise failed
        return _json(answer.content)

    async def check_cooldown(self, name: str) -> None:
        """Raise HmsUnavailable if a rate limit holds back this method."""
        left_s = await self._cooldowns.left_s(name) if self._cooldowns else 0
        if left_s:
            raise HmsUnavailable(
                f"{name} is paused", reached=False, retry_after_s=left_s, cause="limited"
            )

    async def _note_cooldown(self, name: str, failed: HmsError) -> None:
        if not isinstance(failed, HmsUnavailable) or failed.cause != "limited":
            return
        if self._cooldowns and failed.retry_after_s:
            await self._cooldowns.start(name, failed.retry_after_s)

    async def _send(
        self, method: str, path: str, query: Query | None, body: Mapping[str, JsonValue] | None
    ) -> Answer:
        """Send one request. Raises HmsUnavailable for a response larger than any valid one."""
        given = {key: value for key, value in (query or {}).items() if value is not None}
        content = bytearray()
        async with self._http.stream(
            method,
            self._base_url + path,
            params=httpx.QueryParams(given),
            json=body,
            headers={"Authorization": f"Bearer {self._tokens.token()}"},
            timeout=self._timeout,
        ) as response:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _RESPONSE_MOST:
                    raise unreadable()
            return Answer(response.status_code, response.headers, bytes(content))


def _segment(part: str) -> str:
    """Quote an id as one segment of a path."""
    if not part.strip("."):  # "." and ".." would be resolved and name another resource
        raise HmsRefused(400, "this cannot be an id")
    return quote(part, safe="")


def rfc3339(at: datetime) -> str:
    """Format an aware time for 100ms. A naive one would be shifted by the time zone."""
    if at.tzinfo is None:
        raise ValueError("a time for 100ms must be aware")
    return at.isoformat().replace("+00:00", "Z")


def unreadable() -> HmsUnavailable:
    """Return the error for an unreadable 2xx response: the request was probably carried out."""
    return HmsUnavailable(
        "100ms gave an answer that cannot be read", reached=True, cause="unreadable"
    )


def _json(content: bytes) -> object:
    if not content:
        return None
    try:
        answer: object = json.loads(content)
    except (ValueError, RecursionError):
        raise unreadable() from None
    return answer


@asynccontextmanager
async def _typed_errors(patience_s: float) -> AsyncIterator[None]:
    """Bound the body to `patience_s`, and translate network errors.

    The original error is not chained, because its request contains the token.
    """
    try:
        async with asyncio.timeout(patience_s):
            yield
    except TimeoutError:
        why = f"no answer within {patience_s:g} s"
        raise HmsUnavailable(why, reached=True, cause="timeout") from None
    except _NOT_REACHED as error:
        raise HmsUnavailable(_why(error), reached=False, cause="network") from None
    except httpx.TimeoutException as error:
        raise HmsUnavailable(_why(error), reached=True, cause="timeout") from None
    except httpx.HTTPError as error:
        raise HmsUnavailable(_why(error), reached=True, cause="network") from None


def _addresses_without_query(record: logging.LogRecord) -> bool:
    """A log filter that keeps every record but strips query strings."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            redact(str(arg)) if isinstance(arg, httpx.URL | str) else arg for arg in record.args
        )
    return True


def _why(error: Exception) -> str:
    return redact(f"{type(error).__name__}: {error}".rstrip(": "))
