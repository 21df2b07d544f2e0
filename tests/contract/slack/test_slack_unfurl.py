"""The gateway's chat.unfurl: patient until Slack has the ack of its event, else plain refusals."""

from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from slack_bolt.async_app import AsyncApp

from bot.outbound import Outbound
from bot.slack.errors import CannotPostThere, MessageGone, NotAuthorized, SlackError
from bot.slack.gateway import SlackGateway
from tests.contract.sim_slack_kit import World, section, slack

LINK = "https://acme.app.100ms.live/preview/abc/host"
BELOW = {LINK: [section()]}


def bot(app: AsyncApp) -> None:
    @app.event("link_shared")
    async def taken() -> None:
        pass


def gateway(world: World) -> SlackGateway:
    return SlackGateway(world.client, Outbound([world.url]), None)


async def said(world: World, text: str = LINK) -> str:
    """Its ts."""
    return str((await world.ines.say(seed.STANDUP, text)).saw[0]["message"]["ts"])


def tries(world: World) -> list[str | None]:
    return [call.error for call in world.sim.calls if call.method == "chat.unfurl"]


async def test_an_ack_on_its_way_is_waited_for() -> None:
    async with slack() as world:
        await world.http_bot(bot)
        ts = await said(world)
        await world.ines.tell("faults", method="chat.unfurl", error="cannot_unfurl_url")
        await gateway(world).unfurl(seed.STANDUP, ts, BELOW)
        (message,) = await world.ines.messages(seed.STANDUP)
        assert len(message.raw["attachments"]) == 1
        assert tries(world) == ["cannot_unfurl_url", None]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("cannot_find_channel", CannotPostThere),
        ("cannot_find_message", MessageGone),
        ("cannot_unfurl_message", MessageGone),
        ("missing_scope", NotAuthorized),
    ],
)
async def test_other_refusals_are_final(error: str, kind: type[SlackError]) -> None:
    async with slack() as world:
        await world.http_bot(bot)
        ts = await said(world)
        await world.ines.tell("faults", method="chat.unfurl", error=error)
        with pytest.raises(kind):
            await gateway(world).unfurl(seed.STANDUP, ts, BELOW)
        assert tries(world) == [error]


async def test_a_message_that_is_gone_has_nothing_below_it() -> None:
    async with slack() as world:
        await world.http_bot(bot)
        ts = await said(world)
        body: dict[str, Any] = {"user": seed.STARTER, "channel": seed.STANDUP, "ts": ts}
        await world.ines.tell("delete", **body)
        with pytest.raises(MessageGone):
            await gateway(world).unfurl(seed.STANDUP, ts, BELOW)
