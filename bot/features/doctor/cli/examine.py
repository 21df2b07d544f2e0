"""Every check, in the order in which people should read it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.features.doctor.cli.clock import Clocks, clock_finding
from bot.features.doctor.cli.database import check_database
from bot.features.doctor.cli.findings import Finding
from bot.features.doctor.cli.given import Given, read_settings
from bot.features.doctor.cli.hms import check_hms
from bot.features.doctor.cli.slack import check_slack


def utc_now() -> datetime:
    return datetime.now(UTC)


async def examine(env_file: Path | None, now: Callable[[], datetime] = utc_now) -> list[Finding]:
    """Never longer than about half a minute. Raises SettingsError for an unreadable file."""
    return await examine_given(read_settings(env_file), now)


async def examine_given(given: Given, now: Callable[[], datetime]) -> list[Finding]:
    clocks = Clocks(now)
    slack, hms, database = await asyncio.gather(
        check_slack(given, clocks),
        check_hms(given, clocks),
        check_database(given.settings.database_url, now),
    )
    return [*given.findings, *slack, *hms, clock_finding(clocks), database]
