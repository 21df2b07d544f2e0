"""Orders in words, in direct messages and mentions: what they promise is what happens."""

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, has, labels

DM = seed.dm_id(seed.STARTER)
BOT = f"<@{seed.BOT_USER}>"
NOT_ASKED = "I have no open question for you here."


async def write(bench: Bench, text: str, thread_ts: str | None = None) -> None:
    """Slack sends it again where the bot could not take it in time."""
    await bench.ines.say(DM, text, thread_ts)


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


async def test_a_planned_recording_moves_to_another_time(bench: Bench) -> None:
    room = await bench.room()
    await write(bench, f'schedule "{room.name}" tomorrow 9:30 for 20m')
    await bench.direct(seed.STARTER, room.name, "will be recorded", "9:30")
    await write(bench, f'move "{room.name}" to 11')
    told = await bench.direct(seed.STARTER, f"Move the recording of {room.name} to", "11:00")
    await bench.press(bench.ines, told, f"Move {room.name}")
    moved = await bench.direct(seed.STARTER, room.name, "will be recorded", "11:00", "20 min")
    assert "It was: " in moved.text


async def test_one_button_does_both_orders_of_a_text(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f'{BOT} stop it and record "{other.name}"', card.ts)
    asked = await bench.told(bench.ines, seed.STANDUP, "Stop the recording of", other.name)
    stop, start, both = labels(asked.blocks)
    assert (stop, start, both) == (f"Stop {room.name}", f"Start {other.name}", "Do both")
    await bench.press(bench.ines, asked, both)
    await bench.status(room, "completed")
    await bench.card(other, "Recording")


async def asked_which_to_stop(bench: Bench) -> tuple[Room, Room]:
    """Two rooms that are recorded in a channel, where the bot has just asked which to stop."""
    room, other = await bench.room(), await bench.room()
    await bench.running(room, channel=seed.DESIGN)
    await bench.running(other, channel=seed.DESIGN)
    await bench.ines.mention(seed.DESIGN, f"{BOT} stop")
    await bench.told(bench.ines, seed.DESIGN, "Stop the recording of", room.name, other.name)
    return room, other


async def test_a_question_is_answered_in_words_by_the_person_who_was_asked(bench: Bench) -> None:
    room, other = await asked_which_to_stop(bench)
    await bench.ines.mention(seed.DESIGN, f'{BOT} "{other.name}"')
    await bench.told(bench.ines, seed.DESIGN, f"Stopping {other.name}")
    await bench.status(other, "completed")

    await bench.ines.mention(seed.DESIGN, f'{BOT} stop "{room.name}x"')
    await bench.told(bench.ines, seed.DESIGN, f"Stop the recording of {room.name}?")
    for who, channel in ((bench.tariq, seed.DESIGN), (bench.ines, seed.STANDUP)):
        await who.mention(channel, f"{BOT} yes")
        await bench.told(who, channel, NOT_ASKED)
    await bench.ines.mention(seed.DESIGN, f"{BOT} ok")
    again = await bench.told(bench.ines, seed.DESIGN, "Do you mean this?")
    assert labels(again.blocks) == [f"Stop {room.name}"]
    assert (await bench.recording(room))["status"] == "running"
    await bench.ines.mention(seed.DESIGN, f"{BOT} yes")
    await bench.told(bench.ines, seed.DESIGN, f"Stopping {room.name}")
    await bench.status(room, "completed")
    await bench.ines.mention(seed.DESIGN, f"{BOT} yes")
    await bench.told(bench.ines, seed.DESIGN, NOT_ASKED)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("no", "OK, I’ll leave it."),
        ("when does {other} end?", "No end is set"),
        ('delete the recording of "{over}"', "Forget"),
    ],
)
async def test_what_is_said_after_a_question_closes_it(bench: Bench, then: str, told: str) -> None:
    room, other, over = await bench.room(), await bench.room(), await bench.room()
    await bench.running(over)
    await bench.ines.command(seed.STANDUP, f'/record stop "{over.name}"')
    await bench.status(over, "completed")
    await bench.running(room)
    await bench.running(other)
    await bench.ines.mention(seed.STANDUP, f'{BOT} stop "{room.name}x"')
    await bench.told(bench.ines, seed.STANDUP, f"Stop the recording of {room.name}?")
    words = then.format(other=f'"{other.name}"', over=over.name)
    await bench.ines.mention(seed.STANDUP, f"{BOT} {words}")
    await bench.told(bench.ines, seed.STANDUP, told)
    await bench.ines.mention(seed.STANDUP, f"{BOT} yes")
    await bench.told(bench.ines, seed.STANDUP, NOT_ASKED)
    assert (await bench.recording(room))["status"] == "running"


