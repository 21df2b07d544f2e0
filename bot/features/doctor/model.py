"""What `/record doctor` looks at: plain values, as found."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.deliveries import Kind, State
from bot.kit.rate_limits import Shut
from bot.store.values import Owed


@dataclass(frozen=True, slots=True)
class Received:
    """Webhooks that reached us: `matched` and `ignored` lately, `waiting` of any age."""

    last_at: datetime | None
    matched: int = 0
    ignored: int = 0  # about no recording of ours
    waiting: int = 0  # it is not clear yet which recording they are about


@dataclass(frozen=True, slots=True)
class Ends:
    """Recordings that were asked for lately and have ended, and how we learnt of it."""

    total: int = 0
    by_asking: int = 0  # no webhook told us


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What 100ms says it could not deliver; `more` than were counted."""

    count: int
    reasons: tuple[tuple[str, int], ...] = ()  # 100ms' own words, the most frequent first
    more: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that Slack has not taken, or a step (`kind` None) that is held up."""

    room_name: str
    starter: str
    target: str  # a channel's or person's id
    here: bool  # the recording is shown where the question was asked
    kind: Kind | None = None
    state: State | None = None
    error: str | None = None
    step: str = ""
    until: datetime | None = None
    over: bool = False  # nobody tries again: the card of what never started


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as Slack shows it to the bot. `error`: why it may not post there."""

    channel: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class MissingScope:
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything at once. What is None could not be found out in time."""

    webhooks: bool  # set up at all
    received: Received
    ends: Ends
    undelivered: Undelivered | None
    owed: Owed | None
    stuck: tuple[Stuck, ...]
    unanswered: int  # recordings about which 100ms gives no answer
    shut: tuple[Shut, ...]
    missing_scopes: tuple[MissingScope, ...] | None
    place: Place | None
    asker: str
    version: str
    short_secrets: tuple[str, ...] = ()  # names of settings
    org_wide: bool = False  # the app was installed for a whole organisation


@dataclass(frozen=True, slots=True)
class LocalCheckup:
    """What people of another organisation get: this channel, and nothing of the workspace.

    `waiting` are recordings shown here, or the asker's own, in the order of `Checkup.stuck`.
    """

    waiting: tuple[Stuck, ...]
    place: Place | None
    asker: str
