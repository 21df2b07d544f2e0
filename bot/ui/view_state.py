"""Read `view.state.values` of a view, whatever is in it.

Source: docs.slack.dev, reference/views (state.values: block id → action id → entry).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.kit.typed_text import storable

T = TypeVar("T", bound=str)


class ViewState:
    """Each reader takes what to keep where the field is not on the view, or makes no sense.

    `action` gives the action id of a field's element; the block id is the field's name.
    """

    def __init__(self, values: object, action: Callable[[str], str]) -> None:
        self._values = values if isinstance(values, Mapping) else {}
        self._action = action

    def _of(self, field: str, key: str, kept: object) -> object:
        block = self._values.get(field)
        entry = block.get(self._action(field)) if isinstance(block, Mapping) else None
        return entry.get(key, kept) if isinstance(entry, Mapping) else kept

    def text(self, field: str, kept: str = "") -> str:
        """Empty where it was emptied."""
        value = self._of(field, "value", kept)
        if value is None:
            return ""
        return storable(value) if isinstance(value, str) else kept

    def option(
        self, field: str, kept: tuple[str | None, str | None] = (None, None)
    ) -> tuple[str | None, str | None]:
        """Value and text of the chosen option; two times None where it was emptied."""
        match self._of(field, "selected_option", kept):
            case None:
                return None, None
            case {"value": str(value), "text": {"text": str(text)}}:
                return value, text
            case _:
                return kept

    def choice(self, field: str, kept: T, known: tuple[T, ...]) -> T:
        """One of the known values; the first of them is what an emptied select means."""
        value = self.option(field, (kept, None))[0]
        return known[0] if value is None else next((k for k in known if k == value), kept)

    def several(self, field: str, kept: list[str], key: str = "selected_options") -> list[str]:
        """The values of `selected_options`, or the ids of `selected_users`, each once."""
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
