"""In from Slack over HTTP: everything comes to one address, and Bolt sorts it."""

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.web.body import BodyTooLarge, read_body

MAX_BODY_BYTES = 1024 * 1024


class SlackEndpoint:
    """`POST /slack/events`. Bolt verifies the signature over the raw body."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(self, request: Request) -> Response:
        try:
            body = await read_body(request, MAX_BODY_BYTES)
        except (BodyTooLarge, ClientDisconnect):
            return PlainTextResponse("the body is too large", status_code=413)
        try:
            bolt_request = to_async_bolt_request(request, body)
        except UnicodeDecodeError:
            return PlainTextResponse("the body is not UTF-8", status_code=400)
        response = await self._app.async_dispatch(bolt_request)
        return to_starlette_response(response)
