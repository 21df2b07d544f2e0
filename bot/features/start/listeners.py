"""Starts: by command, in the form, once more; and the form: opened, changed, submitted."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.access.views import refused_view
from bot.core.deliveries import OutcomeAddress
from bot.core.options import RecordingOptions
from bot.features.card.links import CardLinks
from bot.features.options.drafts import Draft, add_section, remove_section, show_more
from bot.features.options.form import draft_from_state, input_block_ids, read_options
from bot.features.options.service import Showing, current, save
from bot.features.options.table import Raw, write_options
from bot.features.presets import ids as preset_ids
from bot.features.presets import service as presets
from bot.features.presets.form import chosen_scope, name_error, save_as_form, typed_name
from bot.features.presets.listeners import say_at_name
from bot.features.presets.model import NoSuchPreset, Preset
from bot.features.presets.views import no_such_preset, refusal
from bot.features.rooms.model import (
    Ambiguous,
    RoomCode,
    RoomEntry,
    room_id_of_link,
    room_links,
    texts_of,
    without_preview,
)
from bot.features.rooms.service import RoomDirectory, which_room
from bot.features.start import service as starts
from bot.features.start import views as start_views
from bot.features.start.form import read
from bot.features.start.model import Started, StartRequest, WhichRoom
from bot.features.start.service import filled, form_view
from bot.features.start.views import form_ready, no_room_link, starting_view
from bot.listeners.app import Bot, answer, for_people, listener
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Asked, Click, Form
from bot.slack.errors import SlackUnavailable
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


# ---- by command ------------------------------------------------------------------------------


async def start_by_command(
    args: AsyncArgs,
    bot: Bot,
    rooms: RoomDirectory,
    links: CardLinks,
    asked: Asked,
    *,
    room: str | None,
    options: RecordingOptions,
    preset: str | None,
    written: Callable[[str | None, str | None], str],
) -> None:
    """`written` is the same command for another room and preset."""
    request = StartRequest(
        request_id=f"command:{asked.once}",
        room=room,
        options=options,
        by=asked.user,
        channel=asked.channel,
        via="command",
        outcome=OutcomeAddress(asked.user, channel=asked.channel, response_url=asked.response_url),
        preset=preset,
    )
    made = await starts.start(bot.deps, bot.rights, rooms, request)
    match made:
        case Started():
            await answer(args, bot, asked, start_views.starting_reply(made.room.name))
        case RoomTaken(key=key):
            await args.ack()
            bot.after_ack(asked, say_taken(bot, links, asked, key))
        case NoSuchPreset(nearest=near):
            form = await filled(
                bot.deps,
                rooms,
                user=asked.user,
                channel=asked.channel,
                room=room,
                raw=write_options(options),
            )
            corrected = written(room, near.name) if near else None
            await answer(args, bot, asked, no_such_preset(made, corrected, form.request_id))
        case WhichRoom(found=None | Ambiguous() | RoomCode()):
            await open_filled(
                args, bot, rooms, asked, room=room, raw=write_options(options), preset=preset
            )
        case WhichRoom(found=found):
            again = which_room(room or "", found, lambda name: written(name, preset), form=True)
            await answer(args, bot, asked, again)


async def open_filled(
    args: AsyncArgs,
    bot: Bot,
    rooms: RoomDirectory,
    asked: Asked,
    *,
    room: str | None = None,
    raw: Raw | None = None,
    preset: str | None = None,
) -> None:
    """The form with what was said and what the channel has set."""
    await bot.rights.to_start(asked.user, asked.channel)
    await args.ack()
    showing = await filled(
        bot.deps,
        rooms,
        user=asked.user,
        channel=asked.channel,
        room=room,
        raw=raw,
        preset=preset,
    )
    await present(bot, asked, showing)


# ---- the form --------------------------------------------------------------------------------


async def present(bot: Bot, asked: Asked, showing: Showing) -> None:
    """Show the form; after a mention or with a stale trigger, a button that opens it."""
    ready = expired_trigger if asked.trigger_id else form_ready
    view = await form_view(bot.deps, showing)
    await open_modal(bot, asked, view, otherwise=ready(showing.request_id))


async def from_elsewhere(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    """From Home, a shortcut or a reply: the channel is where it was clicked, if anywhere."""
    await open_filled(args, bot, rooms, Asked.of(args.body))


async def change(args: AsyncArgs, bot: Bot) -> None:
    """The same settings, in the form."""
    click = Click.of(args.body)
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    showing = await starts.from_recording(bot.deps, click.value, click.asked.user)
    await args.ack()
    await present(bot, click.asked, showing)


async def back_to_form(args: AsyncArgs, bot: Bot) -> None:
    """Everything typed is still there. In a modal it takes the outcome's place."""
    click, view = Click.of(args.body), args.body.get("view")
    if view is None:
        await bot.rights.to_start(click.asked.user, click.asked.channel)
    showing = await starts.back(bot.deps, click.value, click.asked.user)
    await args.ack()
    if view is None:
        await present(bot, click.asked, showing)
    else:
        await update_modal(bot, await form_view(bot.deps, showing), view["id"])


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
    view = await form_view(bot.deps, showing)
    await args.ack()
    await update_modal(bot, view, form.view_id, seen=form.hash)


async def _preset_chosen(bot: Bot, typed: Draft) -> Draft:
    """Its values replace those on the form; emptied, they stay, and are one's own."""
    if typed.preset_id is None:
        return typed.model_copy(update={"came": {}})
    return await starts.with_preset(bot.deps, typed, typed.preset_id)


