"""A pytest plugin: writes how many seconds each test takes, by node id, to `DURATIONS`."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

_seconds: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration  # type: ignore[assignment]


def pytest_sessionfinish() -> None:
    Path(os.environ["DURATIONS"]).write_text(json.dumps(_seconds), encoding="utf-8")
