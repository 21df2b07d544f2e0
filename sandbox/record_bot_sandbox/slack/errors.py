"""The two ways in which a request can be refused: by Slack, and by reality."""

from typing import Any


class SlackError(Exception):
    """Slack answers `ok: false`; `extra` goes into the answer beside the error's name."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class PersonError(Exception):
    """A person cannot do that: no such button, no such channel, a dialog in the way."""


def missing_scope(needed: str, granted: frozenset[str]) -> SlackError:
    return SlackError("missing_scope", needed=needed, provided=",".join(sorted(granted)))


def invalid_arguments(*messages: str) -> SlackError:
    return SlackError(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )
