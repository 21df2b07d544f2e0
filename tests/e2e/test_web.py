"""The HTTP surface: 100ms' webhook, health, metrics."""

from uuid import uuid4

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Json

SECRET = {"X-Record-Bot-Secret": "sandbox-webhook-secret"}

PROXIES = (
    "CDN-Loop",
    "CF-Connecting-IP",
    "CF-Ray",
    "Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "Forwarded",
    "True-Client-IP",
    "Via",
    "X-Amzn-Trace-Id",
    "X-Client-IP",
    "X-Envoy-External-Address",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Original-URI",
    "X-Real-IP",
    "X-Request-ID",
    "X-Some-New-Proxy",
)


def hook(bench: Bench, name: str = "default") -> str:
    return f"{bench.bot.url}/webhooks/100ms/{name}"


def event(kind: str = "beam.started.success", **data: object) -> Json:
    return {
        "version": "2.0",
        "id": str(uuid4()),
        "account_id": "a",
        "app_id": "b",
        "timestamp": "2026-11-22T10:00:00Z",
        "type": kind,
        "data": data,
    }


async def test_a_slash_at_the_end_does_no_harm(bench: Bench) -> None:
    answer = await bench.http.post(hook(bench, "default/"), json=event(), headers=SECRET)
    assert answer.status_code == 200


async def test_without_the_secret_it_is_not_100ms(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    hms = await bench.recording(room)
    forged = event("beam.stopped.success", job_id=hms["id"], reason="room ended", room_id=room.id)
    for headers in ({}, {"X-Record-Bot-Secret": "wrong"}):
        answer = await bench.http.post(hook(bench), json=forged, headers=headers)
        assert answer.status_code == 401
    other = await bench.room()
    await bench.running(other)  # by now the forged one would show
    assert (await bench.card(room, "Recording")).ts == card.ts


async def test_alive_and_ready(bench: Bench) -> None:
    assert (await bench.http.get(f"{bench.bot.url}/healthz")).text == "ok"
    assert (await bench.http.get(f"{bench.bot.url}/readyz")).json() == {"ready": True}


async def test_metrics_are_for_this_machine(bench: Bench) -> None:
    url = f"{bench.bot.url}/metrics"
    here = await bench.http.get(url)
    assert here.status_code == 200
    assert "record_bot_" in here.text
    for name in PROXIES:
        through_proxy = await bench.http.get(url, headers={name: "127.0.0.1"})
        assert through_proxy.status_code == 403, name
    for host in (
        "bot.example.com",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "[::2]",
        "[::1",
        "",
    ):
        by_its_name = await bench.http.get(url, headers={"Host": host})
        assert by_its_name.status_code == 403, host
    port = bench.bot.url.rpartition(":")[2]
    for host in ("localhost", f"localhost:{port}", "127.0.0.1", f"[::1]:{port}"):
        assert (await bench.http.get(url, headers={"Host": host})).status_code == 200, host
    # No token is set here, so none opens it.
    guess = {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer None"}
    assert (await bench.http.get(url, headers=guess)).status_code == 403
    bare = {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer"}
    assert (await bench.http.get(url, headers=bare)).status_code == 403


async def test_calls_are_measured_by_method_and_status(bench: Bench) -> None:
    await bench.running(await bench.room())
    page = (await bench.http.get(f"{bench.bot.url}/metrics")).text
    for service, method, status in (
        ("100ms", "POST /recordings/room/{id}/start", "200"),
        ("slack", "chat.postMessage", "ok"),
    ):
        labels = f'method="{method}",service="{service}",status="{status}"'
        assert f"record_bot_call_seconds_count{{{labels}}}" in page
    assert 'record_bot_build_info{python="' in page
    assert "record_bot_store_up 1.0" in page
    assert await bench.metric("record_bot_open_recordings") >= 1
    assert "record_bot_oldest_due_step_seconds " in page


async def test_metrics_open_with_the_token(alone: Bench) -> None:
    url = f"{alone.bot.url}/metrics"
    far = {"X-Forwarded-For": "1.2.3.4"}
    assert (await alone.http.get(url, headers=far)).status_code == 403
    right = far | {"Authorization": "Bearer token-for-metrics"}
    assert (await alone.http.get(url, headers=right)).status_code == 200
    wrong = far | {"Authorization": "Bearer token-for-metric"}
    assert (await alone.http.get(url, headers=wrong)).status_code == 403


async def test_client_id_and_secret_in_the_environment_change_nothing(alone: Bench) -> None:
    assert alone.bot.env["SLACK_CLIENT_ID"]
    room = await alone.room()
    await alone.running(room)
    log = alone.bot.log.read_text()
    assert "setting_ignored" in log
    assert "not-for-bolt" not in log


async def test_the_start_says_that_webhooks_are_off_and_warns_of_nothing(alone: Bench) -> None:
    text = alone.bot.log.read_text()
    assert "webhooks_off" in text
    assert "HMS_WEBHOOK_SECRET is not set" in text
    assert "Warning" not in text


async def test_without_public_url_there_are_no_meeting_pages(bench: Bench) -> None:
    for path in ("/m/", f"/m/{'0' * 32}", f"/m/{'0' * 32}/data"):
        assert (await bench.http.get(f"{bench.bot.url}{path}")).status_code == 404


async def test_webhooks_of_rooms_with_their_own_target_are_not_needed(bench: Bench) -> None:
    """Such a room tells somebody else: the bot asks."""
    room = await bench.room()
    await bench.hms.sim(f"/rooms/{room.id}/webhook", {"url": "http://127.0.0.1:9/x"})
    card = await bench.running(room, "--no-transcript", channel=seed.DESIGN)
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.card(room, "Video ready", channel=seed.DESIGN)
