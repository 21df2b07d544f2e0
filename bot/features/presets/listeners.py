"""Presets: saved from the form, listed, edited, deleted."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.core.options import RecordingOptions
from bot.features.options.drafts import draft_of, show_more
from bot.features.options.form import draft_from_state, input_block_ids, read_options
from bot.features.options.service import Showing, current, save, show
from bot.features.presets import ids as pids
from bot.features.presets import service as presets
from bot.features.presets.form import name_error, preset_form, typed_name
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.features.presets.views import deleted_view, presets_view, refusal
from bot.listeners.app import Bot, for_people, listener
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Asked, Click, Form
from bot.slack.errors import SlackUnavailable
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.message import View, message_view
from bot.ui.replies import expired_trigger


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(pids.ALL)(listener(bot, all_presets))
    app.action(pids.PAGE)(listener(bot, turn_page))
    app.action(ids.matching(pids.EDIT))(listener(bot, edit))
    app.action(pids.DELETE)(listener(bot, delete))
    app.view(pids.EDIT_FORM)(listener(bot, edit_submitted))


async def open_presets(bot: Bot, asked: Asked) -> None:
    """Those that may be named in this channel."""
    view = await _list(bot, asked.user, asked.channel)
    await open_modal(bot, asked, view, otherwise=expired_trigger())


async def all_presets(args: AsyncArgs, bot: Bot) -> None:
    """From Home."""
    await args.ack()
    await open_presets(bot, Asked.of(args.body))


async def _list(bot: Bot, user: str, channel: str | None, page: int = 0) -> View:
    """Those of the channel; from Home, the person's own. And the workspace's."""
    store = bot.deps.store
    known = await (
        PresetRepository(store.db).for_channel(channel)
        if channel
        else PresetRepository(store.db).of_person(user)
    )
    return presets_view(known, channel, page)


async def turn_page(args: AsyncArgs, bot: Bot) -> None:
    click, view = Click.of(args.body), args.body["view"]
    await args.ack()
    channel = view["private_metadata"] or None
    shown = await _list(bot, click.asked.user, channel, int(click.value))
    await bot.deps.slack.update_view(shown, view_id=view["id"])


async def edit(args: AsyncArgs, bot: Bot) -> None:
    """In the form's own fields. The draft knows that it is a preset."""
    click, view = Click.of(args.body), args.body["view"]
    user, channel = click.asked.user, view["private_metadata"] or None
    below = view["id"] if view["type"] == "modal" else None
    preset = await PresetRepository(bot.deps.db).get(click.value)
    await args.ack()
    if preset is None:
        await _refresh(bot, user, channel, below)
        return
    draft = show_more(draft_of(preset.options))
    known = {"editing": preset.preset_id, "preset_name": preset.name}
    showing = await show(
        bot.deps,
        user=user,
        channel=channel,
        draft=draft.model_copy(update=known),
    )
    put = bot.deps.slack.push_view if below else bot.deps.slack.open_view
    await put(click.asked.trigger_id, preset_form(showing.draft, request_id=showing.request_id))


async def edit_submitted(args: AsyncArgs, bot: Bot) -> None:
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    draft = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, form.asked.user, draft)
    options, name = read_options(draft), typed_name(form.values)
    if isinstance(options, FieldErrors):
        shown = {k: v for k, v in options.items() if k in input_block_ids(args.body["view"])}
        await args.ack(response_action="errors", errors=shown or {pids.NAME: "Try again."})
    elif wrong := name_error(name):
        await say_at_name(args, wrong)
    else:
        await _change(args, bot, showing, name, options)


async def _change(
    args: AsyncArgs, bot: Bot, showing: Showing, name: str, options: RecordingOptions
) -> None:
    user, view = args.body["user"]["id"], args.body["view"]
    preset = await PresetRepository(bot.deps.db).get(showing.draft.editing or "")
    if preset is None:
        await say_at_name(args, "This preset has been deleted in the meantime.")
        return
    try:
        changed = await presets.change(
            bot.deps, bot.rights, preset, name=name, options=options, by=user
        )
    except (NoRight, SlackUnavailable) as no:
        await args.ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(changed, Preset):
        await say_at_name(args, refusal(changed))
        return
    await args.ack()
    work = _refresh(bot, user, showing.channel, view.get("previous_view_id"))
    bot.after_ack(Asked.of(args.body), work)


async def delete(args: AsyncArgs, bot: Bot) -> None:
    click, view = Click.of(args.body), args.body["view"]
    showing = await current(bot.deps, view["private_metadata"], click.asked.user)
    preset = await PresetRepository(bot.deps.db).get(click.value)
    said = deleted_view()
    try:
        if preset:
            await presets.delete(bot.deps, bot.rights, preset, click.asked.user)
    except NoRight as no:
        said = message_view(for_people(no))
    await args.ack()
    await bot.deps.slack.update_view(said, view_id=view["id"])
    work = _refresh(bot, click.asked.user, showing.channel, view.get("previous_view_id"))
    bot.after_ack(click.asked, work)


async def _refresh(bot: Bot, user: str, channel: str | None, view_id: str | None) -> None:
    """The list below, if there is one, and Home, if they look at it."""
    if view_id:
        await update_modal(bot, await _list(bot, user, channel), view_id)
    await bot.home_changed(user)


async def say_at_name(args: AsyncArgs, wrong: str) -> None:
    await args.ack(response_action="errors", errors={pids.NAME: wrong})
