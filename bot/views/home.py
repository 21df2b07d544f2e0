"""The Home tab: start, what runs now, what was recorded last, and the commands."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.rows import HomeHealth, HomePage
from bot.views import ids
from bot.views.help import help_lines
from bot.views.message import Block, View, actions, button, context, divider, header, lines, section
from bot.views.row_blocks import past_blocks, running_blocks
from bot.views.text import code, count, esc, when

RUNNING = 20
WELCOME = (
    "Here you see the recordings that you start. Those of your channels are in the channels "
    f"themselves. Where a channel lets you start one, type {code('/record')} there."
)


def home_view(home: HomePage, now: datetime) -> View:
    """For one person: the caller leaves out what they may not see."""
    start = button("Start a recording", ids.OPEN_FORM, style="primary")
    blocks = actions([start]) if home.member else [section(WELCOME)]
    blocks += [*_running(home, now), *_recent(home)]
    if home.health:
        blocks += [header("For admins"), section(lines(_health(home.health)))]
    blocks += [divider(), context(lines(help_lines()))]
    return {"type": "home", "blocks": blocks}


def _running(home: HomePage, now: datetime) -> Iterator[Block]:
    yield header("Recording now")
    if not home.running:
        yield section("Nothing that you can see is being recorded.")
    yield from running_blocks(home.running[:RUNNING], now)
    more = home.more_running + max(0, len(home.running) - RUNNING)
    if more:
        yield context(f"{count(more, 'more recording')} {'runs' if more == 1 else 'run'}.")


def _recent(home: HomePage) -> Iterator[Block]:
    yield header("Recent")
    yield from past_blocks(home.recent, first=RUNNING)
    if not home.recent:
        further = "There is nothing further back."
        yield section(further if home.page else "Recordings you can see appear here.")
    yield from actions(_turning(home))


def _turning(home: HomePage) -> list[Block]:
    """There and back; the value is the page."""
    buttons = []
    if home.page:
        newer = button(
            "Newer",
            ids.numbered(ids.HOME_PAGE, 0),
            value=str(home.page - 1),
            label="Newer recordings",
        )
        buttons.append(newer)
    if home.older:
        older = button(
            "Older",
            ids.numbered(ids.HOME_PAGE, 1),
            value=str(home.page + 1),
            label="Older recordings",
        )
        buttons.append(older)
    return buttons


def _health(health: HomeHealth) -> Iterator[str]:
    if not health.webhooks:
        yield "100ms does not call this bot, so it asks 100ms instead; news comes a little later."
    elif health.last_webhook_at is None:
        yield "No webhook has come from 100ms yet."
    else:
        yield f"The last webhook of 100ms came {when(health.last_webhook_at)}."
    if health.unanswered:
        yield f"100ms gives no answer about {count(health.unanswered, 'recording')}."
    if health.shut:
        named = ", ".join(code(method, 60) for method in health.shut[:5])
        yield f"Slack takes no calls of {named} for now."
    if health.missing_scopes:
        named = ", ".join(esc(name, 60) for name in health.missing_scopes)
        yield f"Slack has not granted {named}. Install the app again to add them."
    yield f"{code('/record doctor')} says what waits and why."
