"""A draft of the start form: the values as typed, valid or not."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.core.options import MAX_SECTIONS, OutputMode, RecordingOptions, SectionFormat
from bot.features.options.table import (
    CUSTOM,
    OPTIONS,
    Raw,
    section_ids,
    with_switches,
    write_options,
)
from bot.features.options.values import FORMATS, MODES, ON, mode_words
from bot.kit.typed_text import storable
from bot.ui import ids

Switch = Literal["template", "on", "off"]
ResolutionChoice = Literal["template", "720p", "1080p", "portrait", "custom"]
SWITCHES: tuple[Switch, ...] = get_args(Switch)
RESOLUTIONS: tuple[ResolutionChoice, ...] = get_args(ResolutionChoice)
WhenKind = Literal["now", "once", "repeat", "session"]  # session: every session of the room
WHEN_KINDS: tuple[WhenKind, ...] = get_args(WhenKind)
T = TypeVar("T", bound=str)


class DraftSection(BaseModel):
    """A summary section. `id` is stable, so adding and removing others keeps the typed text."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[int, Field(ge=0)]
    title: str = ""
    format: SectionFormat = "bullets"


class Draft(BaseModel):
    """A partly filled form. `channel` is where to post; None: to the person.

    Text fields have the text as typed. `more`: the person opened the further options.
    `room_words`: the typed name of a room that is still to be chosen. `next_section_id` prevents
    the reuse of a removed section's id. `came`: the source of the values of untouched fields.
    `generation` counts the presets applied, so that Slack redraws the fields. `editing` is the
    preset being edited, and `preset_name` its new name.
    """

    model_config = ConfigDict(frozen=True)

    room_id: str | None = None
    room_name: str | None = None
    room_words: str = ""
    channel: str | None = None
    when_kind: WhenKind = "now"
    when: str = ""
    stop_after: str = ""
    least_people: str = ""
    until_empty: bool = True
    audio_only: bool = False
    more: bool = False
    resolution: ResolutionChoice = "template"
    width: str = ""
    height: str = ""
    meeting_url: str = ""
    destination: str = ""
    transcription: Switch = "template"
    output_modes: tuple[OutputMode, ...] = ()
    vocabulary: str = ""
    summary: Switch = "template"
    context: str = ""
    temperature: str = ""
    sections: Annotated[tuple[DraftSection, ...], Field(max_length=MAX_SECTIONS)] = ()
    next_section_id: int = 1
    preset_id: str | None = None
    editing: str | None = None
    preset_name: str = ""
    came: dict[str, str] = {}
    generation: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _sections_differ(self) -> Self:
        if len({s.id for s in self.sections}) < len(self.sections):
            raise ValueError("Two sections have the same id.")
        return self


OPTION_FIELDS = tuple(
    field for o in OPTIONS for field in (o.field, *o.inputs) if field in Draft.model_fields
)
FURTHER_FIELDS = tuple(field for field in OPTION_FIELDS if field != ids.START_AUDIO_ONLY)
TYPED_FIELDS = (
    ids.START_WIDTH,
    ids.START_HEIGHT,
    ids.START_VOCABULARY,
    ids.START_CONTEXT,
    ids.START_TEMPERATURE,
    ids.START_MEETING_URL,
    ids.START_DESTINATION,
    ids.START_WHEN,
    ids.START_STOP_AFTER,
    ids.START_LEAST_PEOPLE,
)


def is_expanded(draft: Draft) -> bool:
    """Whether the further options are shown, as they are if one of them is set."""
    return draft.more or any(
        getattr(draft, name) != Draft.model_fields[name].default for name in FURTHER_FIELDS
    )


def applies(draft: Draft) -> frozenset[str]:
    """Return the fields that apply to these choices; only they are shown, validated and sent.

    The summary applies only with the transcript on: 100ms has no summary without a transcript.
    """
    fields = {"room_id", "channel", ids.START_AUDIO_ONLY, ids.START_WHEN_KIND}
    match draft.when_kind:
        case "session":
            fields |= {ids.START_LEAST_PEOPLE, ids.START_UNTIL_EMPTY}
        case "now":
            fields.add(ids.START_STOP_AFTER)
        case _:
            fields |= {ids.START_WHEN, ids.START_STOP_AFTER}
    if not is_expanded(draft):
        return frozenset(fields)
    for option in OPTIONS:  # a switch comes before what needs it
        needs, excluded_by = option.needs, option.excluded_by
        if needs and (needs not in fields or getattr(draft, needs) != ON):
            continue
        if not (excluded_by and getattr(draft, excluded_by)):
            fields.add(option.field)
    if ids.START_RESOLUTION in fields and draft.resolution == CUSTOM:
        fields |= {ids.START_WIDTH, ids.START_HEIGHT}
    return frozenset(fields)


