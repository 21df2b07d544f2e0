"""The start form: opened, changed, submitted, come back to."""

import uuid

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.access.views import refused_view
from bot.core.deliveries import OutcomeAddress
from bot.core.options import RecordingOptions
from bot.features.card.links import CardLinks
from bot.features.options.drafts import Draft, add_section, draft_of, remove_section, show_more
from bot.features.options.form_input import draft_from_state, input_block_ids
from bot.features.options.service import Showing, current, save, show
from bot.features.presets import ids as preset_ids
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
from bot.features.start.save_preset import save_as, save_as_submitted
from bot.features.start.service import Wish, again, request_recording
from bot.features.start.views import form_ready, no_room_link, starting_view
from bot.listeners.app import Bot, for_people, listener
from bot.listeners.modals import STALE
from bot.listeners.payloads import Asked, Click, Form
from bot.slack.errors import SlackRefused, SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.store.values import RoomTaken
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message, message_view
from bot.ui.replies import expired_trigger


def register(app: AsyncApp, bot: Bot) -> None:
    app.shortcut(ids.START_SHORTCUT)(listener(bot, from_elsewhere))
    app.shortcut(ids.LINK_SHORTCUT)(listener(bot, record_link))
    app.action(ids.matching(ids.TRY_AGAIN))(listener(bot, try_again))
    app.action(ids.OPEN_FORM)(listener(bot, from_elsewhere))
    app.action(ids.BACK_TO_FORM)(listener(bot, back_to_form))
    app.action(ids.CHANGE)(listener(bot, change))
    for action in (*ids.START_REDRAWS, ids.START_MORE, ids.START_ADD_SECTION):
        app.action(ids.matching(action))(listener(bot, redraw))
    app.action(ids.matching(ids.START_REMOVE_SECTION))(listener(bot, redraw))
    app.view(ids.START_FORM)(listener(bot, submitted))
    app.action(ids.START_LINKED)(listener(bot, start_linked))
    app.action(ids.SAVE_AS)(listener(bot, save_as))
    app.view(preset_ids.SAVE_AS_FORM)(listener(bot, save_as_submitted))
    app.view_closed(ids.START_FORM)(listener(bot, closed))


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


async def from_elsewhere(args: AsyncArgs, bot: Bot) -> None:
    """From Home, a shortcut or a reply: the channel is where it was clicked, if anywhere."""
    asked = Asked.of(args.body)
    await bot.rights.to_start(asked.user, asked.channel)
    await args.ack()
    await open_form(bot, asked, Draft(channel=asked.channel))


async def change(args: AsyncArgs, bot: Bot) -> None:
    """The same settings, in the form."""
    click = Click.of(args.body)
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    showing = await start_service.from_recording(bot.deps, click.value, click.asked.user)
    await args.ack()
    await present(bot, click.asked, showing)


async def back_to_form(args: AsyncArgs, bot: Bot) -> None:
    """Everything typed is still there. In a modal it takes the outcome's place."""
    click = Click.of(args.body)
    showing = await start_service.back(bot.deps, click.value, click.asked.user)
    await args.ack()
    view = args.body.get("view")
    if view is None:
        await present(bot, click.asked, showing)
    else:
        await bot.deps.slack.update_view(
            await start_service.form_view(bot.deps, showing), view_id=view["id"]
        )


async def redraw(args: AsyncArgs, bot: Bot) -> None:
    """Show what applies now; what was typed is kept, also of what is hidden."""
    form, click = Form.of(args.body), Click.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    typed = draft_from_state(form.values, showing.draft)
    action = args.body["actions"][0]["action_id"]
    if action == ids.START_MORE:
        typed = show_more(typed)
    elif ids.matching(ids.start_action(ids.START_PRESET)).match(action):
        typed = await _preset_chosen(bot, typed)
    elif action == ids.START_ADD_SECTION:
        typed = add_section(typed)
    elif action.startswith(ids.START_REMOVE_SECTION):
        typed = remove_section(typed, int(click.value))
    showing = await save(bot.deps, showing, form.asked.user, typed)
    view = await start_service.form_view(bot.deps, showing)
    await args.ack()
    try:
        await bot.deps.slack.update_view(view, view_id=form.view_id, view_hash=form.hash)
    except SlackRefused as refused:
        if refused.error not in ("hash_conflict", "not_found"):
            raise  # a later click has redrawn it, or it is closed


