"""Keeps drafts of forms while people fill them in."""

from dataclasses import dataclass, replace

from bot.deps import Deps
from bot.features.options.drafts import Draft
from bot.features.options.store import DraftRepository


@dataclass(frozen=True, slots=True)
class Showing:
    """A form as shown to one person. `channel` is where it was opened."""

    request_id: str
    draft: Draft
    channel: str | None


async def show(
    deps: Deps, *, user: str, channel: str | None, draft: Draft, of: str | None = None
) -> Showing:
    """Store a draft under a new request id, so that its submission is a new request.

    `of` is the recording whose settings it shows; the draft is deleted together with it.
    """
    request_id = deps.new_id()
    await DraftRepository(deps.db).save(request_id, user, channel, draft, of=of)
    return Showing(request_id, draft, channel)


async def current(deps: Deps, request_id: str, user: str) -> Showing:
    """Return the latest saved state; an empty form if it has expired."""
    saved = await DraftRepository(deps.db).get(request_id, user)
    if saved is None:
        return Showing(request_id, Draft(), None)
    return Showing(request_id, saved.draft, saved.channel)


async def save(deps: Deps, showing: Showing, user: str, draft: Draft) -> Showing:
    await DraftRepository(deps.db).save(showing.request_id, user, showing.channel, draft)
    return replace(showing, draft=draft)
