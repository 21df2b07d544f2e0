"""Asking 100ms to send again what was missed: once, whoever fails in between."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from record_bot_sandbox.hms.app import RunningHms, serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack.http import new_client

from bot.core.policy import Policy
from bot.deps import Deps
from bot.engine.replay import CLAIMED_FOR, TRIES, request_replay
from bot.hms.auth import ManagementTokens
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.slack.values import Identity
from bot.store.store import Store
from bot.store.values import Owed
from tests.contract.store_support import Clock, S
from tests.patience import PatientDriver

POLICY = Policy()
AWAY = timedelta(hours=1)
PATH = "/v2/analytics/webhooks/replay"
NOBODY = Identity("", "T1", "", "U1", "B1", "bot", frozenset())


@pytest.fixture
def clock() -> Clock:
    """An hour before the real time, at which 100ms looks."""
    clock = Clock()
    clock.time = datetime.now(UTC) - AWAY
    return clock


@pytest.fixture
async def hms() -> AsyncIterator[RunningHms]:
    async with serve(HmsConfig(speed=1)) as running:
        yield running


@pytest.fixture
async def driver(hms: RunningHms) -> AsyncIterator[Driver]:
    async with PatientDriver(hms.base_url, hms.sim.config) as driver:
        yield driver


@pytest.fixture
async def deps(hms: RunningHms, store: Store, clock: Clock) -> AsyncIterator[Deps]:
    config = hms.sim.config
    tokens = ManagementTokens(config.access_key, config.secret, lambda: datetime.now(UTC))
    async with new_client() as http:
        client = HmsClient(f"{hms.base_url}/v2", tokens, http, Outbound([hms.base_url]))
        unused: Any = None
        slack: SlackGateway = unused
        yield Deps(store, slack, client, POLICY, NOBODY, clock.now, lambda: "id")


async def taken(store: Store) -> Owed:
    replay = await store.heartbeat.take_replay(CLAIMED_FOR)
    assert replay is not None
    return replay


async def owed(store: Store, clock: Clock) -> Owed:
    """Back after an hour, and the replay taken."""
    await store.heartbeat.beat(away_after=POLICY.away_after, settle=0 * S)
    clock.advance(AWAY)
    assert await store.heartbeat.beat(away_after=POLICY.away_after, settle=0 * S)
    return await taken(store)


async def replays(driver: Driver) -> list[dict[str, Any]]:
    answer = await driver.http.get("/sim/requests", params={"last": 1000})
    return [r for r in answer.json()["requests"] if r["path"] == PATH]


async def test_it_is_asked_for_and_settled(
    deps: Deps, store: Store, clock: Clock, driver: Driver
) -> None:
    replay = await owed(store, clock)
    await request_replay(deps, replay)
    (asked,) = await replays(driver)
    assert asked["status"] == 200
    start, end = (datetime.fromisoformat(asked["body"][f"{at}_time"]) for at in ("start", "end"))
    assert asked["body"]["status"] == "failed"
    assert abs(end - replay.until) < S
    assert abs(start - (replay.since - POLICY.replay_margin)) < S
    assert await store.heartbeat.owed_replay() is None


async def test_a_taker_that_died_leaves_the_same_request_to_another(
    deps: Deps, store: Store, clock: Clock, driver: Driver
) -> None:
    first = await owed(store, clock)
    start, end = first.since - POLICY.replay_margin, first.until
    await deps.hms.replay_webhooks(start, end)  # and here it dies
    clock.advance(CLAIMED_FOR)
    await request_replay(deps, await taken(store))
    one, two = await replays(driver)
    assert one["body"] == two["body"]
    assert await store.heartbeat.owed_replay() is None


@pytest.mark.parametrize("status", [500, 429, 400, 401])
async def test_a_failure_is_tried_again_ever_later_and_given_up_at_last(
    deps: Deps, store: Store, clock: Clock, driver: Driver, status: int
) -> None:
    fault = {"kind": "status", "method": "POST", "path": PATH, "status": status, "times": 99}
    await driver.sim("/faults", fault)
    replay = await owed(store, clock)
    pauses = []
    for _ in range(TRIES - 1):
        await request_replay(deps, replay)
        put_off = await store.heartbeat.owed_replay()
        assert put_off is not None
        assert put_off.retry.not_before is not None
        pauses.append((put_off.retry.not_before - clock.now()).total_seconds())
        assert await store.heartbeat.take_replay(CLAIMED_FOR) is None
        clock.time = put_off.retry.not_before
        replay = await taken(store)
    await request_replay(deps, replay)
    assert await store.heartbeat.owed_replay() is None
    assert pauses == sorted(pauses)
    assert pauses[0] >= 30
    assert pauses[-1] <= 600


async def test_after_a_failure_it_works(
    deps: Deps, store: Store, clock: Clock, driver: Driver
) -> None:
    fault = {"kind": "status", "method": "POST", "path": PATH, "status": 503, "times": 1}
    await driver.sim("/faults", fault)
    await request_replay(deps, await owed(store, clock))
    put_off = await store.heartbeat.owed_replay()
    assert put_off is not None
    assert put_off.retry.not_before is not None
    clock.time = put_off.retry.not_before
    await request_replay(deps, await taken(store))
    assert [r["status"] for r in await replays(driver)] == [503, 200]
    assert await store.heartbeat.owed_replay() is None
