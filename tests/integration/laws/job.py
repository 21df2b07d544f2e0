"""A recording at 100ms: its life is a function of the time."""

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.core.facts import HmsStatus
from bot.core.options import RecordingOptions

Speech = Literal["fine", "failed", "partial", "stuck", "empty"]
"""What comes of the transcript: all of it, nothing, no summary, a summary that is being made for
ever, or nobody spoke."""

STARTING_S, STOPPING_S, UPLOAD_S, TRANSCRIBING_FROM_S = 4, 2, 20, 5
WORDS = b"Ana: hello there everyone\n\nTom: good morning\n"
SUMMARY = b'{"summary":{"sections":[{"title":"Agenda","format":"bullets","bullets":["ship it"]}]}}'
ALONE_S = 300.0
BUSY = ("starting", "running", "stopping")


@dataclass
class Job:
    """One recording at 100ms. Times are seconds of the simulation."""

    id: str
    room_id: str
    options: RecordingOptions
    created_s: float
    ours: bool
    speech: Speech
    transcribed: bool
    fails: str | None = None
    stopped_s: float | None = None
    reason: str = ""
    stop_calls: int = 0
    pauses: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def began_s(self) -> float:
        return self.created_s + STARTING_S

    @property
    def done_s(self) -> float | None:
        return None if self.stopped_s is None else self.stopped_s + STOPPING_S + UPLOAD_S

    @property
    def duration_s(self) -> float:
        return max(0.0, (self.stopped_s or self.began_s) - self.began_s)

    @property
    def transcribed_s(self) -> float | None:
        done, stopped = self.done_s, self.stopped_s
        if done is None or stopped is None:
            return None
        return stopped + max(300.0, 0.2 * self.duration_s) + UPLOAD_S

    def status(self, now_s: float) -> HmsStatus:
        if now_s < self.began_s:
            return "starting" if self.stopped_s is None else "stopping"
        never_began = self.stopped_s is not None and self.stopped_s < self.began_s
        if never_began or self.fails == "MAX_RETRIES_REACHED":
            return "failed"
        if self.stopped_s is None:
            return "running"
        if now_s < self.stopped_s + STOPPING_S:
            return "stopping"
        if now_s < self.stopped_s + STOPPING_S + UPLOAD_S:
            return "post_processing"
        return "failed" if self.fails else "completed"

    def assets(self, now_s: float) -> list[dict[str, Any]]:
        if self.status(now_s) != "completed":
            return []
        found: list[dict[str, Any]] = [
            {"id": f"{self.id}-video", "type": "room-composite", "status": "completed"},
            {"id": f"{self.id}-chat", "type": "chat", "status": "completed"},
        ]
        found[0]["duration"] = self.duration_s
        if self.transcribed:
            for kind, mode in (("transcript", "txt"), ("transcript", "srt"), ("summary", "json")):
                state = self._speech_state(kind, now_s)
                one: dict[str, Any] = {
                    "id": f"{self.id}-{kind}-{mode}",
                    "type": kind,
                    "status": state,
                }
                found.append({**one, "metadata": {"output_mode": mode}})
        return found

    def _speech_state(self, kind: str, now_s: float) -> str:
        if now_s < (self.transcribed_s or 0):
            return "processing"
        if kind == "summary" and self.speech in ("partial", "stuck", "empty"):
            return "processing" if self.speech == "stuck" else "failed"
        return "failed" if self.speech == "failed" else "completed"
