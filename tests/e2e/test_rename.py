"""A title for a recording: by words and by the form, for people who may stop it; shown everywhere."""

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import has, labels
from tests.e2e.test_words import write


async def test_a_title_is_shown_wherever_the_recording_is(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record rename "{room.name}" Launch retro')
    await bench.told(bench.ines, seed.STANDUP, room.name, "is now called Launch retro")
    named = await bench.see(
        lambda s: next(
            (m for m in s.messages(seed.STANDUP) if m.ts == card.ts and has(m, "Launch")), None
        )
    )
    assert named.text.startswith("Launch retro: ")
    assert f"Room: {room.name}." in named.text
    await bench.ines.command(seed.STANDUP, "/record status")
    await bench.told(bench.ines, seed.STANDUP, "Launch retro: Recording")
    await bench.finish(room)
    await bench.reply(card, "Launch retro", "ready")
    await bench.ines.command(seed.STANDUP, f'/record list "{room.name}"')
    await bench.told(bench.ines, seed.STANDUP, "1 recording of", "Launch retro")


async def test_a_form_in_details_takes_a_title_and_takes_it_back(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.press(bench.ines, card, "Details")
    details = await bench.view(bench.ines, "details")
    await bench.press(bench.ines, details, "Rename")
    form = await bench.view(bench.ines, "recording_rename_form", room.name)
    await bench.ines.enter(form, "recording_title", "Kick-off", action_id="recording_title_input")
    await bench.ines.submit(form)
    await bench.view(bench.ines, "outcome", "Kick-off")
    await bench.see(
        lambda s: next(
            (m for m in s.messages(seed.STANDUP) if m.ts == card.ts and has(m, "Kick-off")), None
        )
    )


async def test_a_message_without_a_title_gets_a_button_that_asks(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await write(bench, f'rename "{room.name}"')
    asked = await bench.direct(seed.STARTER, "What should the recording of", room.name)
    await bench.press(bench.ines, asked, "Type a title")
    await bench.view(bench.ines, "recording_rename_form", room.name)


@pytest.mark.own_stage  # the recordings of other tests would be offered as well
async def test_without_a_name_the_latest_recordings_are_offered(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    card = await bench.running(room)
    await bench.finish(room)
    await bench.reply(card, room.name, "ready")
    await bench.running(other)
    await bench.ines.command(seed.STANDUP, "/record rename")
    asked = await bench.told(bench.ines, seed.STANDUP, "Which recording do you want to rename?")
    running, ended = labels(asked.blocks)
    assert running == f"Rename {other.name}"
    assert ended.startswith(f"Rename {room.name}, ")
    await bench.press(bench.ines, asked, ended)
    await bench.view(bench.ines, "recording_rename_form", room.name)
    await bench.ines.command(seed.STANDUP, "/record rename Retro of autumn")
    await bench.told(bench.ines, seed.STANDUP, "want to call “Retro of autumn”?")
    await bench.guus.command(seed.STANDUP, "/record rename Retro of autumn")
    told = await bench.told(bench.guus, seed.STANDUP, "can rename this recording")
    assert not any(label.startswith("Rename") for label in labels(told.blocks))


async def test_words_name_a_recording_by_its_title(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    title = f"Forecast {room.name.split()[-1]}"
    await bench.ines.say(seed.STANDUP, f"<@{seed.BOT_USER}> call this {title}", card.ts)
    await bench.told(bench.ines, seed.STANDUP, "is now called", title)
    await bench.ines.command(seed.STANDUP, f"/record stop {title.lower()}")
    await bench.finish(room)
    await bench.reply(card, title, "ready")
    await bench.ines.command(seed.STANDUP, f"/record share {title} <#{seed.DESIGN}|design>")
    await bench.told(bench.ines, seed.STANDUP, title, "is now also shown in")


async def test_the_title_of_one_that_has_ended_stops_no_other_in_its_room(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    title = f"Customer {room.name.split()[-1]}"
    await bench.ines.say(seed.STANDUP, f"<@{seed.BOT_USER}> call this {title}", card.ts)
    await bench.told(bench.ines, seed.STANDUP, "is now called", title)
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}"')
    await bench.finish(room)
    await bench.reply(card, title, "ready")
    await bench.running(room)
    await bench.ines.command(seed.STANDUP, f"/record stop {title}")
    await bench.told(bench.ines, seed.STANDUP, "That recording of", title, "is over")
    assert [one["status"] for one in await bench.recordings(room)] == ["completed", "running"]


async def test_a_title_takes_no_words_from_orders_and_rooms(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    await bench.running(room)
    await bench.running(other)
    for title in ("15:00", "recording", other.name):
        await bench.ines.command(seed.STANDUP, f'/record rename "{room.name}" "{title}"')
        await bench.told(bench.ines, seed.STANDUP, "is now called", title)
        await bench.ines.command(seed.STANDUP, f'/record start "{other.name}" for 2h')
        await bench.told(bench.ines, seed.STANDUP, other.name, "is already being recorded")
    await bench.ines.command(seed.STANDUP, "/record stop recording")
    await bench.told(bench.ines, seed.STANDUP, "Stop the recording of")
    await bench.ines.command(seed.STANDUP, f'/record stop "{other.name}"')
    await bench.status(other, "completed")
    assert (await bench.recording(room))["status"] == "running"
