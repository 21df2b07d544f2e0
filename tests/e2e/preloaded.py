"""What bots are forked with: all that they import, and what each would make alike."""

import gc

gc.disable()  # as `record-bot run` does while it imports

import encodings.idna  # noqa: F401 - this, and the next, when they are used for the first time

import anyio._backends._asyncio  # noqa: F401
import uvloop  # noqa: F401

import bot.cli
import bot.running  # noqa: F401
import tests.e2e.services  # noqa: F401
from bot.outbound import system_tls

system_tls()
gc.freeze()
gc.enable()
