"""The inputs of a form. The block id of an input is the name of its field."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.ui.ids import (
    START_CHANNEL,
    START_LEAST_PEOPLE,
    START_ROOM,
    START_STOP_AFTER,
    START_UNTIL_EMPTY,
    START_WHEN,
    START_WHEN_KIND,
    start_action,
)
from bot.ui.message import Block, plain_text
from bot.ui.view_state import ViewState

TYPED_MOST = 3000  # of one text input
OPTION_VALUE_MOST = 150
_WHOLE = re.compile(r"-?[0-9]{1,100}")
_POSTABLE = re.compile(r"[CG][A-Z0-9]{1,30}")


# Fields that a preset does not change.
LASTING = frozenset(
    {
        START_ROOM,
        START_CHANNEL,
        START_WHEN_KIND,
        START_WHEN,
        START_STOP_AFTER,
        START_LEAST_PEOPLE,
        START_UNTIL_EMPTY,
    }
)


def words(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def input_block(
    field: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    redraws: bool = False,
    action: str | None = None,
) -> Block:
    """Build an input block. With `redraws`, Slack reports each change to the app at once.

    `action` is the action id in forms other than the start form.
    """
    return {
        "type": "input",
        "block_id": field,
        "label": words(label),
        "element": {**element, "action_id": action or start_action(field)},
        "optional": optional,
        "dispatch_action": redraws,
        **({"hint": words(hint)} if hint else {}),
    }


def own_action(field: str) -> str:
    """Return the action id of a field of a small form, which has no other field of that name."""
    return f"{field}_input"


def own_state(values: object) -> ViewState:
    """Read the fields of a small form; nothing in them is trusted."""
    return ViewState(values, own_action)


def with_sources(
    blocks: Iterable[Block], sources: Mapping[str, str], generation: int
) -> Iterator[Block]:
    """Add the source of each value to its hint, and use this generation's action ids."""
    for block in blocks:
        if block["type"] != "input":
            yield block
            continue
        field = block["block_id"]
        changed = dict(block)
        if generation and field not in LASTING:
            element = {**block["element"], "action_id": start_action(field, generation)}
            changed["element"] = element
        if source := sources.get(field.partition(".")[0]):
            own = block["hint"]["text"] if "hint" in block else ""
            changed["hint"] = words(f"{own} From {source}.".strip())
        yield changed


def textbox(typed: str, *, placeholder: str = "", multiline: bool = False) -> Block:
    """Build a text input without `max_length`: Slack's error would not say how much is too long."""
    kept = as_much_as_fits(typed)
    return {
        "type": "plain_text_input",
        "multiline": multiline,
        **({"initial_value": kept} if kept else {}),
        **({"placeholder": words(placeholder)} if placeholder else {}),
    }


def as_much_as_fits(typed: str) -> str:
    """Cut a text to `TYPED_MOST` UTF-16 units."""
    return typed.encode("utf-16-le", "replace")[: TYPED_MOST * 2].decode("utf-16-le", "ignore")


def whole_number(typed: str, *, placeholder: str = "") -> Block:
    """Build a number input, which shows a keypad on phones. It cannot show any other text."""
    kept = typed.strip()
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        **({"initial_value": kept} if _WHOLE.fullmatch(kept) else {}),
        **({"placeholder": words(placeholder)} if placeholder else {}),
    }


def pick(labels: Mapping[str, str], chosen: str) -> Block:
    return {"type": "static_select", **_one_of(labels, chosen)}


def radio(labels: Mapping[str, str], chosen: str) -> Block:
    return {"type": "radio_buttons", **_one_of(labels, chosen)}


def ticks(labels: Mapping[str, str], ticked: Sequence[str]) -> Block:
    initial = [option(value, text) for value, text in labels.items() if value in ticked]
    return {
        "type": "checkboxes",
        "options": [option(value, text) for value, text in labels.items()],
        **({"initial_options": initial} if initial else {}),
    }


def place_to_share(field: str) -> Block:
    """Build the input for a channel to share something to."""
    return input_block(
        field,
        "Channel",
        {
            "type": "conversations_select",
            "placeholder": words("Choose a channel"),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
        hint="One that you and the bot are in.",
        action=own_action(field),
    )


def channel_pick(channel: str | None) -> Block:
    """Build a channel picker for this workspace only: bots cannot post elsewhere."""
    return {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
        "placeholder": words("A direct message to me"),
        **({"initial_conversation": channel} if postable(channel) else {}),
    }


def postable(channel: str | None) -> bool:
    """Whether a form can offer this id as a channel; direct messages are the default anyway."""
    return channel is not None and bool(_POSTABLE.fullmatch(channel))


def option(value: str, text: str) -> Block:
    return {"text": words(text), "value": value}


def named_option(value: str, name: str) -> Block:
    """Build an option whose text is a name that people chose."""
    return {"text": plain_text(name, 75), "value": value}


def _one_of(labels: Mapping[str, str], chosen: str) -> Block:
    return {
        "options": [option(value, text) for value, text in labels.items()],
        "initial_option": option(chosen, labels[chosen]),
    }


class FieldErrors(dict[str, str]):
    """Block id → the error and how to correct it, as in `response_action: errors`."""
