"""Slack's payloads, reduced to what the listeners need.

User, team, channel, thread and trigger are set by Slack and can be trusted. Values, private
metadata and selected options passed through a message or view of ours: they are claims, which the
gate checks.
Source: docs.slack.dev, interactivity/handling-user-interaction and
interactivity/implementing-slash-commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.core.places import is_direct

Body = Mapping[str, Any]
GROUP_DM = "mpdm-"  # how Slack names a direct message among several people


class Payload:
    """A value read from a request. `of` raises KeyError, TypeError or the like if malformed."""

    @classmethod
    def of(cls, body: Body) -> Self:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class View(Payload):
    """The modal or Home tab of an interaction. `values` is `view.state.values`."""

    id: str
    type: str
    metadata: str
    previous_id: str | None
    values: Mapping[str, Any]
    fields: frozenset[str]  # the block ids at which an error can be shown

    @classmethod
    def of(cls, body: Body) -> Self:
        view = body["view"]
        blocks = view.get("blocks") or ()
        return cls(
            id=view["id"],
            type=view.get("type") or "",
            metadata=view.get("private_metadata") or "",
            previous_id=view.get("previous_view_id"),
            values=(view.get("state") or {}).get("values") or {},
            fields=frozenset(
                str(block.get("block_id"))
                for block in blocks
                if isinstance(block, Mapping) and block.get("type") == "input"
            ),
        )


@dataclass(frozen=True, slots=True)
class Caller(Payload):
    """The person who sent a command, click or message, and where from.

    `channel` is None in Home and in modals. A mention has no trigger; `message_ts` and `thread_ts`
    are those of its message. `once` has ids of the event, by which a repeated delivery is found.
    `typed` marks a slash command, which is answered in the ack. `in_group_dm` marks a direct
    message among several people, which the bot cannot join. `direct` marks a message to the bot in
    its own direct message, where nobody else reads the reply.
    """

    user: str
    channel: str | None
    response_url: str | None
    trigger_id: str
    message_ts: str = ""
    thread_ts: str | None = None
    typed: bool = False
    once: tuple[str, ...] = ()
    in_group_dm: bool = False
    direct: bool = False

    @property
    def request_id(self) -> str:
        """An id that stays the same when Slack delivers the same request again."""
        return self.trigger_id or f"{self.channel}:{self.message_ts}"

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
            typed="command" in body,
            in_group_dm=str(body.get("channel_name") or "").startswith(GROUP_DM),
        )


@dataclass(frozen=True, slots=True)
class Typed(Payload):
    """The text after a slash command, or typed into a select with suggestions."""

    text: str

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls(body.get("text") or body.get("value") or "")


@dataclass(frozen=True, slots=True)
class Mention(Payload):
    """A message that mentions the bot, or any message in the bot's direct message.

    `edited`: the message was edited. `by_app`: it has a bot id or a subtype, so no person simply
    wrote it.
    """

    caller: Caller
    text: str
    edited: bool
    by_app: bool

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        channel, ts = event.get("channel"), event.get("ts") or ""
        names = (f"event:{body.get('event_id')}", f"message:{channel}:{ts}")
        caller = Caller(
            user=event.get("user") or "",
            channel=channel,
            response_url=None,
            trigger_id="",
            message_ts=ts,
            thread_ts=event.get("thread_ts"),
            once=names,
            direct=event.get("channel_type") == "im",
        )
        return cls(
            caller,
            event.get("text") or "",
            edited=bool(event.get("edited")),
            by_app=bool(event.get("bot_id") or event.get("subtype")),
        )


def value_of(action: Mapping[str, Any]) -> str:
    """Return the value of a button, or of the chosen option or channel; '' if it has none."""
    chosen = action.get("selected_option") or {}
    place = action.get("selected_conversation")
    return str(action.get("value") or chosen.get("value") or place or "")


@dataclass(frozen=True, slots=True)
class Click(Payload):
    """A click on a button, or a choice of an option or channel. `value` is a claim.

    `on_ephemeral`: the message is ephemeral and can be replaced. `on_answer`: it is ephemeral or in
    a direct message, where replies stay (cards can be there, too). `view` is the clicked view.
    """

    caller: Caller
    action_id: str
    value: str
    on_ephemeral: bool
    on_answer: bool = False
    view: View | None = None

    @property
    def action(self) -> str:
        """The action id without its number, if it has one."""
        return self.action_id.partition(".")[0]

    @classmethod
    def of(cls, body: Body) -> Self:
        action, caller = body["actions"][0], Caller.of(body)
        container = body.get("container") or {}
        return cls(
            caller=caller,
            action_id=action["action_id"],
            value=value_of(action),
            on_ephemeral=bool(container.get("is_ephemeral")),
            on_answer=bool(container.get("is_ephemeral")) or is_direct(caller.channel),
            view=View.of(body) if body.get("view") else None,
        )


@dataclass(frozen=True, slots=True)
class Form(Payload):
    """A start form being filled in. `values` is `view.state.values`; `hash` guards an update."""

    caller: Caller
    view_id: str
    hash: str
    values: Mapping[str, Any]
    view: View

    @classmethod
    def of(cls, body: Body) -> Self:
        view = View.of(body)
        return cls(
            caller=Caller.of(body),
            view_id=view.id,
            hash=body["view"].get("hash") or "",
            values=view.values,
            view=view,
        )
