"""A doctor's surroundings: a simulated Slack and 100ms, and an environment that names them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.sim import Sim
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.features.doctor.model import Finding, Verdict
from bot.features.doctor.report import print_report
from bot.features.doctor.scopes import SCOPES
from bot.features.doctor.setup import doctor
from bot.features.doctor.webhook import PATH
from bot.settings import Settings
from tests.patience import PatientDriver

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-secret-of-the-bot",
    "SLACK_APP_TOKEN": "xapp-secret-of-the-app",
    "SLACK_SIGNING_SECRET": "secret-signature-of-slack",
    "HMS_SECRET": "secret-of-100ms-that-is-long-enough",
    "HMS_WEBHOOK_SECRET": "secret-in-the-header-of-webhooks",
}
ACCESS_KEY = "access-key"
JUST_ENOUGH = frozenset(scope.name for scope in SCOPES)


@dataclass
class Surroundings:
    """`env` is what the bot is given; change it before asking the doctor."""

    monkeypatch: pytest.MonkeyPatch
    env: dict[str, str]
    driver: Driver
    slack: Sim
    status: int = 200  # what the bot's endpoint answers to webhooks
    ahead: timedelta = timedelta(0)
    findings: list[Finding] = field(default_factory=list)

    async def doctor(self) -> list[Finding]:
        for name in (*map(str.upper, Settings.model_fields), "SLACK_CLIENT_ID"):
            self.monkeypatch.delenv(name, raising=False)
        for name, value in self.env.items():
            self.monkeypatch.setenv(name, value)
        self.findings = await doctor(None, lambda: datetime.now(UTC) + self.ahead)
        shown = printed(self.findings)
        assert [s for s in SECRETS.values() if s in shown.replace("\n", "")] == []
        return self.findings

    def verdicts(self) -> dict[str, Verdict]:
        return {finding.check: finding.verdict for finding in self.findings}

    def of(self, check: str) -> Finding:
        [found] = [finding for finding in self.findings if finding.check == check]
        return found

    async def webhooks(self, url: str) -> None:
        """Point 100ms' webhooks there, and have one sent."""
        headers = {"X-Record-Bot-Secret": SECRETS["HMS_WEBHOOK_SECRET"]}
        await self.driver.sim("/webhooks", {"url": url, "headers": headers})
        peer = await self.driver.sim("/rooms/standup/join", {"name": "Gil"})
        await self.driver.event("peer.join.success", peer_id=peer["id"])


@asynccontextmanager
async def surroundings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **slack: Any
) -> AsyncIterator[Surroundings]:
    """Everything as it should be, over HTTP and with webhooks."""
    config = SlackConfig(
        bot_token=SECRETS["SLACK_BOT_TOKEN"],
        app_token=SECRETS["SLACK_APP_TOKEN"],
        **{"scopes": JUST_ENOUGH, **slack},
    )
    hms = HmsConfig(access_key=ACCESS_KEY, secret=SECRETS["HMS_SECRET"], speed=3000, seed=False)
    app = create_app(config)
    async with (
        serving(app) as slack_url,
        serve(hms) as running,
        PatientDriver(running.base_url, hms) as driver,
    ):
        env = {name: value for name, value in SECRETS.items() if name != "SLACK_APP_TOKEN"}
        env |= {
            "HMS_ACCESS_KEY": ACCESS_KEY,
            "SLACK_API_URL": f"{slack_url}/api/",
            "HMS_API_URL": f"{running.base_url}/v2",
            "DATABASE_URL": f"sqlite:///{tmp_path}/record-bot.sqlite",
        }
        await driver.sim("/rooms", {"name": "standup", "template": "meetings"})
        around = Surroundings(monkeypatch, env, driver, app.state.sim)
        async with serving(_bot(around)) as bot_url:
            await around.webhooks(f"{bot_url}{PATH}")
            yield around
        assert app.state.sim.problems == []


def _bot(around: Surroundings) -> Starlette:
    async def take(request: Request) -> Response:
        return Response(status_code=around.status if request.url.path == PATH else 404)

    return Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])


def printed(findings: list[Finding], width: int = 100) -> str:
    out = StringIO()
    print_report(findings, Console(file=out, width=width, color_system=None))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
