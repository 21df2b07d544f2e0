"""Lists and the Home tab: what they cost, and of what they tell whom."""

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from sqlalchemy import event

from bot.access.gate import Gate
from bot.access.listing import AT_A_TIME
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.core.facts import (
    AssetSeen,
    Fact,
    Observed,
    PlaceSeen,
    Renamed,
    ResultsChecked,
    Shared,
    StartAccepted,
    StopRequested,
)
from bot.core.note import Note
from bot.core.options import RecordingOptions
from bot.core.policy import Policy
from bot.core.proofs import Horizon
from bot.deps import Deps
from bot.features.card.service import CardLinks
from bot.features.history.model import CardState
from bot.features.history.service import RUNNING_MOST, Lists
from bot.features.home.service import Homes
from bot.features.home.store import OpenHome
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.errors import UnknownRecording
from bot.store.store import Store
from bot.ui.words import mark_of
from tests.contract.sim_slack_kit import World, slack
from tests.contract.store_support import T0, Clock, S, add_facts, card, created

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
    gate: Gate
    visibility: Visibility
    homes: Homes


@pytest.fixture
async def rig(world: World, store: Store, clock: Clock) -> AsyncIterator[Rig]:
    gateway = SlackGateway(world.client, Outbound([world.url]), None)
    identity, ids = await gateway.identity(), itertools.count()
    async with new_client() as http:
        hms = HmsClient("http://127.0.0.1:1", FixedToken("unused"), http, Outbound(), patience_s=1)
        deps = Deps(store, gateway, hms, Policy(), identity, clock.now, lambda: f"id-{next(ids)}")
        rights = Rights(deps)
        visibility = Visibility(deps, rights.people)
        gate = Gate(deps, rights.people, visibility)
        homes = Homes(deps, gate, Lists(deps, gate, CardLinks(deps)))
        yield Rig(deps, gate, visibility, homes)


async def populate(
    world: World, store: Store, numbers: Iterable[int] = range(RUNNING + ENDED)
) -> None:
    """Each with its card, and as many facts as a busy one has."""
    gateway = SlackGateway(world.client, Outbound([world.url]), None)
    for n in numbers:
        facts: list[Fact] = [
            AssetSeen(at=T0, asset_id=f"a{i}", type="chat", status="completed")
            for i in range(CHANGES)
        ]
        end = [Observed(at=T0 + S, status="completed")] if n >= RUNNING else []
        also = [StartAccepted(at=T0, hms_id=f"hms-{uuid4()}"), *end, *facts]
        room = {"room_id": f"room-{n}", "room_name": f"Room {n:02}."}
        key = await created(store, also, **room, channel_id=seed.STANDUP, at=T0 + n * S)
        posted = await gateway.post(seed.STANDUP, HELLO)
        shown = card(seed.STANDUP, posted_in=posted.channel, ts=posted.ts)
        await store.recordings.record(key, Note(deliveries=[shown]))


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
    few = (0, RUNNING + ENDED - 1)  # one that runs, and one that has ended
    await populate(world, store, few)
    await rig.homes.view(PAGE)
    with statements(store) as before:
        await rig.homes.view(PAGE)
    await populate(world, store, [n for n in range(RUNNING + ENDED) if n not in few])
    world.sim.calls.clear()
    await rig.homes.view(PAGE)
    asked = Counter(call.method for call in world.sim.calls)
    assert asked == {"chat.getPermalink": SHOWN - len(few)}
    world.sim.calls.clear()
    with statements(store) as after:
        view = await rig.homes.view(PAGE)
    assert list(world.sim.calls) == []
    assert str(view).count("|open card>") == SHOWN
    assert len(after) == len(before) > 0
    older = await rig.homes.view(replace(PAGE, page=1))
    for shown, other, room in ((view, older, RUNNING + ENDED - 1), (older, view, RUNNING)):
        assert f"Room {room}." in str(shown)
        assert f"Room {room}." not in str(other)
    assert ("'Older'" in str(view), "'Newer'" in str(view)) == (True, False)
    assert ("'Older'" in str(older), "'Newer'" in str(older)) == (False, True)


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
        (seed.GUEST, [seed.STANDUP], seed.STANDUP),  # where they are
        (seed.GUEST, [seed.LOBBY], None),  # public, but Slack shows guests only where they are
        (seed.MEMBER, [seed.LOBBY], seed.LOBBY),
        (seed.STRANGER, [seed.PARTNERS], seed.PARTNERS),
        (seed.STRANGER, [seed.STANDUP], None),
    ],
)
async def test_who_may_know_of_a_recording(
    store: Store, rig: Rig, user: str, shown_in: list[str], sees: str | None
) -> None:
    """By its key, in lists, and where it is shown."""
    first, *others = shown_in
    key = await created(store, by=seed.STARTER, channel_id=first)
    await add_facts(store, key, [Shared(at=T0, channel_id=c, by="U1") for c in others])
    row = await store.lists.row(key)
    assert row is not None
    seen = await rig.visibility.sees(user, row)
    assert (seen.channel if seen else None) == sees
    horizon = await rig.gate.horizon(user)
    listed = await rig.gate.look(horizon, await store.lists.recent(to=horizon))
    assert [one.channel for one in listed] == ([sees] if sees else [])
    if sees is None:
        with pytest.raises(UnknownRecording):
            await rig.gate.recording(user, key)
    here = await rig.gate.recording(user, key, first)
    assert here.channel == first


