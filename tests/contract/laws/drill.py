"""One rehearsal: the real reconciler and store between Slack and 100ms as they are."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from starlette.requests import Request

from bot.domain.facts import Followed
from bot.domain.options import RecordingOptions
from bot.domain.policy import Policy
from bot.reconcile.loop import Reconciler
from bot.slack.gateway import Identity
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.store import Store
from bot.store.values import OutcomeAddress, RoomTaken, Team
from bot.usecases.control import Control, control
from bot.usecases.deps import Deps
from bot.usecases.starting import Wish, request_recording
from bot.web.webhook import HEADER, HmsWebhook
from tests.contract.laws.clockwork import Clockwork, in_no_time
from tests.contract.laws.hms_truth import HmsDoor, HmsTruth, Speech
from tests.contract.laws.memory import Memory, empty_database
from tests.contract.laws.replies import Broke, Death, Faults, Life, Meter, Reply
from tests.contract.laws.slack_truth import SlackDoor, SlackTruth

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
TEAM = Team("T1")
ME = Identity("", "T1", "Acme", "UBOT", "B1", "record", frozenset())
SECRET = "s3cret"
_FIRST = asyncio.FIRST_COMPLETED
WEBHOOK_RETRIES_S = (1.0, 3.0, 10.0)
LOOK_EVERY_S = 100.0
LOOK_EVERY_WHILE_S = 60.0  # 5 s outside; a wake that is lost is not what is rehearsed here

What = Literal[
    "request", "stop", "pause", "resume", "follow", "delete", "kick", "invite", "elsewhere", "end"
]


@dataclass(frozen=True)
class Act:
    """At `at_s`, somebody does something: `where` is a channel."""

    at_s: float
    what: What
    where: str = "C1"


@dataclass(frozen=True, repr=False)
class Script:
    """Everything that is to happen; nothing else is left to chance."""

    acts: tuple[Act, ...] = (Act(0, "request"), Act(600, "end"))
    options: RecordingOptions = field(default_factory=RecordingOptions)
    slack: tuple[Reply, ...] = ()  # to one call after the other; then all is well
    hms: tuple[Reply, ...] = ()
    database: tuple[Reply, ...] = ()
    forever: tuple[Reply, ...] = ()  # over and over, to both sides, until it heals
    heals_at_s: float = 1800.0
    webhooks: tuple[tuple[float, ...], ...] = ()  # of each, when it comes; () is lost
    all_webhooks_lost: bool = False
    restart_after_s: float = 2.0
    replica: bool = False  # another one goes on when the lease is over
    speech: Speech = "fine"
    by_template: bool = False
    fails: str | None = None
    newest_first: bool = False
    lasts_s: float = 4 * 3600.0
    most_per_minute: int = 400
    policy: Policy = field(default_factory=Policy)

    def __repr__(self) -> str:
        """What is unusual about it."""
        usual = Script()
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        odd = [f"{k}={v!r}" for k, v in said.items() if v != getattr(usual, k)]
        return f"Script({', '.join(odd)})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """For Hypothesis, which would show everything."""
        printer.text(repr(self))

    def faults(self) -> Faults:
        return Faults(self.slack, self.hms, self.database, self.forever, self.heals_at_s)


@dataclass(frozen=True)
class Asked:
    """An intent that was taken: the person believes in it."""

    at_s: float
    what: What
    key: str


class Drill:
    """Plays a script. Afterwards `slack`, `hms`, `asked` and the store say what came of it."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.faults = script.faults()
        self.meter = Meter(script.most_per_minute)
        self.slack = SlackTruth({"C1", "C2"})
        self.asked: list[Asked] = []
        self.keys: list[str] = []
        self.deaths: list[tuple[float, Life]] = []
        self.ended = False
        self._engine = empty_database()
        self._ids = itertools.count(1)
        self._events = itertools.count()
        self._alive: _Process | None = None
        self._working: set[asyncio.Task[Any]] = set()

    @property
    def time_s(self) -> float:
        return self._loop.time()

    def now(self) -> datetime:
        return T0 + timedelta(seconds=self._loop.time())

    def play(self) -> "Drill":
        try:
            in_no_time(self._play(), expected=(Death,))
        except Broke as broken:  # no handler on the way may take it, but Hypothesis shall
            raise AssertionError(f"{type(broken).__name__}: {broken}") from None
        return self

    def ask_store(self, work: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
        """Look into the store when all is over."""
        return in_no_time(work(self._store(Memory(self._engine, _nothing, _nothing))))

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clockwork)
        self._loop = loop
        script = self.script
        self.hms = HmsTruth(
            loop.time,
            T0,
            self._emit,
            script.speech,
            script.by_template,
            script.fails,
            script.newest_first,
        )
        for act in script.acts:
            loop.call_later(act.at_s, self._spawn, self._act(act))
        bot = asyncio.create_task(self._keep_alive())
        while self.time_s < script.lasts_s and not bot.done():
            await asyncio.wait([bot], timeout=LOOK_EVERY_S)
            if await self._is_over():
                break
        self.ended = await self._is_over()
        if bot.done():
            bot.result()
        bot.cancel()

    async def _is_over(self) -> bool:
        """Nothing is to come from anyone, and nothing is left to do."""
        if self._working or self.hms.pending or self.time_s < self._last_act_s:
            return False
        store = self._store(Memory(self._engine, _nothing, _nothing))
        return await store.next_due() is None

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
            self._alive = process = _Process(self, f"owner{number}")
            await process.live(first=number == 0)
            self._alive = None
            self.deaths.append((self.time_s, process.life))
            await asyncio.sleep(self.script.restart_after_s)

    async def process(self) -> "_Process":
        while self._alive is None or self._alive.life.dead:
            await asyncio.sleep(1.0)
        return self._alive

    def _store(self, db: Memory) -> Store:
        return Store(db, TEAM, now=self.now, lease=LEASE)

    # -- what people do

    async def _act(self, act: Act) -> None:
        match act.what:
            case "delete":
                self.slack.deleted |= {m.ts for m in self.slack.shown(act.where) if not m.thread_ts}
            case "kick":
                self.slack.members.discard(act.where)
            case "invite":
                self.slack.members.add(act.where)
                await self._insist(lambda deps: deps.store.wake_parked(act.where))
            case "elsewhere":
                if not self.hms.busy("room"):
                    self.hms.start("room", RecordingOptions(), ours=False)
            case "end":
                self.hms.end_room("room")
            case _:
                await self._insist(lambda deps: self._wish(deps, act))

    async def _wish(self, deps: Deps, act: Act) -> None:
        """As the listeners do it; what raised was not taken, and the person is told so."""
        if act.what == "request":
            wish = Wish(
                request_id=f"r{act}",
                room_id="room",
                room_name="standup",
                options=self.script.options,
                by="U1",
                channel=act.where,
                via="command",
                outcome=OutcomeAddress("U1", channel=act.where, response_url="https://r.example/1"),
            )
            made = await request_recording(deps, wish)
            if not isinstance(made, RoomTaken):
                requested_at = (await deps.store.load(made.key)).recording.requested_at
                self.keys.append(made.key)
                self.asked.append(Asked((requested_at - T0).total_seconds(), "request", made.key))
            return
        for key in self.keys[-1:]:
            if act.what == "follow":
                await deps.store.add_facts(key, [_followed(deps.now(), act.where)])
                continue
            action: Control = act.what  # type: ignore[assignment]
            if await control(deps, action, key, "U2"):
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


