"""The doctor's findings, for both of its outputs.

A finding is the result of one check and the fix. The operator reads findings in a terminal
(`report.py`). People in Slack get a `DoctorReport` (`views.py`) with the running bot's findings and
its waiting work. `checks.py` has the checks that both make.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.deliveries import DeliveryState, Kind
from bot.core.facts import CallFailed, Cause
from bot.kit.cooldowns import Cooldown
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
    """The result of a check. `found` and `fix` are for people and never contain secrets.

    Failed means that the bot cannot work; a warning, that it works with restrictions.
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
    """Prepare untrusted text for a terminal: one short line without control characters."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= MOST_CHARS else line[: MOST_CHARS - 1] + "…"


def apart(ahead: timedelta) -> str:
    """Say how far our clock is off; the name of the other clock follows."""
    seconds = round(abs(ahead).total_seconds())
    return f"{seconds} s {'ahead of' if ahead > timedelta(0) else 'behind'}"


@dataclass(frozen=True, slots=True)
class Received:
    """Received webhooks: `matched` and `ignored` recently, `waiting` of any age."""

    last_at: datetime | None
    matched: int = 0
    ignored: int = 0  # not about our recordings
    waiting: int = 0  # not matched to a recording yet


@dataclass(frozen=True, slots=True)
class Ends:
    """Recently requested recordings that ended, by the way we learnt of the end."""

    total: int = 0
    by_polling: int = 0  # without a webhook


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Webhooks that 100ms reports as undelivered; `more` if not all were counted."""

    count: int
    reasons: tuple[tuple[str, int], ...] = ()  # 100ms' own words, the most frequent first
    more: bool = False


@dataclass(frozen=True, slots=True)
class NotReported:
    """100ms did not list its undelivered webhooks, and the reason."""

    cause: Cause
    status: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that Slack has not accepted, or a step (`kind` None) that is held up."""

    room_name: str
    starter: str
    target: str  # a channel's or person's id
    here: bool  # the recording is shown in the asker's channel
    kind: Kind | None = None
    state: DeliveryState | None = None
    error: str | None = None
    step: str = ""
    until: datetime | None = None
    over: bool = False  # not retried: the card of a recording that never started
    late: bool = False  # no failure: 100ms takes longer than usual, as the card says
    posted: bool = False  # it is in Slack and cannot be edited
    key: str = ""  # the recording's, if a step is held up
    failed: CallFailed | None = None  # 100ms' answer to a start or stop


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as Slack shows it to the bot. `error`: why it may not post there."""

    channel: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The whole report. None marks data that was not available in time."""

    webhooks: bool  # whether they are set up
    received: Received
    ends: Ends
    undelivered: Undelivered | NotReported
    owed: Owed | None
    stuck: tuple[Stuck, ...]
    unanswered: int  # recordings for which 100ms does not answer
    cooldowns: tuple[Cooldown, ...]
    findings: tuple[Finding, ...]  # from `checks`
    place: Place | None
    asker: str
    version: str


@dataclass(frozen=True, slots=True)
class LocalReport:
    """The report for people of another organisation: about this channel, not the workspace.

    `waiting` are recordings shown here, or the asker's own, in the order of `DoctorReport.stuck`.
    """

    waiting: tuple[Stuck, ...]
    place: Place | None
    asker: str
    findings: tuple[Finding, ...] = ()
