"""Nobody is told that there is no such room before 100ms was asked; without an answer, why not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from tests.integration.access_table import OUTSIDE
from tests.integration.told_kit import Stage, staged

ID = "6a1b2c3d4e5f6a1b2c3d4e5f"
KEYS = "100ms does not accept this bot's keys (HTTP 401)"
ERROR = "100ms had an internal error (HTTP 503)"
BY_NAME = ("start {}", "follow {}", "auto {} on", "schedule {} from https://calendar.example/a")
BY_ID = ("follow {}", "auto {} on", "schedule {} tomorrow at 9")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        await made.clear()
        yield made


async def test_what_100ms_does_not_have_is_denied(stage: Stage) -> None:
    for asked, reference in _each(("Zanzibar", BY_NAME), (ID, BY_ID)):
        assert f"There is no room “{reference}”." in await stage.say(asked), asked


@pytest.mark.parametrize(("status", "why"), [(401, KEYS), (503, ERROR)])
async def test_without_an_answer_nothing_is_denied(stage: Stage, status: int, why: str) -> None:
    await stage.hms_fault(kind="status", status=status)
    for asked, reference in _each(("Zanzibar", BY_NAME), (ID, BY_ID[:1])):
        told = await stage.say(asked)
        assert f"No room “{reference}” was found so far. {why}" in told, asked


@pytest.mark.parametrize("asked", ["follow {}", "auto {} on", "schedule {} tomorrow at 9"])
@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_room_made_a_moment_ago_is_found(stage: Stage, asked: str, by: str) -> None:
    made: dict[str, Any] = await stage.driver.sim("/rooms", {"name": "Zanzibar"})
    told = await stage.say(asked.format(made[by]))
    assert "no room" not in told.casefold(), told
    assert "Zanzibar" in told, "its name, not the id"


@pytest.mark.parametrize("asked", ['list "{}"', "list {}"])
async def test_a_room_that_is_gone_is_known_by_its_recordings(stage: Stage, asked: str) -> None:
    """Only to people who may see one of them."""
    key, _ = await stage.rig.recording("private", "ended")
    name = (await stage.deps.store.recordings.load(key)).recording.room_name
    told = await stage.say(asked.format(name.lower()))
    assert "no room" not in told.casefold(), told
    assert name in told
    assert "There is no room" in await stage.say(asked.format(name), OUTSIDE)
    assert "There is no room" in await stage.say(f'start "{name}"')


async def test_several_rooms_are_no_missing_room(stage: Stage) -> None:
    rooms = [RoomEntry(f"{n:024x}", f"Budget {n}") for n in range(2)]
    await RoomRepository(stage.deps.db).upsert(rooms, stage.now)
    told = await stage.say("auto Budget on")
    assert "“Budget” fits more than one room." in told


async def test_a_rule_of_a_room_that_is_gone_can_be_switched_off(stage: Stage) -> None:
    assert "no room" not in (await stage.say(f"auto {ID} off")).casefold()


def _each(*groups: tuple[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(text.format(name), name) for name, texts in groups for text in texts]
