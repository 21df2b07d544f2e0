"""Backed up while it runs, killed in a storm of webhooks, restored: the recordings go on."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.bench import Bench, ended
from tests.e2e.reading import Json, Room
from tests.e2e.test_cli import record_bot

WEBHOOKS = 400
AT_ONCE = 32


def webhooks(room: Room, job_id: str) -> Iterator[Json]:
    """Half of them about the recording, half about what nobody knows."""
    for n in range(WEBHOOKS):
        data = {"room_id": room.id, "job_id": job_id if n % 2 else uuid4().hex}
        yield {
            "version": "2.0",
            "id": str(uuid4()),
            "type": "beam.started.success",
            "data": {**data, "number": n},
        }


@pytest.mark.own_stage
async def test_restored_after_a_kill_with_400_webhooks_in_between(
    calm: Bench, tmp_path: Path
) -> None:
    one, two = await calm.room(), await calm.room()
    options = "--transcript --summary"
    cards = [await calm.running(room, options) for room in (one, two)]
    env, copy = dict(calm.bot.env), tmp_path / "copy.sqlite"
    done = await record_bot(tmp_path, "backup", str(copy), env=env)
    assert (done.returncode, done.stdout) == (0, f"Backed up to {copy}.\n"), done.stderr
    refused = await record_bot(tmp_path, "restore", str(copy), env=env)
    assert refused.returncode == 1
    assert "in use by process" in refused.stderr

    job_id = (await calm.recording(one))["id"]
    secret = {"X-Record-Bot-Secret": env["HMS_WEBHOOK_SECRET"]}
    gate = asyncio.Semaphore(AT_ONCE)

    async def send(event: Json) -> int:
        async with gate:
            at = f"{calm.bot.url}/webhooks/100ms/default"
            headers = {"content-type": "application/json", **secret}
            return (
                await calm.http.post(at, content=json.dumps(event), headers=headers)
            ).status_code

    statuses = await asyncio.gather(*(send(event) for event in webhooks(one, job_id)))
    assert set(statuses) == {200}
    await calm.bot.kill()
    assert calm.database.with_name(calm.database.name + "-wal").stat().st_size > 0
    await calm.finish(two)  # while nobody is there

    done = await record_bot(tmp_path, "restore", str(copy), env=env)
    assert done.returncode == 0, done.stderr
    assert "polls 100ms" in done.stdout
    await calm.bot.start()
    await ended(calm, two, cards[1])
    await calm.finish(one)
    await ended(calm, one, cards[0])
