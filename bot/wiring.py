"""The composition root: constructs every part and connects them."""

import logging
import os
import platform
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import httpx
import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.core.policy import Policy
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.loop import Reconciler
from bot.features.calendars import listeners as calendars
from bot.features.card.service import CardLinks, Orphans
from bot.features.channel_settings import listeners as channel_settings
from bot.features.commands import listeners as commands
from bot.features.commands.request import Services
from bot.features.commands.service import Worlds
from bot.features.control import listeners as control
from bot.features.details import listeners as details
from bot.features.doctor import listeners as doctor
from bot.features.find import listeners as find
from bot.features.find.routes import MomentRoutes
from bot.features.follow import listeners as follow
from bot.features.forget import listeners as forget
from bot.features.history.service import Lists
from bot.features.home import listeners as home
from bot.features.home.service import Homes
from bot.features.installation import listeners as installation
from bot.features.join import listeners as join
from bot.features.meeting import listeners as meeting
from bot.features.meeting.pages import home_address
from bot.features.meeting.pages import load as load_pages
from bot.features.meeting.routes import MeetingRoutes
from bot.features.meeting.service import Meetings
from bot.features.presets import listeners as presets
from bot.features.rename import listeners as rename
from bot.features.results import listeners as results
from bot.features.rooms import listeners as rooms
from bot.features.rooms.service import RoomDirectory
from bot.features.rules import listeners as rules
from bot.features.schedules import listeners as schedules
from bot.features.schedules.listeners import Upcoming
from bot.features.share import listeners as share
from bot.features.start import listeners as start
from bot.features.start.model import Scheduling
from bot.features.unfurl import listeners as unfurl
from bot.features.unfurl.service import Unfurling
from bot.features.upcoming import listeners as upcoming
from bot.features.upcoming.listeners import UpcomingList
from bot.features.upcoming.service import Planner
from bot.features.upcoming.steps import Timekeeper
from bot.hms.auth import FixedToken, JoinTokens, ManagementTokens, TokenSource
from bot.hms.client import HmsClient
from bot.kit.background import Background
from bot.kit.metrics import BUILD
from bot.kit.shared_cooldowns import Cooldowns
from bot.kit.version import version
from bot.listeners import links as linking
from bot.listeners.app import Bot, register_errors
from bot.listeners.registry import Declared, register
from bot.listeners.shapes import reject_malformed
from bot.outbound import Outbound, system_tls
from bot.settings import Settings
from bot.slack.cooldowns import WHOLE_APP, SlackCooldowns
from bot.slack.errors import SlackError
from bot.slack.gateway import SlackGateway
from bot.slack.socket import SocketMode
from bot.slack.values import Identity
from bot.store.open import open_store
from bot.store.store import Store
from bot.store.values import Team
from bot.web.app import web_app

log = structlog.get_logger()

CALL_WITHIN_S = 8.0  # a call to Slack
HMS_CALL_WITHIN_S = 12.0  # 100ms can be slow
# `keepalive_expiry` exceeds the pause between two turns of the loop, which would else reconnect.
CONNECTIONS = httpx.Limits(max_connections=100, keepalive_expiry=30.0)
LEASE = timedelta(seconds=15)  # longer than the replicas' clocks may differ
FEATURES = (
    linking,
    commands,
    upcoming,
    calendars,
    rules,
    schedules,
    start,
    control,
    details,
    results,
    join,
    rename,
    share,
    follow,
    find,
    forget,
    unfurl,
    channel_settings,
    doctor,
    installation,
    meeting,
    presets,
    rooms,
    home,
)


class InstalledOrgWide(Exception):
    """The token is for a whole organisation, so nobody would count as a workspace member."""


@dataclass(frozen=True, slots=True)
class Components:
    """The bot, ready to run."""

    settings: Settings
    deps: Deps
    bolt: AsyncApp
    handlers: tuple[Declared, ...]
    web: Starlette
    reconciler: Reconciler
    directory: RoomDirectory
    homes: Homes
    timekeeper: Timekeeper
    background: Background
    socket: SocketMode | None


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return uuid.uuid4().hex


