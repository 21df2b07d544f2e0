"""What Slack says of the tokens."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.doctor.cli.clock import Clocks
from bot.features.doctor.cli.findings import Finding, failed, note, ok, shown
from bot.features.doctor.cli.given import Given
from bot.features.doctor.scopes import SCOPES, missing_scopes
from bot.outbound import Outbound
from bot.settings import ONE_WORKSPACE, ORG_WIDE, WHERE
from bot.slack.errors import WIRE_ERRORS, NotAuthorized, SlackError, SlackRefused, error_from
from bot.slack.gateway import SlackGateway

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
BOT_TOKEN, APP_TOKEN, SECRET, SCOPE = "Bot token", "App token", "Signing secret", "Scopes"
REINSTALL = (
    "paste the output of `record-bot manifest` into the Slack app's “App Manifest”, "
    "then install the app again"
)
UNREACHED = "check the network, a proxy, and SLACK_API_URL"


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
    """auth.test: the only call that also lists what the token may do."""
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
    return [ok(BOT_TOKEN, who), scopes_finding(identity.scopes)]


def scopes_finding(granted: Iterable[str]) -> Finding:
    """What was granted, against the manifest's table."""
    granted = frozenset(granted)
    if not granted:
        return note(SCOPE, "Slack did not say what the token may do")
    missing = missing_scopes(granted)
    if missing:
        told = " ".join(f"{scope.name} is missing: {scope.reason}" for scope in missing)
        return failed(SCOPE, told, REINSTALL)
    extra = sorted(granted - {scope.name for scope in SCOPES})
    if extra:
        hint = "the bot never uses them; you may take them away from the Slack app"
        return ok(SCOPE, f"all there; more than needed: {shown(', '.join(extra))}", hint)
    return ok(SCOPE, f"all {len(SCOPES)} are there, and no more")


async def _app(given: Given, session: aiohttp.ClientSession) -> Finding:
    """apps.connections.open gives an address; nothing connects to it here."""
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
        return failed(check, f"Slack refuses ({shown(error.error)})", "see Slack's page of errors")
    return failed(check, f"Slack cannot be reached ({shown(str(error))})", UNREACHED)
