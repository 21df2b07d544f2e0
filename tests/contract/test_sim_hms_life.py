"""What becomes of a recording in the simulated 100ms."""

import json
from typing import Any

import pytest

from bot.sandbox.hms.driver import Json
from tests.contract.sim_hms_rig import Rig, rig

URL = {"meeting_url": "https://meet.example.com/x"}
EVERYTHING: Json = {
    "transcription": {
        "enabled": True,
        "output_modes": ["txt", "srt", "json"],
        "summary": {
            "enabled": True,
            "sections": [
                {"title": "Who & what", "format": "paragraph"},
                {"title": "Next", "format": "bullets"},
            ],
        },
    }
}


async def _stopped(r: Rig, room_name: str, body: Json | None = None) -> Json:
    started = await r.driver.start(room_name, body)
    await r.driver.recording(started["id"], "running")
    reply = await r.driver.api("POST", f"/recordings/{started['id']}/stop")
    assert reply.json()["status"] == "stopping"
    return started


async def _assets(r: Rig, recording_id: str) -> dict[tuple[str, str | None], Json]:
    reply = await r.driver.get(f"/recordings/{recording_id}")
    return {
        (a["type"], a["metadata"].get("output_mode")): a for a in reply["recording_assets"] or []
    }


async def _download(r: Rig, asset_id: str) -> bytes:
    link = await r.driver.get(f"/recording-assets/{asset_id}/presigned-url")
    reply = await r.driver.http.get(link["url"])
    reply.raise_for_status()
    return reply.content


async def test_events_tell_the_whole_life_under_ids_that_all_differ() -> None:
    async with rig() as r:
        job = await _stopped(r, "standup", EVERYTHING)
        await r.driver.event("transcription.success")
        mine = [e["data"] for e in r.sink.got if e["type"].startswith(("beam.", "transcription."))]
        started, stopped, recorded, transcribing, transcribed = mine
        types = [t for t in r.sink.types() if t.startswith(("beam.", "transcription."))]
        assert types == [
            "beam.started.success",
            "beam.stopped.success",
            "beam.recording.success",
            "transcription.started.success",
            "transcription.success",
        ]
        assert started["job_id"] == stopped["job_id"] == job["id"]
        assert "job_id" not in recorded
        assert started["beam_id"] == recorded["beam_id"]
        assert stopped["reason"] == "client request"
        assert stopped["duration"] == recorded["duration"] > 0
        assets = await _assets(r, job["id"])
        video = assets["room-composite", None]
        assert recorded["recording_id"] == video["id"]
        assert recorded["size"] == video["size"] == len(await _download(r, video["id"]))
        assert (await r.driver.http.get(recorded["recording_presigned_url"])).status_code == 200
        ids = {job["id"], started["beam_id"], video["id"], transcribing["transcription_id"]}
        assert len(ids) == 4
        assert transcribing["transcript_srt_asset_id"] == assets["transcript", "srt"]["id"]
        assert "transcript_srt_path" not in transcribing
        text = await r.driver.http.get(transcribed["transcript_txt_presigned_url"])
        assert text.content.decode().startswith("Ana: ")


async def test_transcription_events_name_the_asset_or_the_job() -> None:
    async with rig() as r:
        named = []
        for room in ("sales-weekly", "board room"):
            job = await _stopped(r, room)
            await r.driver.event("transcription.success", room_id=job["room_id"])
            video = (await _assets(r, job["id"]))["room-composite", None]
            event = next(
                e
                for e in r.sink.of("transcription.success")
                if e["data"]["room_id"] == job["room_id"]
            )
            assert event["data"]["recording_id"] in {job["id"], video["id"]}
            named.append(event["data"]["recording_id"] == job["id"])
        assert named == [False, True]


async def test_files_hold_what_was_asked_for() -> None:
    async with rig() as r:
        job = await _stopped(r, "standup", EVERYTHING)
        await r.driver.event("transcription.success")
        assets = await _assets(r, job["id"])
        assert all(a["status"] == "completed" for a in assets.values())
        text = (await _download(r, assets["transcript", "txt"]["id"])).decode()
        assert all(mark in text for mark in ("<launch>", "&", "🎉", "ליאת: "))
        srt = (await _download(r, assets["transcript", "srt"]["id"])).decode()
        assert srt.startswith("1\n00:00:00,000 --> ")
        words = json.loads(await _download(r, assets["transcript", "json"]["id"]))
        assert isinstance(words["sentences"][0]["start_time"], str)
        assert words["words"][0]["word"] == "Good"
        summary = json.loads(await _download(r, assets["summary", "json"]["id"]))
        sections = summary["summary"]["sections"]
        assert [(s["title"], s["format"]) for s in sections] == [
            ("Who & what", "paragraph"),
            ("Next", "bullets"),
        ]
        assert sections[0]["paragraph"]
        assert sections[1]["bullets"]


