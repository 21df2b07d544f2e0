"""Who did what about a recording."""

from datetime import UTC, datetime, timedelta

from bot.core import facts as f
from bot.core.options import RecordingOptions
from bot.features.audit.model import AuditEntry, SettingsChanged, trail
from bot.features.audit.views import SHOWN, audit_lines

T0 = datetime(2026, 11, 29, 12, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


REQUESTED = f.StartRequested(
    at=T0, request_id="r", room_id="room", room_name="Nightfall", options=RecordingOptions(),
    by="U1", channel_id="C1", via="form",
)  # fmt: skip


def test_every_act_of_a_person_is_there_in_its_order() -> None:
    log: list[f.Fact] = [
        f.ForgetRequested(at=at(9), by="U3"),
        f.PauseRequested(at=at(2), by="U2", pause=False),
        f.PauseRequested(at=at(1), by="U2", pause=True),
        f.StopRequested(at=at(4), by="U2"),
        f.StopSuggested(at=at(3), by="U4"),
        f.Renamed(at=at(8), by="U2", title="Kick-off"),
        f.Shared(at=at(6), by="U1", channel_id="C2"),
        f.Followed(at=at(7), by="U5", channel_id="C3"),
        f.Followed(at=at(7), channel_id="C4"),
        f.StartAccepted(at=at(1), hms_id="h"),
        REQUESTED,
    ]
    changes = [SettingsChanged(at(5), "U6"), SettingsChanged(at(-5), "U9")]
    assert [(act.by, act.what, act.channel) for act in trail(log, changes, "C1")] == [
        ("U1", "asked to record it with the form", None),
        ("U2", "paused it", None),
        ("U2", "resumed it", None),
        ("U4", "asked the starter to stop it", None),
        ("U2", "asked to stop it", None),
        ("U6", "changed the settings of", "C1"),
        ("U1", "shared it to", "C2"),
        ("U5", "had it shown in", "C3"),
        ("U2", "changed its title", None),
        ("U3", "asked to forget it", None),
    ]


def test_each_fact_that_names_a_person_is_an_act() -> None:
    """A new kind of fact with a person in it needs its line here."""
    kinds = f.Fact.__origin__.__args__  # type: ignore[attr-defined]
    by_people = {kind for kind in kinds if "by" in kind.model_fields}
    values = {
        "at": T0, "by": "U1", "channel_id": "C1", "pause": True, "request_id": "r",
        "room_id": "r", "room_name": "r", "options": RecordingOptions(), "via": "command",
        "sentence": 1, "title": "Kick-off",
    }  # fmt: skip
    for kind in by_people:
        fact = kind.model_validate({k: v for k, v in values.items() if k in kind.model_fields})
        assert len(trail([fact])) == 1, kind.__name__


def test_a_channel_that_the_reader_does_not_see_is_not_named() -> None:
    acts = [AuditEntry(T0, "U1", "shared it to", "C2")]
    [seen] = audit_lines(acts, lambda _: True)
    [hidden] = audit_lines(acts, lambda _: False)
    assert "<#C2>" in seen
    assert "C2" not in hidden
    assert hidden.endswith("shared it to another channel")


def test_only_the_latest_of_very_many_are_shown() -> None:
    acts = [AuditEntry(at(n), f"U{n}", "stopped it") for n in range(SHOWN + 5)]
    first, *rest = audit_lines(acts, lambda _: True)
    assert first == "… and 5 before that"
    assert len(rest) == SHOWN
    assert "<@U44>" in rest[-1]
