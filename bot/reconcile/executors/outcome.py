"""Tell the person who asked what came of it, where they are looking; else where they will look."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from bot.domain.deliveries import Delivery, Kind, State
from bot.domain.plan import Outcome as OutcomeStep
from bot.domain.plan import hold_name
from bot.domain.recording import Phase
from bot.reconcile.context import Context, Note
from bot.slack.errors import NotInstalled, SlackError, SlackRefused, SlackUnavailable
from bot.store.values import OutcomeAddress
from bot.views.outcomes import outcome_reply, outcome_view

_TRIES = 5

Way = Callable[[], Awaitable[None]]


async def outcome(ctx: Context, target: str) -> Note:
    """Each way once, the closest to the person first; the last one is a direct message."""
    delivery = ctx.work.delivery(Kind.OUTCOME, target)
    address = ctx.addresses.get((Kind.OUTCOME, target))
    if delivery is None or address is None:
        raise ValueError("the plan tells only those who wait")
    if _card_says_it(ctx, address):
        return Note(deliveries=[replace(delivery, state=State.SENT, changed_at=ctx.now)])
    link = ctx.pointer_link or await _card_link(ctx)
    unavailable: SlackUnavailable | None = None
    async for way in _ways(ctx, address, link):
        try:
            await way()
        except SlackUnavailable as failed:
            unavailable = failed
            continue
        except SlackRefused:
            continue
        return Note(deliveries=[replace(delivery, state=State.SENT, changed_at=ctx.now)])
    held = ctx.work.holds.get(hold_name(OutcomeStep(target)))
    few = held is None or held.attempts < _TRIES
    if unavailable and (few or isinstance(unavailable, NotInstalled)):
        raise unavailable
    return Note(deliveries=[_dropped(delivery)])


def _card_says_it(ctx: Context, address: OutcomeAddress) -> bool:
    """After a command that worked, the card appears right there: nothing more need be said."""
    good = ctx.recording.problem is None and ctx.recording.phase is not Phase.POINTER
    card = ctx.work.delivery(Kind.CARD, ctx.recording.home)
    shown = card is not None and card.state is State.SENT
    return good and shown and address.external_id is None


def _dropped(delivery: Delivery) -> Delivery:
    return replace(delivery, state=State.DROPPED, error="no way to the person")


async def _ways(ctx: Context, address: OutcomeAddress, link: str | None) -> AsyncIterator[Way]:
    slack = ctx.deps.slack
    bot = ctx.deps.identity.name
    reply = outcome_reply(ctx.recording, link, bot=bot).payload()
    if external_id := address.external_id:
        view = outcome_view(ctx.recording, link, ctx.recording.request_id, bot=bot)
        yield lambda: slack.update_view_when_open(view, external_id)
    if url := address.response_url:
        yield lambda: slack.respond(url, reply)
    if channel := address.channel:
        yield lambda: slack.ephemeral(channel, address.user, reply)

    async def direct() -> None:
        await slack.post(address.user, reply)

    yield direct


async def _card_link(ctx: Context) -> str | None:
    card = ctx.work.delivery(Kind.CARD, ctx.recording.home)
    if card is None or card.state is not State.SENT or not card.posted_in or not card.ts:
        return None
    try:
        return await ctx.deps.slack.permalink(card.posted_in, card.ts)
    except SlackError:
        return None
