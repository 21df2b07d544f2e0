"""Inputs of a form. The block id is the field's name; texts on them are ours, values people's."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.ui.ids import START_CHANNEL, START_ROOM, start_action
from bot.ui.message import Block, plain_text

TYPED_MOST = 3000  # of one text input
OPTION_VALUE_MOST = 150
_WHOLE = re.compile(r"-?[0-9]{1,100}")
_POSTABLE = re.compile(r"[CG][A-Z0-9]{1,30}")


LASTING = frozenset({START_ROOM, START_CHANNEL})  # a preset leaves them as they are


def words(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def asked(
    field: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    redraws: bool = False,
    action: str | None = None,
) -> Block:
    """An input block. `redraws`: the app hears of a change at once. `action`: of other forms."""
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
    """With where values came from, and with action ids of that generation."""
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
    """No `max_length`: Slack's own complaint would not say by how much it is too long."""
    kept = as_much_as_fits(typed)
    return {
        "type": "plain_text_input",
        "multiline": multiline,
        **({"initial_value": kept} if kept else {}),
        **({"placeholder": words(placeholder)} if placeholder else {}),
    }


def as_much_as_fits(typed: str) -> str:
    """Counted in UTF-16 units, the strictest reading of Slack's "characters"."""
    return typed.encode("utf-16-le", "replace")[: TYPED_MOST * 2].decode("utf-16-le", "ignore")


def whole_number(typed: str, *, placeholder: str = "") -> Block:
    """Brings the keypad on a phone. What is no number cannot be shown in it."""
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
    """Channels of this workspace alone: elsewhere no bot can post, or strangers would read it."""
    return {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
        "placeholder": words("A direct message to me"),
        **({"initial_conversation": channel} if postable(channel) else {}),
    }


def postable(channel: str | None) -> bool:
    """A channel. In a direct message the answer goes to the person anyway."""
    return channel is not None and bool(_POSTABLE.fullmatch(channel))


def option(value: str, text: str) -> Block:
    return {"text": words(text), "value": value}


def named_option(value: str, name: str) -> Block:
    """The name is someone's own."""
    return {"text": plain_text(name, 75), "value": value}


def _one_of(labels: Mapping[str, str], chosen: str) -> Block:
    return {
        "options": [option(value, text) for value, text in labels.items()],
        "initial_option": option(chosen, labels[chosen]),
    }


class FieldErrors(dict[str, str]):
    """Block id → what is wrong and how to mend it: ready for `response_action: errors`."""
