"""The start form: opened, changed, submitted, come back to."""

import uuid

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.access.views import refused_view
from bot.features.options.drafts import Draft, add_section, remove_section, show_more
from bot.features.options.form_input import (
    FieldErrors,
    StartRequest,
    draft_from_state,
    input_block_ids,
    read,
)
from bot.features.rooms.views import room_options
from bot.features.start import drafts as forms
from bot.features.start.service import Wish, request_recording
from bot.features.start.taken import taken_message
from bot.features.start.views import message_view, starting_view
from bot.listeners.app import Bot, for_people, listener
from bot.listeners.payloads import Asked, Click, Form
from bot.slack.errors import SlackRefused, SlackUnavailable
from bot.store.values import OutcomeAddress, RoomTaken
from bot.ui import ids
from bot.ui.replies import expired_trigger, form_ready

STALE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")


def register(app: AsyncApp, bot: Bot) -> None:
    app.shortcut(ids.START_SHORTCUT)(listener(bot, from_elsewhere))
    app.action(ids.OPEN_FORM)(listener(bot, from_elsewhere))
    app.action(ids.BACK_TO_FORM)(listener(bot, back_to_form))
    app.action(ids.CHANGE)(listener(bot, change))
    app.options(ids.START_ROOM_ACTION)(listener(bot, suggest_rooms))
    for action in (*ids.START_REDRAWS, ids.START_MORE, ids.START_ADD_SECTION):
        app.action(ids.matching(action))(listener(bot, redraw))
    app.action(ids.matching(ids.START_REMOVE_SECTION))(listener(bot, redraw))
    app.view(ids.START_FORM)(listener(bot, submitted))
    app.view_closed(ids.START_FORM)(listener(bot, closed))


async def open_form(bot: Bot, asked: Asked, draft: Draft) -> None:
    """Show the form; if Slack's trigger is stale by now, offer a button that has a fresh one."""
    await present(
        bot, asked, await forms.show(bot.deps, user=asked.user, channel=asked.channel, draft=draft)
    )


async def present(bot: Bot, asked: Asked, showing: forms.Showing) -> None:
    if not asked.trigger_id:
        await bot.reply(asked, form_ready(showing.request_id))
        return
    try:
        await bot.deps.slack.open_view(asked.trigger_id, showing.view)
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
    showing = await forms.from_recording(bot.deps, click.value, click.asked.user)
    await args.ack()
    await present(bot, click.asked, showing)


async def back_to_form(args: AsyncArgs, bot: Bot) -> None:
    """Everything typed is still there. In a modal it takes the outcome's place."""
    click = Click.of(args.body)
    showing = await forms.back(bot.deps, click.value, click.asked.user)
    await args.ack()
    view = args.body.get("view")
    if view is None:
        await present(bot, click.asked, showing)
    else:
        await bot.deps.slack.update_view(showing.view, view_id=view["id"])


async def suggest_rooms(args: AsyncArgs, bot: Bot) -> None:
    ranked = await bot.rooms.suggest(args.body.get("value") or "")
    await args.ack(**room_options(ranked, now=bot.deps.now()))


async def redraw(args: AsyncArgs, bot: Bot) -> None:
    """Show what applies now; what was typed is kept, also of what is hidden."""
    form, click = Form.of(args.body), Click.of(args.body)
    showing = await forms.current(bot.deps, form.request_id, form.asked.user)
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
    showing = await forms.save(bot.deps, showing, form.asked.user, typed)
    await args.ack()
    try:
        await bot.deps.slack.update_view(showing.view, view_id=form.view_id, view_hash=form.hash)
    except SlackRefused as refused:
        if refused.error not in ("hash_conflict", "not_found"):
            raise  # a later click has redrawn it, or it is closed


async def _preset_chosen(bot: Bot, typed: Draft) -> Draft:
    """Its values replace those on the form; emptied, they stay, and are one's own."""
    if typed.preset_id is None:
        return typed.model_copy(update={"came": {}})
    return await forms.with_preset(bot.deps, typed, typed.preset_id)


async def submitted(args: AsyncArgs, bot: Bot) -> None:
    form = Form.of(args.body)
    showing = await forms.current(bot.deps, form.request_id, form.asked.user)
    draft = draft_from_state(form.values, showing.draft)
    showing = await forms.save(bot.deps, showing, form.asked.user, draft)
    wanted = read(draft)
    if isinstance(wanted, FieldErrors):
        await _show_errors(args, showing, wanted)
        return
    try:
        await bot.rights.to_start(form.asked.user, wanted.channel)
    except (NoRight, SlackUnavailable) as no:
        view = refused_view(for_people(no), showing.request_id)
        await args.ack(response_action="update", view=view)
        return
    await _request(args, bot, form, wanted)


async def _request(args: AsyncArgs, bot: Bot, form: Form, wanted: StartRequest) -> None:
    external_id = f"outcome-{uuid.uuid4().hex}"
    name = await bot.rooms.name_of(wanted.room_id) or wanted.room_name
    made = await request_recording(bot.deps, _wish(form, wanted, name, external_id))
    await args.ack(response_action="update", view=starting_view(external_id, name))
    if isinstance(made, RoomTaken):
        work = show_taken(bot, form.asked.user, made.key, wanted.channel, external_id)
        bot.after_ack(form.asked, work)


async def _show_errors(args: AsyncArgs, showing: forms.Showing, errors: FieldErrors) -> None:
    """At their fields. Submitted just before a redraw, the view may lack one of them: redraw it."""
    if errors.keys() <= input_block_ids(args.body["view"]):
        await args.ack(response_action="errors", errors=dict(errors))
        return
    await args.ack(response_action="update", view=showing.view_with(errors))


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


async def show_taken(bot: Bot, user: str, key: str, channel: str | None, external_id: str) -> None:
    message = await taken_message(bot, user, key, channel)
    view = message_view(message, private_metadata=channel or "")
    await bot.deps.slack.update_view_when_open(view, external_id)


async def closed(args: AsyncArgs, _: Bot) -> None:
    """Nothing to do: the draft is kept for a while, and the outcome finds its way."""
    await args.ack()
