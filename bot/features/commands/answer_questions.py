"""Answers questions: one handler for each intent that needs more than a sentence."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from bot.access.model import Act
from bot.access.views import as_far_as_known
from bot.core.forgetting import is_forgettable
from bot.core.places import is_channel
from bot.core.recording import NEVER_WAS
from bot.core.when import Past
from bot.core.when_words import say_moment
from bot.features.about.model import FILES, Asked, meant, to_summarize
from bot.features.about.service import answer_question
from bot.features.channel_settings.form import only_in_channels
from bot.features.channel_settings.listeners import open_settings
from bot.features.commands import views
from bot.features.commands.answers import say
from bot.features.commands.model import Outcome, Understood, Why
from bot.features.commands.recent import RECENT, recent
from bot.features.commands.request import MENTIONED, Request, form_button, question, say_found
from bot.features.commands.stored_orders import StoredOrder, stored_orders
from bot.features.commands.vocabulary import SCHEDULED, Intent
from bot.features.control import views as control_views
from bot.features.doctor.listeners import answer_doctor
from bot.features.find.listeners import answer_find
from bot.features.find.model import question as question_of
from bot.features.follow.listeners import list_follows
from bot.features.forget.views import forget_question, not_ended_reply
from bot.features.history.listeners import answer_list, answer_status
from bot.features.history.views import list_reply
from bot.features.join.listeners import send_link
from bot.features.presets.listeners import open_presets
from bot.features.results.service import latest_summary
from bot.features.start.listeners import say_taken
from bot.features.upcoming.listeners import answer_schedules
from bot.ui.message import Block, Message
from bot.ui.replies import forgotten_reply

ABOUT_MOST = 5  # recordings in one answer


async def explain(request: Request, found: Understood) -> None:
    if found.why is Why.GREETED:
        await request.tell(views.hello())
    else:
        menu, brief = await _menu(request), found.why is Why.HOW
        await request.tell(views.help_reply(found.topic, menu=menu, brief=brief))


async def show_menu(request: Request) -> None:
    await request.tell(views.help_reply(menu=await _menu(request)))


async def _menu(request: Request) -> views.Menu:
    """Collect what runs in this place and what the person may do here."""
    caller, rights, known = request.caller, request.bot.rights, request.known
    here = [row for room, row in known.rows.items() if room in known.world.cards_here]
    member = known.horizon.member
    role = (await request.bot.deps.store.channel_settings.of(caller.channel)).join_role
    shown = here[: views.MENU_ROWS]
    states = await request.use.lists.states(shown)
    return views.Menu(
        start=await rights.may_start(caller.user, caller.channel),
        member=member,
        join=member and role is not None,
        search=bool(request.bot.deps.keep_transcripts_for),
        settings=caller.channel if member and is_channel(caller.channel) else None,
        running=tuple(
            [
                views.MenuRow(
                    row.key,
                    row.name,
                    states[row.key].state,
                    states[row.key].stops and await rights.may_control(caller.user, row),
                )
                for row in shown
            ]
        ),
    )


async def already(request: Request, found: Understood) -> None:
    """Answer a start that is impossible: the room is already recorded, or disabled."""
    row = request.known.rows.get(found.room.room_id) if found.room else None
    await request.bot.rights.to_start(request.caller.user, request.caller.channel)
    if found.why is not Why.ALREADY or row is None:
        await say_found(request, found)
        return
    await request.later(say_taken(request.bot, request.use.links, request.caller, row.key))


async def status(request: Request, found: Understood) -> None:
    if found.topic == SCHEDULED:
        room_id = found.room.room_id if found.room else None
        await request.later(answer_schedules(request.bot, request.caller, room_id=room_id))
        return
    await request.later(answer_status(request.bot, request.use.lists, request.caller, found.room))


async def list_(request: Request, found: Understood) -> None:
    if found.why in (Why.NO_ROOM, Why.NO_ROOM_YET):
        await say_found(request, found)
        return
    telling = answer_list(
        request.bot,
        request.use.lists,
        request.caller,
        room=found.room,
        count=found.count,
        past=found.when if isinstance(found.when, Past) else None,
    )
    await request.later(telling)


async def summary(request: Request, found: Understood) -> None:
    """Summarize the recording that is meant; list recordings if several or none are."""
    above = request.known.above
    if found.count or found.why is not Why.CLEAR:
        await list_(request, found)
        return
    if above and (found.room is None or found.room.room_id == above.room_id):
        await request.later(_summarized(request, [above.key]))
        return
    ended = [one.row for one in await recent(request, found, over=True)]
    keys = [row.key for row in to_summarize(ended, request.known.world.cards_here)]
    running = request.known.rows.get(found.room.room_id) if found.room else None
    if not keys and running:
        keys = [running.key]
    if not keys:
        await list_(request, found)
        return
    await request.later(_summarized(request, keys))


async def _summarized(request: Request, keys: Sequence[str]) -> None:
    gate, caller = request.bot.gate, request.caller
    seen = [await gate.recording(caller.user, key, caller.channel) for key in keys]
    await request.bot.reply(caller, await latest_summary(request.bot.deps, seen))


async def about_one(request: Request, found: Understood, asked: Asked) -> None:
    """Answer a question about one recording; if there is none, with an empty list.

    Where several are to go on, each is answered about.
    """
    if found.room is None and found.why in (Why.KEPT, Why.NOT_PAUSED):
        await request.later(_about_each(request, asked))
    else:
        await request.later(_about_one(request, found, asked))


async def _about_each(request: Request, asked: Asked) -> None:
    """Answer about each recording that runs in this place, else about each that is known."""
    bot, caller, known = request.bot, request.caller, request.known
    here = [row for room, row in known.rows.items() if room in known.world.cards_here]
    messages = []
    for row in (here or list(known.rows.values()))[:ABOUT_MOST]:
        seen = await bot.gate.recording(caller.user, row.key, caller.channel)
        messages.append(await answer_question(bot.deps, bot.rights, seen, asked, []))
    await bot.reply(caller, views.together(messages))


async def _about_one(request: Request, found: Understood, asked: Asked) -> None:
    bot, caller, above = request.bot, request.caller, request.known.above
    in_thread = above is not None and (found.room is None or found.room.room_id == above.room_id)
    rows = [] if in_thread else [one.row for one in await recent(request, found)]
    row = above if in_thread else meant(rows, asked, over=found.over)
    if row is None and asked is Asked.FAILURE and found.room is None:
        await answer_doctor(bot, caller)
        return
    if row is None:
        start = await bot.rights.may_start(caller.user, caller.channel)
        none = list_reply([], found.room.name if found.room else None, start=start)
        await bot.reply(caller, as_far_as_known(none, request.known.horizon))
        return
    seen = await bot.gate.recording(caller.user, row.key, caller.channel)
    others = StoredOrder(
        verb=Intent.LIST,
        room_id=found.room.room_id if found.room else None,
        room_name=found.room.name if found.room else "",
    )
    more: list[Block] = []
    if not in_thread and asked in FILES:
        more = await question(request, [others], in_words=False)
    await bot.reply(caller, await answer_question(bot.deps, bot.rights, seen, asked, more))


async def _meant(request: Request, found: Understood) -> str | None:
    """Return the thread's recording, else the latest ended one of the room or this place."""
    known = request.known
    if known.above and (found.room is None or found.room.room_id == known.above.room_id):
        return known.above.key
    seen = await recent(request, found, over=True)
    if seen:
        return seen[0].row.key
    running = known.rows.get(found.room.room_id) if found.room else None
    return running.key if running else None


