"""The bot's HTTP surface as it is wired, with its log in a file, and ways to be nasty to it."""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.sim import Sim as HmsSim
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.sim import Sim

from bot.hms.webhook import HEADER
from bot.kit.logs import configure_logs
from bot.settings import Settings
from bot.web.connections import Connections, limits_here
from bot.wiring import Components, build, utc_now
from tests.databases import migrated_copy
from tests.patience import PATIENCE_S

SIGNING_SECRET = "hostile-signing-secret-0f3a"
WEBHOOK_SECRET = "hostile-webhook-secret-77c1"
BOT_TOKEN = "xoxb-hostile-bot-token-42"
HMS_SECRET = "hostile-100ms-app-secret-5d5d5d5d5d5d5d"
OURS = (SIGNING_SECRET, WEBHOOK_SECRET, BOT_TOKEN, HMS_SECRET)
HOOK, SLACK = "/webhooks/100ms/default", "/slack/events"
FORM, JSON_TYPE = "application/x-www-form-urlencoded", "application/json"


@dataclass(repr=False)
class Target:
    """The bot under fire. `answers` are the statuses of everything it said."""

    url: str
    parts: Components
    slack: Sim
    hms: HmsSim
    database: Path
    log: Path
    http: httpx.AsyncClient
    answers: list[int] = field(default_factory=list)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text("bot")

    @property
    def address(self) -> tuple[str, int]:
        url = httpx.URL(self.url)
        return url.host, url.port or 80

    async def post(
        self, path: str, body: bytes, headers: list[tuple[str, str]] | dict[str, str]
    ) -> httpx.Response:
        pairs = headers.items() if isinstance(headers, dict) else headers
        raw = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
        answer = await self.http.post(self.url + path, content=body, headers=raw)
        self.answers.append(answer.status_code)
        return answer

    async def webhook(self, body: bytes | dict[str, Any], **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {HEADER: WEBHOOK_SECRET, "content-type": JSON_TYPE}
        return await self.post(HOOK, content, given | headers)

    async def signed(self, body: bytes, content_type: str = FORM) -> httpx.Response:
        return await self.post(SLACK, body, {"content-type": content_type, **signature(body)})

    async def command(self, text: str, **more: str) -> httpx.Response:
        trigger = self.slack.new_trigger(seed.STARTER, channel=seed.STANDUP)
        said = {"command": "/record", "text": text, "user_id": seed.STARTER}
        said |= {"channel_id": seed.STANDUP, "team_id": seed.TEAM_ID, "trigger_id": trigger}
        return await self.signed(urlencode(said | more).encode())

    async def raw(self, *pieces: bytes, pause_s: float = 0.0, half_close: bool = False) -> int:
        """What comes back to these bytes: a status, or 0 when the connection is just closed."""
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(*self.address)
            try:
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause_s)
                if half_close:
                    writer.write_eof()
                line = await reader.readline()
            except ConnectionError:
                return 0
            finally:
                writer.close()
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", line)
        status = int(found[1]) if found else 0
        self.answers.append(status)
        return status

    def logged(self) -> str:
        return self.log.read_text()


def signature(
    body: bytes, *, at_s: float | None = None, secret: str = SIGNING_SECRET
) -> dict[str, str]:
    stamp = str(int(time.time() if at_s is None else at_s))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


@asynccontextmanager
async def target(
    folder: Path, *, now: Callable[[], datetime] = utc_now, **changes: Any
) -> AsyncIterator[Target]:
    """A bot of its own, between a simulated Slack and a simulated 100ms; settings as given."""
    log, database = folder / "bot.log", folder / "record-bot.sqlite"
    migrated_copy(database)
    app = create_app(SlackConfig(bot_token=BOT_TOKEN))
    hms = HmsConfig(access_key="hostile", secret=HMS_SECRET, speed=1000, seed=False)
    with _logs_into(log):
        async with serving(app) as slack_url, serve(hms) as running:
            settings = Settings.model_validate(
                {
                    "slack_bot_token": BOT_TOKEN,
                    "slack_signing_secret": SIGNING_SECRET,
                    "slack_api_url": f"{slack_url}/api/",
                    "hms_access_key": "hostile",
                    "hms_secret": HMS_SECRET,
                    "hms_api_url": f"{running.base_url}/v2",
                    "hms_webhook_secret": WEBHOOK_SECRET,
                    "database_url": f"sqlite:///{database}",
                    **changes,
                }
            )
            async with (
                build(settings, now) as parts,
                serving(parts.web, http=Connections(limits_here()).protocol()) as url,
                new_client(timeout=PATIENCE_S) as http,
            ):
                yield Target(url, parts, app.state.sim, running.sim, database, log, http)
                await parts.background.drain(5.0)


@contextmanager
def _logs_into(log: Path) -> Iterator[None]:
    """As `record-bot run` logs, but all of it, and into a file; afterwards as it was before."""
    ours, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with log.open("w", buffering=1) as file:
        with redirect_stderr(file):
            configure_logs("DEBUG", "json")
        structlog.configure(cache_logger_on_first_use=False)
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            structlog.configure(**ours)


NASTY = st.sampled_from(
    ["", "<!channel>", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "../..",
     "{{7*7}}", "' OR 1=1 --", "%n%s", "a" * 5000, "\u202e", "<@U1|x>", "*" * 50, "1e999", "-0"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NASTY | st.text()
NAMES = NASTY | st.text(max_size=9)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
NO_EXPLAIN = [p for p in Phase if p is not Phase.explain]
fuzz = settings(
    max_examples=40,
    phases=NO_EXPLAIN,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TROUBLE = ("Traceback", '_broke"', "never awaited", "Exception in ASGI", '"error"')


def assert_calm(bot: Target) -> None:
    logged = bot.logged()
    for word in TROUBLE:
        at = logged.find(word)
        assert at < 0, f"{word}: {logged[max(0, at - 500) : at + 2500]}"
    assert not [status for status in bot.answers if status >= 500]
