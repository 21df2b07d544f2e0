"""Reads `view.state.values` of a view; any content is safe.

Source: docs.slack.dev, reference/views (state.values: block id → action id → entry).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.kit.typed_text import storable

T = TypeVar("T", bound=str)


class ViewState:
    """The values of a view. Readers return `kept` if the field is missing or malformed.

    `action` maps a field to the action id of its element; the block id is the field's name.
    """

    def __init__(self, values: object, action: Callable[[str], str]) -> None:
        self._values = values if isinstance(values, Mapping) else {}
        self._action = action

    def _of(self, field: str, key: str, kept: object) -> object:
        block = self._values.get(field)
        entry = block.get(self._action(field)) if isinstance(block, Mapping) else None
        return entry.get(key, kept) if isinstance(entry, Mapping) else kept

    def text(self, field: str, kept: str = "") -> str:
        """The text of an input; '' if the person emptied it."""
        value = self._of(field, "value", kept)
        if value is None:
            return ""
        return storable(value) if isinstance(value, str) else kept

    def option(
        self, field: str, kept: tuple[str | None, str | None] = (None, None)
    ) -> tuple[str | None, str | None]:
        """Value and text of the chosen option; both None if the person cleared it."""
        match self._of(field, "selected_option", kept):
            case None:
                return None, None
            case {"value": str(value), "text": {"text": str(text)}}:
                return value, text
            case _:
                return kept

    def choice(self, field: str, kept: T, known: tuple[T, ...]) -> T:
        """The chosen one of the known values; a cleared select means the first of them."""
        value = self.option(field, (kept, None))[0]
        return known[0] if value is None else next((k for k in known if k == value), kept)

    def several(self, field: str, kept: list[str], key: str = "selected_options") -> list[str]:
        """The values of `selected_options`, or the ids of `selected_users`, without duplicates."""
        chosen = self._of(field, key, kept)
        if chosen is None:
            return []
        if not isinstance(chosen, list):
            return kept
        values = [o.get("value") if isinstance(o, Mapping) else o for o in chosen]
        return list(dict.fromkeys(v for v in values if isinstance(v, str)))

    def conversation(self, field: str, kept: str | None = None) -> str | None:
        value = self._of(field, "selected_conversation", kept)
        return value if value is None or isinstance(value, str) else kept
