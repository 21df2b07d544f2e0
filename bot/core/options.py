"""The options of one recording, validated against 100ms' limits field by field.

Source: 100ms docs, api-reference/recordings/start-recording-for-room.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

OutputMode = Literal["txt", "srt", "json"]
SectionFormat = Literal["bullets", "paragraph"]

MAX_CONTEXT_CHARS = 300
MAX_SECTIONS = 6
MAX_SECTION_TITLE_CHARS = 100
MAX_URL_CHARS = 2000
MAX_DESTINATION_CHARS = 255
MAX_VOCABULARY = 500  # ours: 100ms documents no limit; about as many as fit in a Slack text field
SHORT_SIDE_PX = (144, 1080)
LONG_SIDE_PX = (192, 1920)
TEMPERATURE = (0.1, 1.0)


class Conflict(ValueError):
    """Two options exclude each other. `field` is the one to change or leave out."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Resolution(_Frozen):
    """Width and height in pixels; portrait is allowed."""

    width: int
    height: int

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        short, long = sorted((self.width, self.height))
        if not SHORT_SIDE_PX[0] <= short <= SHORT_SIDE_PX[1]:
            raise ValueError(
                f"The smaller side must be {SHORT_SIDE_PX[0]} to {SHORT_SIDE_PX[1]} pixels."
            )
        if not LONG_SIDE_PX[0] <= long <= LONG_SIDE_PX[1]:
            raise ValueError(
                f"The larger side must be {LONG_SIDE_PX[0]} to {LONG_SIDE_PX[1]} pixels."
            )
        return self

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


NAMED_RESOLUTIONS: dict[str, Resolution] = {
    "720p": Resolution(width=1280, height=720),
    "1080p": Resolution(width=1920, height=1080),
    "portrait": Resolution(width=720, height=1280),
}


class Section(_Frozen):
    """One section of the summary."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SECTION_TITLE_CHARS)]
    format: SectionFormat


class RecordingOptions(_Frozen):
    """One recording's options. `None` and empty mean *as in the template* and are not sent.

    Vocabulary, output modes and all summary options need transcription, so setting any of them
    turns it on, even `summary=False`, because 100ms' API has no other way to send that. Sections,
    context or temperature turn the summary on.
    """

    meeting_url: str | None = Field(default=None, max_length=MAX_URL_CHARS)
    resolution: Resolution | None = None
    audio_only: bool = False
    destination: str | None = Field(default=None, min_length=1, max_length=MAX_DESTINATION_CHARS)
    transcription: bool | None = None
    output_modes: tuple[OutputMode, ...] = ()
    vocabulary: tuple[str, ...] = Field(default=(), max_length=MAX_VOCABULARY)
    summary: bool | None = None
    context: str | None = Field(default=None, min_length=1, max_length=MAX_CONTEXT_CHARS)
    temperature: float | None = Field(default=None, ge=TEMPERATURE[0], le=TEMPERATURE[1])
    sections: tuple[Section, ...] = Field(default=(), max_length=MAX_SECTIONS)

    @field_validator("meeting_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in url):
            raise ValueError("The meeting URL must be a full web address, such as https://….")
        return url

    @model_validator(mode="before")
    @classmethod
    def _imply(cls, data: object) -> object:
        """Turn a feature on if its details are set, unless it was turned off explicitly."""
        if not isinstance(data, dict):
            return data
        if data.get("summary") is None and any(
            data.get(k) not in (None, (), [], "") for k in ("context", "temperature", "sections")
        ):
            data = {**data, "summary": True}
        if data.get("transcription") is None and (
            data.get("summary") is not None
            or any(data.get(k) not in (None, (), [], "") for k in ("output_modes", "vocabulary"))
        ):
            data = {**data, "transcription": True}
        return data

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.audio_only and self.resolution:
            raise Conflict(
                "audio_only",
                "An audio-only recording has no resolution. Leave out one of them.",
            )
        if self.transcription is False and (self.summary or self.output_modes or self.vocabulary):
            raise Conflict(
                "transcription",
                "The summary, transcript files and vocabulary need the transcript. "
                "Turn the transcript on or leave them out.",
            )
        if self.summary is False and (
            self.context or self.sections or self.temperature is not None
        ):
            raise Conflict(
                "summary",
                "Context, temperature and sections belong to the summary. "
                "Turn the summary on or leave them out.",
            )
        return self


AS_TEMPLATE = RecordingOptions()  # nothing is set


@dataclass(frozen=True, slots=True)
class RoomTemplate:
    """`records`: whether composite recording is on; None if 100ms does not say."""

    records: bool | None = None
    width: int | None = None
    height: int | None = None
    max_duration_s: float | None = None
    destinations: tuple[str, ...] = ()
