"""The start form: opened, changed, submitted, come back to."""

import uuid
from dataclasses import dataclass
from typing import Annotated, Self

from bot.access.gate import NotOpen, UnknownPreset
from bot.access.rights import NoRight
from bot.access.views import not_open, refused_view
from bot.core.options import RecordingOptions
from bot.core.places import is_channel
from bot.core.proofs import OpenChannel, OwnDraft, SeenRecording
from bot.features.card.links import CardLinks
from bot.features.options.drafts import Draft, add_section, draft_of, remove_section, show_more
from bot.features.options.form_input import draft_from_state
from bot.features.options.service import Showing, current, save, show
from bot.features.rooms.model import (
    Found,
    Unknown,
    room_id_of_link,
    room_links,
    texts_of,
    without_preview,
)
from bot.features.rooms.service import RoomDirectory
from bot.features.start import service as start_service
from bot.features.start import views as start_views
from bot.features.start.form import StartRequest, read
from bot.features.start.service import Wish, again, request_recording
from bot.features.start.views import form_ready, no_room_link, starting_view
from bot.listeners.app import Bot, for_people
from bot.listeners.modals import STALE
from bot.listeners.payloads import Asked, Body, Click, Form, Payload
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackRefused, SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.store.values import OutcomeAddress, RoomTaken
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message, message_view
from bot.ui.replies import expired_trigger

on = Listeners()
ASKS_ONLY = "opens a form, for people who may start where they ask; its submission is checked"


async def open_form(bot: Bot, asked: Asked, draft: Draft) -> None:
    """Show the form; if Slack's trigger is stale by now, offer a button that has a fresh one."""
    await present(
        bot,
        asked,
        await show(bot.deps, user=asked.user, channel=asked.channel, draft=draft),
    )


async def present(bot: Bot, asked: Asked, showing: Showing) -> None:
    if not asked.trigger_id:
        await bot.reply(asked, form_ready(showing.request_id))
        return
    try:
        await bot.deps.slack.open_view(
            asked.trigger_id, await start_service.form_view(bot.deps, showing)
        )
    except SlackRefused as refused:
        if refused.error not in STALE:
            raise
        await bot.reply(asked, expired_trigger(showing.request_id))


@on.shortcut(ids.START_SHORTCUT, needs_no_proof=ASKS_ONLY)
@on.action(ids.OPEN_FORM, needs_no_proof=ASKS_ONLY)
async def from_elsewhere(asked: Asked, ack: Ack, bot: Bot) -> None:
    """From Home, a shortcut or a reply: the channel is where it was clicked, if anywhere."""
    await bot.rights.to_start(asked.user, asked.channel)
    await ack()
    await open_form(bot, asked, Draft(channel=asked.channel))


