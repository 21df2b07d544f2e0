"""What cannot be repeated is called in few places, each behind an announcement (docs/adr/0001)."""

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
GATEWAY = "slack/gateway.py"
SLACKS_OWN = {"chat_postMessage", "files_upload_v2", "files_completeUploadExternal"}
OURS = {"post", "upload"}
ALLOWED = {
    ("reconcile/executors/posting.py", "send"),  # of what `announce` committed
    ("reconcile/executors/results.py", "upload_file"),  # the same
    ("listeners/bot.py", "reply"),  # an answer, made once and never repeated
}


def test_a_post_is_made_only_where_it_was_announced() -> None:
    found = {
        (file, function)
        for file, function, called, on in _calls()
        if called in OURS and on == "slack"
    }
    assert found == ALLOWED


def test_only_the_gateway_calls_slack_itself() -> None:
    assert {file for file, _, called, _ in _calls() if called in SLACKS_OWN} == {GATEWAY}


def test_every_announcement_comes_before_the_call() -> None:
    """In the order of the code: `announce`, then `send` or `upload`."""
    for file in ("posting.py", "results.py"):
        tree = ast.parse((BOT / "reconcile" / "executors" / file).read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            calls = [c for c in ast.walk(function) if isinstance(c, ast.Call)]
            lines = {_name(c.func): c.lineno for c in calls}
            takes_it = any(a.arg == "sending" for a in function.args.args)
            if lines.keys() & {"send", "upload"} and not takes_it:
                announced = lines["announce"]
                assert all(announced < n for name, n in lines.items() if name in {"send", "upload"})


def _calls() -> Iterator[tuple[str, str, str, str]]:
    """File, function, what is called, on what."""
    for path in sorted(BOT.rglob("*.py")):
        file = path.relative_to(BOT).as_posix()
        if file.startswith("sandbox/"):
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                        yield file, function.name, call.func.attr, _name(call.func.value)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
