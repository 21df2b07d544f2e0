"""What the doctor found: one line per check, and what to do about it."""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_CHARS = 200
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
