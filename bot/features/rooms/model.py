"""Rooms and the references to them: id, name, code, 100ms link; and the type-ahead order. Pure."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from rapidfuzz import fuzz, process

from bot.kit.typed_text import (
    DASHES,
    DOUBLE_QUOTES,
    SINGLE_QUOTES,
    fold,
    strip_invisible,
    unwrap_link,
)

RECENT = timedelta(days=30)
MIN_PREFIX_CHARS = 3

ROOM_ID = re.compile(r"[0-9a-f]{24}")
ROOM_CODE = re.compile(r"[a-z]{3}-[a-z]{4}-[a-z]{3}")
_SEPARATORS = re.compile(rf"[\s_.:{re.escape(DASHES)}]+")
# A phone types ’ where the room has ', and “ where it has ".
_QUOTES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """One row of the local room directory."""

    room_id: str
    name: str
    enabled: bool = True
    live: bool = False
    last_used_at: datetime | None = None
    template_id: str | None = None
    records: bool | None = None


@dataclass(frozen=True, slots=True)
class FoundRoom:
    """One room. It may be disabled. `link` may serve as the recording's meeting URL."""

    room: RoomEntry
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The reference fits several rooms."""


@dataclass(frozen=True, slots=True)
class RoomCode:
    """A code such as abc-defg-hij. Only 100ms knows its room; `link` is the meeting URL."""

    code: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such room in the directory. 100ms may know `room_id`, or the room of `link`."""

    room_id: str | None = None
    link: str | None = None


RoomMatch = FoundRoom | Ambiguous | RoomCode | Unknown


def room_id_of(text: str) -> str | None:
    """Return the text if it has the form of a room id."""
    return text if ROOM_ID.fullmatch(text) else None


def room_id_of_link(url: str) -> str | None:
    """Return the room id in a link such as https://acme.app.100ms.live/preview/<id>/host."""
    link = link_of(strip_invisible(unwrap_link(url)).strip())
    return segment(link, ROOM_ID) if link else None


def room_code_of_link(url: str) -> str | None:
    """Return the room code in a link such as https://acme.app.100ms.live/meeting/abc-defg-hij."""
    link = link_of(strip_invisible(unwrap_link(url)).strip())
    return segment(link, ROOM_CODE) if link else None


def without_preview(url: str) -> str:
    """Change a 100ms link so that it opens the room without a click, as a recorder needs it.

    Source: 100ms docs, api-reference/recordings/start-recording-for-room (meeting_url).
    """
    link = link_of(url)
    if link is None:
        return url
    keys = {key for key, _ in parse_qsl(link.query, keep_blank_values=True)}
    if keys & {"skip_preview", "skip_preview_headful"}:
        return url
    return link._replace(query="&".join(filter(None, (link.query, "skip_preview=true")))).geturl()


def rank_rooms(
    query: str, rooms: Iterable[RoomEntry], now: datetime, *, limit: int = 100
) -> list[RoomEntry]:
    """Return the rooms with every word of the query: live ones first, then recent, then by name."""
    wanted_id = room_id_of_link(query)
    words = comparable(query).split()

    def matches(room: RoomEntry) -> bool:
        if wanted_id:
            return room.room_id == wanted_id
        name = comparable(room.name)
        return all(word in name or room.room_id.startswith(word) for word in words)

    def order(room: RoomEntry) -> tuple[bool, bool, float, str, str]:
        used = room.last_used_at or _LONG_AGO
        age_s = (now - used).total_seconds() if now - used <= RECENT else float("inf")
        return not room.enabled, not room.live, age_s, spelt(room.name), room.room_id

    return sorted(filter(matches, rooms), key=order)[:limit]


@lru_cache(maxsize=65_536)
def spelt(name: str) -> str:
    """Fold a name, and keep its separators."""
    return " ".join(fold(name).translate(_QUOTES).split())


@lru_cache(maxsize=65_536)
def comparable(name: str) -> str:
    """Fold a name and drop its separators: people say “design review” for design-review."""
    return _SEPARATORS.sub(" ", fold(name).translate(_QUOTES)).strip()


def digest_of(code: str) -> str:
    """Return the digest under which a room code is stored: the code itself would let anybody in."""
    return hashlib.sha256(code.casefold().encode()).hexdigest()


def link_of(text: str) -> SplitResult | None:
    """Parse a 100ms address, with or without https://; None for any other text."""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or any(c.isspace() for c in address):
        return None
    return parts if host.endswith(".100ms.live") else None


def segment(link: SplitResult, shape: re.Pattern[str]) -> str | None:
    segments = (part.casefold() for part in link.path.split("/"))
    return next((part for part in segments if shape.fullmatch(part)), None)


_ADDRESS = re.compile(r"https?://[^\s<>|\"']+", re.IGNORECASE)


_AFTER = ".,;:!?)]}”’"  # punctuation of the sentence around a link


LONGEST = 2000


def room_links(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the links that name a room by id or code, in order and without repeats."""
    return tuple(dict.fromkeys(link for text in texts for link in _links(text)))


def links_to(room_id: str, text: str, *, codes: Collection[str] = ()) -> bool:
    """Whether a text has the room's id, or a link with its id or one of its codes."""
    links = room_links([text])
    if room_id in text or room_id in (room_id_of_link(link) for link in links):
        return True
    known = {code.casefold() for code in codes}
    return any((code := room_code_of_link(link)) and code.casefold() in known for link in links)


def _links(text: str) -> Iterator[str]:
    for found in _ADDRESS.findall(text.replace("&amp;", "&")):
        link = found.rstrip(_AFTER)
        if len(link) <= LONGEST and (room_id_of_link(link) or room_code_of_link(link)):
            yield link


def texts_of(block_kit: object) -> Iterator[str]:
    """Yield every text and address in a Slack message, including blocks and attachments."""
    if isinstance(block_kit, str):
        yield block_kit
    elif isinstance(block_kit, dict):
        for key in sorted(block_kit, key=lambda key: key != "text"):
            yield from texts_of(block_kit[key])
    elif isinstance(block_kit, list):
        for part in block_kit:
            yield from texts_of(part)


SHORTEST = 4  # letters; shorter queries resemble too many names
CUT_OFF = 80.0  # rapidfuzz score of the most similar part of a name: weakly, weekly sync
SHORTER = 0.6  # the least length of a name, as a share of the query's
OFFERED_MOST = 20
_NUMBER = re.compile(r"\d+")


def misspelt(query: str, rooms: Sequence[RoomEntry]) -> list[tuple[float, RoomEntry]]:
    """Return rooms with a part similar to the query, with scores. Numbers must be in the name."""
    typed = comparable(query)
    if len(typed) < SHORTEST:
        return []
    numbers = set(_NUMBER.findall(typed))
    names = {
        n: name
        for n, room in enumerate(rooms)
        if len(name := comparable(room.name)) >= SHORTER * len(typed)
        and numbers <= set(_NUMBER.findall(name))
    }
    near = process.extract(
        typed, names, scorer=fuzz.partial_ratio, score_cutoff=CUT_OFF, limit=OFFERED_MOST
    )
    return [(score, rooms[n]) for _, score, n in near]


def likeliest(found: Iterable[tuple[float, RoomEntry]]) -> list[RoomEntry]:
    """Sort enabled rooms first, then by score, then by shortest name."""

    def order(one: tuple[float, RoomEntry]) -> tuple[bool, float, int, str]:
        score, room = one
        return not room.enabled, -score, len(room.name), room.room_id

    return [room for _, room in sorted(found, key=order)[:OFFERED_MOST]]
