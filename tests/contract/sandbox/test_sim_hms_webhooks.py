"""How the simulated 100ms delivers webhooks, and how it can be kept from it."""

from datetime import UTC, datetime, timedelta

import pytest
from record_bot_sandbox.hms.driver import Json

from tests.contract.sim_hms_rig import Rig, Sink, rig


async def _join(r: Rig, name: str = "Gil") -> str:
    peer = await r.driver.sim("/rooms/standup/join", {"name": name})
    return str(peer["id"])


async def _settled_seed(r: Rig) -> None:
    """Wait until the events of the people who are there at the start have gone out."""
    await r.driver.until(lambda s: all(e["state"] == "delivered" for e in s["webhooks"]))
    r.sink.got.clear()
    r.sink.headers.clear()


async def test_an_event_comes_in_its_envelope_with_the_secret_header() -> None:
    async with rig() as r:
        await _settled_seed(r)
        peer_id = await _join(r)
        await r.driver.event("peer.join.success", peer_id=peer_id)
        [event] = r.sink.got
        assert event["version"] == "2.0"
        assert {"id", "account_id", "app_id", "template_id", "timestamp", "data"} <= event.keys()
        assert "is_replay" not in event
        assert event["data"]["user_name"] == "Gil"
        assert r.sink.headers[0]["x-record-bot-secret"] == "sandbox-webhook-secret"


@pytest.mark.parametrize(
    ("script", "attempts", "state"),
    [
        ([500], [500, 200], "delivered"),
        ([201, 204, 302], [201, 204, 302, 200], "delivered"),
        ([500, 500, 500, 500], [500, 500, 500, 500], "failed"),
    ],
)
async def test_only_200_counts_and_three_retries_follow(
    script: list[int], attempts: list[int], state: str
) -> None:
    async with rig() as r:
        await _settled_seed(r)
        r.sink.script = script
        peer_id = await _join(r)
        event = await r.driver.event("peer.join.success", peer_id=peer_id)
        await r.driver.until(
            lambda s: s["webhooks"][-1]["state"] == state and len(r.sink.got) == len(attempts)
        )
        assert event["type"] == "peer.join.success"
        shown = (await r.driver.state())["webhooks"][-1]
        assert [a["status"] for a in shown["attempts"]] == attempts
        assert len({e["id"] for e in r.sink.got}) == 1


async def test_an_unreachable_target_is_recorded_as_such() -> None:
    async with rig() as r:
        await r.driver.sim("/webhooks", {"url": "http://127.0.0.1:9/hook"})
        peer_id = await _join(r)
        event = await r.driver.event("peer.join.success", peer_id=peer_id)
        assert event["state"] == "failed"
        assert [a["error"] for a in event["attempts"]] == ["ConnectError"] * 4


async def test_a_room_of_its_own_target_bypasses_the_workspace() -> None:
    async with rig() as r:
        await _settled_seed(r)
        url = (await r.driver.state())["webhook_target"]["url"]
        await r.driver.sim("/rooms/standup/webhook", {"url": url, "headers": {"X-Room": "1"}})
        peer_id = await _join(r)
        await r.driver.event("peer.join.success", peer_id=peer_id)
        assert r.sink.headers[0]["x-room"] == "1"
        assert "x-record-bot-secret" not in r.sink.headers[0]


async def test_without_a_target_events_are_kept_but_not_sent() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/webhooks", {"url": None})
        event = await r.driver.event("peer.join.success", peer_id=await _join(r))
        assert (event["state"], event["attempts"]) == ("no_target", [])
        assert r.sink.got == []


async def test_events_can_be_dropped_by_type() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "drop", "event": "peer.*", "times": 1})
        lost = await r.driver.event("peer.join.success", peer_id=await _join(r))
        kept = await r.driver.event("peer.join.success", peer_id=await _join(r, "Hal"))
        assert (lost["state"], kept["state"]) == ("dropped", "delivered")
        assert [e["data"]["user_name"] for e in r.sink.got] == ["Hal"]


async def test_events_can_come_several_times() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "repeat", "repeat": 3})
        await r.driver.event("peer.join.success", peer_id=await _join(r))
        assert len(r.sink.got) == 3
        assert len({e["id"] for e in r.sink.got}) == 1


