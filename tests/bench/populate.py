"""A database with many open recordings, as if the bot had started them: facts, cards, asks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from record_bot_sandbox.slack import seed

from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Work
from bot.core.derive import derive
from bot.core.facts import (
    BeamStarted,
    Fact,
    Observed,
    StartAccepted,
    StartAttempted,
    StartRequested,
)
from bot.core.note import Note
from bot.core.options import RecordingOptions
from bot.core.plan import poll_at
from bot.core.policy import Policy
from bot.features.card.views import recording_card
from bot.store.open import open_store
from bot.store.store import Store
from bot.store.values import Team
from bot.ui.message import content_hash

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
BOT_NAME = "record"  # of the simulated bot, which its card mentions
S = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Open:
    """One recording that runs. `card_ts` is its card; 100ms is asked for it every `ask_every`."""

    key: str
    hms_id: str
    room_id: str
    session_id: str
    card_ts: str
    ask_every: timedelta


async def populate(database_url: str, number: int, slack_url: str, token: str) -> list[Open]:
    """Running recordings with their cards posted."""
    store = await open_store(
        database_url,
        team=Team(seed.TEAM_ID),
        now=lambda: datetime.now(UTC),
        lease=timedelta(seconds=30),
    )
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            base_url=f"{slack_url}/api", headers=headers, trust_env=False
        ) as slack:
            return [await _one(store, slack, i) for i in range(number)]
    finally:
        await store.close()


async def _one(store: Store, slack: httpx.AsyncClient, i: int) -> Open:
    key, hms_id = f"bench-{i:05}", f"{0xBEC:08x}{i:016x}"
    room_id, session_id = f"{0xBED:08x}{i:016x}", f"{0xBEE:08x}{i:016x}"
    requested = StartRequested(
        at=BEGAN,
        request_id=f"bench:{i}",
        room_id=room_id,
        room_name=f"Bench room {i}",
        options=RecordingOptions(),
        by=seed.STARTER,
        channel_id=seed.STANDUP,
        via="command",
    )
    facts: list[Fact] = [
        StartAttempted(at=BEGAN + S),
        StartAccepted(at=BEGAN + S, hms_id=hms_id),
        BeamStarted(at=BEGAN + 5 * S, session_id=session_id, started_at=BEGAN + 5 * S),
        Observed(
            at=BEGAN + 6 * S, status="running", session_id=session_id, started_at=BEGAN + 5 * S
        ),
    ]
    recording = derive(key, [requested, *facts])
    card = recording_card(recording, late=False, transcript_expected_at=None, bot=BOT_NAME)
    answer = await slack.post("/chat.postMessage", json={"channel": seed.STANDUP, **card.payload()})
    posted = answer.raise_for_status().json()
    sent = Delivery(
        Kind.CARD,
        seed.STANDUP,
        DeliveryState.SENT,
        posted_in=posted["channel"],
        ts=posted["ts"],
        hash=content_hash(card),
    )
    polled = Polled(datetime.now(UTC), 6)
    await store.recordings.create(key, requested)
    await store.recordings.record(
        key, Note(facts=facts, aliases=[f"beam-{hms_id}"], deliveries=[sent], polled=polled)
    )
    every = poll_at(recording, Work(polled=Polled(BEGAN, 1)), Policy()) - BEGAN
    return Open(key, hms_id, room_id, session_id, posted["ts"], every)


def running_at(hms_id: str) -> dict[str, object]:
    """What 100ms answers about any of them: as known, so an ask brings nothing new."""
    i = int(hms_id[8:], 16)
    began = (BEGAN + 5 * S).isoformat().replace("+00:00", "Z")
    return {
        "id": hms_id,
        "room_id": f"{0xBED:08x}{i:016x}",
        "session_id": f"{0xBEE:08x}{i:016x}",
        "status": "running",
        "created_at": began,
        "started_at": began,
        "updated_at": began,
        "stopped_at": None,
        "asset_types": ["room-composite"],
        "recording_assets": None,
    }
