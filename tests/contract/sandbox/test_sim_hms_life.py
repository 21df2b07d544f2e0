"""What becomes of a recording in the simulated 100ms."""

import json
from typing import Any

import pytest
from record_bot_sandbox.hms.driver import Json

from tests.contract.sim_hms_rig import Rig, assets_of, rig, stopped

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


async def _download(r: Rig, asset_id: str) -> bytes:
    link = await r.driver.get(f"/recording-assets/{asset_id}/presigned-url")
    reply = await r.driver.http.get(link["url"])
    reply.raise_for_status()
    return reply.content


async def test_events_tell_the_whole_life_under_ids_that_all_differ() -> None:
    async with rig() as r:
        job = await stopped(r, "standup", EVERYTHING)
        await r.driver.event("transcription.success")
        mine = [e["data"] for e in r.sink.got if e["type"].startswith(("beam.", "transcription."))]
        started, ended, recorded, transcribing, transcribed = mine
        types = [t for t in r.sink.types() if t.startswith(("beam.", "transcription."))]
        assert types == [
            "beam.started.success",
            "beam.stopped.success",
            "beam.recording.success",
            "transcription.started.success",
            "transcription.success",
        ]
        assert started["job_id"] == ended["job_id"] == job["id"]
        assert "job_id" not in recorded
        assert started["beam_id"] == recorded["beam_id"]
        assert ended["reason"] == "client request"
        assert ended["duration"] == recorded["duration"] > 0
        assets = await assets_of(r, job["id"])
        video = assets["room-composite", None]
        assert recorded["recording_id"] == video["id"]
        assert recorded["size"] == video["size"] > 0
        assert await _download(r, video["id"]), "a film, where this machine can make one"
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
        await r.driver.sim("/rooms/board room/join", {"name": "Ana"})
        for room in ("sales-weekly", "board room"):
            job = await stopped(r, room)
            await r.driver.event("transcription.success", room_id=job["room_id"])
            video = (await assets_of(r, job["id"]))["room-composite", None]
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
        job = await stopped(r, "standup", EVERYTHING)
        await r.driver.event("transcription.success")
        assets = await assets_of(r, job["id"])
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
        job = await stopped(r, "sales-weekly")
        await r.driver.event("transcription.started.success")
        assets = await assets_of(r, job["id"])
        transcript = assets["transcript", "txt"]
        assert (transcript["status"], transcript["size"]) == ("processing", 0)
        link = await r.driver.get(f"/recording-assets/{transcript['id']}/presigned-url")
        assert (await r.driver.http.get(link["url"])).status_code == 404
        await r.driver.sim(f"/recordings/{job['id']}/finish")
        await r.driver.event("transcription.success")
        assert (await assets_of(r, job["id"]))["transcript", "txt"]["status"] == "completed"


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
        ended = (await r.driver.event("beam.stopped.success"))["envelope"]["data"]
        assert ended["reason"] == "last peer left"
        assert ended["duration"] >= 300
        await r.driver.event("session.close.success", session_id=ended["session_id"])


async def test_a_returning_guest_keeps_the_recording_alive() -> None:
    async with rig(speed=1000) as r:
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
        ended = (await r.driver.event("beam.stopped.success"))["envelope"]["data"]
        assert ended["reason"] == "max duration reached"
        assert ended["duration"] >= 4 * 3600


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
        await r.driver.event("beam.stopped.success", reason=reason)
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


async def test_lists_filter_and_show_no_assets() -> None:
    async with rig() as r:
        done = await stopped(r, "standup")
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
