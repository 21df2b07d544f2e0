"""Lists and the Home tab: what they cost, and of what they tell whom."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from record_bot_sandbox.slack import seed
from sqlalchemy import event

from bot.access import views as access_views
from bot.access.rights import Rights
from bot.access.visibility import Sight
from bot.core.facts import AssetSeen, Followed, Observed, StartAccepted
from bot.core.note import Note
from bot.core.policy import Policy
from bot.deps import Deps
from bot.features.card.links import CardLinks
from bot.features.history.service import Lists
from bot.features.home.service import Homes
from bot.features.home.store import OpenHome
from bot.features.results import service as links
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.store import Store
from tests.contract.sim_slack_kit import World, slack
from tests.contract.store_support import T0, Clock, S, card, created

RUNNING, ENDED, CHANGES = 20, 9, 30
SHOWN = 28  # of those that ended, the ninth is on the next page
PAGE = OpenHome(seed.STARTER, 0, None, T0)
HELLO = {"text": "a card"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack() as running:
        yield running


@dataclass
class Rig:
    deps: Deps
    rights: Rights
    sight: Sight
    homes: Homes


@pytest.fixture
async def rig(world: World, store: Store, clock: Clock) -> AsyncIterator[Rig]:
    gateway = SlackGateway(world.client, Outbound([world.url]), None)
    identity, ids = await gateway.identity(), itertools.count()
    async with httpx.AsyncClient() as http:
        hms = HmsClient("http://127.0.0.1:1", FixedToken("unused"), http, Outbound(), patience_s=1)
        deps = Deps(store, gateway, hms, Policy(), identity, clock.now, lambda: f"id-{next(ids)}")
        rights = Rights(deps)
        sight = Sight(deps, rights.people)
        yield Rig(
            deps,
            rights,
            sight,
            Homes(deps, rights.people, sight, Lists(deps, sight, CardLinks(deps))),
        )


async def populate(world: World, store: Store) -> None:
    """Each with its card, and as many facts as a busy one has."""
    gateway = SlackGateway(world.client, Outbound([world.url]), None)
    for n in range(RUNNING + ENDED):
        key = await created(store, room_id=f"room-{n}", channel_id=seed.STANDUP, at=T0 + n * S)
        posted = await gateway.post(seed.STANDUP, HELLO)
        shown = card(seed.STANDUP, posted_in=posted.channel, ts=posted.ts)
        await store.recordings.record(key, Note(deliveries=[shown]))
        facts = [
            AssetSeen(at=T0, asset_id=f"a{i}", type="chat", status="completed")
            for i in range(CHANGES)
        ]
        end = [Observed(at=T0 + S, status="completed")] if n >= RUNNING else []
        await store.recordings.add_facts(
            key, [StartAccepted(at=T0, hms_id=f"hms-{key}"), *end, *facts]
        )


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = store.db.database.engine.sync_engine

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_home_asks_for_the_link_of_a_card_once_and_for_all_rows_at_once(
    world: World, store: Store, rig: Rig
) -> None:
    with statements(store) as before:
        await rig.homes.view(PAGE)
    await populate(world, store)
    world.sim.calls.clear()
    await rig.homes.view(PAGE)
    asked = Counter(call.method for call in world.sim.calls)
    assert asked == {"chat.getPermalink": SHOWN, "conversations.info": 1}
    world.sim.calls.clear()
    with statements(store) as after:
        view = await rig.homes.view(PAGE)
    assert list(world.sim.calls) == []
    assert str(view).count("|open card>") == SHOWN
    assert len(after) == len(before) > 0


@pytest.mark.parametrize(
    ("user", "shown_in", "sees"),
    [
        (seed.MEMBER, [seed.DESIGN], seed.DESIGN),
        (seed.ADMIN, [seed.DESIGN], None),  # not in there
        (seed.ADMIN, [seed.DESIGN, seed.STANDUP], seed.STANDUP),
        (seed.MEMBER, [seed.DESIGN, seed.STANDUP], seed.DESIGN),  # where it was asked for
        (seed.MEMBER, [seed.BOARD], None),  # the bot cannot tell
        (seed.MEMBER, [seed.STARTER], None),  # a direct message
        (seed.STARTER, [seed.BOARD], seed.BOARD),  # their own
        (seed.GUEST, [seed.STANDUP], None),
        (seed.STRANGER, [seed.PARTNERS], None),
    ],
)
async def test_who_may_know_of_a_recording(
    store: Store, rig: Rig, user: str, shown_in: list[str], sees: str | None
) -> None:
    first, *others = shown_in
    key = await created(store, by=seed.STARTER, channel_id=first)
    await store.recordings.add_facts(key, [Followed(at=T0, channel_id=c, by="U1") for c in others])
    row, recording = await store.lists.row(key), (await store.recordings.load(key)).recording
    assert row is not None
    seen = await rig.sight.sees(user, row)
    assert (seen.channel if seen else None) == sees
    places = await rig.sight.places(user, recording, here=None)
    assert (sees in places) == bool(places) == (sees is not None)
    here = await rig.sight.sees(user, row, here=first)
    assert here is not None
    assert here.channel == first


async def test_while_slack_does_not_say_nothing_is_told(
    world: World, store: Store, rig: Rig
) -> None:
    await created(store, by=seed.STARTER, channel_id=seed.STANDUP)
    rows = await store.lists.running()
    await world.ines.tell("faults", method="users.info", error="internal_error")
    assert await rig.sight.look(seed.MEMBER, rows) == []
    await world.ines.tell("faults", method="conversations.info", delay_s=9)
    assert await rig.sight.look(seed.MEMBER, rows, within_s=0.2) == []
    assert len(await rig.sight.look(seed.MEMBER, rows)) == 1


async def test_a_link_takes_someone_who_sees_a_channel_that_shows_it(
    store: Store, rig: Rig
) -> None:
    key = await created(store, by=seed.STARTER, channel_id=seed.DESIGN)
    refused = await links.mint(
        rig.deps, rig.rights, rig.sight, key, user=seed.ADMIN, channel=seed.STANDUP, what="video"
    )
    assert refused == links.NotAllowed(access_views.SEERS)
