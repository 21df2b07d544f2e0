"""What people write to the bot in its direct messages is understood as a mention is."""

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import has, labels

DM = seed.dm_id(seed.STARTER)


async def write(bench: Bench, text: str, thread_ts: str | None = None) -> None:
    assert (await bench.ines.say(DM, text, thread_ts)).ok


async def by_bot(bench: Bench, words: str) -> list[SeenMessage]:
    """The bot's own messages there."""
    state = await bench.ines.state()
    return [m for m in state.messages(DM) if m.raw["user"] == seed.BOT_USER and has(m, words)]


async def test_a_greeting_gets_help_in_two_lines_and_thanks_one(bench: Bench) -> None:
    await write(bench, "hi")
    hello = await bench.direct(seed.STARTER, "Hello. I record 100ms rooms")
    assert hello.text.count("\n") == 1
    assert not hello.raw.get("thread_ts")
    await write(bench, "thanks!", hello.ts)
    welcome = await bench.reply(hello, "You’re welcome.")
    assert "\n" not in welcome.text
    assert (await bench.ines.state()).ephemerals(DM, seed.STARTER) == []


async def test_it_starts_there_and_a_bare_stop_stops_that(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'start "{room.name}"')
    await bench.card(room, "Recording", channel=DM)
    await write(bench, "Stop!")
    await bench.direct(seed.STARTER, f"Stopping {room.name}")
    assert await bench.hms_until(room, lambda r: r["stop_reason"])
    await bench.card(room, "Video ready", channel=DM)
    assert (await bench.ines.state()).ephemerals(DM, seed.STARTER) == []


async def test_a_rule_is_set_there_in_the_words_of_the_command(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'auto "{room.name}" on')
    await bench.direct(seed.STARTER, room.name, "every session is recorded")
    await write(bench, f'auto "{room.name}" off')
    await bench.direct(seed.STARTER, room.name, "no longer recorded automatically")


async def test_a_planned_recording_moves_to_another_time(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'schedule "{room.name}" tomorrow 9:30 for 20m')
    await bench.direct(seed.STARTER, room.name, "will be recorded", "9:30")
    await write(bench, f'move "{room.name}" to 11')
    told = await bench.direct(seed.STARTER, f"Move the recording of {room.name} to", "11:00")
    await bench.press(bench.ines, told, f"Move {room.name}")
    moved = await bench.direct(seed.STARTER, room.name, "will be recorded", "11:00", "20 min")
    assert "It was: " in moved.text


async def test_more_minutes_move_the_end_of_what_runs(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'start "{room.name}"')
    await bench.card(room, "Recording", channel=DM)
    await write(bench, "10 more minutes please")
    told = await bench.direct(seed.STARTER, f"The recording of {room.name} has no end")
    await bench.press(bench.ines, told, labels(told.blocks)[0])
    ends = (await bench.direct(seed.STARTER, f"The recording of {room.name} stops at")).text
    await write(bench, "10 more minutes please")

    async def moved() -> SeenMessage | None:
        told = await by_bot(bench, f"The recording of {room.name} stops at")
        return next((one for one in told if one.text != ends), None)

    await bench.world.until(moved, bench.world.slack_news, "a later end")
    await write(bench, "stop")
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_what_was_begun_can_be_undone(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'start "{room.name}"')
    await bench.card(room, "Recording", channel=DM)
    await write(bench, "undo")
    told = await bench.direct(seed.STARTER, "What do you want to undo?")
    await bench.press(bench.ines, told, f"Stop {room.name}")
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_skipping_the_next_date_keeps_the_schedule(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'schedule "{room.name}" every weekday 9:30')
    planned = await bench.direct(seed.STARTER, room.name, "will be recorded: every weekday")
    assert "direct message" not in planned.text
    await write(bench, f'skip the next "{room.name}"')
    await bench.direct(seed.STARTER, room.name, "will not be recorded", "Next:")


async def test_what_runs_in_a_channel_is_stopped_by_a_button(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await write(bench, "stop")
    asked = await bench.direct(seed.STARTER, "Stop", room.name)
    (label,) = [label for label in labels(asked.blocks) if room.name in label]
    await bench.press(bench.ines, asked, label)
    await bench.direct(seed.STARTER, f"Stopping {room.name}")
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


@pytest.mark.own_stage  # the results of another test would count as an answer
async def test_an_edit_and_a_bots_own_message_do_nothing(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'start "{room.name}"')
    await bench.card(room, "Recording", channel=DM)
    before = len(await by_bot(bench, ""))
    there = {"type": "message", "channel": DM, "channel_type": "im", "text": "stop"}
    person, ours = {"user": seed.STARTER}, {"user": seed.BOT_USER, "bot_id": seed.BOT_ID}
    edit = {"message": {**there, **person, "ts": "1.1"}, "subtype": "message_changed"}
    await bench.ines.tell("events", **there, **edit, ts="1.2")
    await bench.ines.tell("events", **there, **ours, ts="1.3")
    await write(bench, "thanks for that")
    await bench.direct(seed.STARTER, "welcome")
    assert len(await by_bot(bench, "")) == before + 1
    assert (await bench.recording(room))["status"] == "running"
    await write(bench, "stop")
    await bench.direct(seed.STARTER, f"Stopping {room.name}")
    await bench.card(room, "Video ready", channel=DM)


async def test_without_the_scope_it_is_silent_and_commands_work(bench: Bench) -> None:
    granted = SlackConfig().scopes
    await bench.scopes(granted - {"im:history"})
    try:
        assert (await bench.ines.say(DM, "help me")).outcome == "not_sent"
        assert (await bench.ines.command(seed.STANDUP, "/record help")).ok
    finally:
        await bench.scopes(granted)
