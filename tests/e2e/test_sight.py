"""What is recorded in a private channel is nobody else's business."""

import json
import sqlite3
from pathlib import Path

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from bot.core.facts import Followed
from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, files, labels

NAMES = (seed.DESIGN, f"<@{seed.STARTER}>")


async def ask(bench: Bench, who: Person, text: str, *words: str, where: str) -> SeenMessage:
    """The answer to a command that comes after the ack."""
    before = {m.ts for m in await who.ephemerals(where)}
    assert (await who.command(where, f"/record {text}")).ok
    return await bench.see(
        lambda s: next(
            (
                m
                for m in s.ephemerals(where, who.user)
                if m.ts not in before and contains(m.raw, *words)
            ),
            None,
        )
    )


async def secret_and_known(bench: Bench) -> tuple[Room, Room]:
    """One runs in a private channel that neither Amara nor Guus is in, one in #partners."""
    secret, known = await bench.room(), await bench.room()
    await bench.running(secret, channel=seed.DESIGN)
    await bench.running(known, channel=seed.PARTNERS)
    return secret, known


async def test_it_is_left_out_of_lists_and_choices(bench: Bench) -> None:
    secret, known = await secret_and_known(bench)
    status = await ask(bench, bench.amara, "status", known.name, where=seed.STANDUP)
    assert not contains(status.raw, secret.name)
    theirs = await ask(bench, bench.tariq, "status", known.name, secret.name, where=seed.STANDUP)
    assert contains(theirs.raw, f"<#{seed.DESIGN}>")
    for room, answer in ((secret, "No recordings of"), (known, "1 recording of")):
        await ask(bench, bench.amara, f'list "{room.name}"', answer, where=seed.STANDUP)
    await ask(bench, bench.tariq, f'list "{secret.name}"', "1 recording", where=seed.STANDUP)
    dm = seed.dm_id(
        seed.ADMIN
    )  # nothing has its card here, so all that she knows of could be meant
    which = await ask(bench, bench.amara, "pause", known.name, where=dm)
    assert not contains(which.raw, secret.name)


async def test_of_a_room_that_is_taken_no_more_is_told_than_that(bench: Bench) -> None:
    secret, _ = await secret_and_known(bench)
    words = "in a channel that you cannot access"
    told = await ask(bench, bench.amara, f'start "{secret.name}"', words, where=seed.STANDUP)
    assert labels(told.blocks) == []
    assert not any(contains(told.raw, name) for name in NAMES)
    form = await bench.choose_room(bench.amara, await bench.form(bench.amara), secret)
    await bench.amara.submit(form)
    view = await bench.view(bench.amara, "outcome", words)
    assert not any(contains(view.raw, name) for name in NAMES)
    seen = await ask(bench, bench.tariq, f'start "{secret.name}"', "Open", where=seed.STANDUP)
    assert labels(seen.blocks) == ["Open its card", "Follow here"]


async def test_guests_see_what_their_channel_shows(bench: Bench) -> None:
    _, elsewhere = await secret_and_known(bench)
    here = await bench.room()
    await bench.running(here)
    status = await ask(bench, bench.guus, "status", here.name, where=seed.STANDUP)
    assert not contains(status.raw, elsewhere.name)
    assert not contains(status.raw, "Elsewhere")
    none = f'list "{elsewhere.name}"'
    await ask(bench, bench.guus, none, "There is no room", where=seed.STANDUP)
    await bench.finish(here)
    card = await bench.card(here, "Video ready")
    listed = await ask(bench, bench.guus, f'list "{here.name}"', here.name, where=seed.STANDUP)
    assert labels(listed.blocks) == ["Details"]
    await bench.press(bench.guus, card, "Details")
    view = await bench.view(bench.guus, "details", here.name, "Only full members")
    assert not {"Watch", "Transcript", "Get link"} & set(labels(view.blocks))
    await bench.guus.close(view)


async def test_details_name_only_the_channels_that_one_sees(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room, channel=seed.DESIGN)
    taken = await ask(bench, bench.tariq, f'start "{room.name}"', "Follow", where=seed.STANDUP)
    await bench.press(bench.tariq, taken, "Follow here")
    card = await bench.card(room, "Recording")
    for who, sees in ((bench.amara, False), (bench.tariq, True)):
        await bench.press(who, card, "Details")
        view = await bench.view(who, "details", room.name, f"<#{seed.STANDUP}>")
        assert contains(view.raw, seed.DESIGN) == sees
        await who.close(view)


def as_it_was_before(database: Path, channel: str) -> None:
    """What was shared followed the room, and nobody had asked what kind of place it is from."""
    with sqlite3.connect(database) as opened:
        rows = opened.execute("SELECT id, body FROM facts WHERE kind = 'shared'").fetchall()
        shared = [(row, json.loads(body)) for row, body in rows if channel in body]
        for row, body in shared:
            followed = Followed(at=body["at"], channel_id=channel)
            again = (followed.identity, "followed", followed.model_dump_json(), row)
            opened.execute("UPDATE facts SET identity = ?, kind = ?, body = ? WHERE id = ?", again)
        opened.execute("DELETE FROM facts WHERE kind = 'place_seen'")
        opened.execute("UPDATE recordings SET is_private = NULL")
        assert len(shared) == 1
    opened.close()


@pytest.mark.own_stage
@pytest.mark.parametrize("error", ["", "cant_update_message"])
async def test_what_followed_before_the_upgrade_is_withdrawn(alone: Bench, error: str) -> None:
    room = await alone.room("meetings-transcribed")
    card = await alone.running(room, channel=seed.DESIGN)
    await alone.finish(room)
    await alone.card(room, "Ready", channel=seed.DESIGN)
    await alone.file(card.channel, card.ts, "-transcript.txt")
    await alone.press(alone.tariq, await alone.reply(card, "are ready"), "Share")
    form = await alone.view(alone.tariq, "recording_share_form")
    await alone.tariq.enter(form, "share_channel", seed.STANDUP, action_id="share_channel_input")
    await alone.tariq.submit(await alone.view(alone.tariq, "recording_share_form"))
    there = await alone.card(room, "Ready", channel=seed.STANDUP)
    await alone.file(there.channel, there.ts, "-transcript.txt")
    await alone.reply(there, "are ready")
    await alone.bot.stop()
    as_it_was_before(alone.database, seed.STANDUP)
    if error:
        await alone.slack_fault("chat.update", error=error, times=1000)
        unwell = {"error": "internal_error", "times": 2, "match": {"ts": there.ts}}
        await alone.slack_fault("chat.delete", **unwell)
    await alone.bot.start()

    def withdrawn(state: Snapshot) -> bool:
        now = [m for m in state.messages(there.channel) if m.ts == there.ts]
        left = [m for m in state.thread(there.channel, there.ts) if m.raw.get("blocks")]
        left_files = files(state, there.channel, there.ts)
        reduced = any("do not have access to" in m.text for m in now)
        return not (left or left_files) and (room.name not in str(now) if error else reduced)

    await alone.see(withdrawn, "the card says no more, and its thread is empty")
    state = await alone.ines.state()
    assert room.name not in str([m.raw for m in state.messages(seed.STANDUP)])
    assert await alone.card(room, "Ready", channel=seed.DESIGN)
