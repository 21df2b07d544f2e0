"""Slack's payloads, reduced to what the listeners need.

Source: docs.slack.dev, interactivity/handling-user-interaction and
interactivity/implementing-slash-commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and where. `channel` is None in Home and in a modal.

    Who mentions the bot gives no trigger: their message is `message_ts`, in a thread perhaps.
    """

    user: str
    channel: str | None
    response_url: str | None
    trigger_id: str
    message_ts: str = ""
    thread_ts: str | None = None

    @property
    def once(self) -> str:
        """The same when Slack delivers the same thing again."""
        return self.trigger_id or f"{self.channel}:{self.message_ts}"

    @classmethod
    def of_mention(cls, event: Body) -> Self:
        return cls(
            user=event.get("user") or "",
            channel=event.get("channel"),
            response_url=None,
            trigger_id="",
            message_ts=event.get("ts") or "",
            thread_ts=event.get("thread_ts"),
        )

    @classmethod
    def of(cls, body: Body) -> Self:
        """From a command, an interaction or a shortcut."""
        user = body.get("user")
        channel = body.get("channel")
        return cls(
            user=body.get("user_id") or (user.get("id") if isinstance(user, dict) else "") or "",
            channel=body.get("channel_id")
            or (channel.get("id") if isinstance(channel, dict) else None),
            response_url=body.get("response_url"),
            trigger_id=body.get("trigger_id") or "",
        )


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed, or an option or channel chosen.

    `on_ephemeral`: what was clicked can be replaced.
    """

    asked: Asked
    value: str
    on_ephemeral: bool

    @classmethod
    def of(cls, body: Body) -> Self:
        action = body["actions"][0]
        chosen = action.get("selected_option") or {}
        place = action.get("selected_conversation")
        container = body.get("container") or {}
        return cls(
            asked=Asked.of(body),
            value=action.get("value") or chosen.get("value") or place or "",
            on_ephemeral=bool(container.get("is_ephemeral")),
        )


@dataclass(frozen=True, slots=True)
class Form:
    """A start form as it stands. `values` is `view.state.values`, `hash` guards an update."""

    asked: Asked
    view_id: str
    hash: str
    request_id: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, body: Body) -> Self:
        view = body["view"]
        return cls(
            asked=Asked.of(body),
            view_id=view["id"],
            hash=view.get("hash") or "",
            request_id=view.get("private_metadata") or "",
            values=(view.get("state") or {}).get("values") or {},
        )
