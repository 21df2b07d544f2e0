"""Which options of `/record start` stand: each by itself, and all of them together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bot.core.options import RecordingOptions
from bot.features.options.command_options import PRESET, Option
from bot.features.options.values import Bad, Good


def judge(option: Option, text: str) -> Good | Bad:
    """The value of an option, or why not and the nearest value that is accepted."""
    if not text.strip():
        return Bad(f"--{option.name} needs a value.")
    read = option.read(text)
    if isinstance(read, Good):
        reason = _refusal_of_one(option, read.value)
        if reason is None:
            return read
        read = Bad(reason, option.repair(read.value))
    usable = read.repaired is not None and _refusal_of_one(option, read.repaired) is None
    return Bad(read.reason, read.repaired if usable else None)


def _refusal_of_one(option: Option, value: object) -> str | None:
    return refusal(option, (value,) if option.repeatable else value)


def refusal(option: Option, field_value: object) -> str | None:
    """Why this value of the option's field is not accepted by itself, in a sentence, or None."""
    if option.field == PRESET:
        return None
    try:
        RecordingOptions.model_validate({option.field: field_value})
    except ValidationError as e:
        return _sentence(e) or option.rule
    return None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Options that exclude each other. The one that records less stands."""

    applies: Callable[[Mapping[str, object]], bool]
    given_up: tuple[str, ...]
    accepted: str


CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        lambda o: bool(o.get("audio_only") and o.get("resolution")),
        ("resolution",),
        "Give --audio or --res, not both.",
    ),
    Conflict(
        lambda o: o.get("transcription") is False,
        ("summary", "output_modes", "vocabulary", "context", "temperature", "sections"),
        "Give --no-transcript alone, or leave it out.",
    ),
    Conflict(
        lambda o: o.get("summary") is False,
        ("context", "temperature", "sections"),
        "Give --no-summary alone, or leave it out.",
    ),
)


def combine(values: Mapping[str, object]) -> tuple[RecordingOptions, list[tuple[str, str]]]:
    """The options together, and (reason, accepted) for each conflict that was settled."""
    settled: list[tuple[str, str]] = []
    left = dict(values)
    for conflict in CONFLICTS:
        try:
            return RecordingOptions.model_validate(left), settled
        except ValidationError as e:
            reason = _sentence(e) or "These options cannot be combined."
        if conflict.applies(left):
            settled.append((reason, conflict.accepted))
            left = {k: value for k, value in left.items() if k not in conflict.given_up}
    return RecordingOptions.model_validate(left), settled


def _sentence(error: ValidationError) -> str | None:
    """Our own words, where the validator that refused has some."""
    first = error.errors()[0]
    return str(first["ctx"]["error"]) if first["type"] == "value_error" else None


_OF_TRANSCRIPT = {"summary", "output_modes", "vocabulary", "context", "temperature", "sections"}


_OF_SUMMARY = {"context", "temperature", "sections"}


def laid_over(base: RecordingOptions, over: RecordingOptions) -> RecordingOptions:
    """`base` with what `over` says; where the two exclude each other, `over` stands."""
    said = over.model_dump(exclude_defaults=True)
    given_up: set[str] = set()
    if over.audio_only:
        given_up.add("resolution")
    if over.resolution:
        given_up.add("audio_only")
    if over.transcription is False:
        given_up |= _OF_TRANSCRIPT
    if over.summary is False:
        given_up |= _OF_SUMMARY
    kept = base.model_dump(exclude_defaults=True, exclude=given_up)
    return RecordingOptions.model_validate(kept | said)
