"""What a person did, what the bot answered, and what the person then saw."""

from dataclasses import dataclass, field
from typing import Any

from record_bot_sandbox.slack.model import JSON, Delivery

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass
class Reply:
    """`outcome` is ok, operation_timeout, dispatch_failed, bad_answer or not_sent.

    `saw` lists what appeared before the person: kind is ephemeral, message, view, errors,
    closed, options or error.
    """

    outcome: str
    status: int | None = None
    ack: Any = None
    latency_ms: float | None = None
    delivery: str | None = None
    saw: list[JSON] = field(default_factory=list)

    @classmethod
    def to(cls, delivery: Delivery) -> "Reply":
        return cls(
            outcome=delivery.failure or "ok",
            status=delivery.status,
            ack=delivery.ack,
            latency_ms=delivery.latency_ms,
            delivery=delivery.id,
        )

    def sees(self, kind: str, **what: Any) -> "Reply":
        self.saw.append({"kind": kind, **what})
        return self

    def as_json(self) -> JSON:
        return {"ok": self.outcome == "ok", **vars(self)}