@asynccontextmanager
async def build(
    settings: Settings, now: Callable[[], datetime] = utc_now
) -> AsyncIterator[Components]:
    """Construct the bot, and close its parts in reverse order. Tests may pass their own clock.

    Raises SlackError if Slack does not accept the token, InstalledOrgWide, and StoreError if the
    database cannot be opened.
    """
    BUILD.info({"version": version(), "python": platform.python_version()})
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(_session())
        client = _slack_client(settings, session)
        out = await stack.enter_async_context(_outbound(settings))
        deps = await _deps(stack, settings, client, out, now)
        parts, background = _parts(deps), Background()
        bot = _bot(deps, parts, background)
        bolt = _bolt(settings, client, deps.identity)
        register_errors(bolt, bot)
        handlers = register(bolt, bot, FEATURES)
        reconciler = Reconciler(deps, DISPATCH, owner=new_id())
        pages = await _pages(settings, deps, parts.gate, parts.meetings)
        socket = (
            SocketMode(bolt, _text(settings.slack_app_token), client, reject_malformed)
            if settings.slack_app_token
            else None
        )
        yield Components(
            settings=settings,
            deps=deps,
            bolt=bolt,
            handlers=handlers,
            web=_web(settings, bolt, deps.store, pages, socket=socket, reconciler=reconciler),
            reconciler=reconciler,
            directory=parts.directory,
            homes=parts.homes,
            timekeeper=Timekeeper(deps, parts.gate, parts.rights, parts.directory, out),
            background=background,
            socket=socket,
        )


async def _deps(
    stack: AsyncExitStack,
    settings: Settings,
    client: AsyncWebClient,
    out: Outbound,
    now: Callable[[], datetime],
) -> Deps:
    """Connect to Slack, the database and 100ms. Raises as `build`."""
    identity = await SlackGateway(client, out, None).identity()
    if identity.is_org_wide:
        raise InstalledOrgWide
    store = await _open(stack, settings, identity, now)
    await store.cooldowns.end(WHOLE_APP)  # Slack has just accepted the token
    cooldowns = Cooldowns(store.cooldowns, now)
    hms = await stack.enter_async_context(_hms(settings, cooldowns, out))
    policy = Policy(webhooks=settings.hms_webhook_secret is not None).scaled(settings.time_scale)
    first, cap = policy.retry_first, policy.retry_cap
    slack_cooldowns = SlackCooldowns(
        store.cooldowns, now, cooldowns=cooldowns, first=first, cap=cap
    )
    slack = SlackGateway(client, out, slack_cooldowns)
    return Deps(
        store,
        slack,
        hms,
        policy,
        identity,
        now,
        new_id,
        settings.short_secrets,
        timedelta(days=settings.transcript_retention_days),
        timedelta(days=settings.record_retention_days) or None,
        settings.public_url,
        _join_tokens(settings),
        settings.hms_domain,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What several features use, one of each."""

    gate: Gate
    rights: Rights
    visibility: Visibility
    directory: RoomDirectory
    links: CardLinks
    lists: Lists
    homes: Homes
    meetings: Meetings


def _parts(deps: Deps) -> _Parts:
    rights = Rights(deps)
    visibility, links = Visibility(deps, rights.people), CardLinks(deps)
    gate = Gate(deps, rights.people, visibility)
    lists = Lists(deps, gate, links)
    return _Parts(
        gate=gate,
        rights=rights,
        visibility=visibility,
        directory=RoomDirectory(deps),
        links=links,
        lists=lists,
        homes=Homes(deps, gate, lists),
        meetings=Meetings(deps, gate, rights),
    )


def _bot(deps: Deps, parts: _Parts, background: Background) -> Bot:
    """Make what every handler gets, with the services that handlers name by their type."""
    gate, rights, directory, links = parts.gate, parts.rights, parts.directory, parts.links
    worlds = Worlds(deps, gate, rights, directory)
    return Bot(
        deps,
        background,
        gate,
        rights,
        {
            CardLinks: links,
            Homes: parts.homes,
            Meetings: parts.meetings,
            RoomDirectory: directory,
            Scheduling: Planner(deps, gate, rights),
            Upcoming: UpcomingList(),
            Unfurling: Unfurling(deps, rights, directory, parts.visibility, links),
            Services: Services(directory, parts.lists, links, worlds),
        },
        home_changed=parts.homes.again,
        card_clicked=Orphans(deps).clicked,
    )


async def keep_missing_transcripts(settings: Settings) -> int:
    """Queue transcripts missing from the search, for `record-bot reindex`. Return how many.

    Raises SlackError, StoreError.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(_session())
        out = await stack.enter_async_context(_outbound(settings))
        slack = SlackGateway(_slack_client(settings, session), out, None)
        store = await _open(stack, settings, await slack.identity())
        since = utc_now() - timedelta(days=settings.transcript_retention_days)
        return await store.queue.keep_missing_transcripts(since)


async def _open(
    stack: AsyncExitStack,
    settings: Settings,
    identity: Identity,
    now: Callable[[], datetime] = utc_now,
) -> Store:
    team = Team(identity.team_id, identity.enterprise_id)
    store = await open_store(settings.database_url, team=team, now=now, lease=LEASE)
    stack.push_async_callback(store.close)
    return store


def _session() -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(total=CALL_WITHIN_S, connect=3.0)
    return aiohttp.ClientSession(timeout=timeout)


def _outbound(settings: Settings) -> Outbound:
    own = (settings.slack_api_url, settings.hms_api_url)
    return Outbound(own, patience_s=HMS_CALL_WITHIN_S)


def _slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Make a client that never retries: the reconciler does, and a blind retry may post twice."""
    return AsyncWebClient(
        token=_text(settings.slack_bot_token),
        base_url=settings.slack_api_url.rstrip("/") + "/",
        session=session,
        retry_handlers=[],
    )


def _bolt(settings: Settings, client: AsyncWebClient, identity: Identity) -> AsyncApp:
    """Make the Bolt app, which never asks Slack for the bot's identity again."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        if os.environ.pop(name, None) is not None:
            log.warning("setting_ignored", name=name, why="it would switch Bolt to OAuth")

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise_id or None,
            team_id=identity.team_id,
            bot_token=client.token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )

    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)  # below that Bolt logs bodies, which contain typed text
    return AsyncApp(
        client=client,
        logger=logger,
        # Any but that of our logger, whose level Bolt would set at each request. Without a name,
        # Bolt reads the source of every frame of the stack to find one.
        name="bolt",
        signing_secret=_text(settings.slack_signing_secret),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # the endpoint verifies before Bolt parses
        raise_error_for_unhandled_request=True,  # Bolt would otherwise log the body
    )


