"""What lists show: recordings, rooms that are followed; and one page of Home."""

from dataclasses import dataclass
from datetime import datetime

from bot.features.doctor.model import Finding
from bot.features.history.model import Row
from bot.features.presets.model import Preset


@dataclass(frozen=True, slots=True)
class HomeHealth:
    """What an admin should know at a glance; `/record doctor` says more."""

    webhooks: bool  # set up at all
    last_webhook_at: datetime | None
    unanswered: int  # recordings about which 100ms gives no answer
    paused: tuple[str, ...]  # methods of Slack and 100ms
    permissions: Finding
    late: int = 0  # recordings with which 100ms takes longer than usual


@dataclass(frozen=True, slots=True)
class HomePage:
    """One page of Home. `older`: there is one more. `health` is for admins only.

    `missing` says why recordings may be missing, if they may.

    `pages`: there are meeting pages to sign in to.

    `opened_ms`, the moment at which they opened it, empties what was chosen before.
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