async def test_lists_restrict_before_they_limit(store: Store, rig: Rig) -> None:
    """What one may not know of takes no place from what one may."""
    for n in range(30):
        place = PlaceSeen(at=T0, channel_id=seed.DESIGN, place="private")
        await created(store, [place], room_id=f"s-{n}", channel_id=seed.DESIGN, at=T0 + n * S)
    shown = await created(store, room_id="open", channel_id=seed.STANDUP, at=T0 - S)
    horizon = await rig.gate.horizon(seed.ADMIN)
    assert [row.key for row in await store.lists.recent(to=horizon, limit=5)] == [shown]
    assert [row.key for row in await store.lists.running(to=horizon, limit=5)] == [shown]


async def test_the_newest_that_each_may_see_whatever_index_has_them(store: Store) -> None:
    """Put together from several queries, they are what one look at each row would give."""
    pick = random.Random(7)
    for n in range(60):
        home, place = f"C{n % 5}", pick.choice([None, "public", "private"])
        facts: list[Fact] = [PlaceSeen(at=T0, channel_id=home, place=place)] if place else []
        facts += [Shared(at=T0, channel_id="C9", by="U1")] if n % 6 == 0 else []
        await created(
            store,
            facts,
            room_id=f"r{n}",
            channel_id=home,
            by=f"U{n % 7}",
            at=T0 + pick.randrange(40) * S,
        )
    every = await store.lists.recent(limit=100)
    shown = await store.lists.channels_of([row.key for row in every])
    for member, channels, closed in itertools.product(
        (True, False),
        ((), ("C1",), ("C9", "C2")),
        ((), ("C0", "C3"), tuple(f"C{n}" for n in range(9))),
    ):
        to = Horizon("U3", member, frozenset(channels))
        may = [
            row
            for row in every
            if set(channels) & set(shown[row.key])
            or (member and row.starter == "U3")
            or (member and row.is_private is not True and set(shown[row.key]) - set(closed))
        ]
        for limit in (3, 100):
            found = await store.lists.recent(to=to, closed=closed, limit=limit)
            assert found == may[:limit], (member, channels, closed, limit)
        later = await store.lists.recent(to=to, closed=closed, after=may[0]) if may else []
        assert later == may[1:21]


async def test_while_slack_does_not_say_only_here_is_shown(
    world: World, store: Store, rig: Rig, clock: Clock
) -> None:
    """The last answer counts for ten minutes; then only what is shown where they ask."""
    key = await created(store, by=seed.STARTER, channel_id=seed.DESIGN)
    assert (await rig.gate.horizon(seed.MEMBER)).complete
    fault = {"method": "users.conversations", "error": "internal_error", "times": 9}
    await world.ines.tell("faults", **fault)
    clock.advance(120 * S)
    known = await rig.gate.horizon(seed.MEMBER)
    assert known.complete
    assert seed.DESIGN in known.channels
    clock.advance(600 * S)
    unknown = await rig.gate.horizon(seed.MEMBER, seed.DESIGN)
    assert (unknown.complete, unknown.channels) == (False, frozenset())
    rows = await store.lists.recent(to=unknown)
    assert [one.key for one in await rig.gate.look(unknown, rows)] == [key]
    elsewhere = await rig.gate.horizon(seed.MEMBER, seed.STANDUP)
    assert await store.lists.recent(to=elsewhere) == []


