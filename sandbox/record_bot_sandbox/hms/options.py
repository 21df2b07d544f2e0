"""The body of a start call, with its limits.

Docs: api-reference/recordings/start-recording-for-room.
Unknown fields are refused, so that a misspelt one cannot pass unnoticed.
"""

import json
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from record_bot_sandbox.hms.errors import ApiError, invalid_input

OutputMode = Literal["txt", "srt", "json"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Section(_Strict):
    title: Annotated[str, Field(min_length=1, max_length=100)]
    format: Literal["bullets", "paragraph"]


DEFAULT_SECTIONS = [
    Section(title="Agenda", format="bullets"),
    Section(title="Key Points Discussed", format="bullets"),
    Section(title="Follow Up Action Items", format="bullets"),
    Section(title="Short Summary", format="paragraph"),
]


class Summary(_Strict):
    enabled: bool = False
    context: Annotated[str, Field(max_length=300)] = ""
    temperature: Annotated[float, Field(ge=0.1, le=1.0)] = 0.5
    sections: Annotated[list[Section], Field(max_length=6)] = []


class Transcription(_Strict):
    enabled: bool = False
    output_modes: list[OutputMode] = []
    custom_vocabulary: list[str] = []
    summary: Summary = Summary()

    @field_validator("output_modes")
    @classmethod
    def _no_mode_twice(cls, modes: list[OutputMode]) -> list[OutputMode]:
        if len(set(modes)) != len(modes):
            raise ValueError("each output mode may be given once")
        return modes


class Resolution(_Strict):
    width: int
    height: int

    @model_validator(mode="after")
    def _within_limits(self) -> "Resolution":
        small, large = sorted((self.width, self.height))
        if not (144 <= small <= 1080 and 192 <= large <= 1920):
            raise ValueError("resolution is out of range")
        return self


class StartBody(_Strict):
    meeting_url: str | None = None
    resolution: Resolution | None = None
    audio_only: bool = False
    destination: str | None = None
    transcription: Transcription | None = None

    @field_validator("meeting_url")
    @classmethod
    def _a_web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("meeting_url is not a URL")
        return url


def parse_json(raw: bytes) -> dict[str, object]:
    """The JSON object in a request body, or the error that 100ms gives for it."""
    if not raw.strip():
        raise ApiError(400, "request body must not be empty")
    try:
        value = json.loads(raw)
    except json.JSONDecodeError as error:
        message = f"request body contains badly-formed JSON (at position {error.pos + 1})"
        raise ApiError(400, message) from None
    except UnicodeDecodeError:
        raise ApiError(400, "request body contains badly-formed JSON (at position 1)") from None
    if not isinstance(value, dict):
        raise invalid_input("body: must be an object")
    return value


def parse_start(raw: bytes) -> StartBody:
    body = parse_json(raw)
    try:
        return StartBody.model_validate(body)
    except ValidationError as error:
        raise invalid_input(*explain(error)) from None


def explain(error: ValidationError) -> list[str]:
    """One line for each field that is wrong."""
    return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
