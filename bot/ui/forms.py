"""Inputs of a form. A block id is a field's name; people write the values, and the bot the rest."""

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

TYPED_MOST = 3000  # of one text input
OPTION_VALUE_MOST = 150
_WHOLE = re.compile(r"-?[0-9]{1,100}")
_POSTABLE = re.compile(r"[CG][A-Z0-9]{1,30}")


# A preset leaves them as they are.
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

    `action` is the action id where it is not the one of a start form.
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


def dressed(blocks: Iterable[Block], came: Mapping[str, str], generation: int) -> Iterator[Block]:
    """Add the sources of values to the hints, and this generation's action ids."""
    for block in blocks:
        if block["type"] != "input":
            yield block
            continue
        field = block["block_id"]
        changed = dict(block)
        if generation and field not in LASTING:
            element = {**block["element"], "action_id": start_action(field, generation)}
            changed["element"] = element
        if source := came.get(field.partition(".")[0]):
            own = block["hint"]["text"] if "hint" in block else ""
            changed["hint"] = words(f"{own} From {source}.".strip())
        yield changed


def textbox(typed: str, *, placeholder: str = "", multiline: bool = False) -> Block:
    """Build a text input without `max_length`: Slack's error hides how much is too long."""
    kept = as_much_as_fits(typed)
    return {
        "type": "plain_text_input",
        "multiline": multiline,
        **({"initial_value": kept} if kept else {}),
        **({"placeholder": words(placeholder)} if placeholder else {}),
    }


def as_much_as_fits(typed: str) -> str:
    """Cut a text to a length in UTF-16 units, the strictest reading of Slack's "characters"."""
    return typed.encode("utf-16-le", "replace")[: TYPED_MOST * 2].decode("utf-16-le", "ignore")


def whole_number(typed: str, *, placeholder: str = "") -> Block:
    """Build a number input, for the keypad on a phone. It cannot show text that is not a number."""
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


def channel_pick(channel: str | None) -> Block:
    """Build a channel picker for this workspace only: bots cannot post elsewhere."""
    return {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
        "placeholder": words("A direct message to me"),
        **({"initial_conversation": channel} if postable(channel) else {}),
    }


def postable(channel: str | None) -> bool:
    """Return whether this is a channel. In a direct message the person gets the answer anyway."""
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
    """Block id → what is wrong and how to correct it: ready for `response_action: errors`."""
