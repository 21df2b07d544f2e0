"""The table, and the same as JSON."""

import json
import os
import platform
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.measure import Figure

LIBRARIES = ("slack-bolt", "starlette", "uvicorn", "sqlalchemy", "aiosqlite")
SYNCS = 50


def machine() -> dict[str, object]:
    """Where this was measured. The load says whether others were using the machine."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in psutil.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(),
        "fsync_ms": round(_fsync_ms(), 2),
        **{name: version(name) for name in LIBRARIES},
    }


def _fsync_ms() -> float:
    """What one durable write of 4 KiB costs where the databases are: the floor of a commit."""
    took: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[SYNCS // 2]


def show(figures: Sequence[Figure], where: Mapping[str, object], console: Console) -> None:
    table = Table(title="record-bot, measured")
    for title in ("figure", "median", "min – max", "target", "met"):
        table.add_column(title, justify="left" if title in ("figure", "met") else "right")
    for figure in figures:
        target = figure.target
        table.add_row(
            figure.name,
            f"{_number(figure.median)} {figure.unit}",
            f"{_number(min(figure.values))} – {_number(max(figure.values))}",
            f"{target.op} {target.limit:,g}" if target else "",
            {True: "yes", False: "NO", None: ""}[figure.met],
        )
    console.print(table)
    console.print(" · ".join(f"{name} {value}" for name, value in where.items()), highlight=False)


def write(figures: Sequence[Figure], where: Mapping[str, object], file: Path) -> None:
    body = {"machine": dict(where), "figures": [figure.as_json() for figure in figures]}
    file.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
