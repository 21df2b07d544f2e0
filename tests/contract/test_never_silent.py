"""What never comes is late first, then given up, and people read what to do: hours in seconds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack.seed import STANDUP, STARTER
from record_bot_sandbox.slack.seen import SeenMessage

from bot.core.deliveries import Kind, State
from bot.core.facts import StopRequested
from bot.core.options import RecordingOptions
from bot.core.policy import Policy
from bot.core.recording import Recording
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.runner import run
from bot.hms.auth import ManagementTokens
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.sim_slack_kit import World, slack
from tests.contract.store_support import Clock, S, add_facts, created, next_due
from tests.patience import PatientDriver

ME = "this process"
# Quicker to watch than a day, and with fewer tries than every five minutes. The length of the
# recording is left out: at speed 3000, a moment in which the machine is busy is an hour of it.
POLICY = Policy(
    webhooks=False,
    transcript_share=0.0,
    give_up_after=timedelta(hours=4),
    retry_cap=timedelta(minutes=20),
)
HOUR = timedelta(hours=1)


@dataclass
class Life:
    """The bot without its loop: what is due is done, and the clock moves on to what comes next."""

    deps: Deps
    store: Store
    clock: Clock
    driver: Driver
    world: World

    async def until(self, then: datetime) -> None:
        while (due := await next_due(self.store)) is not None and due <= then:
            self.clock.time = max(self.clock.time, due)
            for own in await self.store.queue.take(1, ME):
                rest = await run(self.deps, DISPATCH, own)
                await self.store.queue.release(own, rest.until, polled=rest.polled)
        self.clock.time = max(self.clock.time, then)

    async def recorded(self, **options: Any) -> str:
        """A recording that ran and was stopped, all that 100ms ever makes of it being there."""
        room = (await self.driver.state())["rooms"][0]
        await self.driver.sim(f"/rooms/{room['id']}/join", {"name": "Ana"})
        key = await created(
            self.store,
            at=self.clock.now(),
            room_id=room["id"],
            room_name=room["name"],
            channel_id=STANDUP,
            by=STARTER,
            options=RecordingOptions(**options),
        )
        await self.until(self.clock.now() + 9 * S)
        hms_id = (await self.recording(key)).hms_id
        assert hms_id is not None
        await self.driver.recording(hms_id, "running")
        await add_facts(self.store, key, [StopRequested(at=self.clock.now(), by=STARTER)])
        await self.until(self.clock.now() + 1 * S)
        await self.driver.recording(hms_id, "completed")
        return key

    async def recording(self, key: str) -> Recording:
        return (await self.store.recordings.load(key)).recording

    async def card(self) -> SeenMessage:
        state = await self.world.ines.state()
        (card,) = [m for m in state.messages(STANDUP) if not m.is_reply]
        return card

    async def thread(self) -> list[str]:
        card = await self.card()
        state = await self.world.ines.state()
        return [m.text for m in state.thread(STANDUP, card.ts) if m.ts != card.ts]


@pytest.fixture
async def life(store: Store, clock: Clock) -> AsyncIterator[Life]:
    clock.time = datetime.now(UTC)  # where both sides begin; ours then runs ahead
    async with (
        slack() as world,
        serve(HmsConfig(speed=3000)) as hms,
        PatientDriver(hms.base_url, hms.sim.config) as driver,
        httpx.AsyncClient() as http,
    ):
        config = hms.sim.config
        tokens = ManagementTokens(config.access_key, config.secret, lambda: datetime.now(UTC))
        client = HmsClient(f"{hms.base_url}/v2", tokens, http, Outbound([hms.base_url]))
        door = SlackGateway(world.client, Outbound([world.url]), None)
        identity = await door.identity()
        deps = Deps(store, door, client, POLICY, identity, clock.now, lambda: uuid4().hex)
        yield Life(deps, store, clock, driver, world)


LATE = "The transcript is taking longer than usual; still checking with 100ms."
OVER = "The transcript did not arrive in time. If it is made later, find it in the 100ms dashboard."


async def test_a_transcript_that_never_comes(life: Life) -> None:
    await life.driver.sim("/faults", {"kind": "transcript_never"})
    key = await life.recorded(transcription=True)
    begun = life.clock.now()
    await life.until(begun + 4 * 60 * S)
    assert "Transcript expected" in (await life.card()).text
    await life.until(begun + 20 * 60 * S)
    assert LATE in (await life.card()).text
    assert await life.thread() == [], "people still wait"
    await life.until(begun + 5 * HOUR)
    card, (results,) = await life.card(), await life.thread()
    assert OVER in card.text
    assert "Gave up waiting for the transcript" in card.text
    assert "The video is ready." in results
    assert OVER in results
    assert await next_due(life.store) is None
    assert (await life.recording(key)).problem is None


async def test_a_transcript_that_cannot_be_read(life: Life) -> None:
    fault = {"kind": "status", "path": "/v2/recording-assets/*/presigned-url", "status": 503}
    await life.driver.sim("/faults", fault)
    await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    begun = life.clock.now()
    await life.until(begun + 30 * 60 * S)
    assert LATE in (await life.card()).text
    assert await life.thread() == []
    await life.until(begun + 10 * HOUR)
    card, (results, chat) = await life.card(), await life.thread()
    assert OVER in card.text
    assert OVER in results
    assert chat == "100ms did not release the chat file. Open Details to see its files."
    assert "Transcript" in [b["text"]["text"] for b in card.blocks[-1]["elements"]]
    assert await next_due(life.store) is None


async def test_a_summary_that_cannot_be_read_any_more(life: Life) -> None:
    await life.recorded(transcription=True, summary=True)
    await life.driver.event("transcription.success")
    begun = life.clock.now()
    await life.world.ines.tell("faults", method="chat.postMessage", http_status=500, times=99)
    await life.until(begun + 10 * S)  # read once, and not yet posted
    fault = {"kind": "status", "path": "/v2/recording-assets/*/presigned-url", "status": 403}
    await life.driver.sim("/faults", fault)
    await life.world.ines.forget("faults")
    await life.until(begun + 10 * HOUR)
    results, *files = await life.thread()
    assert "The summary could not be read. Open Details for its file." in results
    assert len(files) == 2
    assert await next_due(life.store) is None


async def test_a_chat_in_which_nobody_wrote_is_not_uploaded(life: Life) -> None:
    """Its file has a header all the same; here not even the bot could say that it records."""
    fault = {"kind": "status", "path": "/v2/active-rooms/*/send-message", "status": 404}
    await life.driver.sim("/faults", fault)
    key = await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    await life.until(life.clock.now() + 10 * HOUR)
    loaded = await life.store.recordings.load(key)
    assert loaded.recording.assets.chat is not None
    sent = {d.kind for d in loaded.work.deliveries if d.state is State.SENT}
    assert sent == {Kind.CARD, Kind.RESULTS, Kind.TRANSCRIPT}
    assert not [text for text in await life.thread() if "chat" in text]
    assert await next_due(life.store) is None
