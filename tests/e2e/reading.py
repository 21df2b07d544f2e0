"""Reading what is seen in Slack."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from record_bot_sandbox.slack.seen import SeenMessage, SeenView, Snapshot

Json = dict[str, Any]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Room:
    id: str
    name: str


def first(found: list[Found]) -> Found | None:
    return found[0] if found else None


def cards(state: Snapshot, room: Room, channel: str, says: str = "") -> list[SeenMessage]:
    """Of a room that is called by its name, or by its id before the bot has learned the name."""
    starts = (f"{room.name}: {says}", f"{room.id}: {says}")
    return [m for m in state.messages(channel) if not m.is_reply and m.text.startswith(starts)]


def contains(raw: Any, *words: str) -> bool:
    text = json.dumps(raw, ensure_ascii=False)
    return all(word in text for word in words)


def has(message: SeenMessage, *words: str) -> bool:
    return all(word in message.text for word in words) or contains(message.raw, *words)


def files(state: Snapshot, channel: str, thread_ts: str) -> list[tuple[str, str]]:
    """Id and name of the files in a thread."""
    return [
        (file["id"], file["name"])
        for message in state.thread(channel, thread_ts)
        for file in message.raw.get("files", [])
    ]


def elements(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield element


def labels(blocks: list[Json]) -> list[str]:
    return [e["text"]["text"] for e in elements(blocks) if e["type"] == "button"]


def button(blocks: list[Json], label: str) -> str:
    """The action id of the first button with that label."""
    found = [
        e["action_id"]
        for e in elements(blocks)
        if e["type"] == "button" and e["text"]["text"] == label
    ]
    assert found, f"no button {label!r} in {labels(blocks)}"
    return str(found[0])


def url_of(blocks: list[Json], label: str) -> str:
    return next(
        str(e["url"])
        for e in elements(blocks)
        if e["type"] == "button" and e["text"]["text"] == label
    )


def code_blocks(blocks: list[Json]) -> list[str]:
    """What is shown to be copied."""
    return [
        leaf["text"]
        for block in blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
        for leaf in element["elements"]
    ]


def fields(view: SeenView) -> list[str]:
    """The inputs that the form shows."""
    return [b["block_id"] for b in view.blocks if b["type"] == "input"]


def value(view: SeenView, block_id: str) -> Any:
    """What stands in a field: text, the value of an option, or values."""
    state = view.values[block_id][view.action_id(block_id)]
    if "selected_option" in state:
        return (state["selected_option"] or {}).get("value")
    if "selected_options" in state:
        return [option["value"] for option in state["selected_options"]]
    return state.get("value") or state.get("selected_conversation")
