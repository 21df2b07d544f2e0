"""The newest recordings that a person may know of, however many others are newer."""

from collections.abc import Awaitable, Callable

from bot.access.gate import Gate
from bot.core.proofs import Horizon, SeenRecording
from bot.deps import Deps
from bot.store.values import RecordingRow

AT_A_TIME = 100
QUERIES_MOST = 50  # each but the first rules out at least one more channel, or finds some
Read = Callable[..., Awaitable[list[RecordingRow]]]


async def first_seen(
    deps: Deps, gate: Gate, to: Horizon, count: int, read: Read
) -> list[tuple[RecordingRow, SeenRecording]]:
    """So many of those that they may know of, in the order of `read`.

    What the database takes for public may not be so by Slack's answer. The channels of such
    recordings are left out of the next query, so that their number does not matter.
    `read(limit, after, closed)` is a list of `RecordingLists` that is restricted to `to`.
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
