"""Listeners for presets: list, edit, delete."""

from typing import Annotated

from bot.access.rights import NoRight
from bot.core.options import RecordingOptions
from bot.core.proofs import HomeMember, OpenChannel, OwnDraft, SeenPreset
from bot.features.options.drafts import draft_of, show_more
from bot.features.options.form import draft_from_state, read_options
from bot.features.options.service import Showing, current, save, show
from bot.features.presets import ids as pids
from bot.features.presets import service as presets
from bot.features.presets.form import name_error, preset_form, typed_name
from bot.features.presets.model import Preset
from bot.features.presets.store import PresetRepository
from bot.features.presets.views import deleted_view, presets_view, refusal
from bot.listeners.app import Bot, for_people
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Caller, Click, Form
from bot.listeners.payloads import View as ViewValues
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import SlackUnavailable
from bot.ui.forms import FieldErrors
from bot.ui.message import View, message_view
from bot.ui.replies import expired_trigger

on = Listeners()
Here = Annotated[OpenChannel | None, From.VIEW]


async def open_presets(bot: Bot, caller: Caller) -> None:
    """List the presets that can be used in this channel."""
    view = await _list(bot, caller.user, caller.channel)
    await open_modal(bot, caller, view, otherwise=expired_trigger())


@on.action(pids.ALL)
async def all_presets(_: HomeMember, caller: Caller, ack: Ack, bot: Bot) -> None:
    """List presets from Home."""
    await ack()
    await open_presets(bot, caller)


async def _list(bot: Bot, user: str, channel: str | None, page: int = 0) -> View:
    """List the channel's presets, or from Home the person's own; then the workspace's."""
    store = bot.deps.store
    known = await (
        PresetRepository(store.db).for_channel(channel)
        if channel
        else PresetRepository(store.db).of_person(user)
    )
    return presets_view(known, channel, page)


@on.action(pids.PAGE)
async def turn_page(
    _: HomeMember, here: Here, click: Click, view: ViewValues, ack: Ack, bot: Bot
) -> None:
    await ack()
    page = int(click.value) if click.value.isdecimal() else 0
    shown = await _list(bot, click.caller.user, here.channel if here else None, page)
    await bot.deps.slack.update_view(shown, view_id=view.id)


@on.action(pids.EDIT)
async def edit(
    seen: SeenPreset,
    _: HomeMember,
    here: Here,
    click: Click,
    view: ViewValues,
    ack: Ack,
    bot: Bot,
) -> None:
    """Open a preset in the option fields; the draft records that it is a preset."""
    user, channel = seen.by, here.channel if here else None
    below = view.id if view.type == "modal" else None
    preset = await PresetRepository(bot.deps.db).get(seen.preset_id)
    await ack()
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
    await open_modal(
        bot,
        click.caller,
        preset_form(showing.draft, request_id=showing.request_id),
        over=click.view,
    )


@on.view(pids.EDIT_FORM)
async def edit_submitted(own: OwnDraft, form: Form, ack: Ack, bot: Bot) -> None:
    showing = await current(bot.deps, own.request_id, own.by)
    draft = draft_from_state(form.values, showing.draft)
    showing = await save(bot.deps, showing, own.by, draft)
    options, name = read_options(draft), typed_name(form.values)
    if isinstance(options, FieldErrors):
        shown = {k: v for k, v in options.items() if k in form.view.fields}
        await ack(response_action="errors", errors=shown or {pids.NAME: "Try again."})
    elif wrong := name_error(name):
        await say_at_name(ack, wrong)
    else:
        await _change(form, ack, bot, showing, name, options)


async def _change(
    form: Form, ack: Ack, bot: Bot, showing: Showing, name: str, options: RecordingOptions
) -> None:
    """Store the change. Raises UnknownPreset if the person may no longer see the preset."""
    user = form.caller.user
    preset = await PresetRepository(bot.deps.db).get(showing.draft.editing or "")
    if preset is None:
        await say_at_name(ack, "This preset has been deleted in the meantime.")
        return
    await bot.gate.preset(user, preset.preset_id, showing.channel)
    try:
        changed = await presets.change(
            bot.deps, bot.rights, preset, name=name, options=options, by=user
        )
    except (NoRight, SlackUnavailable) as no:
        await ack(response_action="update", view=message_view(for_people(no)))
        return
    if not isinstance(changed, Preset):
        await say_at_name(ack, refusal(changed))
        return
    await ack()
    work = _refresh(bot, user, showing.channel, form.view.previous_id)
    bot.after_ack(form.caller, work)


@on.action(pids.DELETE)
async def delete(
    seen: SeenPreset, own: OwnDraft, click: Click, view: ViewValues, ack: Ack, bot: Bot
) -> None:
    showing = await current(bot.deps, own.request_id, own.by)
    preset = await PresetRepository(bot.deps.db).get(seen.preset_id)
    said = deleted_view()
    try:
        if preset:
            await presets.delete(bot.deps, bot.rights, preset, seen.by)
    except NoRight as no:
        said = message_view(for_people(no))
    await ack()
    await bot.deps.slack.update_view(said, view_id=view.id)
    work = _refresh(bot, seen.by, showing.channel, view.previous_id)
    bot.after_ack(click.caller, work)


async def _refresh(bot: Bot, user: str, channel: str | None, view_id: str | None) -> None:
    """Refresh the list below the form, if there is one, and the person's Home."""
    if view_id:
        await update_modal(bot, await _list(bot, user, channel), view_id)
    await bot.home_changed(user)


async def say_at_name(ack: Ack, wrong: str) -> None:
    await ack(response_action="errors", errors={pids.NAME: wrong})
