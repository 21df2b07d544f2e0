"""Messages, modals and the blocks that all views use."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.ui import ids
from bot.ui.text import is_user, isolated, literal, plain, size, unix, utc

Block = dict[str, Any]
View = dict[str, Any]

TEXT_MOST = 3000  # of one text object
FALLBACK_MOST = 3900  # chat.update accepts 4,000
URL_MOST = 3000
VALUE_MOST = 2000
_SAFE_IN_URL = ":/?#[]@!$&'()*+,;=%-._~"


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is the whole message for a screen reader and a notification."""

    text: str
    blocks: list[Block] = field(default_factory=list)

    def payload(self) -> dict[str, Any]:
        return {"text": self.text, "blocks": self.blocks}


def content_hash(message: Message) -> str:
    """Hash a message; messages that look the same have the same hash."""
    return view_hash(message.payload())


def view_hash(view: View) -> str:
    """Hash a view; views that look the same have the same hash."""
    written = json.dumps(view, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def say(text: str, buttons: Sequence[Block] = ()) -> Message:
    """Build a message of one paragraph, with a row of buttons if any are given."""
    return Message(spoken(text), [section(text), *actions(buttons)])


# Blocks. Their texts are the bot's mrkdwn; user text in them is already escaped.


def section(text: str, accessory: Block | None = None) -> Block:
    extra = {"accessory": accessory} if accessory else {}
    return {"type": "section", "text": mrkdwn(text), **extra}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def actions(elements: Sequence[Block]) -> list[Block]:
    """Build one row of buttons; an empty list if no buttons are given."""
    return [{"type": "actions", "elements": list(elements)}] if elements else []


def divider() -> Block:
    return {"type": "divider"}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, 150)}


def mrkdwn(text: str) -> Block:
    """Build a verbatim text object: Slack does not turn names or addresses in it into links."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int) -> Block:
    """Build plain text; it can contain user text. Without `emoji`, `:fire:` is not converted."""
    return {"type": "plain_text", "text": plain(text, limit), "emoji": False}


def lines(parts: Iterable[str], limit: int = TEXT_MOST) -> str:
    """Join as many whole lines as fit; “…” marks the cut."""
    kept: list[str] = []
    room = limit - 2
    for part in parts:
        room -= size(part) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(part)
    return "\n".join(kept)


def pieces(parts: Iterable[str]) -> list[str]:
    """Join whole lines into texts that each fit into one block."""
    filled: list[list[str]] = []
    room = 0
    for part in parts:
        room -= size(part) + 1
        if room < 0:
            filled.append([])
            room = TEXT_MOST - size(part) - 1
        filled[-1].append(part)
    return ["\n".join(each) for each in filled]


def spoken(text: str) -> str:
    """Remove our bold markers; asterisks in user text are already escaped."""
    return text.replace("*", "")


# Rich text. Slack shows its leaves as they are, without markup.


def rich_text(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def rich_line(*leaves: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(leaves)}


def leaf(text: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def name_leaf(name: str, limit: int = 150) -> Block:
    return leaf(isolated(plain(name, limit)), bold=True)


def user_leaf(user_id: str) -> Block:
    return {"type": "user", "user_id": user_id} if is_user(user_id) else leaf("someone")


def date_leaf(at: datetime) -> Block:
    return {
        "type": "date",
        "timestamp": unix(at),
        "format": "{date_short_pretty} at {time}",
        "fallback": utc(at),
    }


def code_block(text: str) -> Block:
    """Show text exactly, for copying."""
    shown = literal(text) or " "
    return rich_text({"type": "rich_text_preformatted", "elements": [leaf(shown)]})


# Buttons.


def button(
    text: str,
    action_id: str,
    *,
    value: str = "",
    style: str | None = None,
    label: str = "",
    confirm: Block | None = None,
) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action_id,
        **({"value": value[:VALUE_MOST]} if value else {}),
        **({"style": style} if style else {}),
        **({"accessibility_label": plain(label, 75)} if label else {}),
        **({"confirm": confirm} if confirm else {}),
    }


def link_button(text: str, url: str, *, label: str = "", n: int = 0) -> Block | None:
    """Build a link button; None if Slack would refuse the address."""
    address = web_address(url)
    if address is None or len(address) > URL_MOST:
        return None
    return {**button(text, ids.numbered(ids.LINK, n), label=label), "url": address}


def web_address(url: str) -> str | None:
    address = quote(url.strip(), safe=_SAFE_IN_URL, errors="replace")
    return address if re.match(r"https?://[^/]", address) else None


def link(text: str, url: str | None) -> str:
    """Build a mrkdwn link from escaped `text`; only the text if the address is not usable."""
    address = web_address(url or "")
    if address is None or len(address) > 600:
        return text
    return f"<{address.replace('&', '&amp;')}|{text}>"


def modal(
    title: str,
    blocks: list[Block],
    *,
    callback_id: str,
    submit: str = "",
    close: str = "",
    **more: str | bool,
) -> View:
    """Build a modal. It has a submit button only if `submit` is its text."""
    close = close or ("Cancel" if submit else "Close")
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": title},
        **({"submit": {"type": "plain_text", "text": submit}} if submit else {}),
        "close": {"type": "plain_text", "text": close},
        "blocks": blocks,
        **more,
    }


def message_view(message: Message, *, title: str = "Recording", private_metadata: str = "") -> View:
    """Show an ephemeral reply as a modal, for a person who has a modal open."""
    return modal(
        title, message.blocks, callback_id=ids.OUTCOME_VIEW, private_metadata=private_metadata
    )
