"""The client against a simulated 100ms, over real HTTP."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from record_bot_sandbox.hms.app import RunningHms, serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.serving import bind

from bot.core.options import RecordingOptions, Section
from bot.core.transcript import Transcript, read
from bot.hms.client import HmsClient
from bot.hms.errors import (
    HmsConflict,
    HmsForbidden,
    HmsNotFound,
    HmsRefused,
    HmsTooLarge,
    HmsUnavailable,
)
from bot.hms.models import HmsRecording, WebhookDelivery, facts_of_recording
from bot.hms.results import parse_summary
from bot.hms.transport import rfc3339
from tests.contract.hms_kit import SPEED, client_of, now, room_named
from tests.patience import PATIENCE_S

ENDED = frozenset({"completed", "failed"})


async def until(
    client: HmsClient, recording_id: str, ready: Callable[[HmsRecording], bool]
) -> HmsRecording:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            recording = await client.get_recording(recording_id)
            if ready(recording):
                return recording
            await asyncio.sleep(0.02)


def running(recording: HmsRecording) -> bool:
    return recording.status == "running"


def all_done(recording: HmsRecording) -> bool:
    types = {asset.type for asset in recording.assets}
    done = all(asset.status in ENDED for asset in recording.assets)
    return recording.status in ENDED and "summary" in types and done


# Recordings


async def test_the_list_says_of_what_runs_what_a_poll_says(client: HmsClient) -> None:
    """Otherwise every recording would be polled by itself."""
    room = await room_named(client, "standup")
    started = await client.start(room.id, RecordingOptions())
    polled = facts_of_recording(await until(client, started.id, running), now())
    [row] = [r async for r in client.list_recordings(status="running") if r.id == started.id]
    assert [f.identity for f in facts_of_recording(row, now())] == [f.identity for f in polled]


async def test_a_recording_from_start_to_summary(client: HmsClient) -> None:
    room = await room_named(client, "standup")
    options = RecordingOptions(
        output_modes=("txt", "srt", "json"),
        sections=(Section(title="Decisions <&> 🎉", format="bullets"),),
    )
    started = await client.start(room.id, options)
    assert (started.status, started.room_id) == ("starting", room.id)
    assert started.created_at is not None
    assert abs(now() - started.created_at) < timedelta(seconds=PATIENCE_S)

    await until(client, started.id, running)
    await client.pause(room.id)
    await client.resume(room.id)
    assert [r.id async for r in client.list_recordings(room_id=room.id)] == [started.id]
    assert [r.id async for r in client.list_recordings(status="completed")] == []

    stopped = await client.stop(started.id)
    assert stopped is not None
    assert stopped.id == started.id

    done = await until(client, started.id, all_done)
    facts = facts_of_recording(done, now())
    assert [fact.kind for fact in facts] == ["observed"] + ["asset_seen"] * len(done.assets)
    files = {(asset.type, asset.output_mode): asset.id for asset in done.assets}
    texts = [
        read(await client.fetch_asset(files["transcript", mode], 1_000_000), mode)
        for mode in ("txt", "srt", "json")
    ]
    words = [text.words for text in texts if isinstance(text, Transcript)]
    assert words[0] > 0
    assert words == [words[0]] * 3
    summary = parse_summary(await client.fetch_asset(files["summary", "json"], 1_000_000))
    assert [section.title for section in summary] == ["Decisions <&> 🎉"]

    asset = await client.get_asset(files["summary", "json"])
    assert (asset.type, asset.output_mode) == ("summary", "json")


async def test_refusals_of_recordings(client: HmsClient) -> None:
    room = await room_named(client, "standup")
    with pytest.raises(HmsForbidden):
        await client.start("ffffffffffffffffffffffff", RecordingOptions())
    with pytest.raises(HmsNotFound):
        await client.stop("ffffffffffffffffffffffff")
    with pytest.raises(HmsRefused) as bad:
        await client.start(room.id, RecordingOptions(destination="nowhere"))
    assert bad.value.status == 400
    first = await client.start(room.id, RecordingOptions())
    with pytest.raises(HmsConflict) as twice:
        await client.start(room.id, RecordingOptions())
    assert twice.value.message == "beam already started"
    await client.stop(first.id)


@pytest.mark.parametrize("room_id", ["", ".", "..", "../..", "a/b", "a?b#c", "é%2F", "…"])
async def test_an_id_cannot_reach_another_path(
    client: HmsClient, hms: RunningHms, room_id: str
) -> None:
    with pytest.raises((HmsRefused, HmsUnavailable)):
        await client.start(room_id, RecordingOptions())
    assert not hms.sim.state.recordings


# Files


@pytest.fixture
async def video(client: HmsClient) -> str:
    room = await room_named(client, "Design review")
    started = await client.start(room.id, RecordingOptions(transcription=False))
    await until(client, started.id, running)
    await client.stop(started.id)
    done = await until(client, started.id, lambda r: r.status == "completed")
    return next(asset.id for asset in done.assets if asset.type == "room-composite")


async def test_a_link_lasts_as_long_as_asked(client: HmsClient, video: str) -> None:
    link = await client.presigned_url(video, valid_for=timedelta(minutes=2, milliseconds=900))
    signed = httpx.URL(link.url.get_secret_value()).params
    assert int(signed["expires"]) - int(signed["issued"]) == 120 * 10**9
    assert await client.download(link.url, 100_000_000)


async def test_a_download_stops_at_its_limit(client: HmsClient, video: str) -> None:
    size = len(await client.fetch_asset(video, 100_000_000))
    assert len(await client.fetch_asset(video, size)) == size
    with pytest.raises(HmsTooLarge):
        await client.fetch_asset(video, size - 1)


async def test_an_ended_link_is_refused(client: HmsClient, hms: RunningHms, video: str) -> None:
    link = await client.presigned_url(video, valid_for=timedelta(minutes=2))
    hms.sim.files.expire_all()
    with pytest.raises(HmsForbidden):
        await client.download(link.url, 1_000_000)
    assert await client.fetch_asset(video, 100_000_000)


async def test_no_log_line_holds_a_signature_or_a_token(
    client: HmsClient, video: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="httpx"):
        await client.fetch_asset(video, 100_000_000)
    assert "/presigned-url" in caplog.text
    assert "signature" not in caplog.text
    assert "eyJ" not in caplog.text


# Rooms


async def test_rooms_come_in_pages(
    client: HmsClient, hms: RunningHms, http: httpx.AsyncClient
) -> None:
    for number in range(205):
        await http.post(f"{hms.base_url}/sim/rooms", json={"name": f"r{number}"})
    names = [room.name async for room in client.list_rooms()]
    assert len(names) == len(set(names))
    assert {f"r{number}" for number in range(205)} < set(names)
    asked = [call for call in hms.sim.calls if call.path.endswith("/rooms")]
    assert len(asked) == 4


async def test_rooms_can_be_enabled_or_not(client: HmsClient) -> None:
    assert [r.name async for r in client.list_rooms(enabled=False)] == ["old standup"]
    assert "old standup" not in [r.name async for r in client.list_rooms(enabled=True)]


async def test_one_room_and_who_is_in_it(client: HmsClient, hms: RunningHms) -> None:
    standup = await room_named(client, "standup")
    assert await client.get_room(standup.id) == standup
    active = await client.active_room(standup.id)
    assert active is not None
    assert len(active.peer_ids) == 2
    assert active.session_id
    await client.send_message(standup.id, "This room is being recorded.")
    await client.send_message(standup.id, "Hosts: it is being recorded.", role="host")
    said = [message.text for message in hms.sim.state.rooms[standup.id].chat]
    assert said == ["This room is being recorded.", "Hosts: it is being recorded."]


async def test_nobody_is_in_an_empty_room(client: HmsClient) -> None:
    room = await room_named(client, "board room")
    assert await client.active_room(room.id) is None
    with pytest.raises(HmsNotFound):
        await client.send_message(room.id, "Hello?")
    with pytest.raises(HmsForbidden):
        await client.get_room("ffffffffffffffffffffffff")


# Webhook history


async def test_deliveries_are_listed_and_replayed(http: httpx.AsyncClient) -> None:
    with bind("127.0.0.1", 0) as nobody_listens:
        port = nobody_listens.getsockname()[1]
    config = HmsConfig(speed=SPEED, webhook_url=f"http://127.0.0.1:{port}/hook")
    async with serve(config) as hms:
        client = client_of(hms, http)
        room = await room_named(client, "sales-weekly-emea")
        started = await client.start(room.id, RecordingOptions())
        await until(client, started.id, running)
        window = (now() - timedelta(hours=1), now() + timedelta(hours=1))

        failed: list[WebhookDelivery] = []
        async with asyncio.timeout(PATIENCE_S):
            while not failed:
                await asyncio.sleep(0.02)
                deliveries = client.list_webhook_deliveries(
                    *window, status="failed", room_id=room.id, event_names=["beam.started.success"]
                )
                failed = [delivery async for delivery in deliveries]
        assert failed[0].type == "beam.started.success"
        replay = await client.replay_webhooks(
            *window, room_id=room.id, event_names=["beam.started.success"]
        )
        assert replay.status == "started"


def test_times_for_100ms_are_aware() -> None:
    assert rfc3339(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    with pytest.raises(ValueError, match="aware"):
        rfc3339(datetime(2026, 1, 2))  # noqa: DTZ001
