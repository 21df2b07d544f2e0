"""The source of the bot as syntax trees, for the tests that read it: each file is parsed once."""

import ast
from functools import cache
from pathlib import Path

import bot

PACKAGE = Path(bot.__file__).parent


@cache
def trees() -> dict[Path, ast.Module]:
    """By path, in the order of the paths."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
