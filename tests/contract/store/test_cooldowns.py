"""Cooldowns that all replicas share, while the clock steps."""

from datetime import timedelta

import pytest

from bot.slack.cooldowns import WHOLE_APP, SlackCooldowns
from bot.slack.errors import NotInstalled, SlackUnavailable
from bot.store.store import Store
from tests.contract.store_support import Clock

HOUR = timedelta(hours=1)


async def accepted() -> None:
    """Slack takes the token."""


async def test_a_clock_that_was_set_back_hides_no_pause(
    store: Store, another: Store, clock: Clock
) -> None:
    cooldowns = SlackCooldowns(store.cooldowns, clock.now)
    await cooldowns.check("chat.postMessage")
    await cooldowns.check_installed(accepted)
    clock.advance(-HOUR)
    await SlackCooldowns(another.cooldowns, clock.now).start("chat.postMessage", 30)
    await SlackCooldowns(another.cooldowns, clock.now).start_for_refused_token("token_revoked")
    with pytest.raises(SlackUnavailable):
        await cooldowns.check("chat.postMessage")
    with pytest.raises(NotInstalled):
        await cooldowns.check_installed(accepted)


async def test_a_clock_that_was_set_back_keeps_no_pause_that_is_over(
    store: Store, another: Store, clock: Clock
) -> None:
    cooldowns = SlackCooldowns(store.cooldowns, clock.now)
    await cooldowns.start_for_refused_token("token_revoked")
    with pytest.raises(NotInstalled):
        await cooldowns.check_installed(accepted)
    clock.advance(-HOUR)
    await another.cooldowns.end(WHOLE_APP)
    await cooldowns.check_installed(accepted)
