"""The stages: each is brought up once, and every test leaves it without a trace of trouble.

`bench`: the usual one. `alone`: no webhooks, time flies. `linked`: Socket Mode. `calm`: time is
slow enough for the bot to be killed and started again within the two minutes of a request.
`narrow`: the bot may open 256 files. `away`: the same for the bot alone, which others take away; meanwhile 100ms goes on quickly.
"""

import asyncio
from collections.abc import AsyncIterator
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import snapshot

from tests.e2e.bench import Bench
from tests.e2e.calm import SCENARIOS
from tests.e2e.opening import Opened

# Of the bot's calls, the simulated Slack shows as many as a test looks at: each look is cheaper.
snapshot.CALLS_SHOWN = 12

HERE = Path(__file__).parent
HOW: dict[str, dict[str, Any]] = {
    "bench": {
        "speed": 60,
        "rooms": {
            "meetings": 230,
            "meetings-transcribed": 12,
            "made-by-api": 4,
            "broadcast": 4,
        },
    },
    "alone": {
        "speed": 240,
        "webhooks": False,
        "rooms": {"meetings": 12, "meetings-transcribed": 4},
        "env": {
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "not-for-bolt",
            "METRICS_TOKEN": "token-for-metrics",
        },
    },
    "linked": {"speed": 60, "socket_mode": True, "rooms": {"meetings": 12}},
    "calm": {"speed": 6, "rooms": {"meetings": 30}},
    "narrow": {"speed": 60, "rooms": {"meetings": 2}, "files": 256},
    "away": {"speed": 60, "rooms": {"meetings": 6}, "env": {"TIME_SCALE": "5"}},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of it: the stages live in it."""
    for item in items:
        if HERE in item.path.parents and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Opened]]:
    """Those that the chosen tests need, all coming up at once."""
    needed = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    chosen = {str(p["scenario"]) for p in params if "scenario" in p}
    if chosen:
        needed.add("calm")
    folder = tmp_path_factory.mktemp("e2e")
    opened: dict[str, Opened] = {}
    for name in (n for n in HOW if n in needed):
        how = dict(HOW[name])
        opened[name] = Opened(folder / name, how.pop("rooms"), **how)
    running = None
    if "calm" in opened:
        loop = asyncio.get_running_loop()
        opened["calm"].runs = {name: loop.create_future() for name in SCENARIOS}
        running = asyncio.create_task(run_calm(opened["calm"], chosen))
    yield opened
    if running:
        running.cancel()
        await asyncio.wait([running])
    for one in opened.values():
        await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bench(stages: dict[str, Opened]) -> AsyncIterator[Bench]:
    one = await stages["bench"].bench()
    yield one
    await one.clean_up()


@pytest_asyncio.fixture(loop_scope="session")
async def alone(stages: dict[str, Opened]) -> AsyncIterator[Bench]:
    one = await stages["alone"].bench()
    yield one
    await one.clean_up()


@pytest_asyncio.fixture(loop_scope="session")
async def linked(stages: dict[str, Opened]) -> AsyncIterator[Bench]:
    one = await stages["linked"].bench()
    yield one
    await one.clean_up()


@pytest_asyncio.fixture(loop_scope="session")
async def narrow(stages: dict[str, Opened]) -> AsyncIterator[Bench]:
    one = await stages["narrow"].bench()
    yield one
    await one.clean_up()


@pytest_asyncio.fixture(loop_scope="session")
async def away(stages: dict[str, Opened]) -> AsyncIterator[Bench]:
    one = await stages["away"].bench()
    yield one
    await one.ines.tell("install")
    await one.recover()
    await one.clean_up()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def calm_runs(stages: dict[str, Opened]) -> dict[str, asyncio.Future[None]]:
    """By scenario: what came of it, or will."""
    return stages["calm"].runs


async def run_calm(opened: Opened, chosen: set[str]) -> None:
    """One scenario after the other, while the other tests run."""
    one = await opened.bench()
    for name, scenario in SCENARIOS.items():
        if name not in chosen:
            continue
        try:
            await scenario(one)
            await one.clean_up()
            opened.runs[name].set_result(None)
        except Exception as failed:
            opened.runs[name].set_exception(failed)
            await one.recover()
