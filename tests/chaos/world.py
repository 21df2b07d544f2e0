"""Where it happens: a simulated Slack and 100ms, one or more bots between them, wires between."""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from record_bot_sandbox.hms import seed as hms_seed
from record_bot_sandbox.hms.app import serve as serve_hms
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.sim import Sim as HmsSim
from record_bot_sandbox.hms.state import Room, Webhook
from record_bot_sandbox.serving import free_port, serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app as create_slack
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.sim import Sim as SlackSim
from record_bot_sandbox.stage import BotProcess

from tests.chaos.balancer import Balancer, balancer
from tests.chaos.postgres import Postgres
from tests.chaos.relay import Relay, relay
from tests.chaos.replica import Replica

PEOPLE = (seed.STARTER, seed.MEMBER)
OURS = ("SLACK_", "HMS_", "DATABASE_URL", "HOST", "PORT", "LOG_", "TIME_SCALE", "METRICS_")


@dataclass(frozen=True)
class Setting:
    """What a scenario wants. `database_url` None: an SQLite file in `folder`."""

    speed: float = 20.0
    replicas: int = 1
    socket_mode: bool = False
    rooms: int = 80
    meeting_s: tuple[float, float] = (0.3, 2.5)  # from its beginning to its end, in our time
    database_url: str | None = None
    folder: Path | None = None  # where the SQLite file is; else beside the logs
    env: Mapping[str, str] = field(default_factory=dict)
    postgres: Postgres | None = None
    clock: Path | None = None  # holds by how much the bot's clock is off
    bots: type[BotProcess] = BotProcess  # how they are started


@dataclass
class World:
    setting: Setting
    rng: random.Random
    logs: Path
    database_url: str
    slack: SlackSim
    slack_url: str  # where people are; the bot comes in over its wire
    hms: HmsSim
    slack_wire: Relay
    hms_wire: Relay
    replicas: list[Replica]
    front: str  # where Slack and 100ms find the bot
    balancer: Balancer | None
    rooms: list[Room]
    people: list[Person] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # what must not be, beside the audit

    @property
    def bot(self) -> Replica:
        return self.replicas[0]

    def scaled(self, seconds: float) -> float:
        """So many of the bot's seconds, in ours."""
        return seconds / self.setting.speed


@asynccontextmanager
async def world(setting: Setting, rng: random.Random) -> AsyncIterator[World]:
    """Everything up. The rooms are there before the bot reads its directory."""
    async with AsyncExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="record-bot-chaos-")))
        slack_wire = await stack.enter_async_context(relay())
        hms_wire = await stack.enter_async_context(relay())
        bots = [free_port() for _ in range(setting.replicas)]
        front, shared = f"http://127.0.0.1:{bots[0]}", None
        if setting.replicas > 1:
            urls = [f"http://127.0.0.1:{port}" for port in bots]
            front, shared = await stack.enter_async_context(balancer(urls))
        slack = SlackConfig(
            speed=setting.speed,
            public_base_url=slack_wire.url,
            request_url=None if setting.socket_mode else f"{front}/slack/events",
        )
        app = create_slack(slack)
        slack_url = await stack.enter_async_context(serving(app))
        hms = HmsConfig(speed=setting.speed, public_base_url=hms_wire.url, seed=False)
        running = await stack.enter_async_context(serve_hms(hms))
        slack_wire.target, hms_wire.target = _address(slack_url), _address(running.base_url)
        sim = running.sim
        rooms = [_room(sim, number) for number in range(setting.rooms)]
        folder = setting.folder or logs
        database = setting.database_url or f"sqlite:///{folder / 'record-bot.sqlite'}"
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(OURS)},
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_APP_TOKEN": slack.app_token if setting.socket_mode else "",
            "SLACK_API_URL": f"{slack_wire.url}/api/",
            "HMS_ACCESS_KEY": hms.access_key,
            "HMS_SECRET": hms.secret,
            "HMS_API_URL": f"{hms_wire.url}/v2",
            "HMS_WEBHOOK_SECRET": next(iter(hms.webhook_headers.values())),
            "DATABASE_URL": database,
            "TIME_SCALE": f"{setting.speed:g}",
            "LOG_FORMAT": "json",
            **setting.env,
        }
        replicas = []
        for n, port in enumerate(bots):
            process = setting.bots({**env, "PORT": str(port)}, port, logs / f"bot-{n}.log")
            replicas.append(Replica(f"bot-{n}", process))
            stack.push_async_callback(process.kill)
        for replica in replicas:
            await replica.up()
        # What came before would find nobody there.
        sim.webhooks.target = Webhook(f"{front}/webhooks/100ms/default", hms.webhook_headers)
        made = World(
            setting=setting,
            rng=rng,
            logs=logs,
            database_url=database,
            slack=app.state.sim,
            slack_url=slack_url,
            hms=sim,
            slack_wire=slack_wire,
            hms_wire=hms_wire,
            replicas=replicas,
            front=front,
            balancer=shared,
            rooms=rooms,
        )
        for user in PEOPLE:
            made.people.append(await stack.enter_async_context(Person(slack_url, user)))
        yield made


def _room(sim: HmsSim, number: int) -> Room:
    """Its name can be found in every text about it; someone is in it."""
    room = hms_seed.add_room(sim.state, sim.clock, f"meeting w{number:04}", "meetings")
    if room is None:
        raise LookupError("the template is gone")
    sim.people.join(room, "Ana")
    return room


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def note(text: str) -> None:
    """A line for whoever waits."""
    stamp = time.strftime("%H:%M:%S")
    sys.stderr.write(f"  {stamp} {text}\n")
    sys.stderr.flush()
