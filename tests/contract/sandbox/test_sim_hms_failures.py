"""Recordings and transcripts of the simulated 100ms that fail, in whole or in part."""

import pytest

from tests.contract.sim_hms_rig import assets_of, rig, stopped


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
        await r.driver.event("beam.stopped.success", reason="failure: MAX_RETRIES_REACHED")


async def test_storage_that_refuses_the_upload_leaves_no_assets() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "upload_error"})
        job = await stopped(r, "sales-weekly")
        await r.driver.event("beam.failure", error_type="UPLOAD_ERROR")
        await r.driver.event("beam.stopped.success", reason="client request")
        assert await assets_of(r, job["id"]) == {}


async def test_a_running_recording_can_be_made_to_fail() -> None:
    async with rig() as r:
        job = await r.driver.start("standup")
        await r.driver.recording(job["id"], "running")
        await r.driver.sim(f"/recordings/{job['id']}/fail", {"error_type": "INTERNAL_ERROR"})
        await r.driver.recording(job["id"], "failed")
        await r.driver.event("beam.failure", error_type="INTERNAL_ERROR")
        await r.driver.event("beam.stopped.success", reason="failure: INTERNAL_ERROR")
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
        job = await stopped(r, "sales-weekly")
        data = (await r.driver.event(event))["envelope"]["data"]
        assets = await assets_of(r, job["id"])
        text = assets["transcript", "txt"]
        assert (text["status"], assets["summary", "json"]["status"]) == (transcript, summary)
        assert (text["size"] > 0) == (fault == "summary_failed")
        assert data["transcript_txt_asset_id"] == text["id"]
        assert ("transcript_txt_presigned_url" in data) == (event == "transcription.success")


async def test_a_transcript_may_never_come() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "transcript_never", "times": 1})
        job = await stopped(r, "sales-weekly")
        await r.driver.until(lambda state: not state["faults"] and state["recordings"])
        assert (await assets_of(r, job["id"]))["transcript", "txt"]["status"] == "processing"
