"""Webhooks of 100ms: how many are safe per second, how fast, and when the card says so."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from sqlalchemy import func, select

from bot.store.schema import inbox
from tests.bench.bare import COMMITS, STARLETTE, bare
from tests.bench.load import Job, Measured, run
from tests.bench.measure import Figure, Scale, Target, percentile, ratios
from tests.bench.populate import Open
from tests.bench.wire import beam, said, unknown_started, webhook
from tests.bench.world import World, world

SIDE_BY_SIDE = 32
PACE = 500
AT_LEAST = Target("≥", 1500)
WITHIN = Target("<", 50)
BETWEEN_CARDS_S = 0.25
SHOWN_WITHIN_S = 10.0


async def hook_figures(scale: Scale) -> list[Figure]:
    async with world() as there:
        unknown = await _beside_bare(there, scale)
    async with world(open_recordings=scale.open_recordings) as there:
        return unknown + await _of_known(there, scale)


async def _beside_bare(there: World, scale: Scale) -> list[Figure]:
    """Of recordings that nobody asked us for: kept, matched with nothing, ignored."""
    per_s: dict[str, list[float]] = defaultdict(list)
    paced: list[float] = []
    async with bare(STARLETTE, COMMITS, folder=there.folder) as ports:
        for _ in range(scale.times):
            for name, port in {"ours": there.port, **ports}.items():
                measured = await run(_burst(port, unknown_started, scale))
                per_s[name].append(measured.per_s)
                await there.settled()
            paced.append((await run(_paced(there.port, unknown_started, scale))).at(0.99))
            await there.settled()
    _none_lost(there, scale)
    ours = per_s["ours"]
    return [
        Figure("webhooks committed before the 200, 32 connections", ours, "/s", AT_LEAST),
        Figure("  p99 at a paced 500/s", paced, "ms", WITHIN),
        Figure("  ÷ one commit per request (SQLAlchemy)", ratios(ours, per_s[COMMITS]), "×"),
        Figure("  ÷ bare Starlette that answers 200", ratios(ours, per_s[STARLETTE]), "×"),
        Figure("  one commit per request", per_s[COMMITS], "/s"),
        Figure("  bare Starlette", per_s[STARLETTE], "/s"),
    ]


async def _of_known(there: World, scale: Scale) -> list[Figure]:
    """The same about recordings of ours: each is a new fact, and changes a card."""
    news = _news(there.open)
    per_s, paced = [], []
    for _ in range(scale.times):
        per_s.append((await run(_burst(there.port, news, scale))).per_s)
        await there.settled()
        paced.append((await run(_paced(there.port, news, scale))).at(0.99))
        await there.settled()
    _none_lost(there, scale)
    return [
        Figure("webhooks about 1,000 open recordings, 32 connections", per_s, "/s", AT_LEAST),
        Figure("  p99 at a paced 500/s", paced, "ms", WITHIN),
    ]


def _burst(port: int, make: Callable[[], str], scale: Scale) -> Job:
    requests = [make() for _ in range(scale.side_by_side)]
    return Job(port, requests, SIDE_BY_SIDE, warm_up=scale.side_by_side // 10, expect="kept")


def _paced(port: int, make: Callable[[], str], scale: Scale) -> Job:
    requests = [make() for _ in range(PACE * scale.paced_s)]
    return Job(port, requests, SIDE_BY_SIDE, rate=PACE, expect="kept")


def _none_lost(there: World, scale: Scale) -> None:
    sent = scale.times * (scale.side_by_side + PACE * scale.paced_s)
    kept = there.count(select(func.count()).select_from(inbox))
    if kept != sent:
        raise RuntimeError(f"{sent} webhooks were answered 200, {kept} are in the inbox")


def _news(known: list[Open]) -> Callable[[], str]:
    """Each says that one of them began, but at a slightly different time."""
    began = datetime.now(UTC) - timedelta(minutes=5)
    times = (began + timedelta(milliseconds=n) for n in count())
    everyone: Iterator[Open] = cycle(known)

    def make() -> str:
        one, at = next(everyone), said(next(times))
        data = beam(one.hms_id, one.room_id, one.session_id, started_at=at)
        return webhook("beam.started.success", {**data, "state_timestamp": at})

    return make


async def card_figures(scale: Scale) -> list[Figure]:
    """From sending a webhook to the edit in the simulated Slack, another recording each time."""
    p50: list[float] = []
    async with (
        world(open_recordings=scale.times * scale.cards) as there,
        Person(there.stage.slack_url, seed.STARTER) as person,
    ):
        left = iter(there.open)
        for _ in range(scale.times):
            chosen = list(islice(left, scale.cards))
            requests = [_stopped(one) for one in chosen]
            job = Job(there.port, requests, gap_s=BETWEEN_CARDS_S, expect="kept")
            measured = await run(job)
            p50.append(percentile(await _shown_after_ms(person, chosen, measured), 0.5))
    return [Figure("webhook sent → card edited in Slack, p50", p50, "ms", WITHIN)]


def _stopped(one: Open) -> str:
    now = said(datetime.now(UTC))
    more = {"duration": 3590, "reason": "client request", "state_timestamp": now}
    return webhook("beam.stopped.success", beam(one.hms_id, one.room_id, one.session_id, **more))


async def _shown_after_ms(person: Person, chosen: list[Open], measured: Measured) -> list[float]:
    """The simulated Slack notes when a call came in, by the clock of this machine."""
    wanted = {one.card_ts for one in chosen}
    async with asyncio.timeout(SHOWN_WITHIN_S):
        while True:
            calls = (await person.state()).raw["calls"]
            edits = [c for c in calls if c["method"] == "chat.update" and c["ok"]]
            shown = {e["args"]["ts"]: float(e["at"]) for e in reversed(edits)}
            if wanted <= shown.keys():
                break
            await asyncio.sleep(0.1)
    sent = zip(chosen, measured.sent_at, strict=True)
    return [(shown[one.card_ts] - at) * 1000 for one, at in sent]
