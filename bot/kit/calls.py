"""Each call to Slack, 100ms or a file server: one line in the log, and one measurement."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging import INFO

import structlog

from bot.kit.metrics import CALL_SECONDS

log = structlog.get_logger()

OK = "ok"
_ODD = re.compile(r"[^a-z0-9_]+")
MAX_STATUS_CHARS = 60


@dataclass(slots=True)
class Call:
    """`status` is the HTTP status, `ok`, Slack's error or the kind of failure."""

    status: str = OK


@contextmanager
def noted(service: str, method: str, *, level: int = INFO, about: str = "") -> Iterator[Call]:
    """Time what is inside. The caller sets `status`; a call that raises without one has failed.

    `about`, an id or a host, is logged, and is no label of the metric.
    """
    call, started = Call(), time.monotonic()
    try:
        yield call
    except asyncio.CancelledError:
        call.status = "cancelled" if call.status == OK else call.status
        raise
    except Exception as failed:
        if call.status == OK or call.status.startswith("2"):  # a good status, and a broken body
            call.status = slug(type(failed).__name__)
        raise
    finally:
        took_s = time.monotonic() - started
        CALL_SECONDS.labels(service, method, call.status).observe(took_s)
        what = {"about": about} if about else {}
        log.log(
            level,
            "call",
            service=service,
            method=method,
            **what,
            status=call.status,
            ms=ms(took_s),
        )


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def slug(status: object) -> str:
    """A status as a label: lower case, without what a hostile answer may contain."""
    return _ODD.sub("_", str(status).lower()).strip("_")[:MAX_STATUS_CHARS] or "unknown"
