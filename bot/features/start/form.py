"""The start form: a draft in, a modal out. What does not apply is not there."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_SECTIONS,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
)
from bot.features.options.drafts import Draft, DraftSection, applies, is_expanded, section_rows
from bot.features.presets.ids import SAVE_AS
from bot.ui import ids
from bot.ui.form_blocks import (
    OPTION_VALUE_MOST,
    asked,
    channel_pick,
    dressed,
    named_option,
    pick,
    radio,
    textbox,
    ticks,
    whole_number,
    words,
)
from bot.ui.message import Block, View, actions, button, header, plain_text
from bot.ui.text import plain

AS_TEMPLATE = "As the template"
SWITCH = {"template": AS_TEMPLATE, "on": "On", "off": "Off"}
KINDS = {"video": "Video and audio", "audio": "Audio only"}
FILES = {"txt": "Text (.txt)", "srt": "Subtitles (.srt)", "json": "Timed words (.json)"}
FORMATS = {"bullets": "Bullet points", "paragraph": "Paragraph"}
RESOLUTIONS = {
    "template": AS_TEMPLATE,
    **{
        name: f"{name.capitalize()} ({size.width} × {size.height})"
        for name, size in NAMED_RESOLUTIONS.items()
    },
    "custom": "Custom",
}
_ERROR_MOST = 300
_ERRORS_ON_TOP = 10


def start_form(
    draft: Draft,
    *,
    request_id: str,
    errors: Mapping[str, str] | None = None,
    presets: Mapping[str, str] | None = None,
) -> View:
    """The whole modal. `presets`: id → name.

    `errors` (block id → text) stand under their fields, or on top. They are for the rare view
    that Slack cannot show them in by itself: see `form_input.input_block_ids`.
    """
    more = [*_further(draft), *_save_as()] if is_expanded(draft) else _more()
    asking = [*_preset(draft, presets or {}), *_first(draft), *more]
    blocks = dressed(asking, draft.came, draft.generation)
    return {
        "type": "modal",
        "callback_id": ids.START_FORM,
        "private_metadata": request_id,
        "title": words("Start a recording"),
        "submit": words("Start recording"),
        "close": words("Cancel"),
        "notify_on_close": True,
        "blocks": list(_with_errors(blocks, errors or {})),
    }


def option_blocks(draft: Draft) -> list[Block]:
    """Everything that a preset may hold."""
    return list(dressed([_kind(draft), *_further(draft)], draft.came, draft.generation))


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
    yield asked(ids.START_PRESET, "Preset", select, optional=True, redraws=True)


def _save_as() -> Iterator[Block]:
    yield from actions([button("Save as preset", SAVE_AS)])


def _first(draft: Draft) -> Iterator[Block]:
    """What is asked every time."""
    yield asked(ids.START_ROOM, "Room", _room(draft), hint=_which_room(draft))
    yield _kind(draft)
    yield asked(
        ids.START_CHANNEL,
        "Post to",
        channel_pick(draft.channel),
        hint="Status, video and transcript appear there; if empty, in a direct message to you.",
        optional=True,
    )


def _kind(draft: Draft) -> Block:
    return asked(
        ids.START_AUDIO_ONLY,
        "Record",
        radio(KINDS, "audio" if draft.audio_only else "video"),
        redraws=is_expanded(draft),  # nothing else changes in the short form
    )


def _room(draft: Draft) -> Block:
    chosen = draft.room_id or ""
    known = 0 < len(chosen) <= OPTION_VALUE_MOST
    name = draft.room_name if (draft.room_name or "").strip() else chosen
    return {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": words("Type a part of its name"),
        # Later the focus would jump back up here whenever the form is redrawn.
        **({"focus_on_load": True} if not known and not is_expanded(draft) else {}),
        **({"initial_option": named_option(chosen, name or chosen)} if known else {}),
    }


def _which_room(draft: Draft) -> str:
    if draft.room_id or not draft.room_words:
        return ""
    return f"Choose the room that you mean by “{plain(draft.room_words, 200)}”."


def _more() -> Iterator[Block]:
    yield {
        "type": "section",
        "text": words("Everything else is as the room's template says."),
        "accessory": button(
            "More options",
            ids.START_MORE,
            label="More options: resolution, transcript, summary and others",
        ),
    }


def _further(draft: Draft) -> Iterator[Block]:
    shown = applies(draft)
    if "resolution" in shown:
        yield header("Video")
        yield from _video(draft)
    yield header("Transcript and summary")
    yield from _transcript(draft)
    if "summary" in shown:
        yield from _summary(draft)
    yield header("Page and storage")
    yield asked(
        ids.START_MEETING_URL,
        "Meeting URL",
        textbox(draft.meeting_url, placeholder="https://acme.app.100ms.live/preview/…"),
        hint="Only if the template needs one. It must open in the room without a click.",
        optional=True,
    )
    yield asked(
        ids.START_DESTINATION,
        "Storage destination",
        textbox(draft.destination),
        hint="Its name in the template. Only if the template has several.",
        optional=True,
    )


def _video(draft: Draft) -> Iterator[Block]:
    yield asked(
        ids.START_RESOLUTION, "Resolution", pick(RESOLUTIONS, draft.resolution), redraws=True
    )
    if "width" in applies(draft):
        yield asked(
            ids.START_WIDTH, "Width in pixels", whole_number(draft.width, placeholder="1280")
        )
        yield asked(
            ids.START_HEIGHT,
            "Height in pixels",
            whole_number(draft.height, placeholder="720"),
            hint=f"Smaller side {SHORT_SIDE_PX[0]} to {SHORT_SIDE_PX[1]}, "
            f"larger side {LONG_SIDE_PX[0]} to {LONG_SIDE_PX[1]}.",
        )


def _transcript(draft: Draft) -> Iterator[Block]:
    on = "output_modes" in applies(draft)
    yield asked(
        ids.START_TRANSCRIPTION,
        "Transcript",
        pick(SWITCH, draft.transcription),
        hint="" if on else "Turn it on to choose its files and the summary.",
        redraws=True,
    )
    if on:
        yield asked(
            ids.START_OUTPUT_MODES,
            "Transcript files",
            ticks(FILES, draft.output_modes),
            hint="Tick none to take the template's.",
            optional=True,
        )
        yield asked(
            ids.START_VOCABULARY,
            "Vocabulary",
            textbox(draft.vocabulary, multiline=True),
            hint="Names and terms to get right: one per line, or separated by commas.",
            optional=True,
        )


def _summary(draft: Draft) -> Iterator[Block]:
    yield asked(ids.START_SUMMARY, "Summary", pick(SWITCH, draft.summary), redraws=True)
    if "sections" not in applies(draft):
        return
    yield asked(
        ids.START_CONTEXT,
        "Context for the summary",
        textbox(draft.context, multiline=True),
        hint=f"What the meeting is about, in at most {MAX_CONTEXT_CHARS} characters.",
        optional=True,
    )
    yield asked(
        ids.START_TEMPERATURE,
        "Temperature",
        textbox(draft.temperature, placeholder="0.5"),
        hint=f"{TEMPERATURE[0]} keeps to what was said, {TEMPERATURE[1]} writes more freely.",
        optional=True,
    )
    yield from _sections(section_rows(draft))


def _sections(rows: tuple[DraftSection, ...]) -> Iterator[Block]:
    single = len(rows) == 1
    for place, row in enumerate(rows, start=1):
        yield asked(
            ids.numbered(ids.START_SECTION_TITLE, row.id),
            f"Section {place}: title",
            textbox(row.title, placeholder="Decisions"),
            hint="Leave it empty to keep the template's sections."
            if single
            else f"At most {MAX_SECTION_TITLE_CHARS} characters.",
            optional=single,
        )
        yield asked(
            ids.numbered(ids.START_SECTION_FORMAT, row.id),
            f"Section {place}: written as",
            pick(FORMATS, row.format),
        )
        if not single:
            yield _row(f"remove.{row.id}", _remove_button(place, row))
    if len(rows) < MAX_SECTIONS:
        yield _row("add", button("Add a section", ids.START_ADD_SECTION))


def _remove_button(place: int, row: DraftSection) -> Block:
    return button(
        f"Remove section {place}",
        ids.numbered(ids.START_REMOVE_SECTION, row.id),
        value=str(row.id),
    )


def _row(name: str, element: Block) -> Block:
    return {"type": "actions", "block_id": f"sections.{name}", "elements": [element]}


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
