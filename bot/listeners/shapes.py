"""The shapes of Slack's payloads, as far as the bot reads them.

Listeners rely on them. A signed payload with an unexpected shape is dropped before it reaches one.

Source: docs.slack.dev, apis/events-api, interactivity/handling-user-interaction and
interactivity/implementing-slash-commands.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import structlog
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from bot.kit.metrics import ODD_REQUESTS

log = structlog.get_logger()

Json = dict[str, Any]


def _storable(text: str) -> str:
    """Accepted by both databases: no NUL, no lone surrogates."""
    if "\x00" in text:
        raise ValueError("NUL")
    text.encode()  # raises UnicodeEncodeError, which is a ValueError
    return text


Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,64}$")]


class _Named(BaseModel):
    id: Id


class _State(BaseModel):
    values: Json | None = None


class _View(BaseModel):
    id: Id
    type: str
    callback_id: str
    private_metadata: Text
    hash: Text | None = None
    state: _State | None = None


class _Option(BaseModel):
    value: Text | None = None


class _Action(BaseModel):
    action_id: Text
    block_id: Text | None = None
    value: Text | None = None
    selected_option: _Option | None = None
    selected_conversation: Id | None = None


class _Unfurl(BaseModel):
    app_unfurl_url: Text | None = None


class _Interaction(BaseModel):
    user: _Named
    channel: _Named | None = None
    container: Json | None = None
    message: Json | None = None
    app_unfurl: _Unfurl | None = None
    response_url: Text | None = None
    trigger_id: Text | None = None
    view: _View | None = None


class _Click(_Interaction):
    actions: Annotated[list[_Action], Field(min_length=1)]


class _ViewInteraction(_Interaction):
    view: _View


class _Shortcut(_Interaction):
    callback_id: str


class _MessageShortcut(_Shortcut):
    channel: _Named
    message: Json


class _Suggestion(_Interaction):
    action_id: str
    value: Text | None = None


class _Command(BaseModel):
    command: str
    user_id: Id
    channel_id: Id


class _Event(BaseModel):
    type: str


class _HomeOpened(_Event):
    user: Id


class _PersonMessage(_Event):
    user: Id
    channel: Id
    text: Text | None = None
    ts: Text
    thread_ts: Text | None = None


class _MentionByBot(_Event):
    bot_id: Id


class _Link(BaseModel):
    url: Text | None = None


class _LinkShared(_Event):
    channel: Id | None = None
    message_ts: Text | None = None
    links: list[_Link] | None = None


class _Joined(_Event):
    user: Id
    channel: Id


class _IdChanged(_Event):
    old_channel_id: Id
    new_channel_id: Id


class _Tokens(BaseModel):
    bot: list[Id] | None = None


class _Revoked(_Event):
    tokens: _Tokens | None = None


class _Envelope(BaseModel):
    event_id: Text | None = None
    event: _Event


_BY_TYPE: Mapping[str, type[BaseModel]] = {
    "block_actions": _Click,
    "view_submission": _ViewInteraction,
    "view_closed": _ViewInteraction,
    "shortcut": _Shortcut,
    "message_action": _MessageShortcut,
    "block_suggestion": _Suggestion,
    "event_callback": _Envelope,
}
_BY_EVENT: Mapping[str, type[BaseModel]] = {
    "app_home_opened": _HomeOpened,
    "app_mention": _PersonMessage,
    "channel_id_changed": _IdChanged,
    "link_shared": _LinkShared,
    "member_joined_channel": _Joined,
    "message": _PersonMessage,
    "tokens_revoked": _Revoked,
}
PayloadKind = Literal["command", "event", "interaction", "other"]


def reject_malformed(body: object) -> bool:
    """Log and count a malformed payload. Return whether it is one: then it must be dropped."""
    why = defect(body)
    if why:
        note_odd(_kind_of(body), why)
    return why is not None


def note_odd(kind: PayloadKind, why: str) -> None:
    ODD_REQUESTS.labels(kind).inc()
    log.warning("odd_request_ignored", kind=kind, why=why)


def _kind_of(body: object) -> PayloadKind:
    if not isinstance(body, dict):
        return "other"
    if "command" in body:
        return "command"
    if body.get("type") == "event_callback":
        return "event"
    # A tuple, because a list or object as `type` is not hashable and would raise in a dict.
    return "interaction" if body.get("type") in tuple(_BY_TYPE) else "other"


def _shape_of(event: Json) -> type[BaseModel]:
    """Return the model of an event. Mentions and messages of bots are not read, so need little."""
    kind = event["type"]
    if kind == "app_mention" and event.get("bot_id"):
        return _MentionByBot
    if kind == "message" and (event.get("bot_id") or event.get("subtype")):
        return _Event
    return _BY_EVENT.get(kind, _Event)


def defect(body: object) -> str | None:
    """Say how a payload differs from Slack's documentation, without quoting it.

    None if it matches.
    """
    if not isinstance(body, dict):
        return "not an object"
    kind = body.get("type")
    try:
        if "command" in body:
            _Command.model_validate(body)
        elif isinstance(kind, str) and kind in _BY_TYPE:
            _BY_TYPE[kind].model_validate(body)
            if kind == "event_callback":
                event = body["event"]
                _shape_of(event).model_validate(event)
    except ValidationError as odd:
        first = odd.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['type']}"
    return None
