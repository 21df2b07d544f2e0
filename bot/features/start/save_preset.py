"""Presets: saved from the form, listed, edited, deleted."""

from collections.abc import Mapping
from typing import Any

from bot.access.rights import NoRight
from bot.core.proofs import OwnDraft
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
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import SlackUnavailable
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.message import message_view

on = Listeners()


@on.action(ids.SAVE_AS)
async def save_as(own: OwnDraft, form: Form, ack: Ack, bot: Bot) -> None:
    """Ask for a name, once what is on the form makes sense."""
    showing = await current(bot.deps, own.request_id, own.by)
    typed = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, own.by, typed)
    options = read_options(typed)
    await ack()
    if isinstance(options, FieldErrors):
        await bot.deps.slack.update_view(
            await start_service.form_view(bot.deps, showing, options), view_id=form.view_id
        )
        return
    asking = save_as_form(own.request_id, showing.channel)
    await bot.deps.slack.push_view(form.asked.trigger_id, asking)


@on.view(pids.SAVE_AS_FORM)
async def save_as_submitted(own: OwnDraft, form: Form, ack: Ack, bot: Bot) -> None:
    """For the whole workspace, or for the channel where the form was opened."""
    showing = await current(bot.deps, own.request_id, own.by)
    options = read_options(showing.draft)
    name, scope = _typed_name(form.values), _scope(form.values, own.channel)
    if isinstance(options, FieldErrors) or name_error(name):
        await _say_at_name(ack, name_error(name) or "Correct the form below first.")
        return
    try:
        made = await presets.make(
            bot.deps, bot.rights, name=name, scope=scope, options=options, by=own.by
        )
    except (NoRight, SlackUnavailable) as no:
        await ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(made, Preset):
        await _say_at_name(ack, _refused(made))
        return
    await ack()
    bot.after_ack(form.asked, _show_chosen(bot, own, made, form.view.previous_id))


async def _show_chosen(bot: Bot, own: OwnDraft, made: Preset, below: str | None) -> None:
    """The form below names it now."""
    showing = await current(bot.deps, own.request_id, own.by)
    before = showing.draft
    chosen = {"preset_id": made.preset_id, "generation": before.generation + 1}
    draft = before.model_copy(update=chosen)
    showing = await save(bot.deps, showing, own.by, draft)
    await _update(bot, await start_service.form_view(bot.deps, showing), below)
    await bot.home_changed(own.by)


def _scope(values: Mapping[str, Any], channel: str | None) -> str:
    """The channel where the form was opened, if that was chosen."""
    entry = (values.get(pids.SCOPE) or {}).get(pids.action(pids.SCOPE)) or {}
    chosen = (entry.get("selected_option") or {}).get("value")
    return channel if channel and chosen == HERE else WORKSPACE