@asynccontextmanager
async def _hms(settings: Settings, cooldowns: Cooldowns, out: Outbound) -> AsyncIterator[HmsClient]:
    timeout = httpx.Timeout(HMS_CALL_WITHIN_S, connect=3.0)
    tls = system_tls()
    async with httpx.AsyncClient(timeout=timeout, limits=CONNECTIONS, verify=tls) as http:
        yield HmsClient(
            settings.hms_api_url,
            _tokens(settings),
            http,
            out,
            patience_s=HMS_CALL_WITHIN_S,
            cooldowns=cooldowns,
        )


def _join_tokens(settings: Settings) -> JoinTokens | None:
    if settings.hms_secret is None or settings.hms_access_key is None:
        return None
    return JoinTokens(settings.hms_access_key, _text(settings.hms_secret), utc_now)


def _tokens(settings: Settings) -> TokenSource:
    if settings.hms_management_token:
        return FixedToken(_text(settings.hms_management_token))
    return ManagementTokens(settings.hms_access_key or "", _text(settings.hms_secret), utc_now)


async def _pages(settings: Settings, deps: Deps, gate: Gate, meetings: Meetings) -> list[Route]:
    """Make the routes of the meeting pages; none without PUBLIC_URL."""
    if settings.public_url is None:
        return []
    try:
        app = await deps.slack.app_id(deps.identity.bot_id)
    except SlackError as failed:
        log.warning("app_id_unknown", why=str(failed))
        app = None
    home = home_address(settings.slack_api_url, deps.identity, app)
    pages = load_pages(home=home, bot=deps.identity.name)
    where = {"public_url": settings.public_url, "hms_api_url": settings.hms_api_url}
    return [
        *MomentRoutes(deps, gate, meetings, **where).routes(),
        *MeetingRoutes(meetings, pages, **where).routes(),
    ]


def _web(
    settings: Settings,
    bolt: AsyncApp,
    store: Store,
    pages: Sequence[Route],
    *,
    socket: SocketMode | None,
    reconciler: Reconciler,
) -> Starlette:
    return web_app(
        pages=pages,
        bolt=bolt,
        store=store,
        signing_secret=_text(settings.slack_signing_secret) or None,
        webhook_secret=_text(settings.hms_webhook_secret) or None,
        metrics_token=_text(settings.metrics_token) or None,
        connected=lambda: socket is None or socket.connected,
        stalled=reconciler.stalled,
        now=utc_now,
    )


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
