"""The start form's drafts: kept in a table, each showing under a request id of its own."""

from dataclasses import dataclass

from bot.domain.drafts import Draft, draft_of
from bot.usecases.deps import Deps
from bot.views.start_form import start_form


@dataclass(frozen=True, slots=True)
class Showing:
    """A form as one person sees it now. `channel` is where it was opened."""

    request_id: str
    draft: Draft
    channel: str | None

    @property
    def view(self) -> dict[str, object]:
        return start_form(self.draft, request_id=self.request_id)


async def show(deps: Deps, *, user: str, channel: str | None, draft: Draft) -> Showing:
    """A fresh showing, so that its submission is a fresh request."""
    showing = Showing(deps.new_id(), draft, channel)
    await deps.store.save_draft(showing.request_id, user, channel, draft)
    return showing


async def current(deps: Deps, request_id: str, user: str) -> Showing:
    """What was last saved of a showing; an empty form if it is too old."""
    saved = await deps.store.draft(request_id, user)
    if saved is None:
        return Showing(request_id, Draft(), None)
    return Showing(request_id, saved.draft, saved.channel)


async def save(deps: Deps, showing: Showing, user: str, draft: Draft) -> Showing:
    await deps.store.save_draft(showing.request_id, user, showing.channel, draft)
    return Showing(showing.request_id, draft, showing.channel)


async def back(deps: Deps, request_id: str, user: str) -> Showing:
    """The form again, with everything typed still there, ready to be submitted once more."""
    saved = await current(deps, request_id, user)
    return await show(deps, user=user, channel=saved.channel, draft=saved.draft)


async def from_recording(deps: Deps, key: str, user: str) -> Showing:
    """The form filled in with a recording's settings."""
    recording = (await deps.store.load(key)).recording
    channel = recording.home if recording.home.startswith(("C", "G")) else None
    draft = draft_of(
        recording.options,
        room_id=recording.room_id,
        room_name=recording.room_name,
        channel=channel,
    )
    return await show(deps, user=user, channel=channel, draft=draft)
