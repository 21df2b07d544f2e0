"""What 100ms tells about the templates of rooms is read from both places that have it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.options import RoomTemplate
from bot.core.policy import Policy
from bot.deps import Deps
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.refreshing import read_due_templates
from bot.features.rooms.store import RoomRepository
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.store_support import Clock, new_key
from tests.integration.engine.test_loop import NOBODY

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ROOM = RoomEntry("a" * 24, "standup", template_id="t1")
RECORDINGS = [
    {
        "name": "main",
        "maxDuration": 7200,
        "compositeRecording": {"browserComposite": {"width": 1920, "height": 1080}},
    }
]
TEMPLATE = {
    "id": "t1",
    "settings": {"recording": {"enabled": False}},
    "destinations": {
        "browserRecordings": {
            "1": {"name": "main", "maxDuration": 7200},
            "2": {"name": "archive", "maxDuration": 600},
        }
    },
}


@dataclass
class Account:
    """100ms, with what it answers about the one template; None: it refuses."""

    recordings: Any = field(default_factory=lambda: RECORDINGS)
    template: Any = field(default_factory=lambda: TEMPLATE)
    asked: int = 0

    def app(self) -> Starlette:
        async def recordings(_: Request) -> Response:
            return self._answer(self.recordings)

        async def template(_: Request) -> Response:
            return self._answer(self.template)

        return Starlette(
            routes=[
                Route("/templates/t1/recordings", recordings),
                Route("/templates/t1", template),
            ]
        )

    def _answer(self, body: Any) -> Response:
        self.asked += 1
        if body is None:
            return JSONResponse({"message": "template not found"}, status_code=404)
        return JSONResponse(body)


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
async def deps(store: Store, clock: Clock, account: Account) -> AsyncIterator[Deps]:
    async with (
        serving(account.app()) as url,
        aiohttp.ClientSession() as session,
        new_client() as http,
    ):
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        client = HmsClient(url, FixedToken("t"), http, Outbound())
        yield Deps(store, slack, client, Policy(), NOBODY, clock.now, new_key)


async def read(deps: Deps, room: RoomEntry = ROOM) -> RoomTemplate | None:
    repository = RoomRepository(deps.db)
    await repository.upsert([room], deps.now())
    await read_due_templates(deps, [room])
    return await repository.template_of(room.room_id)


async def test_destinations_and_composite_recording_are_read_from_the_template_itself(
    deps: Deps,
) -> None:
    assert await read(deps) == RoomTemplate(
        records=False,
        width=1920,
        height=1080,
        max_duration_s=7200,
        destinations=("main", "archive"),
    )


async def test_what_the_room_says_of_composite_recording_goes_first(deps: Deps) -> None:
    told = await read(deps, RoomEntry("a" * 24, "standup", template_id="t1", records=True))
    assert told is not None
    assert told.records is True


@pytest.mark.parametrize("gone", ["recordings", "template"])
async def test_what_one_answer_refuses_the_other_still_tells(
    deps: Deps, account: Account, gone: str
) -> None:
    setattr(account, gone, None)
    told = await read(deps)
    assert told is not None
    assert told.max_duration_s == 7200
    assert told.destinations[0] == "main"


@pytest.mark.parametrize("odd", [[], {}, {"id": "t1", "destinations": []}, {"settings": 7}])
async def test_another_shape_of_the_template_does_no_harm(
    deps: Deps, account: Account, odd: Any
) -> None:
    account.template = odd
    told = await read(deps)
    assert told is not None
    assert (told.width, told.records, told.destinations) == (1920, None, ("main",))


async def test_it_is_asked_again_after_an_hour_only(
    deps: Deps, account: Account, clock: Clock
) -> None:
    await read(deps)
    await read(deps)
    assert account.asked == 2
    clock.advance(timedelta(hours=1, seconds=1))
    await read(deps)
    assert account.asked == 4
