"""What else records a room is named to those who may see it."""

from dataclasses import replace

from record_bot_sandbox.slack import seed

from bot.features.rules.model import Rule
from bot.features.schedules import service
from bot.features.upcoming import service as upcoming_service
from tests.integration.schedules_kit import Stage


async def test_what_else_records_the_room_is_named_to_those_who_may_see_it(there: Stage) -> None:
    deps, gate = there.parts.deps, there.gate()
    one = await there.due("every day at 9:30")
    hidden = replace(one, schedule_id="s2", channel=seed.DESIGN)
    await there.schedules.add(hidden)
    others = await upcoming_service.rivals(deps, gate, hidden, seed.ADMIN, here=seed.STANDUP)
    assert others.overlap
    assert others.overlap.schedule.schedule_id == "s1"
    for user, named in ((seed.MEMBER, "s2"), (seed.ADMIN, None)):
        others = await upcoming_service.rivals(deps, gate, one, user, here=seed.STANDUP)
        assert (others.overlap and others.overlap.schedule.schedule_id) == named
        seen = await service.schedules_of_room_seen(
            deps, gate, one.room_id, user, here=seed.STANDUP
        )
        assert {each.schedule_id for each in seen} == {"s1", named} - {None}


async def test_the_rule_of_the_room_is_named_to_those_who_may_see_it(there: Stage) -> None:
    deps, gate = there.parts.deps, there.gate()
    one = await there.due("every day at 9:30")
    rule = Rule(one.room_id, one.room_name, seed.DESIGN, seed.STARTER, deps.now())
    for each, user, named in (
        (rule, seed.MEMBER, True),
        (rule, seed.ADMIN, False),
        (replace(rule, every_session=False), seed.MEMBER, False),
        (replace(rule, state="paused", why="left"), seed.MEMBER, False),
    ):
        await there.rules.set(each)
        others = await upcoming_service.rivals(deps, gate, one, user, here=seed.STANDUP)
        assert (others.rule is not None) is named
