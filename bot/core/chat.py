"""The chat of a room, from 100ms' file. Pure.

Source: 100ms docs, recording-assets (chat): CSV with the columns `SenderPeerID,SenderName,
SenderUserID,Roles,SentAt,Type,Message`.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.kit.decoding import decoded

_SENT_AT = ("sentat", "sent_at", "time", "timestamp")
_SENDER = ("sendername", "sender_name", "sender", "name")
_MESSAGE = ("message", "text")
_OWN_NOTICE = re.compile(r"This meeting is being recorded\..*requested (it )?in Slack\.")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """`at` is as 100ms wrote it; `sender` and `at` are '' if the file does not contain them."""

    at: str
    sender: str
    text: str


def read_chat(content: bytes) -> tuple[ChatMessage, ...] | None:
    """Read the messages, without the bot's own notice; None if the file is not a chat export.

    Never raises.
    """
    try:
        head, *rows = csv.reader(io.StringIO(decoded(content), newline=""))
    except (ValueError, csv.Error):
        return None
    names = [name.strip().casefold() for name in head]
    at, who, what = (_column(names, known) for known in (_SENT_AT, _SENDER, _MESSAGE))
    if what is None:
        return None
    messages = (ChatMessage(_cell(row, at), _cell(row, who), _cell(row, what)) for row in rows)
    return tuple(one for one in messages if one.text and not _OWN_NOTICE.fullmatch(one.text))


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""
