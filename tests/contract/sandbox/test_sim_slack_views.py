"""views.*: triggers, the stack, hashes, external ids, and what stays typed."""

from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError

from tests.contract.sim_slack_kit import (
    JSON,
    Clock,
    World,
    actions,
    button,
    expected_problems,
    modal,
    option,
    plain,
    refusal,
    section,
    slack,
    text_input,
)


async def test_a_trigger_lives_three_seconds_and_works_once() -> None:
    clock = Clock()
    async with slack(clock=clock) as world:
        trigger = await world.trigger()
        opened = await world.client.views_open(trigger_id=trigger, view=modal(section()))
        assert opened["view"]["root_view_id"] == opened["view"]["id"]
        again = world.client.views_open(trigger_id=trigger, view=modal(section()))
        assert await refusal(again) == "exchanged_trigger_id"
        late = await world.trigger()
        clock.now += 3.1
        expired = world.client.views_open(trigger_id=late, view=modal(section()))
        assert await refusal(expired) == "expired_trigger_id"
        made_up = world.client.views_open(trigger_id="1.2.3", view=modal(section()))
        assert await refusal(made_up) == "invalid_trigger_id"


async def test_speed_does_not_shorten_a_trigger() -> None:
    clock = Clock()
    async with slack(clock=clock, speed=60) as world:
        trigger = await world.trigger()
        clock.now += 2.9
        assert (await world.client.views_open(trigger_id=trigger, view=modal(section())))["ok"]


async def test_the_view_payload_is_complete() -> None:
    async with slack() as world:
        view = modal(text_input("name"), callback_id="form", private_metadata="m", external_id="e")
        trigger = await world.trigger()
        answer = (await world.client.views_open(trigger_id=trigger, view=view))["view"]
        assert answer["team_id"] == answer["app_installed_team_id"] == seed.TEAM_ID
        assert (answer["app_id"], answer["bot_id"]) == (seed.APP_ID, seed.BOT_ID)
        assert (answer["callback_id"], answer["private_metadata"]) == ("form", "m")
        assert (answer["external_id"], answer["previous_view_id"]) == ("e", None)
        assert answer["state"] == {
            "values": {"name": {"name-typed": {"type": "plain_text_input", "value": None}}}
        }
        assert answer["title"] == {"type": "plain_text", "text": "Form", "emoji": True}
        assert answer["close"] is None
        assert answer["blocks"][0]["optional"] is False


async def test_a_form_without_submit_is_refused() -> None:
    async with slack() as world:
        view = modal(text_input("name"))
        del view["submit"]
        trigger = await world.trigger()
        opened = world.client.views_open(trigger_id=trigger, view=view)
        assert await refusal(opened) == "invalid_arguments"
        expected_problems(world, "submit")


async def test_external_ids_are_unique() -> None:
    async with slack() as world:
        view = modal(section(), external_id="one")
        first = await world.client.views_open(trigger_id=await world.trigger(), view=view)
        second = world.client.views_open(trigger_id=await world.trigger(), view=view)
        assert await refusal(second) == "duplicate_external_id"
        updated = await world.client.views_update(external_id="one", view=view)
        assert updated["view"]["id"] == first["view"]["id"]
        unknown = world.client.views_update(external_id="two", view=view)
        assert await refusal(unknown) == "not_found"


async def test_an_old_hash_conflicts() -> None:
    async with slack() as world:
        opened = await world.client.views_open(
            trigger_id=await world.trigger(), view=modal(section())
        )
        view_id, old = opened["view"]["id"], opened["view"]["hash"]
        new = await world.client.views_update(view_id=view_id, hash=old, view=modal(section("2")))
        assert new["view"]["hash"] != old
        stale = world.client.views_update(view_id=view_id, hash=old, view=modal(section("3")))
        assert await refusal(stale) == "hash_conflict"


async def test_a_closed_view_is_not_found() -> None:
    async with slack() as world:
        opened = await world.client.views_open(
            trigger_id=await world.trigger(), view=modal(section())
        )
        view = await world.ines.open_view()
        assert view is not None
        await world.ines.close(view)
        assert await world.ines.open_view() is None
        update = world.client.views_update(view_id=opened["view"]["id"], view=modal(section()))
        assert await refusal(update) == "not_found"


async def test_what_is_typed_stays_only_under_the_same_ids() -> None:
    async with slack() as world:
        form = modal(text_input("name"), text_input("room"))
        await world.client.views_open(trigger_id=await world.trigger(), view=form)
        view = await world.ines.open_view()
        assert view is not None
        view = await world.ines.fill(view, {"name": "Ana", "room": "blue"})
        prefilled = text_input("name", element={"initial_value": "ignored"})
        other = text_input("room-2", element={"initial_value": "red"})
        await world.client.views_update(view_id=view.id, view=modal(prefilled, other))
        after = await world.ines.view(view.id)
        assert after.values["name"]["name-typed"]["value"] == "Ana"
        assert after.values["room-2"]["room-2-typed"]["value"] == "red"
        assert "room" not in after.values


