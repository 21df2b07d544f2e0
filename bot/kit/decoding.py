"""Decode files whose encoding is not known."""

import json
import re

_PAGE = re.compile(r"\s*<(?:\?xml|!doctype|html)\b", re.IGNORECASE)
_ELEMENT = re.compile(r"\s*<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>.*</\1>\s*", re.DOTALL)


def decoded(content: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32, as the first bytes show; 100ms' files have come in each.

    Never raises. NUL is dropped, because PostgreSQL refuses it.
    """
    try:
        text = content.decode(json.detect_encoding(content), errors="replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\x00", "")


def is_page(text: str) -> bool:
    """Whether a file is HTML or XML, such as the error page of a storage, not plain text."""
    return bool(_PAGE.match(text) or _ELEMENT.fullmatch(text))
