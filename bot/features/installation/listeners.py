"""Installation events: bot added, channel id changed, app removed, token revoked."""

from dataclasses import dataclass
from typing import Self

import structlog

from bot.core.places import is_channel
from bot.listeners.app import Bot
from bot.listeners.payloads import Body, Payload
from bot.listeners.registry import Listeners

log = structlog.get_logger()
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
    """`bots` are the bots whose tokens were revoked; empty if the app was removed."""

    why: str
    bots: tuple[str, ...]

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        return cls(event["type"], tuple((event.get("tokens") or {}).get("bot") or ()))


@on.event("member_joined_channel", needs_no_proof=OURS)
async def joined(event: Joined, bot: Bot) -> None:
    """Retry deliveries that waited for this channel, if it was the bot that was added."""
    if event.user == bot.deps.identity.bot_user_id:
        await bot.deps.store.queue.wake_parked(event.channel)


@dataclass(frozen=True, slots=True)
class IdChanged(Payload):
    """Source: docs.slack.dev/reference/events/channel_id_changed."""

    old: str
    new: str

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        return cls(event["old_channel_id"], event["new_channel_id"])


@on.event("channel_id_changed", needs_no_proof=OURS)
async def id_changed(event: IdChanged, bot: Bot) -> None:
    """Move a channel's data to its new id: recordings, follows, settings, presets, schedules.

    This happens before the ack, so if it is not done in time, Slack's retry of the event does it.
    """
    if is_channel(event.old) and is_channel(event.new) and event.old != event.new:
        rows = await bot.deps.store.renaming.rename_channel(event.old, event.new)
        log.info("channel_id_changed", old=event.old, new=event.new, rows=rows)


@on.event("app_uninstalled", needs_no_proof=OURS)
async def removed(event: Removed, bot: Bot) -> None:
    """Make no calls to Slack until it accepts the token again."""
    await bot.deps.slack.token_refused(event.why)


@on.event("tokens_revoked", needs_no_proof=OURS)
async def revoked(event: Removed, bot: Bot) -> None:
    """The same as `removed`, if the bot's own token was revoked and not a person's."""
    if bot.deps.identity.bot_user_id in event.bots:
        await removed(event, bot)
