"""The load: people who ask for recordings, try again when Slack says no, and end their meetings."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from record_bot_sandbox.hms.errors import ApiError
from record_bot_sandbox.hms.state import STOPPABLE, Recording, Room
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError, Person
from record_bot_sandbox.slack.seen import SeenMessage
from record_bot_sandbox.slack.snapshot import message_of

from bot.ui import ids
from tests.chaos.world import World

CHANNELS = (seed.STANDUP, seed.DESIGN, seed.PARTNERS)
TRIES = 40
OPEN_AT_MOST = 24
SEEN_WITHIN_S = 40.0
SLOW = 5
TOLD_WITHIN_S = 3.0
TAKEN = ("Starting to record", "The recording is starting")
REFUSED = ("Try again", "cannot save anything")


@dataclass
class Wish:
    """What one person wanted of one room. `asked` holds the times of all tries."""

    room: Room
    channel: str
    options: str
    asked: list[float] = field(default_factory=list)
    taken_at: float | None = None  # the bot said that it will
    stop_taken_at: float | None = None  # Slack took a click on Stop


@dataclass
class Crowd:
    world: World
    wishes: list[Wish] = field(default_factory=list)
    refused: int = 0  # what people had to try again
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def come(self, for_s: float, every_s: float) -> None:
        """New wishes at random times, each in a room of its own, until the time or rooms end."""
        rng, until = self.world.rng, time.monotonic() + for_s
        rooms: Iterator[Room] = iter(self.world.rooms[len(self.wishes) :])
        while time.monotonic() < until:
            if len(self._tasks) < OPEN_AT_MOST:
                room = next(rooms, None)
                if room is None:
                    return
                options = rng.choice(("--transcript", "--no-transcript", "--no-transcript"))
                wish = Wish(room, rng.choice(CHANNELS), options)
                self.wishes.append(wish)
                self._start(self._live(wish))
            await asyncio.sleep(rng.expovariate(1 / every_s))

    async def leave(self, within_s: float) -> None:
        """Everybody ends what they are at."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        for task in list(self._tasks):
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, wish: Wish) -> None:
        rng = self.world.rng
        person = rng.choice(self.world.people)
        if not await self._ask(wish, person):
            return
        recording = await self._running(wish)
        if recording is None:
            return
        await asyncio.sleep(rng.uniform(*self.world.setting.meeting_s))
        if rng.random() < 0.4 and await self._press_stop(wish, person):
            await self._until_stopping(recording)
        else:
            self._end(recording)
        if self.world.setting.speed < SLOW:  # else its waits would take minutes
            await asyncio.sleep(rng.uniform(0.5, 4))
            self.world.hms.recorder.finish(recording)

    async def _ask(self, wish: Wish, person: Person) -> bool:
        """Type the command until the bot takes it."""
        text = f'/record start "{wish.room.name}" {wish.options}'
        for _ in range(TRIES):
            wish.asked.append(time.time())
            try:
                answer = await person.command(wish.channel, text)
            except httpx.HTTPError:
                answer = None
            if answer and answer.ok:
                said = answer.text or await self._told(
                    wish, person, wish.asked[-1], *TAKEN, *REFUSED
                )
                if any(words in said for words in TAKEN):
                    wish.taken_at = time.time()
                    return True
                if not said:
                    return True  # taken already, or killed before it could say so
            self.refused += 1
            await asyncio.sleep(self.world.rng.uniform(0.5, 1.5))
        return False

    async def _running(self, wish: Wish) -> Recording | None:
        every = self.world.hms.state.recordings
        for _ in range(int(SEEN_WITHIN_S * 10)):
            found = [r for r in every.values() if r.room is wish.room and r.status == "running"]
            if found:
                return found[-1]
            await asyncio.sleep(0.1)
        return None

    async def _press_stop(self, wish: Wish, person: Person) -> bool:
        for _ in range(TRIES):
            try:
                clicked_at = time.time()
                answer = await person.click(self.card(wish), ids.STOP, confirm=True)
            except (CannotError, LookupError, httpx.HTTPError):
                return False  # the card shows no Stop, or not yet
            # A click is acked in any case; if it could not be kept, the person reads so.
            if answer.ok and not await self._told(wish, person, clicked_at, *REFUSED):
                wish.stop_taken_at = time.time()
                return True
            self.refused += 1
            await asyncio.sleep(self.world.rng.uniform(0.5, 1.5))
        return False

    async def _told(self, wish: Wish, person: Person, since: float, *words: str) -> str:
        """The answer that comes after the ack, if it has one of these words; else nothing."""
        for _ in range(int(TOLD_WITHIN_S * 10)):
            shown = self.world.slack.channels[wish.channel].ephemerals.values()
            recent = (m for m in shown if m.viewer == person.user and float(m.ts) > since)
            for message in recent:
                if any(word in message.text for word in words):
                    return message.text
            await asyncio.sleep(0.1)
        return ""

    def card(self, wish: Wish) -> SeenMessage:
        sim = self.world.slack
        mine = [
            m
            for m in sim.channels[wish.channel].messages.values()
            if m.text.startswith(f"{wish.room.name}:") and not m.thread_ts
        ]
        if not mine:
            raise LookupError("no card yet")
        return SeenMessage.read(message_of(sim, mine[-1]))

    async def _until_stopping(self, recording: Recording) -> None:
        for _ in range(int(SEEN_WITHIN_S * 10)):
            if recording.status not in STOPPABLE:
                return
            await asyncio.sleep(0.1)

    def _end(self, recording: Recording) -> None:
        """At 100ms, in one of the ways there are."""
        try:
            if self.world.rng.random() < 0.5:
                self.world.hms.people.end(recording.room, "that was all", lock=False)
            else:
                self.world.hms.recorder.stop(recording, "last peer left")
        except ApiError:
            return  # it ended by itself