async def _preset_chosen(bot: Bot, typed: Draft) -> Draft:
    """Its values replace those on the form; emptied, they stay, and are one's own."""
    if typed.preset_id is None:
        return typed.model_copy(update={"came": {}})
    return await start_service.with_preset(bot.deps, typed, typed.preset_id)


async def submitted(args: AsyncArgs, bot: Bot, rooms: RoomDirectory, links: CardLinks) -> None:
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    draft = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, form.asked.user, draft)
    wanted = read(draft)
    if isinstance(wanted, FieldErrors):
        await _show_errors(args, bot, showing, wanted)
        return
    try:
        await bot.rights.to_start(form.asked.user, wanted.channel)
    except (NoRight, SlackUnavailable) as no:
        view = refused_view(for_people(no), showing.request_id)
        await args.ack(response_action="update", view=view)
        return
    external_id = f"outcome-{uuid.uuid4().hex}"
    name = await rooms.name_of(wanted.room_id) or wanted.room_name
    made = await request_recording(bot.deps, _wish(form, wanted, name, external_id))
    await args.ack(response_action="update", view=starting_view(external_id, name))
    if isinstance(made, RoomTaken):
        work = show_taken(
            bot, links, form.asked.user, made.key, channel=wanted.channel, external_id=external_id
        )
        bot.after_ack(form.asked, work)


async def _show_errors(args: AsyncArgs, bot: Bot, showing: Showing, errors: FieldErrors) -> None:
    """At their fields. Submitted just before a redraw, the view may lack one of them: redraw it."""
    if errors.keys() <= input_block_ids(args.body["view"]):
        await args.ack(response_action="errors", errors=dict(errors))
        return
    view = await start_service.form_view(bot.deps, showing, errors)
    await args.ack(response_action="update", view=view)


def _wish(form: Form, wanted: StartRequest, name: str, external_id: str) -> Wish:
    user = form.asked.user
    return Wish(
        request_id=form.request_id,
        room_id=wanted.room_id,
        room_name=name,
        options=wanted.options,
        by=user,
        channel=wanted.channel,
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
    seen = await bot.sight.sees(user, row, here=channel)
    if seen is None:
        return start_views.recorded_elsewhere(row.room_name)
    cards = await bot.deps.store.recordings.cards([key])
    return start_views.already_recording(
        row.room_name,
        row.starter,
        row.started_at or row.requested_at,
        permalink=await links.link(seen.channel, cards.get(key, ())),
        key=key,
        can_follow=channel is not None and channel not in seen.channels,
    )


async def show_taken(
    bot: Bot, links: CardLinks, user: str, key: str, *, channel: str | None, external_id: str
) -> None:
    message = await taken_message(bot, links, user, key, channel)
    view = message_view(message, private_metadata=channel or "")
    await bot.deps.slack.update_view_when_open(view, external_id)


async def closed(args: AsyncArgs, _: Bot) -> None:
    """Nothing to do: the draft is kept for a while, and the outcome finds its way."""
    await args.ack()


async def try_again(args: AsyncArgs, bot: Bot, links: CardLinks) -> None:
    click = Click.of(args.body)
    asked = click.asked
    recording = (await bot.deps.store.recordings.load(click.value)).recording
    wish = again(recording, by=asked.user, channel=asked.channel, click_id=asked.trigger_id)
    await bot.rights.to_start(wish.by, wish.channel)
    made = await request_recording(bot.deps, wish)
    await args.ack()
    if isinstance(made, RoomTaken):
        bot.after_ack(asked, say_taken(bot, links, asked, made.key))
    elif click.on_ephemeral:
        done = start_views.starting_reply(recording.room_name)
        bot.after_ack(asked, bot.reply(asked, done, replace=True))


async def record_link(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    asked = Asked.of(args.body)
    await bot.rights.to_start(asked.user, asked.channel)
    links = room_links(texts_of(args.body.get("message") or {}))
    await args.ack()
    if links:
        await open_for(bot, rooms, asked, links[0], links[0])
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


async def start_linked(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    """Slack says by which link the button stands; if not, the room alone will do."""
    click = Click.of(args.body)
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    given = (args.body.get("app_unfurl") or {}).get("app_unfurl_url") or ""
    link = next((x for x in room_links([given]) if room_id_of_link(x) == click.value), None)
    await args.ack()
    await open_for(bot, rooms, click.asked, click.value, link)
