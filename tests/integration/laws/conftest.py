"""Nothing may break unseen: what the bot logs as broken breaks the test."""

import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from structlog.typing import EventDict, WrappedLogger

from tests.integration.laws.replies import Broke

TROUBLE = ("step_broke", "recording_broke", "turn_broke", "many_steps_in_a_row")


def _loud(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if event["event"] in TROUBLE:
        raise Broke({**event, "error": repr(sys.exception())}) from None
    raise structlog.DropEvent


@pytest.fixture(autouse=True, scope="package")
def _loud_trouble() -> Iterator[None]:
    before = structlog.get_config()
    level = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(processors=[_loud], wrapper_class=level, cache_logger_on_first_use=False)
    yield
    structlog.configure(**before)
