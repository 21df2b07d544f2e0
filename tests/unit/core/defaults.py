"""The numbers and other constants of the pure modules, and the defaults of their fields."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Set
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).parents[3]
PLAIN = (str, int, float, bytes, timedelta, re.Pattern, tuple, list, Mapping, Set, Enum)


def lines() -> Iterator[str]:
    """Yield `name → value`, module by module, in the order of the code."""
    globs = ("bot/core/*.py", "bot/ui/*.py", "bot/features/*/model.py")
    for path in sorted(path for glob in globs for path in ROOT.glob(glob)):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if path.stem != "__init__":
            yield from _module(importlib.import_module(name), name)


def _module(module: ModuleType, name: str) -> Iterator[str]:
    for key, value in vars(module).items():
        if key.startswith("_READERS") or getattr(value, "__module__", name) != name:
            continue  # the readers of times follow from their table
        if inspect.isclass(value):
            yield from _class(value, f"{name}.{key}")
        elif inspect.isfunction(inspect.unwrap(value)):
            yield from _defaults(inspect.unwrap(value), f"{name}.{key}")
        elif isinstance(value, PLAIN) and key.strip("_").isupper() and _is_own(module, key):
            yield f"{name}.{key} → {_said(value)}"


def _is_own(module: ModuleType, key: str) -> bool:
    """Whether the module defines the constant, and does not import it."""
    return bool(re.search(rf"^{key}\b.*=", inspect.getsource(module), re.MULTILINE))


def _class(made: type, name: str) -> Iterator[str]:
    if dataclasses.is_dataclass(made):
        frozen = made.__dataclass_params__.frozen  # type: ignore[attr-defined]
        yield f"{name} → {'frozen' if frozen else 'changeable'}"
        for field in dataclasses.fields(made):
            shown = "" if field.repr else ", not in its repr"
            if field.default is not dataclasses.MISSING:
                yield f"{name}.{field.name} → {_said(field.default)}{shown}"
            elif shown or field.default_factory is not dataclasses.MISSING:
                yield f"{name}.{field.name} → made{shown}"
    elif issubclass(made, BaseModel):
        yield f"{name} → {'frozen' if made.model_config.get('frozen') else 'changeable'}"
        for key, info in made.model_fields.items():
            if info.default is not PydanticUndefined:
                yield f"{name}.{key} → {_said(info.default)}"
    elif issubclass(made, Enum):
        return
    for key, value in vars(made).items():
        if isinstance(value, property):
            yield f"{name}.{key} → property"
        elif inspect.isfunction(value) and not key.startswith("__"):
            yield from _defaults(value, f"{name}.{key}")
        elif isinstance(value, bool) and not key.startswith("__"):
            yield f"{name}.{key} → {value}"


def _defaults(function: object, name: str) -> Iterator[str]:
    assert callable(function)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            yield f"{name}({parameter.name}) → {_said(parameter.default)}"


def _said(value: object) -> str:
    match value:
        case timedelta():
            return f"{value.total_seconds():g} s"
        case Enum():
            return str(value)
        case re.Pattern():
            return repr(value.pattern)
        case Mapping():
            return "{" + ", ".join(f"{_said(k)}: {_said(v)}" for k, v in value.items()) + "}"
        case frozenset() | set():
            return "{" + ", ".join(sorted(map(_said, value))) + "}"
        case tuple() | list():
            return "(" + ", ".join(map(_said, value)) + ")"
        case str() | int() | float() | bytes() | None:
            return repr(value)
    if inspect.isfunction(value) or inspect.isclass(value):
        return value.__qualname__
    return re.sub(r" at 0x\w+", "", repr(value))
