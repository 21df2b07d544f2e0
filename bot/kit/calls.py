"""Log and measure each call to Slack, 100ms or a file server."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging import INFO

import structlog

from bot.kit.clock import ms
from bot.kit.metrics import CALL_SECONDS

log = structlog.get_logger()

OK = "ok"
_UNSAFE = re.compile(r"[^a-z0-9_]+")
MAX_STATUS_CHARS = 60


@dataclass(slots=True)
class Call:
    """`status` is the HTTP status, `ok`, Slack's error or the kind of failure."""

    status: str = OK


@contextmanager
def timed_call(service: str, method: str, *, level: int = INFO, about: str = "") -> Iterator[Call]:
    """Time the body and log one line. The caller sets `status` on the yielded call.

    If the body raises without having set a status, or after a good one, the status is the name of
    the exception. `about`, an id or a host, is logged but not used as a metric label.
    """
    call, started = Call(), time.monotonic()
    try:
        yield call
    except asyncio.CancelledError:
        call.status = "cancelled" if call.status == OK else call.status
        raise
    except Exception as failed:
        if call.status == OK or call.status.startswith("2"):  # a good status with a broken body
            call.status = slug(type(failed).__name__)
        raise
    finally:
        took_s = time.monotonic() - started
        CALL_SECONDS.labels(service, method, call.status).observe(took_s)
        extra = {"about": about} if about else {}
        log.log(
            level,
            "call",
            service=service,
            method=method,
            **extra,
            status=call.status,
            ms=ms(took_s),
        )


def slug(status: object) -> str:
    """Turn a status into a metric label: short, and of safe characters only."""
    return _UNSAFE.sub("_", str(status).lower()).strip("_")[:MAX_STATUS_CHARS] or "unknown"
