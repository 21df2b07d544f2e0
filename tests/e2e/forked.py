"""Bots that start at once: forked from a process that has imported the bot already.

`python -m bot.cli run` imports for a second, and the stages of a run start a hundred bots, the
tests of the command line forty. test_sandbox_command.py and some tests in test_cli.py start it as
an admin does. All workers of a run share one `fork_server`.
"""

import asyncio
import atexit
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from record_bot_sandbox.stage import BotProcess

LOOK_EVERY_S = 0.01
SERVER = "RECORD_BOT_FORK_SERVER"  # in the environment of workers: where it listens
REPO = Path(__file__).parents[2]
Target = Callable[..., None]  # gets a connection to the one who has started it


@cache
def fork_server() -> str:
    """Where the fork server listens. Started by the first one who asks, and ends with it."""
    if there := os.environ.get(SERVER):
        return there
    folder = tempfile.TemporaryDirectory(prefix="record-bot-fork-")
    address = os.environ[SERVER] = f"{folder.name}/socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        number = listening.fileno()
        command = (sys.executable, "-m", "tests.e2e.fork_server", str(number))
        server = subprocess.Popen(command, cwd=REPO, stdin=subprocess.PIPE, pass_fds=[number])

    def end() -> None:
        server.communicate()
        folder.cleanup()

    atexit.register(end)
    return address


def run(_: Connection, env: Mapping[str, str], output: Path, files: int | None) -> None:
    """Become the bot: in its environment, with its log, with as many open files as it may have."""
    if files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    _become(("run",), env, output, output)


def command(
    _: Connection,
    arguments: tuple[str, ...],
    env: Mapping[str, str],
    folder: Path,
    file_bytes: int | None,
) -> None:
    """Become that command, in a folder, where `stdout` and `stderr` get what it prints; no file
    that it writes may be larger."""
    if file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))
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

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.pid: int = connection.recv()
        self._status: int | None = None

    @property
    def returncode(self) -> int | None:
        if self._status is None and self.connection.poll():
            self._status = self.connection.recv()
        return self._status

    def send_signal(self, sign: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - another process
            await asyncio.sleep(LOOK_EVERY_S)
        return code


async def fork(target: Target, *arguments: Any) -> Forked:
    """Call it in a process of its own."""

    def start() -> Forked:
        client = socket.socket(socket.AF_UNIX)
        client.connect(fork_server())
        connection = Connection(client.detach())
        connection.send((target, arguments))
        return Forked(connection)

    return await asyncio.to_thread(start)


class ForkedBot(BotProcess):
    async def spawn(self) -> Forked:
        assert self.output is not None
        return await fork(run, dict(self.env), self.output, self.files)
