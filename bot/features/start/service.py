"""Requests a recording. The engine starts it once the request is committed."""

import asyncio
from collections.abc import Mapping

from bot.access.gate import Gate
from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import OutcomeAddress
from bot.core.facts import Fact, PlaceSeen, StartRequested
from bot.core.options import RecordingOptions
from bot.core.places import is_channel
from bot.core.proofs import KnownRoom, MayStart, SeenRecording
from bot.core.recording import Recording
from bot.deps import Deps
from bot.features.options.drafts import (
    OPTION_FIELDS,
    Draft,
    draft_of,
    draft_of_raw,
    still_untouched,
    with_options,
)
from bot.features.options.service import Showing, current, show
from bot.features.options.table import Raw, laid_over, overlaid, write_options
from bot.features.presets import service as presets
from bot.features.presets.form import preset_form
from bot.features.presets.model import NoSuchPreset, Preset
from bot.features.presets.store import PresetRepository
from bot.features.rooms.model import (
    FoundRoom,
    RoomCode,
    RoomEntry,
    RoomMatch,
    Unknown,
    without_preview,
)
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.store import RoomRepository
from bot.features.start.form import start_form
from bot.features.start.model import FormTime, Started, StartRequest, WhichRoom
from bot.hms.errors import HmsError
from bot.kit.logs import learnt
from bot.store.values import RoomTaken
from bot.ui import ids
from bot.ui.text import carries_secrets, plain

LOOK_FOR_S = 0.8  # after that the recorder itself may be in the room


async def start(
    deps: Deps, gate: Gate, rooms: RoomDirectory, request: StartRequest
) -> Started | RoomTaken | NoSuchPreset | WhichRoom:
    """Settle room and options, and commit the request."""
    if isinstance(request.room, KnownRoom):
        return await _started(deps, gate, request, request.room, request.options)
    settings = await deps.store.channel_settings.of(request.channel)
    preset = await presets.meant(deps, request.channel, request.preset, settings)
    if isinstance(preset, NoSuchPreset):
        learnt(decided="NoSuchPreset")
        return preset
    found = await _find(rooms, request.room, settings)
    match found:
        case FoundRoom(room=RoomEntry(room_id=room_id, name=name), link=link) if request.room:
            room = await gate.room(request.may, room_id, listed=name)
        case FoundRoom(room=RoomEntry(room_id=room_id, name=name), link=link):
            room = await gate.room(request.may, room_id, known_as=name)
        case Unknown(room_id=str(room_id), link=link):
            room = await gate.room(request.may, room_id)
        case _:
            learnt(decided="WhichRoom")
            return WhichRoom()
    options = laid_over(preset.options, request.options) if preset else request.options
    options = _landing(options, link)
    return await _started(deps, gate, request, room, options)


async def _started(
    deps: Deps, gate: Gate, request: StartRequest, room: KnownRoom, options: RecordingOptions
) -> Started | RoomTaken:
    made = await commit(deps, gate, request, room, options)
    return made if isinstance(made, RoomTaken) else Started(made, room)


async def is_empty(deps: Deps, room_id: str) -> bool:
    """Return whether nobody is in the room. False if 100ms does not say in time."""
    try:
        async with asyncio.timeout(LOOK_FOR_S):
            active = await deps.hms.active_room(room_id)
    except (HmsError, TimeoutError):
        return False
    return active is None or not active.peer_ids


async def _find(
    rooms: RoomDirectory, typed: str | None, settings: ChannelSettings
) -> RoomMatch | None:
    """Find the room that was typed, else the channel's default. Looks up an unknown one later."""
    if typed:
        found = await rooms.find(typed)
        if isinstance(found, Unknown):
            rooms.refresh_soon()
        if isinstance(found, RoomCode):
            rooms.codes.search_in_background()
        return found
    if settings.room_id is None:
        return None
    return FoundRoom(RoomEntry(settings.room_id, settings.room_name or settings.room_id))


def _landing(options: RecordingOptions, link: str | None) -> RecordingOptions:
    """Use a link that names the room as the meeting URL, unless another one is given."""
    if link is None or options.meeting_url is not None:
        return options
    return options.model_copy(update={"meeting_url": without_preview(link)})


async def commit(
    deps: Deps, gate: Gate, request: StartRequest, room: KnownRoom, options: RecordingOptions
) -> str | RoomTaken:
    """Store the request in one transaction and return the recording's key.

    A repeated request returns the same recording. A room has one recording at a time. The
    channel's kind is asked now; until Slack answers, the channel counts as private.
    Raises DoneBefore.
    """
    origin = request.channel or request.by
    place = request.place or await gate.place(origin)
    now = deps.now()
    also: list[Fact] = [PlaceSeen(at=now, channel_id=origin, place=place)] if place else []
    if request.end:
        also.append(request.end.model_copy(update={"at": now}))
    requested = StartRequested(
        at=now,
        request_id=request.request_id,
        room_id=room.room_id,
        room_name=room.name,
        options=options,
        by=request.by,
        channel_id=origin,
        via=request.via,
    )
    made = await deps.store.recordings.create(
        deps.new_id(), requested, also=also, outcome=request.outcome, once=request.once
    )
    if isinstance(made, RoomTaken):
        # Our state may be stale: poll 100ms now, so that a second try sees the current state.
        await deps.store.recordings.poll_now(made.key)
    learnt(decided=type(made).__name__, key=made.key, room=room.room_id)
    return made if isinstance(made, RoomTaken) else made.key


