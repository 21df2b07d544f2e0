"""The settings of one channel: builds the modal, and reads its state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from bot.core.channel_settings import Allowed, ChannelSettings, ResultsIn, Who
from bot.features.channel_settings import ids
from bot.ui.forms import FieldErrors, named_option, pick, radio, ticks, words
from bot.ui.message import Block, View, context, lines, section
from bot.ui.text import mention, place, when

WHO = {
    "everyone": "Every full member of this workspace",
    "some": "Only the people and groups named below",
    "admins": "Only workspace admins",
}
RESULTS = {
    "thread": "In the thread of the card",
    "channel": "As messages in the channel",
    "card": "Only on the card",
}
ALSO = {
    "tell_room": "Announce the recording, and who requested it, in the room's chat",
    "outside_links": "Let guests and other organisations open the files",
}
FIELDS = {
    "room_id": "the default room",
    "preset_id": "the default preset",
    "may_start": "who can start",
    "may_stop": "who can stop",
    "results": "where results go",
    "outside_links": "links for guests and other organisations",
    "tell_room": "the notice in the room's chat",
}
TITLE = "Channel settings"
_ALWAYS = {
    "start": "Workspace admins always can.",
    "stop": "Also covers pause and resume. Workspace admins always can, and so can the person who "
    "started the recording.",
}
PEOPLE_MOST = 50
GROUPS_MOST = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of the settings: who, when and which fields."""

    by: str
    at: datetime
    fields: Sequence[str]


def settings_form(
    channel: str,
    settings: ChannelSettings,
    *,
    presets: Mapping[str, str],
    groups: Mapping[str, str] | None,
    changes: Sequence[Changed] = (),
) -> View:
    """Build the modal. `presets` and `groups`: id → name; `groups` is None without the scope."""
    blocks = [section(f"These settings apply to recordings requested in {place(channel)}.")]
    blocks.extend(_defaults(settings, presets))
    blocks.extend(_rights("start", settings.may_start, groups))
    blocks.extend(_rights("stop", settings.may_stop, groups))
    blocks.append(_field(ids.RESULTS, "Results", radio(RESULTS, settings.results)))
    ticked = [name for name in ALSO if getattr(settings, name)]
    blocks.append(_field(ids.ALSO, "Sharing", ticks(ALSO, ticked), optional=True))
    blocks.extend(_log(changes))
    return {
        "type": "modal",
        "callback_id": ids.SETTINGS_FORM,
        "private_metadata": channel,
        "title": words(TITLE),
        "submit": words("Save"),
        "close": words("Cancel"),
        "blocks": blocks,
    }


def _defaults(settings: ChannelSettings, presets: Mapping[str, str]) -> Iterator[Block]:
    room: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": words("Type a part of its name"),
    }
    if settings.room_id:
        name = settings.room_name or settings.room_id
        room["initial_option"] = named_option(settings.room_id, name)
    hint = "Used by /record start when you do not name a room."
    yield _field(ids.ROOM, "Default room", room, hint=hint, optional=True)
    if presets:
        chosen: Block = {
            "type": "static_select",
            "placeholder": words("None"),
            "options": [named_option(value, name) for value, name in presets.items()],
        }
        if known := presets.get(settings.preset_id or ""):
            chosen["initial_option"] = named_option(settings.preset_id or "", known)
        hint = "Used unless the command or form says otherwise."
        yield _field(ids.PRESET, "Default preset", chosen, hint=hint, optional=True)


def _rights(doing: str, allowed: Allowed, groups: Mapping[str, str] | None) -> Iterator[Block]:
    hint = _ALWAYS[doing]
    yield _field(f"{doing}_who", f"Who can {doing} recordings", pick(WHO, allowed.who), hint=hint)
    people: Block = {"type": "multi_users_select", "max_selected_items": PEOPLE_MOST}
    if allowed.people:
        people["initial_users"] = list(allowed.people)
    yield _field(f"{doing}_people", f"People who can {doing} recordings", people, optional=True)
    if groups is None:
        return
    picked: Block = {
        "type": "multi_external_select",
        "min_query_length": 0,
        "max_selected_items": GROUPS_MOST,
    }
    if allowed.groups:
        picked["initial_options"] = [named_option(g, groups.get(g, g)) for g in allowed.groups]
    label = f"User groups that can {doing} recordings"
    yield _field(f"{doing}_groups", label, picked, optional=True)


