"""The files of a recording, and the state of its transcript. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.facts import AssetSeen, Fact, GaveUp, ResultsChecked, TranscriptionReported
from bot.core.options import RecordingOptions, SectionFormat

VIDEO_TYPES = frozenset({"room-composite", "room-composite-legacy"})


class Transcription(StrEnum):
    """The state of the transcript. `MAYBE`: the template decides, and its choice is not known."""

    OFF = "off"
    MAYBE = "maybe"
    EXPECTED = "expected"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    GIVEN_UP = "given_up"

    @property
    def settled(self) -> bool:
        """100ms will not change this state: the files can be read now."""
        return self in (Transcription.READY, Transcription.FAILED)

    @property
    def pending(self) -> bool:
        return self in (Transcription.MAYBE, Transcription.EXPECTED, Transcription.PROCESSING)


@dataclass(frozen=True, slots=True)
class Assets:
    """The best status ever seen of each file: completed over failed over processing."""

    all: tuple[AssetSeen, ...] = ()

    @property
    def video(self) -> AssetSeen | None:
        return next(
            (a for a in self.all if a.type in VIDEO_TYPES and a.status == "completed"), None
        )

    @property
    def chat(self) -> AssetSeen | None:
        return next((a for a in self.all if a.type == "chat" and a.status == "completed"), None)

    @property
    def summary(self) -> AssetSeen | None:
        return next((a for a in self.all if a.type == "summary"), None)

    def transcript(self, mode: str) -> AssetSeen | None:
        """The completed transcript in this format."""
        found = (a for a in self.transcripts if a.mode == mode and a.status == "completed")
        return next(found, None)

    @property
    def transcripts(self) -> tuple[AssetSeen, ...]:
        return tuple(a for a in self.all if a.type == "transcript")

    @property
    def best_transcript(self) -> AssetSeen | None:
        """The completed transcript in the format that is easiest to read."""
        return next(iter(self.readable_transcripts), None)

    @property
    def readable_transcripts(self) -> tuple[AssetSeen, ...]:
        """The completed transcripts, the format that is easiest to read first."""
        found = (self.transcript("txt"), self.transcript("srt"), self.transcript("json"))
        return tuple(asset for asset in found if asset is not None)

    @property
    def timed_transcript(self) -> AssetSeen | None:
        """The transcript with the most detail for search: json has speakers, txt has no times."""
        return self.transcript("json") or self.transcript("srt") or self.transcript("txt")


_BEST = {"processing": 0, "failed": 1, "completed": 2}


def assets_of(facts: Iterable[Fact]) -> Assets:
    best: dict[str, AssetSeen] = {}
    for seen in (f for f in facts if isinstance(f, AssetSeen)):
        known = best.get(seen.asset_id)
        if known is None or _BEST[seen.status] >= _BEST[known.status]:
            best[seen.asset_id] = seen
    return Assets(tuple(sorted(best.values(), key=lambda a: (a.type, a.mode or "", a.asset_id))))


def transcription_of(
    options: RecordingOptions, assets: Assets, facts: Iterable[Fact], *, elsewhere: bool
) -> Transcription:
    """The state of the transcript. `elsewhere`: its options are unknown to us."""
    log = tuple(facts)
    reported = {f.outcome for f in log if isinstance(f, TranscriptionReported)}
    checked = [f for f in log if isinstance(f, ResultsChecked)]
    wanted = None if elsewhere else options.transcription
    if checked and not checked[-1].partial:
        found = checked[-1].text != "none" or checked[-1].digest != "none"
        return Transcription.READY if found else Transcription.FAILED
    if any(f.on == "results" for f in log if isinstance(f, GaveUp)):
        return Transcription.GIVEN_UP
    if "success" in reported or _all_settled(options, assets):
        return Transcription.READY
    if "failure" in reported or _all_failed(assets):
        return Transcription.FAILED
    if any(f.on == "transcript" for f in log if isinstance(f, GaveUp)):
        return Transcription.OFF if wanted is None and not reported else Transcription.GIVEN_UP
    if "started" in reported or assets.transcripts:
        return Transcription.PROCESSING
    if wanted is None:
        return Transcription.MAYBE
    return Transcription.EXPECTED if wanted else Transcription.OFF


def _all_settled(options: RecordingOptions, assets: Assets) -> bool:
    """Whether 100ms is done, by the files alone: none is processing, each requested one exists."""
    files = [*assets.transcripts, *([assets.summary] if assets.summary else [])]
    if not assets.best_transcript or any(a.status == "processing" for a in files):
        return False
    return assets.summary is not None or options.summary is not True


def _all_failed(assets: Assets) -> bool:
    return bool(assets.transcripts) and all(a.status == "failed" for a in assets.transcripts)


@dataclass(frozen=True, slots=True)
class SummarySection:
    """One section of the summary, as 100ms wrote it: user text, not escaped.

    `format` names the field to show, `bullets` or `paragraph`; that one is never empty.
    """

    title: str
    format: SectionFormat
    bullets: tuple[str, ...] = ()
    paragraph: str = ""
