"""What kind of place a recording belongs to, and who may learn of it elsewhere."""

from typing import Literal

# `unknown`: Slack was asked until the tries ended, and did not say. It counts as private.
Place = Literal["public", "shared", "private", "direct", "unknown"]
OPEN: frozenset[Place] = frozenset({"public", "shared"})  # every full member can look into it


def is_channel(name: str | None) -> bool:
    """A channel or group conversation, not a direct message or a person."""
    return name is not None and name.startswith(("C", "G"))
