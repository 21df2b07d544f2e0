"""`make bench`: the figures that the bot promises, beside bare frameworks in the same run.

Medians of five. Run it on a machine that does nothing else; it needs two cores and no network.
"""

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import structlog
from rich.console import Console

from tests.bench.acks import help_figures, start_figures
from tests.bench.find import find_figures
from tests.bench.hooks import card_figures, hook_figures
from tests.bench.measure import QUICK, Figure, Scale
from tests.bench.process import idle_figures, many_figures, ready_figures
from tests.bench.replicas import replica_figures, step_figures, takeover_figures
from tests.bench.report import machine, show, write
from tests.bench.rooms import room_figures
from tests.bench.understanding import understanding_figures

GROUPS: Mapping[str, Callable[[Scale], Awaitable[list[Figure]]]] = {
    "help": help_figures,
    "start": start_figures,
    "webhooks": hook_figures,
    "card": card_figures,
    "ready": ready_figures,
    "idle": idle_figures,
    "many": many_figures,
    "steps": step_figures,
    "replicas": replica_figures,
    "takeover": takeover_figures,
    "find": find_figures,
    "rooms": room_figures,
    "understanding": understanding_figures,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=GROUPS, help="may be given repeatedly")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, smaller numbers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args()


async def measure(names: Sequence[str], scale: Scale, console: Console) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        console.print(f"measuring: {name} …", style="dim")
        figures += await GROUPS[name](scale)
    return figures


def main() -> None:
    asked = arguments()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Facts are stored here, too, to begin with many recordings.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console()
    where = machine()
    names = asked.only or list(GROUPS)
    figures = asyncio.run(measure(names, QUICK if asked.quick else Scale(), console))
    show(figures, where, console)
    if asked.json:
        write(figures, where, asked.json)


if __name__ == "__main__":
    main()
