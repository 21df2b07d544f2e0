"""A channel follows a room: its recordings show a card there, whoever starts them."""

from typing import Any

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, button, cards, labels


async def follow(bench: Bench, room: Room, channel: str = seed.STANDUP) -> None:
    await bench.ines.command(channel, f'/record follow "{room.name}"')
    await bench.told(bench.ines, channel, "This channel follows", room.name)


async def elsewhere(bench: Bench, room: Room) -> Any:
    return await bench.hms.sim(f"/rooms/{room.id}/start-recording", {})


async def test_a_recording_that_nobody_asked_us_for_shows_its_card_and_its_results(
    bench: Bench,
) -> None:
    room = await bench.room("meetings-transcribed")
    await follow(bench, room)
    await elsewhere(bench, room)
    card = await bench.card(room, "Recording")
    assert "Started elsewhere" in card.text
    assert "Requested by" not in card.text
    assert labels(card.blocks) == ["Pause", "Stop", "Details"]
    await bench.chat(room)
    await bench.finish(room)
    await bench.card(room, "Ready")
    await bench.file(card.channel, card.ts, "-transcript.txt")
    await bench.file(card.channel, card.ts, "-chat.txt")
    state = await bench.ines.state()
    assert len(cards(state, room, seed.STANDUP)) == 1
    told = state.thread(card.channel, card.ts)
    assert not any(m.text.startswith("<@") for m in told)


async def test_it_can_be_stopped_from_its_card(bench: Bench) -> None:
    room = await bench.room()
    await follow(bench, room)
    made = await elsewhere(bench, room)
    card = await bench.card(room, "Recording")
    await bench.press(bench.tariq, card, "Stop", confirm=True)
    stopped = await bench.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["id"] == made["id"]


async def test_what_we_start_shows_in_every_channel_that_follows(bench: Bench) -> None:
    room = await bench.room()
    await follow(bench, room, seed.DESIGN)
    await bench.running(room)
    card = await bench.card(room, "Recording", channel=seed.DESIGN)
    assert "follows it" not in card.text
    assert len(await bench.recordings(room)) == 1


async def test_what_is_private_goes_nowhere_by_following_but_by_sharing(bench: Bench) -> None:
    """Followed before and after the start; then somebody who sees it shares it."""
    room = await bench.room("meetings-transcribed")
    await follow(bench, room)
    card = await bench.running(room, channel=seed.DESIGN)
    await bench.ines.command(seed.STANDUP, f'/record follow "{room.name}"')
    await bench.finish(room)
    await bench.card(room, "Ready", channel=seed.DESIGN)
    await bench.file(card.channel, card.ts, "-transcript.txt")
    results = await bench.reply(card, "are ready")
    state = await bench.ines.state()
    assert cards(state, room, seed.STANDUP) == []
    assert not [m for m in state.messages(seed.STANDUP) if room.name in str(m.raw)]
    await bench.press(bench.tariq, results, "Share")
    form = await bench.view(bench.tariq, "recording_share_form")
    action = {"action_id": "share_channel_input"}
    await bench.tariq.enter(form, "share_channel", seed.STANDUP, **action)
    await bench.tariq.submit(await bench.view(bench.tariq, "recording_share_form"))
    told = await bench.view(bench.tariq, "outcome", room.name, "also shown in")
    await bench.tariq.close(told)
    there = await bench.card(room, "Ready", channel=seed.STANDUP)
    await bench.file(there.channel, there.ts, "-transcript.txt")


async def test_a_channel_that_follows_late_gets_one_current_card(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await follow(bench, room, seed.DESIGN)
    await bench.card(room, "Recording", channel=seed.DESIGN)
    other = await bench.room()
    await elsewhere(bench, other)
    await bench.status(other, "running")
    await follow(bench, other, seed.DESIGN)
    await bench.card(other, "Recording", channel=seed.DESIGN)
    assert len(cards(await bench.ines.state(), other, seed.DESIGN)) == 1


async def test_starting_what_was_discovered_says_that_it_runs(bench: Bench) -> None:
    room = await bench.room()
    await follow(bench, room)
    await elsewhere(bench, room)
    await bench.card(room, "Recording")
    await bench.start(room)
    told = await bench.told(bench.ines, seed.STANDUP, room.name, "already being recorded")
    assert "started elsewhere" in told.text


async def test_the_list_unfollows(bench: Bench) -> None:
    room = await bench.room()
    await follow(bench, room, seed.DESIGN)
    await bench.ines.command(seed.DESIGN, f'/record follow "{room.name}"')
    await bench.told(bench.ines, seed.DESIGN, "already", room.name)
    await bench.ines.command(seed.DESIGN, "/record follow")
    listed = await bench.told(bench.ines, seed.DESIGN, "This channel follows", f"<@{seed.STARTER}>")
    where = next(b for b in listed.blocks if room.name in str(b))
    await bench.ines.click(listed, button([where], "Unfollow"))
    await bench.ines.command(seed.DESIGN, f'/record unfollow "{room.name}"')
    await bench.told(bench.ines, seed.DESIGN, "does not follow", room.name)
    await elsewhere(bench, room)
    await bench.status(room, "running")
    await bench.finish(room)
    await bench.status(room, "completed")
    assert cards(await bench.ines.state(), room, seed.DESIGN) == []


async def test_where_the_bot_is_not_it_says_how_to_invite_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.LOBBY, f'/record follow "{room.name}"')
    told = await bench.told(bench.ines, seed.LOBBY, "cannot follow", room.name)
    assert "/invite @" in told.text
    await bench.ines.command(seed.LOBBY, "/record follow quarterly-numbers")
    await bench.told(bench.ines, seed.LOBBY, "There is no room “quarterly-numbers”.")
