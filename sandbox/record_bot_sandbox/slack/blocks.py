"""Walking through blocks, and the state that Slack keeps for each element in them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from record_bot_sandbox.slack.model import JSON, Values

# element type -> (key in view.state.values, key of the initial value, value when empty)
STATE_KEYS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}
CLICKED = frozenset({"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"})


@dataclass(frozen=True)
class Located:
    """An interactive element and the block that holds it."""

    block: JSON
    element: JSON

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def key(self) -> tuple[str, str]:
        return self.block_id, self.action_id

    @property
    def type(self) -> str:
        return str(self.element["type"])

    @property
    def is_input(self) -> bool:
        return str(self.block["type"]) == "input"


def located(blocks: list[JSON]) -> Iterator[Located]:
    """Every element that a person can act on, in order."""
    for block in blocks:
        nested = [block.get("element"), block.get("accessory"), *block.get("elements", [])]
        for element in nested:
            if isinstance(element, dict) and element.get("action_id"):
                yield Located(block, element)


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """The blocks as Slack stores them: every id present, every default spelled out."""
    stored = [_normal(block) for block in blocks]
    for block in stored:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        nested = [block.get("element"), block.get("accessory")]
        nested += block.get("elements", []) if block["type"] != "rich_text" else []
        for element in nested:
            if isinstance(element, dict) and _acts(element):
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return stored


def initial_values(blocks: list[JSON], channel: str | None) -> Values:
    """The state of a view that was just shown."""
    values: Values = {}
    for found in located(blocks):
        if (state := initial_state(found.element, channel)) is not None:
            values.setdefault(found.block_id, {})[found.action_id] = state
    return values


def carried_over(before: list[JSON], now: list[JSON], old: Values, fresh: Values) -> Values:
    """What was typed stays where block id, action id and type stayed; the rest starts anew."""
    was = {found.key: found for found in located(before)}
    for found in located(now):
        block_id, action_id = found.key
        kept = old.get(block_id, {}).get(action_id)
        same = found.key in was and was[found.key].type == found.type
        if kept is not None and same and still_offered(found.element, kept):
            fresh[block_id][action_id] = kept
    return fresh


def initial_state(element: JSON, channel: str | None) -> JSON | None:
    """The value object of one element; None for those that have no state (buttons, menus)."""
    if element["type"] not in STATE_KEYS:
        return {"type": "file_input", "files": []} if element["type"] == "file_input" else None
    key, initial, empty = STATE_KEYS[element["type"]]
    value = element.get(initial, empty)
    if element.get("default_to_current_conversation") and channel:
        if key == "selected_conversation":
            value = value or channel
        elif key == "selected_conversations":
            value = [channel]
    return {"type": element["type"], key: value}


def still_offered(element: JSON, state: JSON) -> bool:
    if element["type"] not in {
        "static_select",
        "radio_buttons",
        "checkboxes",
        "multi_static_select",
    }:
        return True
    chosen = state.get("selected_options") or [state.get("selected_option")]
    offered = [option["value"] for option in options_of(element)]
    return all(option is None or option["value"] in offered for option in chosen)


def options_of(element: JSON) -> list[JSON]:
    """The options of a select, flat, whether they are in groups or not."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(o for g in groups for o in g["options"])]


def is_empty(state: JSON) -> bool:
    return all(not value for key, value in state.items() if key != "type")


def _acts(element: JSON) -> bool:
    kind = str(element.get("type"))
    return kind in STATE_KEYS or kind in CLICKED or kind == "file_input"


def _normal(node: Any) -> Any:
    """A deep copy with Slack's defaults for text objects."""
    if isinstance(node, list):
        return [_normal(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _normal(value) for key, value in node.items()}
    if copy.get("type") == "plain_text" and "text" in copy:
        copy.setdefault("emoji", True)
    if copy.get("type") == "mrkdwn" and "text" in copy:
        copy.setdefault("verbatim", False)
    return copy
