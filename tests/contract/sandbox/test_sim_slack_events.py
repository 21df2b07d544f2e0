"""Events and their retries, signatures, and Socket Mode."""

import asyncio
from typing import Any

import aiohttp
import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import seed
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.contract.sim_slack_kit import (
    JSON,
    expected_problems,
    modal,
    refusal,
    section,
    slack,
)

FAST = 10_000.0


async def test_inviting_the_bot_fires_its_event() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.event("member_joined_channel")
        async def joined(event: JSON) -> None:
            got.append(event)

    async with slack() as world:
        await world.http_bot(bot)
        await world.ines.tell(f"channels/{seed.BOARD}", bot_member=True)
        assert (await world.client.chat_postMessage(channel=seed.BOARD, text="hi"))["ok"]
    assert (got[0]["user"], got[0]["channel"]) == (seed.BOT_USER, seed.BOARD)


async def test_home_and_mention() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def opened(event: JSON, client: AsyncWebClient) -> None:
            got.append(event)
            home = {"type": "home", "blocks": [section("Welcome")]}
            await client.views_publish(user_id=event["user"], view=home)

        @app.event("app_mention")
        async def mentioned(event: JSON, say: Any) -> None:
            got.append(event)
            await say(text="Yes?", thread_ts=event["ts"])

    async with slack() as world:
        await world.http_bot(bot)
        await world.ines.open_home()
        assert await world.ines.home() is not None
        await world.ines.open_home()
        answer = await world.ines.mention(seed.STANDUP, "help")
        asked = answer.saw[0]["message"]["ts"]
        assert [m.text for m in await world.ines.thread(seed.STANDUP, asked)] == ["Yes?"]
        unheard = await world.ines.mention(seed.LOBBY, "help")
        assert unheard.outcome == "not_sent"
    first, second, mention = got
    assert first["tab"] == "home"
    assert "view" not in first
    assert second["view"]["type"] == "home"
    assert mention["text"] == f"<@{seed.BOT_USER}> help"


async def test_an_event_comes_three_times_more_until_it_is_taken() -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def endpoint(request: Request) -> Response:
        verifier = SignatureVerifier("sandbox-signing-secret")
        assert verifier.is_valid_request(await request.body(), dict(request.headers))
        headers = request.headers
        seen.append((headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")))
        return Response(status_code=200 if len(seen) == 3 else 503)

    web = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    async with slack(speed=FAST) as world, serving(web, "127.0.0.1", 0) as base:
        await world.ines.tell("request-url", url=f"{base}/slack/events")
        await world.ines.tell("events", type="app_uninstalled")
        await world.ines.until(lambda state: state.raw["delivered"] == 3)
        await world.ines.until(lambda state: len(seen) == 3)
        events = await world.ines.deliveries("app_uninstalled")
        assert len({delivery["payload"]["event_id"] for delivery in events}) == 1
        assert await refusal(world.client.auth_test()) == "account_inactive"
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_a_bot_can_decline_retries() -> None:
    async def endpoint(_: Request) -> Response:
        return Response(status_code=500, headers={"x-slack-no-retry": "1"})

    web = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    async with slack(speed=FAST) as world, serving(web, "127.0.0.1", 0) as base:
        await world.ines.tell("request-url", url=f"{base}/slack/events")
        await world.ines.tell("events", type="tokens_revoked", tokens={"bot": [seed.BOT_USER]})
        assert await refusal(world.client.auth_test()) == "token_revoked"
        assert len(await world.ines.deliveries()) == 1


async def test_an_event_can_come_twice() -> None:
    got: list[str] = []

    def bot(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mentioned(body: JSON) -> None:
            got.append(body["event_id"])

    async with slack() as world:
        await world.http_bot(bot)
        answer = await world.ines.mention(seed.STANDUP, "hi")
        await world.ines.tell("redeliver", delivery_id=answer.delivery)
    assert len(got) == 2
    assert len(set(got)) == 1


async def test_the_request_url_is_verified_on_demand() -> None:
    def bot(app: AsyncApp) -> None:
        pass

    async with slack() as world:
        url = await world.http_bot(bot)
        verified = await world.ines.tell("request-url", url=url, verify=True)
        assert verified["ok"]


async def test_socket_mode_carries_everything() -> None:
    got: list[str] = []

    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any, body: JSON, client: AsyncWebClient) -> None:
            view = modal(section(), callback_id="form")
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack("Opened")

        @app.view("form")
        async def submitted(ack: Any) -> None:
            await ack(response_action="update", view=modal(section("Working")))

        @app.event("app_mention")
        async def mentioned(event: JSON) -> None:
            got.append(event["text"])

    async with slack() as world:
        await world.socket_bot(bot)
        answer = await world.ines.command(seed.STANDUP, "/record")
        assert (answer.outcome, answer.text) == ("ok", "Opened")
        form = await world.ines.open_view()
        assert form is not None
        updated = (await world.ines.submit(form)).view
        assert updated is not None
        assert updated.blocks[0]["text"]["text"] == "Working"
        await world.ines.mention(seed.STANDUP, "hello")
    assert len(got) == 1


async def test_a_failing_listener_leaves_its_envelope_unacked() -> None:
    def bot(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mentioned() -> None:
            raise RuntimeError("on purpose")

    async with slack(speed=FAST, ack_deadline_s=0.1) as world:
        await world.socket_bot(bot)
        await world.ines.mention(seed.STANDUP, "hello")
        await world.ines.until(lambda state: state.raw["delivered"] == 4)
        await world.ines.until(lambda _: world.sim.deliveries[-1].latency_ms is not None)
        tries = await world.ines.deliveries("app_mention")
        assert [delivery["retry_num"] for delivery in tries] == [0, 1, 2, 3]
        assert {delivery["failure"] for delivery in tries} == {"operation_timeout"}


async def test_the_wire_of_socket_mode() -> None:
    async with slack() as world:
        url = (await world.client.apps_connections_open(app_token="xapp-sandbox"))["url"]
        async with world.session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            clicking = asyncio.create_task(world.ines.command(seed.STANDUP, "/record"))
            envelope = await socket.receive_json()
            assert envelope["type"] == "slash_commands"
            assert envelope["accepts_response_payload"] is True
            ack = {"envelope_id": envelope["envelope_id"], "payload": {"text": "Hi"}}
            await socket.send_json(ack)
            assert (await clicking).text == "Hi"
            shortcut = asyncio.create_task(world.ines.shortcut("start"))
            envelope = await socket.receive_json()
            assert (envelope["type"], envelope["accepts_response_payload"]) == (
                "interactive",
                False,
            )
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"a": 1}})
            assert (await shortcut).ok
            await socket.send_json({"envelope_id": "made-up"})
            await world.ines.until(lambda state: len(state.problems) == 3)
        expected_problems(world, "none is accepted", "ignored by Slack", "unknown envelope")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await world.session.ws_connect(url)


async def test_the_bot_comes_back_after_a_disconnect() -> None:
    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any) -> None:
            await ack("Here")

    async with slack() as world:
        await world.socket_bot(bot)
        told = await world.ines.tell("sockets/disconnect", reason="refresh_requested")
        assert told["told"] == 1
        await world.ines.until(lambda state: state.raw["app"]["connections"] == 1)
        assert (await world.ines.command(seed.STANDUP, "/record")).text == "Here"
