"""The kinds of places that a recording can belong to."""

from typing import Literal

# `unknown`: Slack did not answer any attempt. It counts as private.
Place = Literal["public", "shared", "private", "direct", "unknown"]
OPEN: frozenset[Place] = frozenset({"public", "shared"})  # every full member can see it


def is_channel(name: str | None) -> bool:
    """Whether an id is that of a channel or group conversation, not a direct message or person."""
    return name is not None and name.startswith(("C", "G"))


def is_direct(channel: str | None) -> bool:
    """Whether an id is that of a direct message, as Slack names it in requests."""
    return channel is not None and channel.startswith("D")
