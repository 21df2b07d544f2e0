"""Values of the pure code cannot be changed, and have no fields but their own."""

import ast
import importlib
from dataclasses import is_dataclass
from pathlib import Path

import bot
from tests.unit.rows import each_row
from tests.unit.sources import trees

ROOT = Path(bot.__file__).parents[1]
GLOBS = ("bot/core/*.py", "bot/ui/*.py", "bot/features/*/model.py")
MAY_CHANGE = {"Clauses"}  # of when_meaning: what is read so far
PATHS = sorted(path.relative_to(ROOT) for glob in GLOBS for path in ROOT.glob(glob))


def classes(path: Path) -> list[ast.ClassDef]:
    """Those with fields, without a base."""
    found = [
        node
        for node in trees()[ROOT / path].body
        if isinstance(node, ast.ClassDef) and not node.bases
    ]
    return [one for one in found if any(isinstance(line, ast.AnnAssign) for line in one.body)]


@each_row("path", PATHS, ids=str)
def test_each_is_a_frozen_dataclass_with_slots(path: Path) -> None:
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    for node in classes(path):
        if node.name in MAY_CHANGE:
            continue
        made = getattr(module, node.name)
        assert is_dataclass(made), node.name
        assert getattr(made, "__dataclass_params__").frozen, node.name  # noqa: B009
        assert "__slots__" in vars(made), node.name