@on.action(ids.CHANGE)
async def change(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """The same settings, in the form; of somebody else's without what is theirs alone."""
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    showing = await start_service.from_recording(bot.deps, recording, click.asked.channel)
    await ack()
    await present(bot, click.asked, showing)


@on.action(ids.BACK_TO_FORM)
async def back_to_form(
    draft: Annotated[OwnDraft, From.VALUE], click: Click, ack: Ack, bot: Bot
) -> None:
    """Everything typed is still there. In a modal it takes the outcome's place."""
    showing = await start_service.back(bot.deps, draft.request_id, draft.by)
    await ack()
    if click.view is None:
        await present(bot, click.asked, showing)
    else:
        await bot.deps.slack.update_view(
            await start_service.form_view(bot.deps, showing), view_id=click.view.id
        )


@on.action(*ids.START_REDRAWS, ids.START_MORE, ids.START_ADD_SECTION, ids.START_REMOVE_SECTION)
async def redraw(draft: OwnDraft, form: Form, click: Click, ack: Ack, bot: Bot) -> None:
    """Show what applies now; what was typed is kept, also of what is hidden."""
    showing = await current(bot.deps, draft.request_id, draft.by)
    typed = draft_from_state(form.values, showing.draft)
    action = click.action_id
    if action == ids.START_MORE:
        typed = show_more(typed)
    elif ids.matching(ids.start_action(ids.START_PRESET)).match(action):
        typed = await _preset_chosen(bot, draft, typed)
    elif action == ids.START_ADD_SECTION:
        typed = add_section(typed)
    elif action.startswith(ids.START_REMOVE_SECTION):
        typed = remove_section(typed, int(click.value) if click.value.isdecimal() else 0)
    showing = await save(bot.deps, showing, draft.by, typed)
    view = await start_service.form_view(bot.deps, showing)
    await ack()
    try:
        await bot.deps.slack.update_view(view, view_id=form.view_id, view_hash=form.hash)
    except SlackRefused as refused:
        if refused.error not in ("hash_conflict", "not_found"):
            raise  # a later click has redrawn it, or it is closed


async def _preset_chosen(bot: Bot, draft: OwnDraft, typed: Draft) -> Draft:
    """Its values replace those on the form; emptied, they stay, and are one's own.

    A preset that the person may not know of is none.
    """
    if typed.preset_id is None:
        return typed.model_copy(update={"came": {}})
    try:
        await bot.gate.preset(draft.by, typed.preset_id, draft.channel)
    except UnknownPreset:
        return typed.model_copy(update={"preset_id": None})
    return await start_service.with_preset(bot.deps, typed, typed.preset_id)


@on.view(ids.START_FORM)
async def submitted(
    draft: OwnDraft, form: Form, ack: Ack, bot: Bot, rooms: RoomDirectory, links: CardLinks
) -> None:
    showing = await current(bot.deps, draft.request_id, draft.by)
    filled = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, draft.by, filled)
    wanted = read(filled)
    if isinstance(wanted, FieldErrors):
        await _show_errors(form, ack, bot, showing, wanted)
        return
    try:
        await bot.rights.to_start(draft.by, wanted.channel)
        channel = await _chosen_channel(bot, draft, wanted.channel)
    except (NoRight, SlackUnavailable) as no:
        view = refused_view(for_people(no), showing.request_id)
        await ack(response_action="update", view=view)
        return
    except NotOpen:
        errors = FieldErrors({ids.START_CHANNEL: not_open().text})
        await _show_errors(form, ack, bot, showing, errors)
        return
    external_id = f"outcome-{uuid.uuid4().hex}"
    name = await rooms.name_of(wanted.room_id) or wanted.room_name
    wish = _wish(draft, wanted, channel, name, external_id)
    made = await request_recording(bot.deps, bot.gate, wish)
    await ack(response_action="update", view=starting_view(external_id, name))
    if isinstance(made, RoomTaken):
        work = show_taken(
            bot, links, draft.by, made.key, channel=wanted.channel, external_id=external_id
        )
        bot.after_ack(form.asked, work)


async def _chosen_channel(bot: Bot, draft: OwnDraft, channel: str | None) -> OpenChannel | None:
    """Where the form was opened Slack itself has said; any other channel they have to be in."""
    if channel is None or not is_channel(channel):
        return None
    return await bot.gate.channel(draft.by, channel, here=draft.channel)


async def _show_errors(
    form: Form, ack: Ack, bot: Bot, showing: Showing, errors: FieldErrors
) -> None:
    """At their fields. Submitted just before a redraw, the view may lack one of them: redraw it."""
    if errors.keys() <= form.view.fields:
        await ack(response_action="errors", errors=dict(errors))
        return
    view = await start_service.form_view(bot.deps, showing, errors)
    await ack(response_action="update", view=view)


def _wish(
    draft: OwnDraft,
    wanted: StartRequest,
    channel: OpenChannel | None,
    name: str,
    external_id: str,
) -> Wish:
    user = draft.by
    return Wish(
        request_id=draft.request_id,
        room_id=wanted.room_id,
        room_name=name,
        options=wanted.options,
        by=user,
        channel=channel.channel if channel else None,
        via="form",
        outcome=OutcomeAddress(user, channel=wanted.channel, external_id=external_id),
    )


