"""A running stage with its people and rooms, and the words in which the tests talk about it.

`services` is the process in which stages run, `opening` opens them, `waiting` says how a test
waits, and `conftest` which stages there are and which of them a test gets.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Answer, SeenMessage, SeenView, Snapshot

from tests.e2e.bot import Bot
from tests.e2e.reading import Found, Json, Room, button, cards, contains, files, first, has, labels
from tests.e2e.secrecy import assert_clean_log
from tests.e2e.waiting import World


@dataclass
class Bench:
    """One stage. Shared by the tests of a file: each takes rooms of its own."""

    world: World
    database: Path
    ines: Person  # the starter
    tariq: Person  # a member of every channel but #board
    amara: Person  # an admin, not in #design
    guus: Person  # a guest in #standup
    sol: Person  # from another organisation, in #partners
    pools: dict[str, Iterator[Room]] = field(default_factory=dict)
    _read: int = 0  # how much of the log was looked at
    _began: float = 0.0  # what Slack shows with a later `ts` is of this test

    @property
    def http(self) -> httpx.AsyncClient:
        return self.world.http

    @property
    def hms(self) -> Driver:
        return self.world.hms

    @property
    def bot(self) -> Bot:
        return self.world.bot

    # -- rooms and recordings at 100ms

    async def room(self, template: str = "meetings") -> Room:
        """A room that no other test uses, known to the bot, with someone in it."""
        room = next(self.pools[template])
        await self.hms.sim(f"/rooms/{room.id}/join", {"name": "Ana"})
        return room

    async def recordings(self, room: Room) -> list[Json]:
        state = await self.hms.state()
        return [r for r in state["recordings"] if r["room_id"] == room.id]

    async def recording(self, room: Room) -> Json:
        """The only one that was ever made there."""
        found = await self.recordings(room)
        assert len(found) == 1, found
        return found[0]

    async def hms_until(self, room: Room, found: Callable[[Json], Any], what: str = "") -> Json:
        """The room's latest recording, once this is true of it."""

        def look(state: Json) -> Json | None:
            ours = [r for r in state["recordings"] if r["room_id"] == room.id]
            return ours[-1] if ours and found(ours[-1]) else None

        return await self.world.at_100ms(look, what or f"a change of the recording of {room.name}")

    async def status(self, room: Room, status: str) -> Json:
        what = f"a recording of {room.name} that 100ms calls {status}"
        return await self.hms_until(room, lambda r: r["status"] == status, what)

    async def requests(self, room: Room, verb: str) -> list[Json]:
        """What the bot asked of 100ms for that room: start, pause, resume."""
        answer = await self.hms.http.get("/sim/requests", params={"last": 1000})
        path = f"/v2/recordings/room/{room.id}/{verb}"
        return [r for r in answer.json()["requests"] if r["path"] == path]

    async def bodies(self, room: Room) -> list[Json]:
        return [r["body"] for r in await self.requests(room, "start")]

    async def finish(self, room: Room) -> None:
        """Let 100ms get through with it at once, transcript and all."""
        for one in await self.recordings(room):
            await self.hms.sim(f"/recordings/{one['id']}/finish")

    async def chat(self, room: Room) -> None:
        """Somebody writes in the room's chat, or there would be no chat file."""
        path, said = f"/active-rooms/{room.id}/send-message", {"message": "See you on Tuesday."}
        (await self.hms.api("POST", path, json=said)).raise_for_status()

    async def hms_fault(self, **fault: Any) -> None:
        await self.hms.sim("/faults", fault)

    async def start_fault(self, room: Room, **fault: Any) -> None:
        """Disturb the start calls of this room only."""
        await self.hms_fault(method="POST", path=f"/v2/recordings/room/{room.id}/start", **fault)

    async def slack_calls(self, method: str = "", words: str = "") -> list[Json]:
        """All that the bot has called, which the state leaves out."""
        calls: list[Json] = (await self.bot.control.get(f"{self.bot.at}/calls")).json()
        named = [c for c in calls if method in ("", c["method"])]
        return [c for c in named if words in str(c["args"].get("text", ""))]

    async def scopes(self, scopes: Iterable[str]) -> None:
        """What Slack lets the app do from now on."""
        told = await self.bot.control.post(f"{self.bot.at}/scopes", json=sorted(scopes))
        told.raise_for_status()

    async def files_moved(self, to: str | None) -> None:
        """The files of 100ms are there, says its storage; None: they are where they were."""
        told = await self.bot.control.post(f"{self.bot.at}/files", json={"moved_to": to})
        told.raise_for_status()

    async def slack_fault(self, method: str, **fault: Any) -> None:
        await self.ines.tell("faults", method=method, **fault)

    async def slack_fault_taken(self, method: str) -> None:
        await self.see(
            lambda s: not [f for f in s.raw["faults"] if f["method"] == method],
            f"a call of {method}, for the fault that waits for it",
        )

    # -- what people do and see

    async def start(
        self,
        room: Room,
        options: str = "",
        *,
        by: Person | None = None,
        channel: str = seed.STANDUP,
    ) -> Answer:
        answer = await (by or self.ines).command(channel, f'/record start "{room.name}" {options}')
        assert answer.ok, answer
        return answer

    async def running(
        self, room: Room, options: str = "", *, channel: str = seed.STANDUP
    ) -> SeenMessage:
        """Started by Ines; its card, once it says so."""
        await self.start(room, options, channel=channel)
        return await self.card(room, "Recording", channel=channel)

    async def card(self, room: Room, says: str = "", *, channel: str = seed.STANDUP) -> SeenMessage:
        """The card, once its state begins with these words."""
        what = f"a card of {room.name} in {channel} that says {says!r}"
        return await self.see(lambda s: first(cards(s, room, channel, says)), what)

    async def showed(
        self, room: Room, says: str, *words: str, channel: str = seed.STANDUP
    ) -> list[Json]:
        """The blocks of the card when its state began so, be it for a moment that is over."""

        async def look() -> list[Json] | None:
            calls = await self.slack_calls("chat.postMessage", f"{room.name}: {says}")
            calls += await self.slack_calls("chat.update", f"{room.name}: {says}")
            shown = (c["args"] for c in calls if c["ok"] and c["args"]["channel"] == channel)
            return next((args["blocks"] for args in shown if contains(args, *words)), None)

        what = f"a card of {room.name} in {channel} that has said {says!r} {words}"
        return await self.world.until(look, self.world.slack_news, what)

    async def see(self, found: Callable[[Snapshot], Found | None], what: str = "") -> Found:
        """What is found in Slack, once it is there."""
        return await self.world.in_slack(found, what)

    async def told(self, who: Person, channel: str, *words: str) -> SeenMessage:
        """What this person alone has been shown there in this test, with all these words in it."""
        return await self.see(
            lambda s: first(self._ours(s.ephemerals(channel, who.user), *words)),
            f"what {who.user} alone sees in {channel}, with {words}",
        )

    async def direct(self, user: str, *words: str) -> SeenMessage:
        """A direct message of this test."""
        dm = seed.dm_id(user)
        return await self.see(
            lambda s: first(self._ours(s.messages(dm), *words)),
            f"a direct message to {user} with {words}",
        )

    def _ours(self, messages: list[SeenMessage], *words: str) -> list[SeenMessage]:
        """Those of this test that say so: others have left theirs, perhaps with the same words."""
        return [m for m in messages if float(m.ts) > self._began and has(m, *words)]

    async def reply(self, card: SeenMessage, *words: str) -> SeenMessage:
        """A message in the card's thread."""
        return await self.see(
            lambda s: first([m for m in s.thread(card.channel, card.ts) if has(m, *words)]),
            f"a reply to {card.text[:60]!r} with {words}",
        )

    async def file(self, channel: str, thread_ts: str, name: str) -> bytes:
        """The file of which the name ends so, once it is shared in that thread."""

        def look(state: Snapshot) -> str | None:
            return next((i for i, n in files(state, channel, thread_ts) if n.endswith(name)), None)

        return await self.ines.file(await self.see(look, f"a file …{name} in {channel}"))

    async def view(self, who: Person, callback_id: str, *words: str) -> SeenView:
        """The modal in front of that person, once it is this one and says so."""

        def look(state: Snapshot) -> SeenView | None:
            view = state.open_view(who.user)
            fits = view and view.callback_id == callback_id and contains(view.raw, *words)
            return view if fits else None

        return await self.see(look, f"{callback_id} in front of {who.user}, with {words}")

    async def press(
        self, who: Person, where: SeenMessage | SeenView, label: str, *, confirm: bool = False
    ) -> Answer:
        """Press the button with that label."""
        return await who.click(where, button(where.blocks, label), confirm=confirm)

    async def fill(self, who: Person, view: SeenView, values: Json) -> SeenView:
        """Enter values by field, in this order; the bot redraws the form before it acks."""
        for block_id, given in values.items():
            action_id = f"start_{block_id}"
            await who.enter(view, block_id, given, action_id=action_id)
        return await who.view(view.id)

    async def form(self, who: Person, channel: str = seed.STANDUP, text: str = "start") -> SeenView:
        answer = await who.command(channel, f"/record {text}")
        assert answer.ok
        assert answer.text is None, answer.text
        return await self.view(who, "start_form")

    async def choose_room(self, who: Person, view: SeenView, room: Room) -> SeenView:
        offered = await who.suggest(view, "room_id", room.name)
        assert room.id in [o["value"] for o in offered]
        await who.enter(view, "room_id", room.id)
        return await who.view(view.id)

    async def redelivered(self, delivery_id: str | None) -> httpx.Response:
        """The very same command or interaction once more, as a network may deliver it twice."""
        every = await self.ines.deliveries()
        delivery = next(d for d in every if d["id"] == delivery_id)
        payload: Json = delivery["payload"]
        if delivery["kind"] == "interactive":
            payload = {"payload": json.dumps(payload)}
        body = urlencode(payload).encode()
        return await self.http.post(
            f"{self.bot.url}/slack/events", content=body, headers=self.signed(body)
        )

    def signed(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        stamp = str(int(at or time.time()))
        secret = SlackConfig().signing_secret.encode()
        digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest.hexdigest()}",
        }

    async def metric(self, name: str) -> float:
        """The sum over all labels."""
        text = (await self.http.get(f"{self.bot.url}/metrics")).text
        lines = [line for line in text.splitlines() if re.match(rf"{name}(_total)?[ {{]", line)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    # -- after each test

    async def clean_up(self) -> None:
        """Faults off, modals closed, the bot where it was; then nothing may be left to say."""
        await self.ines.forget("faults")
        await self.hms.sim("/faults", {"clear": True})
        state = await self.ines.state()
        for person in (self.ines, self.tariq, self.amara):
            for stack in reversed(state.raw["stacks"].get(person.user, [])):
                front = next(v for v in state.raw["views"] if v["id"] == stack[-1])
                await person.close(SeenView.read(front), whole_stack=True)
        problems = state.problems
        await self.ines.forget("problems")
        self.check_log()
        shown = [m for c in state.raw["channels"] for m in (*c["messages"], *c["ephemerals"])]
        self._began = max((float(m["ts"]) for m in shown), default=0.0)
        public = [m for c in state.raw["channels"] if c["kind"] != "im" for m in c["messages"]]
        leaks = [m["text"] for m in public if contains(m, "signature=")]
        assert problems == []
        assert leaks == []

    def check_log(self) -> None:
        with self.bot.log.open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
            self._read = file.tell()
        assert_clean_log(fresh.decode())


async def ended(bench: Bench, room: Room, card: SeenMessage) -> None:
    """The end state that every journey with a transcript and a summary comes to."""
    await bench.card(room, "Ready.")
    await bench.reply(card, "The video, transcript and summary are ready.")
    await bench.file(card.channel, card.ts, "-transcript.txt")
    state = await bench.ines.state()
    assert [m.ts for m in cards(state, room, card.channel)] == [card.ts]
    names = [name for _, name in files(state, card.channel, card.ts)]
    assert len(names) == len(set(names)), "each once; the chat only if somebody wrote"
    assert len(state.thread(card.channel, card.ts)) == 1 + len(names)
    last = await bench.card(room, "Ready.")
    assert labels(last.blocks) == ["Watch", "Transcript", "Share", "Details"]
    assert len(await bench.recordings(room)) == 1
