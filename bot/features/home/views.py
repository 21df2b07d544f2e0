"""The Home tab: start, recordings, presets, settings, the bot's health and the commands."""

from collections.abc import Iterator
from datetime import datetime

from bot.features.channel_settings import ids as settings
from bot.features.commands.views import Menu, help_lines
from bot.features.doctor.views import LATE, NO_WEBHOOKS, finding_lines
from bot.features.history.views import past_blocks, running_blocks
from bot.features.home.model import HomeHealth, HomePage
from bot.features.presets import ids as presets
from bot.features.presets.views import TO_MAKE_ONE, preset_row
from bot.ui import ids
from bot.ui.message import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    divider,
    header,
    lines,
    plain_text,
    section,
)
from bot.ui.text import code, count, when

RUNNING = 20
PRESETS = 5
WELCOME = (
    "This tab shows the recordings in your channels. "
    f"To start one in a channel that allows it, type {code('/record')} there."
)


def home_message(message: Message) -> View:
    """Say why Home cannot be shown."""
    return {"type": "home", "blocks": message.blocks}


def home_view(home: HomePage, now: datetime) -> View:
    """Build the tab for one person; the caller omits what they cannot see."""
    start = button("Start a recording", ids.OPEN_FORM, style="primary")
    scheduled = button("Schedules", ids.SCHEDULES, label="All schedules that you can see")
    find = button("Search transcripts", ids.OPEN_FIND)
    blocks = (
        actions([start, scheduled, find]) if home.member else [section(WELCOME), *actions([find])]
    )
    blocks += [context(home.missing)] if home.missing else []
    blocks += [*_running(home, now), *_recent(home)]
    if home.member:
        blocks += [*_presets(home), *_settings(home)]
    if home.health:
        blocks += _for_admins(home.health)
    blocks += [divider(), context(lines(help_lines(Menu(start=home.member, member=home.member))))]
    return {"type": "home", "blocks": blocks}


def _running(home: HomePage, now: datetime) -> Iterator[Block]:
    yield header("Recording now")
    if not home.running:
        yield section("Nothing that you can see is being recorded.")
    yield from running_blocks(home.running[:RUNNING], now)
    more = home.more_running + max(0, len(home.running) - RUNNING)
    if more:
        yield context(f"{count(more, 'more recording')} {'is' if more == 1 else 'are'} running.")


def _recent(home: HomePage) -> Iterator[Block]:
    yield header("Recent")
    yield from past_blocks(home.recent, first=RUNNING)
    if not home.recent:
        further = "No older recordings."
        yield section(further if home.page else "Recordings that you can see will appear here.")
    yield from actions([*_turning(home), *_sign_in(home)])


def _sign_in(home: HomePage) -> list[Block]:
    """Build the button for people who open a meeting page without a session."""
    return [button("Sign in to meeting pages", ids.SIGN_IN)] if home.pages else []


def _turning(home: HomePage) -> list[Block]:
    """Build Newer and Older; their value is the page."""
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


def _presets(home: HomePage) -> Iterator[Block]:
    yield header("Presets")
    yield from (preset_row(preset, n) for n, preset in enumerate(home.presets))
    if not home.presets:
        yield section(f"No presets yet. {TO_MAKE_ONE}")
    if home.more_presets:
        yield from actions([button(f"All presets ({home.more_presets:,} more)", presets.ALL)])


def _settings(home: HomePage) -> Iterator[Block]:
    """Build the channel picker. Slack keeps its selection while the action id stays the same."""
    yield header("Settings")
    channel = {
        "type": "conversations_select",
        "action_id": ids.numbered(settings.PICK, home.opened_ms),
        "filter": {"include": ["public", "private"]},
        "placeholder": plain_text("Choose a channel", 150),
    }
    hint = (
        "For each channel: the default room and preset, who can start and stop recordings, "
        "and where results go."
    )
    yield section(hint, channel)


def _for_admins(health: HomeHealth) -> Iterator[Block]:
    yield header("For admins")
    granted = finding_lines(health.permissions)
    yield section(lines(["*Setup*", *_webhooks(health), *granted]))
    yield section(lines(["*Waiting*", *_waiting(health)]))
    label = "Doctor: everything that is waiting, and why"
    yield from actions([button("Doctor", ids.DOCTOR, label=label)])


def _webhooks(health: HomeHealth) -> Iterator[str]:
    if not health.webhooks:
        yield from NO_WEBHOOKS
    elif health.last_webhook_at is None:
        yield "No webhook from 100ms has arrived yet."
        yield "See Developer → Webhooks in the 100ms dashboard."
    else:
        yield f"Last webhook from 100ms: {when(health.last_webhook_at)}."


def _waiting(health: HomeHealth) -> Iterator[str]:
    if health.unanswered:
        yield f"100ms does not answer requests about {count(health.unanswered, 'recording')}."
    if health.cooldowns:
        named = ", ".join(code(method, 60) for method in health.cooldowns[:5])
        yield f"Calls to {named} are on hold: Slack or 100ms is limiting them."
    if health.late:
        yield f"{count(health.late, 'recording')}: {LATE}"
    elif not health.unanswered and not health.cooldowns:
        yield "100ms and Slack are answering."
