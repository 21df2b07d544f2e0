"""Tell the person who asked what came of it, where they are looking; else where they will look."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from bot.core.deliveries import Kind, State
from bot.core.recording import Phase
from bot.engine.context import Context, Note
from bot.engine.posting import post
from bot.features.start.views import outcome_reply, outcome_view
from bot.slack.errors import NotInstalled, SlackRefused, SlackUnavailable
from bot.store.values import OutcomeAddress

_TRIES = 5

Way = Callable[[], Awaitable[None]]


async def outcome(ctx: Context, target: str) -> Note:
    """Each way once, the closest to the person first; the last one is a direct message.

    Only that one is a post, and announced. If it may be there already, no other way is tried.
    """
    delivery = ctx.work.delivery(Kind.OUTCOME, target)
    address = ctx.addresses.get((Kind.OUTCOME, target))
    if delivery is None or address is None:
        raise ValueError("the plan tells only those who wait")
    if _card_says_it(ctx, address):
        return Note(deliveries=[replace(delivery, state=State.SENT, changed_at=ctx.now)])
    card = ctx.work.delivery(Kind.CARD, ctx.recording.home)
    link = ctx.pointer_link or await ctx.deps.slack.link_to(card)
    nearer = [] if delivery.state is State.SENDING else _ways(ctx, address, link)
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
            return Note(deliveries=[replace(delivery, state=State.SENT, changed_at=ctx.now)])
    message = outcome_reply(ctx.recording, link, bot=ctx.deps.identity.name)
    note = await post(ctx, Kind.OUTCOME, target, message, channel=address.user)
    (told,) = note.deliveries
    if told.state is State.SENT:
        return note
    if told.attempts >= _TRIES or (told.state is State.PARKED and not unavailable):
        return Note(deliveries=[replace(told, state=State.DROPPED, error="no way to the person")])
    if told.state is State.PARKED:  # but a nearer way may be open again by then
        return Note(deliveries=[replace(told, state=State.WAITING)])
    return note


def _card_says_it(ctx: Context, address: OutcomeAddress) -> bool:
    """After a command that worked, the card appears right there: nothing more need be said."""
    good = ctx.recording.problem is None and ctx.recording.phase is not Phase.POINTER
    card = ctx.work.delivery(Kind.CARD, ctx.recording.home)
    shown = card is not None and card.state is State.SENT
    return good and shown and address.external_id is None


def _ways(ctx: Context, address: OutcomeAddress, link: str | None) -> Iterator[Way]:
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
