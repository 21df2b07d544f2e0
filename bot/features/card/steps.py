"""Posts and updates the card, and the direct message that replaces it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from bot.access.rights import NoRight, Rights
from bot.core.deliveries import NOBODY_THERE, Delivery, DeliveryState, Kind, Wanted, refusals_name
from bot.core.note import Note
from bot.core.places import is_channel
from bot.core.policy import (
    is_late,
    is_unheard,
    silence,
    transcript_expected_at,
    tried_until,
)
from bot.core.retry import Retry
from bot.engine.context import Context
from bot.engine.posting import insist, parked, post
from bot.features.card.log import Who
from bot.features.card.views import recording_card, silence_message, tell_message
from bot.slack.errors import MessageGone, NotAuthorized, SlackError, SlackRefused
from bot.ui.message import Message, content_hash
from bot.ui.text import esc

SOMEONE = "someone"


def card_of(ctx: Context, who: Who = esc) -> Message:
    """Build the current card. With ids as names, it is the input of the hash."""
    return recording_card(
        ctx.recording,
        silent=ctx.silent,
        unheard=is_unheard(ctx.recording, ctx.work),
        until=tried_until(ctx.recording, ctx.deps.policy, ctx.now),
        results_lost=_lost(ctx),
        nobody_there=_nobody_there(ctx),
        joins=bool(ctx.settings_of(ctx.recording.origin).join_role),
        late=is_late(ctx.recording, ctx.deps.policy, ctx.now),
        transcript_expected_at=transcript_expected_at(ctx.recording, ctx.deps.policy),
        permalink_of_pointer=ctx.pointer_link,
        who=who,
        brief=ctx.brief,
        bot=ctx.deps.identity.name,
    )


def _nobody_there(ctx: Context) -> bool:
    """Whether the notice in the room's chat is being retried because nobody was there."""
    notice = ctx.work.delivery(Kind.ROOM, ctx.recording.room_id)
    waits = notice is not None and notice.state in (DeliveryState.WAITING, DeliveryState.SENDING)
    return waits and notice is not None and notice.error == NOBODY_THERE


def _lost(ctx: Context) -> str:
    """Slack's error if it does not accept the results message, or has not for several tries."""
    results = ctx.work.delivery(Kind.RESULTS, ctx.recording.origin)
    if results is None or results.state is DeliveryState.SENT:
        return ""
    refused = results.state is DeliveryState.DROPPED or _is_refused(ctx, results)
    return results.error or "" if refused else ""


def _is_refused(ctx: Context, delivery: Delivery) -> bool:
    """Whether Slack answered so many tries with an internal error that it is said elsewhere."""
    noes = ctx.work.retries.get(refusals_name(delivery), Retry())
    return noes.attempts >= ctx.deps.policy.tells_refused


async def _named(ctx: Context) -> Message:
    """Build the card with people's names, looked up within two seconds."""
    people = {by for fact in ctx.recording.log if isinstance(by := getattr(fact, "by", None), str)}
    there = {a.slack: a.name for a in ctx.recording.attendees or () if a.slack}
    names = {**there, **await ctx.deps.slack.names_of(sorted(people | set(there)))}
    return card_of(ctx, lambda user: esc(names.get(user) or SOMEONE))


def wanted(ctx: Context) -> Wanted:
    """Return the target state for the plan, from the views and the channels' settings."""
    places = [*ctx.recording.channels, ctx.recording.starter or ""]
    card_only = {place for place in places if ctx.settings_of(place).results == "card"}
    return Wanted(
        card=content_hash(card_of(ctx)),
        silence={
            d.kind: content_hash(_silence(ctx, d.kind))
            for d in ctx.work.deliveries
            if d.kind in _SILENT
        },
        tell_room=ctx.settings_of(ctx.recording.origin).tell_room,
        keep=bool(ctx.deps.keep_transcripts_for)
        and ctx.settings_of(ctx.recording.origin).keep_transcripts,
        card_only=frozenset(card_only),
    )


