"""What the owner of a rule is told of what somebody else does with it."""

from dataclasses import replace

from record_bot_sandbox.slack import seed

from bot.access.rights import Rights
from bot.features.rules import service as rules_service
from tests.integration.schedules_kit import Stage, rule_and_calendar


async def test_the_owner_is_told_that_somebody_changed_their_rule(there: Stage) -> None:
    deps, rights = there.parts.deps, Rights(there.parts.deps)
    rule, _ = await rule_and_calendar(there)
    for by, number in ((seed.STARTER, 0), (seed.MEMBER, 1)):
        await rules_service.set_rule(deps, rights, replace(rule, by=by, least_people=2))
        told = await there.notices()
        assert [one.channel for one in told] == [seed.STARTER] * number
    assert f"<@{seed.MEMBER}> changed your rule for *standup*" in told[0].text


async def test_an_owner_reads_nothing_of_the_channel_that_takes_over_a_rule(there: Stage) -> None:
    deps, rights = there.parts.deps, Rights(there.parts.deps)
    rule, _ = await rule_and_calendar(there)
    await there.rules.set(replace(rule, state="paused", why="left"))
    elsewhere = replace(rule, channel=seed.DESIGN, by=seed.MEMBER)
    made = await rules_service.set_rule(deps, rights, elsewhere)
    assert made.channel == seed.DESIGN
    assert await there.notices() == []
