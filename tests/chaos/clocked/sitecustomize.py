"""Runs before the bot, where this folder is in PYTHONPATH: its clock can be set from outside.

libfaketime would do it without touching Python, but breaks `time.sleep` there. The monotonic
clock goes on, as it does in life.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.wiring

_FILE = Path(os.environ["CHAOS_CLOCK"])
_real = time.time


def _off_s() -> float:
    return float(_FILE.read_text() or "0")


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_off_s())


def _time() -> float:
    return _real() + _off_s()


time.time = _time  # what Bolt compares the time of a signature with
bot.wiring.utc_now = _now  # the bot's own, passed on to every part from there
