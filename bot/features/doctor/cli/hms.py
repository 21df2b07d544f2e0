"""What 100ms says of the credentials, and of the rooms."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import jwt
from pydantic import SecretStr

from bot.features.doctor.cli.clock import Clocks
from bot.features.doctor.cli.findings import Finding, failed, note, ok, shown, warning
from bot.features.doctor.cli.given import Given
from bot.features.doctor.cli.webhook import check_webhook
from bot.hms.auth import FixedToken, ManagementTokens, TokenSource
from bot.hms.client import HmsClient
from bot.hms.errors import HmsError, HmsRefused, HmsUnauthorized
from bot.hms.models import Room
from bot.hms.transport import Transport
from bot.outbound import Outbound
from bot.settings import WHERE, Settings

CREDENTIALS, TOKEN, ROOMS = "100ms credentials", "100ms token", "Webhooks of rooms"
PATIENCE_S = 10.0
ROOMS_WITHIN_S = 20.0
ENOUGH_ROOMS = 1000
NAMED_AT_MOST = 5
ENDS_SOON = timedelta(days=3)


async def check_hms(given: Given, clocks: Clocks) -> list[Finding]:
    settings = given.settings
    if not given.has("hms_access_key", "hms_secret", "hms_api_url"):
        return [note(CREDENTIALS, "not tried, see above")]
    async with _http(clocks) as http, Outbound() as out:
        tokens = _tokens(settings, clocks)
        client = HmsClient(settings.hms_api_url, tokens, http, out, patience_s=PATIENCE_S)
        try:
            rooms, complete = await _rooms(client)
        except HmsError as error:
            return [credentials_refused(error, settings, clock_off=clocks.off("100ms"))]
        seen = f"{'' if complete else 'at least '}{len(rooms)} room{'s' * (len(rooms) != 1)} seen"
        findings = [ok(CREDENTIALS, f"accepted; {seen}"), *_token_end(settings, clocks.now())]
        transport = Transport(settings.hms_api_url, tokens, http, PATIENCE_S)
        return [
            *findings,
            *rooms_finding(rooms),
            await check_webhook(transport, settings.hms_webhook_secret is not None, clocks.now()),
        ]


@asynccontextmanager
async def _http(clocks: Clocks) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(event_hooks={"response": [clocks.on_hms]}) as http:
        yield http


def _tokens(settings: Settings, clocks: Clocks) -> TokenSource:
    if settings.hms_management_token:
        return FixedToken(settings.hms_management_token.get_secret_value())
    secret = settings.hms_secret.get_secret_value() if settings.hms_secret else ""
    return ManagementTokens(settings.hms_access_key or "", secret, clocks.now)


async def _rooms(client: HmsClient) -> tuple[list[Room], bool]:
    """The rooms, and whether these are all. An account may have more than we care to wait for."""
    rooms: list[Room] = []
    try:
        async with asyncio.timeout(ROOMS_WITHIN_S):
            async for room in client.list_rooms():
                rooms.append(room)
                if len(rooms) == ENOUGH_ROOMS:
                    return rooms, False
    except TimeoutError:
        return rooms, False
    return rooms, True


def credentials_refused(error: HmsError, settings: Settings, *, clock_off: bool) -> Finding:
    if isinstance(error, HmsUnauthorized):
        said = shown("; ".join([error.message, *error.details]))
        found = f"100ms does not accept them (401: {said})"
        if clock_off:
            return failed(CREDENTIALS, found, "set the clock first (see there), then look again")
        if settings.hms_management_token:
            return failed(
                CREDENTIALS,
                f"{found}; tokens from the dashboard end after some days",
                "set HMS_ACCESS_KEY and HMS_SECRET, and take HMS_MANAGEMENT_TOKEN out",
            )
        fix = f"copy both again: {WHERE['HMS_ACCESS_KEY']}; {WHERE['HMS_SECRET']}"
        return failed(CREDENTIALS, found, fix)
    if isinstance(error, HmsRefused):
        fix = "check HMS_API_URL, and what these credentials may do"
        return failed(CREDENTIALS, f"100ms refuses ({shown(str(error))})", fix)
    fix = "check the network, a proxy, and HMS_API_URL"
    return failed(CREDENTIALS, f"100ms cannot be reached ({shown(str(error))})", fix)


def _token_end(settings: Settings, now: datetime) -> list[Finding]:
    """A token from the dashboard cannot be renewed by us. When it ends is written in it."""
    end = _end_of(settings.hms_management_token) if settings.hms_management_token else None
    if end is None:
        return []
    found = f"HMS_MANAGEMENT_TOKEN ends on {end:%Y-%m-%d at %H:%M} UTC, and the bot with it"
    fix = "set HMS_ACCESS_KEY and HMS_SECRET in its place"
    return [warning(TOKEN, found, fix) if end - now < ENDS_SOON else note(TOKEN, found, fix)]


def _end_of(token: SecretStr) -> datetime | None:
    try:
        claims = jwt.decode(token.get_secret_value(), options={"verify_signature": False})
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def rooms_finding(rooms: list[Room]) -> list[Finding]:
    """A room's own webhook takes the place of the workspace's."""
    own = [shown(room.name or room.id) for room in rooms if room.own_webhook]
    if not own:
        return []
    names = ", ".join(own[:NAMED_AT_MOST])
    more = f" and {len(own) - NAMED_AT_MOST} more" if len(own) > NAMED_AT_MOST else ""
    return [
        warning(
            ROOMS,
            f"{names}{more}: 100ms sends their events to an address of their own, "
            "so the bot learns late what happens there",
            "send them to the bot as well, or take the webhook off these rooms",
        )
    ]
