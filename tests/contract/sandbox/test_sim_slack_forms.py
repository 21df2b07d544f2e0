"""Forms and suggestions, against a Bolt app over HTTP."""

from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.contract.sim_slack_kit import (
    JSON,
    actions,
    button,
    expected_problems,
    modal,
    option,
    plain,
    section,
    slack,
    text_input,
)

EXTERNAL: JSON = {
    "type": "input",
    "block_id": "room",
    "label": plain("Room"),
    "element": {"type": "external_select", "action_id": "rooms", "min_query_length": 1},
}


def form_bot(app: AsyncApp, got: list[JSON]) -> None:
    @app.command("/record")
    async def record(ack: Any, body: JSON, client: AsyncWebClient) -> None:
        view = modal(text_input("name"), EXTERNAL, callback_id="form")
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.options("rooms")
    async def rooms(ack: Any, payload: JSON) -> None:
        assert payload["value"] == "bl"
        await ack(options=[option("blue"), option("black")])

    @app.view("form")
    async def submitted(ack: Any, body: JSON) -> None:
        got.append(body)
        await ack(response_action="errors", errors={"name": "Taken"})


async def test_a_form_from_command_to_answer() -> None:
    got: list[JSON] = []

    async with slack() as world:
        await world.http_bot(lambda app: form_bot(app, got))
        await world.ines.command(seed.STANDUP, "/record")
        form = await world.ines.open_view()
        assert form is not None
        unsent = await world.ines.submit(form)
        assert (unsent.outcome, set(unsent.errors)) == ("not_sent", {"name", "room"})
        offered = await world.ines.suggest(form, "room", "bl")
        assert [item["value"] for item in offered] == ["blue", "black"]
        with pytest.raises(CannotError, match="no option 'green'"):
            await world.ines.fill(form, {"room": "green"})
        form = await world.ines.fill(form, {"name": "Ana & <b>", "room": "blue"})
        answer = await world.ines.submit(form)
        assert answer.errors == {"name": "Taken"}
        assert (await world.ines.view(form.id)).errors == {"name": "Taken"}
    [body] = got
    values = body["view"]["state"]["values"]
    assert values["name"]["name-typed"]["value"] == "Ana & <b>"
    assert values["room"]["rooms"]["selected_option"]["value"] == "blue"
    assert body["response_urls"] == []
    assert body["view"]["id"] == body["view"]["root_view_id"]


@pytest.mark.parametrize("action", ["update", "push", "clear", None])
async def test_every_response_action(action: str | None) -> None:
    def bot(app: AsyncApp) -> None:
        @app.view("form")
        async def submitted(ack: Any) -> None:
            if action in {"update", "push"}:
                await ack(response_action=action, view=modal(section("Working"), external_id="e"))
            elif action == "clear":
                await ack(response_action="clear")
            else:
                await ack()

    async with slack() as world:
        await world.http_bot(bot)
        view = modal(section(), callback_id="form")
        await world.client.views_open(trigger_id=await world.trigger(), view=view)
        form = await world.ines.open_view()
        assert form is not None
        answer = await world.ines.submit(form)
        assert answer.ok
        after = await world.ines.open_view()
        if action in {"update", "push"}:
            assert after is not None
            assert after.external_id == "e"
            assert (after.id == form.id) is (action == "update")
        else:
            assert after is None


async def test_errors_belong_to_input_blocks() -> None:
    def bot(app: AsyncApp) -> None:
        @app.view("form")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"hint": "no"})

    async with slack() as world:
        await world.http_bot(bot)
        hint = {**section(), "block_id": "hint"}
        await world.client.views_open(
            trigger_id=await world.trigger(), view=modal(hint, callback_id="form")
        )
        form = await world.ines.open_view()
        assert form is not None
        answer = await world.ines.submit(form)
        assert answer.outcome == "bad_answer"
        expected_problems(world, "no input block: ['hint']")


async def test_closing_tells_those_who_asked() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.view_closed("form")
        async def closed(ack: Any, body: JSON) -> None:
            got.append(body)
            await ack()

    async with slack() as world:
        await world.http_bot(bot)
        view = modal(text_input("name"), callback_id="form", notify_on_close=True)
        await world.client.views_open(trigger_id=await world.trigger(), view=view)
        form = await world.ines.open_view()
        assert form is not None
        await world.ines.close(form)
    assert got[0]["is_cleared"] is False
    assert got[0]["view"]["state"]["values"] == {}


async def test_dispatching_inputs_and_pushing_from_a_view() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.action("mode")
        async def mode(ack: Any, body: JSON) -> None:
            got.append(body)
            await ack()

        @app.action("more")
        async def more(ack: Any, body: JSON, client: AsyncWebClient) -> None:
            await client.views_push(trigger_id=body["trigger_id"], view=modal(section("more")))
            await ack()

    select = {"type": "static_select", "action_id": "mode", "options": [option("a"), option("b")]}
    block = {"type": "section", "block_id": "mode", "text": plain("Mode"), "accessory": select}
    async with slack() as world:
        await world.http_bot(bot)
        view = modal(block, text_input("name"), actions(button("more")))
        await world.client.views_open(trigger_id=await world.trigger(), view=view)
        form = await world.ines.open_view()
        assert form is not None
        silent = await world.ines.enter(form, "name", "Ana")
        assert silent.delivery is None
        await world.ines.enter(form, "mode", "b")
        await world.ines.click(form, "more")
        front = await world.ines.open_view()
        assert front is not None
        assert front.raw["previous_view_id"] == form.id
    assert got[0]["actions"][0]["selected_option"]["value"] == "b"
    assert got[0]["view"]["state"]["values"]["mode"]["mode"]["selected_option"]["value"] == "b"
    assert got[0]["container"] == {"type": "view", "view_id": form.id}


async def test_shortcuts_and_response_urls_of_forms() -> None:
    got: list[JSON] = []

    def bot(app: AsyncApp) -> None:
        @app.shortcut("start")
        async def start(ack: Any, body: JSON, client: AsyncWebClient) -> None:
            got.append(body)
            select = {
                "type": "conversations_select",
                "action_id": "where",
                "response_url_enabled": True,
            }
            where = {"type": "input", "block_id": "c", "label": plain("To"), "element": select}
            view = modal(where, callback_id="form")
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()

        @app.view("form")
        async def submitted(ack: Any, body: JSON, respond: Any) -> None:
            got.append(body)
            await respond(text="Posted", response_type="in_channel")
            await ack()

    async with slack() as world:
        await world.http_bot(bot)
        await world.ines.shortcut("start")
        form = await world.ines.open_view()
        assert form is not None
        form = await world.ines.fill(form, {"c": seed.LOBBY})
        await world.ines.submit(form)
        assert [m.text for m in await world.ines.messages(seed.LOBBY)] == ["Posted"]
        await world.ines.say(seed.LOBBY, "on this one")
        theirs = (await world.ines.messages(seed.LOBBY))[-1]
        await world.ines.shortcut("start", theirs)
    assert [body["type"] for body in got] == ["shortcut", "view_submission", "message_action"]
    assert got[1]["response_urls"][0]["channel_id"] == seed.LOBBY
    assert got[2]["message"]["text"] == "on this one"
