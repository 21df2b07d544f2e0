"""A channel's new id is used everywhere, and nothing names the old one."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy import select

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, DeliveryState, Kind, OutcomeAddress
from bot.core.facts import Followed, PlaceSeen, Shared
from bot.core.note import Note
from bot.core.options import RecordingOptions
from bot.features.options.drafts import Draft
from bot.features.options.store import DraftRepository
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.store.renaming import replaced
from bot.store.schema import metadata
from bot.store.store import Store
from tests.contract.store_support import T0, S, add_facts, created, new_key, requested
from tests.integration.access_rig import Rig, rigged


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as made:
        yield made


OLD, NEW = "G0OLD00001", "C0NEW00001"


async def everything(store: Store) -> str:
    """Every row of this team, as text."""
    told = []
    async with store.db.database.read() as conn:
        for table in metadata.sorted_tables:
            if "team_id" in table.c:
                rows = await conn.execute(select(table).where(store.db.mine(table)))
                told += [f"{table.name}: {tuple(row)!r}" for row in rows]
    return "\n".join(told)


async def filled(store: Store) -> str:
    """A recording of that channel, and whatever else names it."""
    key = new_key()
    await store.recordings.create(
        key,
        requested(channel_id=OLD),
        also=[PlaceSeen(at=T0, channel_id=OLD, place="private")],
        outcome=OutcomeAddress("U1", channel=OLD),
    )
    card = Delivery(Kind.CARD, OLD, DeliveryState.SENT, posted_in=OLD, ts="1.0")
    await store.recordings.record(key, Note(deliveries=[card]))
    other = await created(store, room_id="room-2", channel_id="C0OTHER001")
    await add_facts(store, other, [Shared(at=T0 + S, channel_id=OLD, by="U1")])
    await add_facts(store, other, [Followed(at=T0 + S, channel_id=OLD, by="U2")])
    await store.follows.follow("room-3", "town hall", OLD, "U1")
    await store.channel_settings.save(OLD, ChannelSettings(room_id="room-1", room_name="r"), "U1")
    preset = Preset(f"p-{key}", OLD, "Weekly", RecordingOptions(), "U1", T0)
    assert await PresetRepository(store.db).save(preset) is None
    await DraftRepository(store.db).save(f"d-{key}", "U1", OLD, Draft(channel=OLD))
    return key


async def test_every_table_names_the_new_id(store: Store, other_team: Store) -> None:
    key = await filled(store)
    await created(other_team, channel_id=OLD)
    before = await store.recordings.load(key)
    assert OLD in await everything(store)
    assert await store.renaming.rename_channel(OLD, NEW) > 10
    told = await everything(store)
    assert OLD not in told, [line for line in told.splitlines() if OLD in line]
    loaded = await store.recordings.load(key)
    assert loaded.recording.origin == NEW
    assert loaded.work.delivery(Kind.CARD, NEW) is not None
    assert loaded.wakes > before.wakes, "whoever works on it reads it again"
    assert loaded.settings[NEW].room_id == "room-1"
    assert await store.follows.follows_of(NEW)
    assert [p.name for p in await PresetRepository(store.db).for_channel(NEW)] == ["Weekly"]
    assert OLD in await everything(other_team)
    identities = [fact.identity for fact in loaded.recording.log]
    new = requested(channel_id=NEW, request_id=loaded.recording.request_id)
    assert new.identity in identities, "the same fact again adds nothing"


async def test_the_event_twice_changes_nothing_more(store: Store) -> None:
    await filled(store)
    await store.renaming.rename_channel(OLD, NEW)
    assert await store.renaming.rename_channel(OLD, NEW) == 0


async def test_what_the_new_id_has_already_stays(store: Store) -> None:
    """The bot was used under the new id before the event came."""
    await filled(store)
    await store.channel_settings.save(NEW, ChannelSettings(room_id="room-9", room_name="r"), "U2")
    await store.follows.follow("room-3", "town hall", NEW, "U2")
    await store.renaming.rename_channel(OLD, NEW)
    assert (await store.channel_settings.of(NEW)).room_id == "room-9"
    assert len(await store.follows.follows_of(NEW)) == 1


def test_only_whole_values_are_replaced() -> None:
    body = {"a": OLD, "b": [OLD, {"c": f"{OLD} and more"}], OLD: 1, "n": None}
    told = json.dumps(replaced(body, OLD, NEW))
    assert told == json.dumps({"a": NEW, "b": [NEW, {"c": f"{OLD} and more"}], OLD: 1, "n": None})


async def test_slacks_event_renames(rig: Rig) -> None:
    key, _ = await rig.recording("private", "running")
    old = (await rig.store.recordings.load(key)).recording.origin
    event = rig.event("channel_id_changed", old_channel_id=old, new_channel_id=NEW)
    await rig.send(event, form="event")
    assert (await rig.store.recordings.load(key)).recording.origin == NEW
    odd = rig.event("channel_id_changed", old_channel_id=NEW, new_channel_id="U0PERSON01")
    await rig.send(odd, form="event")
    assert (await rig.store.recordings.load(key)).recording.origin == NEW
