"""Orders in words that name a time, a channel or a title: what they promise is what happens."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import cards, has, labels
from tests.e2e.test_direct_messages import write

BOT = f"<@{seed.BOT_USER}>"


async def test_a_late_stop_that_is_asked_about_waits_for_its_time(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f"{BOT} maybe we should stop in 2 hours", card.ts)
    asked = await bench.told(bench.ines, seed.STANDUP, "Stop the recording of", room.name)
    (label,) = labels(asked.blocks)
    assert label.startswith(f"Stop {room.name} at ")
    await bench.press(bench.ines, asked, label)
    await bench.told(bench.ines, seed.STANDUP, room.name, "stops at")
    await bench.see(
        lambda s: next((c for c in cards(s, room, seed.STANDUP) if has(c, "until ")), None),
        "the end on the card",
    )
    assert (await bench.recording(room))["status"] == "running"


async def test_a_pause_of_some_minutes_promises_no_more_than_a_pause(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f"{BOT} pause for 5 minutes", card.ts)
    await bench.told(bench.ines, seed.STANDUP, "Pausing", "until somebody resumes it")


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


async def test_words_share_a_recording_into_a_channel(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await write(bench, f'please share "{room.name}" with <#{seed.DESIGN}|design>')
    await bench.direct(seed.STARTER, room.name, "also shown in")
    await bench.card(room, "Recording", channel=seed.DESIGN)


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


async def test_a_question_for_what_is_scheduled_lists_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" tomorrow at 11')
    await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded")
    await bench.ines.say(seed.STANDUP, f"{BOT} what is scheduled for this week?")
    await bench.told(bench.ines, seed.STANDUP, f"{room.name} · ", "11:00")


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


async def test_the_buttons_of_other_orders_stay_after_a_press(bench: Bench) -> None:
    first, second = await bench.room(), await bench.room()
    await bench.running(first)
    await bench.ines.say(
        seed.STANDUP, f'{BOT} stop "{first.name}", and record "{second.name}" tomorrow at 15:00'
    )
    asked = await bench.told(bench.ines, seed.STANDUP, f"Record {second.name}: ", first.name)
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
