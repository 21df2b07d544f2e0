"""Links to rooms in messages: the room's state below them, with a button that fits."""

import sqlite3
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, button, contains, labels, url_of, value


def at(room: Room, query: str = "") -> str:
    return f"https://acme.app.100ms.live/preview/{room.id}/host{query}"


async def said(
    bench: Bench, text: str, channel: str = seed.STANDUP, by: Person | None = None
) -> SeenMessage:
    """A message, once Slack has told the bot of its links. By Ines if by nobody else."""
    answer = await (by or bench.ines).say(channel, text)
    assert answer.ok
    return SeenMessage.read(answer.saw[0]["message"], channel)


async def below(
    bench: Bench, message: SeenMessage, says: str = "", count: int = 1
) -> list[list[dict[str, Any]]]:
    """What is shown below the message: blocks for each link."""

    def look(state: Any) -> list[list[dict[str, Any]]] | None:
        now = next(m for m in state.messages(message.channel) if m.ts == message.ts)
        shown = [a["blocks"] for a in now.raw.get("attachments", [])]
        return shown if len(shown) == count and says in str(shown) else None

    return await bench.see(look)


async def click(
    who: Person, message: SeenMessage, blocks: list[dict[str, Any]], label: str
) -> None:
    assert (await who.click(message, button(blocks, label))).ok


async def test_a_room_where_nothing_is_recorded_offers_the_form(bench: Bench) -> None:
    room = await bench.room()
    message = await said(bench, f"We meet here: <{at(room, '?a=1&amp;auth_token=t0ken')}|room>")
    (blocks,) = await below(bench, message, room.name)
    assert labels(blocks) == ["Start a recording"]
    assert "People are in the room" in str(blocks) or "The room is empty" in str(blocks)
    assert "t0ken" not in str(blocks)
    await click(bench.tariq, message, blocks, "Start a recording")
    form = await bench.view(bench.tariq, "start_form", room.name)
    assert value(form, "room_id") == room.id
    assert value(form, "channel") == seed.STANDUP
    assert value(form, "meeting_url") == f"{at(room, '?a=1&auth_token=t0ken')}&skip_preview=true"
    await bench.tariq.submit(form)
    await bench.card(room, "Recording")


async def test_a_guest_is_offered_no_start_and_refused_kindly(bench: Bench) -> None:
    """Below a guest's link there is none; below a member's, which all see, it says who can."""
    room = await bench.room()
    (blocks,) = await below(bench, await said(bench, at(room), by=bench.guus), room.name)
    assert labels(blocks) == []
    message = await said(bench, at(room))
    (blocks,) = await below(bench, message, room.name)
    await click(bench.guus, message, blocks, "Start a recording")
    await bench.told(bench.guus, seed.STANDUP, "Only full members")


