"""An empty room is recorded at once, and the starter hears of it; or once somebody joins."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, has, labels


async def empty_room(bench: Bench, name: str) -> Room:
    made = await bench.hms.sim("/rooms", {"name": name})
    await bench.ines.command(seed.STANDUP, f"/record status {made['id']}")
    return Room(made["id"], name)


async def test_the_answer_says_that_nobody_is_there_and_stop_stops(bench: Bench) -> None:
    room = await empty_room(bench, "early bird")
    answer = await bench.ines.command(seed.STANDUP, f"/record start {room.id}")
    assert answer.ok
    told = await bench.told(bench.ines, seed.STANDUP, "Nobody is in", "starting anyway")
    assert labels(told.blocks) == ["Stop", "Wait for people"]
    assert await bench.hms_until(room, lambda r: r["status"])
    await bench.see(lambda s: s.messages(seed.STANDUP) or None, "the card")
    state = await bench.ines.state()
    alone = [m for m in state.ephemerals(seed.STANDUP, bench.ines.user) if has(m, room.id)]
    assert len(alone) == 1, "one answer, and the card"
    await bench.press(bench.ines, told, "Stop", confirm=True)
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_waiting_for_people_stops_it_and_starts_once_somebody_joins(bench: Bench) -> None:
    room = await empty_room(bench, "early worm")
    await bench.ines.command(seed.STANDUP, f"/record start {room.id}")
    told = await bench.told(bench.ines, seed.STANDUP, "Nobody is in", "starting anyway")
    await bench.status(room, "running")
    await bench.press(bench.ines, told, "Wait for people")
    await bench.told(bench.ines, seed.STANDUP, "If somebody joins", "will be recorded in")
    await bench.hms_until(room, lambda r: r["stop_reason"])
    assert len(await bench.recordings(room)) == 1
    await bench.hms.sim(f"/rooms/{room.id}/join", {"name": "Ana"})
    await bench.world.at_100ms(
        lambda state: len([r for r in state["recordings"] if r["room_id"] == room.id]) == 2 or None,
        "a second recording of the room",
    )


async def test_a_start_by_the_form_says_it_too(bench: Bench) -> None:
    room = await bench.room()
    await bench.hms.sim(f"/rooms/{room.id}/leave", {"name": "Ana"})
    form = await bench.choose_room(bench.ines, await bench.form(bench.ines), room)
    await bench.ines.submit(form)
    told = await bench.told(bench.ines, seed.STANDUP, "Nobody is in", room.name)
    assert labels(told.blocks) == ["Stop", "Wait for people"]
    assert await bench.hms_until(room, lambda r: r["status"])
    await bench.press(bench.ines, told, "Stop", confirm=True)
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_no_start_is_promised_where_the_bot_cannot_post(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.LOBBY, f'/record start "{room.name}"')
    await bench.told(bench.ines, seed.LOBBY, room.name, "is not in")
    told = (await bench.ines.state()).ephemerals(seed.LOBBY, bench.ines.user)
    assert not [one for one in told if f"Starting to record {room.name}" in one.text]
