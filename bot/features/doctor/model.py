"""What the doctor finds, for its two readers.

A finding is what one check found, and what to do. The person who runs the bot reads findings at a
terminal (`report.py`); people in Slack read those of the running bot, and what is waiting there, in
a `DoctorReport` (`views.py`). `checks.py` has the checks that both make.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.deliveries import Kind, State
from bot.core.facts import CallFailed, Cause
from bot.kit.rate_limits import Paused
from bot.store.values import Owed

MOST_CHARS = 200
CLOCK_FIX = "synchronise this machine's clock with a time server (NTP)"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"  # neither right nor wrong: worth knowing
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` and `fix` are for people; no secret is ever in them.

    Failed means that the bot cannot work; with a warning it can, but not as well.
    """

    check: str
    verdict: Verdict
    found: str
    fix: str = ""


def ok(check: str, found: str, fix: str = "") -> Finding:
    return Finding(check, Verdict.OK, found, fix)


def note(check: str, found: str, fix: str = "") -> Finding:
    return Finding(check, Verdict.NOTE, found, fix)


def warning(check: str, found: str, fix: str) -> Finding:
    return Finding(check, Verdict.WARNING, found, fix)


def failed(check: str, found: str, fix: str) -> Finding:
    return Finding(check, Verdict.FAILED, found, fix)


def shown(text: str) -> str:
    """Other people's text for a terminal: on one line, not long, and without control characters."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= MOST_CHARS else line[: MOST_CHARS - 1] + "…"


def apart(ahead: timedelta) -> str:
    """How far our clock is off, in words that go before the name of the other one."""
    seconds = round(abs(ahead).total_seconds())
    return f"{seconds} s {'ahead of' if ahead > timedelta(0) else 'behind'}"


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
    by_polling: int = 0  # no webhook told us


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What 100ms says it could not deliver; `more` than were counted."""

    count: int
    reasons: tuple[tuple[str, int], ...] = ()  # 100ms' own words, the most frequent first
    more: bool = False


@dataclass(frozen=True, slots=True)
class NotReported:
    """100ms did not say what it could not deliver, and why not."""

    cause: Cause
    status: int | None = None
    message: str = ""


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
    late: bool = False  # nothing failed: 100ms takes longer than usual, as the card says
    posted: bool = False  # it stands in Slack, and cannot be edited
    key: str = ""  # of the recording, where a step is held up
    failed: CallFailed | None = None  # what 100ms said to a start or stop


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as Slack shows it to the bot. `error`: why it may not post there."""

    channel: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """Everything at once. What is None could not be found out in time."""

    webhooks: bool  # set up at all
    received: Received
    ends: Ends
    undelivered: Undelivered | NotReported
    owed: Owed | None
    stuck: tuple[Stuck, ...]
    unanswered: int  # recordings about which 100ms gives no answer
    paused: tuple[Paused, ...]
    findings: tuple[Finding, ...]  # of `checks`
    place: Place | None
    asker: str
    version: str


@dataclass(frozen=True, slots=True)
class LocalReport:
    """What people of another organisation get: this channel, and nothing of the workspace.

    `waiting` are recordings shown here, or the asker's own, in the order of `DoctorReport.stuck`.
    """

    waiting: tuple[Stuck, ...]
    place: Place | None
    asker: str
    findings: tuple[Finding, ...] = ()
