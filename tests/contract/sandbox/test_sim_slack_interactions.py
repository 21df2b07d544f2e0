"""Commands, buttons and response URLs, against a Bolt app over HTTP."""

import asyncio
from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError
from slack_bolt.async_app import AsyncApp

from tests.contract.sim_slack_kit import (
    JSON,
    Clock,
    actions,
    button,
    option,
    plain,
    slack,
)


async def test_a_command_has_every_field_and_an_answer() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any, body: JSON) -> None:
            got.append(body)
            await ack("Hello *you*")

    async with slack() as world:
        await world.http_bot(bot)
        answer = await world.ines.command(seed.BOARD, "/record start standup")
        assert (answer.outcome, answer.status, answer.text) == ("ok", 200, "Hello *you*")
        assert (await world.ines.ephemerals(seed.BOARD))[0].text == "Hello *you*"
    [body] = got
    assert set(body) >= {"token", "team_domain", "user_name", "channel_name", "trigger_id"}
    assert (body["command"], body["text"]) == ("/record", "start standup")
    assert (body["team_id"], body["api_app_id"]) == (seed.TEAM_ID, seed.APP_ID)
    assert (body["user_id"], body["channel_id"]) == (seed.STARTER, seed.BOARD)
    assert body["response_url"].startswith(world.url)


async def test_in_channel_shows_the_typed_command_too() -> None:
    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any) -> None:
            await ack(text="For all", response_type="in_channel")

    async with slack() as world:
        await world.http_bot(bot)
        await world.ines.command(seed.LOBBY, "/record help")
        seen = [(m.user, m.text) for m in await world.ines.messages(seed.LOBBY)]
        assert seen == [(seed.STARTER, "/record help"), (seed.BOT_USER, "For all")]


async def test_what_a_person_sees_when_the_bot_fails() -> None:
    forever = asyncio.Event()

    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any, command: JSON) -> None:
            if command["text"] == "hang":
                await forever.wait()
            raise RuntimeError("on purpose")

    async with slack(ack_deadline_s=0.1) as world:
        unreachable = await world.ines.command(seed.STANDUP, "/record x")
        assert unreachable.text == '/record failed with the error "dispatch_failed"'
        await world.http_bot(bot)
        hung = await world.ines.command(seed.STANDUP, "/record hang")
        forever.set()
        assert hung.text == '/record failed with the error "operation_timeout"'
        broken = await world.ines.command(seed.STANDUP, "/record x")
        assert (broken.outcome, broken.status) == ("dispatch_failed", 500)
        unknown = await world.ines.command(seed.STANDUP, "/other")
        assert (unknown.outcome, unknown.text) == ("not_sent", "/other is not a valid command.")


async def test_a_person_cannot_do_what_is_not_there() -> None:
    async with slack() as world:
        ask = {"block_id": "buttons", "channel": seed.STANDUP}
        blocks = [actions(button("stop", confirm=_confirm()), button("go"))]
        await world.client.chat_postMessage(channel=seed.STANDUP, text="card", blocks=blocks)
        [card] = await world.ines.messages(seed.STANDUP)
        with pytest.raises(CannotError, match="is not there"):
            await world.ines.click(card, "nothing")
        with pytest.raises(CannotError, match="asks first"):
            await world.ines.click(card, "stop")
        with pytest.raises(CannotError, match="nothing to confirm"):
            await world.ines.click(card, "go", confirm=True)
        stranger = await world.person(seed.STRANGER)
        with pytest.raises(CannotError, match="cannot see"):
            await stranger.click(card, "go")
        with pytest.raises(CannotError, match="threads"):
            await world.ines.tell(
                "command", user=seed.STARTER, channel=seed.STANDUP, text="/record", thread_ts="1.2"
            )
        with pytest.raises(CannotError, match="extra_forbidden"):
            await world.ines.tell("click", user=seed.STARTER, action_id="go", colour="red", **ask)


async def test_a_button_in_a_message() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.action("stop")
        async def stop(ack: Any, body: JSON, respond: Any) -> None:
            await ack()
            got.append(body)
            await respond(text="Stopping", replace_original=True)
            await respond(text="Only you see this")

    async with slack() as world:
        await world.http_bot(bot)
        blocks = [actions(button("stop", value="r1", confirm=_confirm()))]
        await world.client.chat_postMessage(channel=seed.STANDUP, text="card", blocks=blocks)
        [card] = await world.ines.messages(seed.STANDUP)
        answer = await world.ines.click(card, "stop", confirm=True)
        assert answer.ok
        [after] = await world.ines.messages(seed.STANDUP)
        assert (after.ts, after.text, after.blocks) == (card.ts, "Stopping", [])
        assert [e.text for e in await world.ines.ephemerals(seed.STANDUP)] == ["Only you see this"]
    [body] = got
    assert body["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": seed.STANDUP,
        "is_ephemeral": False,
    }
    assert body["message"]["blocks"][0]["block_id"] == "buttons"
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("stop", "buttons", "r1")


