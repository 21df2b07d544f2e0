"""API FIRST: signatures; the bodies come next. Import everything from here or bot.store.values.

Every method may raise `StoreUnavailable` (errors.py); those that take a key of a recording that
does not exist raise `UnknownRecording`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.deliveries import Delivery, Hold, Kind
from bot.domain.drafts import Draft
from bot.domain.facts import Fact, Requested
from bot.store.values import (
    AlreadyRequested,
    Asked,
    Created,
    InboxEntry,
    InboxItem,
    Loaded,
    OutcomeAddress,
    RecordingRow,
    RoomTaken,
    SavedDraft,
    Settled,
)

# engine.py:
#   async def open_store(database_url, *, team: Team, now: Callable[[], datetime],
#                        lease: timedelta) -> Store          # locks SQLite, migrates, opens
#   async def migrate(database_url) -> None
# url: sqlite:///path (or a plain postgresql://…); the driver is chosen for you


class Store:
    on_wake: Callable[[], None]  # set by the loop; called after each commit that made work

    # -- recordings ------------------------------------------------------------------------
    async def create(
        self,
        key: str,
        requested: Requested,
        *,
        also: Sequence[Fact] = (),
        outcome: OutcomeAddress | None = None,
    ) -> Created | AlreadyRequested | RoomTaken:
        """The recording, its facts, its outcome delivery (target: outcome.user, WAITING), its
        room lock; due at once. One transaction, safe against any number of rivals."""

    async def load(self, key: str) -> Loaded: ...

    async def record(
        self,
        key: str,
        *,
        facts: Sequence[Fact] = (),
        aliases: Iterable[str] = (),
        deliveries: Sequence[Delivery] = (),
        addresses: Mapping[tuple[Kind, str], OutcomeAddress] | None = None,
        holds: Mapping[str, Hold | None] | None = None,  # None clears that hold; others stay
        asked: Asked | None = None,
        inbox: Sequence[int] = (),  # these items are MATCHED with this recording
        wake: bool = False,
        owner: str | None = None,
    ) -> int:
        """Everything one step has to say, in one transaction; the number of facts that were new.

        With `owner`, only while that lease is still held (else LeaseLost and nothing written),
        and the lease is renewed: so announce (StartAttempted, SENDING). Store what came of a
        call without it: that must never be lost.
        hms_id of the derived recording becomes an alias by itself. First alias wins.
        """

    async def add_facts(
        self, key: str, facts: Sequence[Fact], *, aliases: Iterable[str] = (), wake: bool = True
    ) -> int: ...

    async def save_delivery(
        self, key: str, delivery: Delivery, *, address: OutcomeAddress | None = None
    ) -> None:
        """The address is kept when none is given, and forgotten when the delivery is SENT, GONE
        or DROPPED."""

    async def outcome_address(self, key: str, target: str) -> OutcomeAddress | None: ...
    async def wake_parked(self, channel: str) -> list[str]:
        """PARKED deliveries to that channel → WAITING; their recordings are due. Their keys."""

    # -- the queue -------------------------------------------------------------------------
    async def take_due(self, limit: int, owner: str) -> list[str]: ...
    async def renew(self, key: str, owner: str) -> bool:
        """False: the lease is lost, stop working."""

    async def release(self, key: str, owner: str, next_due_at: datetime | None) -> bool:
        """True if a wake came since it was taken: then it is due now, whatever was said."""

    async def next_due(self) -> datetime | None:
        """When something is to do next: a recording due, a lease that expires, a new inbox item."""

    async def wake(self, keys: Collection[str]) -> None: ...
    async def wake_all_open(self) -> int:
        """After downtime: everything unfinished is due now, whatever it was waiting for."""

    async def release_all_leases(self) -> None: ...
    async def listen(self, callback: Callable[[], None]) -> None:
        """Run as a task: calls back for every wake of any replica, and after a reconnect.

        On SQLite it sets `on_wake` and waits for ever."""

    # -- the inbox -------------------------------------------------------------------------
    async def put_inbox(self, entry: InboxEntry) -> bool:
        """Returns after the (grouped) commit; False: that identity is known already."""

    async def take_inbox(self, limit: int) -> list[InboxItem]:
        """NEW ones, oldest first, leased so that no other replica matches them meanwhile."""

    async def settle_inbox(self, settled: Sequence[Settled]) -> None: ...
    async def waiting_inbox(self, room_id: str | None = None) -> list[InboxItem]: ...
    async def keys_by_alias(self, aliases: Collection[str]) -> dict[str, str]:
        """alias → key, for those that are known."""

    async def open_in_room(self, room_id: str) -> list[RecordingRow]:
        """Recordings in that room with anything left to do, newest first (candidates)."""

    # -- lists -----------------------------------------------------------------------------
    async def row(self, key: str) -> RecordingRow | None: ...
    async def open_recording_in_room(self, room_id: str) -> RecordingRow | None:
        """The one that occupies the room."""

    async def list_recent(
        self, *, room_id: str | None = None, channel: str | None = None, limit: int = 20
    ) -> list[RecordingRow]: ...
    async def running(self, *, channel: str | None = None, limit: int = 50) -> list[RecordingRow]:
        """Those that occupy a room now, newest first."""

    async def recordings_in_channel(self, channel: str) -> list[RecordingRow]:
        """Unfinished ones shown in that channel (home or follower)."""

    # -- rooms (RoomEntry from bot.domain.rooms) -----------------------------------------------
    # async def upsert_rooms(self, entries: Sequence[RoomEntry], refreshed_at, *, whole=False):
    #     whole=True: rooms not among them are gone. last_used_at and live are kept.
    # async def all_rooms(self) -> list[RoomEntry]
    async def mark_used(self, room_id: str) -> None: ...
    async def mark_live(self, room_ids: Collection[str]) -> None:
        """These rooms are live, all others are not."""

    # -- drafts, gates ---------------------------------------------------------------------
    async def save_draft(
        self, request_id: str, user: str, channel: str | None, draft: Draft
    ) -> None: ...
    async def draft(self, request_id: str, user: str) -> SavedDraft | None: ...
    async def purge(
        self, *, drafts_before: datetime | None = None, inbox_before: datetime | None = None
    ) -> int: ...
    async def gate(self, method: str) -> datetime | None:
        """Until when the method is paused; None if it is open."""

    async def close_gate(self, method: str, until: datetime) -> None:
        """Never earlier than what it was closed until."""

    async def ping(self) -> None:
        """Raises StoreUnavailable if the database does not answer."""

    async def close(self) -> None:
        """Lets the inbox finish, then closes the connections and the lock."""


__all__ = ["Store", "timedelta"]