async def test_events_can_overtake_each_other() -> None:
    async with rig(speed=1) as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "reorder", "times": 1})
        held, after = await _join(r, "first"), await _join(r, "second")
        await r.driver.event("peer.join.success", peer_id=after)
        await r.driver.event("peer.join.success", peer_id=held)
        assert [e["data"]["user_name"] for e in r.sink.got] == ["second", "first"]


async def test_events_can_be_late() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "delay", "delay_s": 5000, "times": 1})
        late, prompt = await _join(r, "late"), await _join(r, "prompt")
        await r.driver.event("peer.join.success", peer_id=prompt)
        await r.driver.event("peer.join.success", peer_id=late)
        assert [e["data"]["user_name"] for e in r.sink.got] == ["prompt", "late"]


async def _replayed(r: Rig, **body: object) -> Json:
    reply = await r.driver.api("POST", "/analytics/webhooks/replay", json=body)
    assert reply.json()["status"] == "started"
    path = f"/analytics/webhooks/replay/{reply.json()['workflow_id']}"
    await r.driver.until(
        lambda s: s["webhooks"][-1]["is_replay"] and s["webhooks"][-1]["state"] != "waiting"
    )
    return await _finished(r, path)


async def _finished(r: Rig, path: str) -> Json:
    while True:
        status = await r.driver.get(path)
        if status["status"] != "Running":
            return status


async def test_lost_events_are_listed_and_replayed_half_of_them_under_new_ids() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "drop"})
        for name in ("Ida", "Jo"):
            await _join(r, name)
        listed = await r.driver.get("/analytics/webhooks", status="failed")
        assert listed["pagination"]["total_items"] == 2
        first = listed["events"][0]
        assert first["event_name"] == "reporter.webhook.delivery.failed"
        assert first["payload"]["original_event_name"] == "peer.join.success"
        assert first["payload"]["error_reason"]
        status = await _replayed(r)
        assert status["status"] == "completed"
        assert status["progress"] == {"total": 2, "completed": 2, "failed": 0}
        assert [e["is_replay"] for e in r.sink.got] == [True, True]
        known = {event["event_id"] for event in listed["events"]}
        assert sorted(e["id"] in known for e in r.sink.got) == [False, True]


async def test_replays_that_fail_too_are_counted() -> None:
    async with rig() as r:
        await _settled_seed(r)
        await r.driver.sim("/webhooks", {"url": "http://127.0.0.1:9/hook"})
        status = await _replayed(r, status="success", event_names=["session.open.success"])
        assert status["status"] == "failed"
        assert len(status["result"]["failed_events"]) == status["progress"]["total"] > 0


async def test_the_same_replay_does_not_run_twice_at_once() -> None:
    async with rig(speed=1) as r:
        await _settled_seed(r)
        body = {"status": "success"}
        first, second = [
            (await r.driver.api("POST", "/analytics/webhooks/replay", json=body)).json()
            for _ in range(2)
        ]
        assert (first["status"], second["status"]) == ("started", "already_running")
        assert first["workflow_id"] == second["workflow_id"]


async def test_failures_can_only_be_learnt_by_asking() -> None:
    async with rig(sink=Sink()) as r:
        await _settled_seed(r)
        await r.driver.sim("/faults", {"kind": "start_fails"})
        await r.driver.start("standup")
        await r.driver.event("beam.failure")
        for name, found in (("beam.failure", 0), ("beam.stopped.success", 1)):
            listed = await r.driver.get("/analytics/webhooks", event_names=[name])
            assert listed["summary"]["total_events"] == found


async def test_history_has_limits() -> None:
    async with rig() as r:
        now = datetime.now(UTC)
        for start, end, message in (
            (now - timedelta(days=31), now, "start_time must be within the last 30 days"),
            (
                now - timedelta(days=20),
                now,
                "end_time must be within 14 days after start_time",
            ),
        ):
            query = {"start_time": start.isoformat(), "end_time": end.isoformat()}
            listed = await r.driver.api("GET", "/analytics/webhooks", params=query)
            replay = await r.driver.api("POST", "/analytics/webhooks/replay", json=query)
            for reply in (listed, replay):
                assert (reply.status_code, reply.json()["message"]) == (400, message)
        page = await r.driver.get("/analytics/webhooks", limit=2, page=2)
        assert len(page["events"]) == 2
        assert page["pagination"]["has_prev"] is True
