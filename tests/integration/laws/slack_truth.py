"""Slack as it is, in memory; and the door to it that the bot goes through."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.core.deliveries import Delivery
from bot.core.places import Place
from bot.slack.errors import CannotPostThere, MessageGone, NotAuthorized, SlackError, SlackRefused
from bot.slack.errors import SlackUnavailable as Unavailable
from bot.slack.gateway import Announce, Json, SlackGateway
from bot.slack.values import Member, Posted
from tests.integration.laws.replies import Faults, Life, Meter, Reply, carried_out

T = TypeVar("T")


@dataclass
class Message:
    channel: str
    ts: str
    thread_ts: str | None
    text: str
    blocks: object = None
    file: str | None = None  # its name
    content: bytes = b""
    reply: Reply = Reply.OK  # how the call that made it was answered
    by: Life | None = None  # the process that posted it
    at_s: float = 0.0


@dataclass
class SlackTruth:
    """`members`: channels that the bot is in. Direct messages are always open."""

    members: set[str]
    messages: list[Message] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    told: list[tuple[str, str]] = field(default_factory=list)  # seen by one person only
    no_takes_s: float = 0.0
    at_once: int = 0  # calls under way
    most_at_once: int = 0
    _clock: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, channel: str, thread_ts: str | None, text: str, **more: object) -> Message:
        place = self._open(channel)
        ts = f"{next(self._clock)}.000000"
        message = Message(place, ts, thread_ts, text, **more)  # type: ignore[arg-type]
        self.messages.append(message)
        return message

    def change(self, channel: str, ts: str, message: Json) -> None:
        self._open(channel)
        found = next((m for m in self.messages if m.ts == ts and m.channel == channel), None)
        if found is None or ts in self.deleted:
            raise MessageGone("message_not_found")
        found.text, found.blocks = message["text"], message["blocks"]

    def remove(self, ts: str) -> None:
        if ts in self.deleted or all(m.ts != ts for m in self.messages):
            raise MessageGone("message_not_found")
        self.deleted.add(ts)

    def _open(self, channel: str) -> str:
        if channel.startswith("U"):
            return f"D{channel}"
        if channel.startswith("D"):
            return channel
        if channel in self.archived:
            raise CannotPostThere("is_archived")
        if channel not in self.members:
            raise CannotPostThere("not_in_channel")
        return channel

    def shown(self, channel: str) -> list[Message]:
        place = f"D{channel}" if channel.startswith("U") else channel
        return [m for m in self.messages if m.channel == place and m.ts not in self.deleted]


class SlackDoor(SlackGateway):
    """The gateway's methods as the reconciler uses them, each answered as the faults say."""

    def __init__(
        self,
        truth: SlackTruth,
        faults: Faults,
        meter: Meter,
        life: Life,
        time_s: Callable[[], float],
    ) -> None:
        self._truth, self._faults, self._meter = truth, faults, meter
        self._life, self._time_s = life, time_s

    async def post(self, channel: str, message: Json, *, thread_ts: str | None = None) -> Posted:
        def put() -> Posted:
            made = self._truth.put(
                channel,
                thread_ts,
                message["text"],
                blocks=message["blocks"],
                reply=self._reply,
                by=self._life,
                at_s=self._time_s(),
            )
            return Posted(made.channel, made.ts)

        return await self._through("chat.postMessage", put)

    async def update(self, channel: str, ts: str, message: Json) -> None:
        await self._through("chat.update", lambda: self._truth.change(channel, ts, message))

    async def upload(
        self,
        channel: str,
        *,
        thread_ts: str | None,
        filename: str,
        title: str,
        content: bytes,
        announced: Announce,
    ) -> str | None:
        if not content:
            raise SlackRefused("empty_file")
        await announced("")

        def put() -> str:
            made = self._truth.put(
                channel,
                thread_ts,
                "",
                file=filename,
                content=content,
                reply=self._reply,
                by=self._life,
                at_s=self._time_s(),
            )
            return made.ts

        return await self._through("files.completeUploadExternal", put)

    async def delete(self, channel: str, ts: str) -> None:
        await self._through("chat.delete", lambda: self._truth.remove(ts))

    async def delete_file(self, file_id: str) -> None:
        await self._through("files.delete", lambda: self._truth.remove(file_id))

    async def permalink(self, channel: str, ts: str) -> str:
        return await self._through(
            "chat.getPermalink", lambda: f"https://slack.example/{channel}/{ts}"
        )

    async def link_to(self, card: Delivery | None) -> str | None:
        """As the gateway, but for its cache: each call may fail here."""
        if card is None or card.message is None:
            return None
        try:
            return await self.permalink(*card.message)
        except SlackError:
            return None

    async def ephemeral(
        self, channel: str, user: str, message: Json, *, thread_ts: str | None = None
    ) -> None:
        def tell() -> None:
            if channel not in self._truth.members:
                raise CannotPostThere("not_in_channel")
            self._truth.told.append((user, message["text"]))

        await self._through("chat.postEphemeral", tell)

    async def respond(self, response_url: str, message: Json, *, replace: bool = False) -> None:
        await self._through("response_url", lambda: self._truth.told.append(("?", message["text"])))

    async def update_view_when_open(self, view: Json, external_id: str) -> None:
        raise SlackRefused("not_found")  # closed at once

    async def member(self, user: str, *, home_team: str) -> Member:
        return await self._through("users.info", lambda: Member("member", False, "Ines"))

    async def names_of(self, users: Iterable[str]) -> dict[str, str]:
        return {user: user for user in users}  # so that the hash of a card is that of its text

    async def place(self, channel: str) -> Place:
        return await self._through("conversations.info", lambda: _place(channel))

    async def is_in(self, channel: str) -> bool:
        return channel in self._truth.members

    async def _through(self, method: str, do: Callable[[], T]) -> T:
        self._life.must_live()
        now_s = self._time_s()
        self._meter.count(now_s, method)
        reply = self._faults.next("slack", now_s)

        def marked() -> T:
            self._reply = reply
            return do()

        self._truth.at_once += 1
        self._truth.most_at_once = max(self._truth.most_at_once, self._truth.at_once)
        try:
            return await carried_out(
                reply,
                self._life,
                marked,
                turned_away=lambda: Unavailable("rate limited", retry_after_s=20.0, reached=False),
                unknown=lambda: Unavailable("no answer", reached=True),
                unauthorized=lambda: NotAuthorized("token_revoked"),
            )
        except CannotPostThere:
            await asyncio.sleep(self._truth.no_takes_s)  # it may be untrue when we hear it
            self._life.must_live()
            raise
        finally:
            self._truth.at_once -= 1


def _place(channel: str) -> Place:
    return "public" if channel.startswith("C") else "direct"


def readable(blocks: object) -> str:
    """Every text in these blocks, in order."""
    if isinstance(blocks, Mapping):
        own = blocks.get("text")
        mine = [own] if isinstance(own, str) else []
        return " ".join([*mine, *(readable(v) for v in blocks.values() if not isinstance(v, str))])
    if isinstance(blocks, list):
        return " ".join(readable(b) for b in blocks)
    return ""
