"""Slack's HTTP endpoint: one URL for everything; Bolt dispatches.

Nothing is parsed before the signature is verified, not even by Bolt.
Source: docs.slack.dev, authentication/verifying-requests-from-slack.
"""

import hmac
from datetime import UTC, datetime

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.kit.clock import compare
from bot.kit.metrics import SIGNATURES_REJECTED
from bot.kit.sparing import Sparing
from bot.listeners.shapes import note_odd, reject_malformed
from bot.web.body import BodyTooLarge, read_body

MAX_BODY_BYTES = 1024 * 1024
VALID_FOR_S = 300

signature_rejected = Sparing("signature_rejected")


class SlackEndpoint:
    """`POST /slack/events`. Answers 404 without a signing secret, in Socket Mode."""

    def __init__(self, app: AsyncApp, signing_secret: str | None) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None

    async def __call__(self, request: Request) -> Response:
        if self._verifier is None:
            return PlainTextResponse("Socket Mode is on", status_code=404)
        try:
            body = await read_body(request, MAX_BODY_BYTES)
        except BodyTooLarge:
            return PlainTextResponse("the body is too large", status_code=413)
        except ClientDisconnect:
            return PlainTextResponse("the body did not arrive", status_code=400)
        if why := _rejection(self._verifier, request, body):
            SIGNATURES_REJECTED.labels(why).inc()
            signature_rejected.warn(why, sent_from=request.client.host if request.client else "")
            return PlainTextResponse("the signature is missing, old or wrong", status_code=401)
        return await self._dispatch(request, body)

    async def _dispatch(self, request: Request, body: bytes) -> Response:
        """Let Bolt answer. A signed but malformed request gets a 200: a retry would be the same."""
        try:
            bolt_request = to_async_bolt_request(request, body)
        except Exception as odd:  # Bolt parses the body and assumes that it is well-formed
            note_odd("other", type(odd).__name__)
            return Response()
        if reject_malformed(bolt_request.body):
            return Response()
        return to_starlette_response(await self._app.async_dispatch(bolt_request))


def _rejection(verifier: SignatureVerifier, request: Request, body: bytes) -> str | None:
    """Say why the request is not from Slack or is too old; None if it is accepted.

    A signature that is valid but expired means that a clock is wrong or that somebody replays an
    old request. `SignatureVerifier.is_valid` cannot tell that from a wrong signature, and raises
    for a malformed timestamp or header.
    """
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not timestamp or not signature:
        return "missing"
    try:
        expected = verifier.generate_signature(timestamp=timestamp, body=body) or ""
        theirs = datetime.fromtimestamp(int(timestamp), UTC)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            return "wrong"
        off_s = compare("slack", theirs, datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError):  # an invalid time, a body not in UTF-8
        return "wrong"
    return "old" if abs(off_s) > VALID_FOR_S else None
