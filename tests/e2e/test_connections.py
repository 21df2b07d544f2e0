"""More connections than the bot may have files, none of them with a whole request."""

import asyncio
import itertools
import re

import httpx
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.patience import PATIENCE_S

MANY = 300  # the bot of this stage may open 256 files
STARTS = [
    b"GET /healthz HTTP/1.1\r\nHost: here\r\n",
    b"POST /slack/events HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{",
]


async def test_unfinished_requests_disturb_nobody(narrow: Bench) -> None:
    """Half of them without all of their headers, half without all of their body."""
    room = await narrow.room()
    address = httpx.URL(narrow.bot.url)
    before = await narrow.metric("record_bot_connections_cut")
    writers = []
    for start in itertools.islice(itertools.cycle(STARTS), MANY):
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(start)
        writers.append((reader, writer))
    try:
        assert (await narrow.http.get(f"{narrow.bot.url}/healthz")).status_code == 200
        answer = await narrow.ines.command(seed.STANDUP, "/record help")
        assert answer.ok
        await narrow.running(room)
        async with asyncio.timeout(PATIENCE_S):
            for reader, _ in writers:
                try:
                    await reader.read()
                except ConnectionError:
                    continue
    finally:
        for _, writer in writers:
            writer.close()
    # Those over half of its files made room; the others came too slowly.
    assert await narrow.metric("record_bot_connections_cut") >= before + MANY - 128
    assert await narrow.metric("record_bot_connections") <= 8
    log = narrow.bot.log.read_text()
    assert 1 <= len(re.findall("connections_cut", log)) <= 3, "one line a minute at most"
