"""A start whose answer was lost, in a room that has been recorded for years."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.core.facts import Adopted, StartAttempted
from bot.core.policy import Policy
from bot.core.proofs import OwnWork
from bot.deps import Deps
from bot.engine.context import Context
from bot.features.start.steps import start
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, add_facts, created, new_key
from tests.integration.engine.test_loop import NOBODY

YEARS = 5000
CALLS_AT_MOST = 12


def recording(name: str, status: str, created_at: datetime) -> dict[str, Any]:
    return {"id": name, "room_id": "room-1", "status": status, "created_at": created_at.isoformat()}


@dataclass
class History:
    """Lists the oldest first."""

    all: list[dict[str, Any]]
    calls: list[str] = field(default_factory=list)

    async def __call__(self, request: Request) -> JSONResponse:
        query = request.query_params
        self.calls.append(str(query))
        first, limit = int(query.get("start") or 0), int(query["limit"])
        fitting = [r for r in self.all if r["status"] == query.get("status", r["status"])]
        page = fitting[first : first + limit]
        return JSONResponse({"data": page, "last": str(first + len(page))})

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/recordings", self.__call__)])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("status", ["starting", "running", "stopping", "post_processing"])
async def test_what_it_became_is_found_in_a_few_calls(
    store: Store, clock: Clock, status: str
) -> None:
    past = [recording(f"old-{n}", "completed", T0 - (YEARS - n) * 3600 * S) for n in range(YEARS)]
    history = History([*past, recording("ours", status, T0 + S)])
    key = await created(store)
    await add_facts(store, key, [StartAttempted(at=T0)])
    async with (
        serving(history.app()) as url,
        aiohttp.ClientSession() as session,
        new_client() as http,
    ):
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        hms = HmsClient(url, FixedToken("t"), http, Outbound())
        deps = Deps(store, slack, hms, Policy(), NOBODY, clock.now, new_key)
        ctx = Context(deps, OwnWork(key, "me"), await store.recordings.load(key))
        note = await start(ctx)
    assert note.facts[0] == Adopted(at=T0, hms_id="ours", elsewhere=False)
    assert len(history.calls) <= CALLS_AT_MOST
