"""The option fields of forms: turns a draft into blocks, and Slack's state into a draft.

Fields that do not apply are not shown.
"""

from collections.abc import Iterator

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_SECTIONS,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    RecordingOptions,
    RoomTemplate,
)
from bot.features.options.drafts import (
    RESOLUTIONS,
    SWITCHES,
    TYPED_FIELDS,
    WHEN_KINDS,
    Draft,
    DraftSection,
    applies,
    is_expanded,
    raw_of,
    section_rows,
    still_untouched,
)
from bot.features.options.table import LABELS, parse_options
from bot.features.options.values import FORMATS, MODES
from bot.kit.typed_text import storable
from bot.ui import ids
from bot.ui.forms import (
    LASTING,
    OPTION_VALUE_MOST,
    FieldErrors,
    input_block,
    named_option,
    pick,
    postable,
    radio,
    textbox,
    ticks,
    whole_number,
    with_sources,
    words,
)
from bot.ui.message import Block, button, header
from bot.ui.text import duration
from bot.ui.view_state import ViewState

AS_TEMPLATE = "As the template"
SEVERAL = 2
OPTIONS_MOST = 100
SWITCH_NAMES = {"template": AS_TEMPLATE, "on": "On", "off": "Off"}
KIND_NAMES = {"video": "Video and audio", "audio": "Audio only"}
KINDS = ("video", "audio")
FILE_NAMES = {"txt": "Text (.txt)", "srt": "Subtitles (.srt)", "json": "Timed words (.json)"}
FORMAT_NAMES = {"bullets": "Bullet points", "paragraph": "Paragraph"}
RESOLUTION_NAMES = {
    "template": AS_TEMPLATE,
    **{
        name: f"{name.capitalize()} ({size.width} × {size.height})"
        for name, size in NAMED_RESOLUTIONS.items()
    },
    "custom": "Custom",
}


def option_blocks(draft: Draft) -> list[Block]:
    """Build the fields of all options that a preset can have."""
    return list(
        with_sources([kind_block(draft), *further_blocks(draft)], draft.came, draft.generation)
    )


def kind_block(draft: Draft) -> Block:
    return input_block(
        ids.START_AUDIO_ONLY,
        LABELS[ids.START_AUDIO_ONLY],
        radio(KIND_NAMES, "audio" if draft.audio_only else "video"),
        redraws=is_expanded(draft),  # nothing else changes in the short form
    )


def further_blocks(draft: Draft, template: RoomTemplate | None = None) -> Iterator[Block]:
    """Build the further options. `template`: the chosen room's; None if it is not known."""
    shown = applies(draft)
    known = template or RoomTemplate()
    if "resolution" in shown:
        yield header("Video")
        yield from _video(draft, known)
    yield header("Transcript and summary")
    yield from _transcript(draft)
    if "summary" in shown:
        yield from _summary(draft)
    yield header("Page and storage")
    yield meeting_url_block(draft, known)
    yield _destination(draft, known)


def meeting_url_block(draft: Draft, template: RoomTemplate) -> Block:
    """Build the meeting URL field, which is needed if the template does not record by itself."""
    why = (
        "Composite recording is off in the room's template, so 100ms is likely to need this URL."
        if template.records is False
        else "Only if the template needs one."
    )
    return input_block(
        ids.START_MEETING_URL,
        LABELS[ids.START_MEETING_URL],
        textbox(draft.meeting_url, placeholder="https://acme.app.100ms.live/preview/…"),
        hint=f"{why} It must join the room without a click.",
        optional=True,
    )


def _destination(draft: Draft, template: RoomTemplate) -> Block:
    """Build a select of the template's destinations if they are known, else a text field.

    A name that was typed before stays available.
    """
    label, typed = LABELS[ids.START_DESTINATION], draft.destination
    names = [n for n in template.destinations if 0 < len(n) <= OPTION_VALUE_MOST]
    if len(names) < SEVERAL:
        hint = "Only if the template has several. Enter its name in the template."
        return input_block(ids.START_DESTINATION, label, textbox(typed), hint=hint, optional=True)
    offered = list(dict.fromkeys([*names, *([typed] if typed.strip() else [])]))
    select: Block = {
        "type": "static_select",
        "placeholder": words("Choose a destination"),
        "options": [named_option(name, name) for name in offered[:OPTIONS_MOST]],
        **({"initial_option": named_option(typed, typed)} if typed.strip() else {}),
    }
    hint = "The room's template has several, and 100ms needs to know which one."
    return input_block(ids.START_DESTINATION, label, select, hint=hint, optional=True)


