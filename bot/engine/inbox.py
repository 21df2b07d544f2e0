"""Match stored webhooks to recordings, and store what they say as facts."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.core.facts import Fact
from bot.core.note import Note
from bot.deps import Deps
from bot.engine.housekeeping import CLAIMED_WITHIN, UNCLAIMED
from bot.engine.matching import About, Later, Nobody, match
from bot.hms.webhook import Envelope, Ids, Times, fact_of, times_of
from bot.kit.metrics import DEAD_LETTERS, FAULTS, WEBHOOKS
from bot.store.errors import StoreUnavailable, UnknownRecording, UnreadableRecording
from bot.store.store import Store
from bot.store.values import InboxItem, InboxState, RecordingRow, Settled

log = structlog.get_logger()

BATCH = 200
DEPLOYED_WITHIN = timedelta(minutes=10)
YIELD_EVERY = 20
BEAM = "beam."  # the prefix of events about the recording itself


@dataclass(frozen=True, slots=True)
class _ParsedWebhook:
    item: InboxItem
    ids: Ids
    times: Times
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class MatchResult:
    """`events`: how many were taken. `discover`: whether a followed room should be checked now."""

    events: int = 0
    discover: bool = False


async def match_inbox(deps: Deps) -> MatchResult:
    """Match one batch. Safe to repeat: facts have identities.

    A webhook that cannot be parsed becomes a dead letter and does not hold up the others.
    """
    items = await deps.store.inbox.take(BATCH)
    if not items:
        return MatchResult()
    settled: list[Settled] = []
    parsed: list[_ParsedWebhook] = []
    for n, item in enumerate(items, start=1):
        try:
            parsed.append(_parse(item))
        except Exception as odd:
            settled.append(_dead(item, odd))
        if n % YIELD_EVERY == 0:
            await asyncio.sleep(0)  # so that incoming webhooks are answered meanwhile
    aliases = {alias for one in parsed for alias in one.ids.aliases}
    known = await deps.store.recordings.keys_by_alias(aliases)
    rooms = await deps.store.lists.open_in_rooms(_unnamed((one.ids for one in parsed), known))
    by_recording: dict[str, list[_ParsedWebhook]] = defaultdict(list)
    unmatched: list[_ParsedWebhook] = []
    for one in parsed:
        match _match(one, known, rooms, deps.now()):
            case About(key=key):
                by_recording[key].append(one)
                WEBHOOKS.labels(one.item.entry.type, "matched").inc()
            case Later(poll=poll):
                settled.append(_later(deps, one.item))
                await _poll(deps.store, poll)
            case Nobody():
                unmatched.append(one)
    for key, webhooks in by_recording.items():
        settled += await _record(deps, key, webhooks)
    followed = False
    if unmatched:
        left, followed = await _settle_unmatched(deps, unmatched)
        settled += left
    await deps.store.inbox.settle(settled)
    by_id = {one.item.id: one for one in parsed}
    waiting = [by_id[s.id] for s in settled if s.state is InboxState.WAITING]
    if waiting:
        await _requeue_newly_matchable(deps, waiting, known)
    return MatchResult(len(items), discover=followed)


def _parse(item: InboxItem) -> _ParsedWebhook:
    """Raises whatever the body causes: newer or older code may have stored it."""
    entry = item.entry
    envelope = Envelope.model_validate(entry.body)
    ids = Ids(frozenset(entry.aliases), entry.room_id, entry.session_id)
    return _ParsedWebhook(item, ids, times_of(envelope), fact_of(envelope, entry.received_at))


def _match(
    one: _ParsedWebhook,
    known: Mapping[str, str],
    rooms: Mapping[str, Sequence[RecordingRow]],
    now: datetime,
) -> About | Later | Nobody:
    return match(one.ids, one.times, known, rooms.get(one.ids.room_id or "", ()), now)


def _dead(item: InboxItem, odd: Exception) -> Settled:
    DEAD_LETTERS.labels("webhook").inc()
    log.error("webhook_unreadable", item=item.id, type=item.entry.type, why=type(odd).__name__)
    return Settled(item.id, InboxState.DEAD, note=type(odd).__name__)


async def _settle_unmatched(
    deps: Deps, unmatched: Sequence[_ParsedWebhook]
) -> tuple[list[Settled], bool]:
    """Settle webhooks that match no recording; the flag says whether a followed room is among them.

    In a followed room they wait for discovery. Those about forgotten recordings are deleted.
    """
    aliases = {alias for one in unmatched for alias in one.ids.aliases}
    forgotten = await deps.store.forgetting.forgotten(aliases)
    await deps.store.forgetting.drop_inbox(
        [one.item.id for one in unmatched if one.ids.aliases & forgotten]
    )
    left = [(one.item, one.ids.room_id) for one in unmatched if not one.ids.aliases & forgotten]
    rooms = {room for item, room in left if room and item.entry.type.startswith(BEAM)}
    followed = await deps.store.follows.discover_soon(rooms) if rooms else set()
    settled: list[Settled] = []
    for item, room in left:
        if room in followed and item.entry.type.startswith(BEAM):
            settled.append(_later(deps, item))
        else:
            settled.append(Settled(item.id, InboxState.IGNORED, note="no recording of ours"))
        WEBHOOKS.labels(item.entry.type, "nobody").inc()
        log.info("webhook_of_nobody", type=item.entry.type, item=item.id, room=room)
    return settled, bool(followed)


async def _requeue_newly_matchable(
    deps: Deps, waiting: Sequence[_ParsedWebhook], known: Mapping[str, str]
) -> None:
    """Match these again if an alias or a failure was stored since we read them.

    It arrived before these items were marked as waiting, so it did not wake them itself.
    """
    store = deps.store
    every = {alias for one in waiting for alias in one.ids.aliases}
    new = (await store.recordings.keys_by_alias(every)).keys() - known.keys()
    failures = {one.ids.room_id for one in waiting if one.times.failed_at and one.ids.room_id}
    rooms = await store.lists.open_in_rooms(failures) if failures else {}
    again = [
        Settled(one.item.id, InboxState.NEW)
        for one in waiting
        if one.ids.aliases & new or isinstance(_match(one, known, rooms, deps.now()), About)
    ]
    await store.inbox.settle(again)


def _unnamed(all_ids: Iterable[Ids], known: Mapping[str, str]) -> set[str]:
    """The rooms of events whose ids are all unknown."""
    return {i.room_id for i in all_ids if i.room_id and not (i.aliases & known.keys())}


def _later(deps: Deps, item: InboxItem) -> Settled:
    if deps.now() - item.entry.received_at > CLAIMED_WITHIN:
        return Settled(item.id, InboxState.IGNORED, note=UNCLAIMED)
    return Settled(item.id, InboxState.WAITING)


async def _poll(store: Store, keys: Sequence[str]) -> None:
    for key in keys:
        with suppress(UnknownRecording):  # forgotten since
            await store.recordings.poll_now(key)


async def _record(deps: Deps, key: str, webhooks: Sequence[_ParsedWebhook]) -> list[Settled]:
    """Store the facts of one recording's webhooks. Return the state of those it could not store.

    One bad webhook, or a bad recording, does not hold up the others. During a rolling deploy a
    recording may have a fact that only newer code knows: its webhooks then stay leased, and the
    next replica to take them tries again.
    """
    store = deps.store
    aliases = sorted({alias for one in webhooks for alias in one.ids.aliases})
    facts = [one.fact for one in webhooks if one.fact]
    try:
        note = Note(facts=facts, aliases=aliases)
        await store.recordings.record(key, note, inbox=[one.item.id for one in webhooks])
        log.info("webhooks_matched", key=key, items=[one.item.id for one in webhooks])
    except UnknownRecording:
        log.warning("alias_of_no_recording", key=key)
        return [Settled(one.item.id, InboxState.IGNORED) for one in webhooks]
    except StoreUnavailable:
        raise  # the database is down, which is not the webhooks' fault: the whole batch is retried
    except UnreadableRecording as odd:
        deployed = deps.now() - DEPLOYED_WITHIN
        return [_dead(one.item, odd) for one in webhooks if one.item.entry.received_at < deployed]
    except Exception as odd:
        if len(webhooks) == 1:
            FAULTS.labels("inbox").inc()
            log.exception("webhook_not_noted", key=key)
            return [_dead(webhooks[0].item, odd)]
        return [settled for one in webhooks for settled in await _record(deps, key, [one])]
    return []
