"""Listeners of transcript search: answers and their pages, Home's modal, shared moments."""

from dataclasses import replace
from typing import Annotated

from bot.access.gate import NotOpen
from bot.access.model import Act
from bot.access.views import not_open
from bot.core.proofs import HomeMember, SearchScope, SeenRecording
from bot.core.when import known_zone
from bot.features.find import views
from bot.features.find.model import FoundPage, page_of_value
from bot.features.find.service import find, moment, share
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal, update_modal
from bot.listeners.payloads import Caller, Click, View
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.message import message_view
from bot.ui.problems import slack_refusal

on = Listeners()
Sharer = Annotated[HomeMember, Act.SHARE]
NOTHING_YET = "an empty field; what is asked in it is checked when it is sent"


async def answer_find(bot: Bot, caller: Caller, text: str) -> None:
    """Answer with the hits that the person may see now."""
    scope = await bot.gate.search_scope(caller.user, caller.channel)
    found = await _found(bot, scope, text, here=caller.channel)
    await bot.reply(caller, views.found_reply(found))


async def _found(
    bot: Bot, scope: SearchScope, text: str, page: int = 0, *, here: str | None
) -> FoundPage:
    """Search, with days in the person's time zone. Outside a channel, a click checks again."""
    zone = known_zone(await bot.rights.people.zone(scope.user))
    found = await find(bot.deps, scope, text, page, zone=zone)
    return replace(found, opens=here is None or await bot.rights.may_open(scope.user, here))


@on.action(ids.FIND_PAGE)
async def turn_page(scope: SearchScope, click: Click, ack: Ack, bot: Bot) -> None:
    """Turn the page in place: in the reply or the modal."""
    await ack()
    bot.after_ack(click.caller, _turn(bot, click, scope))


async def _turn(bot: Bot, click: Click, scope: SearchScope) -> None:
    page, text = page_of_value(click.value)
    found = await _found(bot, scope, text, page, here=click.caller.channel)
    if click.view is None:
        await bot.reply(click.caller, views.found_reply(found), replace=True)
    else:
        await update_modal(bot, views.find_modal(found), click.view.id)


@on.action(ids.OPEN_FIND, needs_no_proof=NOTHING_YET)
async def open_form(click: Click, ack: Ack, bot: Bot) -> None:
    await ack()
    await open_modal(bot, click.caller, views.find_modal())


@on.view(ids.FIND_FORM)
async def asked_in_form(scope: SearchScope, view: View, ack: Ack, bot: Bot) -> None:
    found = await _found(bot, scope, views.asked_words(view.values), here=None)
    await ack(response_action="update", view=views.find_modal(found))


@on.action(ids.SHARE_MOMENT)
async def ask_where(recording: SeenRecording, _: Sharer, click: Click, ack: Ack, bot: Bot) -> None:
    """Ask for the channel in a modal, on top of the one with the hits."""
    sentence = await moment(bot.deps, recording, _number(click.value))
    row = await bot.deps.store.lists.row(recording.key)
    await ack()
    if sentence is None or row is None:
        bot.after_ack(click.caller, bot.reply(click.caller, views.no_such_moment()))
        return
    await open_modal(
        bot, click.caller, views.moment_form(row.key, row.name, sentence), over=click.view
    )


@on.view(ids.MOMENT_FORM)
async def submitted(
    recording: Annotated[SeenRecording, From.VIEW], by: Sharer, view: View, ack: Ack, bot: Bot
) -> None:
    """Share a moment into the chosen channel if the person may; errors are at the field."""
    try:
        channel = await bot.gate.channel(by.user, views.chosen_channel(view.values))
        name = await share(bot.deps, recording, _number(view.metadata), channel, by)
    except NotOpen:
        await ack(response_action="errors", errors={views.CHANNEL: not_open().text})
        return
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel.channel, bot=bot.deps.identity.name)
        await ack(response_action="errors", errors={views.CHANNEL: f"{why} {fix}".strip()})
        return
    told = views.moment_shared(name, channel.channel) if name else views.no_such_moment()
    await ack(response_action="update", view=message_view(told, title=views.SHARE_TITLE))


def _number(value: str) -> int:
    """Return the sentence number in a button's value; -1 if there is none."""
    _, _, number = value.partition(" ")
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 7 else -1
