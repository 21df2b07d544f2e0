"""chat.*: who may post where, and what an update does."""

import pytest
from record_bot_sandbox.slack import seed

from tests.contract.sim_slack_kit import (
    Clock,
    expected_problems,
    refusal,
    section,
    slack,
)


async def test_auth_test_names_the_bot_and_its_scopes() -> None:
    async with slack() as world:
        answer = await world.client.auth_test()
        assert answer["user_id"] == seed.BOT_USER
        assert answer["bot_id"] == seed.BOT_ID
        assert answer["team_id"] == seed.TEAM_ID
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_tokens_are_checked() -> None:
    async with slack() as world:
        assert await refusal(world.other_client(None).auth_test()) == "not_authed"
        assert await refusal(world.other_client("xoxb-other").auth_test()) == "invalid_auth"
        wrong_kind = world.client.apps_connections_open(app_token="xoxb-sandbox")
        assert await refusal(wrong_kind) == "not_allowed_token_type"


async def test_a_missing_scope_says_which() -> None:
    async with slack(scopes=frozenset({"commands"})) as world:
        answer = (await world.raw.post("/api/chat.postMessage", headers=_bearer(), json={})).json()
        assert answer == {
            "ok": False,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "commands",
        }


async def test_reading_a_private_channel_needs_its_own_scope() -> None:
    async with slack(scopes=frozenset({"channels:read"})) as world:
        assert (await world.client.conversations_info(channel=seed.STANDUP))["ok"]
        private = world.client.conversations_info(channel=seed.DESIGN)
        assert await refusal(private) == "missing_scope"


async def test_membership_decides_where_the_bot_posts() -> None:
    async with slack() as world:
        post = world.client.chat_postMessage
        assert (await post(channel=seed.STANDUP, text="hi"))["channel"] == seed.STANDUP
        assert (await post(channel=seed.DESIGN, text="hi"))["ok"]
        assert (await post(channel=seed.PARTNERS, text="hi"))["ok"]
        assert await refusal(post(channel=seed.LOBBY, text="hi")) == "not_in_channel"
        assert await refusal(post(channel=seed.BOARD, text="hi")) == "channel_not_found"
        assert await refusal(post(channel="C0NOWHERE", text="hi")) == "channel_not_found"
        await world.ines.tell(f"channels/{seed.STANDUP}", archived=True)
        assert await refusal(post(channel=seed.STANDUP, text="hi")) == "is_archived"


async def test_chat_write_public_opens_public_channels_only() -> None:
    async with slack(scopes=frozenset({"chat:write", "chat:write.public"})) as world:
        assert (await world.client.chat_postMessage(channel=seed.LOBBY, text="hi"))["ok"]
        private = world.client.chat_postMessage(channel=seed.BOARD, text="hi")
        assert await refusal(private) == "channel_not_found"


async def test_posting_to_a_person_opens_the_direct_message() -> None:
    async with slack() as world:
        posted = await world.client.chat_postMessage(channel=seed.MEMBER, text="psst")
        assert posted["channel"] == seed.dm_id(seed.MEMBER)
        update = world.client.chat_update(channel=seed.MEMBER, ts=posted["ts"], text="no")
        assert await refusal(update) == "channel_not_found"


async def test_text_without_blocks_removes_the_blocks() -> None:
    async with slack() as world:
        client, channel = world.client, seed.STANDUP
        ts = (await client.chat_postMessage(channel=channel, text="a", blocks=[section()]))["ts"]
        [before] = await world.ines.messages(channel)
        assert before.blocks[0]["block_id"]
        with pytest.warns(UserWarning, match="`text` argument is missing"):
            await client.chat_update(channel=channel, ts=ts, blocks=[section("b")])
        [with_blocks] = await world.ines.messages(channel)
        assert with_blocks.text == "a"
        assert "edited" not in with_blocks.raw
        await client.chat_update(channel=channel, ts=ts, text="c")
        [without] = await world.ines.messages(channel)
        assert (without.text, without.blocks) == ("c", [])
        assert "edited" in without.raw


async def test_updates_are_refused_where_slack_refuses_them() -> None:
    async with slack() as world:
        update, channel = world.client.chat_update, seed.STANDUP
        theirs = (await world.ines.say(channel, "mine")).saw[0]["message"]["ts"]
        ours = (await world.client.chat_postMessage(channel=channel, text="ours"))["ts"]
        assert await refusal(update(channel=channel, ts="1.2", text="x")) == "message_not_found"
        assert await refusal(update(channel=channel, ts=theirs, text="x")) == "cant_update_message"
        long = "x" * 4_001
        assert await refusal(update(channel=channel, ts=ours, text=long)) == "msg_too_long"
        expected_problems(world, "msg_too_long")
        await world.ines.tell(f"channels/{channel}", archived=True)
        assert await refusal(update(channel=channel, ts=ours, text="x")) == "is_inactive"


