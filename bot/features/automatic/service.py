"""What the intents about schedules, rules and calendars share: zones, places, and time limits."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.core.places import is_channel
from bot.core.when import known_zone
from bot.deps import Deps
from bot.features.automatic.views import no_cards
from bot.slack.errors import CannotPostThere, SlackError
from bot.ui.message import Message
from bot.ui.problems import slack_refusal

T = TypeVar("T")
PLACE_WITHIN_S = 1.0  # for Slack to say whether the bot is in a channel, before the ack
OTHERS_WITHIN_S = 0.7  # for Slack to say which of them a person may see


@dataclass(frozen=True, slots=True)
class PersonZone:
    """A person's time zone. If it is not `known`, Slack did not return it and it is UTC."""

    name: str
    known: bool


async def zone_of(rights: Rights, user: str) -> PersonZone:
    said = await rights.people.zone(user)
    name = known_zone(said)
    return PersonZone(name, known=bool(said) and name == said)


async def no_cards_in(deps: Deps, channel: str | None, room_name: str) -> Message | None:
    """Say why the bot could not post cards there. None if it can, or Slack does not answer."""
    if channel is None or not is_channel(channel):
        return None
    try:
        async with asyncio.timeout(PLACE_WITHIN_S):
            seen = await deps.slack.channel(channel)
    except CannotPostThere as closed:
        error = closed.error
    except (SlackError, TimeoutError):
        return None
    else:
        if seen.member and not seen.archived:
            return None
        error = "is_archived" if seen.archived else "not_in_channel"
    why, fix = slack_refusal(error, channel, bot=deps.identity.name)
    return no_cards(room_name, why, fix)


async def check_place(gate: Gate, user: str, to: str, here: str | None) -> None:
    """Check that the person is in the channel that gets the cards; `here` is where they ask.

    Raises NotOpen.
    """
    if is_channel(to):
        await gate.channel(user, to, here=here)


def channel_of(origin: str) -> str | None:
    """Return the channel that gets the cards; None if the person gets them."""
    return origin if is_channel(origin) else None


async def in_time(asked: Awaitable[T], otherwise: T) -> T:
    """Return what needs Slack's answers if they come in time: the change is stored already.

    A late confirmation would be taken for a failure, and the change made a second time.
    """
    try:
        async with asyncio.timeout(OTHERS_WITHIN_S):
            return await asked
    except (SlackError, TimeoutError):
        return otherwise
