"""The start call, which must not be repeated or made late, and the report of its outcome."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.deliveries import DeliveryState, Kind, OutcomeAddress
from bot.core.facts import (
    Adopted,
    Followed,
    HmsStatus,
    PointsTo,
    StartAccepted,
    StartAttempted,
    StartExpired,
    StartNotDone,
    StartRefused,
)
from bot.core.note import Note
from bot.core.places import OPEN, is_channel
from bot.core.policy import start_by
from bot.core.retry import Retry
from bot.core.steps import Start, retry_name
from bot.engine.context import Context
from bot.engine.posting import post
from bot.features.card.steps import card_of, may_start_again
from bot.features.card.views import retry_button
from bot.features.start.model import Left, left_to_say, say_at
from bot.features.start.views import outcome_pointer, outcome_reply, outcome_view
from bot.hms.errors import HmsConflict, HmsRefused, HmsUnavailable
from bot.hms.models import HmsRecording, facts_of_recording
from bot.slack.errors import NotInstalled, SlackError, SlackRefused, SlackUnavailable
from bot.ui.message import Message, content_hash

MAY_STILL_BEGIN = timedelta(seconds=20)  # after a start that 100ms did not answer
LISTED_MOST = 300
_ACTIVE: tuple[HmsStatus, ...] = ("running", "starting")
_UNFINISHED: tuple[HmsStatus, ...] = (*_ACTIVE, "stopping", "post_processing")


async def start(ctx: Context) -> Note:
    """Resolve an earlier attempt whose outcome is unknown, else make an attempt.

    Raises HmsUnavailable when the outcome is unknown; the next run resolves it.
    """
    recording, policy = ctx.recording, ctx.deps.policy
    followers = _followers(ctx)
    if recording.attempted_at:
        found = await _ours_from_before(ctx, recording.attempted_at - policy.adopt_slack)
        if found:
            return _adopt(ctx, found, followers, elsewhere=False)
        recording = (
            await ctx.deps.store.recordings.load(ctx.key)
        ).recording  # reload: the lookup above may have taken seconds
    too_late = ctx.now >= start_by(recording, policy)
    if not (too_late or recording.stop_pending):
        return await _attempt(ctx, followers)
    attempts = [f.at for f in recording.log if isinstance(f, StartAttempted)]
    if recording.attempted_at and ctx.now - max(attempts) < MAY_STILL_BEGIN:
        name = retry_name(Start())
        tries = ctx.work.retries.get(name, Retry()).attempts
        return Note(retries={name: Retry(tries, max(attempts) + MAY_STILL_BEGIN)})
    if recording.stop_pending:
        return Note(facts=[StartNotDone(at=ctx.now, attempted_at=at) for at in attempts])
    return Note(facts=[StartExpired(at=ctx.now)])


def _followers(ctx: Context) -> list[Followed]:
    """Return the channels that follow the room: they get the card, too."""
    others = [c for c in ctx.state.followers if c != ctx.recording.origin]
    return [Followed(at=ctx.now, channel_id=c) for c in others]


async def _attempt(ctx: Context, followers: list[Followed]) -> Note:
    await ctx.deps.hms.check_start()  # a start that is held back is no attempt
    attempt = StartAttempted(at=ctx.now)
    await ctx.announce(facts=[attempt])
    if ctx.now >= start_by(ctx.recording, ctx.deps.policy):
        # The commit took too long: do not call, and decide again.
        return Note(facts=[StartNotDone(at=ctx.now, attempted_at=attempt.at)])
    try:
        started = await ctx.deps.hms.start(ctx.recording.room_id, ctx.recording.options)
    except HmsConflict as conflict:
        # Certainly not done: the recording that runs or is ending there is not this attempt's.
        await ctx.announce(facts=[StartNotDone(at=ctx.now, attempted_at=attempt.at)])
        return await _someone_else_records(ctx, followers, conflict)
    except HmsRefused as refused:
        why = StartRefused(at=ctx.now, status=refused.status, message=_words(refused))
        return Note(facts=[why])
    except HmsUnavailable as failed:
        if not failed.reached:
            await ctx.keep([StartNotDone(at=ctx.now, attempted_at=attempt.at)])
        raise
    accepted = StartAccepted(at=ctx.now, hms_id=started.id)
    facts = [accepted, *followers, *facts_of_recording(started, ctx.now)]
    return Note(facts=facts, aliases=[started.id])


async def _someone_else_records(
    ctx: Context, followers: list[Followed], conflict: HmsConflict
) -> Note:
    """Handle 409: adopt the running recording, or point to the one of ours that it belongs to.

    Raises HmsUnavailable if none runs: it is just ending, or a live stream occupies the room.
    """
    found = await _running(ctx)
    if found is None:
        raise HmsUnavailable(
            "409, but nothing runs in the room",
            reached=False,
            status=conflict.status,
            message=conflict.message,
            cause="refused",
        )
    owner = await _owner_of(ctx, found)
    if owner:
        return Note(facts=[PointsTo(at=ctx.now, key=owner)])
    attempted_at, slack = ctx.recording.attempted_at, ctx.deps.policy.adopt_slack
    ours = attempted_at and found.created_at and found.created_at >= attempted_at - slack
    return _adopt(ctx, found, followers, elsewhere=not ours)


def _adopt(
    ctx: Context, found: HmsRecording, followers: list[Followed], *, elsewhere: bool
) -> Note:
    adopted = Adopted(at=ctx.now, hms_id=found.id, elsewhere=elsewhere)
    facts = [adopted, *followers, *facts_of_recording(found, ctx.now)]
    return Note(facts=facts, aliases=[found.id])


async def _running(ctx: Context) -> HmsRecording | None:
    for status in _ACTIVE:
        async for one in ctx.deps.hms.list_recordings(room_id=ctx.recording.room_id, status=status):
            return one
    return None


async def _ours_from_before(ctx: Context, created_after: datetime) -> HmsRecording | None:
    """Find the recording that our attempt made, in any state: recent, and linked to no other.

    100ms does not document the list's order, and a room may have years of history. The search
    ends when the step's time is up; running recordings are listed separately.
    """
    hms, room_id, seen = ctx.deps.hms, ctx.recording.room_id, 0
    async for one in hms.list_recordings(room_id=room_id):
        if await _is_ours(ctx, one, created_after):
            return one
        seen += 1
        if seen >= LISTED_MOST:
            break
    else:
        return None
    for status in _UNFINISHED:
        async for one in hms.list_recordings(room_id=room_id, status=status):
            if await _is_ours(ctx, one, created_after):
                return one
    return None


async def _is_ours(ctx: Context, one: HmsRecording, created_after: datetime) -> bool:
    young = one.created_at is not None and one.created_at >= created_after
    return young and await _owner_of(ctx, one) is None


async def _owner_of(ctx: Context, found: HmsRecording) -> str | None:
    """Return the key of our other recording with this 100ms id."""
    owner = (await ctx.deps.store.recordings.keys_by_alias([found.id])).get(found.id)
    return None if owner == ctx.key else owner


def _words(refused: HmsRefused) -> str:
    """Join 100ms' message and its details, which name the field."""
    details = "; ".join(d for d in refused.details if d)
    return f"{refused.message} ({details})"[:500] if details else refused.message


