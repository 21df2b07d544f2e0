"""The simulated 100ms says yes and no to the calls as facts/100ms.md has it."""

import re
import time
from typing import Any

import jwt
import pytest
from record_bot_sandbox.hms.driver import management_token

from tests.contract.sim_hms_rig import SECRET, rig

SUMMARY = {"enabled": True, "sections": [{"title": "Agenda", "format": "bullets"}]}


def _with_summary(**changes: Any) -> dict[str, Any]:
    return {"transcription": {"enabled": True, "summary": SUMMARY | changes}}


GOOD_BODIES: list[dict[str, Any]] = [
    {},
    {"resolution": {"width": 720, "height": 1280}},
    {"resolution": {"width": 192, "height": 144}},
    {"audio_only": True, "destination": "default"},
    {"meeting_url": "https://acme.app.100ms.live/preview/x/host?skip_preview=true"},
    {"transcription": {"enabled": False}},
    {"transcription": {"enabled": True, "output_modes": ["txt", "srt", "json"]}},
    {"transcription": {"enabled": True, "custom_vocabulary": ["WebRTC"]}},
    _with_summary(context="c" * 300, temperature=0.1),
    _with_summary(temperature=1, sections=[{"title": "t" * 100, "format": "paragraph"}] * 6),
]
BAD_BODIES: list[Any] = [
    [],
    {"meeting_url": ""},
    {"meeting_url": "not a url"},
    {"metadata": "channel C1"},
    {"resolution": {"width": 1280}},
    {"resolution": {"width": 143, "height": 720}},
    {"resolution": {"width": 1921, "height": 720}},
    {"resolution": {"width": 1200, "height": 1100}},
    {"resolution": {"width": "1280", "height": 720}},
    {"audio_only": "yes"},
    {"destination": "elsewhere"},
    {"transcription": {"enabled": True, "output_modes": ["pdf"]}},
    {"transcription": {"enabled": True, "output_modes": ["txt", "txt"]}},
    {"transcription": {"enabled": True, "custom_vocabulary": "WebRTC"}},
    _with_summary(context="c" * 301),
    _with_summary(temperature=0.05),
    _with_summary(temperature=1.1),
    _with_summary(sections=[{"title": "t", "format": "bullets"}] * 7),
    _with_summary(sections=[{"title": "t" * 101, "format": "bullets"}]),
    _with_summary(sections=[{"title": "t", "format": "table"}]),
    _with_summary(sections=[{"format": "bullets"}]),
]


async def test_every_token_but_a_good_one_is_refused() -> None:
    now = int(time.time())
    async with rig() as r:
        config = r.driver.config
        other = config.model_copy(update={"secret": "another secret, also long enough for it"})
        good = management_token(config)
        bad = [
            "",
            "Bearer",
            f"Basic {good}",
            "Bearer nonsense",
            f"Bearer {management_token(other)}",
            f"Bearer {management_token(config, access_key='someone')}",
            f"Bearer {management_token(config, type='app')}",
            f"Bearer {management_token(config, version=1)}",
            f"Bearer {management_token(config, exp=now - 60)}",
            f"Bearer {management_token(config, nbf=now + 600)}",
            *(f"Bearer {management_token(config, **{c: None})}" for c in ("jti", "iat", "exp")),
            f"Bearer {jwt.encode({'type': 'management'}, SECRET * 2, algorithm='HS512')}",
        ]
        for header in bad:
            reply = await r.driver.api("GET", "/rooms", headers={"Authorization": header})
            assert reply.status_code == 401, header
            body = reply.json()
            assert (body["code"], body["message"]) == (401, "Token validation error")
            assert body["details"]
        assert (await r.driver.api("GET", "/rooms")).status_code == 200
        assert (await r.driver.state())["tokens_seen"] == 1


