"""Titles of recordings, as people type them."""

from bot.kit.typed_text import DOUBLE_QUOTES, storable, strip_invisible

TITLE_MOST = 80  # characters


def title_of(typed: str) -> str:
    """Clean a typed title: one line, without enclosing quotes; '' if nothing is left."""
    text = " ".join(strip_invisible(storable(typed)).split())
    if len(text) > 1 and text[0] in DOUBLE_QUOTES and text[-1] in DOUBLE_QUOTES:
        text = text[1:-1].strip()
    return text[:TITLE_MOST].strip()