async def test_transcripts_are_processing_before_they_are_there() -> None:
    async with rig(speed=1000, timings={"transcript_least_s": 10**6}) as r:
        job = await _stopped(r, "sales-weekly")
        await r.driver.event("transcription.started.success")
        assets = await _assets(r, job["id"])
        transcript = assets["transcript", "txt"]
        assert (transcript["status"], transcript["size"]) == ("processing", 0)
        link = await r.driver.get(f"/recording-assets/{transcript['id']}/presigned-url")
        assert (await r.driver.http.get(link["url"])).status_code == 404
        await r.driver.sim(f"/recordings/{job['id']}/finish")
        await r.driver.event("transcription.success")
        assert (await _assets(r, job["id"]))["transcript", "txt"]["status"] == "completed"


async def test_the_template_decides_when_the_body_is_silent() -> None:
    async with rig() as r:
        assert "transcript" in (await r.driver.start("sales-weekly"))["asset_types"]
        assert "transcript" not in (await r.driver.start("standup"))["asset_types"]
        off = {"transcription": {"enabled": False}}
        assert "transcript" not in (await r.driver.start("board room", off))["asset_types"]


async def test_an_empty_room_stops_its_recording_after_a_while() -> None:
    async with rig() as r:
        job = await r.driver.start("Design review")
        await r.driver.recording(job["id"], "running")
        await r.driver.sim("/rooms/Design review/leave", {"name": "ليلى"})
        await r.driver.recording(job["id"], "completed")
        stopped = r.sink.of("beam.stopped.success")[0]["data"]
        assert stopped["reason"] == "last peer left"
        assert stopped["duration"] >= 300
        await r.driver.event("session.close.success", session_id=stopped["session_id"])


async def test_a_returning_guest_keeps_the_recording_alive() -> None:
    async with rig() as r:
        visited = await r.driver.start("Design review")
        abandoned = await r.driver.start("webinar", URL)
        for job, room, name in (
            (visited, "Design review", "ليلى"),
            (abandoned, "webinar", "Dora"),
        ):
            await r.driver.recording(job["id"], "running")
            await r.driver.sim(f"/rooms/{room}/leave", {"name": name})
        await r.driver.sim("/rooms/Design review/join", {"name": "Fay"})
        await r.driver.recording(abandoned["id"], "completed")
        await r.driver.recording(visited["id"], "running")


async def test_recordings_end_at_the_longest_length() -> None:
    async with rig(speed=200_000) as r:
        job = await r.driver.start("standup")
        await r.driver.recording(job["id"], "completed")
        stopped = r.sink.of("beam.stopped.success")[0]["data"]
        assert stopped["reason"] == "max duration reached"
        assert stopped["duration"] >= 4 * 3600


@pytest.mark.parametrize(
    ("meeting_url", "reason"),
    [(None, "client request"), ("https://meet.example.com/x", "room ended")],
)
async def test_ending_the_room_ends_the_recording(meeting_url: str | None, reason: str) -> None:
    async with rig() as r:
        job = await r.driver.start("standup", {"meeting_url": meeting_url} if meeting_url else {})
        await r.driver.recording(job["id"], "running")
        ended = await r.driver.api("POST", f"/active-rooms/{job['room_id']}/end-room", json={})
        assert ended.json() == {"message": "session is ending"}
        await r.driver.recording(job["id"], "completed")
        assert r.sink.of("beam.stopped.success")[0]["data"]["reason"] == reason
        await r.driver.event("room.end.success", room_id=job["room_id"])


async def test_pausing_leaves_the_status_but_not_the_length() -> None:
    async with rig() as r:
        job = await r.driver.start("standup")
        await r.driver.recording(job["id"], "running")
        path = f"/recordings/room/{job['room_id']}"
        assert (await r.driver.api("POST", f"{path}/pause")).json()["status"] == "running"
        paused_at = (await r.driver.recording(job["id"], "running"))["duration"]
        assert (await r.driver.recording(job["id"], "running"))["paused"] is True
        assert (await r.driver.recording(job["id"], "running"))["duration"] == paused_at
        assert (await r.driver.api("POST", f"{path}/resume")).json()["status"] == "running"
        assert (await r.driver.recording(job["id"], "running"))["paused"] is False


async def test_stopping_too_early_fails_with_beam_stopped() -> None:
    async with rig(speed=10) as r:
        job = await r.driver.start("standup")
        await r.driver.api("POST", f"/recordings/{job['id']}/stop")
        await r.driver.recording(job["id"], "failed")
        await r.driver.event("beam.failure", error_type="BEAM_STOPPED", job_id=job["id"])
        assert "beam.started.success" not in r.sink.types()