def template_words(template: RoomTemplate) -> str:
    """Describe the template's settings for a hint; empty if they are not known."""
    size = size_of(template)
    length = duration(template.max_duration_s)
    known = [*([size] if size else []), *([f"at most {length}"] if length else [])]
    return f"Its template records {', '.join(known)}." if known else ""


def size_of(template: RoomTemplate) -> str:
    """Return the template's resolution: 720p if it has a name, else in pixels; empty if unknown."""
    if not template.width or not template.height:
        return ""
    for name, size in NAMED_RESOLUTIONS.items():
        if (size.width, size.height) == (template.width, template.height):
            return name
    return f"{template.width} × {template.height}"


def _video(draft: Draft, template: RoomTemplate) -> Iterator[Block]:
    size = size_of(template)
    names = {**RESOLUTION_NAMES, "template": f"{AS_TEMPLATE}: {size}" if size else AS_TEMPLATE}
    yield input_block(
        ids.START_RESOLUTION,
        LABELS[ids.START_RESOLUTION],
        pick(names, draft.resolution),
        redraws=True,
    )
    if "width" in applies(draft):
        yield input_block(
            ids.START_WIDTH, "Width in pixels", whole_number(draft.width, placeholder="1280")
        )
        yield input_block(
            ids.START_HEIGHT,
            "Height in pixels",
            whole_number(draft.height, placeholder="720"),
            hint=f"Smaller side {SHORT_SIDE_PX[0]} to {SHORT_SIDE_PX[1]}, "
            f"larger side {LONG_SIDE_PX[0]} to {LONG_SIDE_PX[1]}.",
        )


def _transcript(draft: Draft) -> Iterator[Block]:
    on = "output_modes" in applies(draft)
    yield input_block(
        ids.START_TRANSCRIPTION,
        LABELS[ids.START_TRANSCRIPTION],
        pick(SWITCH_NAMES, draft.transcription),
        hint="" if on else "Turn on the transcript to choose its files and the summary.",
        redraws=True,
    )
    if on:
        yield input_block(
            ids.START_OUTPUT_MODES,
            LABELS[ids.START_OUTPUT_MODES],
            ticks(FILE_NAMES, draft.output_modes),
            hint="Leave empty to use the template's formats.",
            optional=True,
        )
        yield input_block(
            ids.START_VOCABULARY,
            LABELS[ids.START_VOCABULARY],
            textbox(draft.vocabulary, multiline=True),
            hint="Names and terms to get right: one per line, or separated by commas.",
            optional=True,
        )


def _summary(draft: Draft) -> Iterator[Block]:
    yield input_block(
        ids.START_SUMMARY,
        LABELS[ids.START_SUMMARY],
        pick(SWITCH_NAMES, draft.summary),
        redraws=True,
    )
    if "sections" not in applies(draft):
        return
    yield input_block(
        ids.START_CONTEXT,
        LABELS[ids.START_CONTEXT],
        textbox(draft.context, multiline=True),
        hint=f"What the meeting is about, in at most {MAX_CONTEXT_CHARS} characters.",
        optional=True,
    )
    yield input_block(
        ids.START_TEMPERATURE,
        LABELS[ids.START_TEMPERATURE],
        textbox(draft.temperature, placeholder="0.5"),
        hint=f"{TEMPERATURE[0]} keeps to the transcript; {TEMPERATURE[1]} allows freer wording.",
        optional=True,
    )
    yield from _sections(section_rows(draft))


def _sections(rows: tuple[DraftSection, ...]) -> Iterator[Block]:
    single = len(rows) == 1
    for place, row in enumerate(rows, start=1):
        yield input_block(
            ids.numbered(ids.START_SECTION_TITLE, row.id),
            f"{LABELS['sections']} {place}: title",
            textbox(row.title, placeholder="Decisions"),
            hint="Leave it empty to keep the template's sections."
            if single
            else f"At most {MAX_SECTION_TITLE_CHARS} characters.",
            optional=single,
        )
        yield input_block(
            ids.numbered(ids.START_SECTION_FORMAT, row.id),
            f"{LABELS['sections']} {place}: written as",
            pick(FORMAT_NAMES, row.format),
        )
        if not single:
            action = ids.numbered(ids.START_REMOVE_SECTION, row.id)
            remove = button(f"Remove section {place}", action, value=str(row.id))
            yield _row(f"remove.{row.id}", remove)
    if len(rows) < MAX_SECTIONS:
        yield _row("add", button("Add a section", ids.START_ADD_SECTION))