async def test_an_ephemeral_is_replaced_and_deleted_by_its_response_url() -> None:
    def bot(app: AsyncApp) -> None:
        @app.action("more")
        async def more(ack: Any, body: JSON, respond: Any) -> None:
            await ack()
            assert body["container"]["is_ephemeral"]
            assert "message" not in body
            blocks = [actions(button("away"))]
            await respond(text="more", blocks=blocks, replace_original=True)

        @app.action("away")
        async def away(ack: Any, respond: Any) -> None:
            await ack()
            await respond(delete_original=True)

    async with slack() as world:
        await world.http_bot(bot)
        await world.client.chat_postEphemeral(
            channel=seed.STANDUP,
            user=seed.STARTER,
            text="first",
            blocks=[actions(button("more"))],
        )
        [first] = await world.ines.ephemerals(seed.STANDUP)
        await world.ines.click(first, "more")
        [second] = await world.ines.ephemerals(seed.STANDUP)
        assert (second.ts, second.text) == (first.ts, "more")
        await world.ines.click(second, "away")
        assert await world.ines.ephemerals(seed.STANDUP) == []


async def test_a_response_url_takes_five_posts_in_half_an_hour() -> None:
    clock = Clock()
    async with slack(clock=clock) as world:
        url = world.sim.new_response_url(seed.STARTER, seed.LOBBY, "command")
        for _ in range(5):
            assert (await world.raw.post(url, json={"text": "x"})).text == "ok"
        used = await world.raw.post(url, json={"text": "x"})
        assert (used.status_code, used.json()["error"]) == (404, "used_url")
        late = world.sim.new_response_url(seed.STARTER, seed.LOBBY, "command")
        clock.now += 31 * 60
        expired = await world.raw.post(late, json={"text": "x"})
        assert expired.json()["error"] == "expired_url"


def _confirm() -> JSON:
    texts = {"title": plain("Sure?"), "confirm": plain("Yes"), "deny": plain("No")}
    return {**texts, "text": plain("This ends it.")}


async def test_menus_selects_and_the_home_tab() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.action({"type": "block_actions", "block_id": "buttons"})
        async def acted(ack: Any, body: JSON) -> None:
            got.append(body)
            await ack()

    menu = {"type": "overflow", "action_id": "menu", "options": [option("a"), option("b")]}
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b")]}
    async with slack() as world:
        await world.http_bot(bot)
        blocks = [actions(menu, boxes)]
        await world.client.chat_postMessage(channel=seed.DESIGN, text="card", blocks=blocks)
        [card] = await world.ines.messages(seed.DESIGN)
        await world.ines.click(card, "menu", value="b")
        await world.ines.click(card, "boxes", value=["a"])
        home = {"type": "home", "blocks": [actions(button("go"))]}
        await world.client.views_publish(user_id=seed.STARTER, view=home)
        tab = await world.ines.home()
        assert tab is not None
        await world.ines.click(tab, "go")
    [menu_body, boxes_body, home_body] = got
    assert menu_body["actions"][0]["selected_option"]["value"] == "b"
    assert menu_body["channel"] == {"id": seed.DESIGN, "name": "privategroup"}
    chosen = boxes_body["state"]["values"]["buttons"]["boxes"]["selected_options"]
    assert [item["value"] for item in chosen] == ["a"]
    assert home_body["view"]["type"] == "home"


async def test_escaped_commands_name_ids() -> None:
    got: list[str] = []

    def bot(app: AsyncApp) -> None:
        @app.command("/record")
        async def record(ack: Any, command: JSON) -> None:
            got.append(command["text"])
            await ack()

    async with slack(should_escape=True) as world:
        await world.http_bot(bot)
        await world.ines.command(seed.STANDUP, "/record @tariq in #standup and #design")
    assert got == [f"<@{seed.MEMBER}|tariq> in <#{seed.STANDUP}|standup> and <#{seed.DESIGN}|>"]
