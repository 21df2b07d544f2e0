"""Is it alive, can it work, what has it counted."""

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.store.errors import StoreError
from bot.store.store import Store

_PROXIES = ("forwarded", "via", "x-real-ip", "true-client-ip")
_PROXIES_BEGIN = ("x-forwarded-", "cf-", "x-envoy-", "fly-", "x-amzn-")


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
    """For this machine, or for who has the token. What came through a proxy is from elsewhere."""

    token: str | None

    async def __call__(self, request: Request) -> Response:
        if not (self._has_token(request) or _from_here(request)):
            return PlainTextResponse("for this machine, or with METRICS_TOKEN", status_code=403)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def _has_token(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return self.token is not None and hmac.compare_digest(
            given, f"Bearer {self.token}".encode()
        )


def _from_here(request: Request) -> bool:
    names = (name.lower() for name in request.headers)
    if request.client is None or any(n in _PROXIES or n.startswith(_PROXIES_BEGIN) for n in names):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
