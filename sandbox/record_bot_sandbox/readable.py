"""Block Kit as the few lines of text that a terminal shows of it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, Literal

JSON = dict[str, Any]
Kind = Literal["heading", "text", "quiet", "code", "error"]

_MARKUP = re.compile(r"<([^<>]+)>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))  # terminals show them as boxes
_TIME = re.compile(r"\{time(_secs)?\}")
_DAY = re.compile(r"\{date\w*\}")


@dataclass(frozen=True)
class Names:
    """What Slack's client writes in place of ids."""

    users: Mapping[str, str]
    channels: Mapping[str, str]

    def user(self, user_id: str) -> str:
        return self.users.get(user_id, user_id)

    def place(self, channel_id: str) -> str:
        return self.channels.get(channel_id, channel_id)


@dataclass(frozen=True)
class Line:
    text: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Button:
    label: str
    action_id: str
    block_id: str
    url: str = ""
    asks: bool = False  # for a confirmation


@dataclass(frozen=True)
class Field:
    """An input of a form: what it is called, and what stands in it now."""

    label: str
    block_id: str
    action_id: str
    shown: str


def words(mrkdwn: str, names: Names) -> str:
    """The text as the client would show it, in plain characters."""
    text = _MARKUP.sub(lambda found: _markup(found[1], names), mrkdwn)
    return clean(unescape(_BOLD.sub(r"\1", text)))


def clean(text: str) -> str:
    return text.translate(_ISOLATES)


def moment(at: float, written_as: str) -> str:
    """With seconds, for here time runs fast; the day only if it is another one."""
    there = datetime.fromtimestamp(at).astimezone()
    now = datetime.now().astimezone()
    day = "" if there.date() == now.date() else there.strftime("%-d %b")
    text = _TIME.sub(there.strftime("%H:%M:%S"), _DAY.sub(day, written_as))
    return text if day else text.replace(" at ", "").strip()


def lines_of(blocks: list[JSON], names: Names) -> Iterator[Line]:
    """What is to be read; `buttons_of` has what is to be pressed."""
    first = True
    for block in blocks:
        for line in _lines(block, names):
            is_title = first and block["type"] in {"rich_text", "header"}
            yield Line(line.text, "heading") if is_title else line
            first = False


def buttons_of(blocks: list[JSON]) -> list[Button]:
    found = []
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory")]:
            if isinstance(element, dict) and element.get("type") == "button":
                label, action = element["text"]["text"], element["action_id"]
                url, asks = element.get("url", ""), bool(element.get("confirm"))
                found.append(Button(label, action, block["block_id"], url, asks))
    return found


def fields_of(blocks: list[JSON], values: Mapping[str, Any], names: Names) -> list[Field]:
    found = []
    for block in blocks:
        if block["type"] != "input":
            continue
        block_id, action_id = block["block_id"], block["element"]["action_id"]
        state = values.get(block_id, {}).get(action_id, {})
        label = clean(block["label"]["text"])
        found.append(Field(label, block_id, action_id, _value(state, names)))
    return found


def _markup(inside: str, names: Names) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        _, at, written_as, *_ = target.split("^")
        return moment(float(at), written_as)
    if target.startswith("@"):
        return f"@{names.user(target[1:])}"
    if target.startswith("#"):
        return names.place(target[1:])
    return label or target


def _lines(block: JSON, names: Names) -> Iterator[Line]:
    match block["type"]:
        case "header":
            yield Line(clean(block["text"]["text"]))
        case "section":
            for item in [block.get("text"), *block.get("fields", [])]:
                yield from (Line(text) for text in _texts(item, names))
        case "context":
            for item in block["elements"]:
                yield from (Line(text, "quiet") for text in _texts(item, names))
        case "rich_text":
            for part in block["elements"]:
                yield from _rich(part, names)


def _texts(item: JSON | None, names: Names) -> list[str]:
    if not item or "text" not in item:
        return []
    text = item["text"]
    shown = words(text, names) if item["type"] == "mrkdwn" else clean(text)
    return [line for line in shown.split("\n") if line.strip()]


def _rich(part: JSON, names: Names) -> Iterator[Line]:
    kind: Kind = "code" if part["type"] == "rich_text_preformatted" else "text"
    if part["type"] == "rich_text_list":
        for item in part["elements"]:
            yield Line(f"• {_leaves(item, names)}")
        return
    for text in _leaves(part, names).split("\n"):
        if text.strip():
            yield Line(text, kind)


def _leaves(part: JSON, names: Names) -> str:
    return clean("".join(_leaf(leaf, names) for leaf in part["elements"]))


def _leaf(leaf: JSON, names: Names) -> str:
    match leaf["type"]:
        case "text":
            return str(leaf["text"])
        case "user":
            return f"@{names.user(leaf['user_id'])}"
        case "channel":
            return names.place(leaf["channel_id"])
        case "date":
            return moment(leaf["timestamp"], leaf["format"])
        case "link":
            return str(leaf.get("text") or leaf["url"])
        case "emoji":
            return f":{leaf['name']}:"
        case _:
            return ""


def _value(state: JSON, names: Names) -> str:
    """What a person sees in the field; a dash where there is nothing."""
    chosen = [*state.get("selected_options", [])]
    if option := state.get("selected_option"):
        chosen.append(option)
    shown = ", ".join(clean(option["text"]["text"]) for option in chosen)
    place = state.get("selected_conversation") or state.get("selected_channel")
    return shown or (names.place(place) if place else "") or state.get("value") or "–"
