"""Liveness (`/healthz`) and readiness (`/readyz`)."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.store.errors import StoreError
from bot.store.store import Store

log = structlog.get_logger()


async def healthz(_: Request) -> Response:
    """Answer that the process is alive. Stays 200 without a database: people still get replies."""
    return PlainTextResponse("ok")


@dataclass(frozen=True, slots=True)
class Readyz:
    """Readiness, for rollouts and alerts.

    503 with the reason while nothing can be committed (a full disk, a held lock, no database), a
    loop of the reconciler is stuck, or Socket Mode is not connected.
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
