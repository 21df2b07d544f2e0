"""The simulated 100ms fails on demand; its files, its log and its stream of changes."""

import json

import httpx
import pytest

from tests.contract.sim_hms_rig import Rig, rig

START = "/v2/recordings/room/*/start"


async def _try_start(r: Rig, timeout_s: float = 5) -> httpx.Response:
    room = await r.driver.room("standup")
    path = f"/recordings/room/{room['id']}/start"
    return await r.driver.api("POST", path, json={}, timeout=timeout_s)


async def _recordings(r: Rig) -> int:
    return len((await r.driver.state())["recordings"])


@pytest.mark.parametrize("after_work", [False, True])
async def test_a_5xx_may_hide_work_that_was_done(after_work: bool) -> None:
    async with rig() as r:
        fault = {"kind": "status", "status": 500, "path": START, "after_work": after_work}
        await r.driver.sim("/faults", fault | {"times": 1})
        assert (await _try_start(r)).status_code == 500
        assert await _recordings(r) == int(after_work)
        assert (await _try_start(r)).status_code == (409 if after_work else 200)


@pytest.mark.parametrize("after_work", [False, True])
async def test_the_connection_can_be_reset(after_work: bool) -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "reset", "path": START, "after_work": after_work})
        with pytest.raises(httpx.TransportError):
            await _try_start(r)
        assert await _recordings(r) == int(after_work)
        assert (await r.driver.api("GET", "/rooms")).status_code == 200


@pytest.mark.parametrize("after_work", [False, True])
async def test_calls_can_hang_until_the_caller_gives_up(after_work: bool) -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "hang", "path": START, "after_work": after_work})
        with pytest.raises(httpx.ReadTimeout):
            await _try_start(r, timeout_s=0.05)
        assert await _recordings(r) == int(after_work)


async def test_a_hang_that_ends_answers_late() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "hang", "hang_s": 0, "times": 1})
        assert (await r.driver.api("GET", "/rooms")).status_code == 504
        await r.driver.sim("/faults", {"kind": "hang", "hang_s": 0, "after_work": True})
        assert (await r.driver.api("GET", "/rooms")).status_code == 200


async def test_a_rate_limit_tells_when_to_come_back() -> None:
    async with rig() as r:
        fault = {"kind": "status", "status": 429, "retry_after_s": 7, "method": "GET"}
        await r.driver.sim("/faults", fault)
        reply = await r.driver.api("GET", "/rooms")
        assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")
        assert reply.json()["message"] == "rate limit exceeded, retry after 7 seconds"
        assert (await _try_start(r)).status_code == 200


async def test_faults_are_listed_cleared_and_checked() -> None:
    async with rig() as r:
        kept = (await r.driver.sim("/faults", {"kind": "upload_error"}))["added"]
        gone = (await r.driver.sim("/faults", {"kind": "drop"}))["added"]
        left = await r.driver.sim("/faults", {"clear": gone})
        assert [fault["id"] for fault in left["faults"]] == [kept]
        assert (await r.driver.sim("/faults", {"clear": True}))["faults"] == []
        for wrong in ({"kind": "gremlins"}, {"kind": "drop", "evnt": "x"}, {"times": 1}):
            reply = await r.driver.http.post("/sim/faults", json=wrong)
            assert reply.status_code == 400


async def test_a_fault_may_concern_one_room_only() -> None:
    async with rig() as r:
        room = await r.driver.room("sales-weekly")
        await r.driver.sim("/faults", {"kind": "start_fails", "room_id": room["id"]})
        good, bad = await r.driver.start("standup"), await r.driver.start("sales-weekly")
        await r.driver.recording(bad["id"], "failed")
        await r.driver.recording(good["id"], "running")


