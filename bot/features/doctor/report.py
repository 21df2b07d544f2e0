"""Prints the findings in a terminal; colour never carries information by itself."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.features.doctor.model import Finding, Verdict

STYLE = {
    Verdict.OK: "green",
    Verdict.NOTE: "cyan",
    Verdict.WARNING: "yellow",
    Verdict.FAILED: "bold red",
}


def print_report(findings: Sequence[Finding], console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        found = Text(_plain(finding.found))
        if finding.fix:
            label, style = ("Fix", "bold") if _is_bad(finding) else ("Hint", "")
            found.append(f"\n{label}: {_plain(finding.fix)}", style)
        table.add_row(
            Text(finding.verdict, STYLE[finding.verdict]), Text(finding.check, "bold"), found
        )
    console.print(table)
    console.print(Text(f"\n{summary(findings)}"))


def summary(findings: Sequence[Finding]) -> str:
    count = Counter(finding.verdict for finding in findings)
    bad, warned = count[Verdict.FAILED], count[Verdict.WARNING]
    if bad:
        return f"The bot cannot run with these problems: {bad} failed, {_warnings(warned)}."
    if warned:
        return f"The bot can run; {_warnings(warned)}."
    return "All is well."


def _plain(text: str) -> str:
    """Remove the backticks around names to type."""
    return text.replace("`", "")


def _is_bad(finding: Finding) -> bool:
    return finding.verdict in (Verdict.WARNING, Verdict.FAILED)


def _warnings(count: int) -> str:
    return "1 warning" if count == 1 else f"{count} warnings"
