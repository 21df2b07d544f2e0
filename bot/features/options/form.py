"""The start form: a draft in, a modal out. It shows only the fields that apply."""

from collections.abc import Iterator

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
from bot.ui import ids
from bot.ui.forms import asked, dressed, pick, radio, textbox, ticks, whole_number
from bot.ui.message import Block, button, header

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


def option_blocks(draft: Draft) -> list[Block]:
    """Everything that a preset may hold."""
    return list(dressed([_kind(draft), *_further(draft)], draft.came, draft.generation))


def _kind(draft: Draft) -> Block:
    return asked(
        ids.START_AUDIO_ONLY,
        "Record",
        radio(KINDS, "audio" if draft.audio_only else "video"),
        redraws=is_expanded(draft),  # nothing else changes in the short form
    )


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
        hint="Only if the template needs one. It must join the room without a click.",
        optional=True,
    )
    yield asked(
        ids.START_DESTINATION,
        "Storage destination",
        textbox(draft.destination),
        hint="Only if the template has several. Enter its name in the template.",
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
        hint="" if on else "Turn on the transcript to choose its files and the summary.",
        redraws=True,
    )
    if on:
        yield asked(
            ids.START_OUTPUT_MODES,
            "Transcript files",
            ticks(FILES, draft.output_modes),
            hint="Leave empty to use the template's formats.",
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
        hint=f"{TEMPERATURE[0]} keeps to the transcript; {TEMPERATURE[1]} allows freer wording.",
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
