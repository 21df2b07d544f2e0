"""One `record-bot run` as a supervisor would keep it: started again whenever it ends."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from record_bot_sandbox.stage import BotDied, BotProcess

UP_WITHIN_S = 90.0
AGAIN_AFTER_S = 0.2


@dataclass
class Replica:
    name: str
    process: BotProcess
    starts: Counter[str] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)  # from the start to ready

    @property
    def url(self) -> str:
        return self.process.url

    @property
    def is_up(self) -> bool:
        running = self.process.process
        return running is not None and running.returncode is None

    async def up(self) -> None:
        """Until it is ready. It may end by itself as long as Slack or the database is away."""
        async with asyncio.timeout(UP_WITHIN_S):
            while True:
                began = time.monotonic()
                try:
                    await self.process.start()
                except (BotDied, TimeoutError):
                    self.starts["failed"] += 1
                    await self.process.kill()
                    await asyncio.sleep(AGAIN_AFTER_S)
                else:
                    self.starts["ready"] += 1
                    self.took_s.append(time.monotonic() - began)
                    return

    async def kill(self) -> None:
        await self.process.kill()

    async def restart(self) -> int:
        """As in a rolling deploy: SIGTERM, then the new one. The status that the old one ended
        with."""
        status = await self.process.stop()
        await self.up()
        return status
