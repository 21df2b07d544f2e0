"""Decode files whose encoding is not known."""

import json


def decoded(content: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32, as the first bytes show; 100ms' files have come in each.

    Never raises. NUL is dropped, because PostgreSQL refuses it.
    """
    try:
        text = content.decode(json.detect_encoding(content), errors="replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\x00", "")