def _row(name: str, element: Block) -> Block:
    return {"type": "actions", "block_id": f"sections.{name}", "elements": [element]}


# ---- Slack's state → draft -------------------------------------------------------------------


def draft_from_state(values: object, base: Draft) -> Draft:
    """Update the draft `base` from the form; fields that are not on the form are kept.

    `values` is `view.state.values`. An absent field was hidden; a null one was emptied. A value
    of an unexpected form leaves the field unchanged.
    """
    state = ViewState(values, lambda field: _action(field, base.generation))
    room_id, room_name = _room(state, base)
    kind = state.choice(ids.START_AUDIO_ONLY, "audio" if base.audio_only else "video", KINDS)
    channel = state.conversation(ids.START_CHANNEL, base.channel)
    preset = state.option(ids.START_PRESET, (base.preset_id, None))[0]
    if preset is not None and storable(preset) != preset:
        preset = base.preset_id
    leaves = [ids.START_UNTIL_EMPTY] if base.until_empty else []
    ticked = state.several(ids.START_OUTPUT_MODES, list(base.output_modes))
    typed = base.model_copy(
        update={
            "preset_id": preset,
            "room_id": room_id,
            "room_name": room_name,
            "channel": channel if channel is None or postable(channel) else base.channel,
            "when_kind": state.choice(ids.START_WHEN_KIND, base.when_kind, WHEN_KINDS),
            "until_empty": bool(state.several(ids.START_UNTIL_EMPTY, leaves)),
            "audio_only": kind == "audio",
            "more": is_expanded(
                base
            ),  # choosing the template's values again does not shorten the form
            "resolution": state.choice(ids.START_RESOLUTION, base.resolution, RESOLUTIONS),
            "transcription": state.choice(ids.START_TRANSCRIPTION, base.transcription, SWITCHES),
            "summary": state.choice(ids.START_SUMMARY, base.summary, SWITCHES),
            "output_modes": tuple(mode for mode in MODES if mode in ticked),
            "sections": _typed_sections(state, base),
            **{field: state.text(field, getattr(base, field)) for field in TYPED_FIELDS},
            ids.START_DESTINATION: _chosen_destination(state, base),
        }
    )
    return still_untouched(base, typed)


def _action(field: str, generation: int) -> str:
    return ids.start_action(field, 0 if field in LASTING else generation)


def _chosen_destination(state: ViewState, base: Draft) -> str:
    """Read the destination from a select if the template's names are known, else from a text."""
    typed = state.text(ids.START_DESTINATION, base.destination)
    chosen = state.option(ids.START_DESTINATION, (base.destination, None))[0]
    if typed != base.destination:
        return typed
    return storable(chosen or "")


def _typed_sections(state: ViewState, base: Draft) -> tuple[DraftSection, ...]:
    """Read the draft's sections only: the state may still have one that was just removed."""
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


def _room(state: ViewState, base: Draft) -> tuple[str | None, str | None]:
    """Return id and name. The option's text may be truncated, so a known longer name is kept."""
    before = (base.room_id, base.room_name)
    room_id, shown = state.option(ids.START_ROOM, before)
    if room_id is None or (room_id, shown) == before:
        return room_id, shown
    if not is_room(room_id):
        return before
    name = base.room_name if room_id == base.room_id else None
    cut = named_option(room_id, name)["text"]["text"] if name else None
    return room_id, name if cut == shown else storable(shown or "")


def is_room(room_id: str | None) -> bool:
    if room_id is None or not 0 < len(room_id) <= OPTION_VALUE_MOST:
        return False
    return storable(room_id) == room_id


def read_options(draft: Draft) -> RecordingOptions | FieldErrors:
    """Return the options, or all errors at once, each at its field."""
    return parse_options(raw_of(draft))
