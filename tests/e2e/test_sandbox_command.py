"""`record-bot sandbox`, as people start it: its tour, its exit status, and each half alone."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack.http import new_client

TOUR_WITHIN_S = 600
WITHIN_S = 120

STORY = (
    "HMS_SECRET=sandbox-secret",
    "/record help",
    "⚠ Enter a number from 0.1 to 1.0, such as 0.5.",
    "standup · Starting",
    "🔴 standup · Recording",
    "⏸️ standup · Paused",
    "(only visible to tariq)",
    "standup is already being recorded",
    "✅ standup · Video ready, transcript to come",
    "@ines The video, transcript and summary are ready.",
    "📎 standup-",
    "Only full members of this workspace can open this recording.",
    "webhooks were sent, and none arrived",
    "100ms could not open the meeting URL.",
    "Type `/invite @record` in the channel",
    "✓ it is the same card, and the only one",
    "✓ Slack has no complaints",
    "Tour complete: 9 of 9 steps",
)


@asynccontextmanager
async def sandbox(*options: str, env: dict[str, str] | None = None) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "bot.cli", "sandbox", *options)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=STDOUT, env={**os.environ, **(env or {})}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), WITHIN_S)


async def until_line(process: Process, part: str) -> str:
    """What it prints, up to and with the line that has this part."""
    assert process.stdout
    seen = ""
    async with asyncio.timeout(WITHIN_S):
        while part not in seen:
            line = (await process.stdout.readline()).decode()
            assert line, seen
            seen += line
    return seen


async def rest_of(process: Process, within_s: float = WITHIN_S) -> str:
    out, _ = await asyncio.wait_for(process.communicate(), within_s)
    return out.decode()


async def test_the_tour_happens_as_told() -> None:
    async with sandbox("--exit", "--port", "0") as process:
        out = await rest_of(process, TOUR_WITHIN_S)
    assert process.returncode == 0, out
    at = 0
    for line in STORY:
        assert line in out[at:], f"{line!r} is not there, or not in its place:\n{out}"
        at = out.index(line, at)
    assert "✗" not in out
    assert "Traceback" not in out
    assert "\n  export SLACK_APP_TOKEN=" not in out  # for Socket Mode only


async def test_a_tour_that_fails_says_where_and_ends_with_1() -> None:
    async with sandbox("--exit", "--port", "0") as process:
        out = await until_line(process, "2. A recording")
        for child in psutil.Process(process.pid).children():
            child.kill()
        out += await rest_of(process)
    assert process.returncode == 1
    assert "✗" in out
    assert "The bot's log is" in out
    assert "The tour ended early: 1 of 9 steps" in out
    assert "Traceback" not in out


async def test_at_a_port_of_ones_choice_ctrl_c_leaves_nothing_behind(unused_tcp_port: int) -> None:
    """Beside proxies and certificates that would stop a bot of the admin's own."""
    odd = {"ALL_PROXY": "socks5://127.0.0.1:9", "SSL_CERT_FILE": "/nowhere/ca.pem"}
    async with sandbox("--exit", "--port", str(unused_tcp_port), env=odd) as process:
        out = await until_line(process, "1. What can it do?")
        children = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGINT)
        out += await rest_of(process)
    assert exported(out, "SLACK_API_URL") == f"http://127.0.0.1:{unused_tcp_port}/api/"
    assert process.returncode == 130
    assert children
    assert not any(child.is_running() for child in children)
    assert "Traceback" not in out
    assert "Warning" not in out


async def test_100ms_alone_keeps_its_port() -> None:
    async with sandbox("--only", "hms", "--port", "0", "--webhook-url", "") as process:
        out = await until_line(process, "export DATABASE_URL=")
        base_url = exported(out, "HMS_API_URL").removesuffix("/v2")
        async with Driver(base_url, HmsConfig()) as hms:
            assert "standup" in [room["name"] for room in (await hms.get("/rooms"))["data"]]
        assert exported(out, "HMS_ACCESS_KEY") == "sandbox-access-key"
        assert exported(out, "HMS_WEBHOOK_SECRET") == "sandbox-webhook-secret"
        async with sandbox("--only", "hms", "--port", base_url.rpartition(":")[2]) as second:
            said = await rest_of(second)
        assert second.returncode == 1
        assert said.strip().count("\n") == 0
        assert "--port" in said
        await assert_ends_quietly(process)


async def test_slack_alone() -> None:
    async with sandbox("--only", "slack", "--port", "0", "--socket-mode") as process:
        out = await until_line(process, "export DATABASE_URL=")
        headers = {"Authorization": f"Bearer {exported(out, 'SLACK_BOT_TOKEN')}"}
        async with new_client(headers=headers) as http:
            reply = await http.post(f"{exported(out, 'SLACK_API_URL')}auth.test")
            page = await http.get(exported(out, "SLACK_API_URL").removesuffix("api/"))
        assert reply.json()["user"] == "record"
        assert page.headers["content-type"].startswith("text/html")
        assert "/page/" in page.text
        assert exported(out, "SLACK_APP_TOKEN").startswith("xapp-sandbox")
        await assert_ends_quietly(process)


def exported(out: str, name: str) -> str:
    """The value behind `export NAME=`, as an admin would paste it."""
    line = next(x.strip() for x in out.splitlines() if x.strip().startswith(f"export {name}="))
    return line.partition("=")[2]


async def assert_ends_quietly(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in await rest_of(process)
    assert process.returncode == 0
