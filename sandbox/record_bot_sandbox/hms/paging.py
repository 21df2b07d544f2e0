"""Lists in pages: `start` is the previous page's `last`; the end is an empty page."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeVar

from starlette.datastructures import QueryParams

from record_bot_sandbox.hms.errors import invalid_input


class HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=HasId)


def whole_number(query: QueryParams, name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise invalid_input(f"{name}: must be between {least} and {most}")
    return int(text)


def flag(query: QueryParams, name: str) -> bool | None:
    text = query.get(name)
    if text is None:
        return None
    if text not in {"true", "false"}:
        raise invalid_input(f"{name}: must be true or false")
    return text == "true"


def page(
    items: Sequence[T],
    query: QueryParams,
    show: Callable[[T], dict[str, object]],
    *,
    end: Literal["empty", "null", "absent"],
) -> dict[str, object]:
    """One page. The three ways of saying that there is no more are all found in the wild."""
    limit = whole_number(query, "limit", 10, 10, 100)
    start = query.get("start")
    newest_first = sorted(items, key=lambda item: item.id, reverse=True)
    chosen = [item for item in newest_first if not start or item.id < start][:limit]
    reply: dict[str, object] = {"limit": limit, "data": [show(item) for item in chosen]}
    if chosen:
        reply["last"] = chosen[-1].id
    elif end != "absent":
        reply["last"] = "" if end == "empty" else None
    return reply