@pytest.mark.parametrize("body", GOOD_BODIES, ids=str)
async def test_start_accepts_what_the_table_allows(body: dict[str, Any]) -> None:
    async with rig() as r:
        reply = await r.driver.start("standup", body)
        assert reply["status"] == "starting"
        assert re.fullmatch(r"[0-9a-f]{24}", reply["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", reply["created_at"])
        assert (reply["started_at"], reply["stopped_at"]) == (None, None)
        assert (reply["started_by"], reply["recording_assets"]) == ("", None)


async def test_start_refuses_everything_else() -> None:
    async with rig() as r:
        room = await r.driver.room("standup")
        path = f"/recordings/room/{room['id']}/start"
        for body in BAD_BODIES:
            reply = await r.driver.api("POST", path, json=body)
            assert (reply.status_code, reply.json()["message"]) == (400, "invalid input"), body
        empty = await r.driver.api("POST", path)
        assert (empty.status_code, empty.json()["message"]) == (
            400,
            "request body must not be empty",
        )
        broken = await r.driver.api("POST", path, content=b'{"audio_only": tru}')
        assert broken.status_code == 400
        assert re.fullmatch(
            r"request body contains badly-formed JSON \(at position \d+\)",
            broken.json()["message"],
        )
        assert (await r.driver.state())["recordings"] == []


async def test_start_needs_what_the_template_lacks() -> None:
    async with rig() as r:

        async def start(name: str, body: dict[str, Any]) -> tuple[int, str]:
            room = await r.driver.room(name)
            reply = await r.driver.api("POST", f"/recordings/room/{room['id']}/start", json=body)
            return reply.status_code, reply.json().get("message", "")

        url = {"meeting_url": "https://meet.example.com/w"}
        for name in ("webinar", "dashboard off"):
            assert await start(name, {}) == (400, "invalid input")
            assert (await start(name, url))[0] == 200
        assert await start("town hall", {}) == (400, "invalid input")
        assert (await start("town hall", {"destination": "back-stage"}))[0] == 200
        assert (await start("old standup", {}))[0] == 403


async def test_a_room_has_one_recording_at_a_time() -> None:
    async with rig() as r:
        first = await r.driver.start("standup")
        path = f"/recordings/room/{first['room_id']}"
        second = await r.driver.api("POST", f"{path}/start", json={})
        assert (second.status_code, second.json()["message"]) == (409, "beam already started")
        await r.driver.recording(first["id"], "running")
        stopped = await r.driver.api("POST", f"{path}/stop")
        assert [item["status"] for item in stopped.json()["data"]] == ["stopping"]
        for call in ("stop", "pause", "resume"):
            again = await r.driver.api("POST", f"{path}/{call}")
            assert (again.status_code, again.json()["message"]) == (404, "beam not found")
        assert (await r.driver.api("POST", f"/recordings/{first['id']}/stop")).status_code == 404


async def test_unknown_things_are_refused_each_in_its_way() -> None:
    async with rig() as r:
        missing = "0" * 24
        for method, path, status in (
            ("GET", f"/rooms/{missing}", 403),
            ("POST", f"/recordings/room/{missing}/start", 403),
            ("GET", f"/recordings/{missing}", 404),
            ("GET", f"/recording-assets/{missing}", 404),
            ("GET", f"/templates/{missing}", 404),
            ("GET", f"/templates/{missing}/recordings", 404),
            ("GET", f"/analytics/webhooks/replay/{missing}", 404),
        ):
            reply = await r.driver.api(method, path, json={})
            assert reply.status_code == status, path
            assert reply.json()["code"] == status
        body = (await r.driver.api("GET", f"/rooms/{missing}")).json()
        assert body["message"] == "user does not have required permission"


async def test_what_is_not_simulated_says_so() -> None:
    async with rig() as r:
        for method, path in (("POST", "/live-streams/room/x/start"), ("DELETE", "/rooms")):
            reply = await r.driver.api(method, path)
            assert reply.status_code == 501
            assert reply.json() == {"code": 501, "message": f"not simulated: {method} /v2{path}"}


async def test_pages_chain_by_last_until_an_empty_one() -> None:
    async with rig(speed=100_000) as r:
        for i in range(12):
            await r.driver.sim("/rooms", {"name": f"extra {i}"})
        total = len((await r.driver.state())["rooms"])
        first = await r.driver.get("/rooms")
        assert (first["limit"], len(first["data"])) == (10, 10)
        second = await r.driver.get("/rooms", start=first["last"], limit=100)
        assert len({room["id"] for room in first["data"] + second["data"]}) == total
        end = await r.driver.get("/rooms", start=second["last"])
        assert end == {"limit": 10, "data": [], "last": None}
        assert await r.driver.get("/recordings") == {"limit": 10, "data": [], "last": ""}
        assert await r.driver.get("/recording-assets") == {"limit": 10, "data": []}
        for limit in ("9", "101", "ten"):
            assert (await r.driver.api("GET", f"/rooms?limit={limit}")).status_code == 400


@pytest.mark.parametrize(
    ("name_filter", "expected"),
    [("exact", ["sales-weekly"]), ("prefix", ["sales-weekly-emea", "sales-weekly"])],
)
async def test_rooms_are_filtered(name_filter: str, expected: list[str]) -> None:
    async with rig(room_name_filter=name_filter) as r:
        named = await r.driver.get("/rooms", name="sales-weekly")
        assert [room["name"] for room in named["data"]] == expected
        disabled = await r.driver.get("/rooms", enabled="false")
        assert [room["name"] for room in disabled["data"]] == ["old standup"]
        room = named["data"][0]
        assert await r.driver.get(f"/rooms/{room['id']}") == room


async def test_active_rooms_know_who_is_there() -> None:
    async with rig() as r:
        room, empty = await r.driver.room("standup"), await r.driver.room("board room")
        active = await r.driver.get(f"/active-rooms/{room['id']}")
        peers = (await r.driver.get(f"/active-rooms/{room['id']}/peers"))["peers"]
        assert active["session"]["peers"] == list(peers)
        assert [peer["name"] for peer in peers.values()] == ["Ana", "Ben"]
        said = {"message": "Recording <on> & running", "type": "chat"}
        reply = await r.driver.api("POST", f"/active-rooms/{room['id']}/send-message", json=said)
        assert reply.json() == {"message": "message sent"}
        assert (await r.driver.room("standup"))["chat"][0]["text"] == said["message"]
        for path in ("", "/peers"):
            nobody = await r.driver.api("GET", f"/active-rooms/{empty['id']}{path}")
            assert nobody.status_code == 404
        for path in ("send-message", "end-room"):
            nobody = await r.driver.api("POST", f"/active-rooms/{empty['id']}/{path}", json=said)
            assert nobody.status_code == 404


async def test_sessions_codes_and_templates_can_be_read() -> None:
    async with rig() as r:
        room = await r.driver.room("standup")
        sessions = await r.driver.get("/sessions", room_id=room["id"], active="true")
        assert [s["id"] for s in sessions["data"]] == [room["session_id"]]
        session = await r.driver.get(f"/sessions/{room['session_id']}")
        assert [p["name"] for p in session["peers"].values()] == [p["name"] for p in room["peers"]]
        assert (await r.driver.api("GET", "/sessions/unknown")).status_code == 404
        codes = (await r.driver.get(f"/room-codes/room/{room['id']}"))["data"]
        assert [code["role"] for code in codes] == ["host", "guest"]
        assert all(re.fullmatch(r"[a-z]{3}-[a-z]{4}-[a-z]{3}", code["code"]) for code in codes)
        on = await r.driver.api("GET", f"/templates/{room['template_id']}/recordings")
        assert on.json()[0]["compositeRecording"]["browserComposite"]["enabled"] is True
        off_room = await r.driver.room("dashboard off")
        off = await r.driver.api("GET", f"/templates/{off_room['template_id']}/recordings")
        assert "enabled" not in off.json()[0]["compositeRecording"]["browserComposite"]
        itself = await r.driver.get(f"/templates/{off_room['template_id']}")
        assert itself["settings"]["recording"] == {"enabled": False}
        several = await r.driver.get(
            f"/templates/{(await r.driver.room('town hall'))['template_id']}"
        )
        names = [one["name"] for one in several["destinations"]["browserRecordings"].values()]
        assert names == ["main-stage", "back-stage"]
