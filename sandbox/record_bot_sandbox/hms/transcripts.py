"""Transcripts and summaries: they come long after the video, whole, in part, or not at all.

Docs: how-to-guides/enable-transcription-and-summary.
"""

from record_bot_sandbox.hms import content, events
from record_bot_sandbox.hms.files import Files
from record_bot_sandbox.hms.options import Transcription
from record_bot_sandbox.hms.state import Asset, Recording
from record_bot_sandbox.hms.webhooks import Webhooks
from record_bot_sandbox.hms.world import World

KINDS = {"transcript", "summary"}


class Transcripts:
    def __init__(self, world: World, webhooks: Webhooks, files: Files) -> None:
        self._timings = world.timings
        self._state = world.state
        self._clock = world.clock
        self._faults = world.faults
        self._feed = world.feed
        self._webhooks = webhooks
        self._files = files

    def announce(self, recording: Recording) -> None:
        """Show the coming assets as `processing`, as soon as the recording is complete."""
        options = recording.transcription
        if options is None:
            return
        for mode in options.output_modes or ["txt"]:
            recording.assets.append(self._pending(recording, "transcript", mode))
        if options.summary.enabled:
            recording.assets.append(self._pending(recording, "summary", "json"))

    async def work(self, recording: Recording) -> None:
        options = recording.transcription
        if options is None:
            return
        assets = [asset for asset in recording.assets if asset.type in KINDS]
        await self._clock.wait(recording.hurry, self._timings.transcription_start_s)
        self._emit("transcription.started.success", recording, assets)
        length_s = recording.assets[0].duration_s
        least = self._timings.transcript_least_s
        due_s = least + self._timings.transcript_share * length_s
        await self._clock.wait(recording.hurry, due_s)
        if self._faults.recording("transcript_never", recording.room.id):
            return
        self._finish(recording, options, assets, length_s)
        recording.updated_ns = self._clock.now_ns()
        if any(asset.status == "failed" for asset in assets):
            self._emit("transcription.failure", recording, assets)
        else:
            self._emit("transcription.success", recording, assets, with_links=True)

    def _finish(
        self, recording: Recording, options: Transcription, assets: list[Asset], length_s: int
    ) -> None:
        room_id = recording.room.id
        all_failed = self._faults.recording("transcript_failed", room_id) is not None
        summary_failed = self._faults.recording("summary_failed", room_id) is not None
        empty = self._faults.recording("transcript_empty", room_id) is not None
        for asset in assets:
            is_summary = asset.type == "summary"
            if all_failed or (is_summary and summary_failed):
                asset.status = "failed"
            elif is_summary:
                asset.content = content.summary(options.summary.sections, empty=empty)
                asset.status = "completed"
            else:
                mode = str(asset.metadata["output_mode"])
                asset.content = b"" if empty else content.transcript(mode, length_s)
                asset.status = "completed"
            self._announce_asset(asset)

    def _pending(self, recording: Recording, kind: str, mode: str) -> Asset:
        base = f"s3://sandbox-bucket/transcripts/{recording.room.id}/{recording.transcription_id}"
        return Asset(
            recording,
            "summary" if kind == "summary" else "transcript",
            f"{base}/{kind}.{mode}",
            "processing",
            self._clock.now_ns(),
            metadata={"output_mode": mode},
        )

    def _emit(
        self,
        event_type: str,
        recording: Recording,
        assets: list[Asset],
        *,
        with_links: bool = False,
    ) -> None:
        links = {a.id: self._files.link(a) for a in assets} if with_links else None
        account = (self._state.account_id, self._state.app_id)
        now = self._clock.now_ns()
        data = events.transcription(recording, now, account, assets, links)
        self._webhooks.emit(event_type, recording.room, data)

    def _announce_asset(self, asset: Asset) -> None:
        self._feed.publish(
            "recording",
            recording_id=asset.recording.id,
            room_id=asset.recording.room.id,
            status=asset.recording.status,
            asset_id=asset.id,
            asset_type=asset.type,
            asset_status=asset.status,
        )
