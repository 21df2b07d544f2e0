"""Ask for a recording. Nothing is started here: the reconciler does, once this is committed."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.deliveries import OutcomeAddress
from bot.core.facts import Requested, Via
from bot.core.note import POLL_NOW
from bot.core.options import RecordingOptions
from bot.core.recording import Recording
from bot.deps import Deps
from bot.features.options.drafts import Draft, draft_of, with_options
from bot.features.options.service import Showing, current, show
from bot.features.presets.service import label
from bot.features.presets.store import PresetRepository
from bot.features.presets.views import preset_form
from bot.features.start.form import start_form
from bot.store.values import AlreadyRequested, Created, RoomTaken
from bot.ui.text import plain


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wants recorded. `channel` None: the card goes to the person.

    `request_id` is the same when Slack delivers the same command or submission again.
    """

    request_id: str
    room_id: str
    room_name: str
    options: RecordingOptions
    by: str
    channel: str | None
    via: Via
    outcome: OutcomeAddress | None


async def request_recording(deps: Deps, wish: Wish) -> Created | AlreadyRequested | RoomTaken:
    """One commit. A repeated request is the same recording; a room has one at a time."""
    requested = Requested(
        at=deps.now(),
        request_id=wish.request_id,
        room_id=wish.room_id,
        room_name=wish.room_name,
        options=wish.options,
        by=wish.by,
        channel_id=wish.channel or wish.by,
        via=wish.via,
    )
    made = await deps.store.recordings.create(deps.new_id(), requested, outcome=wish.outcome)
    if isinstance(made, RoomTaken):
        # What we know may be old news: ask, so that a second try meets the truth.
        await deps.store.recordings.record(made.key, POLL_NOW)
    return made


def again(recording: Recording, *, by: str, channel: str | None, click_id: str) -> Wish:
    """The same settings once more, for whoever asks now."""
    return Wish(
        request_id=f"again:{click_id}",
        room_id=recording.room_id,
        room_name=recording.room_name,
        options=recording.options,
        by=by,
        channel=channel or recording.home,
        via="again",
        outcome=OutcomeAddress(user=by, channel=channel),
    )


async def form_view(
    deps: Deps, showing: Showing, errors: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The form to show. `errors` appear at their fields, where Slack cannot show them by itself."""
    if showing.draft.editing:
        return preset_form(showing.draft, request_id=showing.request_id)
    known = await PresetRepository(deps.db).for_channel(showing.channel)
    offered = {one.preset_id: label(one) for one in known}
    return start_form(showing.draft, request_id=showing.request_id, errors=errors, presets=offered)


async def fresh(deps: Deps, user: str, channel: str | None) -> Showing:
    """An empty form, but for what the channel has set."""
    settings = await deps.store.channel_settings.of(channel)
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
    preset = await PresetRepository(deps.db).get(preset_id)
    if preset is None:
        return draft.model_copy(update={"preset_id": None})
    filled = with_options(draft, preset.options, f"preset {plain(preset.name)}{why}")
    return filled.model_copy(update={"preset_id": preset_id})


async def back(deps: Deps, request_id: str, user: str) -> Showing:
    """The form again, with everything typed still there, ready to be submitted once more."""
    saved = await current(deps, request_id, user)
    return await show(deps, user=user, channel=saved.channel, draft=saved.draft)


async def from_recording(deps: Deps, key: str, user: str) -> Showing:
    """The form filled in with a recording's settings."""
    recording = (await deps.store.recordings.load(key)).recording
    channel = recording.home if recording.home.startswith(("C", "G")) else None
    draft = draft_of(
        recording.options,
        room_id=recording.room_id,
        room_name=recording.room_name,
        channel=channel,
    )
    return await show(deps, user=user, channel=channel, draft=draft)
