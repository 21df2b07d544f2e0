"""The log: one line for each thing that happened, with its ids, and nothing that people wrote."""

import json
import time

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Json, button
from tests.e2e.test_web import SECRET, event, hook


def lines(bench: Bench, **wanted: object) -> list[Json]:
    """The lines with these values, in their order."""
    every = [x for x in bench.bot.log.read_text().splitlines() if x[:1] + x[-1:] == "{}"]
    found = [json.loads(line) for line in every]
    return [line for line in found if wanted.items() <= line.items()]


async def line(bench: Bench, **wanted: object) -> Json:
    """The first such line, once it is there."""

    async def look() -> Json | None:
        return next(iter(lines(bench, **wanted)), None)

    return await bench.world.until(look, bench.world.slack_news, f"a line with {wanted}")


async def test_the_life_of_a_recording_can_be_read_from_the_log(logged: Bench) -> None:
    room = await logged.room()
    words = "the budget of Project Nightfall"
    card = await logged.running(room, f'--transcript --summary --context "{words}"')
    started = await line(logged, event="request", command="start", room=room.id)
    assert started["kind"] == "command"
    assert started["name"] == "/record"
    assert started["by"] == logged.ines.user
    assert started["channel"] == seed.STANDUP
    assert started["decided"] == "Created"
    assert started["outcome"] == "done"
    assert started["ms"] >= 0
    key = started["key"]
    requested = await line(logged, event="fact", key=key, fact="requested")
    assert requested["by"] == logged.ines.user
    assert requested["via"] == "command"
    assert requested["request"] == started["request"], "the request that it comes from"
    hms_id = (await logged.recording(room))["id"]
    call = await line(logged, event="call", key=key, method="POST /recordings/room/{id}/start")
    assert (call["service"], call["status"], call["about"]) == ("100ms", "200", room.id)
    assert call["ms"] >= 0
    step = await line(logged, event="step", key=key, step="Start")
    assert step["outcome"] == "done"
    assert (await line(logged, event="fact", key=key, fact="start_accepted"))["hms_id"] == hms_id
    posted = await line(logged, event="call", key=key, method="chat.postMessage")
    assert (posted["service"], posted["status"]) == ("slack", "ok")
    webhook = await line(logged, event="webhook", type="beam.started.success", room=room.id)
    assert webhook["outcome"] == "kept"
    assert webhook["id"]
    await line(logged, event="webhooks_matched", key=key)

    await logged.ines.click(card, button(card.blocks, "Stop"), confirm=True)
    clicked = await line(logged, event="request", kind="action", key=key)
    assert (clicked["by"], clicked["decided"], clicked["outcome"]) == (
        logged.ines.user,
        "stop",
        "done",
    )
    assert clicked["name"].startswith("recording_stop")
    stopped = await line(logged, event="fact", key=key, fact="stop_requested")
    assert (stopped["by"], stopped["request"]) == (logged.ines.user, clicked["request"])
    await logged.finish(room)
    await logged.card(room, "Ready.")
    await line(logged, event="call", key=key, method="files.completeUploadExternal", status="ok")
    await line(logged, event="call", key=key, method="upload", status="ok")
    await line(logged, event="call", key=key, service="files", status="200")
    text = logged.bot.log.read_text()
    assert words not in text
    assert room.name not in text


async def test_what_a_mention_and_a_form_asked_is_logged(logged: Bench) -> None:
    await logged.ines.mention(seed.STANDUP, "help nightfall")
    told = await line(logged, event="request", kind="event", name="app_mention")
    assert (told["by"], told["channel"]) == (logged.ines.user, seed.STANDUP)
    assert told["outcome"] == "done"
    assert told["command"]
    room = await logged.room()
    view = await logged.choose_room(logged.ines, await logged.form(logged.ines), room)
    await logged.ines.submit(view)
    submitted = await line(logged, event="request", kind="view", room=room.id)
    assert submitted["decided"] == "Created"
    assert (await line(logged, event="fact", key=submitted["key"], fact="requested"))["via"] == (
        "form"
    )
    assert "nightfall" not in logged.bot.log.read_text()


async def test_who_may_not_is_logged_with_the_reason(logged: Bench) -> None:
    room = await logged.room()
    await logged.start(room, by=logged.guus)
    refused = await line(logged, event="request", by=logged.guus.user, command="start")
    assert refused["outcome"] == "refused: NoRight (start is not theirs)"


async def test_what_failed_has_its_status(logged: Bench) -> None:
    room = await logged.room()
    await logged.start_fault(room, kind="status", status=503, times=1)
    await logged.running(room)
    failed = await line(logged, event="call", about=room.id, status="503")
    step = await line(logged, event="step", step="Start", key=failed["key"])
    assert step["outcome"] != "broke"


@pytest.mark.parametrize("why", ["missing", "wrong", "old"])
async def test_a_rejected_signature_is_logged_once_a_minute(logged: Bench, why: str) -> None:
    body = b"command=%2Frecord&user_id=U_NIGHTFALL"
    headers = logged.signed(body)
    if why == "missing":
        del headers["x-slack-signature"]
    elif why == "wrong":
        headers["x-slack-signature"] = "v0=" + "0" * 64
    else:
        headers = logged.signed(body, at=time.time() - 1000)
    for _ in range(3):
        url = f"{logged.bot.url}/slack/events"
        answer = await logged.http.post(url, content=body, headers=headers)
        assert answer.status_code == 401
    rejected = lines(logged, event="signature_rejected", why=why)
    assert len(rejected) == 1
    assert rejected[0]["level"] == "warning"
    assert "U_NIGHTFALL" not in logged.bot.log.read_text()
    if why == "old":
        [off] = lines(logged, event="clock_is_off", why="slack")
        assert 990 < off["ahead_by_s"] < 1010
    assert await logged.metric("record_bot_signatures_rejected_total") >= 3


async def test_a_webhook_with_a_wrong_secret_is_logged_once_a_minute(logged: Bench) -> None:
    wrong = dict.fromkeys(SECRET, "nightfall-and-more")
    for _ in range(3):
        answer = await logged.http.post(hook(logged), json=event(), headers=wrong)
        assert answer.status_code == 401
    assert len(lines(logged, event="webhook_rejected", why="secret")) == 1
    assert "nightfall-and-more" not in logged.bot.log.read_text()
