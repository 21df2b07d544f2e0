"""Shortcuts and mentions: the ways in where no slash command is taken."""

import json

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, cards, labels, value


def at(room: Room) -> str:
    return f"https://acme.app.100ms.live/preview/{room.id}/host"


async def said(bench: Bench, text: str) -> SeenMessage:
    """A message that Tariq wrote."""
    await bench.tariq.say(seed.STANDUP, text)
    return await bench.see(
        lambda s: next((m for m in s.messages(seed.STANDUP) if m.text == text), None)
    )


async def mention(bench: Bench, words: str, thread_ts: str | None = None) -> None:
    text = f"<@{seed.BOT_USER}> {words}"
    assert (await bench.ines.mention(seed.STANDUP, text, thread_ts)).ok


async def test_the_room_that_a_message_links_to_is_recorded(bench: Bench) -> None:
    room = await bench.room()
    message = await said(bench, f"Join us: <{at(room)}|here>")
    await bench.ines.shortcut("record_link", message)
    form = await bench.view(bench.ines, "start_form", room.name)
    assert value(form, "room_id") == room.id
    assert value(form, "meeting_url") == f"{at(room)}?skip_preview=true"
    await bench.ines.submit(form)
    card = await bench.card(room, "Recording")
    assert "own meeting URL" in card.text
    (body,) = await bench.bodies(room)
    assert body["meeting_url"] == f"{at(room)}?skip_preview=true"


async def test_a_message_without_a_room_link_offers_the_form(bench: Bench) -> None:
    message = await said(bench, "See https://example.com/preview/nothing")
    await bench.ines.shortcut("record_link", message)
    told = await bench.told(bench.ines, seed.STANDUP, "no link to a 100ms room")
    await bench.press(bench.ines, told, "Open the form")
    await bench.view(bench.ines, "start_form")


async def test_a_mention_starts_once_however_often_slack_delivers_it(bench: Bench) -> None:
    room = await bench.room()
    await mention(bench, f'start "{room.name}" --no-transcript')
    await bench.told(bench.ines, seed.STANDUP, "Starting to record", room.name)
    await bench.card(room, "Recording")
    delivered = (await bench.ines.deliveries("app_mention"))[-1]
    body = json.dumps(delivered["payload"]).encode()
    headers = bench.signed(body) | {"content-type": "application/json"}
    again = await bench.http.post(f"{bench.bot.url}/slack/events", content=body, headers=headers)
    assert again.status_code == 200
    await mention(bench, "status")
    await bench.told(bench.ines, seed.STANDUP, room.name, "Recording")
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1


async def test_a_mention_answers_what_it_does_not_understand(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await mention(bench, f"stpo {room.name}")
    await bench.told(bench.ines, seed.STANDUP, f"Stop the recording of {room.name}?")
    await mention(bench, "dance")
    told = await bench.told(bench.ines, seed.STANDUP, "I did not understand that.")
    await bench.press(bench.ines, told, "What I can do")
    await bench.told(bench.ines, seed.STANDUP, "/record start")


async def test_a_mention_that_names_no_room_offers_the_form(bench: Bench) -> None:
    await mention(bench, "start")
    told = await bench.told(bench.ines, seed.STANDUP, "Which room should be recorded?")
    assert labels(told.blocks)[-1] == "Open the form"
    await bench.press(bench.ines, told, "Open the form")
    form = await bench.view(bench.ines, "start_form")
    assert value(form, "channel") == seed.STANDUP


async def test_people_may_talk_about_the_bot(bench: Bench) -> None:
    before = len((await bench.ines.state()).ephemerals(seed.STANDUP, seed.STARTER))
    answer = await bench.ines.mention(seed.STANDUP, f"I love what <@{seed.BOT_USER}> did there")
    assert answer.ok
    await mention(bench, "help")
    await bench.told(bench.ines, seed.STANDUP, "/record start")
    assert len((await bench.ines.state()).ephemerals(seed.STANDUP, seed.STARTER)) == before + 1
