"""Forgetting a recording: everywhere, with a receipt, whatever happens in between."""

import sqlite3

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from tests.e2e.bench import Bench, ended
from tests.e2e.reading import Room, cards, code_blocks, contains, files, labels
from tests.e2e.test_web import SECRET, event, hook

FORGET = "Forget this recording"


async def details(bench: Bench, card: SeenMessage, who: str = "ines") -> None:
    """Pressed, confirmed."""
    person = getattr(bench, who)
    await bench.press(person, card, "Details")
    view = await bench.view(person, "details", FORGET)
    await bench.press(person, view, FORGET, confirm=True)


async def gone(bench: Bench, room: Room, card: SeenMessage) -> None:
    """No message, file or row of it is left."""

    def left(state: Snapshot) -> bool:
        return not cards(state, room, card.channel) and not files(state, card.channel, card.ts)

    await bench.see(left)
    await bench.direct(seed.STARTER, room.name, "was forgotten")

    async def no_row() -> bool:
        with sqlite3.connect(f"file:{bench.database}?mode=ro", uri=True) as db:
            (n,) = db.execute("SELECT count(*) FROM recordings WHERE room_id = ?", [room.id])
            return int(n[0]) == 0

    # The rows go after the last thing that Slack shows.
    await bench.world.until(no_row, what="the row of the recording to be gone")


async def test_everything_of_ours_goes_and_the_receipt_says_what_remains(bench: Bench) -> None:
    room = await bench.room("meetings-transcribed")
    card = await bench.running(room, "--transcript --summary")
    hms = await bench.recording(room)
    await bench.finish(room)
    await ended(bench, room, card)
    await details(bench, card)
    view = await bench.view(bench.ines, "outcome", "is forgetting")
    assert contains(view.raw, room.name)
    receipt = await bench.direct(seed.STARTER, room.name, "was forgotten")
    await gone(bench, room, card)
    (named,) = code_blocks(receipt.blocks)
    assert hms["id"] in named
    assert "room-composite" in named
    assert "15 days" in receipt.text
    assert not (await bench.ines.state()).thread(card.channel, card.ts) or not any(
        m.raw.get("blocks") for m in (await bench.ines.state()).thread(card.channel, card.ts)
    )


async def test_what_runs_cannot_be_forgotten_yet(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.press(bench.ines, card, "Details")
    view = await bench.view(bench.ines, "details", room.name)
    assert FORGET not in labels(view.blocks)


async def test_what_is_forgotten_does_not_come_back_into_a_channel_that_follows(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record follow "{room.name}"')
    await bench.told(bench.ines, seed.STANDUP, "This channel follows", room.name)
    card = await bench.running(room, "--no-transcript")
    hms = await bench.recording(room)
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    await details(bench, card)
    await gone(bench, room, card)
    data = {"job_id": hms["id"], "room_id": room.id, "reason": "client request"}
    again = event("beam.stopped.success", **data)
    answer = await bench.http.post(hook(bench), json=again, headers=SECRET)
    assert answer.status_code == 200
    other = await bench.hms.sim(f"/rooms/{room.id}/start-recording", {})
    assert other["id"] != hms["id"]
    await bench.card(room, "Recording")
    assert len(cards(await bench.ines.state(), room, seed.STANDUP)) == 1


async def test_an_outage_of_slack_delays_it_and_a_closed_channel_is_named(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--no-transcript")
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    await bench.reply(card, "The video is ready.")
    await bench.slack_fault("chat.delete", error="internal_error", times=2)
    await bench.slack_fault("chat.delete", error="cant_delete_message", times=1)
    await details(bench, card)
    receipt = await bench.direct(seed.STARTER, room.name, "was forgotten")
    assert "cant_delete_message" in receipt.text


async def test_a_title_is_forgotten_with_the_recording(bench: Bench) -> None:
    room, title = await bench.room(), "Merger with Nightfall"
    card = await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record rename "{room.name}" {title}')
    await bench.told(bench.ines, seed.STANDUP, f"is now called {title}")
    await bench.finish(room)
    await bench.reply(card, title, "ready")
    await details(bench, card)
    await bench.direct(seed.STARTER, "was forgotten")

    async def no_word() -> bool:
        with sqlite3.connect(f"file:{bench.database}?mode=ro", uri=True) as db:
            asked = "SELECT count(*) FROM {} WHERE {} LIKE ?"
            places = [("recordings", "title"), ("facts", "body"), ("archive", "body")]
            known = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            found = [
                db.execute(asked.format(table, column), [f"%{title}%"]).fetchone()[0]
                for table, column in places
                if table in known
            ]
            return not any(found)

    await bench.world.until(no_word, what="the title to be gone")
    state = await bench.ines.state()
    assert not [m for m in state.messages(seed.STANDUP) if title in str(m.raw)]
