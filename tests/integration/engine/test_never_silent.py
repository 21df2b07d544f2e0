"""What never comes is late first, then given up, and people read what to do: hours in seconds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.hms.sim import Sim as HmsSim
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.seed import STANDUP, STARTER
from record_bot_sandbox.slack.seen import SeenMessage

from bot.core.deliveries import DeliveryState, Kind
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

# What PostgreSQL does otherwise is tried in tests/contract/store.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
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
    hms: HmsSim

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

    async def results(self) -> str:
        """The one message that calls people."""
        (results,) = [text for text in await self.thread() if " ready." in text]
        return results


@pytest.fixture
async def life(store: Store, clock: Clock) -> AsyncIterator[Life]:
    clock.time = datetime.now(UTC)  # where both sides begin; ours then runs ahead
    async with (
        slack() as world,
        serve(HmsConfig(speed=3000)) as hms,
        PatientDriver(hms.base_url, hms.sim.config) as driver,
        new_client() as http,
    ):
        config = hms.sim.config
        tokens = ManagementTokens(config.access_key, config.secret, lambda: datetime.now(UTC))
        client = HmsClient(f"{hms.base_url}/v2", tokens, http, Outbound([hms.base_url]))
        door = SlackGateway(world.client, Outbound([world.url]), None)
        identity = await door.identity()
        deps = Deps(store, door, client, POLICY, identity, clock.now, lambda: uuid4().hex)
        yield Life(deps, store, clock, driver, world, hms.sim)


UNREAD = (
    "100ms made a transcript, but the bot could not read its file. Press Transcript to open it."
)
LATE = "The transcript is taking longer than usual; still checking with 100ms."
OVER = "The transcript did not arrive in time. If it is made later, find it in the 100ms dashboard."


async def test_a_transcript_that_never_comes(life: Life) -> None:
    await life.driver.sim("/faults", {"kind": "transcript_never"})
    key = await life.recorded(transcription=True)
    begun = life.clock.now()
    await life.until(begun + 4 * 60 * S)
    assert "Transcript expected" in (await life.card()).text
    await life.until(begun + 29 * 60 * S)
    assert [text for text in await life.thread() if text] == [], "people still wait"
    await life.until(begun + 31 * 60 * S)
    assert LATE in (await life.card()).text
    results = await life.results()
    assert "The video is ready." in results
    assert "The transcript has not arrived yet. If it does, it will be added here." in results
    assert f"<@{STARTER}>" in results
    await life.until(begun + 5 * HOUR)
    card, results = await life.card(), await life.results()
    assert OVER in card.text
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
    await life.until(begun + 25 * 60 * S)
    results = await life.results()
    assert "100ms reports a transcript, but the bot cannot read it yet." in results
    await life.until(begun + 10 * HOUR)
    card, results = await life.card(), await life.results()
    assert UNREAD in card.text
    assert UNREAD in results
    (chat,) = [text for text in await life.thread() if text and text != results]
    assert chat == "100ms did not release the chat file. Open Details to see its files."
    assert "Transcript" in [b["text"]["text"] for b in card.blocks[-1]["elements"]]
    assert await next_due(life.store) is None


async def test_storage_that_refuses_the_transcript_is_said_within_minutes(life: Life) -> None:
    fault = {"kind": "status", "path": "/v2/recording-assets/*/presigned-url", "status": 403}
    await life.driver.sim("/faults", fault)
    await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    await life.until(life.clock.now() + 5 * 60 * S)
    results = await life.results()
    assert "The video is ready." in results
    assert "100ms lists a transcript, but refuses to release its files (HTTP 403)." in results
    assert "did not arrive" not in results
    assert "Transcript" in [b["text"]["text"] for b in (await life.card()).blocks[-1]["elements"]]


async def test_what_comes_late_is_added_by_an_edit_and_its_file_calls_nobody(life: Life) -> None:
    fault = {"kind": "status", "path": "/v2/recording-assets/*/presigned-url", "status": 503}
    await life.driver.sim("/faults", fault)
    key = await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    await life.until(life.clock.now() + 12 * 60 * S)
    assert "The video is ready." in await life.results()
    await life.driver.sim("/faults", {"clear": True})
    await life.until(life.clock.now() + 12 * 60 * S)
    assert "The video and transcript are ready." in await life.results()
    thread = await life.thread()
    assert len([text for text in thread if f"<@{STARTER}>" in text]) == 1
    loaded = await life.store.recordings.load(key)
    sent = {d.kind for d in loaded.work.deliveries if d.state is DeliveryState.SENT and d.file_id}
    assert sent == {Kind.TRANSCRIPT}


async def test_a_summary_that_was_read_is_not_lost_when_its_file_cannot_be_read_any_more(
    life: Life,
) -> None:
    key = await life.recorded(transcription=True, summary=True)
    await life.driver.event("transcription.success")
    begun = life.clock.now()
    await life.world.ines.tell("faults", method="chat.postMessage", http_status=500, times=99)
    await life.until(begun + 10 * S)  # read once, and not yet posted
    assert (await life.recording(key)).results
    fault = {"kind": "status", "path": "/v2/recording-assets/*/presigned-url", "status": 403}
    await life.driver.sim("/faults", fault)
    await life.world.ines.forget("faults")
    await life.until(begun + 10 * HOUR)
    results = await life.results()
    assert "could not be read" not in results
    assert "checklist &amp; the budget" in results
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
    sent = {d.kind for d in loaded.work.deliveries if d.state is DeliveryState.SENT}
    assert sent == {Kind.CARD, Kind.RESULTS, Kind.TRANSCRIPT, Kind.KEPT}
    assert not [text for text in await life.thread() if "chat" in text]
    assert await next_due(life.store) is None
