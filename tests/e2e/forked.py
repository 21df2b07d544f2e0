"""Bots that start at once: forked from a process that has imported the bot already.

`python -m bot.cli run` imports for a second, and the stages of a run start a hundred bots, the
tests of the command line forty. test_sandbox_command.py and some tests in test_cli.py start it as
an admin does.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from record_bot_sandbox.stage import BotProcess

LOOK_EVERY_S = 0.01
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.e2e.preloaded"])


def run(env: Mapping[str, str], output: Path, files: int | None) -> None:
    """Become the bot: in its environment, with its log, with as many open files as it may have."""
    if files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    _become(("run",), env, output, output)


def command(arguments: tuple[str, ...], env: Mapping[str, str], folder: Path) -> None:
    """Become that command, in a folder, where `stdout` and `stderr` get what it prints."""
    os.chdir(folder)
    _become(arguments, env, folder / "stdout", folder / "stderr")


def simulate(tests: Connection) -> None:
    """Become the process of the simulated services."""
    from tests.e2e.services import serve  # noqa: PLC0415 - only where they run

    asyncio.run(serve(tests))


def _become(arguments: tuple[str, ...], env: Mapping[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(env)
    for stream, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(file, stream)
        os.close(file)
    sys.argv[:] = ["record-bot", *arguments]
    from bot.cli import main  # noqa: PLC0415 - only where the bot runs

    main()


class Forked:
    """What `asyncio.subprocess.Process` is for a child that was executed."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sign: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - another process
            await asyncio.sleep(LOOK_EVERY_S)
        return code


class ForkedBot(BotProcess):
    async def spawn(self) -> Forked:
        assert self.output is not None
        process = FORK.Process(target=run, args=(dict(self.env), self.output, self.files))
        await asyncio.to_thread(process.start)
        return Forked(process)
