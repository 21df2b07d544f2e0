"""The bodies of the control API. An unknown field is refused, with its name."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Command(Body):
    user: str
    channel: str
    text: str
    thread_ts: str | None = None


class Click(Body):
    """In a message (channel and ts) or in a view; an option is named by its value."""

    user: str
    action_id: str
    block_id: str | None = None
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    value: Any = None
    selected_option: Any = None
    selected_options: list[Any] | None = None
    confirm: bool = False

    def wanted(self) -> Any:
        if self.selected_options is not None:
            return self.selected_options
        return self.value if self.selected_option is None else self.selected_option


class Input(Body):
    view_id: str
    block_id: str
    action_id: str
    value: Any = None


class Suggest(Body):
    """In a view, or in a message (then with user, channel and ts)."""

    action_id: str
    block_id: str
    query: str
    view_id: str | None = None
    user: str | None = None
    channel: str | None = None
    ts: str | None = None


class Submit(Body):
    view_id: str


class Close(Body):
    view_id: str
    whole_stack: bool = False


class Shortcut(Body):
    """Global, or with channel and ts for one on a message."""

    user: str
    callback_id: str
    channel: str | None = None
    ts: str | None = None


class Home(Body):
    user: str


class Say(Body):
    user: str
    channel: str
    text: str
    thread_ts: str | None = None


class Delete(Body):
    user: str
    channel: str
    ts: str


class ChannelChange(Body):
    bot_member: bool | None = None
    archived: bool | None = None
    by: str | None = None


class RequestUrl(Body):
    url: str | None
    verify: bool = False


class Redeliver(Body):
    delivery_id: str


class Disconnect(Body):
    reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    every: bool = False


class RateLimits(Body):
    enforce: bool


class Install(Body):
    org_wide: bool = False