def raw_of(draft: Draft) -> dict[str, str]:
    """Return the values that `applies` selects, so that every error is at a visible input."""
    shown = applies(draft)
    raw = {name: text for name in TYPED_FIELDS if name in shown and (text := getattr(draft, name))}
    for name in (ids.START_RESOLUTION, ids.START_TRANSCRIPTION, ids.START_SUMMARY):
        choice: str = getattr(draft, name)
        if name in shown and choice != "template":
            raw[name] = choice
    if draft.audio_only:
        raw[ids.START_AUDIO_ONLY] = ON
    if ids.START_OUTPUT_MODES in shown and draft.output_modes:
        raw[ids.START_OUTPUT_MODES] = ",".join(draft.output_modes)
    rows = section_rows(draft)
    if "sections" in shown and not (len(rows) == 1 and not rows[0].title.strip()):
        for row in rows:
            raw[ids.numbered(ids.START_SECTION_TITLE, row.id)] = row.title
            raw[ids.numbered(ids.START_SECTION_FORMAT, row.id)] = row.format
    return raw


def draft_of_raw(
    raw: Raw,
    *,
    room_id: str | None = None,
    room_name: str | None = None,
    channel: str | None = None,
) -> Draft:
    """Build a draft from raw values: texts as typed, valid or not; choices only if known."""
    said = {field: storable(text) for field, text in with_switches(raw).items()}
    sections = tuple(
        DraftSection(id=n, title=said[title], format=_known(said.get(form), FORMATS, FORMATS[0]))
        for n, (title, form) in enumerate(section_ids(said)[:MAX_SECTIONS])
    )
    typed = {name: said.get(name, "") for name in TYPED_FIELDS}
    return Draft(
        room_id=room_id,
        room_name=room_name,
        channel=channel,
        audio_only=said.get(ids.START_AUDIO_ONLY) == ON,
        resolution=_known(said.get(ids.START_RESOLUTION), RESOLUTIONS, RESOLUTIONS[0]),
        transcription=_known(said.get(ids.START_TRANSCRIPTION), SWITCHES, SWITCHES[0]),
        summary=_known(said.get(ids.START_SUMMARY), SWITCHES, SWITCHES[0]),
        output_modes=tuple(dict.fromkeys(_modes(said))),
        sections=sections,
        next_section_id=len(sections) + 1,
    ).model_copy(update=typed)


def _modes(raw: Raw) -> Iterator[OutputMode]:
    for word in mode_words(raw.get(ids.START_OUTPUT_MODES, "")):
        yield from (mode for mode in MODES if mode == word)


def _known(text: str | None, choices: tuple[T, ...], otherwise: T) -> T:
    return next((choice for choice in choices if choice == text), otherwise)


def section_rows(draft: Draft) -> tuple[DraftSection, ...]:
    """Return the sections to show, at least one. A single untitled one keeps the template's."""
    return draft.sections or (DraftSection(id=0),)


def add_section(draft: Draft) -> Draft:
    """Append an empty section, unless the maximum is reached."""
    rows = section_rows(draft)
    if len(rows) >= MAX_SECTIONS:
        return draft
    new = max(draft.next_section_id, *(row.id + 1 for row in rows))
    return draft.model_copy(
        update={"sections": (*rows, DraftSection(id=new)), "next_section_id": new + 1}
    )


def remove_section(draft: Draft, section_id: int) -> Draft:
    """Remove a section, unless it is the only one or already gone."""
    rows = section_rows(draft)
    left = tuple(row for row in rows if row.id != section_id)
    if not left or len(left) == len(rows):
        return draft
    used = max(draft.next_section_id, *(row.id + 1 for row in rows))
    return draft.model_copy(update={"sections": left, "next_section_id": used})


def show_more(draft: Draft) -> Draft:
    """Show the further options, for good: filled-in values stay visible."""
    return draft.model_copy(update={"more": True})


def with_options(draft: Draft, options: RecordingOptions, came_from: str) -> Draft:
    """Replace the draft's options, and note where the new values came from."""
    filled = draft_of(options)
    values = {name: getattr(filled, name) for name in OPTION_FIELDS}
    came = {n: came_from for n in OPTION_FIELDS if values[n] != Draft.model_fields[n].default}
    kept = {n: words for n, words in draft.came.items() if n not in OPTION_FIELDS}
    again = {"generation": draft.generation + 1, "next_section_id": len(filled.sections) + 1}
    return draft.model_copy(update={**values, **again, "came": kept | came})


def still_untouched(before: Draft, after: Draft) -> Draft:
    """Clear the source of the fields that the person has changed."""
    came = {n: w for n, w in before.came.items() if getattr(before, n) == getattr(after, n)}
    return after.model_copy(update={"came": came})


def draft_of(
    options: RecordingOptions,
    *,
    room_id: str | None = None,
    room_name: str | None = None,
    channel: str | None = None,
) -> Draft:
    """Build a draft from options."""
    raw = write_options(options)
    return draft_of_raw(raw, room_id=room_id, room_name=room_name, channel=channel)
