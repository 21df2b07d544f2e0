"""`/metrics` of the real bot: calls by method and status, and numbers that outlive a restart."""

import time

from tests.e2e.bench import Bench


async def test_calls_are_measured_by_method_and_status(calm: Bench) -> None:
    room = await calm.room()
    await calm.running(room)
    page = (await calm.http.get(f"{calm.bot.url}/metrics")).text
    for service, method, status in (
        ("100ms", "POST /recordings/room/{id}/start", "200"),
        ("slack", "chat.postMessage", "ok"),
    ):
        labels = f'method="{method}",service="{service}",status="{status}"'
        assert f"record_bot_call_seconds_count{{{labels}}}" in page
    assert 'record_bot_build_info{python="' in page
    assert "record_bot_store_up 1.0" in page
    assert await calm.metric("record_bot_open_recordings") >= 1
    assert "record_bot_oldest_due_step_seconds " in page


async def test_the_last_webhook_is_known_after_a_restart(calm: Bench) -> None:
    room = await calm.room()
    await calm.running(room)
    name = "record_bot_last_webhook_timestamp_seconds"
    before = await calm.metric(name)
    assert time.time() - 300 < before <= time.time()
    await calm.bot.kill()
    await calm.bot.start()
    assert await calm.metric(name) >= before
