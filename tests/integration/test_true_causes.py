"""Each refusal and failure of 100ms, and what the card says of it: the table of true causes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from record_bot_sandbox.slack.seed import STANDUP, STARTER

from bot.core.facts import (
    EndSet,
    PauseDropped,
    PauseRequested,
    StartAttempted,
    StopRequested,
    Via,
)
from bot.ui.text import clock
from tests.contract.store_support import S, add_facts, created
from tests.integration.engine.test_never_silent import Life, life

MIN = 60 * S

__all__ = ["life"]  # a fixture

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"kind": "status", "status": 401}, "100ms does not accept this bot's keys"),
    "403": ({"kind": "status", "status": 403}, "100ms does not let the bot"),
    "404": ({"kind": "status", "status": 404}, "100ms cannot find"),
    "422": ({"kind": "status", "status": 422}, "100ms does not accept"),
}
TOO_OLD: dict[str, tuple[dict[str, Any], str]] = {
    "409": ({"kind": "status", "status": 409}, "a live stream may be using it."),
    "429": ({"kind": "status", "status": 429, "retry_after_s": 200}, "100ms asks the bot to wait"),
    "503": ({"kind": "status", "status": 503}, "100ms had an internal error (HTTP 503)"),
    "reset": ({"kind": "reset"}, "100ms cannot be reached."),
}


async def asked_to_start(life: Life, via: Via = "command") -> str:
    room = (await life.driver.state())["rooms"][0]
    return await created(
        life.store,
        at=life.clock.now(),
        room_id=room["id"],
        room_name=room["name"],
        channel_id=STANDUP,
        by=STARTER,
        via=via,
    )


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_start_that_100ms_refuses(life: Life, fault: str) -> None:
    spoiled, words = REFUSED[fault]
    await life.driver.sim("/faults", {"path": "/v2/recordings/room/*/start", **spoiled})
    await asked_to_start(life)
    await life.until(life.clock.now() + 30 * S)
    assert words in (await life.card()).text


@pytest.mark.parametrize("fault", TOO_OLD)
async def test_a_start_made_too_old_says_why(life: Life, fault: str) -> None:
    spoiled, words = TOO_OLD[fault]
    await life.driver.sim("/faults", {"path": "/v2/recordings/room/*/start", **spoiled})
    await asked_to_start(life)
    await life.until(life.clock.now() + 300 * S)
    card = (await life.card()).text
    assert words in card
    assert "The request expired. If you still want the recording, try again." in card


@pytest.mark.parametrize(
    ("via", "ends_after", "tried_for"),
    [
        ("command", None, 2 * MIN),
        ("command", 30 * MIN, 2 * MIN),
        ("command", 1 * MIN, 1 * MIN),
        ("schedule", None, 60 * MIN),
        ("rule", 30 * MIN, 30 * MIN),
    ],
)
async def test_the_card_names_the_time_until_which_a_start_is_tried(
    life: Life, via: Via, ends_after: timedelta | None, tried_for: timedelta
) -> None:
    """As long as 100ms is not sure to have done nothing, it is asked once more after that."""
    await life.driver.sim(
        "/faults", {"path": "/v2/recordings/room/*/start", "kind": "status", "status": 503}
    )
    key, asked_at = await asked_to_start(life, via), life.clock.now()
    if ends_after:
        await add_facts(
            life.store, key, [EndSet(at=asked_at, by=None, until=asked_at + ends_after)]
        )
    await life.until(asked_at + min(tried_for - 5 * S, 5 * MIN))
    life.clock.time = max(life.clock.time, asked_at + tried_for - 3 * MIN)  # more of the same
    await life.until(asked_at + tried_for - 5 * S)
    assert f"The bot keeps trying until {clock(asked_at + tried_for)}." in (await life.card()).text
    await life.until(asked_at + tried_for + 2 * S)
    recording = await life.recording(key)
    assert max(f.at for f in recording.log if isinstance(f, StartAttempted)) < asked_at + tried_for
    if recording.problem is None:
        assert "The bot does not repeat it" in (await life.card()).text
    await life.until(asked_at + tried_for + 25 * S)
    assert "The request expired." in (await life.card()).text


async def test_a_start_that_nobody_tried_in_time_does_not_blame_100ms(life: Life) -> None:
    await asked_to_start(life)
    life.clock.advance(300 * S)
    await life.until(life.clock.now())
    card = (await life.card()).text
    assert "The bot itself was down or too busy to start it in time." in card
    assert "100ms" not in card


async def running(life: Life) -> tuple[str, datetime]:
    room = (await life.driver.state())["rooms"][0]
    await life.driver.sim(f"/rooms/{room['id']}/join", {"name": "Ana"})
    key = await asked_to_start(life)
    await life.until(life.clock.now() + 9 * S)
    hms_id = (await life.recording(key)).hms_id
    assert hms_id is not None
    await life.driver.recording(hms_id, "running")
    return key, life.clock.now()


STOPS = {k: v for k, v in REFUSED.items() if k != "404"} | {
    "500": ({"kind": "status", "status": 500}, "100ms had an internal error (HTTP 500)"),
    "reset": ({"kind": "reset"}, "100ms cannot be reached."),
    "404, but it runs": (
        {"kind": "status", "status": 404},
        "100ms cannot find what the bot asked for (HTTP 404)",
    ),
}


@pytest.mark.parametrize("fault", STOPS)
async def test_a_stop_that_does_not_work_says_why_and_goes_on(life: Life, fault: str) -> None:
    spoiled, words = STOPS[fault]
    key, now = await running(life)
    await life.driver.sim("/faults", {"path": "/v2/recordings/*/stop", **spoiled})
    await add_facts(life.store, key, [StopRequested(at=now, by=STARTER)])
    await life.until(now + 60 * S)
    card = (await life.card()).text
    assert f"Not stopped yet. {words}" in card
    assert "The bot keeps trying; you can also stop it in 100ms, or end the meeting." in card
    await life.driver.sim("/faults", {"clear": True})
    await life.until(life.clock.now() + 600 * S)
    assert "Not stopped yet" not in (await life.card()).text


async def test_one_hiccup_of_a_stop_is_not_told(life: Life) -> None:
    key, now = await running(life)
    await life.driver.sim(
        "/faults", {"path": "/v2/recordings/*/stop", "kind": "status", "status": 503, "times": 1}
    )
    await add_facts(life.store, key, [StopRequested(at=now, by=STARTER)])
    await life.until(now + 10 * S)
    assert "Not stopped yet" not in (await life.card()).text
    assert (await life.recording(key)).stop_failed is None


@pytest.mark.parametrize("wait_s", [15, 100])
async def test_a_stop_that_100ms_asks_to_wait_with_was_answered(life: Life, wait_s: int) -> None:
    key, now = await running(life)
    await life.driver.sim(
        "/faults",
        {
            "path": "/v2/recordings/*/stop",
            "kind": "status",
            "status": 429,
            "retry_after_s": wait_s,
            "times": 4,
        },
    )
    await add_facts(life.store, key, [StopRequested(at=now, by=STARTER)])
    for after in (22, 50):
        await life.until(now + after * S)
        card = (await life.card()).text
        assert "100ms asks the bot to wait: too many requests (HTTP 429)." in card
        assert "has not answered" not in card


async def test_a_pause_that_100ms_refuses_says_with_what(life: Life) -> None:
    key, now = await running(life)
    await life.driver.sim(
        "/faults", {"path": "/v2/recordings/room/*/pause", "kind": "status", "status": 422}
    )
    wish = PauseRequested(at=now, by=STARTER, pause=True)
    await add_facts(life.store, key, [wish])
    await life.until(now + 5 * S)
    (dropped,) = [f for f in (await life.recording(key)).log if isinstance(f, PauseDropped)]
    assert (dropped.why, dropped.status) == ("refused", 422)
    assert "Pause not done: 100ms refused (HTTP 422)" in (await life.card()).text
