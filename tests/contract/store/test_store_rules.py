"""Rules for rooms in both databases."""

from dataclasses import replace
from typing import get_args

import pytest

from bot.features.automatic.model import PauseReason
from bot.features.rules.model import Rule
from bot.features.rules.store import RuleRepository
from bot.store.store import Store
from tests.contract.store_support import T0, Clock


async def test_a_room_has_one_rule_of_one_channel(store: Store, clock: Clock) -> None:
    rules = RuleRepository(store.db)
    first = await rules.set(Rule("room-1", "Stand-up", "C1", "U1", T0))
    other = await rules.set(Rule("room-1", "Stand-up", "C2", "U2", T0))
    assert (other.channel, other.by) == ("C1", "U1")
    checked = replace(first, session_id="session", parts=1, seen_in="k", empty_since=T0)
    await rules.checked(first, checked)
    again = await rules.set(Rule("room-1", "Stand-up", "C1", "U3", T0, least_people=2))
    assert (again.least_people, again.session_id) == (2, "session")
    assert not await rules.delete("room-1", "C2")
    assert await rules.delete("room-1", "C1")


@pytest.mark.parametrize("why", get_args(PauseReason))
async def test_a_rule_that_is_paused_for_good_does_not_occupy_the_room(
    store: Store, why: PauseReason
) -> None:
    rules = RuleRepository(store.db)
    first = await rules.set(Rule("room-1", "Stand-up", "U1", "U1", T0))
    await rules.checked(first, replace(first, state="paused", why=why))
    other = await rules.set(Rule("room-1", "Stand-up", "C2", "U2", T0))
    replaced = (other.channel, other.state, other.why) == ("C2", "active", None)
    assert replaced is (why in {"right", "left", "away", "channel"})
