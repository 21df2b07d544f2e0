"""One simulated 100ms account: its parts, put together."""

from collections import deque
from dataclasses import dataclass

from record_bot_sandbox.hms import seed
from record_bot_sandbox.hms.clock import Clock
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.errors import ApiError, no_permission
from record_bot_sandbox.hms.files import Files
from record_bot_sandbox.hms.people import People
from record_bot_sandbox.hms.recorder import Recorder
from record_bot_sandbox.hms.replay import Replays
from record_bot_sandbox.hms.state import Recording, Room
from record_bot_sandbox.hms.transcripts import Transcripts
from record_bot_sandbox.hms.webhooks import Webhooks
from record_bot_sandbox.hms.world import World

REQUESTS_KEPT = 1000


@dataclass
class ApiCall:
    at_ns: int
    method: str
    path: str
    query: str
    body: object
    status: int | None = None  # none: no answer was given (yet)
    fault: str | None = None


class Sim:
    """Built once per server; `open` and `close` frame its life in an event loop."""

    def __init__(self, config: HmsConfig) -> None:
        world = World(config, Clock(config.speed))
        self.config = config
        self.state = world.state
        self.clock = world.clock
        self.feed = world.feed
        self.faults = world.faults
        self.tasks = world.tasks
        self.calls: deque[ApiCall] = deque(maxlen=REQUESTS_KEPT)
        self.files = Files(world)
        self.webhooks = Webhooks(world)
        self.replays = Replays(world, self.webhooks)
        transcripts = Transcripts(world, self.webhooks, self.files)
        self.recorder = Recorder(world, self.webhooks, self.files, transcripts)
        seed.add_templates(world.state)

    @property
    def people(self) -> People:
        return self.recorder.people

    async def open(self) -> None:
        if self.config.seed:
            seed.seed(self.state, self.clock, self.people)

    async def close(self) -> None:
        await self.tasks.close()
        await self.webhooks.close()

    def room(self, room_id: str) -> Room:
        try:
            return self.state.rooms[room_id]
        except KeyError:
            raise no_permission() from None

    def recording(self, recording_id: str) -> Recording:
        try:
            return self.state.recordings[recording_id]
        except KeyError:
            raise ApiError(404, "recording not found") from None
