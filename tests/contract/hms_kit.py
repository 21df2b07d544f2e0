"""The client of the bot and a simulated 100ms, over HTTP."""

from datetime import UTC, datetime

import httpx
from record_bot_sandbox.hms.app import RunningHms

from bot.hms.auth import ManagementTokens
from bot.hms.client import HmsClient
from bot.hms.models import Room
from bot.outbound import Outbound

SPEED = 2000


def now() -> datetime:
    return datetime.now(UTC)


def client_of(hms: RunningHms, http: httpx.AsyncClient, patience_s: float = 9) -> HmsClient:
    config = hms.sim.config
    tokens = ManagementTokens(config.access_key, config.secret, now)
    return HmsClient(
        f"{hms.base_url}/v2", tokens, http, Outbound([hms.base_url]), patience_s=patience_s
    )


async def room_named(client: HmsClient, name: str) -> Room:
    return await anext(room async for room in client.list_rooms(name=name))
