"""Links to 100ms rooms in what people write."""

import re
from collections.abc import Iterable, Iterator

from bot.features.rooms.model import room_code_of_link, room_id_of_link

_ADDRESS = re.compile(r"https?://[^\s<>|\"']+", re.IGNORECASE)
_AFTER = ".,;:!?)]}”’"  # of the sentence around it
LONGEST = 2000


def room_links(texts: Iterable[str]) -> tuple[str, ...]:
    """Each link that names a room by id or code, once, in the order in which they come."""
    return tuple(dict.fromkeys(link for text in texts for link in _links(text)))


def _links(text: str) -> Iterator[str]:
    for found in _ADDRESS.findall(text.replace("&amp;", "&")):
        link = found.rstrip(_AFTER)
        if len(link) <= LONGEST and (room_id_of_link(link) or room_code_of_link(link)):
            yield link


def texts_of(block_kit: object) -> Iterator[str]:
    """Every text and address in a message as Slack sends it: blocks, attachments and all."""
    if isinstance(block_kit, str):
        yield block_kit
    elif isinstance(block_kit, dict):
        for key in sorted(block_kit, key=lambda key: key != "text"):
            yield from texts_of(block_kit[key])
    elif isinstance(block_kit, list):
        for part in block_kit:
            yield from texts_of(part)