# ---- reporting the outcome to the person who asked -------------------------------------------

_TELL_TRIES = 5

Way = Callable[[], Awaitable[None]]


async def outcome(ctx: Context, target: str) -> Note:
    """Tell the person who asked, as close as possible to where they are looking.

    Each way is tried once, the closest first; the last one is a direct message. Only the direct
    message is announced beforehand. If it may have been posted already, no other way is tried.
    """
    delivery = ctx.work.delivery(Kind.OUTCOME, target)
    address = ctx.addresses.get((Kind.OUTCOME, target))
    if delivery is None or address is None:
        raise ValueError("the plan tells only those who wait")
    wanted_card = content_hash(card_of(ctx))
    left = left_to_say(ctx.recording, ctx.work, address, wanted_card=wanted_card)
    if left is Left.NOTHING:
        return Note(deliveries=[replace(delivery, state=DeliveryState.SENT, changed_at=ctx.now)])
    due = say_at(ctx.recording, ctx.work)
    if ctx.now < due:
        later = replace(delivery.retry, not_before=due)
        return Note(deliveries=[replace(delivery, state=DeliveryState.WAITING, retry=later)])
    if left is Left.POINTER and not await _sees_card(ctx, address.user):
        left = Left.ALL
    card = ctx.work.delivery(Kind.CARD, ctx.recording.origin)
    link = ctx.pointer_link or await ctx.deps.slack.link_to(card)
    message = await _answer(ctx, address, left, link)
    nearer = [] if delivery.state is DeliveryState.SENDING else _ways(ctx, address, link, message)
    unavailable = False
    for way in nearer:
        try:
            await way()
        except NotInstalled:
            raise
        except SlackUnavailable:
            unavailable = True
        except SlackRefused:
            continue
        else:
            return Note(
                deliveries=[replace(delivery, state=DeliveryState.SENT, changed_at=ctx.now)]
            )
    note = await post(ctx, Kind.OUTCOME, target, message, channel=address.user)
    (outcome,) = note.deliveries
    if outcome.state is DeliveryState.SENT:
        return note
    if outcome.retry.attempts >= _TELL_TRIES or (
        outcome.state is DeliveryState.PARKED and not unavailable
    ):
        return Note(
            deliveries=[replace(outcome, state=DeliveryState.DROPPED, error="no way to the person")]
        )
    if outcome.state is DeliveryState.PARKED:  # a closer way may work again by then
        return Note(deliveries=[replace(outcome, state=DeliveryState.WAITING)])
    return note


async def _sees_card(ctx: Context, user: str) -> bool:
    """Whether the person can see the card's channel. False if unknown."""
    origin = ctx.recording.origin
    if not is_channel(origin):
        return True
    try:
        is_open = await ctx.deps.slack.place(origin) in OPEN
        return is_open or origin in await ctx.deps.slack.channels_of(user)
    except SlackError:
        return False


async def _answer(ctx: Context, address: OutcomeAddress, left: Left, link: str | None) -> Message:
    may_start = await may_start_again(ctx, address.user)
    bot, origin = ctx.deps.identity.name, ctx.recording.origin
    if left is Left.POINTER:
        is_beside_card = address.channel == origin or not is_channel(origin)
        retry = retry_button(ctx.recording, bot) if may_start and not is_beside_card else []
        return outcome_pointer(ctx.recording, link, retry)
    return outcome_reply(
        ctx.recording, link, to=address.user, may_start=may_start, silent=ctx.silent, bot=bot
    )


def _ways(
    ctx: Context, address: OutcomeAddress, link: str | None, message: Message
) -> Iterator[Way]:
    slack, reply = ctx.deps.slack, message.payload()
    if external_id := address.external_id:
        view = outcome_view(
            ctx.recording,
            link,
            ctx.recording.request_id,
            to=address.user,
            silent=ctx.silent,
            bot=ctx.deps.identity.name,
        )
        yield lambda: slack.update_view_when_open(view, external_id)
    if url := address.response_url:
        yield lambda: slack.respond(url, reply, replace=address.replaces)
    if channel := address.channel:
        yield lambda: slack.ephemeral(channel, address.user, reply)
