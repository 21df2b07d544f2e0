"""The simulated Slack as the page is told of it."""

from collections.abc import Iterable
from dataclasses import asdict

from record_bot_sandbox.page.bot_app import BOT_APP
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import JSON, Channel, Delivery, Message
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.snapshot import calls_of, delivery_of, message_of, view_of

LINES = 200  # of the bot's calls and deliveries: older ones are not shown
NEWEST = 60  # messages of each channel, which are shown at first
ABOUT_MOST = 80


def at_first(sim: Sim) -> JSON:
    """What is needed to draw the page; the rest comes right after it."""
    return {
        "team": {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN},
        "bot": {"user": seed.BOT_USER, "app": seed.APP_ID},
        "app": BOT_APP,
        "users": [asdict(user) for user in sim.users.values()],
        "channels": [
            channel_of(channel) | {"messages": _told(sim, _oldest_first(channel)[-NEWEST:])}
            for channel in sim.channels.values()
        ],
        **views_of(sim),
        **surroundings(sim),
    }


def the_rest(sim: Sim) -> JSON:
    """Older messages, and what the bot did before."""
    return {
        "earlier": [
            channel_of(channel) | {"messages": _told(sim, older)}
            for channel in sim.channels.values()
            if (older := _oldest_first(channel)[:-NEWEST])
        ],
        "calls": calls_of(sim, LINES),
        "deliveries": [delivery_line(d) for d in list(sim.deliveries)[-LINES:]],
    }


def _oldest_first(channel: Channel) -> list[Message]:
    both = (*channel.messages.values(), *channel.ephemerals.values())
    return sorted(both, key=lambda message: float(message.ts))


def _told(sim: Sim, messages: Iterable[Message]) -> list[JSON]:
    return [message_of(sim, message) for message in messages]


def channel_of(channel: Channel) -> JSON:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "members": sorted(channel.members),
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "im_user": channel.im_user,
        "bot_member": seed.BOT_USER in channel.members,
        "deleted": sorted(channel.deleted),
    }


def views_of(sim: Sim) -> JSON:
    shown = [view for view in sim.views.values() if view.is_open]
    return {
        "views": [view_of(view) for view in shown if view.surface == "modal"],
        "stacks": sim.stacks,
        "homes": {user: view_of(sim.views[view_id]) for user, view_id in sim.homes.items()},
    }


def surroundings(sim: Sim) -> JSON:
    """What is small and may change at any time."""
    return {
        "seq": sim.changes.seq,
        "speed": sim.config.speed,
        "faults": sim.faults.as_json(),
        "limits": sim.faults.enforce_limits,
        "problems": sim.problems[-20:],
    }


def delivery_line(delivery: Delivery) -> JSON:
    """One attempt to hand something to the bot, without its payload."""
    shown = delivery_of(delivery)
    payload = shown.pop("payload")
    return shown | {"about": _about(payload)[:ABOUT_MOST], "by": _by(payload)}


def _about(payload: JSON) -> str:
    if "command" in payload:
        return f"{payload['command']} {payload.get('text', '')}".strip()
    if actions := payload.get("actions"):
        return str(actions[0]["action_id"])
    if event := payload.get("event"):
        return str(event.get("type", ""))
    if payload.get("type") == "block_suggestion":
        return f"{payload.get('action_id')}: {payload.get('value')!r}"
    view = payload.get("view") or {}
    return str(payload.get("callback_id") or view.get("callback_id") or "")


def _by(payload: JSON) -> str | None:
    user = payload.get("user_id") or payload.get("user") or payload.get("event", {}).get("user")
    return user.get("id") if isinstance(user, dict) else user
