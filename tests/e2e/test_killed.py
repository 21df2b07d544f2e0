"""The bot hangs, is killed and is started again: the same end, nothing twice."""

import asyncio
import time
from pathlib import Path

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench, ended
from tests.e2e.reading import cards
from tests.e2e.test_cli import record_bot

pytestmark = pytest.mark.own_stage  # a late message of another test would take a fault


async def test_killed_at_many_points_at_once(calm: Bench) -> None:
    at = {
        name: await calm.room()
        for name in (
            "posting the card",
            "starting, not done",
            "starting, done",
            "running",
            "ended while down",
            "stopping",
            "posting the results",
            "done",
        )
    }
    options = "--transcript --summary"
    done = await calm.running(at["done"], options)
    await calm.finish(at["done"])
    await ended(calm, at["done"], done)
    for name in ("running", "ended while down", "stopping", "posting the results"):
        await calm.running(at[name], options)

    stopping = await calm.recording(at["stopping"])
    path = f"/v2/recordings/{stopping['id']}/stop"
    await calm.hms_fault(kind="hang", method="POST", path=path, times=1)
    await calm.ines.command(seed.STANDUP, f'/record stop "{at["stopping"].name}"')
    await calm.start_fault(at["starting, not done"], kind="hang", times=1)
    await calm.start_fault(at["starting, done"], kind="hang", after_work=True, times=1)
    for name in ("starting, not done", "starting, done"):
        await calm.start(at[name], options)
    await calm.status(at["starting, done"], "running")
    await calm.world.at_100ms(
        lambda s: not [f for f in s["faults"] if f["kind"] == "hang"], "every call that hangs"
    )

    await calm.slack_fault("chat.postMessage", hang=True)
    await calm.finish(at["posting the results"])
    await calm.slack_fault_taken("chat.postMessage")
    await calm.slack_fault("chat.postMessage", hang=True)
    await calm.start(at["posting the card"], options)
    await calm.slack_fault_taken("chat.postMessage")

    name = "record_bot_last_webhook_timestamp_seconds"
    before = await calm.metric(name)
    assert time.time() - 300 < before <= time.time()
    await calm.bot.kill()
    await calm.finish(at["ended while down"])
    await calm.status(at["ended while down"], "completed")
    await calm.bot.start()
    assert await calm.metric(name) >= before

    for name in ("posting the card", "starting, not done", "starting, done", "running"):
        await calm.card(at[name], "Recording")
    await calm.hms_until(at["stopping"], lambda r: r["stop_reason"])
    await asyncio.gather(*(calm.finish(room) for room in at.values()))
    for room in at.values():
        card = await calm.card(room)
        assert "elsewhere" not in card.text
        await ended(calm, room, card)


async def test_killed_right_after_the_answer_and_again_while_coming_up(calm: Bench) -> None:
    rooms = [await calm.room() for _ in range(3)]
    for room in rooms:
        await calm.start(room, "--no-transcript")
    await calm.bot.kill()
    await calm.bot.start()
    await calm.bot.kill()
    await calm.bot.start()
    for room in rooms:
        card = await calm.card(room, "Recording")
        await calm.finish(room)
        await calm.reply(card, "The video is ready.")
        assert len(await calm.recordings(room)) == 1
        # Posted but not noted: the window that docs/adr/0001 names, once for each kill.
        assert len(cards(await calm.ines.state(), room, seed.STANDUP)) <= 3


async def test_sigterm_stops_within_ten_seconds_whatever_hangs(calm: Bench) -> None:
    starting, posting = await calm.room(), await calm.room()
    await calm.running(posting, "--transcript --summary")
    await calm.start_fault(starting, kind="hang", after_work=True, times=1)
    await calm.start(starting, "--transcript --summary")
    await calm.status(starting, "running")
    await calm.slack_fault("chat.postMessage", hang=True)
    await calm.finish(posting)
    await calm.slack_fault_taken("chat.postMessage")
    status = await calm.bot.stop()
    await calm.bot.start()
    assert status in (0, -15), "the stage kills it after twelve"
    await calm.card(starting, "Recording")
    await calm.finish(starting)
    for room in (starting, posting):
        await ended(calm, room, await calm.card(room))


async def test_sigterm_while_idle_is_quick(calm: Bench) -> None:
    status = await calm.bot.stop()
    assert status in (0, -15), "the stage kills it after twelve seconds"
    # Nobody is there: Slack says so, and nothing was lost after the restart.
    room = await calm.room()
    answer = await calm.ines.command(seed.STANDUP, f'/record start "{room.name}"')
    assert answer.outcome == "dispatch_failed"
    await calm.bot.start()
    await calm.running(room, "--no-transcript")


async def test_two_bots_on_one_database_are_refused(calm: Bench, tmp_path: Path) -> None:
    env = dict(calm.bot.env) | {"PORT": "0"}
    done = await record_bot(tmp_path, "run", env=env)
    assert done.returncode == 1
    assert "record-bot: DATABASE_URL:" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


async def test_a_start_that_hangs_is_given_up_and_done_once(calm: Bench) -> None:
    """Time-outs are real seconds: three ways to hang, side by side."""
    before, after, stop = await calm.room(), await calm.room(), await calm.room()
    card = await calm.running(stop, "--no-transcript")
    hms = await calm.recording(stop)
    await calm.start_fault(before, kind="hang", times=1)
    await calm.start_fault(after, kind="hang", after_work=True, times=1)
    path = f"/v2/recordings/{hms['id']}/stop"
    await calm.hms_fault(kind="hang", after_work=True, method="POST", path=path, times=1)
    await calm.start(before)
    await calm.start(after)
    await calm.press(calm.ines, card, "Stop", confirm=True)
    await asyncio.gather(
        calm.card(before, "Recording"),
        calm.card(after, "Recording"),
        calm.card(stop, "Video ready"),
    )
    assert len(await calm.recordings(before)) == 1
    assert len(await calm.recordings(after)) == 1
    assert len(await calm.bodies(after)) == 1


async def test_killed_while_it_forgets_it_goes_on(calm: Bench) -> None:
    room = await calm.room()
    card = await calm.running(room, "--no-transcript")
    await calm.finish(room)
    await calm.reply(card, "The video is ready.")
    card = await calm.card(room, "Video ready")
    await calm.slack_fault("chat.delete", hang=True, times=1)
    await calm.press(calm.ines, card, "Details")
    view = await calm.view(calm.ines, "details", "Forget this recording")
    await calm.press(calm.ines, view, "Forget this recording", confirm=True)
    await calm.slack_fault_taken("chat.delete")
    await calm.bot.kill()
    assert cards(await calm.ines.state(), room, seed.STANDUP)
    await calm.bot.start()
    await calm.direct(seed.STARTER, room.name, "was forgotten")
    assert not cards(await calm.ines.state(), room, seed.STANDUP)
