"""Our clock, held against the `Date` of whatever Slack and 100ms answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import httpx

from bot.features.doctor.cli.findings import Finding, failed, note, ok

MOST = timedelta(seconds=60)
FIX = "synchronise this machine's clock with a time server (NTP)"


@dataclass(slots=True)
class Clocks:
    """`ahead` is how far we are ahead of each service; it listens to calls made anyway."""

    now: Callable[[], datetime]
    ahead: dict[str, timedelta] = field(default_factory=dict)

    def heard(self, service: str, date: str | None) -> None:
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=UTC)
        self.ahead[service] = self.now() - theirs

    def off(self, service: str) -> bool:
        return abs(self.ahead.get(service, timedelta(0))) > MOST

    def on_slack(self) -> aiohttp.TraceConfig:
        async def ended(
            _: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams
        ) -> None:
            self.heard("Slack", end.response.headers.get("Date"))

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(ended)
        return trace

    async def on_hms(self, response: httpx.Response) -> None:
        self.heard("100ms", response.headers.get("Date"))


def clock_finding(clocks: Clocks) -> Finding:
    """Signatures of Slack live 5 minutes; tokens for 100ms are not valid before their time."""
    if not clocks.ahead:
        return note("Clock", "no service answered with a date to compare")
    if not any(map(clocks.off, clocks.ahead)):
        return ok("Clock", f"agrees with {' and '.join(sorted(clocks.ahead))}")
    off = [f"{apart(ahead)} {service}" for service, ahead in sorted(clocks.ahead.items())]
    broken = "Slack's requests would look forged, and 100ms would refuse our tokens"
    return failed("Clock", f"this machine is {', '.join(off)}: {broken}", FIX)


def apart(ahead: timedelta) -> str:
    seconds = round(abs(ahead).total_seconds())
    return f"{seconds} s {'ahead of' if ahead > timedelta(0) else 'behind'}"
