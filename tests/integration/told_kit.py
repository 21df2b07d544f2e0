"""One bot between simulated services, with a clock that tests move: what people read, everywhere.

Requests go over HTTP, steps are run one by one, hours pass in moments. A row of the table of
outcomes plays one scene on it and reads all five surfaces.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import Message
from sqlalchemy import delete

from bot.core.deliveries import Kind
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.inbox import match_inbox
from bot.engine.runner import run
from bot.store import schema
from tests.contract.store_support import Clock, next_due
from tests.integration.access_rig import Rig, rigged
from tests.integration.access_table import PLAZA
from tests.patience import PATIENCE_S, PatientDriver

S, MIN, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ME = "this process"
_serial = itertools.count(1)


@dataclass
class Told:
    """What stands on the card, below it, in the starter's direct messages; what the starter is
    answered where they ask, and what `/record doctor` says to them."""

    card: str = ""
    thread: str = ""
    direct: str = ""
    asked: str = ""
    doctor: str = ""


@dataclass
class Stage:
    rig: Rig
    clock: Clock
    driver: Driver
    key: str = ""
    room: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def deps(self) -> Deps:
        return self.rig.bot.parts.deps

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def clear(self) -> None:
        """As at the beginning, but for what is remembered of people."""
        self.rig.bot.slack.faults.clear()
        await self.driver.sim("/faults", {"clear": True})
        async with self.rig.store.db.database.write() as conn:
            for table in reversed(schema.metadata.sorted_tables):
                await conn.execute(delete(table))
        self.clock.time += HOUR
        await self.deps.hms.check_start()  # forgets the pauses of the test before
        self.clock.time = datetime.now(UTC)  # where both sides begin; ours then runs ahead
        for channel in self.rig.bot.slack.channels.values():
            channel.messages.clear()
            channel.ephemerals.clear()
        self.key, self.room, self.asked = "", "", []

    async def hms_fault(self, **fault: Any) -> None:
        await self.driver.sim("/faults", fault)

    def slack_fault(self, method: str, **fault: Any) -> None:
        self.rig.bot.slack.faults.add(Fault(method=method, **{"times": 10_000, **fault}))

    async def new_room(self) -> str:
        made = await self.driver.sim("/rooms", {"name": f"Weekly {next(_serial)}"})
        self.room = str(made["id"])
        await self.driver.sim(f"/rooms/{self.room}/join", {"name": "Ana"})
        return self.room

    async def say(self, text: str, who: str = seed.STARTER, channel: str = PLAZA) -> str:
        """A command, mostly in #plaza; what the person is answered."""
        return await self._send({**self.rig.command(who, text), "channel_id": channel}, "command")

    async def click(self, action: str, value: str, who: str = seed.STARTER) -> str:
        return await self._send(self.rig.click(who, action, value), "payload")

    async def click_on(self, message: Message, action: str, value: str) -> str:
        """A click of the starter on a message, wherever it is."""
        body = self.rig.click(seed.STARTER, action, value)
        where = {"message_ts": message.ts, "channel_id": message.channel}
        channel, container = {"id": message.channel}, {**body["container"], **where}
        return await self._send({**body, "channel": channel, "container": container}, "payload")

    def ephemerals(self, who: str = seed.STARTER) -> list[Message]:
        """What this person alone sees in #plaza."""
        shown = self.rig.bot.slack.channels[PLAZA].ephemerals.values()
        return [one for one in shown if one.viewer == who]

    def directs(self, who: str = seed.STARTER) -> list[Message]:
        """The bot's direct messages to this person."""
        return list(self.rig.bot.slack.channels[seed.dm_id(who)].messages.values())

    async def _send(self, body: dict[str, Any], form: str) -> str:
        slack, log = self.rig.bot.slack, self.rig.bot.log
        read = log.stat().st_size
        slack.calls.clear()
        fields = body if form == "command" else {"payload": json.dumps(body)}
        answer = await self.rig.bot.signed(urlencode(fields).encode())
        assert answer.status_code == 200
        async with asyncio.timeout(PATIENCE_S):
            while not _handled(log, read):  # noqa: ASYNC110 - the listener goes on after the ack
                await asyncio.sleep(0.005)
        await self.rig.bot.parts.background.drain(20.0)
        shown = {"chat.postEphemeral", "response_url", "views.open", "views.update"}
        calls = [call.args for call in slack.calls if call.method in shown]
        told = readable(json.loads(answer.text or "null")) + readable(calls)
        self.asked.append(told)
        return told

    async def until(self, then: datetime) -> None:
        """Do what is due, and move the clock to what comes next."""
        store = self.deps.store
        while (due := await next_due(store)) is not None and due <= then:
            self.clock.time = max(self.clock.time, due)
            for own in await store.queue.take(1, ME):
                rest = await run(self.deps, DISPATCH, own)
                await store.queue.release(own, rest.until, polled=rest.polled)
        self.clock.time = max(self.clock.time, then)

    async def start(self, options: str = "", *, channel: str = PLAZA) -> None:
        room = self.room or await self.new_room()
        await self.say(f"start {room} {options}".strip(), channel=channel)
        self.key = await self.found_key()

    async def found_key(self) -> str:
        async with self.rig.store.db.database.read() as conn:
            r = schema.recordings.c
            found = schema.recordings.select().with_only_columns(r.key).order_by(r.requested_at)
            keys = (await conn.scalars(found.where(r.room_id == self.room))).all()
        return str(keys[-1]) if keys else ""

    async def card(self, key: str) -> str:
        """What stands on the card of a recording."""
        work = (await self.deps.store.recordings.load(key)).work
        (shown,) = [d for d in work.deliveries if d.kind is Kind.CARD and d.posted_in and d.ts]
        return self.rig.bot.slack.channels[shown.posted_in or ""].messages[shown.ts or ""].text

    async def hms_id(self) -> str:
        found = (await self.deps.store.recordings.load(self.key)).recording.hms_id
        assert found is not None
        return found

    async def running(self, options: str = "") -> None:
        await self.start(options)
        await self.until(self.now + 9 * S)
        await self.driver.recording(await self.hms_id(), "running")
        await self.until(self.now + 1 * S)
        await self.poll()

    async def poll(self) -> None:
        await self.deps.store.recordings.poll_now(self.key)
        await self.until(self.now)

    async def ended(self, options: str = "", *, last: str = "") -> None:
        """100ms has made what it ever makes of it; `last` is the webhook that says so."""
        await self.running(options)
        await self.click("recording_stop", self.key)
        await self.until(self.now + 2 * S)
        await self.driver.recording(await self.hms_id(), "completed")
        await self.hear("beam.recording.success")
        if last:
            await self.hear(last)

    async def hear(self, kind: str) -> None:
        """The webhook comes, as 100ms has made it."""
        event = await self.driver.event(kind, room_id=self.room)
        taken = await self.rig.bot.webhook(event["envelope"])
        assert taken.status_code == 200
        while (await match_inbox(self.deps)).events:
            pass

    def assets(self, kind: str) -> list[Any]:
        every = self.rig.bot.hms.state.assets.values()
        return [a for a in every if a.type == kind and a.recording.room.id == self.room]

    async def told(self) -> Told:
        places = self.rig.bot.slack.channels
        plaza = list(places[PLAZA].messages.values())
        asked = "\n".join([*self.asked, *(m.text for m in self.ephemerals())])
        return Told(
            card="\n".join(m.text for m in plaza if not _is_reply(m)),
            thread="\n".join(m.text for m in plaza if _is_reply(m)),
            direct="\n".join(m.text for m in self.directs()),
            asked=asked,
            doctor=await self.say("doctor"),
        )


