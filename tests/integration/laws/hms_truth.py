"""100ms as it is, in memory; and the door to it that the bot goes through."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.core.facts import HmsStatus
from bot.core.options import RecordingOptions
from bot.hms.client import HmsClient
from bot.hms.errors import HmsConflict, HmsForbidden, HmsNotFound, HmsUnauthorized
from bot.hms.errors import HmsUnavailable as Unavailable
from bot.hms.models import Asset, AttendedSession, HmsRecording
from tests.integration.laws.job import (
    ALONE_S,
    BUSY,
    STARTING_S,
    STOPPING_S,
    SUMMARY,
    TRANSCRIBING_FROM_S,
    UPLOAD_S,
    WORDS,
    Job,
    Speech,
)
from tests.integration.laws.replies import Faults, Life, Meter, carried_out

T = TypeVar("T")
Emit = Callable[[str, dict[str, Any]], None]


@dataclass
class HmsTruth:
    """`emit` sends a webhook. `time_s` is the simulation's."""

    time_s: Callable[[], float]
    t0: datetime
    emit: Emit
    speech: Speech = "fine"
    by_template: bool = False  # the template asks for a transcript
    fails: str | None = None
    newest_first: bool = False
    unlisted: bool = False  # its list of all rooms is empty
    pending: int = 0  # changes still to come
    ended: set[str] = field(default_factory=set)
    jobs: dict[str, Job] = field(default_factory=dict)
    start_calls: list[tuple[float, str]] = field(default_factory=list)  # when, for which room
    said: list[tuple[str, str]] = field(default_factory=list)  # in which room's chat, what
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def busy(self, room_id: str) -> Job | None:
        there = (j for j in self.jobs.values() if j.room_id == room_id)
        return next((j for j in there if j.status(self.time_s()) in BUSY), None)

    def start(self, room_id: str, options: RecordingOptions, *, ours: bool) -> Job:
        if self.busy(room_id):
            raise HmsConflict(409, "beam already started")
        wanted = options.transcription
        job = Job(
            id=f"job{next(self._numbers)}",
            room_id=room_id,
            options=options,
            created_s=self.time_s(),
            ours=ours,
            speech=self.speech,
            transcribed=self.by_template if wanted is None else wanted,
            fails=self.fails,
        )
        self.jobs[job.id] = job
        self._later(STARTING_S, lambda: self._begin(job))
        if room_id in self.ended:
            self._later(ALONE_S, lambda: self.end_room(room_id))
        return job

    def stop(self, job_id: str, reason: str = "client request") -> Job:
        job = self.job(job_id)
        job.stop_calls += 1
        now_s = self.time_s()
        if job.status(now_s) not in ("starting", "running"):
            raise HmsNotFound(404, "beam not found")
        job.stopped_s, job.reason = now_s, reason
        if now_s >= job.began_s:
            self._beam("beam.stopped.success", job, job_id=job.id, duration=job.duration_s)
            self._later(STOPPING_S + UPLOAD_S, lambda: self._finish(job))
        return job

    def end_room(self, room_id: str) -> None:
        """For good: whatever begins there later finds nobody."""
        self.ended.add(room_id)
        job = self.busy(room_id)
        if job and job.stopped_s is None:
            self.stop(job.id, "room ended")

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise HmsNotFound(404, "recording not found")
        return self.jobs[job_id]

    def shown(self, job: Job, *, files: bool) -> HmsRecording:
        now_s = self.time_s()
        over = job.stopped_s is not None and job.stopped_s <= now_s
        return HmsRecording.model_validate(
            {
                "id": job.id,
                "room_id": job.room_id,
                "session_id": f"session-{job.room_id}",
                "status": job.status(now_s),
                "created_at": self._wire(job.created_s),
                "started_at": self._wire(job.began_s) if now_s >= job.began_s else None,
                "stopped_at": self._wire(job.stopped_s or 0.0) if over else None,
                "recording_assets": job.assets(now_s) if files else [],
            }
        )

    def content(self, asset_id: str) -> bytes:
        job_id, _, kind = asset_id.partition("-")
        job = self.job(job_id)
        if not any(
            a["id"] == asset_id and a["status"] == "completed" for a in job.assets(self.time_s())
        ):
            raise HmsNotFound(404, "asset not found")
        if kind.startswith("summary"):
            return SUMMARY
        if kind == "chat":
            return b"time,sender,message\n1,Ana,hi\n"
        return b"" if job.speech == "empty" else WORDS

    def _begin(self, job: Job) -> None:
        if job.status(self.time_s()) == "failed":
            error = "BEAM_STOPPED" if job.stopped_s is not None else job.fails
            self._beam("beam.failure", job, job_id=job.id, error_type=error, duration=0)
        elif job.stopped_s is None:
            self._beam("beam.started.success", job, job_id=job.id, recording_enabled=True)

    def _finish(self, job: Job) -> None:
        if job.fails:
            self._beam("beam.failure", job, job_id=job.id, error_type=job.fails)
            return
        stopped_s = job.stopped_s or 0.0
        times = {"started_at": self._wire(job.began_s), "stopped_at": self._wire(stopped_s)}
        video = f"{job.id}-video"
        self._beam(
            "beam.recording.success", job, recording_id=video, duration=job.duration_s, **times
        )
        if job.transcribed and job.transcribed_s is not None:
            self._later(TRANSCRIBING_FROM_S, lambda: self._speech(job, "started.success"))
            word = "failure" if job.speech in ("failed", "partial", "stuck") else "success"
            left_s = job.transcribed_s - self.time_s() + 0.5
            self._later(left_s, lambda: self._speech(job, word))

    def _beam(self, kind: str, job: Job, **data: Any) -> None:
        said = {"beam_id": f"beam-{job.id}", "room_id": job.room_id, "reason": job.reason}
        self.emit(kind, {**said, "session_id": f"session-{job.room_id}", **data})

    def _speech(self, job: Job, word: str) -> None:
        files = {
            "transcript_txt_asset_id": f"{job.id}-transcript-txt",
            "transcript_srt_asset_id": f"{job.id}-transcript-srt",
            "summary_json_asset_id": f"{job.id}-summary-json",
        }
        said = {
            "recording_id": f"{job.id}-video",
            "room_id": job.room_id,
            "duration": job.duration_s,
        }
        session = {"session_id": f"session-{job.room_id}"}
        self.emit(f"transcription.{word}", {**said, **session, **files})

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        self.pending += 1

        def then() -> None:
            self.pending -= 1
            do()

        asyncio.get_running_loop().call_later(max(0.0, seconds), then)

    def _wire(self, seconds: float) -> str:
        return (self.t0 + timedelta(seconds=seconds)).isoformat()


