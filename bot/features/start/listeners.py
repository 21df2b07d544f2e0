"""Starts by form and by button, and the start form: opened, changed, submitted."""

import uuid
from dataclasses import dataclass, replace
from typing import Annotated, Self

from bot.access.gate import NotOpen, UnknownPreset
from bot.access.rights import NoRight
from bot.access.views import not_open, refused_view
from bot.core.deliveries import OutcomeAddress
from bot.core.places import is_channel, is_direct
from bot.core.proofs import MayStart, OwnDraft, SeenRecording
from bot.core.recording import Phase
from bot.core.when import When
from bot.features.card.service import CardLinks
from bot.features.options.drafts import Draft, add_section, remove_section, show_more
from bot.features.options.form import draft_from_state, read_options
from bot.features.options.service import Showing, current, save
from bot.features.options.table import Raw
from bot.features.presets import ids as preset_ids
from bot.features.presets import service as presets
from bot.features.presets.form import chosen_scope, name_error, save_as_form, typed_name
from bot.features.presets.listeners import say_at_name
from bot.features.presets.model import Preset
from bot.features.presets.views import refusal
from bot.features.rooms.model import (
    FoundRoom,
    room_id_of_link,
    room_links,
    texts_of,
    without_preview,
)
from bot.features.rooms.service import RoomDirectory
from bot.features.start import service as starts
from bot.features.start import views as start_views
from bot.features.start.form import DISABLED, FilledForm, read
from bot.features.start.model import (
    FormTime,
    Scheduling,
    Started,
    StartRequest,
    end_of_start,
)
from bot.features.start.service import filled, form_view
from bot.features.start.views import form_ready, no_room_link, starting_view
from bot.listeners.app import Bot, for_people
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Body, Caller, Click, Form, Payload
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.store.values import RoomTaken
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message, message_view
from bot.ui.replies import expired_trigger

on = Listeners()


async def open_filled(
    ack: Ack,
    bot: Bot,
    rooms: RoomDirectory,
    caller: Caller,
    may: MayStart,
    *,
    room: str | None = None,
    raw: Raw | None = None,
    preset: str | None = None,
    when: FormTime | None = None,
) -> None:
    """Open the form with the given values on top of the channel's settings."""
    await ack()
    showing = await filled(bot.deps, rooms, may, room=room, raw=raw, preset=preset, when=when)
    await present(bot, caller, showing)


# ---- the form --------------------------------------------------------------------------------


async def present(bot: Bot, caller: Caller, showing: Showing) -> None:
    """Show the form; after a mention or with a stale trigger, a button that opens it."""
    ready = expired_trigger if caller.trigger_id else form_ready
    view = await form_view(bot.deps, showing)
    await open_modal(bot, caller, view, otherwise=ready(showing.request_id))


