"""The walks in docs/architecture.md name functions that exist."""

import re
from importlib import import_module
from operator import attrgetter
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text("utf-8")
NAMED = re.findall(r"`([a-z_.]+):([\w.]+)`", TEXT.split("## Four walks")[1])


def test_every_function_of_the_walks_exists() -> None:
    assert len(NAMED) > 15
    missing = [f"{module}:{name}" for module, name in NAMED if not exists(module, name)]
    assert missing == []


def exists(module: str, name: str) -> bool:
    try:
        attrgetter(name)(import_module(f"bot.{module}"))
    except AttributeError:
        return False
    return True
