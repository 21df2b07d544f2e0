"""Which transcripts stay: for how long, and where a channel wants none."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.facts import AssetSeen, Fact, Observed, StartAccepted
from bot.core.note import Note
from bot.core.policy import Policy
from bot.core.proofs import OwnWork
from bot.deps import Deps
from bot.engine.housekeeping import drop_transcripts
from bot.features.find.service import find
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, add_facts, created, new_key
from tests.contract.transcripts_kit import new_word, scope, spoken
from tests.integration.engine.test_loop import NOBODY

DAYS = 30


@pytest.fixture
async def deps(store: Store, clock: Clock, http: httpx.AsyncClient) -> AsyncIterator[Deps]:
    async with aiohttp.ClientSession() as session:
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        hms = HmsClient("http://127.0.0.1:1", FixedToken("t"), http, Outbound(), patience_s=1)
        yield Deps(
            store,
            slack,
            hms,
            Policy(),
            NOBODY,
            clock.now,
            new_key,
            keep_transcripts_for=timedelta(days=DAYS),
        )


async def kept(store: Store, channel: str = "C1") -> str:
    key = await created(store, channel_id=channel, room_id=f"room-{new_word()}")
    assert await store.transcripts.keep(key, spoken("The budget is fine."))
    return key


async def is_kept(store: Store, key: str) -> bool:
    return await store.transcripts.kept(key) is not None


async def test_transcripts_stay_for_the_days_that_the_setting_says(
    deps: Deps, clock: Clock
) -> None:
    store = deps.store
    old = await kept(store)
    clock.advance(timedelta(days=DAYS - 1))
    new = await kept(store)
    await drop_transcripts(deps)
    assert await is_kept(store, old)
    clock.advance(timedelta(days=1, seconds=1))
    await drop_transcripts(deps)
    assert not await is_kept(store, old)
    assert await is_kept(store, new)
    assert await store.lists.row(old) is not None


async def test_a_channel_that_keeps_none_has_none_soon(deps: Deps) -> None:
    store = deps.store
    ours, theirs = await kept(store, "C1"), await kept(store, "C2")
    await store.channel_settings.save("C1", ChannelSettings(tell_room=False), "U1")
    await drop_transcripts(deps)
    assert await is_kept(store, ours)
    await store.channel_settings.save("C1", ChannelSettings(keep_transcripts=False), "U1")
    await drop_transcripts(deps)
    assert not await is_kept(store, ours)
    assert await is_kept(store, theirs)


async def test_what_is_missing_is_kept_anew_but_nothing_that_is_too_old(
    deps: Deps, clock: Clock
) -> None:
    store = deps.store
    there = await kept(store)
    read: list[Fact] = [
        StartAccepted(at=clock.now(), hms_id="job-1"),
        Observed(at=clock.now(), status="completed"),
        AssetSeen(
            at=clock.now(), asset_id="a1", type="transcript", mode="json", status="completed"
        ),
    ]
    missing = await created(store, room_id=f"room-{new_word()}")
    for key in (there, missing):
        await add_facts(store, key, read)
    gone = Delivery(
        Kind.KEPT, "room", DeliveryState.DROPPED, hash="a1", error="100ms has no such file"
    )
    await store.queue.take(9, "me")
    state = await store.recordings.load(missing)
    await store.recordings.advance(OwnWork(missing, "me"), state, Note(deliveries=[gone]))
    assert await store.queue.keep_missing_transcripts(clock.now() + timedelta(days=1)) == 0
    assert await store.queue.keep_missing_transcripts(clock.now() - timedelta(days=DAYS)) == 1
    assert (await store.recordings.load(missing)).work.deliveries == ()


async def test_the_channels_of_kept_transcripts_are_known(deps: Deps) -> None:
    await kept(deps.store, "C7")
    await kept(deps.store, "C8")
    await created(deps.store, channel_id="C9", room_id="elsewhere")
    assert await deps.store.transcripts.channels() == ["C8", "C7"]
    assert (await deps.store.search.names(scope("C7")))[1] == {"Ana"}


async def test_days_of_a_search_are_those_of_the_person(deps: Deps, clock: Clock) -> None:
    """In Los Angeles it is still Saturday, in Auckland Monday has begun."""
    store = deps.store
    for at, said in ((timedelta(hours=-9), "The budget in the night."), (timedelta(), "And noon.")):
        key = await created(store, at=T0 + at, room_id=f"room-{new_word()}")
        await store.transcripts.keep(key, spoken(said, "It is the budget."))
    clock.advance(timedelta(hours=13))  # Sunday 1 March 2026, 12:00 UTC, then Monday 1:00

    async def found(words: str, zone: str) -> int:
        return (await find(deps, scope("C1"), words, zone=zone)).count

    assert await found("budget since today", "UTC") == 0
    assert await found("budget since today", "America/Los_Angeles") == 1
    assert await found("budget on:yesterday", "UTC") == 2
    assert await found("budget on:2026-02-28", "America/Los_Angeles") == 1
    assert await found("budget until:2026-03-01", "Pacific/Auckland") == 1
    for day in ("0001-01-01", "9999-12-31"):
        assert (await find(deps, scope("C1"), f"budget until:{day}")).query.unknown
