"""The start form: turns a draft into a modal with the fields that apply, and reads it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bot.core.options import RecordingOptions, RoomTemplate
from bot.features.options.drafts import Draft, is_expanded
from bot.features.options.form import (
    further_blocks,
    is_room,
    kind_block,
    meeting_url_block,
    read_options,
    template_words,
)
from bot.features.start.model import SessionRule
from bot.ui import ids
from bot.ui.forms import (
    OPTION_VALUE_MOST,
    FieldErrors,
    channel_pick,
    input_block,
    named_option,
    pick,
    postable,
    textbox,
    ticks,
    with_sources,
    words,
)
from bot.ui.ids import SAVE_AS
from bot.ui.message import Block, View, actions, button, modal, plain_text
from bot.ui.text import plain

PEOPLE_MOST = 999
DISABLED = "This room is disabled in 100ms. Enable it in the dashboard, or choose another room."
_ERROR_MOST = 300
_ERRORS_ON_TOP = 10


def start_form(
    draft: Draft,
    *,
    request_id: str,
    errors: Mapping[str, str] | None = None,
    presets: Mapping[str, str] | None = None,
    template: RoomTemplate | None = None,
) -> View:
    """Build the modal. `presets`: id → name. `template`: the chosen room's, if it is known.

    `errors` (block id → text) are shown under their fields, or on top. Needed when Slack cannot
    show them itself because the form was redrawn just before the submit.
    """
    more = [*further_blocks(draft, template), *_save_as()] if is_expanded(draft) else _more()
    first = _first(draft, template or RoomTemplate())
    asking = [*_preset(draft, presets or {}), *first, *more]
    blocks = with_sources(asking, draft.came, draft.generation)
    return modal(
        "Start a recording",
        list(_with_errors(blocks, errors or {})),
        callback_id=ids.START_FORM,
        submit=SUBMITS[draft.when_kind],
        private_metadata=request_id,
        notify_on_close=True,
    )


def _preset(draft: Draft, presets: Mapping[str, str]) -> Iterator[Block]:
    if not presets:
        return
    chosen = presets.get(draft.preset_id or "")
    select: Block = {
        "type": "static_select",
        "placeholder": words("None"),
        "options": [named_option(value, name) for value, name in presets.items()],
        **({"initial_option": named_option(draft.preset_id or "", chosen)} if chosen else {}),
    }
    yield input_block(ids.START_PRESET, "Preset", select, optional=True, redraws=True)


def _save_as() -> Iterator[Block]:
    yield from actions([button("Save as preset", SAVE_AS)])


def _first(draft: Draft, template: RoomTemplate) -> Iterator[Block]:
    """Build the fields that are always shown, and a URL where it is likely to be needed."""
    hint = _which_room(draft) or template_words(template)
    yield input_block(ids.START_ROOM, "Room", _room(draft), hint=hint, redraws=True)
    if template.records is False and not is_expanded(draft):
        yield meeting_url_block(draft, template)
    yield from _when(draft)
    yield kind_block(draft)
    yield input_block(
        ids.START_CHANNEL,
        "Post to",
        channel_pick(draft.channel),
        hint="Status, video and transcript appear there. If empty, you get a direct message.",
        optional=True,
    )


WHEN_LABELS = {
    "now": "Now",
    "once": "At a time",
    "repeat": "Repeatedly",
    "session": "Every session of the room",
}
SUBMITS = {
    "now": "Start recording",
    "once": "Schedule",
    "repeat": "Schedule",
    "session": "Save rule",
}
_WHEN_EXAMPLES = {"once": "tomorrow 9:30", "repeat": "every weekday at 9:30"}


def _when(draft: Draft) -> Iterator[Block]:
    """Build the time fields: text as in commands, in the person's own zone."""
    choice = pick(WHEN_LABELS, draft.when_kind)
    yield input_block(ids.START_WHEN_KIND, "When", choice, redraws=True)
    if draft.when_kind == "session":
        yield from rule_blocks(draft.least_people, until_empty=draft.until_empty)
        return
    if draft.when_kind != "now":
        example = _WHEN_EXAMPLES[draft.when_kind]
        box = textbox(draft.when, placeholder=example)
        hint = f"For example “{example}”. It starts when somebody is in the room."
        yield input_block(ids.START_WHEN, "Time", box, hint=hint)
    box = textbox(draft.stop_after, placeholder="30m, or until 16:00")
    yield input_block(ids.START_STOP_AFTER, "Stop after", box, optional=True)