async def test_while_it_is_recorded_its_card_is_a_click_away(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    message = await said(bench, at(room))
    (blocks,) = await below(bench, message, "Recording since")
    assert labels(blocks) == ["Open the card", "Details"]
    assert url_of(blocks, "Open the card").endswith(f"/p{card.ts.replace('.', '')}")
    await click(bench.tariq, message, blocks, "Open the card")
    await click(bench.tariq, message, blocks, "Details")
    await bench.view(bench.tariq, "details", room.name)


async def test_another_channel_can_have_the_card_too(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    message = await said(bench, at(room), seed.DESIGN)
    (blocks,) = await below(bench, message, "Recording since")
    assert labels(blocks) == ["Open the card", "Follow here"]
    await click(bench.tariq, message, blocks, "Follow here")
    await bench.card(room, "Recording", channel=seed.DESIGN)


async def test_what_a_private_channel_records_shows_nowhere_else(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room, channel=seed.DESIGN)
    message = await said(bench, at(room))
    (blocks,) = await below(bench, message, room.name)
    assert "Recording" not in str(blocks)
    assert seed.DESIGN not in str(blocks)
    assert labels(blocks) == ["Start a recording"]
    inside = await said(bench, at(room), seed.DESIGN)
    await below(bench, inside, "Recording since")


async def test_people_of_other_organisations_learn_of_no_other_channel(bench: Bench) -> None:
    room, theirs = await bench.room(), await bench.room()
    await bench.running(room)
    await bench.running(theirs, channel=seed.PARTNERS)
    message = await said(bench, f"{at(room)} and {at(theirs)}", seed.PARTNERS)
    first, second = await below(bench, message, count=2)
    assert (room.name in str(first), labels(first)) == (True, [])
    assert "Recording since" not in str(first)
    assert "Recording since" in str(second)
    assert labels(second) == ["Open the card", "Details"]


async def test_what_one_person_records_for_themselves_shows_where_they_talk_to_the_bot(
    bench: Bench,
) -> None:
    room = await bench.room()
    mine = seed.dm_id(seed.STARTER)
    await bench.ines.command(mine, f'/record start "{room.name}"')
    await bench.card(room, "Recording", channel=mine)
    await below(bench, await said(bench, at(room), mine), "Recording since")
    (blocks,) = await below(bench, await said(bench, at(room)), room.name)
    assert "Recording since" not in str(blocks)


async def test_each_room_once_and_nothing_of_which_nothing_is_known(bench: Bench) -> None:
    """One known room, last: once it shows, the others were decided."""
    room = await bench.room()
    unknown = "https://acme.app.100ms.live/preview/ffffffffffffffffffffffff/host"
    code = "https://acme.app.100ms.live/meeting/abc-defg-hij"
    message = await said(bench, f"{unknown} {code} {at(room)} {at(room, '?again')}")
    (blocks,) = await below(bench, message, room.name)
    assert labels(blocks) == ["Start a recording"]


async def test_while_it_is_written_nothing_is_shown(bench: Bench) -> None:
    room = await bench.room()
    link = {"url": at(room), "domain": "app.100ms.live"}
    written = {"channel": "COMPOSER", "message_ts": "gryl3kb", "unfurl_id": "gryl3kb"}
    await bench.ines.tell(
        "events", type="link_shared", user=seed.STARTER, source="composer", links=[link], **written
    )
    await below(bench, await said(bench, at(room)), room.name)
    calls = await bench.slack_calls("chat.unfurl")
    ours = [c["args"]["channel"] for c in calls if contains(c["args"], room.id)]
    assert ours == [seed.STANDUP]


@pytest.mark.own_stage  # what is late of another test would take the fault
async def test_when_slack_refuses_nobody_is_told(bench: Bench) -> None:
    room = await bench.room()
    await bench.slack_fault("chat.unfurl", error="internal_error")
    await said(bench, at(room))
    await bench.slack_fault_taken("chat.unfurl")
    await below(bench, await said(bench, at(room)), room.name)
    state = await bench.ines.state()
    assert state.ephemerals(seed.STANDUP, seed.STARTER) == []


async def knows_a_code(bench: Bench, room: Room) -> bool:
    with closing(sqlite3.connect(bench.database)) as conn:
        query = "SELECT count(*) FROM room_codes WHERE room_id = ?"
        return bool(conn.execute(query, (room.id,)).fetchone()[0])


async def test_a_link_with_a_room_code_leads_to_its_room(bench: Bench) -> None:
    """It unfurls, fills the form, and starts; the code itself is stored nowhere.

    A code that is posted for the first time is searched for, perhaps for longer than Slack waits.
    """
    room = await bench.room()
    codes = (await bench.hms.get(f"/room-codes/room/{room.id}"))["data"]
    link = f"https://acme.app.100ms.live/meeting/{codes[0]['code']}"
    await said(bench, f"Tomorrow we meet here: {link}")
    await bench.world.until(partial(knows_a_code, bench, room), what="the code to be known")
    message = await said(bench, f"We meet here: {link}")
    (blocks,) = await below(bench, message, room.name)
    assert labels(blocks) == ["Start a recording"]
    await click(bench.tariq, message, blocks, "Start a recording")
    form = await bench.view(bench.tariq, "start_form", room.name)
    assert value(form, "room_id") == room.id
    assert value(form, "meeting_url") == f"{link}?skip_preview=true"
    answer = await bench.ines.command(seed.STANDUP, f"/record start {link} --audio")
    assert answer.ok
    await bench.card(room, "Recording")
    assert (await bench.bodies(room))[-1]["meeting_url"] == f"{link}?skip_preview=true"