class HmsDoor(HmsClient):
    """The client's methods as the reconciler uses them, each answered as the faults say."""

    def __init__(self, truth: HmsTruth, faults: Faults, meter: Meter, life: Life) -> None:
        self._truth, self._faults, self._meter, self._life = truth, faults, meter, life

    async def check_start(self) -> None:
        """No start is held back here."""

    async def start(self, room_id: str, options: RecordingOptions) -> HmsRecording:
        self._truth.start_calls.append((self._truth.time_s(), room_id))

        def do() -> HmsRecording:
            return self._truth.shown(self._truth.start(room_id, options, ours=True), files=False)

        return await self._through("start", do)

    async def stop(self, recording_id: str) -> HmsRecording | None:
        def do() -> HmsRecording:
            return self._truth.shown(self._truth.stop(recording_id), files=False)

        return await self._through("stop", do)

    async def pause(self, room_id: str) -> None:
        await self._through("pause", lambda: self._pause(room_id, on=True))

    async def resume(self, room_id: str) -> None:
        await self._through("resume", lambda: self._pause(room_id, on=False))

    async def send_message(self, room_id: str, message: str, *, role: str | None = None) -> None:
        await self._through("say", lambda: self._truth.said.append((room_id, message)))

    def _pause(self, room_id: str, *, on: bool) -> None:
        job = self._truth.busy(room_id)
        if job is None:
            raise HmsNotFound(404, "beam not found")
        job.pauses.append((self._truth.time_s(), on))

    async def get_recording(self, recording_id: str) -> HmsRecording:
        truth = self._truth
        return await self._through("get", lambda: truth.shown(truth.job(recording_id), files=True))

    async def session(self, session_id: str) -> AttendedSession:
        def do() -> AttendedSession:
            peers = {"p1": {"id": "p1", "name": "Ana"}, "p2": {"id": "p2", "name": "beam"}}
            return AttendedSession.model_validate({"id": session_id, "peers": peers})

        return await self._through("session", do)

    async def list_recordings(
        self,
        *,
        room_id: str | None = None,
        session_id: str | None = None,
        status: HmsStatus | None = None,
    ) -> AsyncIterator[HmsRecording]:
        found = await self._through("list", lambda: self._listed(room_id, status))
        for one in found:
            yield one

    def _listed(self, room_id: str | None, status: HmsStatus | None) -> list[HmsRecording]:
        every = () if room_id is None and self._truth.unlisted else self._truth.jobs.values()
        jobs = [j for j in every if room_id in (None, j.room_id)]
        shown = [self._truth.shown(j, files=False) for j in jobs]
        found = [r for r in shown if status in (None, r.status)]
        return found[::-1] if self._truth.newest_first else found

    async def get_asset(self, asset_id: str) -> Asset:
        def do() -> Asset:
            job = self._truth.job(asset_id.partition("-")[0])
            for one in job.assets(self._truth.time_s()):
                if one["id"] == asset_id:
                    return Asset.model_validate(json.loads(json.dumps(one)))
            raise HmsForbidden(403, "no such asset")

        return await self._through("asset", do)

    async def fetch_asset(self, asset_id: str, max_bytes: int) -> bytes:
        return await self._through("fetch", lambda: self._truth.content(asset_id))

    async def _through(self, name: str, do: Callable[[], T]) -> T:
        self._life.must_live()
        now_s = self._truth.time_s()
        self._meter.count(now_s, name)
        return await carried_out(
            self._faults.next("100ms", now_s),
            self._life,
            do,
            turned_away=lambda: Unavailable("429", reached=False, retry_after_s=20.0),
            unknown=lambda: Unavailable("no answer", reached=True),
            unauthorized=lambda: HmsUnauthorized(401, "Token validation error"),
        )
