"""Presets: saved from the form, listed, edited, deleted."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.core.options import RecordingOptions
from bot.features.options.drafts import draft_of, show_more
from bot.features.options.form_input import draft_from_state, input_block_ids, read_options
from bot.features.options.service import Showing, current, save, show
from bot.features.presets import ids as pids
from bot.features.presets import service as presets
from bot.features.presets.model import Preset
from bot.features.presets.store import NameTaken, PresetRepository, TooMany
from bot.features.presets.views import (
    NAME_TAKEN,
    TOO_MANY,
    deleted_view,
    name_error,
    preset_form,
    presets_view,
)
from bot.listeners.app import Bot, for_people, listener
from bot.listeners.modals import STALE
from bot.listeners.payloads import Asked, Click, Form
from bot.slack.errors import SlackRefused, SlackUnavailable
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
    try:
        await bot.deps.slack.open_view(asked.trigger_id, view)
    except SlackRefused as refused:
        if asked.trigger_id and refused.error not in STALE:
            raise
        await bot.reply(asked, expired_trigger())


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
    options, name = read_options(draft), _typed_name(form.values)
    if isinstance(options, FieldErrors):
        shown = {k: v for k, v in options.items() if k in input_block_ids(args.body["view"])}
        await args.ack(response_action="errors", errors=shown or {pids.NAME: "Try again."})
    elif wrong := name_error(name):
        await _say_at_name(args, wrong)
    else:
        await _change(args, bot, showing, name, options)


async def _change(
    args: AsyncArgs, bot: Bot, showing: Showing, name: str, options: RecordingOptions
) -> None:
    user, view = args.body["user"]["id"], args.body["view"]
    preset = await PresetRepository(bot.deps.db).get(showing.draft.editing or "")
    if preset is None:
        await _say_at_name(args, "This preset has been deleted in the meantime.")
        return
    try:
        changed = await presets.change(
            bot.deps, bot.rights, preset, name=name, options=options, by=user
        )
    except (NoRight, SlackUnavailable) as no:
        await args.ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(changed, Preset):
        await _say_at_name(args, _refused(changed))
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
        await _update(bot, await _list(bot, user, channel), view_id)
    await bot.home_changed(user)


async def _update(bot: Bot, view: View, view_id: str | None) -> None:
    """A modal below; whoever has closed it misses nothing."""
    try:
        await bot.deps.slack.update_view(view, view_id=view_id)
    except SlackRefused as refused:
        if refused.error != "not_found":
            raise


async def _say_at_name(args: AsyncArgs, wrong: str) -> None:
    await args.ack(response_action="errors", errors={pids.NAME: wrong})


def _refused(why: NameTaken | TooMany) -> str:
    return NAME_TAKEN if isinstance(why, NameTaken) else TOO_MANY


def _typed_name(values: Mapping[str, Any]) -> str:
    entry = (values.get(pids.NAME) or {}).get(pids.action(pids.NAME)) or {}
    return str(entry.get("value") or "")
