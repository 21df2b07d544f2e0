"""The doctor, Home and the card agree on whether 100ms is taking longer than usual."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed

from bot.core.facts import Observed, StartAccepted, StartRequested
from bot.core.options import RecordingOptions
from bot.core.policy import is_late
from bot.features.doctor.service import late
from tests.integration.access_rig import Rig, rigged
from tests.integration.access_table import PLAZA

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rigged(tmp_path_factory.mktemp("late")) as made:
        yield made


async def stopped(rig: Rig, name: str, ago: timedelta) -> str:
    """A recording that stopped so long ago, and of which 100ms has given no file yet."""
    at = rig.bot.parts.deps.now() - ago
    first = StartRequested(
        at=at, request_id=name, room_id=name * 24, room_name=f"room {name}",
        options=RecordingOptions(), by=seed.STARTER, channel_id=PLAZA, via="command",
    )  # fmt: skip
    ended = Observed(at=at, status="post_processing", started_at=at, stopped_at=at)
    facts = [StartAccepted(at=at, hms_id=f"hms-{name}"), ended]
    await rig.store.recordings.create(f"rec-{name}", first, also=facts)
    return f"rec-{name}"


async def told(rig: Rig) -> str:
    """What a full member is told in #plaza."""
    return (await rig.send(rig.command(seed.STARTER, "doctor"), form="command")).told


async def test_what_the_card_calls_late_the_doctor_does_too(rig: Rig) -> None:
    deps = rig.bot.parts.deps
    await stopped(rig, "a", timedelta(0))
    assert await late(deps) == []
    assert "Nothing is waiting." in await told(rig)
    key = await stopped(rig, "b", deps.policy.video_late_after + timedelta(seconds=1))
    recording = (await rig.store.recordings.load(key)).recording
    assert is_late(recording, deps.policy, deps.now()), "so the card says it"
    [one] = await late(deps, PLAZA)
    assert (one.room_name, one.here) == ("room b", True)
    answer = await told(rig)
    assert "*room b*: 100ms is taking longer than usual." in answer
    assert "Nothing is waiting." not in answer


async def test_home_tells_an_admin(rig: Rig) -> None:
    deps = rig.bot.parts.deps
    opened = rig.event("app_home_opened", user=seed.ADMIN, channel="D1", tab="home")
    assert "taking longer than usual" not in (await rig.send(opened, form="event")).told
    await stopped(rig, "c", deps.policy.video_late_after + timedelta(seconds=1))
    again = rig.event("app_home_opened", user=seed.ADMIN, channel="D1", tab="home")
    origin = (await rig.send(again, form="event")).told
    assert "1 recording: 100ms is taking longer than usual." in origin
    assert "100ms and Slack are answering." not in origin
