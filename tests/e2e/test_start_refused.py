"""What is only found out by trying: the start ends with one line that names the setting."""

import asyncio
import sys
from pathlib import Path

import pytest
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.serving import free_port

from tests.contract.sim_slack_kit import slack
from tests.e2e.test_cli import REPO


@pytest.mark.parametrize(
    ("wrong", "fix"),
    [
        ("SLACK_BOT_TOKEN=xoxb-wrong", "Install the app again"),
        ("SLACK_APP_TOKEN=xapp-wrong", "App-Level Tokens"),
        ("HMS_SECRET=wrong", "100ms dashboard"),
        ("HMS_MANAGEMENT_TOKEN=wrong", "“Management Token”"),
        ("HOST=192.0.2.1", "Change HOST or PORT"),
    ],
)
async def test_run_names_what_is_not_accepted(tmp_path: Path, wrong: str, fix: str) -> None:
    name, _, value = wrong.partition("=")
    async with slack() as world, serve(HmsConfig()) as hms:
        config = world.sim.config
        env = {
            "PYTHONPATH": str(REPO),
            "PYTHONWARNINGS": "ignore",
            "HOME": str(tmp_path),
            "SLACK_BOT_TOKEN": config.bot_token,
            "SLACK_APP_TOKEN": config.app_token,
            "SLACK_API_URL": f"{world.url}/api/",
            "HMS_ACCESS_KEY": hms.sim.config.access_key,
            "HMS_SECRET": hms.sim.config.secret,
            "HMS_API_URL": f"{hms.base_url}/v2",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite'}",
            "PORT": str(free_port()),
            name: value,
        }
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "run"),
            cwd=tmp_path,
            env=env,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(120):
            _, said = await bot.communicate()
    line = said.decode().splitlines()[-1]
    assert bot.returncode == 1
    assert line.startswith("record-bot: ")
    assert name in line
    assert fix in line
    assert value not in said.decode() or name == "HOST"  # no secret