async def submitted(args: AsyncArgs, bot: Bot, rooms: RoomDirectory, links: CardLinks) -> None:
    form = Form.of(args.body)
    user = form.asked.user
    showing = await current(bot.deps, form.request_id, user)
    draft = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, user, draft)
    wanted = read(draft)
    if isinstance(wanted, FieldErrors):
        await _show_errors(args, bot, showing, wanted)
        return
    external_id = f"outcome-{uuid.uuid4().hex}"
    request = StartRequest(
        request_id=form.request_id,
        room=RoomEntry(wanted.room_id, wanted.room_name),
        options=wanted.options,
        by=user,
        channel=wanted.channel,
        via="form",
        outcome=OutcomeAddress(user, channel=wanted.channel, external_id=external_id),
    )
    try:
        made = await starts.start(bot.deps, bot.rights, rooms, request)
    except (NoRight, SlackUnavailable) as no:
        view = refused_view(for_people(no), showing.request_id)
        await args.ack(response_action="update", view=view)
        return
    name = made.room.name if isinstance(made, Started) else wanted.room_name
    await args.ack(response_action="update", view=starting_view(external_id, name))
    if isinstance(made, RoomTaken):
        work = show_taken(
            bot, links, user, made.key, channel=wanted.channel, external_id=external_id
        )
        bot.after_ack(form.asked, work)


async def _show_errors(args: AsyncArgs, bot: Bot, showing: Showing, errors: FieldErrors) -> None:
    """At their fields. Submitted just before a redraw, the view may lack one of them: redraw it."""
    if errors.keys() <= input_block_ids(args.body["view"]):
        await args.ack(response_action="errors", errors=dict(errors))
        return
    view = await form_view(bot.deps, showing, errors)
    await args.ack(response_action="update", view=view)


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


async def try_again(args: AsyncArgs, bot: Bot, rooms: RoomDirectory, links: CardLinks) -> None:
    click = Click.of(args.body)
    asked = click.asked
    recording = (await bot.deps.store.recordings.load(click.value)).recording
    request = starts.again(
        recording, by=asked.user, channel=asked.channel, click_id=asked.trigger_id
    )
    made = await starts.start(bot.deps, bot.rights, rooms, request)
    await args.ack()
    if isinstance(made, RoomTaken):
        bot.after_ack(asked, say_taken(bot, links, asked, made.key))
    elif click.on_ephemeral:
        done = start_views.starting_reply(recording.room_name)
        bot.after_ack(asked, bot.reply(asked, done, replace=True))


# ---- links to rooms --------------------------------------------------------------------------


async def record_link(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    """The form with the room, and the link as the address that 100ms joins by."""
    asked = Asked.of(args.body)
    links = room_links(texts_of(args.body.get("message") or {}))
    if links:
        raw = {ids.START_MEETING_URL: without_preview(links[0])}
        await open_filled(args, bot, rooms, asked, room=links[0], raw=raw)
        return
    await bot.rights.to_start(asked.user, asked.channel)
    await args.ack()
    bot.after_ack(asked, bot.reply(asked, no_room_link()))


async def start_linked(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    """Slack says which link the button is below; if not, the room alone will do."""
    click = Click.of(args.body)
    given = (args.body.get("app_unfurl") or {}).get("app_unfurl_url") or ""
    link = next((x for x in room_links([given]) if room_id_of_link(x) == click.value), None)
    raw = {ids.START_MEETING_URL: without_preview(link)} if link else {}
    await open_filled(args, bot, rooms, click.asked, room=click.value, raw=raw)


# ---- save as preset --------------------------------------------------------------------------


async def save_as(args: AsyncArgs, bot: Bot) -> None:
    """Ask for a name, once what is on the form makes sense."""
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    typed = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, form.asked.user, typed)
    options = read_options(typed)
    await args.ack()
    if isinstance(options, FieldErrors):
        await update_modal(bot, await form_view(bot.deps, showing, options), form.view_id)
        return
    asking = save_as_form(form.request_id, showing.channel)
    await bot.deps.slack.push_view(form.asked.trigger_id, asking)


async def save_as_submitted(args: AsyncArgs, bot: Bot) -> None:
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    options = read_options(showing.draft)
    name, scope = typed_name(form.values), chosen_scope(form.values, showing.channel)
    if isinstance(options, FieldErrors) or name_error(name):
        await say_at_name(args, name_error(name) or "Correct the form below first.")
        return
    user = form.asked.user
    try:
        made = await presets.make(
            bot.deps, bot.rights, name=name, scope=scope, options=options, by=user
        )
    except (NoRight, SlackUnavailable) as no:
        await args.ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(made, Preset):
        await say_at_name(args, refusal(made))
        return
    await args.ack()
    bot.after_ack(form.asked, _show_chosen(bot, form, made, args.body["view"]))


async def _show_chosen(bot: Bot, form: Form, made: Preset, view: Mapping[str, Any]) -> None:
    """The form below names it now."""
    showing = await current(bot.deps, form.request_id, form.asked.user)
    before = showing.draft
    chosen = {"preset_id": made.preset_id, "generation": before.generation + 1}
    draft = before.model_copy(update=chosen)
    showing = await save(bot.deps, showing, form.asked.user, draft)
    if below := view.get("previous_view_id"):
        await update_modal(bot, await form_view(bot.deps, showing), below)
    await bot.home_changed(form.asked.user)