def _handled(log: Path, since: int) -> bool:
    """A listener has said in the log that it is done, after so many bytes."""
    with log.open("rb") as file:
        file.seek(since)
        return b'"event": "request"' in file.read()


def _is_reply(message: Message) -> bool:
    return message.thread_ts is not None and message.thread_ts != message.ts


def buttons(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    rows = (block["elements"] for block in message.blocks if block["type"] == "actions")
    return [one["text"]["text"] for row in rows for one in row]


def readable(what: Any) -> str:
    """All texts in it, in order."""
    match what:
        case {"type": "modal", "title": title, "blocks": blocks}:
            said = [b for b in blocks if b["type"] not in ("input", "actions")]
            return f"({title['text']})\n{_texts(said)}"
        case dict():
            own = what.get("text")
            if isinstance(own, str) and "blocks" in what:
                return own + "\n"
            return "".join(readable(v) for v in what.values())
        case list() | tuple():
            return "".join(readable(v) for v in what)
        case str() if what[:1] in "{[":
            try:
                return readable(json.loads(what))
            except ValueError:
                return what + "\n"
        case str():
            return what + "\n"
        case _:
            return ""


def _texts(what: Any) -> str:
    """What is written in these blocks."""
    match what:
        case dict():
            own = what.get("text")
            rest = "".join(_texts(v) for v in what.values())
            return f"{own}\n" if isinstance(own, str) else rest
        case list():
            return "".join(map(_texts, what))
        case _:
            return ""


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    clock.time = datetime.now(UTC)
    async with rigged(folder, now=clock.now, public_url=None) as rig:
        hms = rig.bot.hms
        base = rig.bot.parts.settings.hms_api_url.removesuffix("/v2")
        async with PatientDriver(base, hms.config) as driver:
            yield Stage(rig, clock, driver)
