"""`make chaos`: faults for real. Prints what was lost, doubled, late, or started by nobody.

Status 1 if anything was lost, started unasked, or doubled outside the window of docs/adr/0001.
All traffic is on this machine. It needs two cores to itself; the whole of it takes about half an hour.
"""

import argparse
import asyncio
import logging
import signal
import sys
import warnings
from typing import NoReturn

from rich.console import Console

from tests.chaos.grounds import Skipped
from tests.chaos.run import Report, run
from tests.chaos.scenarios import SCENARIOS, Scale
from tests.chaos.table import show

QUICK = Scale(kills=20, seconds=8)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="may be repeated")
    parser.add_argument("--kills", type=int, help="how many kills -9 of the only bot")
    parser.add_argument("--seconds", type=float, help="of load, for each of the other scenarios")
    parser.add_argument("--seed", type=int, default=1, help="of what is random here")
    parser.add_argument("--quick", action="store_true", help="a little of it")
    return parser.parse_args()


async def everything(asked: argparse.Namespace, console: Console) -> list[Report]:
    base = QUICK if asked.quick else Scale()
    scale = Scale(asked.kills or base.kills, asked.seconds or base.seconds)
    reports: list[Report] = []
    for name in asked.only or SCENARIOS:
        scenario = SCENARIOS[name]
        try:
            async with scenario.ground(scenario.setting) as setting:
                reports.append(await run(name, setting, scenario.plan(scale), asked.seed))
        except Skipped as why:
            console.print(f"{name}: skipped: {why}", markup=False, highlight=False)
    return reports


def leave(*_: object) -> NoReturn:
    """Everything that was started is ended on the way out."""
    sys.exit(143)


def main() -> None:
    signal.signal(signal.SIGTERM, leave)
    asked = arguments()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message="The HMAC key")
    console = Console(width=120 if not sys.stdout.isatty() else None)
    reports = asyncio.run(everything(asked, console))
    show(reports, asked.seed, console)
    if any(report.failed for report in reports):
        sys.exit(1)


if __name__ == "__main__":
    main()
