"""Everything there is to see, as JSON: what GET /sim/state answers."""

from dataclasses import asdict
from itertools import islice

from record_bot_sandbox.slack import messages, seed, view_store
from record_bot_sandbox.slack.methods_files import file_object
from record_bot_sandbox.slack.model import JSON, Channel, Delivery, Message, View
from record_bot_sandbox.slack.sim import Sim

CALLS_SHOWN = 500


def snapshot(sim: Sim) -> JSON:
    views = [view for view in sim.views.values() if view.is_open]
    return {
        "seq": sim.changes.seq,
        "now": sim.now(),
        "team": {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN},
        "app": _app(sim),
        "users": [asdict(user) for user in sim.users.values()],
        "channels": [_channel(sim, channel) for channel in sim.channels.values()],
        "views": [view_of(view) for view in views if view.surface == "modal"],
        "stacks": sim.stacks,
        "homes": {user: view_of(sim.views[view_id]) for user, view_id in sim.homes.items()},
        "files": [file_object(file) for file in sim.files.values()],
        "calls": calls_of(sim, CALLS_SHOWN),
        "delivered": len(sim.deliveries),
        "faults": sim.faults.as_json(),
        "problems": sim.problems,
    }


def calls_of(sim: Sim, last: int) -> list[JSON]:
    """The bot's last calls. Shallow, as they are large and only written out."""
    return [vars(call) for call in islice(sim.calls, max(0, len(sim.calls) - last), None)]


def message_of(sim: Sim, message: Message) -> JSON:
    """The message as Slack tells it, and beside it who alone sees it."""
    files = [file_object(sim.files[file_id]) for file_id in message.files]
    body = messages.payload_of(sim, message)
    body |= {"channel": message.channel, "viewer": message.viewer}
    return body | {"files": files} if files else body


def view_of(view: View) -> JSON:
    """The view as Slack tells it, and beside it who sees it and which fields are in error."""
    return view_store.payload_of(view) | {"user": view.user, "errors": view.errors}


def delivery_of(delivery: Delivery) -> JSON:
    return dict(vars(delivery))


def _app(sim: Sim) -> JSON:
    return {
        "id": seed.APP_ID,
        "bot_id": seed.BOT_ID,
        "bot_user_id": seed.BOT_USER,
        "commands": sorted(sim.config.commands),
        "scopes": sorted(sim.config.scopes),
        "bot_events": sorted(sim.config.bot_events),
        "request_url": sim.request_url,
        "connections": len(sim.sockets.connections),
        "token_error": sim.token_error,
        "speed": sim.config.speed,
    }


def _channel(sim: Sim, channel: Channel) -> JSON:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "members": sorted(channel.members),
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "im_user": channel.im_user,
        "bot_member": seed.BOT_USER in channel.members,
        "messages": [message_of(sim, message) for message in channel.messages.values()],
        "ephemerals": [message_of(sim, message) for message in channel.ephemerals.values()],
        "deleted": sorted(channel.deleted),
    }
