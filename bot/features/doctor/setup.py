"""Checks the set-up of the bot: settings, Slack, 100ms, the clock, the database.

The bot need not run, and nothing is changed. Pure functions evaluate the collected data.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import httpx
import jwt
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.doctor.checks import Collected, findings
from bot.features.doctor.database import check_database, count_dead_letters
from bot.features.doctor.model import CLOCK_FIX, Finding, apart, failed, note, ok, shown, warning
from bot.features.doctor.pages import check_pages
from bot.features.doctor.webhook import check_webhook
from bot.hms.auth import FixedToken, ManagementTokens, TokenSource
from bot.hms.client import HmsClient
from bot.hms.errors import HmsError, HmsRefused, HmsUnauthorized
from bot.hms.models import Room
from bot.hms.transport import Transport
from bot.outbound import Outbound, system_tls
from bot.settings import (
    ONE_WORKSPACE,
    ORG_WIDE,
    WHERE,
    Settings,
    judged,
    way_out,
)
from bot.slack.errors import WIRE_ERRORS, NotAuthorized, SlackError, SlackRefused, error_from
from bot.slack.gateway import SlackGateway

OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
CLOCK_MAY_BE_OFF = timedelta(seconds=60)
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
BOT_TOKEN, APP_TOKEN, SECRET = "Bot token", "App token", "Signing secret"
UNREACHED = "check the network, a proxy, and SLACK_API_URL"
CREDENTIALS, TOKEN, ROOMS = "100ms credentials", "100ms token", "Webhooks of rooms"
PATIENCE_S = 10.0
ROOMS_WITHIN_S = 20.0
ENOUGH_ROOMS = 1000
NAMED_AT_MOST = 5
ENDS_SOON = timedelta(days=3)


def utc_now() -> datetime:
    return datetime.now(UTC)


async def doctor(env_file: Path | None, now: Callable[[], datetime] = utc_now) -> list[Finding]:
    """Run all checks; return the findings in reading order.

    Takes at most about half a minute. Raises SettingsError for an unreadable file.
    """
    given, clocks = read_settings(env_file), Clocks(now)
    slack, hms, pages, database = await asyncio.gather(
        check_slack(given, clocks),
        check_hms(given, clocks),
        check_pages(given.settings.public_url),
        check_database(given.settings.database_url, now),
    )
    known = Collected(
        scopes=given.scopes,
        short_secrets=given.settings.short_secrets,
        dead=await count_dead_letters(given.settings.database_url),
        pages=pages,
    )
    service = [*slack, *hms, clock_finding(clocks), database]
    return [*given.findings, *service, *findings(known)]


@dataclass(slots=True)
class Given:
    """The settings. Those named in `wrong` (lower case) are placeholders in `settings`; do not use.

    `scopes`: the bot token's, once Slack has accepted it.
    """

    settings: Settings
    wrong: frozenset[str]
    findings: tuple[Finding, ...]
    scopes: Collection[str] | None = None

    def has(self, *names: str) -> bool:
        return self.wrong.isdisjoint(names)


def read_settings(env_file: Path | None) -> Given:
    """Read and validate all settings. Raises SettingsError if the file cannot be read."""
    found = judged(env_file)
    settings = found.settings
    findings = [failed("Settings", what, way_out(name)) for name, what in found.problems]
    if not findings:
        mode = "Socket Mode" if settings.socket_mode else "HTTP"
        findings = [ok("Settings", f"complete, for {mode}")]
    findings += [
        warning("Settings", f"{env_file} has {odd}, which is not a setting", f"is {meant} meant?")
        for odd, meant in found.misspelt.items()
    ]
    findings += _oauth_trap()
    return Given(settings, found.wrong, tuple(findings))


def _oauth_trap() -> list[Finding]:
    there = [name for name in OAUTH if os.environ.get(name)]
    if not there:
        return []
    fix = "remove them from the environment"
    why = "Slack's library would use OAuth instead of SLACK_BOT_TOKEN, so the bot ignores them"
    return [warning("Environment", f"{' and '.join(there)}: {why}", fix)]


@dataclass(slots=True)
class Clocks:
    """How far our clock is `ahead` of each service's, from the Date headers of other checks."""

    now: Callable[[], datetime]
    ahead: dict[str, timedelta] = field(default_factory=dict)

    def heard(self, service: str, date: str | None) -> None:
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=UTC)
        self.ahead[service] = self.now() - theirs

    def off(self, service: str) -> bool:
        return abs(self.ahead.get(service, timedelta(0))) > CLOCK_MAY_BE_OFF

    def on_slack(self) -> aiohttp.TraceConfig:
        async def ended(
            _: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams
        ) -> None:
            self.heard("Slack", end.response.headers.get("Date"))

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(ended)
        return trace

    async def on_hms(self, response: httpx.Response) -> None:
        self.heard("100ms", response.headers.get("Date"))


def clock_finding(clocks: Clocks) -> Finding:
    """Judge the clock: Slack signatures expire in 5 minutes; 100ms tokens have a start time."""
    if not clocks.ahead:
        return note("Clock", "no service answered with a date to compare")
    if not any(map(clocks.off, clocks.ahead)):
        return ok("Clock", f"agrees with {' and '.join(sorted(clocks.ahead))}")
    off = [f"{apart(ahead)} {service}" for service, ahead in sorted(clocks.ahead.items())]
    broken = "Slack's requests would look forged, and 100ms would refuse our tokens"
    return failed("Clock", f"this machine is {', '.join(off)}: {broken}", CLOCK_FIX)


async def check_slack(given: Given, clocks: Clocks) -> list[Finding]:
    async with _session(clocks) as session:
        findings = await _bot(given, session)
        if given.settings.slack_app_token:
            return [*findings, await _app(given, session)]
    return [*findings, *_signing_secret(given)]