async def test_hundreds_of_newer_ones_that_only_slack_knows_to_be_private_hide_none(
    world: World, store: Store, rig: Rig
) -> None:
    """Nobody has asked yet what kind of place they belong to, as with those from before."""
    lists = Lists(rig.deps, rig.gate, CardLinks(rig.deps))
    shown = await created(store, room_id="sales", channel_id=seed.STANDUP, at=T0 - S)
    done: list[Fact] = [StartAccepted(at=T0, hms_id="a"), Observed(at=T0, status="completed")]
    await add_facts(store, shown, done)
    for n in range(3 * AT_A_TIME):
        ended: list[Fact] = [
            StartAccepted(at=T0, hms_id=f"h{n}"),
            Observed(at=T0, status="completed"),
        ]
        await created(store, ended, room_id="sales", channel_id=seed.DESIGN, at=T0 + n * S)
    to = await rig.gate.horizon(seed.ADMIN)
    with statements(store) as asked:
        listed = await lists.recent(to, room_id="sales", channel=seed.LOBBY, count=9, files=True)
    assert [row.key for row in listed] == [shown]
    assert len([one for one in asked if "FROM recordings" in one]) <= 3
    assert [one.row.key for one in await lists.page(to, 9)] == [shown]
    running = await created(store, room_id="other", channel_id=seed.STANDUP, at=T0 - S)
    for n in range(RUNNING_MOST + 10):
        await created(store, room_id=f"r{n}", channel_id=seed.DESIGN, at=T0 + n * S)
    assert [one.row.key for one in await lists.running(to)] == [running]


async def test_a_title_that_many_hidden_ones_have_finds_the_one_that_they_may_see(
    world: World, store: Store, rig: Rig
) -> None:
    lists, title = Lists(rig.deps, rig.gate, CardLinks(rig.deps)), "Forecast"
    named = Renamed(at=T0, by=seed.STARTER, title=title)
    shown = await created(store, [named], room_id="sales", channel_id=seed.STANDUP, at=T0 - S)
    for n in range(30):
        await created(store, [named], room_id=f"r{n}", channel_id=seed.DESIGN, at=T0 + n * S)
    to = await rig.gate.horizon(seed.ADMIN)
    assert [row.key for row in await lists.titled(to, title)] == [shown]
    assert await lists.titled(to, "Another") == []


async def test_the_recording_of_a_thread_is_found_however_old_its_card_is(
    store: Store, rig: Rig
) -> None:
    first = await created(store, room_id="old", channel_id="C1")
    shown = card("C1", posted_in="C1", ts="1.5")
    await store.recordings.record(first, Note(deliveries=[shown]))
    for n in range(120):
        await created(store, room_id=f"new-{n}", channel_id="C1", at=T0 + n * S)
    found = await store.lists.of_card("C1", "1.5")
    assert found is not None
    assert found.key == first
    assert await store.lists.of_card("C1", "1.6") is None
    assert await store.lists.of_card("C2", "1.5") is None


ENDED_WITH_VIDEO: list[Fact] = [
    StartAccepted(at=T0, hms_id="hms-1"),
    Observed(at=T0 + S, status="completed"),
    AssetSeen(at=T0 + S, asset_id="a1", type="room-composite", status="completed"),
]
LISTED: list[Fact] = [
    AssetSeen(at=T0 + S, asset_id="a2", type="transcript", mode="txt", status="completed")
]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (ENDED_WITH_VIDEO, "Video ready, transcript to come"),
        ([*ENDED_WITH_VIDEO, *LISTED], "Video ready, transcript to come"),
        (
            [
                *ENDED_WITH_VIDEO,
                *LISTED,
                ResultsChecked(
                    at=T0 + 2 * S, words=0, has_summary=False, text="refused", status=403
                ),
            ],
            "Video ready",
        ),
        (
            [
                *ENDED_WITH_VIDEO,
                *LISTED,
                ResultsChecked(at=T0 + 2 * S, words=12, has_summary=False),
            ],
            "Ready",
        ),
        ([StopRequested(at=T0 + S, by=seed.STARTER)], "Cancelled"),
    ],
)
async def test_a_list_names_the_state_as_the_card_does(
    store: Store, rig: Rig, facts: list[Fact], wanted: str
) -> None:
    options = RecordingOptions(transcription=True)
    key = await created(store, facts, channel_id=seed.STANDUP, options=options)
    lists = Lists(rig.deps, rig.gate, CardLinks(rig.deps))
    row = await store.lists.row(key)
    assert row is not None
    recording = (await store.recordings.load(key)).recording
    assert (await lists.states([row]))[key] == CardState(wanted, mark_of(recording), stops=False)
