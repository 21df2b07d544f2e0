"""From what Slack says was typed into the start form to a draft, and from a draft to a request."""

import re
from collections.abc import Mapping
from typing import TypeVar, get_args

from bot.core.options import NAMED_RESOLUTIONS, OutputMode, RecordingOptions, SectionFormat
from bot.features.options import form_checks
from bot.features.options.drafts import (
    Draft,
    DraftSection,
    ResolutionChoice,
    Switch,
    applies,
    is_expanded,
    section_rows,
    still_untouched,
)
from bot.features.options.form_checks import Wrong
from bot.ui import forms as form_blocks
from bot.ui import ids
from bot.ui.forms import OPTION_VALUE_MOST, FieldErrors, named_option, postable

T = TypeVar("T", bound=str)

SWITCHES: tuple[Switch, ...] = get_args(Switch)
RESOLUTIONS: tuple[ResolutionChoice, ...] = get_args(ResolutionChoice)
MODES: tuple[OutputMode, ...] = get_args(OutputMode)
FORMATS: tuple[SectionFormat, ...] = get_args(SectionFormat)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL and UTF-8 have no place for them


# ---- Slack's state → draft -------------------------------------------------------------------


def draft_from_state(values: object, base: Draft) -> Draft:
    """The draft as the person sees it now; `base` keeps what is not on the form at the moment.

    `values` is `view.state.values`. A field that is absent was hidden; one that is null was
    emptied. Whatever else cannot be understood leaves the field as it was.
    """
    state = _State(values, base.generation)
    room_id, room_name = state.room(base)
    kind = state.choice(ids.START_AUDIO_ONLY, _kind(base), ("video", "audio"))
    typed = base.model_copy(
        update={
            "preset_id": state.preset(base.preset_id),
            "room_id": room_id,
            "room_name": room_name,
            "channel": state.channel(base.channel),
            "audio_only": kind == "audio",
            "more": is_expanded(base),  # back to the template is not back to the short form
            "resolution": state.choice(ids.START_RESOLUTION, base.resolution, RESOLUTIONS),
            "width": state.text(ids.START_WIDTH, base.width),
            "height": state.text(ids.START_HEIGHT, base.height),
            "meeting_url": state.text(ids.START_MEETING_URL, base.meeting_url),
            "destination": state.text(ids.START_DESTINATION, base.destination),
            "transcription": state.choice(ids.START_TRANSCRIPTION, base.transcription, SWITCHES),
            "output_modes": state.modes(base.output_modes),
            "vocabulary": state.text(ids.START_VOCABULARY, base.vocabulary),
            "summary": state.choice(ids.START_SUMMARY, base.summary, SWITCHES),
            "context": state.text(ids.START_CONTEXT, base.context),
            "temperature": state.text(ids.START_TEMPERATURE, base.temperature),
            "sections": _sections(state, base),
        }
    )
    return still_untouched(base, typed)


def _kind(draft: Draft) -> str:
    return "audio" if draft.audio_only else "video"


def _sections(state: "_State", base: Draft) -> tuple[DraftSection, ...]:
    """The rows are those of the draft: a row that was just removed may still be in the state."""
    rows = tuple(
        DraftSection(
            id=row.id,
            title=state.text(ids.numbered(ids.START_SECTION_TITLE, row.id), row.title),
            format=state.choice(
                ids.numbered(ids.START_SECTION_FORMAT, row.id), row.format, FORMATS
            ),
        )
        for row in section_rows(base)
    )
    return base.sections if rows == section_rows(base) else rows


