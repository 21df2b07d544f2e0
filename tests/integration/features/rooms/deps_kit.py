"""The bot's parts with an app of the test as 100ms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.core.policy import Policy
from bot.deps import Deps
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.store_support import Clock, new_key
from tests.integration.engine.test_loop import NOBODY


@asynccontextmanager
async def deps_with(hms: Starlette, store: Store, clock: Clock) -> AsyncIterator[Deps]:
    async with (
        serving(hms) as url,
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