async def post_card(ctx: Context, channel: str) -> Note:
    """Post the card; edit it instead if it was posted before its delivery was parked."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card and card.ts:
        return await update_card(ctx, channel)
    shown = content_hash(card_of(ctx))
    return await post(ctx, Kind.CARD, channel, await _named(ctx), shown=shown)


async def update_card(ctx: Context, channel: str) -> Note:
    """Edit the card in place; harmless to repeat. A deleted one is not posted again."""
    card = ctx.work.delivery(Kind.CARD, channel)
    if card is None or card.posted_in is None or card.ts is None:
        raise ValueError("the plan edits only what was posted")
    shown, message = content_hash(card_of(ctx)), await _named(ctx)
    try:
        editing = ctx.deps.slack.update(card.posted_in, card.ts, message.payload())
        cleared = await insist(ctx, card, editing, tries=ctx.deps.policy.edits_refused)
    except MessageGone as gone:
        return Note(deliveries=[replace(card, state=DeliveryState.GONE, error=gone.error)])
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        tried = replace(card, retry=Retry(card.retry.attempts + 1), changed_at=ctx.now)
        return Note(deliveries=[parked(ctx, tried, refused)])
    edited = replace(
        card,
        state=DeliveryState.SENT,
        hash=shown,
        error=None,
        retry=Retry(0, ctx.now + ctx.deps.policy.card_every),
        changed_at=ctx.now,
    )
    return Note(deliveries=[edited], retries={**cleared})


_SILENT: Mapping[Kind, Literal["start", "stop"]] = {
    Kind.SILENT_START: "start",
    Kind.SILENT_STOP: "stop",
}


def _silence(
    ctx: Context,
    kind: Kind,
    permalink: str | None = None,
    *,
    may_start: bool = True,
    stays: bool = False,
) -> Message:
    """Build the message. The hash is of it without the link, as if they may start."""
    return silence_message(
        ctx.recording,
        _SILENT[kind],
        silence(ctx.recording, ctx.work),
        until=tried_until(ctx.recording, ctx.deps.policy, ctx.now),
        permalink=permalink,
        may_start=may_start,
        stays=stays,
        bot=ctx.deps.identity.name,
    )


async def tell_silence(ctx: Context, kind: Kind, target: str) -> Note:
    """Tell by direct message that 100ms does not answer; edit it once 100ms has answered.

    If Slack refuses that edit for good, what 100ms answered is a new message. If it does not
    accept the direct message, the person reads it in the channel, where only they see it.
    """
    posted, shown = ctx.work.delivery(kind, target), content_hash(_silence(ctx, kind))
    card = ctx.work.delivery(Kind.CARD, ctx.recording.origin)
    link = ctx.pointer_link or await ctx.deps.slack.link_to(card)
    may_start = await may_start_again(ctx, target)
    message = _silence(ctx, kind, link, may_start=may_start)
    if posted and posted.state is DeliveryState.SENT and not posted.message and _still(ctx, kind):
        return Note(deliveries=[replace(posted, hash=shown)])  # read in the channel; no edits there
    if posted is None or posted.message is None:
        note = await post(ctx, kind, target, message, shown=shown)
        alone = _silence(ctx, kind, link, may_start=may_start, stays=True)
        return await _in_the_channel(ctx, note, alone, shown)
    edited = replace(posted, hash=shown, changed_at=ctx.now)
    try:
        editing = ctx.deps.slack.update(*posted.message, message.payload())
        await insist(ctx, posted, editing, tries=ctx.deps.policy.edits_refused)
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        if _still(ctx, kind):  # what they read is still so, if less exactly
            return Note(deliveries=[replace(edited, error=refused.error)])
        return await _say_anew(ctx, posted, refused)
    return Note(deliveries=[edited])


def _still(ctx: Context, kind: Kind) -> bool:
    """Whether 100ms still does not answer."""
    silent = silence(ctx.recording, ctx.work)
    return silent is not None and silent.on == _SILENT[kind]


async def _in_the_channel(ctx: Context, note: Note, message: Message, shown: str) -> Note:
    """After several refused tries of a direct message, show it in the channel to that person."""
    (told,) = note.deliveries
    noes, origin = note.retries.get(refusals_name(told)), ctx.recording.origin
    often = noes is not None and noes.attempts >= ctx.deps.policy.tells_refused
    if told.state is DeliveryState.SENT or not often or not is_channel(origin):
        return note
    try:
        await ctx.deps.slack.ephemeral(origin, told.target, message.payload())
    except SlackError:
        return note
    seen = replace(told, state=DeliveryState.SENT, hash=shown, retry=Retry(), changed_at=ctx.now)
    return replace(note, deliveries=[seen])


async def _say_anew(ctx: Context, posted: Delivery, refused: SlackRefused) -> Note:
    """Let the outcome be a new message, in place of the one that cannot be edited."""
    if posted.message and not isinstance(refused, MessageGone):
        with suppress(SlackError):
            await ctx.deps.slack.delete(*posted.message)
    anew = replace(
        posted,
        state=DeliveryState.WAITING,
        posted_in=None,
        ts=None,
        error=refused.error,
        retry=Retry(),
        changed_at=ctx.now,
    )
    return Note(deliveries=[anew], retries={refusals_name(posted): None})


async def may_start_again(ctx: Context, user: str) -> bool:
    """Whether to offer this person another start after a failed one. False if unknown."""
    if ctx.recording.problem is None:
        return False
    origin = ctx.recording.origin
    try:
        await Rights(ctx.deps).to_start(user, origin, ctx.settings_of(origin))
    except (NoRight, SlackError):
        return False
    return True


async def tell(ctx: Context, target: str) -> Note:
    """Say that the card cannot be updated: to the starter directly, or below the card itself.

    If Slack does not accept the direct message, the starter reads it in the channel.
    """
    below = target if target in ctx.recording.channels else None
    card = ctx.work.delivery(Kind.CARD, below or ctx.recording.origin)
    why = card.error or "" if card else ""
    message = tell_message(
        ctx.recording,
        channel=below or ctx.recording.origin,
        error=why,
        posted=card is not None and card.ts is not None,
        silent=ctx.silent,
        bot=ctx.deps.identity.name,
    )
    if card is None or below is None:
        note = await post(ctx, Kind.TELL, target, message)
        return await _in_the_channel(ctx, note, message, content_hash(message))
    return await post(ctx, Kind.TELL, target, message, channel=card.posted_in, thread_ts=card.ts)
