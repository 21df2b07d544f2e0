"""One page of Home, as values."""

from dataclasses import dataclass
from datetime import datetime

from bot.features.doctor.model import Finding
from bot.features.history.model import Row
from bot.features.presets.model import Preset


@dataclass(frozen=True, slots=True)
class HomeHealth:
    """The bot's health in brief, for admins; `/record doctor` has the details."""

    webhooks: bool  # whether they are set up
    last_webhook_at: datetime | None
    unanswered: int  # recordings for which 100ms does not answer
    cooldowns: tuple[str, ...]  # methods of Slack and 100ms
    permissions: Finding
    late: int = 0  # recordings for which 100ms takes longer than usual


@dataclass(frozen=True, slots=True)
class HomePage:
    """One page of Home. `older`: there is a next page. `health` is for admins only.

    `missing`: why recordings may be missing, if that is the case. `pages`: there are meeting pages
    to sign in to. `opened_ms`: the time of opening; a new one clears earlier selections.
    """

    running: tuple[Row, ...] = ()
    more_running: int = 0
    recent: tuple[Row, ...] = ()
    page: int = 0
    older: bool = False
    member: bool = True
    pages: bool = False
    presets: tuple[Preset, ...] = ()
    more_presets: int = 0
    opened_ms: int = 0
    health: HomeHealth | None = None
    missing: str = ""
