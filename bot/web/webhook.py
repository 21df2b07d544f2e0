"""100ms' webhook endpoint: verify, strip secrets, store, and only then answer 200.

100ms only accepts a 200. It tries four times in all, the last time after 14 s.
Source: 100ms docs, how-to-guides/configure-webhooks/overview.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from structlog.typing import FilteringBoundLogger

from bot.hms.webhook import (
    HEADER,
    NAME,
    BadWebhook,
    Envelope,
    ids_of,
    inbox_identity,
    parse,
    room_changed,
    states_a_fact,
)
from bot.kit.metrics import WEBHOOKS
from bot.kit.sparing import Sparing
from bot.store.errors import StoreError
from bot.store.store import Store
from bot.store.values import InboxEntry
from bot.web.body import BodyTooLarge, read_body

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024
_TYPE = re.compile(r"[a-z_]{1,20}(\.[a-z_]{1,20}){1,3}")  # anything else is not logged

webhook_rejected = Sparing("webhook_rejected")


@dataclass(frozen=True, slots=True)
class HmsWebhook:
    """`POST /webhooks/100ms/{name}`. Answers 401 to everything if no secret is set."""

    store: Store
    secret: str | None
    now: Callable[[], datetime]

    async def __call__(self, request: Request) -> Response:
        # 100ms follows no redirects, so a URL pasted with a trailing slash must work as it is.
        if request.path_params["name"].removesuffix("/") != NAME:
            return _answer(404, "no such webhook")
        if not self._is_hms(request):
            WEBHOOKS.labels("", "unauthorized").inc()
            webhook_rejected.warn("secret", sent_from=request.client.host if request.client else "")
            return _answer(401, f"the header {HEADER} is missing or wrong")
        try:
            envelope = parse(await read_body(request, MAX_BODY_BYTES))
        except BodyTooLarge:
            webhook_rejected.warn("too large")
            return _answer(413, "the body is larger than 1 MiB")
        except BadWebhook as bad:
            WEBHOOKS.labels("", "bad").inc()
            webhook_rejected.warn("bad", what=bad.why)
            return _answer(400, bad.why)
        except ClientDisconnect:
            return _answer(400, "the body did not arrive")
        return await self._keep(envelope)

    def _is_hms(self, request: Request) -> bool:
        given = request.headers.get(HEADER, "").encode()
        return self.secret is not None and hmac.compare_digest(given, self.secret.encode())

    async def _keep(self, envelope: Envelope) -> Response:
        now, ids = self.now(), ids_of(envelope)
        type_ = envelope.type if states_a_fact(envelope) else "other"
        this = log.bind(
            type=envelope.type if _TYPE.fullmatch(envelope.type) else "odd",
            id=envelope.id,
            room=ids.room_id,
            session=ids.session_id,
        )
        if room_id := room_changed(envelope):
            return await self._look(this, room_id)
        if type_ == "other":
            WEBHOOKS.labels(type_, "ignored").inc()
            this.info("webhook", outcome="ignored")
            return IGNORED
        entry = InboxEntry(
            identity=inbox_identity(envelope),
            type=envelope.type,
            received_at=now,
            body=envelope.stored(),
            room_id=ids.room_id,
            session_id=ids.session_id,
            aliases=sorted(ids.aliases),
        )
        try:
            outcome = "kept" if await self.store.inbox.put(entry) else "repeated"
        except StoreError as gone:
            WEBHOOKS.labels(type_, "not_kept").inc()
            this.warning("webhook_not_kept", why=str(gone))
            return _answer(503, "cannot store this now; send it again")
        WEBHOOKS.labels(type_, outcome).inc()
        this.info("webhook", outcome=outcome)
        return KEPT

    async def _look(self, this: FilteringBoundLogger, room_id: str) -> Response:
        """Check the room's presence sooner if something waits for it. The event is not stored."""
        try:
            outcome = "looked" if await self.store.presence.check_soon(room_id) else "ignored"
        except StoreError as gone:
            WEBHOOKS.labels("other", "not_kept").inc()
            this.warning("webhook_not_kept", why=str(gone))
            return _answer(503, "cannot store this now; send it again")
        WEBHOOKS.labels("other", outcome).inc()
        this.info("webhook", outcome=outcome)
        return IGNORED


def _answer(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)


KEPT, IGNORED = _answer(200, "kept"), _answer(200, "ignored")
