"""In from Slack over HTTP: everything comes to one address, and Bolt sorts it.

Nothing is looked into before the signature is known to be Slack's: not even by Bolt, which would
parse the body first. Source: docs.slack.dev, authentication/verifying-requests-from-slack.
"""

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.listeners.shapes import ignores, note_odd
from bot.web.body import BodyTooLarge, BodyTooSlow, read_body

MAX_BODY_BYTES = 1024 * 1024


class SlackEndpoint:
    """`POST /slack/events`. Without a signing secret nobody can prove to be Slack: 404."""

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
        except BodyTooSlow:
            return PlainTextResponse("the body came too slowly", status_code=408)
        except ClientDisconnect:
            return PlainTextResponse("the body did not arrive", status_code=400)
        if not _is_slack(self._verifier, request, body):
            return PlainTextResponse("the signature is missing, old or wrong", status_code=401)
        return await self._dispatch(request, body)

    async def _dispatch(self, request: Request, body: bytes) -> Response:
        """What is signed but malformed gets a 200: sent again it would be the same."""
        try:
            bolt_request = to_async_bolt_request(request, body)
        except Exception as odd:  # Bolt looks into the body, and expects what Slack sends
            note_odd("other", type(odd).__name__)
            return Response()
        if ignores(bolt_request.body):
            return Response()
        return to_starlette_response(await self._app.async_dispatch(bolt_request))


def _is_slack(verifier: SignatureVerifier, request: Request, body: bytes) -> bool:
    try:
        return verifier.is_valid(
            body=body,
            timestamp=request.headers.get("x-slack-request-timestamp", ""),
            signature=request.headers.get("x-slack-signature", ""),
        )
    except (ValueError, TypeError, OverflowError):  # a time that is none, a body not UTF-8
        return False
