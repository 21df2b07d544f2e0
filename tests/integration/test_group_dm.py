"""In a direct message among several people the bot cannot be: it says so, and does nothing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed

from tests.integration.access_rig import Rig, rigged

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUP = {"channel_id": "G0GROUPDM1", "channel_name": "mpdm-ines--amara--tariq-1"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rigged(tmp_path_factory.mktemp("group")) as made:
        yield made


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"start {'d' * 24}",
        "status",
        "list",
        "find budget",
        "schedules",
        "auto x on",
        "settings",
    ],
)
async def test_a_command_among_several_people_is_told_to_use_a_channel(rig: Rig, text: str) -> None:
    done = await rig.send({**rig.command(seed.STARTER, text), **GROUP}, form="command")
    assert "Use a channel that everybody is in" in done.told
    assert done.calls == []
    assert not any(done.rows.values())


async def test_help_is_given_there_too(rig: Rig) -> None:
    done = await rig.send({**rig.command(seed.STARTER, "help"), **GROUP}, form="command")
    assert "`/record start standup`" in done.told