def again(
    recording: Recording, may: MayStart, room: KnownRoom, *, click_id: str, outcome: OutcomeAddress
) -> StartRequest:
    """Build a start with the same settings for `may`, without another person's secrets."""
    return StartRequest(
        request_id=f"again:{click_id}",
        room=room,
        options=options_for(recording, may.by),
        may=may,
        via="again",
        outcome=outcome,
    )


# ---- the form --------------------------------------------------------------------------------


async def form_view(
    deps: Deps, showing: Showing, errors: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Build the form. `errors` are drawn at their fields when Slack cannot show them itself."""
    if showing.draft.editing:
        return preset_form(showing.draft, request_id=showing.request_id)
    known = await PresetRepository(deps.db).for_channel(showing.channel)
    offered = {one.preset_id: presets.label(one) for one in known}
    room_id = showing.draft.room_id
    template = await RoomRepository(deps.db).template_of(room_id) if room_id else None
    return start_form(
        showing.draft,
        request_id=showing.request_id,
        errors=errors,
        presets=offered,
        template=template,
    )


async def filled(
    deps: Deps,
    rooms: RoomDirectory,
    may: MayStart,
    *,
    room: str | None = None,
    raw: Raw | None = None,
    preset: str | None = None,
    when: FormTime | None = None,
) -> Showing:
    """Store a new draft: the given values, valid or not, on top of the channel's settings."""
    user, channel = may.by, may.channel
    settings = await deps.store.channel_settings.of(channel)
    found = await _find(rooms, room, settings)
    said = dict(raw or {})
    if isinstance(found, FoundRoom | RoomCode | Unknown) and found.link:
        said.setdefault(ids.START_MEETING_URL, without_preview(found.link))
    draft = _with_room(Draft(channel=channel), room, found)
    meant = await presets.meant(deps, channel, preset, settings)
    if isinstance(meant, Preset):
        draft = _with_preset(draft, meant, "" if preset else ", this channel's default")
    if said:
        base = write_options(meant.options) if isinstance(meant, Preset) else {}
        typed = draft_of_raw(overlaid(base, said))
        change = {name: getattr(typed, name) for name in (*OPTION_FIELDS, "next_section_id")}
        draft = still_untouched(draft, draft.model_copy(update=change))
    if when:
        times = {"when_kind": when.kind, "when": when.start, "stop_after": when.stop}
        draft = draft.model_copy(update=times)
    return await show(deps, user=user, channel=channel, draft=draft)


def _with_room(draft: Draft, typed: str | None, found: RoomMatch | None) -> Draft:
    match found:
        case FoundRoom(room=room):
            chosen = {"room_id": room.room_id, "room_name": room.name}
        case Unknown(room_id=str(room_id)):
            chosen = {"room_id": room_id, "room_name": room_id}
        case _:
            return draft.model_copy(update={"room_words": typed or ""})
    came = {} if typed else {"room_id": "this channel's settings"}
    return draft.model_copy(update={**chosen, "came": came})


async def with_preset(deps: Deps, draft: Draft, preset_id: str) -> Draft:
    """Fill the draft from a preset; unchanged if the preset was deleted."""
    preset = await PresetRepository(deps.db).get(preset_id)
    return (
        draft.model_copy(update={"preset_id": None}) if not preset else _with_preset(draft, preset)
    )


def _with_preset(draft: Draft, preset: Preset, why: str = "") -> Draft:
    filled = with_options(draft, preset.options, f"preset {plain(preset.name)}{why}")
    return filled.model_copy(update={"preset_id": preset.preset_id})


async def back(deps: Deps, request_id: str, user: str) -> Showing:
    """Reopen the form with everything that was typed, as a fresh submission."""
    saved = await current(deps, request_id, user)
    return await show(deps, user=user, channel=saved.channel, draft=saved.draft)


async def from_recording(deps: Deps, seen: SeenRecording, may: MayStart) -> Showing:
    """Store a draft with a recording's settings for the channel where the person asks.

    Outside a channel, it is for the recording's own channel, if the person can see that.
    """
    recording = (await deps.store.recordings.load(seen.key)).recording
    here = may.channel if is_channel(may.channel) else None
    own = recording.origin if is_channel(recording.origin) else None
    where = here or (own if own in seen.channels else None)
    draft = draft_of(
        options_for(recording, seen.by),
        room_id=recording.room_id,
        room_name=recording.room_name,
        channel=where,
    )
    return await show(deps, user=seen.by, channel=here, draft=draft, of=seen.key)


def options_for(recording: Recording, user: str) -> RecordingOptions:
    """Return the settings that `user` may see: a meeting URL may carry its starter's token."""
    url = recording.options.meeting_url
    if user == recording.starter or url is None or not carries_secrets(url):
        return recording.options
    return recording.options.model_copy(update={"meeting_url": None})
