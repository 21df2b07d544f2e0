"""Acks: `/record help` beside a bare Bolt, and `/record start` with its commit."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from bot.store.schema import recordings, rooms
from tests.bench.bare import BOLT, BOLT_OURS, STARLETTE, bare
from tests.bench.load import Job, run
from tests.bench.measure import Figure, Scale, Target, ratios
from tests.bench.wire import beam, command, webhook
from tests.bench.world import World, world

SIDE_BY_SIDE = 32
HELP = "help"
BETWEEN_STARTS_S = 0.4  # a start has the bot busy with Slack and 100ms for a while
OURS = "record-bot"

Series = Mapping[str, list[float]]


async def help_figures(scale: Scale) -> list[Figure]:
    """All of them side by side in the same minute, each repetition one after the other."""
    p50: dict[str, list[float]] = defaultdict(list)
    p99: dict[str, list[float]] = defaultdict(list)
    per_s: dict[str, list[float]] = defaultdict(list)
    async with (
        world() as there,
        bare(
            *(BOLT, BOLT_OURS, STARLETTE),
            slack_api_url=f"{there.stage.slack_url}/api/",
            folder=there.folder,
        ) as ports,
    ):
        for _ in range(scale.times):
            for name, port in {OURS: there.port, **ports}.items():
                alone = await run(_help_job(name, port, scale.one_by_one, 1, there))
                many = await run(_help_job(name, port, scale.side_by_side, SIDE_BY_SIDE, there))
                p50[name].append(alone.at(0.5))
                p99[name].append(many.at(0.99))
                per_s[name].append(many.per_s)
    return [*_ratios(p50, p99), *_measured(p50, p99, per_s)]


def _help_job(name: str, port: int, number: int, connections: int, there: World) -> Job:
    if name == STARLETTE:
        one = webhook("bench", beam("a", "b", "c"))
        return Job(port, [one] * number, connections, warm_up=number // 5, expect="kept")
    asked = [command(HELP, response_url=there.hook) for _ in range(number)]
    return Job(port, asked, connections, warm_up=number // 5, expect="ephemeral")


def _ratios(p50: Series, p99: Series) -> list[Figure]:
    return [
        Figure(
            "ack of /record help, p50: ours ÷ bare Bolt's default",
            ratios(p50[OURS], p50[BOLT]),
            "×",
            Target("≤", 0.5),
        ),
        Figure(
            "the same, p99 at 32 connections: ours ÷ bare Bolt set as ours",
            ratios(p99[OURS], p99[BOLT_OURS]),
            "×",
            Target("≤", 1.5),
        ),
    ]


def _measured(p50: Series, p99: Series, per_s: Series) -> list[Figure]:
    named = {
        OURS: "record-bot",
        BOLT: "bare Bolt",
        BOLT_OURS: "bare Bolt, process_before_response",
        STARLETTE: "bare Starlette, a POST",
    }
    return [
        figure
        for name, title in named.items()
        for figure in (
            Figure(f"  {title}: p50, one connection", p50[name], "ms"),
            Figure(f"  {title}: p99, 32 connections", p99[name], "ms"),
            Figure(f"  {title}: throughput, 32 connections", per_s[name], "/s"),
        )
    ]


async def start_figures(scale: Scale) -> list[Figure]:
    """`/record start` of a room each, by name, with the simulated 100ms living beside it."""
    quiet: list[float] = []
    busy: list[float] = []
    async with world(living_hms=True) as there:
        rooms = await _rooms(there, 2 * scale.times * scale.starts)
        for gap_s, into in ((BETWEEN_STARTS_S, quiet), (0.0, busy)):
            for _ in range(scale.times):
                chosen = [rooms.pop() for _ in range(scale.starts)]
                asked = [
                    command(f"start {name}", response_url=there.response_url()) for name in chosen
                ]
                job = Job(there.port, asked, gap_s=gap_s, warm_up=2)
                measured = await run(job)
                into.append(measured.at(0.5))
                await there.settled()
        made = there.count(select(func.count()).select_from(recordings))
        if made != 2 * scale.times * scale.starts:
            raise RuntimeError(f"{made} recordings: not every start made one")
    return [
        Figure("ack of /record start with its commit, p50", quiet, "ms", Target("<", 5.0)),
        Figure("  the same, one after the other without a pause", busy, "ms"),
    ]


async def _rooms(there: World, number: int) -> list[str]:
    """Names of new rooms that the bot knows."""
    names = [f"bench-{i:04}" for i in range(number)]
    for name in names:
        await there.stage.hms.sim("/rooms", {"name": name})
    await there.restart()
    known = select(func.count()).select_from(rooms)
    await there.until(lambda: there.count(known) >= number)
    return names
