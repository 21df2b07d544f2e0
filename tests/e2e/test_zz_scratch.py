import pytest
from record_bot_sandbox.slack import seed
from tests.e2e.bench import Bench
from tests.e2e.reading import labels, value
from tests.e2e.test_words import BOT

async def test_form(bench: Bench) -> None:
    room = await bench.room()
    view = await bench.form(bench.ines, seed.STANDUP, "start room until 18:00")
    print({k: value(view, k) for k in ("stop_after","when_kind","when")})
    word = room.name[:3] + room.name[4:]
    await bench.ines.say(seed.STANDUP, f"{BOT} record {word} until 23:30")
    told = await bench.told(bench.ines, seed.STANDUP, "until 23:30")
    print(word, room.name, told.text, labels(told.blocks))
    await bench.press(bench.ines, told, labels(told.blocks)[0])
    card = await bench.card(room, "Recording")
    print(card.text, [b for b in card.blocks])

async def test_thread(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.ines.say(seed.STANDUP, f"{BOT} End it at half past", card.ts)
    told = await bench.told(bench.ines, seed.STANDUP, room.name)
    print(told.text)
    await bench.ines.say(seed.STANDUP, f"{BOT} stop in a while", card.ts)
    told = await bench.told(bench.ines, seed.STANDUP, "in a while")
    print(told.text, labels(told.blocks))

async def test_slash(bench: Bench) -> None:
    room = await bench.room()
    word = room.name[:3] + room.name[4:]
    a = await bench.ines.command(seed.STANDUP, f"/record start {word} until 23:30")
    told = await bench.told(bench.ines, seed.STANDUP, "23:30")
    print(told.text, labels(told.blocks))
    a = await bench.ines.command(seed.STANDUP, f"/record start {room.name} in a while")
    told = await bench.told(bench.ines, seed.STANDUP, "in a while")
    print(told.text, labels(told.blocks))
    await bench.press(bench.ines, told, labels(told.blocks)[0])
    view = await bench.view(bench.ines, "start_form")
    print({k: value(view, k) for k in ("stop_after","when_kind","when", "room_id")})
