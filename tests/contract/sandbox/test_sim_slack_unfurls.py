"""Links of the app's domains: who hears of them, and what may be shown below them."""

from typing import Any

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.contract.sim_slack_kit import (
    JSON,
    World,
    actions,
    button,
    expected_problems,
    refusal,
    section,
    slack,
)

LINK = "https://acme.app.100ms.live/preview/abc/host"


def listening(got: list[JSON]) -> Any:
    def bot(app: AsyncApp) -> None:
        @app.event("link_shared")
        async def shared(event: JSON) -> None:
            got.append(event)

        @app.action("go")
        async def gone(ack: Any, body: JSON) -> None:
            await ack()
            got.append(body)

    return bot


async def said(world: World, text: str, channel: str = seed.STANDUP) -> SeenMessage:
    answer = await world.ines.say(channel, text)
    return SeenMessage.read(answer.saw[0]["message"], channel)


def below(*blocks: JSON) -> JSON:
    return {"blocks": list(blocks)}


async def unfurl(world: World, message: SeenMessage, *blocks: JSON) -> bool:
    answer = await world.client.chat_unfurl(
        channel=message.channel, ts=message.ts, unfurls={LINK: below(*blocks)}
    )
    return bool(answer["ok"])


async def test_the_event_names_the_links_and_nothing_else_of_the_message() -> None:
    got: list[JSON] = []
    text = f"Psst: <{LINK}?a=1&amp;b=2|here>, {LINK}. And https://100ms.live.example.com/x"
    async with slack() as world:
        await world.http_bot(listening(got))
        message = await said(world, text)
        (event,) = got
        assert event["links"] == [
            {"url": f"{LINK}?a=1&amp;b=2", "domain": "app.100ms.live"},
            {"url": LINK, "domain": "app.100ms.live"},
        ]
        assert (event["channel"], event["message_ts"]) == (seed.STANDUP, message.ts)
        assert event["source"] == "conversations_history"
        assert event["is_bot_user_member"] is True
        assert "Psst" not in str(event)


async def test_it_comes_from_everywhere_and_only_for_peoples_links() -> None:
    """Also where the bot is no member. Not for its own messages, nor without the protocol."""
    got: list[JSON] = []
    async with slack() as world:
        await world.http_bot(listening(got))
        await said(world, LINK, seed.BOARD)
        await said(world, "acme.app.100ms.live/preview/abc/host")
        await said(world, "https://example.com")
        await world.client.chat_postMessage(channel=seed.STANDUP, text=LINK)
    assert [(e["channel"], e["is_bot_user_member"]) for e in got] == [(seed.BOARD, False)]


async def test_without_a_subscription_nothing_comes() -> None:
    async with slack(bot_events=frozenset({"app_mention"})) as world:
        assert (await world.ines.say(seed.STANDUP, LINK)).outcome == "not_sent"


async def test_it_is_shown_below_and_the_same_link_again_changes_it() -> None:
    async with slack() as world:
        await world.http_bot(listening([]))
        message = await said(world, LINK, seed.BOARD)
        for text in ("First", "Second"):
            assert await unfurl(world, message, section(text))
        (shown,) = await world.ines.messages(seed.BOARD)
        (attachment,) = shown.raw["attachments"]
        assert attachment["blocks"][0]["text"]["text"] == "Second"
        assert (attachment["id"], attachment["app_unfurl_url"]) == (1, LINK)


async def test_a_click_below_a_link_tells_nothing_of_the_message() -> None:
    got: list[JSON] = []
    async with slack() as world:
        await world.http_bot(listening(got))
        message = await said(world, f"Psst {LINK}")
        await unfurl(world, message, section(), actions(button("go", value="1")))
        await world.ines.click(message, "go")
        _, click = got
        assert click["container"] == {
            "type": "message_attachment",
            "message_ts": message.ts,
            "attachment_id": 1,
            "channel_id": seed.STANDUP,
            "is_ephemeral": False,
            "is_app_unfurl": True,
            "app_unfurl_url": LINK,
        }
        assert click["app_unfurl"]["blocks"][1]["elements"][0]["value"] == "1"
        assert "message" not in click
        assert "Psst" not in str(click)
        answer = await world.session.post(click["response_url"], json={"text": "Only for you"})
        assert answer.status == 200
        assert [m.text for m in await world.ines.ephemerals(seed.STANDUP)] == ["Only for you"]


async def test_what_slack_refuses() -> None:
    async with slack() as world:
        await world.http_bot(listening([]))
        message = await said(world, LINK)
        plain = await said(world, "no link")
        call = world.client.chat_unfurl
        good = {LINK: below(section())}
        here: JSON = {"channel": seed.STANDUP, "ts": message.ts}
        assert await refusal(call(**here)) == "missing_unfurls"
        assert await refusal(call(ts=message.ts, unfurls=good)) == "missing_channel"
        assert await refusal(call(channel=seed.STANDUP, unfurls=good)) == "missing_ts"
        nowhere = call(channel="C0NOWHERE", ts=message.ts, unfurls=good)
        assert await refusal(nowhere) == "cannot_find_channel"
        never = call(channel=seed.STANDUP, ts="1.000001", unfurls=good)
        assert await refusal(never) == "cannot_find_message"
        other = call(channel=seed.STANDUP, ts=plain.ts, unfurls=good)
        assert await refusal(other) == "cannot_unfurl_message"
        malformed: Any = {LINK: "text"}
        assert await refusal(call(**here, unfurls=malformed)) == "cannot_parse_attachment"
        listed = call(**here, unfurls={LINK: {"blocks": "x"}})
        assert await refusal(listed) == "cannot_parse_attachment"
        text = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hello"}]}
        rich = {"type": "rich_text", "elements": [text]}
        assert await refusal(call(**here, unfurls={LINK: below(rich)})) == "invalid_blocks"
        (shown, _) = await world.ines.messages(seed.STANDUP)
        assert "attachments" not in shown.raw
        expected_problems(world, "takes no rich text")


async def test_a_link_is_not_unfurled_before_its_event_is_acked() -> None:
    """The unfurl is not a reply to the event: it comes after it."""
    refused: list[str] = []

    def bot(app: AsyncApp) -> None:
        @app.event("link_shared")
        async def shared(event: JSON, client: AsyncWebClient) -> None:
            call = client.chat_unfurl(
                channel=event["channel"],
                ts=event["message_ts"],
                unfurls={LINK: below(section())},
            )
            refused.append(await refusal(call))

    async with slack() as world:
        await world.http_bot(bot)
        message = await said(world, LINK)
        assert refused == ["cannot_unfurl_url"]
        assert await unfurl(world, message, section())


async def test_it_needs_its_scope() -> None:
    async with slack(scopes=frozenset({"chat:write"})) as world:
        call = world.client.chat_unfurl(channel=seed.STANDUP, ts="1.2", unfurls={LINK: below()})
        assert await refusal(call) == "missing_scope"
