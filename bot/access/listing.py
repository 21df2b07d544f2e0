"""List the newest recordings that a person may see, however many hidden ones are newer."""

from collections.abc import Awaitable, Callable

from bot.access.gate import Gate
from bot.core.proofs import Horizon, SeenRecording
from bot.deps import Deps
from bot.store.values import RecordingRow

AT_A_TIME = 100
QUERIES_MOST = 50  # each but the first excludes at least one more channel, or finds recordings
Read = Callable[..., Awaitable[list[RecordingRow]]]


async def first_seen(
    deps: Deps, gate: Gate, to: Horizon, count: int, read: Read
) -> list[tuple[RecordingRow, SeenRecording]]:
    """Return the first `count` recordings that they may see, in the order of `read`.

    The database may take a channel for public that Slack does not. Such channels are excluded from
    the next query, so their number of recordings does not matter.
    `read(limit, after, closed)` is a query of `RecordingLists` that is restricted to `to`.
    """
    seen: list[tuple[RecordingRow, SeenRecording]] = []
    closed: set[str] = set()
    last: RecordingRow | None = None
    for _ in range(QUERIES_MOST):
        rows = await read(limit=AT_A_TIME, after=last, closed=closed)
        by_key = {row.key: row for row in rows}
        found = await gate.look(to, rows)
        seen += [(by_key[proof.key], proof) for proof in found]
        if len(seen) >= count or len(rows) < AT_A_TIME:
            break
        last = rows[-1]
        shown = await deps.store.lists.channels_of(by_key.keys() - {one.key for one in found})
        closed |= {channel for channels in shown.values() for channel in channels}
    return seen[:count]