@asynccontextmanager
async def _session(clocks: Clocks) -> AsyncIterator[aiohttp.ClientSession]:
    traces = [clocks.on_slack()]
    async with aiohttp.ClientSession(timeout=TIMEOUT, trace_configs=traces) as session:
        yield session


def _client(
    given: Given, session: aiohttp.ClientSession, token: SecretStr | None
) -> AsyncWebClient:
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=given.settings.slack_api_url.rstrip("/") + "/",
        session=session,
        retry_handlers=[],
    )


async def _bot(given: Given, session: aiohttp.ClientSession) -> list[Finding]:
    """Check the bot token with auth.test, the only call that also returns its scopes."""
    if not given.has("slack_bot_token", "slack_api_url"):
        return []
    client = _client(given, session, given.settings.slack_bot_token)
    try:
        async with Outbound() as out:
            identity = await SlackGateway(client, out, None).identity()
    except NotAuthorized as refused:
        fix = f"install the app again and copy the new token: {WHERE['SLACK_BOT_TOKEN']}"
        return [failed(BOT_TOKEN, f"Slack does not accept it ({shown(refused.error)})", fix)]
    except SlackError as error:
        return [_no_answer(BOT_TOKEN, error)]
    if identity.is_org_wide:
        return [failed(BOT_TOKEN, f"of {ORG_WIDE}: the bot does not start", ONE_WORKSPACE)]
    who = f"{shown(identity.name)} in the workspace {shown(identity.team)}"
    given.scopes = identity.scopes
    return [ok(BOT_TOKEN, who)]


async def _app(given: Given, session: aiohttp.ClientSession) -> Finding:
    """Check the app token with apps.connections.open, without connecting to the returned URL."""
    if not given.has("slack_app_token", "slack_api_url"):
        return note(APP_TOKEN, "not tried, see above")
    token = given.settings.slack_app_token
    client = _client(given, session, token)
    try:
        await client.apps_connections_open(app_token=token.get_secret_value() if token else "")
    except WIRE_ERRORS as raised:
        error = error_from(raised)
        if not isinstance(error, SlackRefused):
            return _no_answer(APP_TOKEN, error)
        fix = f"switch Socket Mode on, and make a new token: {WHERE['SLACK_APP_TOKEN']}"
        return failed(APP_TOKEN, f"Slack gives no connection ({shown(error.error)})", fix)
    return ok(APP_TOKEN, "Slack offers a connection for Socket Mode")


def _signing_secret(given: Given) -> list[Finding]:
    if not given.has("slack_signing_secret"):
        return []
    found = "it is set; only a request from Slack can prove that it is right"
    fix = f"if Slack's requests get a 401, copy it again: {WHERE['SLACK_SIGNING_SECRET']}"
    return [note(SECRET, found, fix)]


def _no_answer(check: str, error: SlackError) -> Finding:
    if isinstance(error, SlackRefused):
        return failed(
            check,
            f"Slack refuses ({shown(error.error)})",
            "look it up in Slack's documentation",
        )
    return failed(check, f"Slack cannot be reached ({shown(str(error))})", UNREACHED)


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
    hooks = {"response": [clocks.on_hms]}
    async with httpx.AsyncClient(event_hooks=hooks, verify=system_tls()) as http:
        yield http


def _tokens(settings: Settings, clocks: Clocks) -> TokenSource:
    if settings.hms_management_token:
        return FixedToken(settings.hms_management_token.get_secret_value())
    secret = settings.hms_secret.get_secret_value() if settings.hms_secret else ""
    return ManagementTokens(settings.hms_access_key or "", secret, clocks.now)


async def _rooms(client: HmsClient) -> tuple[list[Room], bool]:
    """Return the first rooms, and whether these are all: an account may have very many."""
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
            return failed(
                CREDENTIALS, found, "first set the clock (see Clock), then run this again"
            )
        if settings.hms_management_token:
            return failed(
                CREDENTIALS,
                f"{found}; tokens from the dashboard expire after some days",
                "set HMS_ACCESS_KEY and HMS_SECRET, and remove HMS_MANAGEMENT_TOKEN",
            )
        fix = f"copy both again: {WHERE['HMS_ACCESS_KEY']}; {WHERE['HMS_SECRET']}"
        return failed(CREDENTIALS, found, fix)
    if isinstance(error, HmsRefused):
        fix = "check HMS_API_URL and the permissions of these credentials"
        return failed(CREDENTIALS, f"100ms refuses ({shown(str(error))})", fix)
    fix = "check the network, a proxy, and HMS_API_URL"
    return failed(CREDENTIALS, f"100ms cannot be reached ({shown(str(error))})", fix)


def _token_end(settings: Settings, now: datetime) -> list[Finding]:
    """Report the expiry of a dashboard token, which the bot cannot renew."""
    end = _end_of(settings.hms_management_token) if settings.hms_management_token else None
    if end is None:
        return []
    found = f"HMS_MANAGEMENT_TOKEN expires on {end:%Y-%m-%d at %H:%M} UTC; the bot stops then"
    fix = "set HMS_ACCESS_KEY and HMS_SECRET instead"
    return [warning(TOKEN, found, fix) if end - now < ENDS_SOON else note(TOKEN, found, fix)]


def _end_of(token: SecretStr) -> datetime | None:
    try:
        claims = jwt.decode(token.get_secret_value(), options={"verify_signature": False})
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def rooms_finding(rooms: list[Room]) -> list[Finding]:
    """Report rooms with their own webhook, which replaces the workspace's."""
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
            "send them to the bot as well, or remove the webhook from these rooms",
        )
    ]
