"""The people and the driver of the simulations, with the patience that tests have.

How long something takes says how busy the machine is: a test that waits for what does not come
fails a minute later, and none fails for being slow.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from record_bot_sandbox.hms.driver import Driver, Json
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Snapshot

PATIENCE_S = 60.0
# For what takes milliseconds, and would take hours if a pattern tried each way to match.
ENDS = pytest.mark.timeout(PATIENCE_S)
Found = TypeVar("Found")


class PatientDriver(Driver):
    async def until(self, found: Callable[[Json], Any], *, patience_s: float = PATIENCE_S) -> Any:
        return await super().until(found, patience_s=patience_s)


class PatientPerson(Person):
    async def until(
        self,
        predicate: Callable[[Snapshot], Found | None],
        timeout: float = PATIENCE_S,  # noqa: ASYNC109
    ) -> Found:
        return await super().until(predicate, timeout)
