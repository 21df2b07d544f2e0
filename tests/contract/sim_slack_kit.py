"""A simulated Slack on a port of its own, and small Bolt apps on the other side of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seed import STARTER
from record_bot_sandbox.slack.sim import Sim
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from tests.patience import PatientPerson

Register = Callable[[AsyncApp], None]
JSON = dict[str, Any]


@dataclass
class Clock:
    """A clock that tests move by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    url: str
    sim: Sim
    client: AsyncWebClient
    session: aiohttp.ClientSession
    ines: Person
    raw: httpx.AsyncClient
    stack: AsyncExitStack = field(repr=False)

    async def person(self, user: str) -> Person:
        return await self.stack.enter_async_context(PatientPerson(self.url, user))

    def other_client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=f"{self.url}/api/", session=self.session)

    async def trigger(self, channel: str | None = None) -> str:
        return self.sim.new_trigger(STARTER, channel=channel)

    def bolt(self, register: Register) -> AsyncApp:
        config = self.sim.config
        app = AsyncApp(
            client=self.client,
            signing_secret=config.signing_secret,
            process_before_response=True,
        )
        register(app)
        return app

    async def http_bot(self, register: Register) -> str:
        """A Bolt app behind an HTTP endpoint, and this Slack delivering to it."""
        handler = AsyncSlackRequestHandler(self.bolt(register))
        web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
        base = await self.stack.enter_async_context(serving(web, "127.0.0.1", 0))
        url = f"{base}/slack/events"
        await self.ines.tell("request-url", url=url)
        return url

    async def socket_bot(self, register: Register) -> AsyncSocketModeHandler:
        """A Bolt app that connects by Socket Mode."""
        handler = AsyncSocketModeHandler(self.bolt(register), self.sim.config.app_token)
        self.stack.push_async_callback(handler.close_async)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await self.ines.until(lambda state: state.raw["app"]["connections"] == 1)
        return handler


@asynccontextmanager
async def slack(**config: Any) -> AsyncIterator[World]:
    """Settings are those of SlackConfig. At the end nothing may be listed as a problem."""
    app = create_app(SlackConfig(**config))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        raw = await stack.enter_async_context(new_client(base_url=url))
        sim: Sim = app.state.sim
        client = AsyncWebClient(sim.config.bot_token, base_url=f"{url}/api/", session=session)
        ines = await stack.enter_async_context(PatientPerson(url, STARTER))
        yield World(url, sim, client, session, ines, raw, stack)
    assert sim.problems == []


async def refusal(call: Any) -> str:
    """The name of the error that Slack answers with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def expected_problems(world: World, *words: str) -> None:
    """Exactly these problems were listed; they are put aside."""
    noted = [f"{problem['where']}: {problem['message']}" for problem in world.sim.problems]
    assert len(noted) == len(words), noted
    for note, word in zip(noted, words, strict=True):
        assert word in note
    world.sim.problems = []


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello") -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, **extra: Any) -> JSON:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **extra}


def actions(*elements: JSON, block_id: str = "buttons") -> JSON:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def text_input(block_id: str, **extra: Any) -> JSON:
    element = {
        "type": "plain_text_input",
        "action_id": f"{block_id}-typed",
        **extra.pop("element", {}),
    }
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Label"),
        "element": element,
        **extra,
    }


def modal(*blocks: JSON, **extra: Any) -> JSON:
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Go"), "blocks": list(blocks)}
    return {**view, **extra}


def option(value: str) -> JSON:
    return {"text": plain(value.title()), "value": value}