class _State:
    """`view.state.values`, of which nothing is taken for granted."""

    def __init__(self, values: object, generation: int) -> None:
        self._values = values
        self._generation = generation

    def _of(self, field: str, key: str, kept: object) -> object:
        """The value under `key` of the field's element, or `kept` when there is none."""
        block = self._values.get(field) if isinstance(self._values, Mapping) else None
        number = 0 if field in form_blocks.LASTING else self._generation
        entry = block.get(ids.start_action(field, number)) if isinstance(block, Mapping) else None
        return entry.get(key, kept) if isinstance(entry, Mapping) else kept

    def text(self, field: str, kept: str) -> str:
        value = self._of(field, "value", kept)
        if value is None:
            return ""
        return _UNSTORABLE.sub("", value) if isinstance(value, str) else kept

    def choice(self, field: str, kept: T, known: tuple[T, ...]) -> T:
        """The first of the known ones is what an emptied select stands for."""
        option = self._of(field, "selected_option", kept)
        if option is None:
            return known[0]
        value = option.get("value") if isinstance(option, Mapping) else None
        return next((k for k in known if k == value), kept)

    def modes(self, kept: tuple[OutputMode, ...]) -> tuple[OutputMode, ...]:
        options = self._of(ids.START_OUTPUT_MODES, "selected_options", kept)
        if options is None:
            return ()
        if not isinstance(options, list):
            return kept
        values = [o.get("value") for o in options if isinstance(o, Mapping)]
        return tuple(mode for mode in MODES if mode in values)

    def channel(self, kept: str | None) -> str | None:
        value = self._of(ids.START_CHANNEL, "selected_conversation", kept)
        return value if value is None or (isinstance(value, str) and postable(value)) else kept

    def preset(self, kept: str | None) -> str | None:
        """None when it was emptied."""
        chosen = self._of(ids.START_PRESET, "selected_option", kept)
        if chosen is None:
            return None
        value = chosen.get("value") if isinstance(chosen, Mapping) else kept
        return value if isinstance(value, str) and not _UNSTORABLE.search(value) else kept

    def room(self, base: Draft) -> tuple[str | None, str | None]:
        """Id and name. The option's text is the name cut short, so a longer known one stays."""
        before = (base.room_id, base.room_name)
        option = self._of(ids.START_ROOM, "selected_option", before)
        if option is None:
            return None, None
        match option:
            case {"value": str(room_id), "text": {"text": str(shown)}} if is_room(room_id):
                name = base.room_name if room_id == base.room_id else None
                cut = named_option(room_id, name)["text"]["text"] if name else None
                return room_id, name if cut == shown else _UNSTORABLE.sub("", shown)
            case _:
                return before


def is_room(room_id: str | None) -> bool:
    if room_id is None or not 0 < len(room_id) <= OPTION_VALUE_MOST:
        return False
    return _UNSTORABLE.search(room_id) is None


# ---- draft → request -------------------------------------------------------------------------


def read_options(draft: Draft) -> RecordingOptions | FieldErrors:
    """The options, or everything that is wrong at once, each at its field.

    Only what `applies` is read, so every error is at an input of the form.
    """
    errors = FieldErrors()
    given: dict[str, object] = {"audio_only": draft.audio_only}
    given |= _video(draft, errors)
    given |= _switches(draft)
    given |= _typed(draft, errors)
    given |= _summary_sections(draft, errors)
    return errors or RecordingOptions.model_validate(given)


def _video(draft: Draft, errors: FieldErrors) -> dict[str, object]:
    shown = applies(draft)
    if "resolution" not in shown or draft.resolution == "template":
        return {}
    if draft.resolution != "custom":
        return {"resolution": NAMED_RESOLUTIONS[draft.resolution]}
    custom = form_checks.resolution(draft.width, draft.height)
    if isinstance(custom, dict):
        errors.update({field: wrong.text for field, wrong in custom.items()})
        return {}
    return {"resolution": custom}


def _switches(draft: Draft) -> dict[str, object]:
    on: dict[Switch, bool | None] = {"template": None, "on": True, "off": False}
    shown = applies(draft)
    given: dict[str, object] = {
        field: on[switch]
        for field, switch in (("transcription", draft.transcription), ("summary", draft.summary))
        if field in shown
    }
    if "output_modes" in shown:
        given["output_modes"] = tuple(dict.fromkeys(draft.output_modes))
    return given


def _typed(draft: Draft, errors: FieldErrors) -> dict[str, object]:
    """The fields that hold one value each as text."""
    found: dict[str, object | Wrong] = {
        ids.START_MEETING_URL: form_checks.meeting_url(draft.meeting_url),
        ids.START_DESTINATION: form_checks.destination(draft.destination),
        ids.START_VOCABULARY: form_checks.vocabulary(draft.vocabulary),
        ids.START_CONTEXT: form_checks.context(draft.context),
        ids.START_TEMPERATURE: form_checks.temperature(draft.temperature),
    }
    shown = applies(draft)
    given: dict[str, object] = {}
    for field, value in found.items():
        if field in shown and isinstance(value, Wrong):
            errors[field] = value.text
        elif field in shown:
            given[field] = value
    return given


def _summary_sections(draft: Draft, errors: FieldErrors) -> dict[str, object]:
    rows = section_rows(draft)
    if "sections" not in applies(draft) or (len(rows) == 1 and not rows[0].title.strip()):
        return {}
    given = []
    for row in rows:
        title = form_checks.section_title(row.title)
        if isinstance(title, Wrong):
            errors[ids.numbered(ids.START_SECTION_TITLE, row.id)] = title.text
        else:
            given.append({"title": title, "format": row.format})
    return {"sections": tuple(given)}


def input_block_ids(view: object) -> frozenset[str]:
    """The blocks at which Slack can show an error, of a view as it came in a payload.

    The form may have been submitted just before it was redrawn. If an error has no place in it,
    answer with `start_form(draft, errors=…)` as an update instead.
    """
    blocks = view.get("blocks") if isinstance(view, Mapping) else None
    return frozenset(
        str(block.get("block_id"))
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, Mapping) and block.get("type") == "input"
    )
