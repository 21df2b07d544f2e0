"""The bot is away, or Slack has put it out of the door: what was missed, and what people see."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, cards

REPLAY = "/v2/analytics/webhooks/replay"


async def replays(away: Bench) -> list[dict[str, Any]]:
    """How often the bot has asked for one."""
    answer = await away.hms.http.get("/sim/requests", params={"last": 1000})
    return [r["body"] for r in answer.json()["requests"] if r["path"] == REPLAY]


def an_hour_passes(away: Bench) -> None:
    """The last note of a bot that is down is from an hour ago."""
    with sqlite3.connect(away.database) as database:
        then = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        assert database.execute("UPDATE pulse SET seen_at = ?", (then,)).rowcount == 1
    database.close()


async def event(away: Bench, room: Room, kind: str, state: str, *, replay: bool) -> None:
    """100ms has sent it, or has sent it again, with that outcome."""

    def look(found: dict[str, Any]) -> bool:
        return any(
            (e["room_id"], e["type"], e["state"], e["is_replay"]) == (room.id, kind, state, replay)
            for e in found["webhooks"]
        )

    await away.world.at_100ms(look, f"{kind} {state} for {room.name}")


async def doctor(who: Person, away: Bench, channel: str, *words: str) -> str:
    """What `/record doctor` tells that person there, once it has come."""
    before = len((await away.ines.state()).ephemerals(channel, who.user))
    answer = await who.command(channel, "/record doctor")
    assert answer.ok

    def look(state: Snapshot) -> str | None:
        new = state.ephemerals(channel, who.user)[before:]
        return next((m.text for m in new if "Waiting" in m.text), None)

    told = await away.see(look)
    assert all(word in told for word in words), told
    return told


async def nothing_waits(away: Bench) -> None:
    """Neither this recording nor what is still under way of another test."""

    async def look() -> bool:
        return "Nothing is waiting." in await doctor(away.ines, away, seed.STANDUP)

    await away.world.until(look, away.world.slack_news, "a bot that is through with everything")


async def test_what_failed_while_away_is_sent_again_once_in_spite_of_restarts(
    away: Bench,
) -> None:
    room = await away.room()
    card = await away.running(room, "--no-transcript")
    before = len(await replays(away))
    await away.bot.kill()
    await away.finish(room)
    await event(away, room, "beam.recording.success", "failed", replay=False)
    an_hour_passes(away)
    await away.bot.start()
    await away.bot.kill()
    await away.bot.start()
    await event(away, room, "beam.recording.success", "delivered", replay=True)
    (asked,) = (await replays(away))[before:]
    assert asked["status"] == "failed"
    start, end = (datetime.fromisoformat(asked[f"{at}_time"]) for at in ("start", "end"))
    assert timedelta(hours=1) < end - start < timedelta(hours=1, minutes=3)
    await away.reply(card, "The video is ready.")
    told = await doctor(away.ines, away, seed.STANDUP)
    assert "100ms failed to deliver" in told
    assert "The last one arrived" in told
    assert len(await replays(away)) == before + 1
    state = await away.ines.state()
    assert len(cards(state, room, seed.STANDUP)) == 1
    assert len(state.thread(seed.STANDUP, card.ts)) == 1


@pytest.mark.own_stage  # the bot would still call Slack for recordings of other tests
async def test_a_removed_app_is_left_alone_until_it_is_back(away: Bench) -> None:
    room = await away.room()
    card = await away.running(room, "--no-transcript")
    await away.ines.tell("events", type="app_uninstalled")
    before = len(await away.slack_calls())
    await away.hms.sim(f"/rooms/{room.id}/end")
    await away.hms_until(room, lambda r: r["status"] == "completed")
    other = await away.room()
    await away.ines.command(seed.STANDUP, f'/record start "{other.name}" --no-transcript')
    await away.status(other, "running")  # 100ms is asked all the same
    calls = [c["method"] for c in (await away.slack_calls())[before:]]
    others = [method for method in calls if method not in ("auth.test", "response_url")]
    assert len(others) <= 2, "what was under way when the news came"
    told = await doctor(away.ines, away, seed.STANDUP)
    assert "Slack has rejected the bot's token" in told
    await away.ines.tell("install")
    await away.card(room, "Video ready")
    await away.card(other, "Recording")
    await away.reply(card, "The video is ready.")
    await nothing_waits(away)
    state = await away.ines.state()
    assert [len(cards(state, r, seed.STANDUP)) for r in (room, other)] == [1, 1]
    await away.finish(other)
    await away.card(other, "Video ready")


async def test_what_never_started_waits_for_nothing(away: Bench) -> None:
    room = await away.room()
    await away.ines.command(seed.BOARD, f'/record start "{room.name}"')
    await away.told(away.ines, seed.BOARD, room.name, "did not start")

    async def through() -> bool:
        return room.name not in await doctor(away.ines, away, seed.BOARD)

    await away.world.until(through, what="a bot that is through with it")


async def test_each_channel_is_told_what_it_lacks(away: Bench) -> None:
    guest = await doctor(away.guus, away, seed.STANDUP)
    assert "Members of record's workspace see more." in guest
    here = await doctor(away.tariq, away, seed.STANDUP)
    assert f"@record is in <#{seed.STANDUP}> and can post." in here
    assert "Slack permissions: The bot has all Slack permissions it needs." in here
    lobby = await doctor(away.tariq, away, seed.LOBBY)
    assert f"@record is not in <#{seed.LOBBY}>. Type `/invite @record` in the channel" in lobby
    board = await doctor(away.amara, away, seed.BOARD)
    assert "@record cannot see this channel. It may be private." in board
    direct = await doctor(away.ines, away, seed.dm_id(seed.STARTER))
    assert "This is a direct message." in direct


async def test_what_waits_is_told_to_those_whom_it_concerns(away: Bench) -> None:
    room = await away.room()
    card = await away.running(room, "--no-transcript", channel=seed.DESIGN)
    await away.ines.tell(f"channels/{seed.DESIGN}", bot_member=False)
    await away.finish(room)
    await away.direct(seed.STARTER, room.name, "The video is ready.")
    hers = await doctor(away.ines, away, seed.STANDUP, room.name)
    assert f"the card for <#{seed.DESIGN}> is waiting. @record cannot see this channel." in hers
    assert "Type `/invite @record` in the channel" in hers
    theirs = await doctor(away.amara, away, seed.STANDUP, f"<#{seed.DESIGN}>")
    assert room.name not in theirs
    await away.ines.tell(f"channels/{seed.DESIGN}", bot_member=True)
    await away.reply(card, "The video is ready.")
    await nothing_waits(away)


async def test_a_missing_scope_is_named_with_its_reason(away: Bench) -> None:
    granted = SlackConfig().scopes
    await doctor(away.ines, away, seed.STANDUP)  # from now on the bot knows who she is
    await away.scopes(granted - {"users:read"})
    try:
        told = await doctor(away.ines, away, seed.STANDUP)
    finally:
        await away.scopes(granted)
    assert "`users:read` is missing. The bot needs it to tell full members from guests" in told
    assert "`record-bot manifest`" in told
