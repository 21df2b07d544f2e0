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


@cache
def calls() -> list[tuple[Path, tuple[str, ...], ast.Call]]:
    """Each call: its file, the names of the functions around it, and its node."""
    found = []
    for path, tree in trees().items():
        left: list[tuple[ast.AST, tuple[str, ...]]] = [(tree, ())]
        while left:
            node, around = left.pop()
            if isinstance(node, ast.Call):
                found.append((path, around, node))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                around = (*around, node.name)
            left += [(child, around) for child in ast.iter_child_nodes(node)]
    return found
