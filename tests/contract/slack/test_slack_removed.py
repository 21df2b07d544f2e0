"""The app removed, its token revoked: no calls but a probe now and then, until it is back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from record_bot_sandbox.slack.seed import DESIGN, STANDUP

from bot.outbound import Outbound
from bot.slack.cooldowns import WHOLE_APP, SlackCooldowns
from bot.slack.errors import (
    CannotPostThere,
    NotAuthorized,
    NotInstalled,
    SlackUnavailable,
    TokenRefused,
)
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.sim_slack_kit import World, slack
from tests.contract.store_support import Clock, S

HELLO = {"text": "hello"}
CAP = 300 * S


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack() as running:
        yield running


def gateway(world: World, store: Store, clock: Clock) -> SlackGateway:
    """As one replica has it."""
    return SlackGateway(
        world.client,
        Outbound([world.url]),
        SlackCooldowns(store.cooldowns, clock.now, first=1 * S, cap=CAP),
    )


@pytest.fixture
def door(world: World, store: Store, clock: Clock) -> SlackGateway:
    return gateway(world, store, clock)


def called(world: World) -> list[str]:
    return [call.method for call in world.sim.calls]


async def remove(world: World) -> None:
    """Without a word to the bot."""
    world.sim.token_error = "account_inactive"


async def test_one_refusal_stops_every_call(
    world: World, door: SlackGateway, store: Store, another: Store, clock: Clock
) -> None:
    await remove(world)
    with pytest.raises(NotInstalled) as caught:
        await door.post(STANDUP, HELLO)
    assert caught.value.error == "account_inactive"
    assert caught.value.reached is False
    replica = gateway(world, another, clock)
    for _ in range(5):
        with pytest.raises(NotInstalled):
            await door.post(STANDUP, HELLO)
        with pytest.raises(NotInstalled):
            await replica.update(STANDUP, "1.2", HELLO)
    assert called(world) == ["chat.postMessage", "auth.test"]


async def test_one_call_that_refuses_a_good_token_stops_no_other(
    world: World, door: SlackGateway, store: Store
) -> None:
    await world.ines.tell(
        "faults", method="chat.postMessage", match={"channel": DESIGN}, error="invalid_auth"
    )
    with pytest.raises(SlackUnavailable) as caught:
        await door.post(DESIGN, HELLO)
    assert not isinstance(caught.value, NotInstalled)
    assert caught.value.reached is False
    assert await store.cooldowns.refused(WHOLE_APP) is None
    await door.post(STANDUP, HELLO)
    await door.post(DESIGN, HELLO)


async def test_without_an_answer_about_the_token_nothing_is_stopped(
    world: World, door: SlackGateway, store: Store
) -> None:
    await world.ines.tell("faults", method="chat.postMessage", error="token_revoked")
    await world.ines.tell("faults", method="auth.test", http_status=503)
    with pytest.raises(SlackUnavailable) as caught:
        await door.post(STANDUP, HELLO)
    assert not isinstance(caught.value, NotInstalled)
    assert await store.cooldowns.refused(WHOLE_APP) is None
    await door.post(STANDUP, HELLO)


async def test_a_workspace_without_the_app_closes_its_channels_only(
    world: World, door: SlackGateway, store: Store
) -> None:
    await world.ines.tell(
        "faults",
        method="chat.postMessage",
        match={"channel": DESIGN},
        error="team_access_not_granted",
        times=2,
    )
    for _ in range(2):
        with pytest.raises(CannotPostThere):
            await door.post(DESIGN, HELLO)
        await door.post(STANDUP, HELLO)
    assert await store.cooldowns.refused(WHOLE_APP) is None
    assert "auth.test" not in called(world)


async def test_probes_become_rare_and_one_replica_makes_them(
    world: World, door: SlackGateway, another: Store, clock: Clock
) -> None:
    await remove(world)
    with pytest.raises(NotInstalled):
        await door.post(STANDUP, HELLO)
    replica = gateway(world, another, clock)
    for _ in range(120):
        clock.advance(30 * S)
        tries = await asyncio.gather(
            *(one.post(STANDUP, HELLO) for one in (door, replica)), return_exceptions=True
        )
        assert all(isinstance(refused, NotInstalled) for refused in tries)
    probes = called(world)[2:]
    assert set(probes) == {"auth.test"}
    assert 3600 // 300 <= len(probes) <= 3600 // 300 + 12


async def test_it_goes_on_by_itself_when_it_is_back(
    world: World, door: SlackGateway, another: Store, clock: Clock
) -> None:
    await remove(world)
    with pytest.raises(NotInstalled) as caught:
        await door.post(STANDUP, HELLO)
    await world.ines.tell("install")
    assert caught.value.retry_after_s is not None
    clock.advance(timedelta(seconds=caught.value.retry_after_s))
    await door.post(STANDUP, HELLO)
    refused, passed = ["chat.postMessage", "auth.test"], ["auth.test", "chat.postMessage"]
    assert called(world) == refused + passed
    await gateway(world, another, clock).post(STANDUP, HELLO)
    assert await another.cooldowns.refused(WHOLE_APP) is None


async def test_what_slack_says_by_event_stops_calls_that_were_never_made(
    world: World, door: SlackGateway
) -> None:
    await door.token_refused("app_uninstalled")
    with pytest.raises(NotInstalled):
        await door.post(STANDUP, HELLO)
    assert called(world) == []


async def test_an_event_of_long_ago_costs_one_probe(
    world: World, door: SlackGateway, clock: Clock
) -> None:
    await door.token_refused("tokens_revoked")
    clock.advance(1 * S)
    await door.post(STANDUP, HELLO)
    await door.post(STANDUP, HELLO)
    assert called(world) == ["auth.test", "chat.postMessage", "chat.postMessage"]


async def test_a_missing_scope_is_no_reason_to_stop_the_rest(store: Store, clock: Clock) -> None:
    async with slack(scopes=frozenset({"chat:write"})) as world:
        door = gateway(world, store, clock)
        with pytest.raises(NotAuthorized) as caught:
            await door.channel(STANDUP)
        assert not isinstance(caught.value, TokenRefused)
        await door.post(STANDUP, HELLO)


async def test_an_outage_during_the_probe_says_nothing_about_the_token(
    world: World, door: SlackGateway, store: Store, clock: Clock
) -> None:
    await door.token_refused("tokens_revoked")
    clock.advance(1 * S)
    await world.ines.tell("faults", method="auth.test", http_status=500)
    with pytest.raises(Exception, match="HTTP 500"):
        await door.post(STANDUP, HELLO)
    assert await store.cooldowns.refused(WHOLE_APP) is not None
    clock.advance(10 * S)
    await door.post(STANDUP, HELLO)
    assert await store.cooldowns.refused(WHOLE_APP) is None


async def test_before_there_are_gates_the_token_itself_is_refused(world: World) -> None:
    await remove(world)
    with pytest.raises(TokenRefused):
        await SlackGateway(world.client, Outbound([world.url]), None).identity()
