"""Is it alive, can it work, what has it counted."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.settings import is_loopback
from bot.store.errors import StoreError
from bot.store.store import Store

log = structlog.get_logger()

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
    """The process answers: nothing more. For a proxy: with the database down, people still get
    their answer."""
    return PlainTextResponse("ok")


@dataclass(frozen=True, slots=True)
class Readyz:
    """For rollouts and alerts: 503 while nothing can be committed (a full disk, a held lock, no
    database), the reconciler does not turn, or Slack does not reach us yet; with the reason.
    """

    store: Store
    connected: Callable[[], bool]
    stalled: Callable[[], str | None]

    async def __call__(self, _: Request) -> Response:
        try:
            await self.store.check_commit()
        except StoreError as gone:
            return _not_ready("database", f"cannot commit: {gone}")
        if loop := self.stalled():
            return _not_ready("reconciler", f"the loop for {loop} has not turned lately")
        if not self.connected():
            return _not_ready("slack", "Socket Mode is not connected")
        return JSONResponse({"ready": True})


def _not_ready(why: str, detail: str) -> Response:
    log.warning("not_ready", why=why, detail=detail)
    return JSONResponse({"ready": False, "why": why, "detail": detail}, status_code=503)


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
