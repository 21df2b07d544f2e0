"""What cannot be repeated is called in few places, each behind an announcement (docs/adr/0001)."""

import ast
import inspect
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from bot.engine import posting
from bot.features.results import steps as results
from bot.features.upcoming.steps import Timekeeper
from bot.listeners.app import Bot
from bot.slack import gateway
from tests.unit.sources import calls

SLACKS_OWN = {"chat_postMessage", "files_upload_v2", "files_completeUploadExternal"}
OURS = {"post", "upload"}
ALLOWED: tuple[Callable[..., Any], ...] = (
    posting.send,  # of what `announce` committed
    results.upload_file,  # the same
    Timekeeper._tell,  # a row until it is sent; sent again after a crash
    Bot.reply,  # an answer, made once and never repeated
)


def test_a_post_is_made_only_where_it_was_announced() -> None:
    found = {
        (file, function)
        for file, function, called, on in _calls()
        if called in OURS and on == "slack"
    }
    assert found == {(_file(function), function.__name__) for function in ALLOWED}


def test_only_the_gateway_calls_slack_itself() -> None:
    assert {file for file, _, called, _ in _calls() if called in SLACKS_OWN} == {_file(gateway)}


def test_every_announcement_comes_before_the_call() -> None:
    """In the order of the code: `announce`, then `send` or `upload`."""
    for module in (posting, results):
        tree = ast.parse(inspect.getsource(module))
        for function in ast.walk(tree):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            made = [c for c in ast.walk(function) if isinstance(c, ast.Call)]
            lines = {_name(c.func): c.lineno for c in made}
            takes_it = any(a.arg == "sending" for a in function.args.args)
            if lines.keys() & {"send", "upload"} and not takes_it:
                announced = lines["announce"]
                assert all(announced < n for name, n in lines.items() if name in {"send", "upload"})


@cache
def _calls() -> list[tuple[str, str, str, str]]:
    """File, function, what is called, on what."""
    return [
        (str(path), function, call.func.attr, _name(call.func.value))
        for path, functions, call in calls()
        if isinstance(call.func, ast.Attribute)
        for function in functions
    ]


def _file(code: Callable[..., Any] | ModuleType) -> str:
    return inspect.getsourcefile(code) or ""


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
