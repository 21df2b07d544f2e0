"""Remove signed links, tokens and stream keys, which must be neither stored nor logged."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import JsonValue

from bot.hms.lenient import clean

MAX_DEPTH = 32
HARMLESS_QUERY = frozenset({"name", "skip_preview", "skip_preview_headful", "ui_mode"})
_SECRET_KEYS = ("presignedurl", "presignedurls")
_STREAM_KEYS = frozenset({"rtmp"})  # RTMP addresses end in the key that lets anyone stream
_WORD = re.compile(r"\S+")
_JWT = re.compile(r"eyJ[\w.-]{8,}")


class TooDeep(ValueError):
    """The payload is nested deeper than any that 100ms sends."""


def redact(line: str) -> str:
    """Remove tokens from a text, and the query from every URL."""
    if "://" not in line and "eyJ" not in line:
        return line
    return _WORD.sub(lambda found: _without_query(found[0]), _JWT.sub("…", line))


def strip_secrets(payload: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a JSON object without anything that opens a file, a stream or a room.

    `…presigned_url(s)` and `rtmp` are removed with their values. URLs in all other strings lose
    their query, because every storage keeps its signature there.

    Raises:
        TooDeep: nested deeper than MAX_DEPTH.
    """
    return _stripped_object(payload, 0)


def without_tokens(url: str) -> str:
    """Keep only those query keys of a meeting URL that grant no access."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return redact(url)
    kept = urlencode([(key, value) for key, value in query if key in HARMLESS_QUERY])
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, kept, ""))


def _stripped(value: JsonValue, depth: int) -> JsonValue:
    if isinstance(value, str):
        return _stripped_text(value)
    if not isinstance(value, dict | list):
        return value
    if depth > MAX_DEPTH:
        raise TooDeep("nested too deeply")
    if isinstance(value, dict):
        return _stripped_object(value, depth)
    return [_stripped(item, depth + 1) for item in value]


def _stripped_text(text: str) -> str:
    return redact(clean(text))


def _stripped_object(payload: Mapping[str, JsonValue], depth: int) -> dict[str, JsonValue]:
    return {
        name: _stripped_text(value) if isinstance(value, str) else _stripped(value, depth + 1)
        for key, value in payload.items()
        if (name := _stripped_key(key)) is not None
    }


@lru_cache(maxsize=1024)  # 100ms uses the same few dozen keys
def _stripped_key(key: str) -> str | None:
    """Return the key, or None if its value is a secret."""
    plain = key.lower().replace("_", "").replace("-", "").strip()
    if plain.endswith(_SECRET_KEYS) or plain in _STREAM_KEYS:
        return None
    return _stripped_text(key)


def _without_query(word: str) -> str:
    start = word.find("://")
    if start < 0:
        return word
    cuts = [at for mark in "?#" if (at := word.find(mark, start)) >= 0]
    return word[: min(cuts)] if cuts else word
