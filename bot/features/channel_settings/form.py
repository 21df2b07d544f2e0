"""The settings of one channel: the modal, its state, and the replies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from bot.core.channel_settings import Allowed, ChannelSettings, ResultsIn, Who
from bot.features.channel_settings import ids
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors, input_block, named_option, pick, radio, ticks, words
from bot.ui.ids import ROOM_RULES
from bot.ui.message import Block, Message, View, actions, button, context, lines, modal, section
from bot.ui.text import mention, place, when
from bot.ui.view_state import ViewState

WHO = {
    "everyone": "Every full member",
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
    "keep_transcripts": "Keep transcripts for search",
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
    "keep_transcripts": "transcripts for search",
    "join_role": "the role for joining",
}
TITLE = "Channel settings"
_ALWAYS = {
    "start": "Workspace admins always can.",
    "stop": "Also covers pause and resume. Workspace admins always can, and so can the person who "
    "started the recording.",
}
PEOPLE_MOST = 50
GROUPS_MOST = 20
ROLE_MOST = 100


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
    admin: bool = False,
) -> View:
    """Build the modal. `presets` and `groups`: id → name; `groups` is None without the scope.

    Only an `admin` sets the role for joining.
    """
    blocks = [section(f"These settings apply to recordings requested in {place(channel)}.")]
    blocks.extend(_defaults(settings, presets))
    blocks.extend(_rights("start", settings.may_start, groups))
    blocks.extend(_rights("stop", settings.may_stop, groups))
    blocks.append(_field(ids.RESULTS, "Results", radio(RESULTS, settings.results)))
    ticked = [name for name in ALSO if getattr(settings, name)]
    blocks.append(_field(ids.ALSO, "Sharing and search", ticks(ALSO, ticked), optional=True))
    blocks.append(_rules(channel))
    if admin:
        blocks.append(_join_role(settings.join_role))
    blocks.extend(_log(changes))
    return modal(
        TITLE,
        blocks,
        callback_id=ids.SETTINGS_FORM,
        submit="Save",
        private_metadata=channel,
    )


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


def _rules(channel: str) -> Block:
    """Build the button for the rules, which open on top of this form and keep its input."""
    return {
        **section("*Rules for rooms*\nRecord every session of a room, or stop when it is empty."),
        "accessory": button("Open rules", ROOM_RULES, value=channel),
    }


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


def _join_role(role: str | None) -> Block:
    typed: Block = {"type": "plain_text_input", "max_length": ROLE_MOST}
    if role:
        typed["initial_value"] = role
    hint = (
        "A role of the room’s template, such as guest. Full members then get links to join rooms "
        "that are recorded here. Leave it empty for no links."
    )
    return _field(ids.JOIN_ROLE, "Role for joining", typed, hint=hint, optional=True)


def _field(
    field: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    return input_block(
        field, label, element, hint=hint, optional=optional, action=ids.action(field)
    )


def _log(changes: Sequence[Changed]) -> Iterator[Block]:
    notes = [
        f"{when(change.at)}  {mention(change.by)} changed "
        f"{', '.join(FIELDS.get(field, field) for field in change.fields)}"
        for change in changes
    ]
    if notes:
        yield context(lines(notes))


def group_options(groups: Mapping[str, str], query: str) -> dict[str, Any]:
    """Answer the group fields while people type."""
    fitting = [(g, name) for g, name in groups.items() if query.casefold() in name.casefold()]
    return {"options": [named_option(g, name) for g, name in fitting[:100]]}


# ---- reading the form ------------------------------------------------------------------------


def settings_from_state(values: object, before: ChannelSettings) -> ChannelSettings | FieldErrors:
    """Read the settings; fields that are not on the form keep their value."""
    state = ViewState(values, ids.action)
    errors = FieldErrors()
    may_start = _allowed(state, "start", before.may_start, errors)
    may_stop = _allowed(state, "stop", before.may_stop, errors)
    if errors:
        return errors
    also = state.several(ids.ALSO, [name for name in ALSO if getattr(before, name)])
    room_id, shown = state.option(ids.ROOM, (before.room_id, before.room_name))
    # Read the default room; keep its full name if the option shows only a part of it.
    known = before.room_name if room_id == before.room_id else None
    return ChannelSettings(
        room_id=room_id,
        room_name=known or shown,
        preset_id=state.option(ids.PRESET, (before.preset_id, None))[0],
        may_start=may_start,
        may_stop=may_stop,
        results=state.choice(ids.RESULTS, before.results, get_args(ResultsIn)),
        outside_links="outside_links" in also,
        tell_room="tell_room" in also,
        keep_transcripts="keep_transcripts" in also,
        join_role=state.text(ids.JOIN_ROLE, before.join_role or "").strip() or None,
    )


def _allowed(state: ViewState, doing: str, before: Allowed, errors: FieldErrors) -> Allowed:
    people = state.several(f"{doing}_people", [], key="selected_users")
    groups = state.several(f"{doing}_groups", list(before.groups))
    who: Who = state.choice(f"{doing}_who", before.who, get_args(Who))
    if who == "some" and not people and not groups:
        errors[f"{doing}_people"] = f"Choose who can {doing} recordings, or change the rule above."
    return Allowed(who=who, people=tuple(people), groups=tuple(groups))


def only_in_channels() -> Message:
    text = "Settings belong to a channel. Type `/record settings` in that channel."
    return Message(text, [section(text)])


def saved_without_you(channel: str, who: str) -> Message:
    """Warn people whose new settings prevent them from starting recordings."""
    text = (
        f"Saved. You cannot start recordings in {place(channel)}: only {who} can. "
        "Open the settings again to change that."
    )
    return Message(text, [section(text)])


def open_from_here(channel: str) -> Message:
    text = f"Open the settings of {place(channel)} here."
    opening = button("Channel settings", ui_ids.OPEN_SETTINGS, value=channel)
    return Message(text, [section(text), *actions([opening])])