def _field(
    field: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    return {
        "type": "input",
        "block_id": field,
        "label": words(label),
        "element": {**element, "action_id": ids.action(field)},
        "optional": optional,
        **({"hint": words(hint)} if hint else {}),
    }


def _log(changes: Sequence[Changed]) -> Iterator[Block]:
    told = [
        f"{when(change.at)}  {mention(change.by)} changed "
        f"{', '.join(FIELDS.get(field, field) for field in change.fields)}"
        for change in changes
    ]
    if told:
        yield context(lines(told))


def group_options(groups: Mapping[str, str], query: str) -> dict[str, Any]:
    """Answer the group fields while people type."""
    fitting = [(g, name) for g, name in groups.items() if query.casefold() in name.casefold()]
    return {"options": [named_option(g, name) for g, name in fitting[:100]]}


# ---- what was chosen -------------------------------------------------------------------------


def settings_from_state(values: object, before: ChannelSettings) -> ChannelSettings | FieldErrors:
    """Read the settings; fields that are not on the form keep their value."""
    state = _State(values)
    errors = FieldErrors()
    may_start = _allowed(state, "start", before.may_start, errors)
    may_stop = _allowed(state, "stop", before.may_stop, errors)
    if errors:
        return errors
    also = state.several(ids.ALSO, "selected_options", [n for n in ALSO if getattr(before, n)])
    results = state.option(ids.RESULTS)
    preset = state.option(ids.PRESET)
    return ChannelSettings(
        **_room(state, before),
        preset_id=(preset[0] if preset else None) if state.has(ids.PRESET) else before.preset_id,
        may_start=may_start,
        may_stop=may_stop,
        results=_one_of(results, get_args(ResultsIn), before.results),
        outside_links="outside_links" in also,
        tell_room="tell_room" in also,
    )


def _room(state: "_State", before: ChannelSettings) -> dict[str, Any]:
    """Read the default room; keep its full name if the option shows only a part of it."""
    room_id, name = before.room_id, before.room_name
    if state.has(ids.ROOM):
        chosen = state.option(ids.ROOM) or (None, None)
        name = name if name and chosen[0] == room_id else chosen[1]
        room_id = chosen[0]
    return {"room_id": room_id, "room_name": name}


def _allowed(state: "_State", doing: str, before: Allowed, errors: FieldErrors) -> Allowed:
    people = state.several(f"{doing}_people", "selected_users", [])
    groups = state.several(f"{doing}_groups", "selected_options", list(before.groups))
    who: Who = _one_of(state.option(f"{doing}_who"), get_args(Who), before.who)
    if who == "some" and not people and not groups:
        errors[f"{doing}_people"] = f"Choose who can {doing} recordings, or change the rule above."
    return Allowed(who=who, people=tuple(people), groups=tuple(groups))


def _one_of(chosen: tuple[str, str] | None, known: Sequence[Any], kept: Any) -> Any:
    return chosen[0] if chosen and chosen[0] in known else kept


class _State:
    """Reads `view.state.values`, and relies on nothing in it."""

    def __init__(self, values: object) -> None:
        self._values = values if isinstance(values, Mapping) else {}

    def _entry(self, field: str) -> Mapping[str, Any]:
        block = self._values.get(field)
        entry = block.get(ids.action(field)) if isinstance(block, Mapping) else None
        return entry if isinstance(entry, Mapping) else {}

    def has(self, field: str) -> bool:
        return bool(self._entry(field))

    def option(self, field: str) -> tuple[str, str] | None:
        """Return value and text of the selected option."""
        match self._entry(field).get("selected_option"):
            case {"value": str(value), "text": {"text": str(text)}}:
                return value, text
            case _:
                return None

    def several(self, field: str, key: str, kept: list[str]) -> list[str]:
        if not self.has(field):
            return kept
        chosen = self._entry(field).get(key) or []
        values = [o.get("value") if isinstance(o, Mapping) else o for o in chosen]
        return list(dict.fromkeys(v for v in values if isinstance(v, str)))
