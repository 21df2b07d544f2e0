"""The life of a recording: starting, running, stopping, post_processing, completed or failed."""

from urllib.parse import urlsplit

from record_bot_sandbox.hms import content, events
from record_bot_sandbox.hms.errors import ApiError, already_started, beam_not_found, invalid_input
from record_bot_sandbox.hms.faults import ErrorType
from record_bot_sandbox.hms.files import Files
from record_bot_sandbox.hms.options import StartBody
from record_bot_sandbox.hms.people import People
from record_bot_sandbox.hms.state import OVER, STOPPABLE, Asset, Recording, Room, Status
from record_bot_sandbox.hms.transcripts import Transcripts
from record_bot_sandbox.hms.webhooks import Webhooks
from record_bot_sandbox.hms.world import World


class Recorder:
    def __init__(
        self, world: World, webhooks: Webhooks, files: Files, transcripts: Transcripts
    ) -> None:
        self._timings = world.timings
        self._state = world.state
        self._clock = world.clock
        self._faults = world.faults
        self._feed = world.feed
        self._tasks = world.tasks
        self._webhooks = webhooks
        self._files = files
        self._transcripts = transcripts
        self.people = People(world, webhooks, self._room_changed)

    def start(self, room: Room, body: StartBody, started_by: str = "") -> Recording:
        """Start a job, or refuse as 100ms does."""
        if not room.enabled:
            raise ApiError(403, "room is disabled")
        template = room.template
        destination = self._destination(room, body.destination)
        if body.meeting_url is None and not (template.subdomain and template.composite_enabled):
            raise invalid_input("meeting_url: required, the template has no default")
        if self._state.busy_in(room):
            raise already_started()
        wanted = body.transcription if body.transcription is not None else template.transcription
        size = body.resolution
        recording = Recording(
            room=room,
            created_ns=self._clock.now_ns(),
            meeting_url=body.meeting_url or default_meeting_url(room),
            destination=destination,
            width=size.width if size else template.width,
            height=size.height if size else template.height,
            audio_only=body.audio_only,
            transcription=wanted if wanted and wanted.enabled else None,
            started_by=started_by,
            names_job_in_transcripts=len(self._state.recordings) % 2 == 1,
            session=room.session,
        )
        self._state.recordings[recording.id] = recording
        self._enter(recording, "starting")
        self._tasks.spawn(self._live(recording))
        return recording

    def stop(self, recording: Recording, reason: str = "client request", by: str = "") -> None:
        if recording.status not in STOPPABLE:
            raise beam_not_found()
        recording.stop_reason = reason
        recording.stopped_by = by
        self._enter(recording, "stopping")
        recording.changed.set()

    def pause(self, recording: Recording) -> None:
        """The status stays as it is. Docs: api-reference/recordings/pause-recording-for-room."""
        if recording.paused_since_ns is None:
            recording.paused_since_ns = self._clock.now_ns()
            self._announce(recording)

    def resume(self, recording: Recording) -> None:
        if recording.paused_since_ns is not None:
            recording.paused_ns += self._clock.now_ns() - recording.paused_since_ns
            recording.paused_since_ns = None
            self._announce(recording)

    def fail(self, recording: Recording, error: ErrorType) -> None:
        """Make it fail at the point where it is."""
        if recording.status in OVER:
            raise ApiError(409, "recording is over")
        recording.error_type = error
        recording.changed.set()

    def finish(self, recording: Recording) -> None:
        """Skip every wait that is still ahead of it, transcription included."""
        recording.hurry.set()
        recording.changed.set()

    def recorded_s(self, recording: Recording) -> int:
        """Simulated seconds recorded so far, pauses left out."""
        if recording.started_ns is None:
            return 0
        end = recording.stopped_ns or self._clock.now_ns()
        paused = recording.paused_ns
        if recording.paused_since_ns is not None:
            paused += max(0, end - recording.paused_since_ns)
        return max(0, round(self._clock.simulated_s(recording.started_ns, end - paused)))

    async def _live(self, recording: Recording) -> None:
        error = await self._get_going(recording)
        if error is None:
            error = await self._run(recording)
        if error is None:
            self._enter(recording, "post_processing")
            self.people.close_session_if_empty(recording.room)
            await self._wait(recording, self._timings.upload_s)
            error = self._upload_error(recording)
        if error is not None:
            self._give_up(recording, error)
            return
        video, chat = self._store(recording)
        self._transcripts.announce(recording)
        self._enter(recording, "completed")
        links = {a.id: self._files.link(a) for a in (video, chat)}
        data = events.beam_recorded(recording, self._clock.now_ns(), video, chat, links)
        self._webhooks.emit("beam.recording.success", recording.room, data)
        await self._transcripts.work(recording)

    async def _get_going(self, recording: Recording) -> ErrorType | None:
        """Join the meeting; an error type if that fails."""
        fault = self._faults.recording("start_fails", recording.room.id)
        error: ErrorType | None = fault.error_type if fault else None
        if (urlsplit(recording.meeting_url).hostname or "").endswith(".invalid"):
            error = "MAX_RETRIES_REACHED"
        gives_up = error == "MAX_RETRIES_REACHED"
        await self._wait(
            recording, self._timings.retries_s if gives_up else self._timings.starting_s
        )
        if recording.status == "stopping":
            return "BEAM_STOPPED"
        error = error or recording.error_type
        if error:
            return error
        recording.session = self.people.open_session(recording.room)
        recording.started_ns = self._clock.now_ns()
        self._enter(recording, "running")
        waited = self._clock.simulated_s(recording.created_ns, recording.started_ns)
        data = events.beam_started(recording, recording.started_ns, round(waited))
        self._webhooks.emit("beam.started.success", recording.room, data)
        return None

    async def _run(self, recording: Recording) -> ErrorType | None:
        """Record until someone, or some limit, says stop."""
        while recording.status == "running":
            recording.changed.clear()
            if recording.error_type:
                return recording.error_type
            if recording.hurry.is_set():
                self.stop(recording)
                break
            left_s, reason = self._limit(recording)
            if left_s <= 0:
                self.stop(recording, reason)
                break
            await self._clock.wait(recording.changed, left_s)
        recording.stopped_ns = self._clock.now_ns()
        self._stopped(recording)
        await self._wait(recording, self._timings.stopping_s)
        return None

    def _limit(self, recording: Recording) -> tuple[float, str]:
        """Simulated seconds until it stops by itself, and the reason it would give."""
        room, now = recording.room, self._clock.now_ns()
        started = recording.started_ns or now
        left = room.template.max_duration_s - self._clock.simulated_s(started, now)
        reason = "max duration reached"
        if not room.present:
            alone = self._clock.simulated_s(max(room.empty_since_ns, started), now)
            if room.template.auto_stop_s - alone < left:
                left, reason = room.template.auto_stop_s - alone, "last peer left"
        return left, reason

    def _upload_error(self, recording: Recording) -> ErrorType | None:
        if recording.error_type:
            return recording.error_type
        return "UPLOAD_ERROR" if self._faults.recording("upload_error", recording.room.id) else None

    def _give_up(self, recording: Recording, error: ErrorType) -> None:
        recording.error_type = error
        if recording.stopped_ns is None:
            recording.stopped_ns = self._clock.now_ns()
            recording.stop_reason = f"failure: {error}"
            if error != "BEAM_STOPPED":
                self._stopped(recording)
        self._enter(recording, "failed")
        length = self.recorded_s(recording)
        data = events.beam_failed(recording, self._clock.now_ns(), error, length)
        self._webhooks.emit("beam.failure", recording.room, data)
        self.people.close_session_if_empty(recording.room)

    def _stopped(self, recording: Recording) -> None:
        data = events.beam_stopped(recording, self._clock.now_ns(), self.recorded_s(recording))
        self._webhooks.emit("beam.stopped.success", recording.room, data)

    def _store(self, recording: Recording) -> tuple[Asset, Asset]:
        now = self._clock.now_ns()
        base = f"s3://sandbox-bucket/beam/{recording.room.id}/{recording.beam_id}"
        length = self.recorded_s(recording)
        video = Asset(
            recording,
            "room-composite",
            f"{base}/Rec-{recording.room.id}-{now // 1_000_000}.mp4",
            "completed",
            now,
            content.mp4(recording),
            length,
            {"resolution": {"width": recording.width, "height": recording.height}},
            id=recording.composite_id,
        )
        csv = content.chat_csv(recording)
        chat = Asset(recording, "chat", f"{base}/chat.csv", "completed", now, csv)
        recording.assets += [video, chat]
        return video, chat

    def _destination(self, room: Room, wanted: str | None) -> str:
        known = room.template.destinations
        if wanted is None and len(known) > 1:
            raise invalid_input("destination: required, the template has several")
        if wanted is not None and wanted not in known:
            raise invalid_input("destination: not in the template")
        return wanted or (known[0] if known else "")

    def _room_changed(self, room: Room, ended: bool) -> None:
        recording = self._state.busy_in(room)
        if recording is None:
            return
        recording.changed.set()
        if ended and recording.status in STOPPABLE:
            if room.id in recording.meeting_url:
                self.stop(recording)  # ending the room sends the recorder a stop request
            else:
                self._tasks.spawn(self._notice_the_end(recording))

    async def _notice_the_end(self, recording: Recording) -> None:
        await self._clock.sleep(self._timings.room_end_notice_s)
        if recording.status in STOPPABLE:
            self.stop(recording, "room ended")

    async def _wait(self, recording: Recording, seconds: float) -> None:
        """A wait that ends early for a stop, a failure or a hurry."""
        began, status = self._clock.now_ns(), recording.status
        while not (recording.hurry.is_set() or recording.error_type or recording.status != status):
            recording.changed.clear()
            left_s = seconds - self._clock.simulated_s(began, self._clock.now_ns())
            if left_s <= 0 or not await self._clock.wait(recording.changed, left_s):
                return

    def _enter(self, recording: Recording, status: Status) -> None:
        recording.status = status
        self._announce(recording)

    def _announce(self, recording: Recording) -> None:
        recording.updated_ns = self._clock.now_ns()
        self._feed.publish(
            "recording",
            recording_id=recording.id,
            room_id=recording.room.id,
            status=recording.status,
            paused=recording.paused_since_ns is not None,
        )


def default_meeting_url(room: Room) -> str:
    role = room.template.roles[0]
    return (
        f"https://{room.template.subdomain}.app.100ms.live/preview/{room.id}/{role}"
        "?skip_preview=true"
    )
