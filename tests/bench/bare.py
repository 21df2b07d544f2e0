"""What the bot is compared with: bare frameworks, each a process of its own.

`python -m tests.bench.bare KIND PORT SLACK_API_URL FOLDER`. All of them are served as the bot is.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from record_bot_sandbox.serving import bind
from record_bot_sandbox.slack.config import SlackConfig
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, event, insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.features.commands.views import help_reply
from tests.bench.wire import HOOK_PATH, SLACK_PATH

READY_WITHIN_S = 20.0
BOLT, BOLT_OURS, STARLETTE, COMMITS = "bolt", "bolt-process-before-response", "starlette", "commits"
Handler = Callable[[Request], Awaitable[Response]]

metadata = MetaData()
hooks = Table(
    "hooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("type", String, nullable=False),
    Column("body", JSON, nullable=False),
)


async def healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


def bolt(slack_api_url: str, *, process_before_response: bool) -> Starlette:
    """Answers `/record help` with the same message as ours, made once."""
    config = SlackConfig()
    app = AsyncApp(
        client=AsyncWebClient(config.bot_token, base_url=slack_api_url),
        signing_secret=config.signing_secret,
        process_before_response=process_before_response,
    )
    reply = {"response_type": "ephemeral", **help_reply(None).payload()}

    @app.command("/record")
    async def record(ack: AsyncAck) -> None:
        await ack(reply)

    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return _serving(SLACK_PATH, endpoint)


def starlette() -> Starlette:
    """Reads the body, says 200: what the frameworks and the load generator cost by themselves."""

    async def endpoint(request: Request) -> Response:
        await request.body()
        return JSONResponse({"message": "kept"})

    return _serving(HOOK_PATH, endpoint)


def commits(folder: Path) -> Starlette:
    """One row and one commit for each request, writers in turn, `synchronous=FULL` as ours."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'commits.sqlite'}")
    _durable(engine)
    turn = asyncio.Lock()

    async def endpoint(request: Request) -> Response:
        body = json.loads(await request.body())
        async with turn, engine.begin() as conn:
            await conn.execute(insert(hooks), {"type": body["type"], "body": body})
        return JSONResponse({"message": "kept"})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with engine.begin() as conn:
            await conn.run_sync(metadata.create_all)
        yield
        await engine.dispose()

    app = _serving(HOOK_PATH, endpoint)
    app.router.lifespan_context = lifespan
    return app


def _durable(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()


def _serving(path: str, endpoint: Handler) -> Starlette:
    return Starlette(routes=[Route(path, endpoint, methods=["POST"]), Route("/healthz", healthz)])


def app_of(kind: str, slack_api_url: str, folder: Path) -> Starlette:
    match kind:
        case "bolt":
            return bolt(slack_api_url, process_before_response=False)
        case "bolt-process-before-response":
            return bolt(slack_api_url, process_before_response=True)
        case "starlette":
            return starlette()
        case "commits":
            return commits(folder)
        case _:
            raise ValueError(kind)


@asynccontextmanager
async def bare(*kinds: str, slack_api_url: str = "", folder: Path) -> AsyncIterator[dict[str, int]]:
    """Their ports, as soon as they answer."""
    async with AsyncExitStack() as stack:
        yield {
            kind: await stack.enter_async_context(_process(kind, slack_api_url, folder))
            for kind in kinds
        }


@asynccontextmanager
async def _process(kind: str, slack_api_url: str, folder: Path) -> AsyncIterator[int]:
    with bind("127.0.0.1", 0) as sock:
        port: int = sock.getsockname()[1]
    arguments = ("-m", "tests.bench.bare", kind, str(port), slack_api_url, str(folder))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    try:
        async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient(trust_env=False) as http:
            while not await _answers(http, port):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(http: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await http.get(f"http://127.0.0.1:{port}/healthz")).is_success
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    uvicorn.run(
        app_of(sys.argv[1], sys.argv[3], Path(sys.argv[4])),
        port=int(sys.argv[2]),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
