"""Webhooks from the inbox become facts of the recordings that they are about."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot.core.facts import Fact
from bot.core.note import Note
from bot.deps import Deps
from bot.engine.housekeeping import CLAIMED_WITHIN, UNCLAIMED
from bot.engine.matching import About, Later, Nobody, match
from bot.hms.webhook import Envelope, Ids, fact_of, ids_of
from bot.kit.metrics import FAULTS, WEBHOOKS
from bot.store.errors import StoreUnavailable, UnknownRecording
from bot.store.store import Store
from bot.store.values import InboxItem, InboxState, Settled

log = structlog.get_logger()

BATCH = 200
AT_A_STRETCH = 20
BEAM = "beam."  # an event about a recording itself


@dataclass(slots=True)
class _Told:
    """What a batch says about one recording."""

    facts: list[Fact] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    items: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """How many events were read, and whether one tells of something unknown that is followed."""

    events: int = 0
    look_out: bool = False


async def match_inbox(deps: Deps) -> Read:
    """Match one batch. Safe to repeat: facts have identities."""
    items = await deps.store.inbox.take(BATCH)
    if not items:
        return Read()
    read: list[tuple[InboxItem, Envelope]] = []
    ids: dict[int, Ids] = {}
    for item in items:
        envelope = Envelope.model_validate(item.entry.body)
        read.append((item, envelope))
        ids[item.id] = ids_of(envelope)
        if len(read) % AT_A_STRETCH == 0:
            await asyncio.sleep(0)  # webhooks that come in meanwhile are answered
    known = await deps.store.recordings.keys_by_alias({a for i in ids.values() for a in i.aliases})
    rooms = await deps.store.lists.open_in_rooms(_unnamed(ids.values(), known))
    told: dict[str, _Told] = defaultdict(_Told)
    settled: list[Settled] = []
    nobodys: list[tuple[InboxItem, Ids]] = []
    for item, envelope in read:
        of = ids[item.id]
        match match(of, known, rooms.get(of.room_id or "", ()), deps.now()):
            case About(key=key):
                _tell(told[key], item, envelope, of)
            case Later(ask=ask):
                settled.append(_later(deps, item))
                await _ask(deps.store, ask)
            case Nobody():
                nobodys.append((item, of))
    await _record(deps.store, told)
    followed = await _of_nobody(deps, nobodys, settled) if nobodys else False
    await deps.store.inbox.settle(settled)
    waiting = {s.id: ids[s.id] for s in settled if s.state is InboxState.WAITING}
    if waiting:
        await _named_meanwhile(deps.store, waiting, known)
    return Read(len(items), look_out=followed)


async def _of_nobody(
    deps: Deps, nobodys: Sequence[tuple[InboxItem, Ids]], settled: list[Settled]
) -> bool:
    """In a room that is followed they wait for what looking there will bring: True.

    About what was forgotten nothing is kept.
    """
    forgotten = await deps.store.forgetting.forgotten({a for _, of in nobodys for a in of.aliases})
    await deps.store.forgetting.drop_inbox(
        [item.id for item, of in nobodys if of.aliases & forgotten]
    )
    left = [(item, of.room_id) for item, of in nobodys if not of.aliases & forgotten]
    rooms = {room for item, room in left if room and item.entry.type.startswith(BEAM)}
    followed = await deps.store.follows.look_soon(rooms) if rooms else set()
    for item, room in left:
        if room in followed and item.entry.type.startswith(BEAM):
            settled.append(_later(deps, item))
        else:
            settled.append(Settled(item.id, InboxState.IGNORED, note="no recording of ours"))
        WEBHOOKS.labels(item.entry.type, "nobody").inc()
    return bool(followed)


async def _named_meanwhile(
    store: Store, waiting: Mapping[int, Ids], known: Mapping[str, str]
) -> None:
    """Who learnt a name since we looked found nothing waiting yet."""
    names = await store.recordings.keys_by_alias({a for of in waiting.values() for a in of.aliases})
    new = names.keys() - known.keys()
    again = [item for item, of in waiting.items() if of.aliases & new]
    await store.inbox.settle([Settled(item, InboxState.NEW) for item in again])


def _unnamed(all_ids: Iterable[Ids], known: Mapping[str, str]) -> set[str]:
    """The rooms of those events that no id names."""
    return {i.room_id for i in all_ids if i.room_id and not (i.aliases & known.keys())}


def _tell(told: _Told, item: InboxItem, envelope: Envelope, ids: Ids) -> None:
    fact = fact_of(envelope, item.entry.received_at)
    if fact:
        told.facts.append(fact)
    told.aliases |= ids.aliases
    told.items.append(item.id)
    WEBHOOKS.labels(item.entry.type, "matched").inc()


def _later(deps: Deps, item: InboxItem) -> Settled:
    if deps.now() - item.entry.received_at > CLAIMED_WITHIN:
        return Settled(item.id, InboxState.IGNORED, note=UNCLAIMED)
    return Settled(item.id, InboxState.WAITING)


async def _ask(store: Store, keys: Sequence[str]) -> None:
    """Ask 100ms for these now."""
    for key in keys:
        with suppress(UnknownRecording):  # forgotten since
            await store.recordings.poll_now(key)


async def _record(store: Store, told: dict[str, _Told]) -> None:
    for key, said in told.items():
        try:
            note = Note(facts=said.facts, aliases=sorted(said.aliases))
            await store.recordings.record(key, note, inbox=said.items)
        except UnknownRecording:
            log.warning("alias_of_no_recording", key=key)
            await store.inbox.settle([Settled(i, InboxState.IGNORED) for i in said.items])
        except StoreUnavailable:
            raise
        except Exception:  # such as a fact that only newer code knows: tried again, holds up no one
            FAULTS.labels("inbox").inc()
            log.exception("webhooks_not_noted", key=key)
