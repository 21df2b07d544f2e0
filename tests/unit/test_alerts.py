"""Alerts, metrics and the runbook are in step."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from bot.kit import metrics  # declares what each process counts
from bot.store.health import Health
from bot.web.metrics import Gauges, metrics_of

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "alerts.yml"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",)}
NOW = datetime(2026, 11, 29, tzinfo=UTC)

assert metrics.STEPS is not None
ALERTS = [r for g in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for r in g["rules"]]


def every_metric() -> list[Metric]:
    """What `/metrics` shows, whether or not anything was counted yet."""
    ours = [m for m in REGISTRY.collect() if m.name.startswith("record_bot_")]
    return [*ours, *metrics_of(Gauges(Health({}, 0, 0, 0, 0, False, NOW)))]


def series(found: Iterable[Metric]) -> set[str]:
    return {f"{m.name}{end}" for m in found for end in SUFFIXES.get(m.type, ("",))}


def table() -> dict[str, set[str]]:
    """The runbook's metrics, with their labels."""
    rows = re.findall(r"^\| `(record_bot_\w+)` \|([^|]*)\|", RUNBOOK, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def test_every_series_that_an_alert_reads_exists() -> None:
    there = series(every_metric())
    read = {(a["alert"], name) for a in ALERTS for name in re.findall(r"record_bot_\w+", a["expr"])}
    assert len(read) >= len(ALERTS)
    assert [(alert, name) for alert, name in sorted(read) if name not in there] == []


def test_every_label_that_an_alert_selects_exists() -> None:
    labels = table()
    for alert in ALERTS:
        for name, selected in re.findall(r"(record_bot_\w+)\{([^}]*)\}", alert["expr"]):
            base = re.sub(r"_(bucket|count|sum)$", "", name)
            used = set(re.findall(r"(\w+)(?:=|!)", selected)) - {"le"}
            assert used <= labels[base], f"{alert['alert']}: {used} of {name}"


def test_every_alert_has_its_paragraph_and_no_paragraph_is_left_over() -> None:
    about = RUNBOOK.split("## Alerts")[1].split("\n## ")[0]
    paragraphs = re.findall(r"^### (\w+)\n(.+)$", about, re.MULTILINE)
    assert [name for name, _ in paragraphs] == [alert["alert"] for alert in ALERTS]
    for name, paragraph in paragraphs:
        assert len(paragraph.split(". ")) >= 3, f"{name}: what it means, where to look, what to do"


def test_every_alert_leads_to_its_paragraph_and_has_a_severity() -> None:
    for alert in ALERTS:
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["annotations"]["summary"]
        assert alert["labels"]["severity"] in ("page", "warn")


def test_every_metric_is_in_the_runbook_with_its_labels() -> None:
    there = table()
    named = {
        m.name + {"counter": "_total", "info": "_info"}.get(m.type, "") for m in every_metric()
    }
    assert there.keys() == named
    for collector in list(REGISTRY._collector_to_names):
        name = getattr(collector, "_name", "")
        if name.startswith("record_bot_") and name != "record_bot_build":
            kind = getattr(collector, "_type", "")
            shown = name + {"counter": "_total"}.get(kind, "")
            assert there[shown] == set(getattr(collector, "_labelnames", ())), shown


def test_every_event_that_the_runbook_names_is_logged() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", RUNBOOK.split("## Metrics")[0]))
    events = {name for name in named if not name.startswith(("record_bot_", "operation_"))}
    events -= {"dispatch_failed"}  # Slack's
    assert {name for name in events if f'"{name}"' not in source} == {"_broke"} & events


def test_promtool_accepts_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (apt-get install prometheus)")
    done = subprocess.run(
        [promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
