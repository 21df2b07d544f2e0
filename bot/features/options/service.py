"""Half-filled forms of options, kept while people type."""

from dataclasses import dataclass, replace

from bot.deps import Deps
from bot.features.options.drafts import Draft
from bot.features.options.store import DraftRepository


@dataclass(frozen=True, slots=True)
class Showing:
    """A form as one person sees it now. `channel` is where it was opened."""

    request_id: str
    draft: Draft
    channel: str | None


async def show(deps: Deps, *, user: str, channel: str | None, draft: Draft) -> Showing:
    """A fresh showing, so that its submission is a fresh request."""
    request_id = deps.new_id()
    await DraftRepository(deps.db).save(request_id, user, channel, draft)
    return Showing(request_id, draft, channel)


async def current(deps: Deps, request_id: str, user: str) -> Showing:
    """What was last saved of a showing; an empty form if it is too old."""
    saved = await DraftRepository(deps.db).get(request_id, user)
    if saved is None:
        return Showing(request_id, Draft(), None)
    return Showing(request_id, saved.draft, saved.channel)


async def save(deps: Deps, showing: Showing, user: str, draft: Draft) -> Showing:
    await DraftRepository(deps.db).save(showing.request_id, user, showing.channel, draft)
    return replace(showing, draft=draft)
