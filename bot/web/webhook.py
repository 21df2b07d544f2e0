"""In from 100ms: verify, strip, store, and only then say 200.

100ms takes nothing but a 200 for an answer and tries four times in all, the last after 14 s.
Source: 100ms docs, how-to-guides/configure-webhooks/overview.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

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
from bot.kit.metrics import LAST_WEBHOOK, WEBHOOKS
from bot.store.errors import StoreError
from bot.store.store import Store
from bot.store.values import InboxEntry
from bot.web.body import BodyTooLarge, BodyTooSlow, read_body

log = structlog.get_logger()

MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HmsWebhook:
    """`POST /webhooks/100ms/{name}`. Without a secret of ours nobody can prove to be 100ms."""

    store: Store
    secret: str | None
    now: Callable[[], datetime]

    async def __call__(self, request: Request) -> Response:
        # 100ms follows no redirect, so a slash at the end of what was pasted does no harm here.
        if request.path_params["name"].removesuffix("/") != NAME:
            return _answer(404, "no such webhook")
        if not self._is_hms(request):
            WEBHOOKS.labels("", "unauthorized").inc()
            return _answer(401, f"the header {HEADER} is missing or wrong")
        try:
            envelope = parse(await read_body(request, MAX_BODY_BYTES))
        except BodyTooLarge:
            return _answer(413, "the body is larger than 1 MiB")
        except BodyTooSlow:
            return _answer(408, "the body came too slowly")
        except BadWebhook as bad:
            WEBHOOKS.labels("", "bad").inc()
            return _answer(400, bad.why)
        except ClientDisconnect:
            return _answer(400, "the body did not arrive")
        return await self._keep(envelope)

    def _is_hms(self, request: Request) -> bool:
        given = request.headers.get(HEADER, "").encode()
        return self.secret is not None and hmac.compare_digest(given, self.secret.encode())

    async def _keep(self, envelope: Envelope) -> Response:
        now = self.now()
        LAST_WEBHOOK.set(now.timestamp())
        if room_id := room_changed(envelope):
            return await self._look(envelope.type, room_id)
        if not states_a_fact(envelope):
            WEBHOOKS.labels("other", "ignored").inc()
            return _answer(200, "ignored")
        ids = ids_of(envelope)
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
            new = await self.store.inbox.put(entry)
        except StoreError as gone:
            log.warning("webhook_not_kept", why=str(gone))
            return _answer(503, "cannot store this now; send it again")
        WEBHOOKS.labels(envelope.type, "kept" if new else "repeated").inc()
        return _answer(200, "kept")

    async def _look(self, kind: str, room_id: str) -> Response:
        """Nothing is kept: it only makes the bot look sooner, if anything waits for that room."""
        try:
            waited_for = await self.store.presence.look_soon(room_id)
        except StoreError as gone:
            log.warning("presence_not_noted", why=str(gone))
            return _answer(503, "cannot store this now; send it again")
        WEBHOOKS.labels(kind if waited_for else "other", "ignored").inc()
        return _answer(200, "ignored")


def _answer(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)
