"""All modules of the page as one script: asking for each of them takes longer than anything else.

The modules stay what they are, and are served too; here each becomes a function that is called
once, in the order in which they need each other. Only what our own modules do is understood:
named imports from files beside them, named exports, no circles.
"""

import posixpath
import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class NotUnderstoodError(Exception):
    """A module does something that none of them did before."""


def bundled(modules: Mapping[str, str], main: str) -> str:
    """`modules`: path → text. What `main` needs, directly or not, and then `main`."""
    done: dict[str, str] = {}
    _take(main, modules, done, ())
    return "\n".join(done.values())


def _take(
    path: str, modules: Mapping[str, str], done: dict[str, str], on_the_way: tuple[str, ...]
) -> None:
    if path in done:
        return
    if path in on_the_way:
        raise NotUnderstoodError(f"{path} needs itself: {' → '.join(on_the_way)}")
    text = modules[path]
    folder = posixpath.dirname(path)
    for _, other in _IMPORT.findall(text):
        _take(posixpath.normpath(posixpath.join(folder, other)), modules, done, (*on_the_way, path))
    done[path] = _as_function(path, text)


def _as_function(path: str, text: str) -> str:
    folder = posixpath.dirname(path)

    def taken(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = {_name(posixpath.normpath(posixpath.join(folder, found[2])))};"

    offered = [name for _, name in _EXPORT.findall(text)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(taken, text))
    if odd := _OTHER.search(body):
        raise NotUnderstoodError(f"{path}: {odd[0]}")
    return f"const {_name(path)} = (() => {{\n{body}\nreturn {{ {', '.join(offered)} }};\n}})();"


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path)
