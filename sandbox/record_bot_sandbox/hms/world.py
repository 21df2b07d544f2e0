"""What every part of the simulation shares."""

from dataclasses import dataclass, field

from record_bot_sandbox.hms.clock import Clock
from record_bot_sandbox.hms.config import HmsConfig, Timings
from record_bot_sandbox.hms.faults import Faults
from record_bot_sandbox.hms.feed import Feed
from record_bot_sandbox.hms.state import State
from record_bot_sandbox.hms.tasks import Tasks


@dataclass
class World:
    config: HmsConfig
    clock: Clock
    state: State = field(default_factory=State)
    feed: Feed = field(default_factory=Feed)
    tasks: Tasks = field(default_factory=Tasks)
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(self.feed)

    @property
    def timings(self) -> Timings:
        return self.config.timings
