"""What is only found out by trying: the start ends with one line that names the setting."""

from pathlib import Path

import pytest
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.serving import free_port

from tests.contract.sim_slack_kit import slack
from tests.e2e.test_cli import record_bot


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
        done = await record_bot(tmp_path, "run", env=env)
    line = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert line.startswith("record-bot: ")
    assert name in line
    assert fix in line
    assert value not in done.stderr or name == "HOST"  # no secret
