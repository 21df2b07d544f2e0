"""What people may do with somebody else's schedule, and what its owner is told of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from record_bot_sandbox.slack import seed

from bot.access.rights import NoRight, Rights
from bot.access.views import refused_message
from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.proofs import SeenSchedule
from bot.features.calendars import ids as calendars_ids
from bot.features.calendars import service as calendars_service
from bot.features.rules import ids as rules_ids
from bot.features.rules import service as rules_service
from bot.features.schedules import ids, service
from bot.features.schedules.model import Schedule, deleted, next_dates, paused, skipped
from bot.features.upcoming import service as upcoming_service
from bot.features.upcoming import views as upcoming_views
from tests.integration.schedules_kit import Stage, rule_and_calendar

OUTSIDE = "U0OUTSIDE1"  # a full member who is in no channel
CHANGES = {ids.CHANGE, ids.DELETE}


def seen(by: str) -> SeenSchedule:
    return SeenSchedule("s1", by)


async def offered(there: Stage, user: str, here: str | None = seed.STANDUP) -> set[str]:
    """The buttons that the list shows to this person."""
    to = await there.gate().horizon(user, here)
    rights = Rights(there.parts.deps)
    found = await upcoming_service.listed(there.parts.deps, there.gate(), rights, to, here=here)
    message = upcoming_views.schedules_list(found, there.parts.deps.now())
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {element["action_id"].rsplit(".", 1)[0] for row in rows for element in row}


def member_outside(there: Stage) -> None:
    there.slack.users[OUTSIDE] = replace(there.slack.users[seed.MEMBER], id=OUTSIDE)


async def may_stop(there: Stage, who: Allowed) -> None:
    settings = ChannelSettings(may_stop=who)
    await there.parts.deps.store.channel_settings.save(seed.STANDUP, settings, by=seed.ADMIN)


async def test_the_list_offers_what_each_person_may_do(there: Stage) -> None:
    member_outside(there)
    await there.due("every day at 9:30")
    every = {ids.SKIP, ids.RUN_NOW, ids.PAUSE} | CHANGES
    assert await offered(there, seed.STARTER) == every
    assert await offered(there, seed.MEMBER) == every
    assert await offered(there, OUTSIDE, None) == every - {ids.RUN_NOW}
    assert await offered(there, seed.GUEST) == set()
    await may_stop(there, Allowed(who="admins"))
    assert await offered(there, seed.MEMBER) == {ids.RUN_NOW}
    await may_stop(there, Allowed(who="some", people=(seed.GUEST,)))
    assert await offered(there, seed.GUEST) == every - {ids.RUN_NOW}


async def test_a_paused_schedule_is_resumed_by_those_who_may_start_there(there: Stage) -> None:
    member_outside(there)
    one = await there.due("every day at 9:30")
    await there.schedules.write(one, paused(one, "asked", seed.STARTER))
    assert await offered(there, seed.MEMBER) == {ids.RESUME, ids.RUN_NOW} | CHANGES
    assert await offered(there, OUTSIDE, None) == CHANGES
    assert await offered(there, seed.GUEST) == set()


async def test_a_rule_and_a_calendar_are_turned_off_by_those_who_may(there: Stage) -> None:
    rule, calendar = await rule_and_calendar(there)
    assert await offered(there, seed.MEMBER) == {rules_ids.RULE_OFF, calendars_ids.CALENDAR_OFF}
    assert await offered(there, seed.GUEST) == set()
    deps, rights = there.parts.deps, Rights(there.parts.deps)
    with pytest.raises(NoRight) as no:
        await rules_service.unset_rule(deps, rights, rule.room_id, rule.channel, seed.GUEST)
    said = refused_message(no.value.refused, no.value.doing, None).text
    assert said == f"Only <@{seed.STARTER}> and full members of this workspace can " + (
        "turn off this rule."
    )
    with pytest.raises(NoRight) as no:
        await calendars_service.drop_calendar(deps, rights, calendar, seed.GUEST)
    assert no.value.doing == "stop following this calendar"


Done = Callable[[Stage, SeenSchedule], Awaitable[object]]


async def delete(there: Stage, by: SeenSchedule) -> object:
    return await service.delete(there.parts.deps, Rights(there.parts.deps), by)


async def pause(there: Stage, by: SeenSchedule) -> object:
    return await service.pause(there.parts.deps, Rights(there.parts.deps), by)


async def resume(there: Stage, by: SeenSchedule) -> object:
    deps, here = there.parts.deps, seed.STANDUP
    one = await there.schedules.get("s1")
    assert one
    await there.schedules.write(one, paused(one, "asked", seed.STARTER))
    return await service.resume(deps, there.gate(), Rights(deps), by, here=here)


async def change(there: Stage, by: SeenSchedule) -> object:
    return await service.change(
        there.parts.deps, Rights(there.parts.deps), by, "every day at 11 for 20m"
    )


async def skip(there: Stage, by: SeenSchedule) -> object:
    return await service.skip(there.parts.deps, Rights(there.parts.deps), by, None)


async def restore(there: Stage, by: SeenSchedule) -> object:
    one, deps = await there.schedules.get("s1"), there.parts.deps
    assert one
    await there.schedules.write(one, deleted(one, deps.now()))
    return await service.restore(deps, there.gate(), Rights(deps), by, here=seed.STANDUP)


async def unskip(there: Stage, by: SeenSchedule) -> object:
    one, deps = await there.schedules.get("s1"), there.parts.deps
    assert one
    date = next_dates(one)[1]
    await there.schedules.write(one, skipped(one, date, deps.now()))
    return await service.unskip(deps, Rights(deps), by, date)


@pytest.mark.parametrize(
    ("do", "words", "buttons"),
    [
        (delete, ["deleted your schedule", "every day at 9:30 (UTC)"], {ids.RESTORE}),
        (restore, ["restored your schedule"], set()),
        (pause, ["paused your schedule"], {ids.RESUME, ids.DELETE}),
        (resume, ["resumed your schedule", "under their name"], set()),
        (change, ["changed your schedule", "11:00 for 20 min", "It was every day at 9:30"], {ids.CHANGE}),
        (skip, ["skipped one date of your schedule"], {ids.UNSKIP}),
        (unskip, ["restored one date of your schedule"], set()),
    ],
    ids=["deleted", "restored", "paused", "resumed", "changed", "skipped", "unskipped"],
)  # fmt: skip
async def test_the_owner_is_told_what_somebody_else_did(
    there: Stage, do: Done, words: list[str], buttons: set[str]
) -> None:
    await there.due("every day at 9:30")
    assert await do(there, seen(seed.MEMBER))
    there.slack.calls.clear()
    await there.parts.timekeeper.tell()
    (post,) = [call for call in there.slack.calls if call.method == "chat.postMessage"]
    assert post.args["channel"] == seed.STARTER
    for each in (f"<@{seed.MEMBER}>", *words):
        assert each in post.args["text"], post.args["text"]
    elements = post.args["blocks"][-1]["elements"]
    assert {one["action_id"] for one in elements[:-1]} == buttons
    assert all(one["value"].split()[0] == "s1" for one in elements[:-1])


@pytest.mark.parametrize("do", [delete, restore, pause, resume, change, skip, unskip])
async def test_nobody_is_told_what_they_did_themselves(there: Stage, do: Done) -> None:
    await there.due("every day at 9:30")
    assert await do(there, seen(seed.STARTER))
    assert await there.notices() == []


async def test_the_owners_of_rules_and_calendars_are_told_as_well(there: Stage) -> None:
    deps, rights = there.parts.deps, Rights(there.parts.deps)
    for by, number in ((seed.STARTER, 0), (seed.MEMBER, 2)):
        rule, calendar = await rule_and_calendar(there)
        assert await rules_service.unset_rule(deps, rights, rule.room_id, rule.channel, by)
        assert await calendars_service.drop_calendar(deps, rights, calendar, by)
        told = await there.notices()
        assert [one.channel for one in told] == [seed.STARTER] * number
    assert "`/record auto standup on` in <#" in " ".join(one.text for one in told)


async def test_the_list_says_who_paused_a_schedule(there: Stage) -> None:
    await there.due("every day at 9:30")
    await pause(there, seen(seed.MEMBER))
    found = await there.schedules.get("s1")
    assert isinstance(found, Schedule)
    assert found.paused_by == seed.MEMBER
    now = there.parts.deps.now()
    to = await there.gate().horizon(seed.STARTER, seed.STANDUP)
    listing = await upcoming_service.listed(
        there.parts.deps, there.gate(), Rights(there.parts.deps), to, here=seed.STANDUP
    )
    assert f"Paused by <@{seed.MEMBER}>." in upcoming_views.schedules_list(listing, now).text
    resumed = await service.resume(
        there.parts.deps, there.gate(), Rights(there.parts.deps), seen(seed.STARTER),
        here=seed.STANDUP,
    )  # fmt: skip
    assert isinstance(resumed, Schedule)
    assert resumed.paused_by is None
