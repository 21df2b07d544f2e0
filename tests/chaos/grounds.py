"""What some scenarios stand on: a PostgreSQL, a small disk, a clock that can be set."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.chaos.postgres import postgres
from tests.chaos.world import Setting

DISK = "12m"

Ground = Callable[[Setting], AbstractAsyncContextManager[Setting]]


class Skipped(Exception):
    """This machine cannot do it; the words say what is missing."""


@asynccontextmanager
async def plain(setting: Setting) -> AsyncIterator[Setting]:
    yield setting


@asynccontextmanager
async def on_postgres(setting: Setting) -> AsyncIterator[Setting]:
    async with postgres() as server:
        yield replace(setting, database_url=server.url, postgres=server)


@asynccontextmanager
async def small_disk(setting: Setting) -> AsyncIterator[Setting]:
    """A file system that really gets full: a tmpfs of its own. Only root may mount one."""
    folder = tempfile.mkdtemp(prefix="record-bot-disk-")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "record-bot-chaos", folder]
    try:
        await asyncio.to_thread(subprocess.run, mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise Skipped("a full disk needs a tmpfs, which only root may mount") from None
    try:
        yield replace(setting, folder=Path(folder))
    finally:
        unmount = ["umount", "--lazy", folder]
        await asyncio.to_thread(subprocess.run, unmount, check=False, capture_output=True)


@asynccontextmanager
async def own_clock(setting: Setting) -> AsyncIterator[Setting]:
    """The bot's clock, set by a file; that of the simulations goes on."""
    with tempfile.TemporaryDirectory(prefix="record-bot-clock-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("0")
        code = Path(__file__).parent
        path = os.pathsep.join(map(str, (code / "clocked", code.parent.parent)))
        env = {"PYTHONPATH": path, "CHAOS_CLOCK": str(clock)}
        yield replace(setting, env={**setting.env, **env}, clock=clock)
