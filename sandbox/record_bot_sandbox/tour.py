"""The scripted tour: the acceptance of the whole app, told as a story that is checked."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from record_bot_sandbox import tour_day as day
from record_bot_sandbox import tour_troubles as troubles
from record_bot_sandbox.narrator import Narrator
from record_bot_sandbox.scenario import Cast, NotAsExpected, Scenario
from record_bot_sandbox.screen import Screen
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError
from record_bot_sandbox.stage import BotDied, Stage

STEPS: tuple[tuple[str, Callable[[Scenario], Awaitable[None]]], ...] = (
    ("What can it do?", day.asks_for_help),
    ("A recording, requested with the form", day.fills_in_the_form),
    ("The card", day.watches_the_card),
    ("The end of the meeting", day.stops_it),
    ("The results", day.reads_the_results),
    ("Every webhook is lost", troubles.loses_every_webhook),
    ("A recording fails", troubles.fails_and_tries_again),
    ("A channel without the bot", troubles.is_not_in_the_channel),
    ("The bot is killed", troubles.is_killed),
)
REFUSED = range(400, 600)
LOG_WORDS = ("[error", "[critical", "Traceback")


@dataclass(frozen=True)
class Ending:
    """`failure`: what did not happen; none if all did."""

    failure: str | None
    summary: str


async def tour(stage: Stage, console: Console, log: Path) -> Ending:
    """Play all steps, or as many as come true."""
    narrator, began = Narrator(console, stage.slack_sim), time.monotonic()
    cast = Cast(*[await stage.person(who) for who in (seed.STARTER, seed.MEMBER, seed.GUEST)])
    scenario = Scenario(stage, cast, narrator, Screen(stage.slack_sim))
    following = asyncio.create_task(narrator.follow())
    played, failure = 0, None
    try:
        for number, (title, play) in enumerate(STEPS, start=1):
            narrator.chapter(title, number)
            await play(scenario)
            played = number
        _nothing_odd(scenario, log)
    except (NotAsExpected, CannotError, BotDied) as error:
        failure = str(error)
    except (TimeoutError, httpx.HTTPError, LookupError) as error:
        failure = f"something unforeseen: {error!r}"
    finally:
        narrator.catch_up()
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
    if failure:
        narrator.bad(failure)
    return Ending(failure, _summary(scenario, played, time.monotonic() - began))


def _nothing_odd(scenario: Scenario, log: Path) -> None:
    """Neither simulation has anything to complain of, nor has the bot."""
    stage = scenario.stage
    scenario.narrator.chapter("Looking back")
    _none("Slack has no complaints", [_complaint(p) for p in stage.slack_sim.problems], scenario)
    calls = stage.hms_sim.calls
    empty = [c for c in calls if c.status == 404 and c.path.endswith("/send-message")]
    odd = [c for c in calls if c.status in REFUSED and c not in empty]  # nobody there to be told
    refused = [f"{c.method} {c.path}: {c.status}" for c in odd]
    _none("100ms refused nothing", refused, scenario)
    lines = log.read_text(errors="replace").splitlines()
    _none("the bot logged no error", [x for x in lines if any(w in x for w in LOG_WORDS)], scenario)


def _none(what: str, found: list[str], scenario: Scenario) -> None:
    scenario.check(what if not found else f"{what}, but: {'; '.join(found[:5])}", not found)


def _complaint(problem: dict[str, object]) -> str:
    return f"{problem['where']}: {problem['message']}"


def _summary(scenario: Scenario, played: int, took_s: float) -> str:
    slack, hms = scenario.stage.slack_sim, scenario.stage.hms_sim
    events = [event for event in hms.webhooks.events if event.state != "no_target"]
    arrived = sum(event.state == "delivered" for event in events)
    counts = (
        f"{played} of {len(STEPS)} steps",
        f"{scenario.checks} checks",
        f"{len(slack.deliveries)} requests from Slack",
        f"{len(slack.calls)} calls to Slack",
        f"{len(hms.calls)} calls to 100ms",
        f"{arrived} of {len(events)} webhooks arrived",
        f"{took_s:.0f} seconds",
    )
    return " · ".join(counts)
