"""The bot of a stage, as a supervisor sees it: started, stopped, killed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass
class Bot:
    """It runs beside the simulated services, whose process is its parent."""

    control: httpx.AsyncClient
    at: str
    url: str
    env: Mapping[str, str]
    log: Path
    meant_to_run: bool = True

    async def start(self) -> None:
        """Returns when it is ready."""
        (await self.control.post(f"{self.at}/bot/start")).raise_for_status()
        self.meant_to_run = True

    async def stop(self) -> int:
        """SIGTERM: the status it ended with, -9 if it took longer than the stage lets it."""
        self.meant_to_run = False
        ended = (await self.control.post(f"{self.at}/bot/stop")).raise_for_status().json()
        return int(ended["status"])

    async def kill(self) -> None:
        self.meant_to_run = False
        (await self.control.post(f"{self.at}/bot/kill")).raise_for_status()

    async def died(self) -> str | None:
        """How it ended, if it should still run."""
        if not self.meant_to_run:
            return None
        found = (await self.control.get(f"{self.at}/bot")).raise_for_status().json()
        return None if found["runs"] else f"the bot has ended, with status {found['status']}"