@on.shortcut(ids.START_SHORTCUT)
@on.action(ids.OPEN_FORM)
async def from_elsewhere(
    may: MayStart, caller: Caller, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    """Open the form from Home, a shortcut or a reply, for the channel of the click, if any."""
    await open_filled(ack, bot, rooms, caller, may)


@on.action(ids.CHANGE)
async def change(recording: SeenRecording, may: MayStart, click: Click, ack: Ack, bot: Bot) -> None:
    """Open the form with a recording's settings, without another person's secrets."""
    showing = await starts.from_recording(bot.deps, recording, may)
    await ack()
    await present(bot, click.caller, showing)


@on.action(ids.BACK_TO_FORM)
async def back_to_form(
    draft: Annotated[OwnDraft, From.VALUE], click: Click, ack: Ack, bot: Bot
) -> None:
    """Reopen the form with everything typed. In a modal it replaces the outcome."""
    if click.view is None:
        await bot.rights.to_start(click.caller.user, click.caller.channel)
    showing = await starts.back(bot.deps, draft.request_id, draft.by)
    await ack()
    if click.view is None:
        await present(bot, click.caller, showing)
    else:
        await update_modal(bot, await form_view(bot.deps, showing), click.view.id)


@on.action(*ids.START_REDRAWS, ids.START_MORE, ids.START_ADD_SECTION, ids.START_REMOVE_SECTION)
async def redraw(draft: OwnDraft, form: Form, click: Click, ack: Ack, bot: Bot) -> None:
    """Show the fields that apply now; hidden fields keep what was typed."""
    showing = await current(bot.deps, draft.request_id, draft.by)
    typed = draft_from_state(form.values, showing.draft)
    if click.action == ids.START_MORE:
        typed = show_more(typed)
    elif click.action == ids.start_action(ids.START_PRESET):
        typed = await _preset_chosen(bot, draft, typed)
    elif click.action == ids.START_ADD_SECTION:
        typed = add_section(typed)
    elif click.action == ids.START_REMOVE_SECTION:
        typed = remove_section(typed, int(click.value) if click.value.isdecimal() else 0)
    showing = await save(bot.deps, showing, draft.by, typed)
    view = await form_view(bot.deps, showing)
    await ack()
    await update_modal(bot, view, form.view_id, seen=form.hash)


async def _preset_chosen(bot: Bot, draft: OwnDraft, typed: Draft) -> Draft:
    """Apply a newly chosen preset. Deselecting it keeps the values as the person's own.

    A preset that the person may not see is ignored.
    """
    if typed.preset_id is None:
        return typed.model_copy(update={"came": {}})
    try:
        await bot.gate.preset(draft.by, typed.preset_id, draft.channel)
    except UnknownPreset:
        return typed.model_copy(update={"preset_id": None})
    return await starts.with_preset(bot.deps, typed, typed.preset_id)


@on.view(ids.START_FORM)
async def submitted(
    own: OwnDraft,
    form: Form,
    ack: Ack,
    bot: Bot,
    rooms: RoomDirectory,
    links: CardLinks,
    later: Scheduling,
) -> None:
    """Start, schedule, or show errors. A channel other than the form's requires membership."""
    showing = await current(bot.deps, own.request_id, own.by)
    showing = await save(bot.deps, showing, own.by, draft_from_state(form.values, showing.draft))
    wanted = await _judged(rooms, later, showing.draft, own.by)
    if isinstance(wanted, FieldErrors):
        await _show_errors(form, ack, bot, showing, wanted)
        return
    external_id = f"outcome-{uuid.uuid4().hex}"
    try:
        request = await _request(bot, own, wanted, external_id)
        if planned := await _planned(later, request, wanted):
            await _show_planned(form, ack, bot, showing, planned)
            return
        made = await starts.start(bot.deps, bot.gate, rooms, request)
    except (NoRight, SlackUnavailable) as no:
        view = refused_view(for_people(no), showing.request_id)
        await ack(response_action="update", view=view)
        return
    except NotOpen:
        errors = FieldErrors({ids.START_CHANNEL: not_open().text})
        await _show_errors(form, ack, bot, showing, errors)
        return
    await _show_starting(form, ack, bot, wanted.form, made, external_id)
    if isinstance(made, RoomTaken):
        channel = wanted.form.channel
        work = show_taken(bot, links, own.by, made.key, channel=channel, external_id=external_id)
        bot.after_ack(form.caller, work)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A form without errors, and its times in the person's zone."""

    form: FilledForm
    when: When


async def _judged(
    rooms: RoomDirectory, later: Scheduling, draft: Draft, user: str
) -> _Wanted | FieldErrors:
    """Read the form, or return the errors at its fields; the room and the times are looked up."""
    filled_in = read(draft)
    if isinstance(filled_in, FieldErrors):
        return filled_in
    if await rooms.is_disabled(filled_in.room_id):
        rooms.refresh_soon()
        return FieldErrors({ids.START_ROOM: DISABLED})
    if not filled_in.has_time:
        return _Wanted(filled_in, When(None, None, "UTC"))
    when = await later.read(user, filled_in.when, filled_in.stop_after)
    return when if isinstance(when, FieldErrors) else _Wanted(filled_in, when)


async def _request(bot: Bot, own: OwnDraft, wanted: _Wanted, external_id: str) -> StartRequest:
    """Make the request of a form, if the person may. Raises NoRight, NotOpen, SlackUnavailable."""
    channel = wanted.form.channel
    may = await bot.gate.may_start(own.by, channel)
    if channel is not None:
        await bot.gate.channel(own.by, channel, here=own.channel)
    return StartRequest(
        request_id=own.request_id,
        room=await bot.gate.room(may, wanted.form.room_id),
        options=wanted.form.options,
        may=may,
        via="form",
        outcome=OutcomeAddress(own.by, channel=channel, external_id=external_id),
        end=end_of_start(wanted.when, at=bot.deps.now(), by=own.by),
    )


async def _show_starting(
    form: Form, ack: Ack, bot: Bot, wanted: FilledForm, made: object, external_id: str
) -> None:
    """Show *Starting*, which the outcome replaces; say it if nobody is in the room."""
    if isinstance(made, Started):
        where = replace(form.caller, channel=wanted.channel)
        bot.after_ack(where, say_if_empty(bot, where, made))
    name = made.room.name if isinstance(made, Started) else wanted.room_name
    await ack(response_action="update", view=starting_view(external_id, name))


async def _planned(
    later: Scheduling, request: StartRequest, wanted: _Wanted
) -> Message | FieldErrors | None:
    """Schedule the start or set the rule, and return the reply; None: start now."""
    if wanted.form.rule is not None:
        return await later.record_sessions(request, wanted.form.rule)
    return await later.plan(request, wanted.when) if wanted.when.start is not None else None


async def _show_planned(
    form: Form, ack: Ack, bot: Bot, showing: Showing, planned: Message | FieldErrors
) -> None:
    if isinstance(planned, FieldErrors):
        await _show_errors(form, ack, bot, showing, planned)
    else:
        await ack(response_action="update", view=message_view(planned))


async def _show_errors(
    form: Form, ack: Ack, bot: Bot, showing: Showing, errors: FieldErrors
) -> None:
    """Show errors at their fields; redraw first if a concurrent redraw removed such a field."""
    if errors.keys() <= form.view.fields:
        await ack(response_action="errors", errors=dict(errors))
        return
    view = await form_view(bot.deps, showing, errors)
    await ack(response_action="update", view=view)


async def say_if_empty(bot: Bot, caller: Caller, made: Started) -> None:
    """Say that nobody is in the room, with ways out."""
    if await starts.is_empty(bot.deps, made.room.room_id):
        await bot.reply(caller, start_views.nobody_there(made.room.name, made.key))


async def say_taken(bot: Bot, links: CardLinks, caller: Caller, key: str) -> None:
    await bot.reply(caller, await taken_message(bot, links, caller.user, key, caller.channel))


async def taken_message(
    bot: Bot, links: CardLinks, user: str, key: str, channel: str | None
) -> Message:
    """Link to the running recording; without access, say only that the room is taken."""
    row = await bot.deps.store.lists.row(key)
    if row is None:
        raise UnknownRecording(key)
    try:
        seen = await bot.gate.recording(user, key, channel)
    except UnknownRecording:
        return start_views.recorded_elsewhere(row.room_name)
    shown = (await bot.deps.store.lists.channels_of([key])).get(key, ())
    cards = await bot.deps.store.recordings.cards([key])
    return start_views.already_recording(
        row.room_name,
        row.starter,
        row.began,
        permalink=await links.link(seen.channel, cards.get(key, ())),
        key=key,
        can_follow=is_channel(channel) and channel not in shown,
        begun=row.phase not in (Phase.REQUESTED, Phase.STARTING),
    )


async def show_taken(
    bot: Bot, links: CardLinks, user: str, key: str, *, channel: str | None, external_id: str
) -> None:
    message = await taken_message(bot, links, user, key, channel)
    view = message_view(message, private_metadata=channel or "")
    await bot.deps.slack.update_view_when_open(view, external_id)


@on.view_closed(ids.START_FORM, needs_no_proof="nothing is done")
async def closed(ack: Ack) -> None:
    """Do nothing: the draft is kept for a while, and the outcome is sent another way."""
    await ack()


@on.action(ids.TRY_AGAIN)
async def try_again(
    seen: SeenRecording, click: Click, ack: Ack, bot: Bot, rooms: RoomDirectory, links: CardLinks
) -> None:
    """Repeat a start in the channel of the click, or in one where the person sees the recording."""
    caller = click.caller
    recording = (await bot.deps.store.recordings.load(seen.key)).recording
    here = caller.channel if is_channel(caller.channel) else None
    where, directly = here or seen.channel, is_direct(caller.channel)
    if is_channel(where):
        await bot.gate.channel(caller.user, where, here=caller.channel)
    may = await bot.gate.may_start(caller.user, where)
    room = await bot.gate.room(may, recording.room_id, known_as=recording.room_name)
    outcome = OutcomeAddress(
        user=caller.user,
        channel=None if directly else where,
        response_url=caller.response_url if click.on_ephemeral else None,
        replaces=click.on_ephemeral,
    )
    request = starts.again(recording, may, room, click_id=caller.trigger_id, outcome=outcome)
    made = await starts.start(bot.deps, bot.gate, rooms, request)
    await ack()
    if isinstance(made, RoomTaken):
        bot.after_ack(caller, say_taken(bot, links, caller, made.key))
    elif click.on_ephemeral or (directly and is_channel(where)):
        done = start_views.starting_reply(recording.room_name)
        bot.after_ack(caller, bot.reply(caller, done, replace=click.on_ephemeral))


# ---- links to rooms --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkedMessage(Payload):
    """The room links in the message on which the shortcut was used."""

    links: tuple[str, ...]

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls(tuple(room_links(texts_of(body.get("message") or {}))))


@dataclass(frozen=True, slots=True)
class UnfurledLink(Payload):
    """The unfurled link of the pressed button, if Slack names it."""

    url: str

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls((body.get("app_unfurl") or {}).get("app_unfurl_url") or "")


@on.shortcut(ids.LINK_SHORTCUT)
async def record_link(
    may: MayStart,
    message: LinkedMessage,
    caller: Caller,
    ack: Ack,
    bot: Bot,
    rooms: RoomDirectory,
) -> None:
    """Open the form with the linked room, and the link as the meeting URL."""
    if message.links:
        first = message.links[0]
        raw = {ids.START_MEETING_URL: without_preview(first)}
        await open_filled(ack, bot, rooms, caller, may, room=first, raw=raw)
        return
    await ack()
    bot.after_ack(caller, bot.reply(caller, no_room_link()))


@on.action(ids.START_LINKED)
async def start_linked(
    may: MayStart, click: Click, unfurled: UnfurledLink, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    """Start the unfurled room; its link becomes the meeting URL if Slack names it."""
    links = room_links([unfurled.url])
    link = links[0] if links and await _leads_to(rooms, links[0], click.value) else None
    raw = {ids.START_MEETING_URL: without_preview(link)} if link else {}
    await open_filled(ack, bot, rooms, click.caller, may, room=click.value, raw=raw)


async def _leads_to(rooms: RoomDirectory, link: str, room_id: str) -> bool:
    """Whether a link leads to a room, by the id or the room code in it."""
    if room_id_of_link(link) == room_id:
        return True
    found = await rooms.find(link)
    return isinstance(found, FoundRoom) and found.room.room_id == room_id


# ---- save as preset --------------------------------------------------------------------------


@on.action(ids.SAVE_AS)
async def save_as(own: OwnDraft, form: Form, ack: Ack, bot: Bot) -> None:
    """Ask for a preset name once the form is valid."""
    showing = await current(bot.deps, own.request_id, own.by)
    typed = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, own.by, typed)
    options = read_options(typed)
    await ack()
    if isinstance(options, FieldErrors):
        await update_modal(bot, await form_view(bot.deps, showing, options), form.view_id)
        return
    asking = save_as_form(own.request_id, showing.channel)
    await bot.deps.slack.push_view(form.caller.trigger_id, asking)


@on.view(preset_ids.SAVE_AS_FORM)
async def save_as_submitted(own: OwnDraft, form: Form, ack: Ack, bot: Bot) -> None:
    """Save the preset for the workspace, or for the channel where the form was opened."""
    showing = await current(bot.deps, own.request_id, own.by)
    options = read_options(showing.draft)
    name, scope = typed_name(form.values), chosen_scope(form.values, own.channel)
    if isinstance(options, FieldErrors) or name_error(name):
        await say_at_name(ack, name_error(name) or "Correct the form below first.")
        return
    try:
        made = await presets.make(
            bot.deps, bot.rights, name=name, scope=scope, options=options, by=own.by
        )
    except (NoRight, SlackUnavailable) as no:
        await ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(made, Preset):
        await say_at_name(ack, refusal(made))
        return
    await ack()
    bot.after_ack(form.caller, _show_chosen(bot, own, made, form.view.previous_id))


async def _show_chosen(bot: Bot, own: OwnDraft, made: Preset, below: str | None) -> None:
    """Select the new preset in the form below."""
    showing = await current(bot.deps, own.request_id, own.by)
    before = showing.draft
    chosen = {"preset_id": made.preset_id, "generation": before.generation + 1}
    draft = before.model_copy(update=chosen)
    showing = await save(bot.deps, showing, own.by, draft)
    if below:
        await update_modal(bot, await form_view(bot.deps, showing), below)
    await bot.home_changed(own.by)
