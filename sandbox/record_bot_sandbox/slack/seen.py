"""What a person sees, as values: for tests and tours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]


@dataclass(frozen=True)
class SeenMessage:
    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JSON]
    thread_ts: str | None
    viewer: str | None
    raw: JSON

    @classmethod
    def read(cls, body: JSON, channel: str = "") -> "SeenMessage":
        return cls(
            channel=body.get("channel", channel),
            ts=body["ts"],
            user=body["user"],
            text=body["text"],
            blocks=body.get("blocks", []),
            thread_ts=body.get("thread_ts"),
            viewer=body.get("viewer"),
            raw=body,
        )

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True)
class SeenView:
    id: str
    user: str
    callback_id: str
    external_id: str
    title: str
    blocks: list[JSON]
    values: Mapping[str, Mapping[str, JSON]]
    errors: Mapping[str, str]
    private_metadata: str
    raw: JSON

    @classmethod
    def read(cls, body: JSON) -> "SeenView":
        return cls(
            id=body["id"],
            user=body.get("user", ""),
            callback_id=body["callback_id"],
            external_id=body["external_id"],
            title=body["title"]["text"],
            blocks=body["blocks"],
            values=body["state"]["values"],
            errors=body.get("errors", {}),
            private_metadata=body["private_metadata"],
            raw=body,
        )

    def action_id(self, block_id: str) -> str:
        """The action id of the only element in this block."""
        for block in self.blocks:
            if block["block_id"] == block_id:
                nested = [block.get("element"), block.get("accessory"), *block.get("elements", [])]
                found = [e["action_id"] for e in nested if isinstance(e, dict) and "action_id" in e]
                if len(found) == 1:
                    return str(found[0])
                raise LookupError(f"{block_id} holds {len(found)} elements: {found}")
        raise LookupError(f"no block {block_id!r} in {[b['block_id'] for b in self.blocks]}")


@dataclass(frozen=True)
class Answer:
    """The reply of the control API; see `reply.Reply` for the outcomes."""

    ok: bool
    outcome: str
    status: int | None
    ack: Any
    latency_ms: float | None
    delivery: str | None
    saw: list[JSON]

    @classmethod
    def read(cls, body: JSON) -> "Answer":
        return cls(**body)

    def _first(self, kind: str) -> JSON | None:
        return next((item for item in self.saw if item["kind"] == kind), None)

    @property
    def text(self) -> str | None:
        """The text that appeared at once: an answer, or Slack's own error."""
        for item in self.saw:
            if item["kind"] in {"ephemeral", "message"}:
                return str(item["message"]["text"])
            if item["kind"] == "error":
                return str(item["text"])
        return None

    @property
    def errors(self) -> dict[str, str]:
        return dict((self._first("errors") or {}).get("errors", {}))

    @property
    def options(self) -> list[JSON]:
        return list((self._first("options") or {}).get("options", []))

    @property
    def view(self) -> SeenView | None:
        found = self._first("view")
        return SeenView.read(found["view"]) if found else None


@dataclass(frozen=True)
class Snapshot:
    """GET /sim/state, with the questions that are asked most."""

    raw: JSON

    @property
    def seq(self) -> int:
        return int(self.raw["seq"])

    @property
    def problems(self) -> list[JSON]:
        return list(self.raw["problems"])

    def channel(self, channel: str) -> JSON:
        found: JSON = next(c for c in self.raw["channels"] if c["id"] == channel)
        return found

    def messages(self, channel: str) -> list[SeenMessage]:
        """Everything in the channel, replies included, oldest first."""
        return [SeenMessage.read(body) for body in self.channel(channel)["messages"]]

    def thread(self, channel: str, ts: str) -> list[SeenMessage]:
        """The replies under a message, without it."""
        return [m for m in self.messages(channel) if m.thread_ts == ts and m.is_reply]

    def ephemerals(self, channel: str, user: str) -> list[SeenMessage]:
        every = [SeenMessage.read(body) for body in self.channel(channel)["ephemerals"]]
        return [message for message in every if message.viewer == user]

    def open_view(self, user: str) -> SeenView | None:
        """The modal in front."""
        stacks = self.raw["stacks"].get(user)
        if not stacks:
            return None
        return next(SeenView.read(v) for v in self.raw["views"] if v["id"] == stacks[-1][-1])

    def home(self, user: str) -> SeenView | None:
        body = self.raw["homes"].get(user)
        return SeenView.read(body) if body else None

    def calls(self, method: str) -> list[JSON]:
        return [call for call in self.raw["calls"] if call["method"] == method]
