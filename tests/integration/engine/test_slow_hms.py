"""100ms answers late, or asks for patience: over real HTTP, with a clock of our own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.deliveries import Wanted, Work
from bot.core.facts import (
    EndSet,
    Fact,
    Observed,
    PauseDropped,
    PauseSent,
    StartAccepted,
    StopDue,
    StopRefused,
    StopRequested,
    Vanished,
)
from bot.core.note import Note, after, merge
from bot.core.plan import next_step, poll_at
from bot.core.policy import Policy, Silence, silence
from bot.core.proofs import OwnWork
from bot.core.steps import Poll, Wait
from bot.deps import Deps
from bot.engine.context import Context
from bot.engine.polling import poll
from bot.features.control.steps import pause, stop
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.hms.errors import HmsUnavailable
from bot.kit.shared_cooldowns import Cooldowns
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, add_facts, card, created, new_key
from tests.integration.engine.test_loop import NOBODY

POLICY = Policy(webhooks=False)
ASKED = StopRequested(at=T0, by="U1")


@dataclass
class Hms:
    """Answers questions about a recording as told, and takes everything else, unless told."""

    answer: Callable[[], Response]
    taken: Callable[[], Response] = lambda: JSONResponse({})
    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        self.asked.append(request.method)
        return self.answer() if request.method == "GET" else self.taken()

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.__call__, methods=["GET", "POST"])])


@asynccontextmanager
async def beside(hms: Hms, store: Store, clock: Clock, *more: Fact) -> AsyncIterator[Context]:
    """What an executor sees of a recording that runs."""
    key = await created(store)
    facts: list[Fact] = [StartAccepted(at=T0, hms_id="job-1"), Observed(at=T0, status="running")]
    await add_facts(store, key, [*facts, *more])
    async with (
        serving(hms.app()) as url,
        aiohttp.ClientSession() as session,
        new_client() as http,
    ):
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        client = HmsClient(url, FixedToken("t"), http, Outbound(), patience_s=5)
        deps = Deps(store, slack, client, POLICY, NOBODY, clock.now, new_key)
        yield Context(deps, OwnWork(key, "me"), await store.recordings.load(key))


def too_many() -> Response:
    return JSONResponse({"message": "slow down"}, status_code=429, headers={"retry-after": "600"})


def work_after(note: Note, ctx: Context) -> Work:
    assert note.polled is not None
    shown = card(posted_in="C1", ts="1.0", hash="h", channel=ctx.recording.origin)
    work = after(ctx.state, note, merge((), ())).work
    return replace(work, deliveries=(shown,))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_who_is_told_when_to_ask_again_asks_then(store: Store, clock: Clock) -> None:
    async with beside(Hms(too_many), store, clock) as ctx:
        work, wanted = work_after(await poll(ctx), ctx), Wanted(card="h")
    assert next_step(ctx.recording, work, wanted, POLICY, T0) == Wait(T0 + 600 * S)
    assert next_step(ctx.recording, work, wanted, POLICY, T0 + 600 * S) == Poll()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_429_pauses_its_method_for_every_replica(
    store: Store, another: Store, clock: Clock
) -> None:
    hms = Hms(too_many)
    async with serving(hms.app()) as url, new_client() as http:
        one, other = (
            HmsClient(
                url,
                FixedToken("t"),
                http,
                Outbound(),
                cooldowns=Cooldowns(shared.cooldowns, clock.now),
            )
            for shared in (store, another)
        )
        with pytest.raises(HmsUnavailable, match="slow down"):
            await one.get_recording("job-1")
        clock.advance(2 * S)
        for client in (one, other):
            with pytest.raises(HmsUnavailable, match="paused") as paused:
                await client.get_recording("job-2")
            assert (paused.value.reached, paused.value.retry_after_s) == (False, 598)
        assert hms.asked == ["GET"]
        await other.pause("room-1")  # another method
        hms.answer = lambda: JSONResponse({"id": "job-1", "status": "running"})
        clock.advance(599 * S)
        assert (await other.get_recording("job-1")).status == "running"


def unknown() -> Response:
    return JSONResponse({"message": "recording not found"}, status_code=404)


def unwell() -> Response:
    return JSONResponse({"message": "oops"}, status_code=500)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_100ms_does_not_know_once_has_not_vanished(store: Store, clock: Clock) -> None:
    """Nobody would ever ask again; so it has to say so for a while, without a break."""
    clock.advance(3600 * S)
    hms, began = Hms(unknown), clock.now()
    async with beside(hms, store, clock) as first:
        ctx = first
        for answer, times in ((unknown, 9), (unwell, 1), (unknown, 9)):
            hms.answer = answer
            for _ in range(times):
                ctx = await asked_when_due(ctx, clock)
        assert clock.now() - began > 900 * S
        note = await poll(ctx)
    assert [type(f) for f in note.facts] == [Vanished]


async def asked_when_due(ctx: Context, clock: Clock) -> Context:
    note = await poll(ctx)
    assert note.facts == ()
    work = work_after(note, ctx)
    clock.time = poll_at(ctx.recording, work, POLICY)
    return Context(ctx.deps, ctx.own, replace(ctx.state, work=work))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("took_s", "kind", "calls"), [(2, PauseSent, 2), (11, PauseDropped, 1)])
async def test_a_pause_that_had_to_wait_for_the_look_is_not_sent_late(
    store: Store, clock: Clock, took_s: float, kind: type, calls: int
) -> None:
    """It goes by room: by then it might pause what somebody else has begun there."""

    def slow() -> Response:
        clock.advance(took_s * S)
        return JSONResponse({"id": "job-1", "status": "running"})

    hms = Hms(slow)
    async with beside(hms, store, clock) as ctx:
        note = await pause(ctx, T0, on=True)
    assert isinstance(note.facts[-1], kind)
    assert len(hms.asked) == calls


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("status", ["starting", "running"])
async def test_a_stop_that_finds_nothing_is_tried_again_while_it_runs(
    store: Store, clock: Clock, status: str
) -> None:
    def runs() -> Response:
        return JSONResponse({"id": "job-1", "status": status})

    async with beside(Hms(runs, unknown), store, clock, ASKED) as ctx:
        with pytest.raises(HmsUnavailable, match="it runs"):
            await stop(ctx)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_stop_that_finds_nothing_is_as_good_as_done(store: Store, clock: Clock) -> None:
    """When it is over, or not known there at all."""

    def over() -> Response:
        return JSONResponse({"id": "job-1", "status": "completed"})

    for answer, kinds in ((over, [StopRefused, Observed]), (unknown, [StopRefused])):
        async with beside(Hms(answer, unknown), store, clock, ASKED) as ctx:
            assert [type(f) for f in (await stop(ctx)).facts] == kinds
        await store.forgetting.forget(await taken(store, ctx.key))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_stop_at_the_end_of_the_time_without_an_answer_is_shown_as_pending(
    store: Store, clock: Clock
) -> None:
    """As one that somebody asked for: the card says that 100ms does not answer."""
    ends = EndSet(at=T0, until=T0 + 60 * S)
    async with beside(Hms(unwell, unwell), store, clock, ends) as ctx:
        own = await taken(store, ctx.key)
        clock.advance(60 * S)
        with pytest.raises(HmsUnavailable):
            await stop(Context(ctx.deps, own, await store.recordings.load(ctx.key)))
        recording = (await store.recordings.load(ctx.key)).recording
    assert isinstance(recording.log[-1], StopDue)
    assert silence(recording, Work()) == Silence("stop", clock.now())


async def taken(store: Store, key: str) -> OwnWork:
    """The room is free for the next one."""
    (own,) = await store.queue.take(1, "me")
    assert own == OwnWork(key, "me")
    return own
