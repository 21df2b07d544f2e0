"""Is it alive, can it work, what has it counted."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.settings import is_loopback
from bot.store.errors import StoreError
from bot.store.store import Store

# What a scraper or a browser on this machine sends. Anything else may be a proxy's mark; proxies
# have too many of those (Via, X-Forwarded-Proto, CF-Connecting-IP, …) to list them.
_DIRECT = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "connection",
        "cookie",
        "dnt",
        "host",
        "if-modified-since",
        "if-none-match",
        "pragma",
        "priority",
        "referer",
        "upgrade-insecure-requests",
        "user-agent",
        "x-prometheus-scrape-timeout-seconds",
    }
)


async def healthz(_: Request) -> Response:
    """The process answers: nothing more."""
    return PlainTextResponse("ok")


@dataclass(frozen=True, slots=True)
class Readyz:
    """503 while the database does not answer, or Slack does not reach us yet."""

    store: Store
    connected: Callable[[], bool]

    async def __call__(self, _: Request) -> Response:
        try:
            await self.store.ping()
        except StoreError:
            return JSONResponse({"ready": False, "why": "database"}, status_code=503)
        if not self.connected():
            return JSONResponse({"ready": False, "why": "slack"}, status_code=503)
        return JSONResponse({"ready": True})


@dataclass(frozen=True, slots=True)
class Metrics:
    """For requests from this machine that no proxy has forwarded, or with the token."""

    token: str | None

    async def __call__(self, request: Request) -> Response:
        if not (self._has_token(request) or _is_local(request)):
            why = "only from this machine and not through a proxy, or with METRICS_TOKEN"
            return PlainTextResponse(why, status_code=403)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def _has_token(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return self.token is not None and hmac.compare_digest(
            given, f"Bearer {self.token}".encode()
        )


def _is_local(request: Request) -> bool:
    """A proxy on this machine calls from a loopback address, too, and for anybody.

    It leaves headers, or the name by which it was called in `Host`.
    """
    if request.client is None or not is_loopback(request.client.host):
        return False
    direct = all(name in _DIRECT or name.startswith("sec-") for name in request.headers)
    return direct and _is_loopback_address(request.headers.get("host", ""))


def _is_loopback_address(host_and_port: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host_and_port}").hostname or "")
    except ValueError:
        return False
