"""Posts to addresses that Slack names: what they carry, where they go, what a failure means."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from record_bot_sandbox.serving import bind, serving
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.outbound import Outbound
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
        assert refused.value.error == "address_not_followed"
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


# Uploads


@dataclass
class Files:
    """Slack's two calls of an upload; the address between them is `upload_url`."""

    upload_url: str = ""
    completed: list[str] = field(default_factory=list)

    async def slot(self, _: Request) -> Response:
        return JSONResponse({"ok": True, "upload_url": self.upload_url, "file_id": "F1"})

    async def complete(self, request: Request) -> Response:
        self.completed.append((await request.body()).decode())
        return JSONResponse({"ok": True, "files": [{"id": "F1"}]})


@asynccontextmanager
async def uploading(upload_url: str, *allowed: str) -> AsyncIterator[tuple[SlackGateway, Files]]:
    files = Files(upload_url)
    routes = [
        Route("/api/files.getUploadURLExternal", files.slot, methods=["GET", "POST"]),
        Route("/api/files.completeUploadExternal", files.complete, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url, Outbound([url, *allowed]) as out:
        client = AsyncWebClient("xoxb-1", base_url=f"{url}/api/")
        yield SlackGateway(client, out, None), files


async def upload(slack: SlackGateway) -> str | None:
    async def announced(file_id: str) -> None:
        assert file_id == "F1"

    return await slack.upload(
        "C1",
        thread_ts=None,
        filename="t.txt",
        title="Transcript",
        content=b"Ana: Good morning.",
        announced=announced,
    )


async def test_a_file_goes_to_the_address_that_slack_names() -> None:
    async with (
        answering(200) as (url, posted),
        uploading(f"{url}/upload/v1/1", url) as (slack, files),
    ):
        assert await upload(slack) == "F1"
        assert len(files.completed) == 1
    assert posted == [b"POST Ana: Good morning."]


async def test_a_file_does_not_go_inside() -> None:
    async with (
        answering(200) as (inside, called),
        uploading(f"{inside}/upload/v1/1") as (slack, files),
    ):
        with pytest.raises(SlackRefused):
            await upload(slack)
    assert (called, files.completed) == ([], [])


@pytest.mark.parametrize("status", [302, 307])
async def test_a_file_is_not_redirected_inside(status: int) -> None:
    async with (
        answering(200) as (inside, called),
        answering(status, {"location": f"{inside}/secret"}) as (url, _),
        uploading(f"{url}/upload/v1/1", url) as (slack, files),
    ):
        with pytest.raises(SlackRefused):
            await upload(slack)
    assert (called, files.completed) == ([], [])


@pytest.mark.parametrize("status", [400, 404, 413, 500])
async def test_an_upload_that_fails_may_be_made_again(status: int) -> None:
    async with (
        answering(status) as (url, _),
        uploading(f"{url}/upload/v1/1", url) as (slack, files),
    ):
        with pytest.raises(SlackUnavailable) as away:
            await upload(slack)
    assert not away.value.reached
    assert files.completed == []
