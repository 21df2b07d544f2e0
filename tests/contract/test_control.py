"""Wishes of people, stored."""

import aiohttp
import pytest

from bot.core.facts import StartAccepted
from bot.core.note import Note
from bot.core.retry import Retry
from bot.core.steps import Poll, Stop, retry_name
from bot.features.control.service import control
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, created
from tests.contract.test_matching import deps_of


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_who_asks_for_a_stop_once_more_need_not_wait(store: Store, clock: Clock) -> None:
    """For as long as earlier tries have earned: 100ms may be back by now."""
    key = await created(store)
    await store.recordings.add_facts(key, [StartAccepted(at=T0, hms_id="job-1")])
    held = {retry_name(step): Retry(9, T0 + 300 * S) for step in (Stop(), Poll())}
    await store.recordings.record(key, Note(retries=held))
    async with aiohttp.ClientSession() as session:
        assert await control(deps_of(store, clock, session), "stop", key, "U1")
    loaded = await store.recordings.load(key)
    assert loaded.recording.stop_pending
    assert set(loaded.work.retries) == {retry_name(Poll())}