async def test_at_most_three_views_lie_on_each_other() -> None:
    async with slack() as world:
        await _stack_of_three(world)
        view = await world.ines.open_view()
        assert view is not None
        trigger = world.sim.new_trigger(seed.STARTER, view_id=view.id)
        pushed = world.client.views_push(trigger_id=trigger, view=modal(section()))
        assert await refusal(pushed) == "push_limit_reached"
        assert view.raw["root_view_id"] != view.raw["previous_view_id"]
        covered = await world.ines.view(view.raw["root_view_id"])
        with pytest.raises(CannotError, match="covered"):
            await world.ines.click(covered, "any")
        from_outside = world.client.views_push(
            trigger_id=await world.trigger(), view=modal(section())
        )
        assert await refusal(from_outside) == "not_found"


async def test_the_cross_clears_the_stack() -> None:
    async with slack() as world:
        await _stack_of_three(world)
        view = await world.ines.open_view()
        assert view is not None
        await world.ines.close(view)
        below = await world.ines.open_view()
        assert below is not None
        assert below.id == view.raw["previous_view_id"]
        await world.ines.close(below, whole_stack=True)
        assert await world.ines.open_view() is None


async def test_every_person_has_a_home() -> None:
    async with slack() as world:
        home = {"type": "home", "blocks": [section("Recordings"), actions(button("go"))]}
        first = await world.client.views_publish(user_id=seed.STARTER, view=home)
        second = await world.client.views_publish(
            user_id=seed.STARTER, view=home, hash=first["view"]["hash"]
        )
        assert second["view"]["id"] == first["view"]["id"]
        stale = world.client.views_publish(
            user_id=seed.STARTER, view=home, hash=first["view"]["hash"]
        )
        assert await refusal(stale) == "hash_conflict"
        assert await world.ines.home() is not None
        assert await (await world.person(seed.MEMBER)).home() is None
        opened = world.client.views_open(trigger_id=await world.trigger(), view=home)
        assert await refusal(opened) == "invalid_arguments"
        expected_problems(world, "type must be modal")


async def test_home_can_be_switched_off() -> None:
    async with slack(home_tab_enabled=False) as world:
        home = {"type": "home", "blocks": [section()]}
        publish = world.client.views_publish(user_id=seed.STARTER, view=home)
        assert await refusal(publish) == "not_enabled"


async def test_each_element_has_its_own_state() -> None:
    async with slack() as world:
        choices = {"options": [option("a"), option("b")]}
        elements: dict[str, tuple[JSON, Any, JSON]] = {
            "plain_text_input": ({}, "hi", {"value": "hi"}),
            "number_input": ({"is_decimal_allowed": False}, 5, {"value": "5"}),
            "url_text_input": ({}, "https://a.example", {"value": "https://a.example"}),
            "static_select": (choices, "a", {"selected_option": _stored("a")}),
            "multi_static_select": (choices, ["b"], {"selected_options": [_stored("b")]}),
            "radio_buttons": (choices, "b", {"selected_option": _stored("b")}),
            "checkboxes": (choices, ["a", "b"], {"selected_options": [_stored("a"), _stored("b")]}),
            "users_select": ({}, seed.MEMBER, {"selected_user": seed.MEMBER}),
            "multi_users_select": ({}, [seed.GUEST], {"selected_users": [seed.GUEST]}),
            "channels_select": ({}, seed.LOBBY, {"selected_channel": seed.LOBBY}),
            "conversations_select": ({}, seed.DESIGN, {"selected_conversation": seed.DESIGN}),
            "multi_conversations_select": (
                {},
                [seed.BOARD],
                {"selected_conversations": [seed.BOARD]},
            ),
            "datepicker": ({}, "2026-11-22", {"selected_date": "2026-11-22"}),
        }
        blocks = [
            {
                "type": "input",
                "block_id": kind,
                "label": plain("Label"),
                "element": {"type": kind, "action_id": f"{kind}-action", **extra},
            }
            for kind, (extra, _, _) in elements.items()
        ]
        await world.client.views_open(trigger_id=await world.trigger(), view=modal(*blocks))
        view = await world.ines.open_view()
        assert view is not None
        view = await world.ines.fill(
            view, {kind: value for kind, (_, value, _) in elements.items()}
        )
        for kind, (_, _, expected) in elements.items():
            assert view.values[kind][f"{kind}-action"] == {"type": kind, **expected}


async def test_the_current_conversation_is_the_default() -> None:
    async with slack() as world:
        select = {
            "type": "conversations_select",
            "action_id": "where",
            "default_to_current_conversation": True,
        }
        block = {"type": "input", "block_id": "c", "label": plain("Where"), "element": select}
        trigger = await world.trigger(seed.DESIGN)
        await world.client.views_open(trigger_id=trigger, view=modal(block))
        view = await world.ines.open_view()
        assert view is not None
        assert view.values["c"]["where"]["selected_conversation"] == seed.DESIGN


async def _stack_of_three(world: World) -> None:
    await world.client.views_open(trigger_id=await world.trigger(), view=modal(section("1")))
    for text in ("2", "3"):
        view = await world.ines.open_view()
        assert view is not None
        trigger = world.sim.new_trigger(seed.STARTER, view_id=view.id)
        await world.client.views_push(trigger_id=trigger, view=modal(section(text)))


def _stored(value: str) -> JSON:
    return {**option(value), "text": {**plain(value.title()), "emoji": True}}
