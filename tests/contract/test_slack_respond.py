"""Posts to a response_url: what they carry, where they go, and what each failure means."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.outbound import Outbound
from bot.sandbox.serving import bind, serving
from bot.slack.errors import SlackRefused, SlackUnavailable
from bot.slack.gateway import SlackGateway

MESSAGE = {"text": "Recording <standup> 🎉", "blocks": []}


@asynccontextmanager
async def answering(
    status: int, headers: dict[str, str] | None = None
) -> AsyncIterator[tuple[str, list[bytes]]]:
    posted: list[bytes] = []

    async def hook(request: Request) -> Response:
        posted.append(request.method.encode() + b" " + await request.body())
        return Response(b"said", status, headers)

    app = Starlette(routes=[Route("/{path:path}", hook, methods=["GET", "POST"])])
    async with serving(app) as url:
        yield url, posted


@asynccontextmanager
async def gateway(*allowed: str) -> AsyncIterator[SlackGateway]:
    async with Outbound(allowed) as out:
        yield SlackGateway(AsyncWebClient("xoxb-1"), out, None)


async def test_an_answer_is_posted_without_our_token() -> None:
    async with answering(200) as (url, posted), gateway(url) as slack:
        await slack.respond(f"{url}/commands/T1/2", MESSAGE, replace=True)
    (body,) = posted
    assert body.startswith(b"POST ")
    sent = json.loads(body.removeprefix(b"POST "))
    assert sent == {"response_type": "ephemeral", "replace_original": True, **MESSAGE}


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_used_up_response_url_is_a_refusal(status: int) -> None:
    async with answering(status) as (url, _), gateway(url) as slack:
        with pytest.raises(SlackRefused) as refused:
            await slack.respond(f"{url}/commands/T1/2", MESSAGE)
    assert refused.value.error == f"response_url_{status}"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_slack_may_be_asked_again_later(status: int) -> None:
    async with answering(status) as (url, _), gateway(url) as slack:
        with pytest.raises(SlackUnavailable) as away:
            await slack.respond(f"{url}/commands/T1/2", MESSAGE)
    assert not away.value.reached


async def test_nobody_listens() -> None:
    with bind("127.0.0.1", 0) as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with gateway(url) as slack:
        with pytest.raises(SlackUnavailable) as away:
            await slack.respond(url, MESSAGE)
    assert not away.value.reached


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_inside_is_not_followed(status: int) -> None:
    async with (
        answering(200) as (inside, called),
        answering(status, {"location": f"{inside}/secret"}) as (url, posted),
        gateway(url) as slack,
    ):
        with pytest.raises(SlackRefused) as refused:
            await slack.respond(f"{url}/commands/T1/2?token=hunter2", MESSAGE)
        assert refused.value.error == "response_url_not_followed"
    assert len(posted) == 1
    assert called == []


async def test_a_response_url_of_another_machine_or_port_is_not_posted_to() -> None:
    async with (
        answering(200) as (own, _),
        answering(200) as (inside, called),
        gateway(own) as slack,
    ):
        port = inside.rpartition(":")[2]
        for url in (
            inside,
            f"http://localhost:{port}/",
            f"https://127.0.0.1:{port}/",
            "https://localhost/",
            "https://169.254.169.254/latest",
            "http://hooks.slack.com/commands/T1/2",
            "https://hooks.slack.com:8443/commands/T1/2",
            "https://user:pass@hooks.slack.com/commands/T1/2",
            "not an address",
            "",
        ):
            with pytest.raises(SlackRefused):
                await slack.respond(url, MESSAGE)
    assert called == []
