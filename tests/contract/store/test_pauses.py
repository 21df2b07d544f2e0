"""Pauses that all replicas share, while the clock steps."""

from datetime import timedelta

import pytest

from bot.slack.errors import NotInstalled, SlackUnavailable
from bot.slack.pauses import WHOLE_APP, SlackPauses
from bot.store.store import Store
from tests.contract.store_support import Clock

HOUR = timedelta(hours=1)


async def accepted() -> None:
    """Slack takes the token."""


async def test_a_clock_that_was_set_back_hides_no_pause(
    store: Store, another: Store, clock: Clock
) -> None:
    pauses = SlackPauses(store.rate_limits, clock.now)
    await pauses.check("chat.postMessage")
    await pauses.check_installed(accepted)
    clock.advance(-HOUR)
    await SlackPauses(another.rate_limits, clock.now).pause("chat.postMessage", 30)
    await SlackPauses(another.rate_limits, clock.now).pause_for_refused_token("token_revoked")
    with pytest.raises(SlackUnavailable):
        await pauses.check("chat.postMessage")
    with pytest.raises(NotInstalled):
        await pauses.check_installed(accepted)


async def test_a_clock_that_was_set_back_keeps_no_pause_that_is_over(
    store: Store, another: Store, clock: Clock
) -> None:
    pauses = SlackPauses(store.rate_limits, clock.now)
    await pauses.pause_for_refused_token("token_revoked")
    with pytest.raises(NotInstalled):
        await pauses.check_installed(accepted)
    clock.advance(-HOUR)
    await another.rate_limits.resume(WHOLE_APP)
    await pauses.check_installed(accepted)
