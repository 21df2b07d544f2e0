"""Addresses in answers of 100ms and in payloads of Slack lead the bot nowhere but to the public."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import files

SECRET = b"Ana: the secret of this machine"


@dataclass
class Inside:
    """A server of this machine that is nobody's business."""

    url: str = ""
    called: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.called.append(head.decode().split("\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(SECRET) + SECRET)
        writer.close()


@asynccontextmanager
async def inside() -> AsyncIterator[Inside]:
    there = Inside()
    server = await asyncio.start_server(there.talk, "127.0.0.1", 0)
    there.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield there


async def logged(bench: Bench, word: str, since: int) -> None:
    """Wait until the bot's log has that word after its first `since` characters."""

    async def there() -> bool:
        return word in bench.bot.log.read_text()[since:]

    await bench.world.until(there, what=f"{word!r} in the bot's log")


async def test_a_file_that_moved_to_this_machine_is_not_fetched(bench: Bench) -> None:
    """Neither by its address, nor, at the next try, by its name."""
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    async with inside() as there:
        try:
            for host in ("127.0.0.1", "localhost"):
                since = len(bench.bot.log.read_text())
                elsewhere = there.url.replace("127.0.0.1", host)
                await bench.files_moved(f"{elsewhere}/secret?signature=hunter2")
                if host == "127.0.0.1":
                    await bench.finish(room)
                await logged(bench, "outbound_refused", since)
                await logged(bench, "the link is not followed", since)
            await bench.reply(card, "did not open the link that 100ms gave")
        finally:
            await bench.files_moved(None)
        assert files(await bench.ines.state(), seed.STANDUP, card.ts) == []
        assert there.called == []
    assert "hunter2" not in bench.bot.log.read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_answer_does_not_go_to_an_address_of_this_machine(bench: Bench, host: str) -> None:
    """Signed by Slack or not: the person is told another way."""
    room = await bench.room()
    await bench.running(room, "--no-transcript")
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    pressed = await bench.press(bench.ines, card, "Watch")
    told = await bench.told(bench.ines, seed.STANDUP, f"video of {room.name}")
    every = await bench.ines.deliveries()
    click = next(d for d in every if d["id"] == pressed.delivery)["payload"]
    async with inside() as there:
        click["response_url"] = f"{there.url.replace('127.0.0.1', host)}/?token=hunter2"
        body = urlencode({"payload": json.dumps(click)}).encode()
        since = len(bench.bot.log.read_text())
        answer = await bench.http.post(
            f"{bench.bot.url}/slack/events", content=body, headers=bench.signed(body)
        )
        assert answer.status_code == 200
        await bench.see(
            lambda s: (
                [
                    m
                    for m in s.ephemerals(seed.STANDUP, seed.STARTER)
                    if f"video of {room.name}" in m.text and m.ts != told.ts
                ]
                or None
            )
        )
        await logged(bench, "outbound_refused", since)
        assert there.called == []
    assert "hunter2" not in bench.bot.log.read_text()
