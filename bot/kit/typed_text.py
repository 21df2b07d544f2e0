"""Normalise typed text: quotes, dashes, invisible characters, case and width."""

import re
import unicodedata

DASHES = "-‐‑‒–—―−﹘﹣－"
DOUBLE_QUOTES = '"“”„‟«»″＂'
SINGLE_QUOTES = "'‘’‚‛‹›＇"
JOINERS = "\u200c\u200d"  # part of the word in Persian, Hindi and in emoji
DROPPED = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
INVISIBLE = DROPPED + JOINERS
_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_TYPED_LINK = re.compile(r"<(https?://[^\s|>]+)(?:\|[^>]*)?>", re.IGNORECASE)


def unwrap_link(text: str) -> str:
    """The address in `<address|label>`, as people type it or Slack writes it."""
    found = _TYPED_LINK.fullmatch(text.strip())
    return found[1] if found else text


def strip_invisible(text: str) -> str:
    return text.translate(_WITHOUT_INVISIBLE)


_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL, UTF-8 lone surrogates


def storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def fold(text: str) -> str:
    """Fold text for comparison: case, width, invisible characters and outer spaces."""
    once = unicodedata.normalize("NFKC", strip_invisible(text)).casefold()
    return unicodedata.normalize("NFKC", once).strip()