async def share_latest(request: Request, found: Understood) -> None:
    """Offer this place's latest recording for sharing if no room was named."""
    bot, row = request.bot, None
    if found.why is Why.NEEDS_ROOM and not found.reference:
        seen = await recent(request, found, over=True)
        row = next((one.row for one in seen if one.row.phase not in NEVER_WAS), None)
    if row is None:
        await say_found(request, found)
        return
    await bot.gate.member(request.caller.user, Act.SHARE)
    order = StoredOrder(
        verb=Intent.SHARE,
        room_id=row.room_id,
        room_name=row.name,
        key=row.key,
        channel=found.channel or found.to,
    )
    buttons = await question(request, [order])
    await request.tell(views.share_latest(row.name, row.began, buttons))


async def rename_latest(request: Request, found: Understood) -> None:
    """Offer what runs and this place's latest recordings for a title if no room was named.

    Recordings that the person may not rename are left out. Raises NoRight if no other is left.
    """
    if found.why is not Why.NEEDS_ROOM:
        await say_found(request, found)
        return
    known, rights, user = request.known, request.bot.rights, request.caller.user
    orders = list(stored_orders(found.offers, found, known.world, known.rows))
    keys, today = {order.key for order in orders}, known.world.now.date()
    latest = [one.row for one in await recent(request, found)]
    rows = {row.key: row for row in (*known.rows.values(), *latest)}
    orders += [
        StoredOrder(
            verb=Intent.RENAME,
            room_id=row.room_id,
            room_name=row.name,
            key=row.key,
            title=found.title,
            label=say_moment(row.requested_at.astimezone(known.world.now.tzinfo), today=today),
        )
        for row in latest
        if row.key not in keys
    ]
    orders = [order for order in orders if order.key in rows]
    theirs = [order for order in orders if await rights.may_control(user, rows[order.key or ""])]
    if orders and not theirs:
        await rights.to_control(user, rows[orders[0].key or ""], "rename")
    what = f"call “{found.title}”" if found.title else "rename"
    asked = f"Which recording do you want to {what}?"
    text = asked if theirs else say(found, now=known.world.now)
    buttons = await question(request, theirs[:RECENT])
    await request.tell_found(found, views.question(text, buttons))


