"""The loop wastes no time: with more due than it takes at once, it never sleeps in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.facts import StopRequested
from bot.core.policy import Policy
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.loop import SIDE_BY_SIDE, Reconciler
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.slack.values import Identity
from bot.store.store import Store
from bot.store.values import InboxEntry
from tests.contract.store_support import Clock, add_facts, created, new_key, next_due
from tests.patience import PATIENCE_S

NOBODY = Identity("", "T1", "Acme", "UBOT", "B1", "record", frozenset())
HOUR_S = 3600.0


@asynccontextmanager
async def reconciling(store: Store, clock: Clock) -> AsyncIterator[None]:
    """A running loop, where nobody answers at Slack and 100ms."""
    async with aiohttp.ClientSession() as session, new_client() as http:
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        hms = HmsClient("http://127.0.0.1:9", FixedToken("none"), http, Outbound(), patience_s=1)
        deps = Deps(store, slack, hms, Policy(), NOBODY, clock.now, new_key)
        reconciler = Reconciler(deps, DISPATCH, "me", discover_every_s=HOUR_S)
        running = asyncio.create_task(reconciler.run())
        yield
        reconciler.stop()
        await running


async def test_everything_due_is_done_without_waiting(store: Store, clock: Clock) -> None:
    """Cancelled before they began, so there is nothing to say to Slack or 100ms about them."""
    for n in range(SIDE_BY_SIDE * 5):
        key = await created(store, room_id=f"room-{n}")
        await add_facts(store, key, [StopRequested(at=clock.now(), by="U1")])
    async with reconciling(store, clock), asyncio.timeout(PATIENCE_S):
        while await next_due(store) is not None:  # noqa: ASYNC110 - the loop makes it true
            await asyncio.sleep(0.02)


async def test_webhooks_that_came_in_a_rush_are_all_matched(store: Store, clock: Clock) -> None:
    entries = [
        InboxEntry(f"e{n}", "beam.started.success", clock.now(), {"type": "beam.started.success"})
        for n in range(20)
    ]
    await asyncio.gather(*(store.inbox.put(entry) for entry in entries))
    async with reconciling(store, clock), asyncio.timeout(PATIENCE_S):
        while await next_due(store) is not None:  # noqa: ASYNC110 - the loop makes it true
            await asyncio.sleep(0.02)
