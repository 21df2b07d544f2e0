"""What people read where they ask, for every failure of 100ms, Slack and the database: a table.

Written from the requirement: the true cause, what to do, never "our side" for what is not ours, and
never a denial of what is not known. Beside it stands what `/record doctor` says to a full member.
What all surfaces say of a recording that goes wrong is in `test_told_table.py`.
"""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault
from sqlalchemy import event, text

from bot.store.errors import StoreFull
from tests.integration.access_rig import HMS_ASSET, Effects, Rig, rigged

pytestmark = pytest.mark.asyncio(loop_scope="module")
BROKE = "Something went wrong in the bot"
DATABASE = "The bot's own database is not answering"


@pytest_asyncio.fixture(loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A new one for each test: what Slack said of people is remembered for a while."""
    async with rigged(tmp_path_factory.mktemp("told")) as made:
        yield made


HMS: dict[str, tuple[dict[str, Any], str]] = {
    "400": ({"kind": "status", "status": 400}, "100ms does not accept the request (HTTP 400)"),
    "401": ({"kind": "status", "status": 401}, "100ms does not accept this bot's keys"),
    "403": ({"kind": "status", "status": 403}, "100ms does not let the bot do this (HTTP 403)"),
    "404": ({"kind": "status", "status": 404}, "100ms has no file to open, at least not yet."),
    "409": (
        {"kind": "status", "status": 409},
        "100ms says that something else is going on in the room",
    ),
    "429": ({"kind": "status", "status": 429}, "100ms asks the bot to wait"),
    "503": ({"kind": "status", "status": 503}, "100ms had an internal error (HTTP 503)"),
    "slow": ({"kind": "hang", "hang_s": 30}, "100ms did not answer in time."),
    "down": ({"kind": "reset"}, "100ms cannot be reached."),
    "odd": ({"kind": "odd"}, "100ms gave an answer that the bot cannot read."),
    "too large": ({"kind": "huge"}, "100ms gave an answer that the bot cannot read."),
}


@pytest.mark.parametrize("name", HMS)
async def test_a_file_that_100ms_does_not_give(rig: Rig, name: str) -> None:
    fault, says = HMS[name]
    key, _ = await rig.recording("public", "ended")
    await _spoil_hms(rig, {"path": "/v2/recording-assets/*", **fault})
    click = rig.click(seed.STARTER, "recording_file", f"{key} {HMS_ASSET}")
    told = await _answered(rig, click, "payload")
    assert says in told, told
    assert BROKE not in told


SLACK: dict[str, tuple[dict[str, Any], str]] = {
    "internal_error": ({"error": "internal_error"}, "Slack is not answering the bot right now."),
    "fatal_error": ({"error": "fatal_error"}, "Slack is not answering the bot right now."),
    "503": ({"http_status": 503}, "Slack is not answering the bot right now."),
    "429": ({"retry_after": 30}, "Slack is not answering the bot right now."),
    "reset": ({"reset": True}, "Slack is not answering the bot right now."),
    "slow": ({"delay_s": 5.0}, "Slack is not answering the bot right now."),
    "odd": ({"odd": True}, "Slack is not answering the bot right now."),
    "missing_scope": ({"error": "missing_scope"}, "The bot's Slack app lacks"),
}


@pytest.mark.parametrize("name", SLACK)
@pytest.mark.parametrize("asked", ["settings", "start", "shortcut"])
async def test_who_somebody_is_when_slack_does_not_say(rig: Rig, name: str, asked: str) -> None:
    """Nothing is done, and nothing is denied."""
    fault, says = SLACK[name]
    rig.bot.slack.faults.add(Fault(method="users.info", times=20, **fault))
    if asked == "shortcut":
        shortcut = {**rig.base("shortcut", seed.MEMBER), "callback_id": "start_recording"}
        done = await rig.send(shortcut)
    else:
        text = "settings" if asked == "settings" else f"start {'a' * 24}"
        done = await rig.send(rig.command(seed.MEMBER, text), form="command")
    assert says in _told(done), done
    assert BROKE not in _told(done)
    assert not any(done.rows.values())


async def _closed(rig: Rig) -> None:
    await rig.store.db.database.close()


async def _full(rig: Rig) -> None:
    """SQLite's own limit stands for a disk."""
    async with rig.store.db.database.read() as conn:
        pages = (await conn.execute(text("PRAGMA page_count"))).scalar_one()
    engine = rig.store.db.database.engine
    await engine.dispose()

    def limit(connection: Any, _: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine.sync_engine, "connect", limit)
    async with rig.store.db.database.read() as conn:
        free = (await conn.execute(text("PRAGMA freelist_count"))).scalar_one()
    assert free < 40, "what is free would be filled first"


async def _answered(rig: Rig, body: dict[str, Any], form: str) -> str:
    """What is told, without looking into the database."""

    rig.bot.slack.calls.clear()
    fields = body if form == "command" else {"payload": json.dumps(body)}
    answer = await rig.bot.signed(urlencode(fields).encode())
    assert answer.status_code == 200
    await rig.bot.parts.background.drain(20.0)
    return answer.text + json.dumps([call.args for call in rig.bot.slack.calls], default=str)


COMMANDS = (
    "status",
    "list",
    "stop",
    "settings",
    "presets",
    "follow",
    "doctor",
    f"start {'a' * 24}",
)


@pytest.mark.parametrize("asked", COMMANDS)
async def test_commands_while_the_database_is_down(rig: Rig, asked: str) -> None:
    await _closed(rig)
    told = await _answered(rig, rig.command(seed.STARTER, asked), "command")
    assert DATABASE in told, told
    assert BROKE not in told


@pytest.mark.parametrize("action", ["recording_stop", "recording_details", "recording_file"])
async def test_clicks_while_the_database_is_down(rig: Rig, action: str) -> None:
    key, _ = await rig.recording("public", "running")
    await _closed(rig)
    told = await _answered(rig, rig.click(seed.STARTER, action, f"{key} x"), "payload")
    assert DATABASE in told, told


async def test_what_has_to_be_noted_while_the_disk_is_full(rig: Rig) -> None:
    """A start is refused in words of its own; what is only read is answered."""
    await _full(rig)
    told = ""
    for n in range(60):  # until what was free in the file is used up
        told = await _answered(rig, rig.command(seed.STARTER, f"start {n:024x}"), "command")
        if "Starting" not in told:
            break
    assert "The bot's own disk is full" in told, told
    assert "100ms" not in told
    status = await _answered(rig, rig.command(seed.STARTER, "status"), "command")
    assert "disk is full" not in status


DOCTOR: dict[str, tuple[Callable[[Rig], Awaitable[None]], str]] = {}


def _doctor(name: str, says: str) -> Callable[[Callable[[Rig], Awaitable[None]]], None]:
    def note(spoil: Callable[[Rig], Awaitable[None]]) -> None:
        DOCTOR[name] = spoil, says

    return note


@_doctor("a permission is missing", "`links:write`")
async def _lacking(rig: Rig) -> None:
    config = rig.bot.slack.config
    object.__setattr__(config, "scopes", config.scopes - {"links:write"})


@_doctor("the database is down", DATABASE)
async def _database(rig: Rig) -> None:
    await _closed(rig)


@_doctor("the disk is full", "The bot's own disk is full, so it cannot save anything.")
async def _disk(rig: Rig) -> None:
    await _full(rig)
    for size in (3000, 1):
        with pytest.raises(StoreFull):
            await _fill(rig, size)


async def _fill(rig: Rig, size: int) -> None:
    """Until what was free in the file is used up."""
    for n in range(5000):
        await rig.store.requests.remember([f"{n} " * size])


@pytest.mark.parametrize("name", [name for name in HMS if name not in ("404", "slow")])
@pytest.mark.parametrize("webhooks", [True, False])
async def test_doctor_says_what_100ms_answers(tmp_path: Path, name: str, *, webhooks: bool) -> None:
    """Also where 100ms sends no webhooks to this bot."""
    fault, says = HMS[name]
    changes = {} if webhooks else {"hms_webhook_secret": None}
    async with rigged(tmp_path, **changes) as rig:
        await _spoil_hms(rig, {"path": "/v2/*", **fault})
        told = await _answered(rig, rig.command(seed.ADMIN, "doctor"), "command")
    assert f"100ms did not report its failed deliveries. {says}" in told, told
    assert BROKE not in told


async def test_doctor_while_another_program_holds_the_database(rig: Rig) -> None:
    with closing(sqlite3.connect(rig.bot.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = await _answered(rig, rig.command(seed.ADMIN, "doctor"), "command")
        other.execute("ROLLBACK")
    assert "The bot cannot write to its own database (TimeoutError)." in told, told


@pytest.mark.parametrize("name", DOCTOR)
async def test_doctor_says_what_is_wrong(rig: Rig, name: str) -> None:
    spoil, says = DOCTOR[name]
    await spoil(rig)
    told = await _answered(rig, rig.command(seed.ADMIN, "doctor"), "command")
    assert says in told, told
    assert BROKE not in told


async def _spoil_hms(rig: Rig, fault: dict[str, Any]) -> None:
    base = rig.bot.parts.settings.hms_api_url.removesuffix("/v2")
    (await rig.bot.http.post(f"{base}/sim/faults", json=fault)).raise_for_status()


def _told(done: Effects) -> str:
    return done.told + done.ack