async def test_a_thread_answers_no_question_of_its_channel(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    await bench.running(room)
    card = await bench.running(other)
    await bench.ines.mention(seed.STANDUP, f'{BOT} stop "{room.name}x"')
    await bench.told(bench.ines, seed.STANDUP, f"Stop the recording of {room.name}?")
    await bench.ines.mention(seed.STANDUP, f"{BOT} yes", thread_ts=card.ts)
    await bench.told(bench.ines, seed.STANDUP, NOT_ASKED)
    assert (await bench.recording(room))["status"] == "running"


async def test_a_yes_answers_nothing_where_nothing_was_asked(bench: Bench) -> None:
    """A time that is none, with a button; and a question whose button was pressed."""
    room, other = await bench.room(), await bench.room()
    await bench.running(room)
    await bench.ines.mention(seed.STANDUP, f'{BOT} stop "{room.name}" at 25:00')
    told = await bench.told(bench.ines, seed.STANDUP, "25:00 is not a time.")
    assert labels(told.blocks) == [f"Stop {room.name}"]
    await bench.ines.mention(seed.STANDUP, f"{BOT} yes")
    await bench.told(bench.ines, seed.STANDUP, NOT_ASKED)
    assert (await bench.recording(room))["status"] == "running"

    await bench.ines.mention(seed.DESIGN, f'{BOT} should we follow "{other.name}" here?')
    asked = await bench.told(bench.ines, seed.DESIGN, f"Follow {other.name} in this channel?")
    await bench.press(bench.ines, asked, f"Follow {other.name}")
    await bench.told(bench.ines, seed.DESIGN, "follows", other.name)
    await bench.ines.mention(seed.DESIGN, f"{BOT} yes")
    await bench.told(bench.ines, seed.DESIGN, NOT_ASKED)


async def test_a_name_that_is_sent_twice_starts_nothing(bench: Bench) -> None:
    room = await bench.room()
    asked = f"Start recording {room.name}?"
    for _ in range(2):
        await bench.ines.mention(seed.STANDUP, f'{BOT} "{room.name}"')
        await bench.told(bench.ines, seed.STANDUP, asked)
    assert await bench.recordings(room) == []
    await bench.ines.mention(seed.DESIGN, f'{BOT} record "{room.name}x"')
    await bench.told(bench.ines, seed.DESIGN, asked)
    await bench.ines.mention(seed.DESIGN, f'{BOT} "{room.name}"')
    await bench.card(room, "Recording", channel=seed.DESIGN)
    await bench.ines.mention(seed.DESIGN, f'{BOT} stop "{room.name}"')
    await bench.status(room, "completed")


async def test_where_yes_may_mean_several_it_is_asked_which(bench: Bench) -> None:
    room, other = await asked_which_to_stop(bench)
    await bench.ines.mention(seed.DESIGN, f"{BOT} yes")
    asked = await bench.told(bench.ines, seed.DESIGN, "Which one do you mean?")
    assert f"Stop {room.name}" in labels(asked.blocks)
    for one in (other, room):  # nothing else runs there in the other tests
        await bench.ines.mention(seed.DESIGN, f'{BOT} stop "{one.name}"')
        await bench.status(one, "completed")


@pytest.mark.own_stage  # nothing else is recorded there
async def test_both_are_stopped_by_that_word(bench: Bench) -> None:
    room, other = await asked_which_to_stop(bench)
    await bench.ines.mention(seed.DESIGN, f"{BOT} both please")
    await bench.status(room, "completed")
    await bench.status(other, "completed")


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


async def test_without_the_scope_it_is_silent_and_commands_work(bench: Bench) -> None:
    granted = SlackConfig().scopes
    await bench.scopes(granted - {"im:history"})
    try:
        assert (await bench.ines.say(DM, "help me")).outcome == "not_sent"
        assert (await bench.ines.command(seed.STANDUP, "/record help")).ok
    finally:
        await bench.scopes(granted)


async def test_a_channel_that_is_typed_and_not_picked_is_found_by_its_name(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record share "{room.name}" #design')
    await bench.card(room, "Recording", channel=seed.DESIGN)
    await bench.ines.command(seed.STANDUP, f'/record share "{room.name}" #lobby')
    await bench.told(bench.ines, seed.STANDUP, "`/invite", seed.LOBBY)
    await bench.ines.command(seed.STANDUP, f'/record share "{room.name}" #nowhere')
    told = await bench.told(bench.ines, seed.STANDUP, "no channel #nowhere", "pick it from Slack’s")
    await bench.press(bench.ines, told, "Choose the channel")
    await bench.view(bench.ines, "recording_share_form")


async def test_without_a_channel_words_to_share_get_a_button_that_asks_for_it(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f"{BOT} can you share this?", card.ts)
    told = await bench.told(bench.ines, seed.STANDUP, "Which channel do you want to share")
    await bench.press(bench.ines, told, "Choose the channel")
    await bench.view(bench.ines, "recording_share_form")


async def test_a_share_without_a_room_offers_the_latest_recording_of_the_channel(
    alone: Bench,
) -> None:
    room = await alone.room()
    await alone.running(room)
    await alone.finish(room)
    await alone.card(room, "Video ready")
    await alone.ines.command(seed.STANDUP, f"/record share <#{seed.DESIGN}|design>")
    asked = await alone.told(alone.ines, seed.STANDUP, "Share the latest recording", room.name)
    await alone.press(alone.ines, asked, f"Share {room.name}")
    await alone.card(room, "Video ready", channel=seed.DESIGN)
    await alone.guus.command(seed.STANDUP, f"/record share <#{seed.DESIGN}|design>")
    await alone.told(alone.guus, seed.STANDUP, "Only full members", "can share recordings")


async def test_a_recording_that_never_began_is_not_offered_to_be_shared(alone: Bench) -> None:
    room, other = await alone.room(), await alone.room()
    await alone.running(room)
    await alone.finish(room)
    await alone.card(room, "Video ready")
    await alone.start_fault(other, kind="status", status=403, times=1)
    await alone.start(other)
    await alone.card(other, "Not started")
    await alone.ines.command(seed.STANDUP, f"/record share <#{seed.DESIGN}|design>")
    await alone.told(alone.ines, seed.STANDUP, "Share the latest recording", room.name)


async def test_who_may_not_start_is_told_so_among_several_orders(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    await bench.running(room)
    words = f'{BOT} should we stop "{room.name}" and record "{other.name}"?'
    await bench.guus.say(seed.STANDUP, words)
    told = await bench.told(bench.guus, seed.STANDUP, "Stop the recording", "can start a recording")
    assert not any("record" in label.lower() for label in labels(told.blocks))


async def test_words_take_a_recording_off_the_schedule(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" tomorrow at 10')
    await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded")
    await bench.ines.say(seed.STANDUP, f'{BOT} don’t record "{room.name}" tomorrow')
    gone = await bench.told(bench.ines, seed.STANDUP, room.name, "will not be recorded")
    await bench.press(bench.ines, gone, "Undo")
    await bench.told(bench.ines, seed.STANDUP, room.name, "is scheduled again")


async def test_the_form_that_a_schedule_opens_has_its_when_set(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record schedule "{room.name}"')
    asked = await bench.told(bench.ines, seed.STANDUP, "I need a time")
    await bench.press(bench.ines, asked, "Open the form")
    form = await bench.view(bench.ines, "start_form", room.name)
    when = form.raw["state"]["values"]["when_kind"]["start_when_kind"]
    assert when["selected_option"]["value"] == "once"


async def test_the_form_keeps_the_times_that_were_typed(bench: Bench) -> None:
    await bench.ines.command(seed.STANDUP, "/record start every tuesday at 9 for 20m")
    form = await bench.view(bench.ines, "start_form")
    values = form.raw["state"]["values"]
    assert values["when_kind"]["start_when_kind"]["selected_option"]["value"] == "repeat"
    assert values["when"]["start_when"]["value"] == "every tuesday at 9 for 20m"
    await bench.ines.close(form)
    await bench.ines.command(seed.STANDUP, "/record start for 20m")
    form = await bench.view(bench.ines, "start_form")
    assert form.raw["state"]["values"]["stop_after"]["start_stop_after"]["value"] == "for 20m"


async def test_a_pause_of_some_minutes_promises_no_more_than_a_pause(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f"{BOT} pause for 5 minutes", card.ts)
    await bench.told(bench.ines, seed.STANDUP, "Pausing", "until somebody resumes it")


async def test_the_buttons_of_other_orders_stay_after_a_press(bench: Bench) -> None:
    first, second = await bench.room(), await bench.room()
    await bench.running(first)
    await bench.ines.say(
        seed.STANDUP, f'{BOT} stop "{first.name}", and record "{second.name}" tomorrow at 15:00'
    )
    asked = await bench.told(bench.ines, seed.STANDUP, f"Record {second.name} on ", first.name)
    stop, record, _both = labels(asked.blocks)
    await bench.press(bench.ines, asked, stop)
    await bench.told(bench.ines, seed.STANDUP, f"Stopping *{first.name}*")
    left = await bench.see(
        lambda s: next(
            (
                m
                for m in s.ephemerals(seed.STANDUP, bench.ines.user)
                if m.ts == asked.ts and labels(m.blocks) == [record]
            ),
            None,
        ),
        "the question with the other order alone",
    )
    assert first.name not in left.text
    await bench.press(bench.ines, left, record)
    made = await bench.told(bench.ines, seed.STANDUP, second.name, "will be recorded")
    assert made.ts == asked.ts


async def test_a_channel_that_is_closed_keeps_no_other_from_getting_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    board, design = f"<#{seed.BOARD}|board>", f"<#{seed.DESIGN}|design>"
    said = f'{BOT} share "{room.name}" to {board} and {design}'
    await bench.ines.mention(seed.STANDUP, said)
    asked = await bench.told(bench.ines, seed.STANDUP, f"Share the recording of {room.name}")
    await bench.press(bench.ines, asked, "Do both")
    await bench.told(bench.ines, seed.STANDUP, "#board: You have to be in that channel")
    await bench.card(room, "Recording", channel=seed.DESIGN)
