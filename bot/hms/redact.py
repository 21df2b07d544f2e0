"""Taking out what must be neither stored nor logged: signed links, tokens, stream keys."""

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
_SUSPECT = re.compile("[\x00\ud800-\udfff]|://|eyJ")  # what `clean` and `redact` look for
_JWT = re.compile(r"eyJ[\w.-]{8,}")


class TooDeep(ValueError):
    """Nested deeper than anything that 100ms sends."""


def redact(line: str) -> str:
    """Text without tokens, and with every web address cut before its query."""
    if "://" not in line and "eyJ" not in line:
        return line
    return _WORD.sub(lambda found: _without_query(found[0]), _JWT.sub("…", line))


def strip_secrets(payload: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A JSON object in which nothing opens a file, a stream or a room any more.

    Values under `…presigned_url(s)` and `rtmp` go away with their keys; in all other strings
    addresses lose their query, which is where every storage keeps its signature.

    Raises:
        TooDeep: nested deeper than MAX_DEPTH.
    """
    return _stripped_object(payload, 0)


def without_tokens(url: str) -> str:
    """A meeting URL with only those query keys that let nobody in."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return redact(url)
    kept = urlencode([(key, value) for key, value in query if key in HARMLESS_QUERY])
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, kept, ""))


def _stripped(value: JsonValue, depth: int) -> JsonValue:
    if depth > MAX_DEPTH:
        raise TooDeep("nested too deeply")
    if isinstance(value, dict):
        return _stripped_object(value, depth)
    if isinstance(value, list):
        return [_stripped(item, depth + 1) for item in value]
    return _stripped_text(value) if isinstance(value, str) else value


def _stripped_text(text: str) -> str:
    return redact(clean(text)) if _SUSPECT.search(text) else text


def _stripped_object(payload: Mapping[str, JsonValue], depth: int) -> dict[str, JsonValue]:
    return {
        name: _stripped(value, depth + 1)
        for key, value in payload.items()
        if (name := _stripped_key(key)) is not None
    }


@lru_cache(maxsize=1024)  # 100ms uses the same few dozen all the time
def _stripped_key(key: str) -> str | None:
    """None for the key of a secret."""
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
