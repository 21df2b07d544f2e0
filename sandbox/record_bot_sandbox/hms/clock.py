"""Time and ids in the shapes that 100ms uses."""

import asyncio
import itertools
import secrets
import time
from datetime import UTC, datetime

NS = 1_000_000_000
_PROCESS = secrets.token_hex(5)
_counter = itertools.count(secrets.randbelow(0x7FFFFF))


class Clock:
    """Wall-clock stamps; waits that are `speed` times shorter than they claim."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def now_ns(self) -> int:
        return time.time_ns()

    async def sleep(self, simulated_s: float) -> None:
        await asyncio.sleep(simulated_s / self.speed)

    async def wait(self, event: asyncio.Event, simulated_s: float) -> bool:
        """Wait for the event, at most that long; tells whether it came."""
        try:
            await asyncio.wait_for(event.wait(), simulated_s / self.speed)
        except TimeoutError:
            return False
        return True

    def simulated_s(self, from_ns: int, to_ns: int) -> float:
        """How many simulated seconds lie between two stamps."""
        return (to_ns - from_ns) / NS * self.speed


def rfc3339(at_ns: int | None) -> str | None:
    """RFC 3339 with nanoseconds and, as Go prints it, without trailing zeros."""
    if at_ns is None:
        return None
    seconds, fraction = divmod(at_ns, NS)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:09d}".rstrip("0")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def rfc3339_seconds(at_ns: int) -> str:
    """RFC 3339 in whole seconds, as on webhook envelopes."""
    return datetime.fromtimestamp(at_ns // NS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def object_id() -> str:
    """24 hex digits: time, process, counter, so that later ids sort later."""
    return f"{int(time.time()):08x}{_PROCESS}{next(_counter) & 0xFFFFFF:06x}"
