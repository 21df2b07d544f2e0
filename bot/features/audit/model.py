"""The audit trail of one recording, derived from its facts. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import facts as f

_VIA = {
    "command": "by command",
    "form": "with the form",
    "again": "with the settings of another",
    "schedule": "by a schedule",
    "rule": "by a rule of the room",
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A person's act. `what` is our own verb phrase; `channel` is the place it names, if any."""

    at: datetime
    by: str
    what: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Somebody changed the settings of the recording's channel."""

    at: datetime
    by: str


def trail(
    log: Sequence[f.Fact], changes: Iterable[SettingsChanged] = (), origin: str = ""
) -> list[AuditEntry]:
    """Return people's acts, oldest first, and changes of channel settings since the request."""
    begun = min((fact.at for fact in log), default=None)
    acts = [act for fact in log for act in _acts(fact)]
    acts += [
        AuditEntry(change.at, change.by, "changed the settings of", origin)
        for change in changes
        if begun is not None and change.at >= begun
    ]
    return sorted(acts, key=lambda act: act.at)


def _acts(fact: f.Fact) -> Iterator[AuditEntry]:
    match fact:
        case f.StartRequested():
            yield AuditEntry(
                fact.at, fact.by, f"asked to record it {_VIA.get(fact.via, '')}".rstrip()
            )
        case f.Renamed():
            yield AuditEntry(fact.at, fact.by, "changed its title")
        case f.StopRequested():
            yield AuditEntry(fact.at, fact.by, "asked to stop it")
        case f.StopSuggested():
            yield AuditEntry(fact.at, fact.by, "asked the starter to stop it")
        case f.PauseRequested(pause=True):
            yield AuditEntry(fact.at, fact.by, "paused it")
        case f.PauseRequested():
            yield AuditEntry(fact.at, fact.by, "resumed it")
        case f.Shared():
            yield AuditEntry(fact.at, fact.by, "shared it to", fact.channel_id)
        case f.MomentShared():
            yield AuditEntry(fact.at, fact.by, "shared a moment of it to", fact.channel_id)
        case f.Followed(by=str(by)):
            yield AuditEntry(fact.at, by, "had it shown in", fact.channel_id)
        case f.EndSet(by=str(by)):
            yield AuditEntry(fact.at, by, "set when it ends")
        case f.ForgetRequested():
            yield AuditEntry(fact.at, fact.by, "asked to forget it")
        case _:
            return
