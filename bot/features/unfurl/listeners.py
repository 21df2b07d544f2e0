"""Unfurls links to rooms in messages: the room's state, and a button that opens the form."""

from dataclasses import dataclass
from typing import Self

import structlog

from bot.access.model import Spot
from bot.core.places import is_channel
from bot.features.unfurl.service import Linked, Unfurling
from bot.listeners.app import Bot
from bot.listeners.payloads import Body, Payload
from bot.listeners.registry import Listeners
from bot.slack.errors import SlackError
from bot.store.errors import StoreError

log = structlog.get_logger()
on = Listeners()


@dataclass(frozen=True, slots=True)
class LinkShared(Payload):
    """A link_shared event; `linked` is None while the message is still being written."""

    linked: Linked | None

    @classmethod
    def of(cls, body: Body) -> Self:
        return cls(linked_in(body))


@on.event("link_shared", needs_no_proof="shows what everybody in that channel may know of")
async def link_shared(shared: LinkShared, bot: Bot, unfurling: Unfurling) -> None:
    if shared.linked:
        bot.later.start(_show(unfurling, shared.linked))


async def _show(unfurling: Unfurling, linked: Linked) -> None:
    """Unfurl a message's links. Failures are not reported: nobody asked for it."""
    try:
        await unfurling.show(linked)
    except (SlackError, StoreError) as failed:
        log.info("not_unfurled", why=str(failed))


def linked_in(body: Body) -> Linked | None:
    """Parse a link_shared event; None while the message is still being written.

    Before it is posted, Slack does not name its channel, so its readers are unknown. The event is
    sent again when the message is posted. Source: docs.slack.dev, reference/events/link_shared and
    messaging/unfurling-links-in-messages.
    """
    event = body["event"]
    channel, ts = event.get("channel") or "", event.get("message_ts") or ""
    if event.get("source") == "composer" or channel == "COMPOSER" or not (channel and ts):
        return None
    spot = Spot(
        channel,
        shared=bool(body.get("is_ext_shared_channel")),
        can_follow=bool(event.get("is_bot_user_member")) and is_channel(channel),
    )
    urls = (link.get("url") for link in event.get("links") or ())
    return Linked(ts, event.get("user") or "", spot, tuple(url for url in urls if url))