class _Process:
    """What `record-bot run` is, as far as the reconciler goes."""

    def __init__(self, drill: Drill, owner: str) -> None:
        self.life = Life()
        self._drill, self._owner = drill, owner
        self._reply = Reply.OK
        self.db = Memory(drill._engine, self._before, self._after)
        self.store = drill._store(self.db)
        numbers = drill._ids
        self.deps = Deps(
            self.store,
            SlackDoor(drill.slack, drill.faults, drill.meter, self.life, drill._loop.time),
            HmsDoor(drill.hms, drill.faults, drill.meter, self.life),
            drill.script.policy,
            ME,
            drill.now,
            lambda: f"key{next(numbers)}",
        )

    def _before(self) -> None:
        self.life.must_live()
        self._drill.meter.count(self._drill.time_s, "write")
        self._reply = self._drill.faults.next("database", self._drill.time_s)
        if self._reply is Reply.DIES_BEFORE:
            self.life.die()
        if self._reply is Reply.FAILED:
            raise _gone()

    def _after(self) -> None:
        if self._reply is Reply.DIES_AFTER:
            self.life.die()
        if self._reply is Reply.DONE_THEN_FAILED:
            raise _gone()

    async def live(self, *, first: bool) -> None:
        """As `bot.running.serve`, until it dies."""
        work = asyncio.create_task(self._serve(first=first))
        await asyncio.wait([asyncio.create_task(self.life.over.wait()), work], return_when=_FIRST)
        if not self.life.dead:
            work.result()
            raise AssertionError("the reconciler ended by itself")
        work.cancel()

    async def _serve(self, *, first: bool) -> None:
        awaken = self.store.wake_all_open if self._drill.script.replica else self.store.resume
        while not first:
            try:
                await awaken()
                break
            except StoreError:  # a process that finds no database ends, and is started again
                await asyncio.sleep(1.0)
        await Reconciler(self.deps, self._owner, look_every_s=LOOK_EVERY_WHILE_S).run()


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


def _gone() -> Exception:
    return StoreUnavailable("database is locked")


def _followed(at: datetime, channel: str) -> Any:
    return Followed(at=at, channel_id=channel, by="U3")


def _nothing() -> None:
    return


