"""The Events API: the bot added to a channel, the app removed, its token revoked."""

from dataclasses import dataclass
from typing import Self

from bot.listeners.app import Bot
from bot.listeners.payloads import Body, Payload
from bot.listeners.registry import Listeners

on = Listeners()
OURS = "an event of Slack's about the bot itself"


@dataclass(frozen=True, slots=True)
class Joined(Payload):
    user: str
    channel: str

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        return cls(event["user"], event["channel"])


@dataclass(frozen=True, slots=True)
class Removed(Payload):
    """`bots` are those whose tokens are revoked; none are named where the app was removed."""

    why: str
    bots: tuple[str, ...]

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        return cls(event["type"], tuple((event.get("tokens") or {}).get("bot") or ()))


@on.event("member_joined_channel", needs_no_proof=OURS)
async def joined(event: Joined, bot: Bot) -> None:
    """The bot itself was added: what waited for this channel may go out."""
    if event.user == bot.deps.identity.bot_user_id:
        await bot.deps.store.queue.wake_parked(event.channel)


@on.event("app_uninstalled", needs_no_proof=OURS)
async def removed(event: Removed, bot: Bot) -> None:
    """No call can work now: spare Slack the tries until it takes the token again."""
    await bot.deps.slack.shut(event.why)


@on.event("tokens_revoked", needs_no_proof=OURS)
async def revoked(event: Removed, bot: Bot) -> None:
    """The same, if it is the bot's token; people have tokens too."""
    if bot.deps.identity.bot_user_id in event.bots:
        await removed(event, bot)
