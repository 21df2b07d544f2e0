"""Wishes of people, stored."""

import aiohttp
import pytest

from bot.access.rights import Rights
from bot.core.facts import StartAccepted, StopRequested, StopSent
from bot.core.note import Note
from bot.core.proofs import SeenRecording
from bot.core.retry import Retry
from bot.core.steps import Poll, Stop, retry_name
from bot.features.control.service import control_recording
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, add_facts, created
from tests.integration.engine.test_matching import deps_of


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_who_asks_for_a_stop_once_more_need_not_wait(store: Store, clock: Clock) -> None:
    """For as long as earlier tries have earned: 100ms may be back by now."""
    key = await created(store)
    await add_facts(store, key, [StartAccepted(at=T0, hms_id="job-1")])
    held = {retry_name(step): Retry(9, T0 + 300 * S) for step in (Stop(), Poll())}
    await store.recordings.record(key, Note(retries=held))
    async with aiohttp.ClientSession() as session:
        deps = deps_of(store, clock, session)
        seen = SeenRecording(key, "U1", "C1", frozenset({"C1"}))
        assert await control_recording(deps, Rights(deps), "stop", seen)
    loaded = await store.recordings.load(key)
    assert loaded.recording.stop_pending
    assert set(loaded.work.retries) == {retry_name(Poll())}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_stop_that_was_just_sent_is_not_asked_for_again(store: Store, clock: Clock) -> None:
    """A click delivered twice counts once; later, somebody who asks again is heard."""
    key = await created(store)
    asked = StopRequested(at=T0 + S, by="U1")
    sent = StopSent(at=T0 + 2 * S)
    await add_facts(store, key, [StartAccepted(at=T0, hms_id="job-1"), asked, sent])
    seen = SeenRecording(key, "U1", "C1", frozenset({"C1"}))
    async with aiohttp.ClientSession() as session:
        deps = deps_of(store, clock, session)
        for later, wishes in ((3 * S, 1), (90 * S, 2)):
            clock.advance(later)
            assert await control_recording(deps, Rights(deps), "stop", seen)
            log = (await store.recordings.load(key)).recording.log
            assert len([f for f in log if isinstance(f, StopRequested)]) == wishes
