"""Hostile traffic on Slack's endpoint: forged, replayed, and signed nonsense."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from record_bot_sandbox.slack.seed import STARTER

from bot.ui import ids
from tests.integration.hostile_kit import (
    ANY_JSON,
    FORM,
    JSON_TYPE,
    SLACK,
    Target,
    assert_calm,
    fuzz,
    signature,
    target,
)
from tests.patience import ENDS

pytestmark = pytest.mark.asyncio(loop_scope="module")
COMMAND = urlencode(
    {"command": "/record", "text": "help", "user_id": "U1", "team_id": "T1"}
).encode()
OUR_IDS = st.sampled_from(
    sorted({v for k, v in vars(ids).items() if k.isupper() and isinstance(v, str)} | {"other"})
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with target(tmp_path_factory.mktemp("hostile")) as made:
        yield made
        assert_calm(made)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trusting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    """For what only Slack can sign: it may be nonsense, and said so in the log, but is answered."""
    async with target(tmp_path_factory.mktemp("trusting")) as made:
        yield made


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signature(COMMAND, secret="another"),
        signature(COMMAND, at_s=time.time() - 3600),
        signature(COMMAND, at_s=time.time() + 3600),
        signature(COMMAND + b"&text=stop"),
        {**signature(COMMAND), "x-slack-signature": "v0="},
        {**signature(COMMAND), "x-slack-signature": "v1=é"},
        {**signature(COMMAND), "x-slack-request-timestamp": "now"},
        {**signature(COMMAND), "x-slack-request-timestamp": "9" * 400},
        {**signature(COMMAND), "x-slack-request-timestamp": "-1"},
        {**signature(COMMAND), "x-slack-request-timestamp": "1.5"},
        {**signature(COMMAND), "x-slack-request-timestamp": "nan"},
    ],
    ids=[
        "none", "another secret", "old", "ahead", "of another body", "empty", "odd", "no time",
        "huge time", "negative time", "broken time", "nan",
    ],
)  # fmt: skip
async def test_forged_and_replayed_signatures(bot: Target, headers: dict[str, str]) -> None:
    answer = await bot.post(SLACK, COMMAND, {"content-type": FORM, **headers})
    assert answer.status_code == 401


async def test_without_a_signature_nobody_is_written_to(bot: Target) -> None:
    """An address in a body that nobody signed is not called, however odd the signature."""
    called: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.append(await reader.read(100))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        click = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "a"}]}
        click["response_url"] = f"http://127.0.0.1:{port}/"
        body = urlencode({"payload": json.dumps(click)}).encode()
        for odd in ("now", "", "1.5", "9" * 400):
            forged = {"x-slack-request-timestamp": odd, "x-slack-signature": "v0=é"}
            answer = await bot.post(SLACK, body, {"content-type": FORM, **forged})
            assert answer.status_code == 401
        await bot.parts.background.drain(5.0)
    assert called == []


async def test_without_a_signing_secret_nobody_is_slack(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Socket Mode needs no secret: then nothing that comes over HTTP is from Slack."""
    changes: dict[str, Any] = {
        "slack_signing_secret": None,
        "slack_app_token": "xapp-hostile-app-token",
    }
    async with target(tmp_path_factory.mktemp("linked"), **changes) as bot:
        forged = signature(COMMAND, secret="")
        answer = await bot.post(SLACK, COMMAND, {"content-type": FORM, **forged})
        assert answer.status_code in (401, 404)


@given(
    st.binary(max_size=300)
    | st.dictionaries(
        st.sampled_from(["command", "payload", "type", "text", "team_id"]), st.text()
    ).map(lambda d: urlencode(d).encode("utf-8", "replace"))
    | ANY_JSON.map(lambda v: json.dumps(v).encode())
    | ANY_JSON.map(lambda v: urlencode({"payload": json.dumps(v)}).encode()),
    st.sampled_from([FORM, JSON_TYPE, "text/plain", "multipart/form-data; boundary=x", ""]),
)
@fuzz
async def test_any_signed_body_is_answered(trusting: Target, body: bytes, kind: str) -> None:
    assert (await trusting.signed(body, kind)).status_code < 500


@given(st.sampled_from(["block_actions", "view_submission", "shortcut"]), OUR_IDS, ANY_JSON)
@fuzz
async def test_any_interaction_is_answered(
    trusting: Target, kind: str, name: str, odd: Any
) -> None:
    """Of the form that Bolt itself needs, with anything in it: only Slack can sign one."""
    action = {"type": "button", "action_id": name, "block_id": name, "value": odd}
    view = {"id": "V1", "type": "modal", "callback_id": name, "private_metadata": odd}
    view |= {"state": {"values": odd}, "hash": odd, "blocks": odd}
    click = {"type": kind, "user": {"id": STARTER}, "actions": [action], "view": view}
    click |= {"callback_id": name, "container": odd, "channel": odd, "message": odd}
    body = urlencode({"payload": json.dumps(click)}).encode()
    assert (await trusting.signed(body)).status_code < 500


@given(st.text(max_size=200), ANY_JSON)
@fuzz
async def test_any_command_is_answered(bot: Target, text: str, more: Any) -> None:
    text = text.encode("utf-8", "replace").decode()
    answer = await bot.command(text, channel_name=json.dumps(more), response_url=json.dumps(more))
    assert answer.status_code == 200
    assert "broke" not in answer.text


@ENDS
@pytest.mark.parametrize("verb", ["schedule", "auto", "find", "start", "rename"])
async def test_spaces_do_not_keep_the_bot_busy(bot: Target, verb: str) -> None:
    """Patterns that try each way to share out the spaces take minutes for so many."""
    answer = await bot.command(f"{verb}{' ' * 2_000}x")
    assert answer.status_code == 200
