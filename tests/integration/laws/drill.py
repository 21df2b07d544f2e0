"""One rehearsal: the real reconciler and store between Slack and 100ms as they are."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from starlette.requests import Request

from bot.access.gate import Gate
from bot.access.people import People
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.core.deliveries import OutcomeAddress
from bot.core.facts import Discovered, Fact, Followed, StartRequested
from bot.core.options import RecordingOptions
from bot.core.proofs import KnownRoom, MayStart, SeenRecording
from bot.deps import Deps
from bot.features.control.service import ControlAction, control_recording
from bot.features.start.model import StartRequest
from bot.features.start.service import commit
from bot.hms.webhook import HEADER
from bot.store.errors import StoreError
from bot.store.repository import TeamDatabase
from bot.store.store import Store
from bot.store.values import RoomTaken
from bot.web.webhook import HmsWebhook
from tests.contract.store_support import add_facts, next_due
from tests.integration.laws.clockwork import Clockwork, in_no_time
from tests.integration.laws.hms_truth import HmsTruth
from tests.integration.laws.memory import Memory, empty_database
from tests.integration.laws.process import LEASE, TEAM, Process
from tests.integration.laws.replies import Broke, Death, Life, Meter
from tests.integration.laws.script import Act, Asked, Script
from tests.integration.laws.slack_truth import SlackTruth

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECRET = "s3cret"
WEBHOOK_RETRIES_S = (1.0, 3.0, 10.0)
LOOK_EVERY_S = 100.0


class Drill:
    """Plays a script. Afterwards `slack`, `hms`, `asked` and the store say what came of it."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.faults = script.faults()
        self.meter = Meter(script.most_per_minute)
        self.slack = SlackTruth({"C1", "C2"}, no_takes_s=script.no_takes_s)
        self.asked: list[Asked] = []
        self.keys: list[str] = []
        self.deaths: list[tuple[float, Life]] = []
        self.ended = False
        self.engine = empty_database()
        self.ids = itertools.count(1)
        self._events = itertools.count()
        self._alive: Process | None = None
        self._working: set[asyncio.Task[Any]] = set()

    @property
    def time_s(self) -> float:
        return self.loop.time()

    def now(self) -> datetime:
        return T0 + timedelta(seconds=self.loop.time())

    def play(self) -> "Drill":
        self._run(self._play())
        return self

    def suppose(self, facts: Sequence[Fact], at_s: float) -> None:
        """Nobody clicks and nothing is told: these facts are simply there, as of `at_s`."""

        async def work() -> None:
            self._set_up()
            await asyncio.sleep(at_s)
            await self._store_facts(facts)
            await self._until_over()

        self._run(work())

    def again(self, early: Sequence[Fact], late: Sequence[Fact]) -> "Drill":
        """The same once more, at 100ms all over: these facts, a run, those facts, a run."""
        began_s = max(self.time_s, 600.0)  # too late to start anything
        run_s = 8 * 3600
        other = Drill(Script(acts=(), lasts_s=began_s + run_s))
        jobs = self.hms.jobs

        async def work() -> None:
            other._set_up()
            other.hms.jobs = jobs
            await asyncio.sleep(began_s)
            key = await other._store_facts(early)
            await other._until_over()
            if late:
                await add_facts(other._onlooker, key, late)
                other.script = replace(other.script, lasts_s=other.time_s + run_s)
                await other._until_over()

        other._run(work())
        return other

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            in_no_time(work, expected=(Death,))
        except Broke as broken:  # no handler on the way may take it, but Hypothesis shall
            raise AssertionError(f"{type(broken).__name__}: {broken}") from None

    def ask_store(self, work: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
        """Look into the store when all is over."""
        return in_no_time(work(self._onlooker))

    def _set_up(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clockwork)
        self.loop = loop
        script = self.script
        self.hms = HmsTruth(
            loop.time,
            T0,
            self._emit,
            script.speech,
            script.by_template,
            script.fails,
            script.newest_first,
            script.unlisted,
        )

    async def _play(self) -> None:
        self._set_up()
        for act in self.script.acts:
            self.loop.call_later(act.at_s, self._spawn, self._act(act))
        await self._until_over()

    async def _store_facts(self, facts: Sequence[Fact]) -> str:
        first = next(fact for fact in facts if isinstance(fact, StartRequested | Discovered))
        key = f"key{next(self.ids)}"
        await self._onlooker.recordings.create(
            key, first, also=[fact for fact in facts if fact is not first]
        )
        self.keys.append(key)
        return key

    async def _until_over(self) -> None:
        bot = asyncio.create_task(self._keep_alive())
        while self.time_s < self.script.lasts_s and not bot.done():
            await asyncio.wait([bot], timeout=LOOK_EVERY_S)
            if await self._is_over():
                break
        self.ended = await self._is_over()
        if bot.done():
            bot.result()
        if self._alive:
            self._alive.life.dead = True
        bot.cancel()

    async def _is_over(self) -> bool:
        """Nothing is to come from anyone, and nothing is left to do."""
        if self._working or self.hms.pending or self.time_s < self._last_act_s:
            return False
        return await next_due(self._onlooker) is None

    @cached_property
    def _onlooker(self) -> Store:
        return self.store(Memory(self.engine, _nothing, _nothing))

    @property
    def _last_act_s(self) -> float:
        return max((act.at_s for act in self.script.acts), default=0.0)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _keep_alive(self) -> None:
        """One process after the other, each without any memory of the last."""
        for number in itertools.count():
            self._alive = process = Process(self, f"owner{number}")
            await process.live(first=number == 0)
            self._alive = None
            self.deaths.append((self.time_s, process.life))
            await asyncio.sleep(self.script.restart_after_s)

    async def process(self) -> "Process":
        """The one that lives, once one does."""
        while self._alive is None or self._alive.life.dead:  # noqa: ASYNC110 - people look again
            await asyncio.sleep(1.0)
        return self._alive

    def store(self, db: Memory) -> Store:
        return Store(TeamDatabase(db, TEAM, now=self.now, lease=LEASE))

    # -- what people do

    async def _act(self, act: Act) -> None:
        match act.what:
            case "delete":
                self.slack.deleted |= {m.ts for m in self.slack.shown(act.where) if not m.thread_ts}
            case "kick":
                self.slack.members.discard(act.where)
            case "invite":
                self.slack.members.add(act.where)
                await self._insist(lambda deps: deps.store.queue.wake_parked(act.where))
            case "invite unheard":
                self.slack.members.add(act.where)
            case "elsewhere":
                if not self.hms.busy("room"):
                    self.hms.start("room", RecordingOptions(), ours=False)
            case "elsewhere stops":
                job = self.hms.busy("room")
                if job and not job.ours and job.stopped_s is None:
                    self.hms.stop(job.id)
                    job.stop_calls = 0  # ours are counted
            case "end":
                self.hms.end_room("room")
            case _:
                await self._insist(lambda deps: self._wish(deps, act))

    async def _wish(self, deps: Deps, act: Act) -> None:
        """As the listeners do it; what raised was not taken, and the person is told so."""
        if act.what == "request":
            room, may = KnownRoom("room", "standup", "U1"), MayStart("U1", act.where)
            request = StartRequest(
                request_id=f"r{act}",
                room=room,
                options=self.script.options,
                may=may,
                via="command",
                outcome=OutcomeAddress("U1", channel=act.where, response_url="https://r.example/1"),
            )
            made = await commit(deps, _gate(deps), request, room, request.options)
            if not isinstance(made, RoomTaken) and made not in self.keys:
                requested_at = (await deps.store.recordings.load(made)).recording.requested_at
                self.keys.append(made)
                self.asked.append(Asked((requested_at - T0).total_seconds(), "request", made))
            return
        for key in self.keys[-1:]:
            if act.what == "follow":
                await add_facts(
                    deps.store, key, [Followed(at=deps.now(), channel_id=act.where, by="U3")]
                )
                continue
            action: ControlAction = act.what  # type: ignore[assignment]
            seen = SeenRecording(key, "U1", act.where, frozenset({act.where}))
            if await control_recording(deps, Rights(deps), action, seen):
                self.asked.append(Asked(self.time_s, act.what, key))

    async def _insist(self, work: Callable[[Deps], Coroutine[Any, Any, Any]]) -> None:
        """A person tries again a little later if the bot does not answer."""
        for _ in range(60):
            process = await self.process()
            try:
                await work(process.deps)
            except (StoreError, Death):
                await asyncio.sleep(5.0)
            else:
                return

    # -- webhooks

    def _emit(self, kind: str, data: dict[str, Any]) -> None:
        plan = self.script.webhooks
        number = next(self._events)
        delays = plan[number] if number < len(plan) else (0.1,)
        body = json.dumps(
            {"id": f"e{number}", "type": kind, "timestamp": self.now().isoformat(), "data": data}
        ).encode()
        if not self.script.all_webhooks_lost:
            for delay_s in delays:
                self._spawn(self._deliver(body, delay_s))

    async def _deliver(self, body: bytes, delay_s: float) -> None:
        """Through our endpoint; tried four times in all, as 100ms does."""
        for pause_s in (delay_s, *WEBHOOK_RETRIES_S):
            await asyncio.sleep(pause_s)
            process = self._alive
            if process is None or process.life.dead:
                continue
            try:
                endpoint = HmsWebhook(process.deps.store, SECRET, self.now)
                if (await endpoint(_request(body))).status_code == 200:
                    return
            except (Death, asyncio.CancelledError):
                continue


def _request(body: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/webhooks/100ms/default",
        "path_params": {"name": "default"},
        "headers": [(HEADER.lower().encode(), SECRET.encode())],
    }
    return Request(scope, receive)


def _nothing() -> None:
    return


def _gate(deps: Deps) -> Gate:
    people = People(deps)
    return Gate(deps, people, Visibility(deps, people))
