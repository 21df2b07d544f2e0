"""What runs, and what ran: rows for people."""

import asyncio
from collections.abc import Sequence

from bot.domain.deliveries import Kind, State
from bot.domain.rows import Row
from bot.slack.errors import SlackError
from bot.store.errors import UnknownRecording
from bot.store.values import RecordingRow
from bot.usecases.deps import Deps
from bot.views.words import can_read, can_watch


async def status(deps: Deps, channel: str) -> tuple[list[Row], list[Row]]:
    """What runs now: shown in this channel, and elsewhere in the workspace."""
    here = await deps.store.running(channel=channel)
    known = {row.key for row in here}
    elsewhere = [row for row in await deps.store.running() if row.key not in known]
    return await rows_of(deps, here), await rows_of(deps, elsewhere)


async def recent(deps: Deps, *, room_id: str | None, channel: str | None, count: int) -> list[Row]:
    found = await deps.store.list_recent(room_id=room_id, channel=channel, limit=count)
    return await rows_of(deps, found)


async def rows_of(deps: Deps, rows: Sequence[RecordingRow]) -> list[Row]:
    """Without those that were forgotten meanwhile."""
    found = await asyncio.gather(*(_row(deps, row) for row in rows))
    return [row for row in found if row is not None]


async def _row(deps: Deps, row: RecordingRow) -> Row | None:
    try:
        loaded = await deps.store.load(row.key)
    except UnknownRecording:
        return None
    recording = loaded.recording
    return Row(
        key=row.key,
        room_name=row.room_name,
        phase=row.phase,
        starter=row.starter,
        requested_at=row.requested_at,
        started_at=row.started_at,
        duration_s=row.duration_s,
        channel=row.home,
        permalink=await card_link(deps, row.key),
        has_video=can_watch(recording),
        has_transcript=can_read(recording),
    )


async def card_link(deps: Deps, key: str, channel: str | None = None) -> str | None:
    """Where the card of a recording is, in this channel or else where it was asked for.

    None if there is none, or Slack does not say.
    """
    loaded = await deps.store.load(key)
    card = loaded.work.delivery(Kind.CARD, channel or loaded.recording.home)
    if card is None or card.state is not State.SENT or not card.posted_in or not card.ts:
        return None
    try:
        return await deps.slack.permalink(card.posted_in, card.ts)
    except SlackError:
        return None