async def unknown(request: Request, found: Understood) -> None:
    """Answer a request to delete a recording with a button, which asks for confirmation.

    Anything else was not understood: the buttons show what can be done, and the form with a room
    that was named.
    """
    key = await _meant(request, found) if found.why is Why.UNSUPPORTED and found.sure else None
    if found.why in (Why.CLEAR, Why.REMIND, Why.LANGUAGE):
        await request.tell(await _not_understood(request, found))
        return
    if key is None:
        await say_found(request, found)
        return
    bot, caller = request.bot, request.caller
    seen = await bot.gate.recording(caller.user, key, caller.channel)
    row = await bot.deps.store.lists.row(seen.key)
    if row is None:
        await request.tell(forgotten_reply())
        return
    await bot.rights.to_forget(caller.user, row)
    recording = (await bot.deps.store.recordings.load(key)).recording
    if not is_forgettable(recording):
        await request.tell(not_ended_reply(row.name))
        return
    await request.tell(forget_question(recording))


async def _not_understood(request: Request, found: Understood) -> Message:
    caller = request.caller
    buttons = await question(request, [StoredOrder(verb=Intent.HELP)], in_words=False)
    if found.room and await request.bot.rights.may_start(caller.user, caller.channel):
        order = StoredOrder(
            verb=Intent.START, room_id=found.room.room_id, room_name=found.room.name
        )
        buttons.append(await form_button(request, order, found))
    return views.question(say(found, now=request.known.world.now), buttons)


async def doctor(request: Request, _: Understood) -> None:
    await request.later(answer_doctor(request.bot, request.caller))


async def follows(request: Request, found: Understood) -> None:
    if found.why is Why.CLEAR and found.room is None:
        await request.later(list_follows(request.bot, request.caller))
    else:
        await say_found(request, found)


async def settings(request: Request, found: Understood) -> None:
    if found.outcome is Outcome.DO:
        await request.later(open_settings(request.bot, request.caller))
    elif is_channel(request.caller.channel):
        await request.tell(views.settings_question(request.caller.channel or ""))
    else:
        await request.tell(only_in_channels())


async def presets(request: Request, found: Understood) -> None:
    if found.outcome is Outcome.DO:
        await request.later(open_presets(request.bot, request.caller))
    else:
        await request.tell(views.presets_question())


async def _by_name(request: Request, speaker: str | None) -> str | None:
    """Replace a mention by the person's Slack name, since transcripts have names only."""
    mentioned = MENTIONED.fullmatch(speaker or "")
    if mentioned is None:
        return speaker
    return (await request.bot.deps.slack.names_of([mentioned[1]])).get(mentioned[1], speaker)


async def search(request: Request, found: Understood) -> None:
    past = found.when if isinstance(found.when, Past) else None
    since = past.since.date() if past else None
    until = (past.until - timedelta(microseconds=1)).date() if past and past.until else None
    room = found.room.name if found.room else None
    person = await _by_name(request, found.speaker)
    words = question_of(found.query or "", room=room, person=person, since=since, until=until)
    await request.later(answer_find(request.bot, request.caller, words))


async def join(request: Request, found: Understood) -> None:
    """Send a link to the named room, or to the only one recorded here."""
    caller, known = request.caller, request.known
    room = found.room.room_id if found.room else None
    if room is None:
        here = [one for one in known.rows if one in known.world.cards_here]
        room = here[0] if len(here) == 1 else None
    row = known.rows.get(room) if room else None
    if row is None:
        telling = answer_status(request.bot, request.use.lists, caller, found.room)
        await request.later(telling)
        return
    by = await request.bot.gate.member(caller.user, Act.JOIN)
    seen = await request.bot.gate.recording(caller.user, row.key, caller.channel)
    await request.later(send_link(request.bot, caller, seen, by))


async def control(request: Request, found: Understood) -> None:
    """Answer a stop, pause or resume of what does not run. What has ended has its own name."""
    above, room = request.known.above, found.room
    ended = above and room and above.room_id == room.room_id not in request.known.rows
    if above and ended:
        await request.tell(control_views.not_now([above]))
        return
    await say_found(request, found)


Answering = Callable[[Request, Understood], Awaitable[None]]


ANSWERS: Mapping[Intent, Answering] = {
    Intent.HELP: explain,
    Intent.START: already,
    Intent.STOP: control,
    Intent.PAUSE: control,
    Intent.RESUME: control,
    Intent.STATUS: status,
    Intent.LIST: list_,
    Intent.SUMMARY: summary,
    Intent.SHARE: share_latest,
    Intent.RENAME: rename_latest,
    Intent.UNKNOWN: unknown,
    Intent.FIND: search,
    Intent.JOIN: join,
    Intent.DOCTOR: doctor,
    Intent.FOLLOW: follows,
    Intent.SETTINGS: settings,
    Intent.PRESETS: presets,
}
