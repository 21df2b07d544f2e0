"""Searches transcripts, and shares a moment."""

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.core.facts import MomentShared
from bot.core.proofs import HomeMember, OpenChannel, SearchScope, SeenRecording
from bot.core.search import may_name, parse
from bot.core.transcript import Sentence
from bot.deps import Deps
from bot.features.find.model import PER_PAGE, TEXT_MOST, FoundPage
from bot.slack.errors import CannotPostThere


async def find(
    deps: Deps, scope: SearchScope, text: str, page: int = 0, *, zone: str = "UTC"
) -> FoundPage:
    """Search the transcripts in the scope.

    The text is words and filters: `in <room>`, `from <person>`, `since <date>`. Days are in
    `zone`, an IANA name. Raises StoreUnavailable.
    """
    asked = " ".join(text.split())[:TEXT_MOST]
    nothing: tuple[set[str], set[str]] = (set(), set())
    rooms, people = await deps.store.search.names(scope) if may_name(asked) else nothing
    today = deps.now().astimezone(ZoneInfo(zone)).date()
    # In a thread: there may be thousands of names.
    query = await asyncio.to_thread(parse, asked, rooms=rooms, people=people, today=today)
    query = replace(query, zone=zone)
    keeps = bool(deps.keep_transcripts_for)
    found = await deps.store.search.find(query, scope, limit=PER_PAGE, offset=page * PER_PAGE)
    return FoundPage(
        asked,
        query,
        found.moments,
        found.count,
        found.words,
        found.need,
        tuple(sorted(found.meant.items())),
        page,
        scope.complete,
        keeps,
        scope.lacks,
        shares=scope.member,
    )


async def moment(deps: Deps, seen: SeenRecording, n: int) -> Sentence | None:
    """Return a sentence of a recording; None if its transcript is not kept."""
    return await deps.store.transcripts.sentence(seen.key, n)


async def share(
    deps: Deps, seen: SeenRecording, n: int, to: OpenChannel, by: HomeMember
) -> str | None:
    """Share a sentence into a channel. Returns the room's name; None if it is no longer kept.

    Raises CannotPostThere if the bot is not a member.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None or await moment(deps, seen, n) is None:
        return None
    if not await deps.slack.is_in(to.channel):
        raise CannotPostThere("not_in_channel")
    shared = MomentShared(at=deps.now(), channel_id=to.channel, by=by.user, sentence=n)
    await deps.store.recordings.act(seen, [shared])
    return row.name