async def test_links_are_signed_and_expire() -> None:
    async with rig() as r:
        job = await r.driver.start("standup")
        await r.driver.sim(f"/recordings/{job['id']}/finish")
        done = await r.driver.recording(job["id"], "completed")
        path = f"/recording-assets/{done['composite_asset_id']}/presigned-url"
        link = await r.driver.get(path, presign_duration=600)
        assert link["expiry"] == 600
        assert (await r.driver.get(path))["expiry"] == 3 * 24 * 3600
        video = await r.driver.http.get(link["url"])
        assert (video.headers["content-type"], video.content[4:8]) == ("video/mp4", b"ftyp")
        longer = link["url"].replace("expires=", "expires=9")
        assert (await r.driver.http.get(longer)).status_code == 403
        assert (await r.driver.http.get(link["url"].partition("?")[0])).status_code == 403
        await r.driver.sim("/files/expire")
        old = await r.driver.http.get(link["url"])
        assert (old.status_code, "expired" in old.text) == (403, True)
        fresh = await r.driver.get(path)
        assert (await r.driver.http.get(fresh["url"])).status_code == 200
        assert (await r.driver.state())["downloads"] == [done["composite_asset_id"]] * 2
        for wrong in ("0", "-5", "soon", "99999999"):
            assert (await r.driver.api("GET", f"{path}?presign_duration={wrong}")).is_client_error


async def test_every_api_call_is_logged_with_its_body_and_fault() -> None:
    async with rig() as r:
        await r.driver.sim("/faults", {"kind": "status", "times": 1})
        await r.driver.api("GET", "/rooms?limit=20")
        await _try_start(r)
        log = (await r.driver.http.get("/sim/requests?last=2")).json()["requests"]
        assert [(c["method"], c["query"], c["status"], c["fault"]) for c in log] == [
            ("GET", "limit=20", 503, "status"),
            ("POST", "", 200, None),
        ]
        assert log[1]["body"] == {}


async def test_the_stream_can_be_taken_up_where_it_was_left() -> None:
    async with rig() as r:
        seq = (await r.driver.state())["seq"]
        await r.driver.sim("/rooms/standup/join", {"name": "Kim"})
        async with r.driver.http.stream("GET", f"/sim/stream?since={seq}") as reply:
            assert reply.headers["content-type"].startswith("text/event-stream")
            async for line in reply.aiter_lines():
                if line.startswith("data: ") and '"peer"' in line:
                    assert '"name": "Kim"' in line
                    break


async def test_the_stream_leaves_out_requests_where_asked_to() -> None:
    async with rig() as r:
        seq = (await r.driver.state())["seq"]
        await r.driver.api("GET", "/rooms")
        await r.driver.sim("/rooms/standup/join", {"name": "Kim"})
        told: list[str] = []
        query = {"since": seq, "requests": "false"}
        async with r.driver.http.stream("GET", "/sim/stream", params=query) as reply:
            async for line in reply.aiter_lines():
                told += [json.loads(line[5:])["kind"]] if line.startswith("data:") else []
                if told[-1:] == ["peer"]:
                    break
        assert "request" not in told


async def test_people_come_and_go_by_hand() -> None:
    async with rig() as r:
        made = await r.driver.sim("/rooms", {"name": "new room", "template": "broadcast"})
        peer = await r.driver.sim(f"/rooms/{made['id']}/join", {"name": "Lev", "role": "host"})
        await r.driver.event("session.open.success", room_id=made["id"])
        await r.driver.sim(f"/rooms/{made['id']}/leave", {"peer_id": peer["id"]})
        await r.driver.event("peer.leave.success", peer_id=peer["id"])
        await r.driver.event("session.close.success", room_id=made["id"])
        assert (await r.driver.room("new room"))["session_id"] is None
        locked = await r.driver.http.post("/sim/rooms/old standup/join", json={"name": "Mo"})
        assert locked.status_code == 409
        await r.driver.sim("/rooms/standup/end", {"reason": "over", "lock": True})
        assert (await r.driver.room("standup"))["enabled"] is False