def rule_blocks(least_people: str, *, until_empty: bool) -> Iterator[Block]:
    """Build the fields of a rule that records every session of a room."""
    yield least_people_block(least_people)
    leaves = {ids.START_UNTIL_EMPTY: "Stop when the last person leaves"}
    box = ticks(leaves, list(leaves) if until_empty else [])
    hint = "Applies to every recording of the room, however it was started."
    yield input_block(ids.START_UNTIL_EMPTY, "End", box, hint=hint, optional=True)


def least_people_block(typed: str) -> Block:
    label, box = "Minimum number of people", textbox(typed, placeholder="1")
    hint = "Recording starts once this many people are in the room."
    return input_block(ids.START_LEAST_PEOPLE, label, box, hint=hint, optional=True)


def read_least_people(typed: str) -> int | FieldErrors:
    """Read the minimum number of people; empty means one."""
    said = typed.strip() or "1"
    least = int(said) if said.isdecimal() and len(said) <= len(str(PEOPLE_MOST)) else 0
    if 1 <= least <= PEOPLE_MOST:
        return least
    return FieldErrors({ids.START_LEAST_PEOPLE: f"Enter a number from 1 to {PEOPLE_MOST}."})


def _room(draft: Draft) -> Block:
    chosen = draft.room_id or ""
    known = 0 < len(chosen) <= OPTION_VALUE_MOST
    name = draft.room_name if (draft.room_name or "").strip() else chosen
    return {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": words("Type a part of its name"),
        # Only at first: otherwise the focus would jump back here at every redraw.
        **({"focus_on_load": True} if not known and not is_expanded(draft) else {}),
        **({"initial_option": named_option(chosen, name or chosen)} if known else {}),
    }


def _which_room(draft: Draft) -> str:
    if draft.room_id or not draft.room_words:
        return ""
    return f"Choose the room you meant by “{plain(draft.room_words, 200)}”."


def _more() -> Iterator[Block]:
    yield {
        "type": "section",
        "text": words("Everything else uses the room template's defaults."),
        "accessory": button(
            "More options",
            ids.START_MORE,
            label="More options: resolution, transcript, summary and others",
        ),
    }


def _with_errors(blocks: Iterable[Block], errors: Mapping[str, str]) -> Iterator[Block]:
    placed = list(blocks)
    fields = {block["block_id"] for block in placed if block["type"] == "input"}
    homeless = (_error(text) for field, text in errors.items() if field not in fields)
    yield from islice(homeless, _ERRORS_ON_TOP)
    for block in placed:
        yield block
        if block.get("block_id") in fields & errors.keys():
            yield _error(errors[block["block_id"]])


def _error(text: str) -> Block:
    return {"type": "context", "elements": [plain_text(f"⚠ {text}", _ERROR_MOST)]}


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A valid form. `channel` None: post to the person."""

    room_id: str
    room_name: str
    options: RecordingOptions
    channel: str | None
    when: str = ""  # as typed; empty: now
    stop_after: str = ""
    rule: SessionRule | None = None  # every session

    @property
    def has_time(self) -> bool:
        return bool(self.when or self.stop_after)


def read(draft: Draft) -> FilledForm | FieldErrors:
    """Read the form, or return all errors at once, each at its field.

    Only fields that `applies` are read, so every error is at an input of `start_form(draft)`.
    """
    options, room_id = read_options(draft), draft.room_id
    errors = options if isinstance(options, FieldErrors) else FieldErrors()
    if not is_room(room_id):
        errors = FieldErrors({ids.START_ROOM: "Choose the room to record.", **errors})
    timed = draft.when_kind in ("once", "repeat")
    if timed and not draft.when.strip():
        errors = FieldErrors({ids.START_WHEN: "Say when.", **errors})
    rule = None
    if draft.when_kind == "session":
        least = read_least_people(draft.least_people)
        if isinstance(least, FieldErrors):
            errors = FieldErrors({**least, **errors})
        else:
            rule = SessionRule(least, draft.until_empty)
    if isinstance(options, FieldErrors) or errors or room_id is None:
        return errors
    return FilledForm(
        room_id=room_id,
        room_name=(draft.room_name or "").strip() or room_id,
        options=options,
        channel=draft.channel if postable(draft.channel) else None,
        when=draft.when.strip() if timed else "",
        stop_after=draft.stop_after.strip() if rule is None else "",
        rule=rule,
    )
