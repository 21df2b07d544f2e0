"""Bytes of other people's files to text."""

import json


def decoded(content: bytes) -> str:
    """Decode UTF-8, or whatever the first bytes show: UTF-16 and UTF-32 have been met.

    Never raises. NUL, which databases refuse, is dropped.
    """
    try:
        text = content.decode(json.detect_encoding(content), errors="replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\x00", "")
