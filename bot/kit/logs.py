"""Structured logs. The code logs no secrets; anything that looks like one is redacted as well."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET = re.compile(
    r"(xox[a-z]-|xapp-|eyJ)[\w.\-]{6,}"  # Slack's tokens, JSON web tokens
    r"|https?://[^\s\"'<>]*(?:[?&](?:X-Amz-|Signature|sig|token|auth)|/hooks?/|/commands/|/actions/)"
    r"[^\s\"'<>]*",  # signed and response URLs
    re.IGNORECASE,
)


_INPUT = re.compile(r"input_value=.*(?=, input_type=)")  # pydantic quotes what it could not read


def redact(text: str) -> str:
    lower = text.lower()  # searched first: most values have none of it, and patterns are slow
    if "http" in lower or "xox" in lower or "xapp-" in lower or "eyj" in lower:
        text = _SECRET.sub("[secret]", text)
    return _INPUT.sub("input_value=[left out]", text) if "input_value=" in text else text


def _redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {k: redact(v) if isinstance(v, str) else v for k, v in event.items()}


@contextmanager
def scope(**ids: object) -> Iterator[None]:
    """Add these ids to every log line of the body and of the tasks that it starts."""
    before = structlog.contextvars.get_contextvars()
    structlog.contextvars.bind_contextvars(**ids)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**before)


def learnt(**ids: object) -> None:
    """Add these ids to the following log lines of the current scope."""
    structlog.contextvars.bind_contextvars(**ids)


class _Lines(structlog.WriteLogger):
    """Writes rendered lines. A line that cannot be written, as on a full disk, is lost.

    The standard library's logger does the same, but takes ten times as long for a line.
    """

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            super().msg(message)

    debug = info = warning = error = critical = msg


def configure_logs(level: str, fmt: str) -> None:
    """Send our log lines and the libraries' to stderr in one format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    ours = _Lines(sys.stderr)
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=lambda *_: ours,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("httpx", "httpcore", "aiosqlite", "alembic", "slack_sdk", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
