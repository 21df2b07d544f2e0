"""What the Home tab costs: questions to Slack, and statements to the database."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import event

from bot.domain.facts import AssetSeen, Observed, StartAccepted
from bot.domain.policy import Policy
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.sandbox.slack import seed
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from bot.usecases.deps import Deps
from bot.usecases.home import Homes
from bot.usecases.lists import Lists
from bot.usecases.people import People
from bot.usecases.sight import Sight
from tests.contract.sim_slack_kit import World, slack
from tests.contract.store_support import T0, Clock, S, card, created

RUNNING, ENDED, CHANGES = 20, 9, 30
SHOWN = 28  # of those that ended, the ninth is on the next page
HELLO = {"text": "a card"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack() as running:
        yield running


@pytest.fixture
async def homes(world: World, store: Store, clock: Clock) -> AsyncIterator[Homes]:
    gateway = SlackGateway(world.client, world.session, None)
    identity, ids = await gateway.identity(), itertools.count()
    async with httpx.AsyncClient() as http:
        hms = HmsClient("http://127.0.0.1:1", FixedToken("unused"), http, patience_s=1)
        deps = Deps(store, gateway, hms, Policy(), identity, clock.now, lambda: f"id-{next(ids)}")
        people = People(deps)
        sight = Sight(deps, people)
        yield Homes(deps, people, sight, Lists(deps, sight))


async def populate(world: World, store: Store) -> None:
    """Each with its card, and as many facts as a busy one has."""
    gateway = SlackGateway(world.client, world.session, None)
    for n in range(RUNNING + ENDED):
        key = await created(store, room_id=f"room-{n}", channel_id=seed.STANDUP, at=T0 + n * S)
        posted = await gateway.post(seed.STANDUP, HELLO)
        shown = card(seed.STANDUP, posted_in=posted.channel, ts=posted.ts)
        await store.save_delivery(key, shown)
        facts = [
            AssetSeen(at=T0, asset_id=f"a{i}", type="chat", status="completed")
            for i in range(CHANGES)
        ]
        end = [Observed(at=T0 + S, status="completed")] if n >= RUNNING else []
        await store.add_facts(key, [StartAccepted(at=T0, hms_id=f"hms-{key}"), *end, *facts])


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = store._db.engine.sync_engine

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_home_asks_for_the_link_of_a_card_once_and_for_all_rows_at_once(
    world: World, store: Store, homes: Homes
) -> None:
    with statements(store) as before:
        await homes.view(seed.STARTER, 0)
    await populate(world, store)
    world.sim.calls.clear()
    await homes.view(seed.STARTER, 0)
    asked = Counter(call.method for call in world.sim.calls)
    assert asked == {"chat.getPermalink": SHOWN, "conversations.info": 1}
    world.sim.calls.clear()
    with statements(store) as after:
        view = await homes.view(seed.STARTER, 0)
    assert list(world.sim.calls) == []
    assert str(view).count("|open card>") == SHOWN
    assert len(after) == len(before) > 0
