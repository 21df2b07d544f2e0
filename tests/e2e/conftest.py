"""What a test gets to play on, and how it is kept from all other tests.

A stage is a simulated Slack, a simulated 100ms and the real bot between them. Those of a test
file run in a process of their own (`services`), are brought up for that file when a test first
asks for them, and are closed after it. The tests of a file share them: each uses rooms that no
other test uses, and must leave neither a fault, nor an open modal, nor a complaint of Slack, nor
a trace of trouble in the bot's log. A stage that a test failed on is thrown away, and the next
test gets a new one. A test that is about all that there is, such as "nothing is being recorded",
is marked with `own_stage` and gets a stage that no other test sees.

So the order of tests does not matter, and it is another one in each run; `--randomly-seed=N`
repeats one. Nor does it matter how quick the machine is: see `waiting`.

`bench`: the usual stage. `alone`: no webhooks, time flies. `linked`: Socket Mode. `calm`: time is
slow enough for the bot to be killed and started again within the two minutes of a request, 40 s
there.
`away`: the same for the bot alone, which others take away; meanwhile 100ms goes on quickly.
`narrow`: the bot may open 256 files. `logged`: its log is JSON.
`pages`: there are meeting pages; on all other stages, *Watch* gives a link to the file.
"""

from collections.abc import AsyncIterator, Callable
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.bench import Bench
from tests.e2e.forked import fork_server
from tests.e2e.opening import Stages, services

HERE = Path(__file__).parent
ROOMS = {"meetings": 60, "meetings-transcribed": 8, "made-by-api": 4, "broadcast": 4}
FEW_ROOMS = {"meetings": 24, "meetings-transcribed": 4}
KINDS: dict[str, dict[str, Any]] = {
    "bench": {"speed": 60, "rooms": ROOMS, "looks": 2},
    "alone": {
        "speed": 240,
        "webhooks": False,
        "rooms": FEW_ROOMS,
        "looks": 2,
        "env": {
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "not-for-bolt",
            "METRICS_TOKEN": "token-for-metrics",
        },
    },
    "linked": {"speed": 60, "socket_mode": True, "rooms": FEW_ROOMS, "looks": 2},
    "calm": {"speed": 6, "rooms": FEW_ROOMS, "looks": 1, "env": {"TIME_SCALE": "3"}},
    "narrow": {"speed": 60, "rooms": {"meetings": 2}, "looks": 1, "files": 256},
    "logged": {"speed": 60, "rooms": FEW_ROOMS, "looks": 1, "env": {"LOG_FORMAT": "json"}},
    "pages": {"speed": 60, "rooms": FEW_ROOMS, "looks": 2},
    "away": {"speed": 60, "rooms": FEW_ROOMS, "looks": 1, "env": {"TIME_SCALE": "5"}},
}
for _name, _kind in KINDS.items():
    if _name != "pages":
        _kind["env"] = {"PUBLIC_URL": "", **_kind.get("env", {})}
FAILED = pytest.StashKey[bool]()
LAST = pytest.StashKey[bool]()  # of its file
# These take longest: they begin first, or one worker would play the last of them alone. One worker
# plays all of tests/browser.
LONG = (
    "browser",
    *("killed", "sandbox_command", "slack_trouble", "meeting", "schedules", "hms_trouble"),
    *("image", "replicas", "status", "sight", "commands", "database_down", "form", "words"),
)


def pytest_configure(config: pytest.Config) -> None:
    own = "own_stage: the stage of this test is new, and no other test sees it."
    config.addinivalue_line("markers", own)
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        fork_server()  # for all workers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of it: the stages of a file are listened to in it.

    In each file, the tests that share a stage come before those that have their own.
    """
    long = {name: n - len(LONG) for n, name in enumerate(LONG)}
    place = {}
    for n, path in enumerate(dict.fromkeys(item.path for item in items)):
        name = path.stem.removeprefix("test_") if path.parent == HERE else path.parent.name
        place[path] = (long.get(name, 0), n)
    items.sort(key=lambda i: (place[i.path], i.get_closest_marker("own_stage") is not None))
    for item in items:
        if HERE in item.path.parents and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.stash[LAST] = nextitem is None or nextitem.path != item.path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stages(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stages]:
    async with services() as control:
        there = Stages(control, tmp_path_factory.mktemp("e2e"), KINDS)
        yield there
        await there.close()


def stage_of(kind: str) -> Callable[..., AsyncIterator[Bench]]:
    async def lent(stages: Stages, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
        own = request.node.get_closest_marker("own_stage") is not None
        if own:
            await stages.close(kind)
        one = await stages.of(request.path, kind)
        yield one
        clean = False
        try:
            if not request.node.stash.get(FAILED, False):
                await one.clean_up()
                clean = True
        finally:
            if own or not clean:
                await stages.close(kind)
            if request.node.stash[LAST]:
                await stages.close()

    fixture: Callable[..., AsyncIterator[Bench]] = pytest_asyncio.fixture(
        lent, loop_scope="session", name=kind
    )
    return fixture


bench = stage_of("bench")
alone = stage_of("alone")
linked = stage_of("linked")
calm = stage_of("calm")
narrow = stage_of("narrow")
logged = stage_of("logged")
away = stage_of("away")
pages = stage_of("pages")
