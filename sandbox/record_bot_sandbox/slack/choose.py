"""What a person may type or pick in one element, and what the client checks before it sends."""

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from record_bot_sandbox.slack.blocks import STATE_KEYS, Located, is_empty, options_of
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.model import JSON, Channel
from record_bot_sandbox.slack.sim import Sim

TYPED = frozenset({"plain_text_input", "number_input", "url_text_input", "email_text_input"})
PICKED_IDS = frozenset({"users", "channels", "conversations"})
REQUIRED = "Please complete this required field."


def chosen(sim: Sim, user: str, found: Located, value: Any, offered: list[JSON]) -> JSON:
    """The new state of the element. Options are named by their `value`.

    Raises:
        PersonError: there is no such thing to choose there.
    """
    if found.type not in STATE_KEYS:
        raise PersonError(f"nothing can be entered in a {found.type}")
    key = STATE_KEYS[found.type][0]
    return {"type": found.type, key: _new_value(sim, user, found, value, offered)}


def _new_value(sim: Sim, user: str, found: Located, value: Any, offered: list[JSON]) -> Any:
    key = STATE_KEYS[found.type][0]
    if found.type in TYPED:
        return None if value in (None, "") else str(value)
    if key == "selected_option":
        return None if value is None else _option(found, value, offered)
    if key == "selected_options":
        return [_option(found, item, offered) for item in _list(value)]
    noun = key.removeprefix("selected_")
    if noun in PICKED_IDS:
        return [_place(sim, user, found, noun, item) for item in _list(value)]
    if f"{noun}s" in PICKED_IDS and value is not None:
        return _place(sim, user, found, f"{noun}s", value)
    return value


def _option(found: Located, value: Any, offered: list[JSON]) -> JSON:
    wanted = value.get("value") if isinstance(value, dict) else value
    options = [*options_of(found.element), *offered]
    for option in options:
        if option.get("value") == wanted:
            return option
    known = [option.get("value") for option in options]
    raise PersonError(f"{found.action_id} has no option {wanted!r}, only {known}")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise PersonError("several values go in a list")
    return value


def _place(sim: Sim, user: str, found: Located, noun: str, value: Any) -> str:
    wanted = str(value)
    if noun == "users":
        return sim.user(wanted).id
    channel = sim.visible_channel(user, wanted)
    if noun == "channels" and channel.kind != "public":
        raise PersonError(f"{wanted} is not a public channel")
    if not allowed(found.element, channel):
        raise PersonError(f"the filter of {found.action_id} leaves out {wanted}")
    return wanted


def allowed(element: JSON, channel: Channel) -> bool:
    """Whether the filter of a conversations_select shows this conversation."""
    rules = element.get("filter") or {}
    include = rules.get("include") or ["im", "mpim", "private", "public"]
    shared = channel.is_ext_shared and rules.get("exclude_external_shared_channels")
    return channel.kind in include and not shared


def client_errors(found: Located, state: JSON | None) -> str | None:
    """What Slack's own client says instead of sending the form; None when it is content."""
    if state is None or is_empty(state):
        return None if found.block.get("optional") else REQUIRED
    element, value = found.element, state.get("value")
    if found.type == "plain_text_input" and isinstance(value, str):
        return _length_error(element, value)
    if found.type == "number_input" and isinstance(value, str):
        return _number_error(element, value)
    if found.type == "url_text_input" and isinstance(value, str):
        return None if urlsplit(value).scheme and urlsplit(value).netloc else "Enter a valid URL."
    if found.type == "email_text_input" and isinstance(value, str):
        return None if "@" in value.strip("@") else "Enter a valid email address."
    most = element.get("max_selected_items")
    many = next((item for item in state.values() if isinstance(item, list)), [])
    return f"Choose at most {most}." if most and len(many) > most else None


def _length_error(element: JSON, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Enter at most {element.get('max_length', 3000)} characters."
    return None


def _number_error(element: JSON, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Enter a whole number."
    if (low := element.get("min_value")) is not None and number < Decimal(low):
        return f"Enter a number of at least {low}."
    if (high := element.get("max_value")) is not None and number > Decimal(high):
        return f"Enter a number of at most {high}."
    return None
