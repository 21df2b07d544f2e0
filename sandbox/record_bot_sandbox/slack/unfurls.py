"""Links of the app's domains in people's messages: link_shared, and what chat.unfurl makes of them.

Source: docs.slack.dev, messaging/unfurling-links-in-messages, reference/events/link_shared and
reference/methods/chat.unfurl.
"""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.blocks import with_ids
from record_bot_sandbox.slack.checks import from_json, require_unfurl
from record_bot_sandbox.slack.errors import SlackError
from record_bot_sandbox.slack.model import JSON, Channel, Message
from record_bot_sandbox.slack.sim import Sim

ADDRESS = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
AFTER = ".,;:!?)]}"


def shared_links(sim: Sim, text: str) -> list[JSON]:
    """Each once, with the domain that the app has registered. In payloads an & is escaped."""
    links: dict[str, JSON] = {}
    for found in ADDRESS.findall(text):
        url = found.rstrip(AFTER).replace("&amp;", "&").replace("&", "&amp;")
        if domain := _domain(sim, url):
            links.setdefault(url, {"url": url, "domain": domain})
    return list(links.values())


def _domain(sim: Sim, url: str) -> str | None:
    host = (urlsplit(url).hostname or "").lower()
    return next((d for d in sim.config.unfurl_domains if f".{host}".endswith(f".{d}")), None)


def link_shared(sim: Sim, channel: Channel, message: Message) -> JSON | None:
    """The event for a person's message: sent for every conversation, whether the bot is in it."""
    links = shared_links(sim, message.text)
    if not links:
        return None
    event: JSON = {
        "type": "link_shared",
        "channel": channel.id,
        "is_bot_user_member": seed.BOT_USER in channel.members,
        "user": message.user,
        "message_ts": message.ts,
        "unfurl_id": f"{channel.id}.{message.ts}.{secrets.token_hex(32)}",
        "source": "conversations_history",
        "links": links,
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def unfurl(sim: Sim, args: JSON) -> JSON:
    """chat.unfurl, by channel and ts. The bot need not be in the channel."""
    for name in ("unfurls", "channel", "ts"):
        if not args.get(name):
            raise SlackError(f"missing_{name}")
    unfurls = from_json(args["unfurls"], "invalid_unfurls_format")
    if not isinstance(unfurls, dict):
        raise SlackError("invalid_unfurls_format")
    channel = sim.channels.get(args["channel"])
    if channel is None:
        raise SlackError("cannot_find_channel")
    message = channel.messages.get(args["ts"])
    if message is None:
        raise SlackError("cannot_find_message")
    found = {url: _blocks(sim, message, url, given) for url, given in unfurls.items()}
    for url, blocks in found.items():
        _attach(message, url, blocks)
    sim.changes.add("message_updated", channel=channel.id, ts=message.ts, user=None)
    return {}


def _blocks(sim: Sim, message: Message, url: str, given: Any) -> list[JSON]:
    if not isinstance(given, dict) or not isinstance(given.get("blocks"), list):
        raise SlackError("cannot_parse_attachment")
    if unknown := sorted(set(given) - {"blocks"}):
        sim.problem("chat.unfurl", f"not simulated: {', '.join(unknown)}")
    if url not in [link["url"] for link in shared_links(sim, message.text)]:
        raise SlackError("cannot_unfurl_message")
    if not _acked(sim, message, url):
        raise SlackError("cannot_unfurl_url")
    require_unfurl(sim, "chat.unfurl", given["blocks"])
    return with_ids(given["blocks"])


def _acked(sim: Sim, message: Message, url: str) -> bool:
    """The bot has taken the event about this link: before that Slack refuses to unfurl it."""
    for delivery in reversed(sim.deliveries):
        event = delivery.payload.get("event") or {}
        about = event.get("channel"), event.get("message_ts")
        if delivery.type == "link_shared" and about == (message.channel, message.ts):
            taken = delivery.latency_ms is not None and delivery.failure is None
            if taken and url in [link["url"] for link in event["links"]]:
                return True
    return False


def _attach(message: Message, url: str, blocks: list[JSON]) -> None:
    """The same link again changes what is there."""
    there = next((a for a in message.attachments if a["app_unfurl_url"] == url), None)
    if there:
        there["blocks"] = blocks
        return
    message.attachments.append(
        {
            "id": len(message.attachments) + 1,
            "blocks": blocks,
            "fallback": "[no preview available]",
            "bot_id": seed.BOT_ID,
            "app_id": seed.APP_ID,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
        }
    )


def every_block(message: Message) -> list[JSON]:
    """Those of the message, and those below it."""
    below = [block for attachment in message.attachments for block in attachment["blocks"]]
    return [*message.blocks, *below]


def holding(message: Message, block: JSON) -> JSON | None:
    """The unfurl that this block is in."""
    return next((a for a in message.attachments if any(b is block for b in a["blocks"])), None)