@pytest.mark.parametrize("error", ["INTERNAL_ERROR", "MAX_RETRIES_REACHED", "BEAM_STOPPED"])
async def test_starts_can_fail(error: str) -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "start_fails", "error_type": error, "times": 1})
        job = await r.driver.start("standup")
        await r.driver.recording(job["id"], "failed")
        event = await r.driver.event("beam.failure", error_type=error)
        assert event["envelope"]["data"]["error_message"]
        assert "beam.started.success" not in r.sink.types()
        again = await r.driver.start("standup")
        await r.driver.recording(again["id"], "running")


async def test_an_unreachable_meeting_url_is_given_up() -> None:
    async with rig() as r:
        job = await r.driver.start("standup", {"meeting_url": "https://nowhere.invalid/x"})
        await r.driver.event("beam.failure", error_type="MAX_RETRIES_REACHED", job_id=job["id"])
        assert r.sink.of("beam.stopped.success")[0]["data"]["reason"] == (
            "failure: MAX_RETRIES_REACHED"
        )


async def test_storage_that_refuses_the_upload_leaves_no_assets() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "upload_error"})
        job = await _stopped(r, "sales-weekly")
        await r.driver.event("beam.failure", error_type="UPLOAD_ERROR")
        assert r.sink.of("beam.stopped.success")[0]["data"]["reason"] == "client request"
        assert await _assets(r, job["id"]) == {}


async def test_a_running_recording_can_be_made_to_fail() -> None:
    async with rig() as r:
        job = await r.driver.start("standup")
        await r.driver.recording(job["id"], "running")
        await r.driver.sim(f"/recordings/{job['id']}/fail", {"error_type": "INTERNAL_ERROR"})
        await r.driver.recording(job["id"], "failed")
        await r.driver.event("beam.failure", error_type="INTERNAL_ERROR")
        assert r.sink.of("beam.stopped.success")[0]["data"]["reason"] == "failure: INTERNAL_ERROR"
        over = await r.driver.http.post(f"/sim/recordings/{job['id']}/fail", json={})
        assert over.status_code == 409


@pytest.mark.parametrize(
    ("fault", "event", "transcript", "summary"),
    [
        ("transcript_failed", "transcription.failure", "failed", "failed"),
        ("summary_failed", "transcription.failure", "completed", "failed"),
        ("transcript_empty", "transcription.success", "completed", "completed"),
    ],
)
async def test_transcription_fails_in_whole_or_in_part(
    fault: str, event: str, transcript: str, summary: str
) -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": fault})
        job = await _stopped(r, "sales-weekly")
        data = (await r.driver.event(event))["envelope"]["data"]
        assets = await _assets(r, job["id"])
        text = assets["transcript", "txt"]
        assert (text["status"], assets["summary", "json"]["status"]) == (transcript, summary)
        assert (text["size"] > 0) == (fault == "summary_failed")
        assert data["transcript_txt_asset_id"] == text["id"]
        assert ("transcript_txt_presigned_url" in data) == (event == "transcription.success")


async def test_a_transcript_may_never_come() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "transcript_never", "times": 1})
        job = await _stopped(r, "sales-weekly")
        await r.driver.until(lambda state: not state["faults"] and state["recordings"])
        assert (await _assets(r, job["id"]))["transcript", "txt"]["status"] == "processing"


async def test_lists_filter_and_show_no_assets() -> None:
    async with rig() as r:
        done = await _stopped(r, "standup")
        await r.driver.recording(done["id"], "completed")
        running = await r.driver.start("sales-weekly")
        await r.driver.recording(running["id"], "running")

        async def ids(**query: Any) -> list[str]:
            page = await r.driver.get("/recordings", **query)
            assert all(item["recording_assets"] is None for item in page["data"])
            return [item["id"] for item in page["data"]]

        assert await ids() == [running["id"], done["id"]]
        assert await ids(room_id=done["room_id"]) == [done["id"]]
        assert await ids(status="running") == [running["id"]]
        assert await ids(session_id=running["session_id"]) == [running["id"]]
        assets = (await r.driver.get("/recording-assets", room_id=done["room_id"]))["data"]
        assert {a["job_id"] for a in assets} == {done["id"]}
        assert await r.driver.get(f"/recording-assets/{assets[0]['id']}") == assets[0]


async def test_a_recording_started_elsewhere_names_its_starter() -> None:
    async with rig() as r:
        room = await r.driver.room("standup")
        other = await r.driver.sim(f"/rooms/{room['id']}/start-recording")
        assert other["started_by"]
        reply = await r.driver.api("POST", f"/recordings/room/{room['id']}/start", json={})
        assert reply.status_code == 409


async def test_finish_skips_every_wait() -> None:
    async with rig(speed=1) as r:
        job = await r.driver.start("sales-weekly")
        await r.driver.sim(f"/recordings/{job['id']}/finish")
        await r.driver.event("transcription.success")
        assert (await r.driver.get(f"/recordings/{job['id']}"))["status"] == "completed"