async def say_taken(bot: Bot, links: CardLinks, asked: Asked, key: str) -> None:
    await bot.reply(asked, await taken_message(bot, links, asked.user, key, asked.channel))


async def taken_message(
    bot: Bot, links: CardLinks, user: str, key: str, channel: str | None
) -> Message:
    """Of what they may not know of, no more than that the room is taken."""
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
        row.started_at or row.requested_at,
        permalink=await links.link(seen.channel, cards.get(key, ())),
        key=key,
        can_follow=is_channel(channel) and channel not in shown,
    )


async def show_taken(
    bot: Bot, links: CardLinks, user: str, key: str, *, channel: str | None, external_id: str
) -> None:
    message = await taken_message(bot, links, user, key, channel)
    view = message_view(message, private_metadata=channel or "")
    await bot.deps.slack.update_view_when_open(view, external_id)


@on.view_closed(ids.START_FORM, needs_no_proof="nothing is done")
async def closed(ack: Ack) -> None:
    """Nothing to do: the draft is kept for a while, and the outcome finds its way."""
    await ack()


@on.action(ids.TRY_AGAIN)
async def try_again(
    seen: SeenRecording, click: Click, ack: Ack, bot: Bot, links: CardLinks
) -> None:
    """Once more, where the person clicked; from elsewhere, where they see it."""
    asked = click.asked
    recording = (await bot.deps.store.recordings.load(seen.key)).recording
    where = asked.channel or seen.channel
    wish = again(recording, by=asked.user, channel=where, click_id=asked.trigger_id)
    await bot.rights.to_start(wish.by, wish.channel)
    if is_channel(where):
        await bot.gate.channel(asked.user, where, here=asked.channel)
    made = await request_recording(bot.deps, bot.gate, wish)
    await ack()
    if isinstance(made, RoomTaken):
        bot.after_ack(asked, say_taken(bot, links, asked, made.key))
    elif click.on_ephemeral:
        done = start_views.starting_reply(recording.room_name)
        bot.after_ack(asked, bot.reply(asked, done, replace=True))


@dataclass(frozen=True, slots=True)
class LinkedMessage(Payload):
    """The links to rooms in the message whose menu was used."""

    links: tuple[str, ...]

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls(tuple(room_links(texts_of(body.get("message") or {}))))


@on.shortcut(ids.LINK_SHORTCUT, needs_no_proof=ASKS_ONLY)
async def record_link(
    message: LinkedMessage, asked: Asked, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    await bot.rights.to_start(asked.user, asked.channel)
    await ack()
    if message.links:
        await open_for(bot, rooms, asked, message.links[0], message.links[0])
    else:
        bot.after_ack(asked, bot.reply(asked, no_room_link()))


async def open_for(
    bot: Bot, rooms: RoomDirectory, asked: Asked, room: str, link: str | None
) -> None:
    """The form with the room, and the link as the address that 100ms joins by.

    Of a room code only 100ms knows the room: that is left to choose.
    """
    options = RecordingOptions(meeting_url=without_preview(link) if link else None)
    match await rooms.find(room):
        case Found(room=entry):
            room_id, name = entry.room_id, entry.name
        case Unknown(room_id=str(unnamed)):
            rooms.refresh_soon()
            room_id, name = unnamed, unnamed
        case _:
            room_id, name = "", ""
    draft = draft_of(
        options, room_id=room_id or None, room_name=name or None, channel=asked.channel
    )
    await open_form(bot, asked, draft)


@dataclass(frozen=True, slots=True)
class UnfurledLink(Payload):
    """The link below which the button was pressed, if Slack says."""

    url: str

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls((body.get("app_unfurl") or {}).get("app_unfurl_url") or "")


@on.action(ids.START_LINKED, needs_no_proof=ASKS_ONLY)
async def start_linked(
    click: Click, unfurled: UnfurledLink, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    """Slack says by which link the button stands; if not, the room alone will do."""
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    links = room_links([unfurled.url])
    link = next((x for x in links if room_id_of_link(x) == click.value), None)
    await ack()
    await open_for(bot, rooms, click.asked, click.value, link)
