"""The start form's drafts: kept in a table, each showing under a request id of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.deps import Deps
from bot.features.options.drafts import Draft, draft_of, with_options
from bot.features.presets.service import label
from bot.features.presets.views import preset_form
from bot.features.start.form import start_form
from bot.ui.text import plain


@dataclass(frozen=True, slots=True)
class Showing:
    """A form as one person sees it now. `channel` is where it was opened; `presets` id → name."""

    request_id: str
    draft: Draft
    channel: str | None
    presets: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> dict[str, object]:
        return self.view_with({})

    def view_with(self, errors: Mapping[str, str]) -> dict[str, object]:
        """With errors at their fields, where Slack cannot show them by itself."""
        if self.draft.editing:
            return preset_form(self.draft, request_id=self.request_id)
        return start_form(
            self.draft, request_id=self.request_id, errors=errors, presets=self.presets
        )


async def show(deps: Deps, *, user: str, channel: str | None, draft: Draft) -> Showing:
    """A fresh showing, so that its submission is a fresh request."""
    request_id = deps.new_id()
    await deps.store.save_draft(request_id, user, channel, draft)
    return Showing(request_id, draft, channel, await _offered(deps, channel))


async def fresh(deps: Deps, user: str, channel: str | None) -> Showing:
    """An empty form, but for what the channel has set."""
    settings = await deps.store.channel_settings(channel)
    draft = Draft(channel=channel)
    if settings.room_id:
        room = {"room_id": settings.room_id, "room_name": settings.room_name}
        came = {"room_id": "this channel's settings"}
        draft = draft.model_copy(update={**room, "came": came})
    if settings.preset_id:
        draft = await with_preset(deps, draft, settings.preset_id, ", this channel's default")
    return await show(deps, user=user, channel=channel, draft=draft)


async def with_preset(deps: Deps, draft: Draft, preset_id: str, why: str = "") -> Draft:
    """Filled in from a preset, if it is still there."""
    preset = await deps.store.preset(preset_id)
    if preset is None:
        return draft.model_copy(update={"preset_id": None})
    filled = with_options(draft, preset.options, f"preset {plain(preset.name)}{why}")
    return filled.model_copy(update={"preset_id": preset_id})


async def _offered(deps: Deps, channel: str | None) -> dict[str, str]:
    return {one.preset_id: label(one) for one in await deps.store.presets_for(channel)}


async def current(deps: Deps, request_id: str, user: str) -> Showing:
    """What was last saved of a showing; an empty form if it is too old."""
    saved = await deps.store.draft(request_id, user)
    if saved is None:
        return Showing(request_id, Draft(), None)
    offered = await _offered(deps, saved.channel)
    return Showing(request_id, saved.draft, saved.channel, offered)


async def save(deps: Deps, showing: Showing, user: str, draft: Draft) -> Showing:
    await deps.store.save_draft(showing.request_id, user, showing.channel, draft)
    return replace(showing, draft=draft)


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
