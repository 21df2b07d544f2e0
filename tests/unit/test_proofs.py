"""Proofs are made in `bot.access` alone, and Bolt has no listener beside the registry."""

import ast
import inspect
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import pytest
from slack_bolt.async_app import AsyncApp

from bot.core import proofs
from bot.core.proofs import SeenRecording
from bot.listeners import registry
from bot.listeners.payloads import Body, Click
from bot.listeners.registry import Ack, BadHandler, Declared, From, Listeners, needs_of
from bot.store.forgetting import Forgetting
from bot.store.queue import Queue
from bot.store.recordings import Recordings
from bot.wiring import FEATURES
from tests.unit import sources
from tests.unit.sources import PACKAGE

NAMES = {proof.__name__ for proof in proofs.PROOFS}
OF_ENGINE = proofs.OwnWork
ACTING = {
    "act",
    "advance",
    "announce",
    "show_in",
    "forget",
    "release",
}  # of the store, with a proof
BOLT = {"command", "shortcut", "action", "view", "view_closed", "options", "event", "message"}


@cache
def calls() -> list[tuple[Path, ast.Call]]:
    return [(path.relative_to(PACKAGE), call) for path, _, call in sources.calls()]


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def test_only_access_makes_proofs() -> None:
    made = {path.parts[0] for path, call in calls() if called(call) in NAMES}
    assert made == {"access"}
    own = {path.as_posix() for path, call in calls() if called(call) == OF_ENGINE.__name__}
    assert own == {"store/queue.py"}


def test_features_write_about_a_recording_only_with_a_proof() -> None:
    """`record` is for the engine, which writes what 100ms said."""
    by_key = {
        path.as_posix()
        for path, call in calls()
        if called(call) == "record" and ast.unparse(call.func).endswith("recordings.record")
    }
    assert by_key == {"engine/inbox.py"}
    for repository in (Recordings, Queue, Forgetting):
        for name in ACTING & set(vars(repository)):
            given = set(get_type_hints(getattr(repository, name)).values())
            assert given & {*proofs.PROOFS, OF_ENGINE}, name


def test_proofs_are_all_of_the_module_and_cannot_be_changed() -> None:
    classes = {c for _, c in inspect.getmembers(proofs, inspect.isclass)}
    assert classes == {*proofs.PROOFS, OF_ENGINE}
    assert all(getattr(c, "__dataclass_params__").frozen for c in classes)  # noqa: B009


def test_nobody_replaces_what_a_proof_says() -> None:
    """`dataclasses.replace` would make another one: none is called on a name of a proof."""
    for path, call in calls():
        if called(call) == "replace" and call.args and isinstance(call.args[0], ast.Name):
            assert call.args[0].id not in {"proof", "seen", "horizon", "own"}, path


def test_only_the_registry_gives_bolt_a_listener() -> None:
    """Elsewhere these words are methods of `on`, or of no app at all."""
    asked = {
        (path.as_posix(), call.func.value.id)
        for path, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in BOLT
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"app", "bolt"}
        and path.name != "cli.py"  # its app is Typer's
    }
    assert asked == {("listeners/registry.py", "app")}
    apps = {p.as_posix() for p, call in calls() if called(call) == "AsyncApp"}
    assert apps == {"wiring.py"}


def test_every_declared_handler_needs_a_proof_or_says_why_not() -> None:
    every = [one for feature in FEATURES for one in feature.on.declared]
    names = [(one.kind, name) for one in every for name in one.names]
    assert len(names) == len(set(names)) > 45
    for one in every:
        assert _is_checked(one) != bool(one.needs_no_proof), one.label


def _is_checked(one: Declared) -> bool:
    return any(need.is_proof for need in one.needs.values())


async def raw(body: dict[str, Any], recording: SeenRecording) -> None: ...


async def raw_too(body: Body, recording: SeenRecording) -> None: ...


async def untyped(body, recording: SeenRecording) -> None: ...  # type: ignore[no-untyped-def]


async def unchecked(click: Click, ack: Ack) -> None: ...


async def checked(recording: Annotated[SeenRecording | None, From.VIEW], ack: Ack) -> None: ...


@pytest.mark.parametrize("handler", [raw, raw_too, untyped, unchecked])
def test_a_handler_that_nothing_is_checked_for_is_not_taken(handler: Any) -> None:
    with pytest.raises(BadHandler):
        Listeners().action("x")(handler)


def test_a_handler_without_a_proof_says_why() -> None:
    on = Listeners()
    on.action("x", needs_no_proof="it only acks")(unchecked)
    on.action("y")(checked)
    assert [one.label for one in on.declared] == ["action x", "action y"]
    (recording, _) = needs_of(checked).values()
    assert (recording.type, recording.optional) == (SeenRecording, True)


def test_bolt_takes_what_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry knows every kind that it declares."""
    monkeypatch.delenv("SLACK_CLIENT_ID", raising=False)
    app = AsyncApp(signing_secret="x", token="xoxb-1", request_verification_enabled=False)
    for kind in ("command", "shortcut", "action", "view", "view_closed", "options", "event"):
        registry._add_to_bolt(app, kind, {"name": unchecked})  # type: ignore[dict-item]
    assert len(app._async_listeners) == 7
