"""Put a payload of the bot through the rules; a broken one is refused and noted."""

import json
from collections.abc import Sequence
from typing import Any

from record_bot_sandbox.slack.errors import SlackError, invalid_arguments
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.rules import Violation, check_message, check_unfurl, check_view
from record_bot_sandbox.slack.sim import Sim

DETAILED = frozenset({"invalid_blocks", "invalid_arguments", "invalid_blocks_format"})


def require_message(sim: Sim, where: str, payload: JSON, *, update: bool = False) -> None:
    _refuse(sim, where, check_message(payload, update=update))


def require_unfurl(sim: Sim, where: str, blocks: list[Any]) -> None:
    _refuse(sim, where, check_unfurl(blocks))


def require_view(sim: Sim, where: str, view: Any, *, surface: str) -> JSON:
    """The view as an object, if it is one that this surface shows."""
    if isinstance(view, dict) and view.get("type") != surface:
        message = f"type must be {surface}, is {view.get('type')!r}"
        _refuse(sim, where, [Violation("invalid_arguments", "/type", message)])
    _refuse(sim, where, check_view(view))
    return dict(view)


def from_json(value: Any, error: str) -> Any:
    """Arguments that hold structures come as JSON text, or as themselves in a JSON body."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as bad:
        if error == "invalid_arguments":
            raise invalid_arguments(f"not JSON: {bad}") from bad
        raise SlackError(error) from bad


def _refuse(sim: Sim, where: str, found: Sequence[Violation]) -> None:
    if not found:
        return
    for problem in found:
        note = f"{problem.error} at {problem.pointer or '/'}: {problem.message}"
        sim.problem(where, note)
    error = found[0].error
    if error not in DETAILED:
        raise SlackError(error)
    messages = [f"[ERROR] {p.message} [json-pointer:{p.pointer}]" for p in found]
    raise SlackError(error, response_metadata={"messages": messages})
