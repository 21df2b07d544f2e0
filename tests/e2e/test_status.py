"""`/record status`, `list`, `stop`, `pause`, `resume`: with nothing, one and several running.

Over Socket Mode. Where it matters that nothing else runs, the stage is the test's own.
"""

import asyncio

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage

from tests.e2e.bench import Bench
from tests.e2e.reading import contains, labels, url_of


async def ask(linked: Bench, text: str, *words: str) -> SeenMessage:
    """The answer to a command that is given after the ack."""
    before = {m.ts for m in await linked.ines.ephemerals(seed.STANDUP)}
    answer = await linked.ines.command(seed.STANDUP, f"/record {text}")
    assert answer.ok, answer
    return await linked.see(
        lambda s: next(
            (
                m
                for m in s.ephemerals(seed.STANDUP, seed.STARTER)
                if m.ts not in before and contains(m.raw, *words)
            ),
            None,
        )
    )


@pytest.mark.own_stage
async def test_with_nothing_running(linked: Bench) -> None:
    status = await ask(linked, "status", "Nothing is being recorded here.")
    assert labels(status.blocks) == ["Start a recording"]
    for action in ("stop", "pause", "resume"):
        answer = await linked.ines.command(seed.STANDUP, f"/record {action}")
        assert answer.text == "Nothing is being recorded."
        named = await linked.ines.command(seed.STANDUP, f"/record {action} STANDUP.")
        assert named.text == "standup is not being recorded."
    await ask(linked, "list", "No recordings yet.")
    await ask(linked, "list standup", "No recordings of", "standup")
    await ask(linked, 'list "nowhere at all"', "There is no room “nowhere at all”.")
    # Without any connection, until there are two again.
    told = await linked.ines.tell("sockets/disconnect", reason="refresh_requested", every=True)
    assert told["told"] == 2
    await linked.see(lambda s: s.raw["app"]["connections"] == 2)
    await ask(linked, "status", "Nothing is being recorded here.")


@pytest.mark.own_stage
async def test_with_one_and_then_several(linked: Bench) -> None:
    one, two, far = await linked.room(), await linked.room(), await linked.room()
    card = await linked.running(one, "--no-transcript")
    status = await ask(linked, "status", one.name, "Recording")
    assert card.ts.replace(".", "") in str(status.blocks)
    assert labels(status.blocks) == ["Stop"]

    assert (await linked.ines.command(seed.STANDUP, "/record pause")).text == f"Pausing {one.name}."
    await linked.card(one, "Paused.")
    assert (await linked.ines.command(seed.STANDUP, "/record pause")).text is not None
    resumed = await linked.ines.command(seed.STANDUP, "/record resume")
    assert resumed.text == f"Resuming {one.name}."
    await linked.card(one, "Recording.")

    # One here, and one elsewhere: here is meant; elsewhere it is asked.
    await linked.running(far, "--no-transcript", channel=seed.DESIGN)
    status = await ask(linked, "status", one.name, "Elsewhere: 1 recording", far.name)
    await linked.tariq.command(seed.PARTNERS, "/record stop")
    which = await linked.told(linked.tariq, seed.PARTNERS, "Stop the recording of")
    assert set(labels(which.blocks)) == {f"Stop {one.name}", f"Stop {far.name}", "Stop all"}

    # Several here: a button for each.
    await linked.running(two, "--no-transcript")
    which = await ask(linked, "stop", "Stop the recording of")
    assert set(labels(which.blocks)) == {f"Stop {one.name}", f"Stop {two.name}", "Stop all"}
    pause = await ask(linked, "pause", "Pause the recording of", one.name, two.name)
    await linked.press(linked.ines, pause, f"Pause {one.name}")
    await linked.card(one, "Paused.")
    resumed = await linked.ines.command(seed.STANDUP, "/record resume")
    assert resumed.text == f"Resuming {one.name}."  # only one is paused
    await linked.card(one, "Recording.")
    await linked.press(linked.ines, which, f"Stop {two.name}")
    await linked.card(two, "Video ready")
    assert (await linked.recording(one))["status"] == "running"
    again = await linked.see(
        lambda s: next(
            (m for m in s.ephemerals(seed.STANDUP, seed.STARTER) if m.ts == which.ts), None
        )
    )
    assert again.text == f"Stopping {two.name}."

    # By name, from anywhere.
    answer = await linked.tariq.command(seed.PARTNERS, f'/record stop "{far.name}"')
    assert answer.text == f"Stopping {far.name}."
    await linked.card(far, "Video ready", channel=seed.DESIGN)
    assert (await linked.ines.command(seed.STANDUP, "/record stop")).text == f"Stopping {one.name}."
    card = await linked.card(one, "Video ready")
    await linked.reply(card, "The video is ready.")


