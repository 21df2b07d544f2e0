"""The doctor's judgement, without anybody to ask."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.features.doctor.checks import permissions
from bot.features.doctor.model import (
    MOST_CHARS,
    Finding,
    Verdict,
    failed,
    note,
    ok,
    shown,
    warning,
)
from bot.features.doctor.scopes import SCOPES
from bot.features.doctor.setup import (
    Clocks,
    clock_finding,
    read_settings,
    rooms_finding,
)
from bot.features.doctor.webhook import Sent, webhook_finding
from bot.hms.models import Room
from bot.settings import Settings, SettingsError
from tests.unit.doctor_kit import printed
from tests.unit.rows import each_row

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
OURS = "https://bot.example.com/webhooks/100ms/default?key=s3cret"
THEIRS = "https://hooks.example.com/services/s3cret"


def sent(url: str, reason: str = "") -> Sent:
    payload: dict[str, Any] = {"event_data": {}, "webhook_url": url}
    if reason:
        payload["error_reason"] = reason
    return Sent.model_validate({"event_id": "e", "payload": payload})


@each_row(
    ("deliveries", "secret_set", "verdict", "words"),
    [
        ([], False, Verdict.NOTE, "not set: the bot polls"),
        ([], True, Verdict.NOTE, "sent nothing in the last 24 hours"),
        ([sent(OURS)], True, Verdict.OK, "1 of 1 reached bot.example.com/webhooks/100ms/default"),
        ([sent(OURS)], False, Verdict.WARNING, "needs HMS_WEBHOOK_SECRET"),
        (
            [sent(THEIRS)],
            True,
            Verdict.WARNING,
            "sends webhooks to another address at hooks.example.com",
        ),
        ([sent(THEIRS)], False, Verdict.NOTE, "not set: the bot polls"),
        ([sent(OURS), sent(THEIRS, "404")], True, Verdict.OK, "1 of 1 reached"),
        ([sent(OURS, "status 401")], True, Verdict.WARNING, "0 of 1 reached"),
        ([sent("https://[", "timeout")], True, Verdict.WARNING, "an unreadable name"),
    ],
)
def test_the_webhook_is_judged_by_what_was_delivered(
    deliveries: list[Sent], secret_set: bool, verdict: Verdict, words: str
) -> None:
    finding = webhook_finding(deliveries, secret_set=secret_set)
    assert finding.verdict is verdict
    assert words in finding.found
    assert "s3cret" not in f"{finding.found} {finding.fix}"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("status 401", "header"),
        ("404 page not found", "webhook URL"),
        ("timeout", "from the internet"),
    ],
)
def test_what_to_do_depends_on_what_went_wrong(reason: str, words: str) -> None:
    assert words in webhook_finding([sent(OURS, reason)], secret_set=True).fix


def test_rooms_with_a_webhook_of_their_own_are_named() -> None:
    own = [
        Room.model_validate({"id": f"r{n}", "name": f"room {n}", "webhook": {"url": THEIRS}})
        for n in range(7)
    ]
    assert rooms_finding([Room(id="plain")]) == []
    [finding] = rooms_finding([Room(id="plain"), *own])
    assert finding.verdict is Verdict.WARNING
    assert finding.found.startswith("room 0, room 1, room 2, room 3, room 4 and 2 more: ")
    assert "s3cret" not in finding.found


@pytest.mark.parametrize(
    ("off_s", "verdict"),
    [
        (0, Verdict.OK),
        (60, Verdict.OK),
        (-60, Verdict.OK),
        (61, Verdict.FAILED),
        (-61, Verdict.FAILED),
    ],
)
def test_a_minute_is_what_a_clock_may_be_off(off_s: int, verdict: Verdict) -> None:
    clocks = Clocks(lambda: NOW + timedelta(seconds=off_s))
    clocks.heard("Slack", "Sun, 22 Nov 2026 12:00:00 GMT")
    assert clock_finding(clocks).verdict is verdict


@pytest.mark.parametrize("date", [None, "", "yesterday", "2026-11-22"])
def test_an_answer_without_a_date_says_nothing(date: str | None) -> None:
    clocks = Clocks(lambda: NOW)
    clocks.heard("Slack", date)
    assert clock_finding(clocks).verdict is Verdict.NOTE


def test_slack_may_not_say_what_was_granted() -> None:
    assert permissions([]).verdict is Verdict.NOTE


@pytest.mark.parametrize(
    ("missing", "verdict"),
    [
        ({"im:history"}, Verdict.WARNING),
        ({"files:write"}, Verdict.FAILED),
        ({"im:history", "files:write"}, Verdict.FAILED),
    ],
)
def test_a_missing_scope_that_is_optional_is_a_warning(missing: set[str], verdict: Verdict) -> None:
    found = permissions({scope.name for scope in SCOPES} - missing)
    assert found.verdict is verdict
    assert all(name in found.found for name in missing)
    assert found.fix


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_may_be_wrong_without_an_end_to_the_search(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in Settings.model_fields:
        monkeypatch.delenv(other.upper(), raising=False)
    monkeypatch.setenv(name.upper(), "s3cret <&>")
    given = read_settings(None)
    assert "s3cret" not in " ".join(finding.found for finding in given.findings)
    assert given.wrong


def test_a_settings_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / ".env")


def test_other_peoples_text_cannot_steer_the_terminal() -> None:
    assert shown("a\x1b[31m\r\nb\x9b") == "a [31m b"
    assert len(shown("x" * 1000)) == MOST_CHARS
    assert "[bold]" in printed([ok("Bot token", "[bold]x[/bold] :smile:")])


def test_the_report_is_one_line_per_check_and_what_to_do() -> None:
    findings: list[Finding] = [
        ok("Settings", "complete, for HTTP"),
        note("Signing secret", "it is set", "copy it again"),
        warning("Webhook", "0 of 3 reached bot.example.com", "see that the bot runs"),
        failed("Scopes", "files:write is missing: Put the transcript there.", "install it again"),
    ]
    assert printed(findings, width=60) == snapshot("""\
ok       Settings        complete, for HTTP
note     Signing secret  it is set
                         Hint: copy it again
warning  Webhook         0 of 3 reached bot.example.com
                         Fix: see that the bot runs
failed   Scopes          files:write is missing: Put the
                         transcript there.
                         Fix: install it again

The bot cannot run with these problems: 1 failed, 1 warning.\
""")
    assert printed(findings[:3], width=60).endswith("The bot can run; 1 warning.")
    assert printed(findings[:2], width=60).endswith("All is well.")
