"""A process that has imported all that a bot imports, and forks: `python -m tests.e2e.fork_server FD`.

FD is the socket on which it listens. Each connection is for one process: it sends what to call,
gets the process' number, may talk with the process, and gets the status that it ended with.
`multiprocessing` has such a server, but one for each process that starts others: seven in a run,
each of which would import for three seconds. It ends when its standard input is closed.
"""

import gc

gc.disable()  # as `record-bot run` does while it imports

import encodings.idna  # noqa: F401 - this, and the next, when they are used for the first time
import multiprocessing
import os
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, wait

import anyio._backends._asyncio  # noqa: F401
import uvloop  # noqa: F401

import bot.cli
import bot.running  # noqa: F401
import tests.e2e.services  # noqa: F401
from bot.outbound import system_tls
from tests.e2e.forked import Target

FORK = multiprocessing.get_context("fork")


def serve(listening: socket.socket) -> None:
    tests = sys.stdin.fileno()
    while tests not in wait([listening, tests]):
        client, _ = listening.accept()
        with Connection(client.detach()) as asked:
            FORK.Process(target=_look_after, args=(asked,)).start()
        FORK.active_children()  # those that have ended leave nothing behind


def _look_after(asked: Connection) -> None:
    """Start what is asked for, and tell how it ends."""
    process = FORK.Process(target=_become, args=(asked, *asked.recv()))
    process.start()
    process.join()
    with suppress(OSError):  # nobody wants to know any more
        asked.send(process.exitcode)


def _become(asked: Connection, target: Target, arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asked.send(os.getpid())
    target(asked, *arguments)


if __name__ == "__main__":
    # Ctrl-C is for the tests, which close what they have.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    system_tls()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    serve(socket.socket(fileno=int(sys.argv[1])))
