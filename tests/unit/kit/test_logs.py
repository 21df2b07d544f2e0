"""What the log must not quote, in whichever error it comes."""

import io
import logging
from contextlib import redirect_stderr

import pytest
import structlog
from pydantic import ValidationError

from bot.core.facts import FACT
from bot.kit.logs import configure_logs, redact


class FullDisk(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("logger", ["ours", "a library"])
def test_a_log_that_cannot_be_written_holds_up_nothing(logger: str) -> None:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stderr = FullDisk()
    try:
        with redirect_stderr(stderr):
            configure_logs("INFO", "json")
            if logger == "ours":
                structlog.get_logger().info("started", room="standup")
            else:
                logging.getLogger(logger).warning("started")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)
    assert stderr.getvalue() == ""


@pytest.mark.parametrize("written", ["Layoffs", "Lay\noffs", "x, input_type=Layoffs, 'Layoffs"])
@pytest.mark.parametrize("kind", ["requested", "of tomorrow"])
def test_what_cannot_be_read_is_not_quoted(kind: str, written: str) -> None:
    """A stored fact holds what people wrote, and newer code may have written it."""
    with pytest.raises(ValidationError) as caught:
        FACT.validate_python({"kind": kind, "by": [written], "at": written, "room_name": written})
    assert "offs" in str(caught.value)
    said = redact(str(caught.value))
    assert "offs" not in said
    assert "input_type=" in said
