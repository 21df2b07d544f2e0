"""Webhooks from the inbox become facts of the recordings that they are about."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.core.facts import Fact
from bot.core.note import Note
from bot.deps import Deps
from bot.engine.housekeeping import CLAIMED_WITHIN, UNCLAIMED
from bot.engine.matching import About, Later, Nobody, match
from bot.hms.webhook import Envelope, Ids, fact_of, ids_of
from bot.kit.metrics import DEAD_LETTERS, FAULTS, WEBHOOKS
from bot.store.errors import StoreUnavailable, UnknownRecording, UnreadableRecording
from bot.store.store import Store
from bot.store.values import InboxItem, InboxState, Settled

log = structlog.get_logger()

BATCH = 200
DEPLOYED_WITHIN = timedelta(minutes=10)
AT_A_STRETCH = 20
BEAM = "beam."  # an event about a recording itself


@dataclass(frozen=True, slots=True)
class _Read:
    """One webhook, read."""

    item: InboxItem
    ids: Ids
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class Read:
    """How many events were read, and whether one tells of something unknown that is followed."""

    events: int = 0
    discover: bool = False


async def match_inbox(deps: Deps) -> Read:
    """Match one batch. Safe to repeat: facts have identities.

    What cannot be read is set aside as a dead letter, and the others go on.
    """
    items = await deps.store.inbox.take(BATCH)
    if not items:
        return Read()
    settled: list[Settled] = []
    read: list[_Read] = []
    for n, item in enumerate(items, start=1):
        try:
            read.append(_read(item))
        except Exception as odd:
            settled.append(_dead(item, odd))
        if n % AT_A_STRETCH == 0:
            await asyncio.sleep(0)  # webhooks that come in meanwhile are answered
    aliases = {alias for one in read for alias in one.ids.aliases}
    known = await deps.store.recordings.keys_by_alias(aliases)
    rooms = await deps.store.lists.open_in_rooms(_unnamed((one.ids for one in read), known))
    by_recording: dict[str, list[_Read]] = defaultdict(list)
    nobodys: list[tuple[InboxItem, Ids]] = []
    for one in read:
        match match(one.ids, known, rooms.get(one.ids.room_id or "", ()), deps.now()):
            case About(key=key):
                by_recording[key].append(one)
                WEBHOOKS.labels(one.item.entry.type, "matched").inc()
            case Later(poll=poll):
                settled.append(_later(deps, one.item))
                await _poll(deps.store, poll)
            case Nobody():
                nobodys.append((one.item, one.ids))
    for key, said in by_recording.items():
        settled += await _record(deps, key, said)
    followed = await _of_nobody(deps, nobodys, settled) if nobodys else False
    await deps.store.inbox.settle(settled)
    ids = {one.item.id: one.ids for one in read}
    waiting = {s.id: ids[s.id] for s in settled if s.state is InboxState.WAITING}
    if waiting:
        await _learnt_meanwhile(deps, waiting, known)
    return Read(len(items), discover=followed)


def _read(item: InboxItem) -> _Read:
    """Raises whatever is wrong with it."""
    envelope = Envelope.model_validate(item.entry.body)
    return _Read(item, ids_of(envelope), fact_of(envelope, item.entry.received_at))


def _dead(item: InboxItem, odd: Exception) -> Settled:
    DEAD_LETTERS.labels("webhook").inc()
    log.error("webhook_unreadable", item=item.id, type=item.entry.type, why=type(odd).__name__)
    return Settled(item.id, InboxState.DEAD, note=type(odd).__name__)


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
    followed = await deps.store.follows.discover_soon(rooms) if rooms else set()
    for item, room in left:
        if room in followed and item.entry.type.startswith(BEAM):
            settled.append(_later(deps, item))
        else:
            settled.append(Settled(item.id, InboxState.IGNORED, note="no recording of ours"))
        WEBHOOKS.labels(item.entry.type, "nobody").inc()
        log.info("webhook_of_nobody", type=item.entry.type, item=item.id, room=room)
    return bool(followed)


async def _learnt_meanwhile(
    deps: Deps, waiting: Mapping[int, Ids], known: Mapping[str, str]
) -> None:
    """A name or a failure that was learnt since we looked found nothing waiting yet."""
    store = deps.store
    names = await store.recordings.keys_by_alias({a for of in waiting.values() for a in of.aliases})
    new = names.keys() - known.keys()
    failures = {of.room_id for of in waiting.values() if of.failed_at and of.room_id}
    rooms = await store.lists.open_in_rooms(failures) if failures else {}
    again = [
        item
        for item, of in waiting.items()
        if of.aliases & new
        or isinstance(match(of, known, rooms.get(of.room_id or "", ()), deps.now()), About)
    ]
    await store.inbox.settle([Settled(item, InboxState.NEW) for item in again])


def _unnamed(all_ids: Iterable[Ids], known: Mapping[str, str]) -> set[str]:
    """The rooms of those events that no id names."""
    return {i.room_id for i in all_ids if i.room_id and not (i.aliases & known.keys())}


def _later(deps: Deps, item: InboxItem) -> Settled:
    if deps.now() - item.entry.received_at > CLAIMED_WITHIN:
        return Settled(item.id, InboxState.IGNORED, note=UNCLAIMED)
    return Settled(item.id, InboxState.WAITING)


async def _poll(store: Store, keys: Sequence[str]) -> None:
    """Ask 100ms for these now."""
    for key in keys:
        with suppress(UnknownRecording):  # forgotten since
            await store.recordings.poll_now(key)


async def _record(deps: Deps, key: str, said: Sequence[_Read]) -> list[Settled]:
    """Store what they say about one recording; return those that it cannot take.

    What is wrong with one of them, or with the recording, holds up no others. While a deploy
    rolls, a recording may have a fact that only newer code knows: then its webhooks stay leased,
    and are new again for whichever replica is next.
    """
    store = deps.store
    aliases = sorted({alias for one in said for alias in one.ids.aliases})
    facts = [one.fact for one in said if one.fact]
    try:
        note = Note(facts=facts, aliases=aliases)
        await store.recordings.record(key, note, inbox=[one.item.id for one in said])
        log.info("webhooks_matched", key=key, items=[one.item.id for one in said])
    except UnknownRecording:
        log.warning("alias_of_no_recording", key=key)
        return [Settled(one.item.id, InboxState.IGNORED) for one in said]
    except StoreUnavailable:
        raise
    except UnreadableRecording as odd:
        deployed = deps.now() - DEPLOYED_WITHIN
        return [_dead(one.item, odd) for one in said if one.item.entry.received_at < deployed]
    except Exception as odd:
        if len(said) == 1:
            FAULTS.labels("inbox").inc()
            log.exception("webhook_not_noted", key=key)
            return [_dead(said[0].item, odd)]
        return [settled for one in said for settled in await _record(deps, key, [one])]
    return []
