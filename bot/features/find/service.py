"""Find what was said: one page of moments for one person, the best first."""

from datetime import date

from bot.core.proofs import SearchScope
from bot.core.search import parse
from bot.deps import Deps
from bot.features.find.model import PER_PAGE, TEXT_MOST, FoundPage


async def find(deps: Deps, scope: SearchScope, text: str, page: int = 0) -> FoundPage:
    """What was said about it, as far as the scope goes: `words in <room> from <person> since <date>`.

    Raises StoreUnavailable.
    """
    asked = " ".join(text.split())[:TEXT_MOST]
    rooms, people = await deps.store.search.names(scope)
    query = parse(asked, rooms=rooms, people=people, today=_today(deps))
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
    )


def _today(deps: Deps) -> date:
    return deps.now().date()
