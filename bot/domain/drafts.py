"""A half-filled start form: what was typed, as it was typed, right or wrong."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.options import (
    NAMED_RESOLUTIONS,
    OutputMode,
    RecordingOptions,
    SectionFormat,
)

Switch = Literal["template", "on", "off"]
ResolutionChoice = Literal["template", "720p", "1080p", "portrait", "custom"]


class DraftSection(BaseModel):
    """`id` is stable for the life of the draft, so that adding and removing keeps what was typed."""

    model_config = ConfigDict(frozen=True)

    id: int
    title: str = ""
    format: SectionFormat = "bullets"


class Draft(BaseModel):
    """Text fields hold what the person typed. `channel` is where to post; None: to the person."""

    model_config = ConfigDict(frozen=True)

    room_id: str | None = None
    room_name: str | None = None
    channel: str | None = None
    audio_only: bool = False
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
    sections: tuple[DraftSection, ...] = ()


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
            "temperature": "" if options.temperature is None else f"{options.temperature:g}",
            "sections": [
                {"id": i, "title": s.title, "format": s.format}
                for i, s in enumerate(options.sections)
            ],
        }
    )
