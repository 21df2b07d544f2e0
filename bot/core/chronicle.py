"""The facts in the order in which they are told: once each, oldest first. Pure."""

from collections.abc import Iterable

from bot.core.facts import Fact, Observed

# Clocks differ, and 100ms' times may be whole seconds: within one second, causes come before
# effects. What is not here stands between its neighbours in time.
_COURSE = (
    "requested",
    "discovered",
    "start_attempted",
    "start_accepted",
    "adopted",
    "beam_started",
    "pause_requested",
    "pause_sent",
    "stop_requested",
    "stop_sent",
    "beam_stopped",
    "recording_uploaded",
    "transcription_reported",
    "results_checked",
)
_PLACE = {kind: place for place, kind in enumerate(_COURSE)}
_MIDDLE = _PLACE["pause_sent"]


def once_each(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each identity once, by its earliest telling. Nothing comes before the beginning."""
    first: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda f: f.at):
        first.setdefault(fact.identity, fact)
    return tuple(fact for _, fact in sorted(first.items(), key=lambda named: _told(*named)))


def _place(fact: Fact) -> int:
    if isinstance(fact, Observed):
        return _PLACE["beam_started" if fact.status in ("starting", "running") else "beam_stopped"]
    return _PLACE.get(fact.kind, _MIDDLE)


def _told(identity: str, fact: Fact) -> tuple[bool, float, int, float, str]:
    begins = fact.kind in ("requested", "discovered")
    at = fact.at.timestamp()
    second = at // 1
    return (not begins, second, _place(fact), at, identity)
