"""The outcome, as a table for people."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Report

COLUMNS = ("recordings", "faults", "lost", "doubled in window", "outside", "late", "unwanted")
MOST_SHOWN = 8


def show(reports: Sequence[Report], seed: int, console: Console) -> None:
    table = Table(title=f"make chaos, seed {seed}")
    table.add_column("scenario")
    for column in (*COLUMNS, "tried again", "seconds"):
        table.add_column(column, justify="right")
    total: Counter[int] = Counter()
    for report in reports:
        figures = _figures(report)
        for n, figure in enumerate(figures):
            total[n] += figure
        table.add_row(report.name, *map(str, figures), style="red" if report.failed else "")
    table.add_section()
    table.add_row("all", *(str(total[n]) for n in range(len(COLUMNS) + 2)))
    console.print(table)
    _faults(reports, console)
    for report in reports:
        for line in report.notes:
            console.print(f"{report.name}: {line}", markup=False, highlight=False)
        for line in report.failures:
            console.print(f"{report.name}: wrong: {line}", markup=False, highlight=False)
        for what in ("lost", "doubled_outside", "unwanted", "late"):
            for line in getattr(report.tally, what)[:MOST_SHOWN]:
                console.print(f"{report.name}: {what}: {line}", markup=False, highlight=False)


def _figures(report: Report) -> list[int]:
    t = report.tally
    sizes = [len(x) for x in (t.lost, t.doubled_inside, t.doubled_outside, t.late, t.unwanted)]
    faults = sum(report.injected.values())
    return [t.recordings, faults, *sizes, report.refused, round(report.took_s)]


def _faults(reports: Sequence[Report], console: Console) -> None:
    every: Counter[str] = sum((r.injected for r in reports), Counter())
    listed = " · ".join(f"{kind} {number}" for kind, number in sorted(every.items()))
    console.print(f"Faults: {listed}", markup=False, highlight=False)
