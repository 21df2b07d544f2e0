"""Presets: saved from the form, listed, edited, deleted."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.features.options.form_input import draft_from_state, read_options
from bot.features.options.service import current, save
from bot.features.presets import ids as pids
from bot.features.presets import service as presets
from bot.features.presets.listeners import _refused, _say_at_name, _typed_name, _update
from bot.features.presets.model import WORKSPACE, Preset
from bot.features.presets.views import HERE, name_error, save_as_form
from bot.features.start import service as start_service
from bot.listeners.app import Bot, for_people
from bot.listeners.payloads import Form
from bot.slack.errors import SlackUnavailable
from bot.ui.forms import FieldErrors
from bot.ui.message import message_view


async def save_as(args: AsyncArgs, bot: Bot) -> None:
    """Ask for a name, once what is on the form makes sense."""
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    typed = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, form.asked.user, typed)
    options = read_options(typed)
    await args.ack()
    if isinstance(options, FieldErrors):
        await bot.deps.slack.update_view(
            await start_service.form_view(bot.deps, showing, options), view_id=form.view_id
        )
        return
    asking = save_as_form(form.request_id, showing.channel)
    await bot.deps.slack.push_view(form.asked.trigger_id, asking)


async def save_as_submitted(args: AsyncArgs, bot: Bot) -> None:
    form = Form.of(args.body)
    showing = await current(bot.deps, form.request_id, form.asked.user)
    options = read_options(showing.draft)
    name, scope = _typed_name(form.values), _scope(form.values, showing.channel)
    if isinstance(options, FieldErrors) or name_error(name):
        await _say_at_name(args, name_error(name) or "Correct the form below first.")
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
        await _say_at_name(args, _refused(made))
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
    await _update(
        bot, await start_service.form_view(bot.deps, showing), view.get("previous_view_id")
    )
    await bot.home_changed(form.asked.user)


def _scope(values: Mapping[str, Any], channel: str | None) -> str:
    """The channel where the form was opened, if that was chosen."""
    entry = (values.get(pids.SCOPE) or {}).get(pids.action(pids.SCOPE)) or {}
    chosen = (entry.get("selected_option") or {}).get("value")
    return channel if channel and chosen == HERE else WORKSPACE
