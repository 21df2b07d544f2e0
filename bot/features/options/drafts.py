"""A half-filled start form: what was typed, as it was typed, right or wrong."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.core.options import (
    MAX_SECTIONS,
    NAMED_RESOLUTIONS,
    OutputMode,
    RecordingOptions,
    SectionFormat,
)

Switch = Literal["template", "on", "off"]
ResolutionChoice = Literal["template", "720p", "1080p", "portrait", "custom"]


class DraftSection(BaseModel):
    """`id` is stable for the life of the draft: adding and removing keeps what was typed."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[int, Field(ge=0)]
    title: str = ""
    format: SectionFormat = "bullets"


class Draft(BaseModel):
    """Text fields hold what the person typed. `channel` is where to post; None: to the person.

    `more` means that the further options were asked for; `room_words` is what they called a room
    that is still to be chosen; `next_section_id` keeps the id of a removed section from being
    given to a new one. `came` says of fields that nobody has touched where their values are from;
    `generation` counts how often a preset has replaced them, so that Slack shows them anew.
    `editing` is the preset that is edited, under the name `preset_name`.
    """

    model_config = ConfigDict(frozen=True)

    room_id: str | None = None
    room_name: str | None = None
    room_words: str = ""
    channel: str | None = None
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


FURTHER_FIELDS = (
    "resolution",
    "width",
    "height",
    "transcription",
    "output_modes",
    "vocabulary",
    "summary",
    "context",
    "temperature",
    "sections",
    "meeting_url",
    "destination",
)


def is_expanded(draft: Draft) -> bool:
    """Whether the further options are shown: never is one in force that the person cannot see."""
    return draft.more or any(
        getattr(draft, name) != Draft.model_fields[name].default for name in FURTHER_FIELDS
    )


def applies(draft: Draft) -> frozenset[str]:
    """The fields that matter with these choices: what is shown, and only that, is checked and sent.

    The summary waits for the transcript to be on: 100ms cannot be told of it without.
    """
    fields = {"room_id", "audio_only", "channel"}
    if not is_expanded(draft):
        return frozenset(fields)
    fields |= {"transcription", "meeting_url", "destination"}
    if not draft.audio_only:
        fields.add("resolution")
        if draft.resolution == "custom":
            fields |= {"width", "height"}
    if draft.transcription == "on":
        fields |= {"output_modes", "vocabulary", "summary"}
        if draft.summary == "on":
            fields |= {"context", "temperature", "sections"}
    return frozenset(fields)


def section_rows(draft: Draft) -> tuple[DraftSection, ...]:
    """The sections to show: at least one. A single one without a title leaves the template's."""
    return draft.sections or (DraftSection(id=0),)


def add_section(draft: Draft) -> Draft:
    """One more empty section at the end; unchanged when there are as many as may be."""
    rows = section_rows(draft)
    if len(rows) >= MAX_SECTIONS:
        return draft
    new = max(draft.next_section_id, *(row.id + 1 for row in rows))
    return draft.model_copy(
        update={"sections": (*rows, DraftSection(id=new)), "next_section_id": new + 1}
    )


def remove_section(draft: Draft, section_id: int) -> Draft:
    """Without that section; unchanged when it is the only one, or gone already."""
    rows = section_rows(draft)
    left = tuple(row for row in rows if row.id != section_id)
    if not left or len(left) == len(rows):
        return draft
    used = max(draft.next_section_id, *(row.id + 1 for row in rows))
    return draft.model_copy(update={"sections": left, "next_section_id": used})


def show_more(draft: Draft) -> Draft:
    """With the further options shown. There is no way back: what is filled in stays in sight."""
    return draft.model_copy(update={"more": True})


def with_options(draft: Draft, options: RecordingOptions, came_from: str) -> Draft:
    """The form with these options in place of its own; the fields know where they came from."""
    filled = draft_of(options)
    fields = ("audio_only", *FURTHER_FIELDS)
    values = {name: getattr(filled, name) for name in fields}
    came = {n: came_from for n in fields if values[n] != Draft.model_fields[n].default}
    kept = {n: words for n, words in draft.came.items() if n not in fields}
    again = {"generation": draft.generation + 1, "next_section_id": len(filled.sections) + 1}
    return draft.model_copy(update={**values, **again, "came": kept | came})


def still_untouched(before: Draft, after: Draft) -> Draft:
    """What somebody has changed since is from nowhere else any more."""
    came = {n: w for n, w in before.came.items() if getattr(before, n) == getattr(after, n)}
    return after.model_copy(update={"came": came})


def _switch(value: bool | None) -> Switch:
    return "template" if value is None else ("on" if value else "off")


def draft_of(
    options: RecordingOptions,
    *,
    room_id: str | None = None,
    room_name: str | None = None,
    channel: str | None = None,
) -> Draft:
    """The form filled in with these options."""
    named = next((n for n, r in NAMED_RESOLUTIONS.items() if r == options.resolution), None)
    custom = options.resolution if named is None else None
    choice = named or ("custom" if custom else "template")
    return Draft.model_validate(
        {
            "room_id": room_id,
            "room_name": room_name,
            "channel": channel,
            "audio_only": options.audio_only,
            "resolution": choice,
            "width": str(custom.width) if custom else "",
            "height": str(custom.height) if custom else "",
            "meeting_url": options.meeting_url or "",
            "destination": options.destination or "",
            "transcription": _switch(options.transcription),
            "output_modes": options.output_modes,
            "vocabulary": "\n".join(options.vocabulary),
            "summary": _switch(options.summary),
            "context": options.context or "",
            "temperature": "" if options.temperature is None else str(options.temperature),
            "sections": [
                {"id": i, "title": s.title, "format": s.format}
                for i, s in enumerate(options.sections)
            ],
        }
    )
