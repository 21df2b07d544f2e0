"""The list of what is planned."""

from record_bot_sandbox.slack import seed

from bot.access.rights import Rights
from bot.features.rooms.refreshing import Refreshing
from bot.features.upcoming import service as upcoming_service
from bot.features.upcoming import views as upcoming_views
from tests.integration.schedules_kit import Stage, rule_and_calendar


async def test_the_list_says_that_a_room_is_disabled(there: Stage) -> None:
    """A rule of such a room would wait for ever; nobody can join it."""
    deps, rights = there.parts.deps, Rights(there.parts.deps)
    await rule_and_calendar(there)
    to = await there.gate().horizon(seed.MEMBER, seed.STANDUP)
    for enabled, number in ((True, 0), (False, 2)):
        there.room().enabled = enabled
        await Refreshing(deps).rooms()
        found = await upcoming_service.listed(deps, there.gate(), rights, to, here=seed.STANDUP)
        said = upcoming_views.schedules_list(found, deps.now()).text
        assert said.count("The room is disabled in 100ms") == number