async def test_a_deleted_card_cannot_be_updated() -> None:
    async with slack() as world:
        posted = await world.client.chat_postMessage(channel=seed.STANDUP, text="card")
        amara = await world.person(seed.ADMIN)
        await amara.delete((await amara.messages(seed.STANDUP))[0])
        update = world.client.chat_update(channel=seed.STANDUP, ts=posted["ts"], text="x")
        assert await refusal(update) == "message_not_found"
        delete = world.client.chat_delete(channel=seed.STANDUP, ts=posted["ts"])
        assert await refusal(delete) == "message_not_found"


async def test_metadata_is_kept_until_it_is_cleared() -> None:
    async with slack() as world:
        metadata = {"event_type": "recording", "event_payload": {"id": "r1"}}
        client, channel = world.client, seed.STANDUP
        posted = await client.chat_postMessage(channel=channel, text="a", metadata=metadata)
        ts = posted["ts"]
        await client.chat_update(channel=channel, ts=ts, text="b")
        [kept] = await world.ines.messages(channel)
        assert kept.raw["metadata"] == metadata
        await client.chat_update(channel=channel, ts=ts, text="b", metadata={})
        [cleared] = await world.ines.messages(channel)
        assert "metadata" not in cleared.raw


async def test_threads_and_permalinks() -> None:
    async with slack() as world:
        client, channel = world.client, seed.STANDUP
        ts = (await client.chat_postMessage(channel=channel, text="card"))["ts"]
        reply = (await client.chat_postMessage(channel=channel, text="r", thread_ts=ts))["ts"]
        [under] = await world.ines.thread(channel, ts)
        assert under.ts == reply
        parent = (await world.ines.messages(channel))[0]
        assert parent.raw["reply_count"] == 1
        link = (await client.chat_getPermalink(channel=channel, message_ts=reply))["permalink"]
        assert link.endswith(
            f"/archives/{channel}/p{reply.replace('.', '')}?thread_ts={ts}&cid={channel}"
        )
        missing = client.chat_getPermalink(channel=channel, message_ts="1.2")
        assert await refusal(missing) == "message_not_found"
        await client.chat_postMessage(channel=channel, text="r", thread_ts=reply)
        expected_problems(world, "is a reply")


async def test_ephemerals_reach_one_member_only() -> None:
    async with slack() as world:
        post = world.client.chat_postEphemeral
        sent = await post(channel=seed.STANDUP, user=seed.STARTER, text="for you")
        [seen] = await world.ines.ephemerals(seed.STANDUP)
        assert (seen.text, seen.ts) == ("for you", sent["message_ts"])
        assert await (await world.person(seed.MEMBER)).ephemerals(seed.STANDUP) == []
        assert await world.ines.messages(seed.STANDUP) == []
        outside = post(channel=seed.STANDUP, user=seed.STRANGER, text="x")
        assert await refusal(outside) == "user_not_in_channel"
        update = world.client.chat_update(channel=seed.STANDUP, ts=seen.ts, text="x")
        assert await refusal(update) == "message_not_found"


async def test_people_and_members_are_told_apart() -> None:
    async with slack() as world:
        guest = (await world.client.users_info(user=seed.GUEST))["user"]
        stranger = (await world.client.users_info(user=seed.STRANGER))["user"]
        assert guest["is_restricted"]
        assert stranger["is_stranger"]
        assert stranger["team_id"] == seed.OTHER_TEAM_ID
        first = await world.client.conversations_members(channel=seed.STANDUP, limit=3)
        cursor = first["response_metadata"]["next_cursor"]
        rest = await world.client.conversations_members(channel=seed.STANDUP, cursor=cursor)
        assert {*first["members"], *rest["members"]} == world.sim.channels[seed.STANDUP].members
        info = await world.client.conversations_info(channel=seed.LOBBY)
        assert info["channel"]["is_member"] is False


async def test_the_unknown_is_refused_loudly() -> None:
    async with slack() as world:
        assert await refusal(world.client.api_call("chat.meMessage")) == "unknown_method"
        expected_problems(world, "chat.meMessage: not simulated")
        channel = seed.STANDUP
        await world.client.chat_postMessage(channel=channel, text="x", icon_emoji=":x:")
        expected_problems(world, "argument icon_emoji")
        bad_blocks = [{"type": "section"}]
        posted = world.client.chat_postMessage(channel=channel, text="x", blocks=bad_blocks)
        assert await refusal(posted) == "invalid_blocks"
        expected_problems(world, "invalid_blocks at /blocks/0")
        missing = world.client.api_call("chat.postMessage", json={"text": "x"})
        assert await refusal(missing) == "invalid_arguments"
        number = world.client.api_call(
            "chat.update", json={"channel": channel, "ts": 1.5, "text": "x"}
        )
        assert await refusal(number) == "invalid_arguments"


async def test_limits_apply_when_they_are_switched_on() -> None:
    clock = Clock()
    async with slack(rate_limits=True, clock=clock) as world:
        post = world.client.chat_postMessage
        await post(channel=seed.STANDUP, text="1")
        assert await refusal(post(channel=seed.STANDUP, text="2")) == "ratelimited"
        await post(channel=seed.DESIGN, text="another channel")
        clock.now += 1
        await post(channel=seed.STANDUP, text="3")


def _bearer() -> dict[str, str]:
    return {"authorization": "Bearer xoxb-sandbox"}