async def test_the_list_is_newest_first_and_opens_videos(linked: Bench) -> None:
    room = await linked.room()
    for _ in range(2):
        card = await linked.running(room, "--no-transcript")
        await linked.finish(room)
        await linked.reply(card, "The video is ready.")
    listed = await ask(linked, f'list "{room.name}"', f"2 recordings of {room.name}")
    assert labels(listed.blocks) == ["Watch", "Details", "Watch", "Details"]
    limited = await ask(linked, f'list "{room.name}" 1', f"1 recording of {room.name}")
    assert card.ts.replace(".", "") in str(limited.blocks)
    await linked.press(linked.ines, limited, "Watch")
    told = await linked.told(linked.ines, seed.STANDUP, f"video of {room.name}")
    assert (await linked.http.get(url_of(told.blocks, "Open"))).status_code == 200
    here = await ask(linked, "list 20", room.name)
    assert "Watch" in labels(here.blocks)


@pytest.mark.own_stage  # its token counts as revoked afterwards
async def test_malformed_events_over_socket_mode_are_acked(linked: Bench) -> None:
    for odd in (
        {"type": "app_home_opened", "tab": "home"},
        {"type": "app_home_opened", "tab": "home", "user": seed.STARTER, "channel": 5},
        {"type": "member_joined_channel", "user": seed.BOT_USER},
        {"type": "tokens_revoked", "tokens": "all"},
    ):
        answer = await linked.ines.tell("events", **odd)
        assert answer["ok"], odd
    assert linked.bot.log.read_text().count("odd_request_ignored") >= 4


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_socket_mode_survives_a_disconnect(linked: Bench, reason: str) -> None:
    room = await linked.room()
    card = await linked.running(room, "--no-transcript")
    await linked.see(lambda s: s.raw["app"]["connections"] == 2)
    told = await linked.ines.tell("sockets/disconnect", reason=reason)
    assert told["told"] == 1
    # While it is renewed; one after the other goes to this connection and to the other one.
    helps = [linked.ines.command(seed.STANDUP, "/record help") for _ in range(4)]
    answers = await asyncio.gather(*helps)
    assert [a.outcome for a in answers] == ["ok"] * len(helps)
    answer = await linked.press(linked.ines, card, "Stop", confirm=True)
    assert answer.ok, answer
    await linked.reply(card, "The video is ready.")
    await linked.see(lambda s: s.raw["app"]["connections"] == 2)


async def test_a_whole_journey_by_form_over_socket_mode(linked: Bench) -> None:
    room = await linked.room()
    await linked.ines.open_home()
    home = await linked.see(lambda s: s.home(seed.STARTER))
    await linked.press(linked.ines, home, "Start a recording")
    view = await linked.view(linked.ines, "start_form")
    await linked.press(linked.ines, view, "More options")
    view = await linked.view(linked.ines, "start_form", '"transcription"')
    choices = {"transcription": "on", "summary": "on", "channel": seed.STANDUP}
    view = await linked.fill(linked.ines, view, choices)
    bad = await linked.ines.submit(
        await linked.choose_room(
            linked.ines, await linked.fill(linked.ines, view, {"temperature": "3"}), room
        )
    )
    assert list(bad.errors) == ["temperature"]
    view = await linked.fill(linked.ines, view, {"temperature": "0.4"})
    answer = await linked.ines.submit(view)
    assert answer.view is not None
    outcome = await linked.view(linked.ines, "outcome", room.name)
    card = await linked.card(room, "Recording")
    assert card.ts.replace(".", "") in url_of(outcome.blocks, "Open the card")
    link = f"https://acme.app.100ms.live/preview/{room.id}/host"
    await linked.ines.say(seed.STANDUP, link)
    await linked.see(
        lambda s: [
            m for m in s.messages(seed.STANDUP) if m.text == link and m.raw.get("attachments")
        ]
    )
    await linked.press(linked.ines, card, "Pause")
    card = await linked.card(room, "Paused.")
    await linked.press(linked.ines, card, "Stop", confirm=True)
    await linked.finish(room)
    await linked.reply(card, "The video, transcript and summary are ready.")
    await linked.file(seed.STANDUP, card.ts, "-transcript.txt")
    deliveries = await linked.ines.deliveries()
    assert {d["transport"] for d in deliveries} == {"socket"}
    assert [d for d in deliveries if d["failure"]] == []
