"""The parts that every interaction payload has."""

from record_bot_sandbox.slack import messages, seed, view_store
from record_bot_sandbox.slack.model import JSON, Channel, Message, View
from record_bot_sandbox.slack.sim import Sim


def base(sim: Sim, kind: str, user: str, trigger_id: str | None) -> JSON:
    person = sim.user(user)
    payload: JSON = {
        "type": kind,
        "team": {"id": seed.TEAM_ID, "domain": seed.TEAM_DOMAIN},
        "user": {
            "id": user,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "api_app_id": seed.APP_ID,
        "token": seed.TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if trigger_id:
        payload["trigger_id"] = trigger_id
    return payload


def channel_part(channel: Channel) -> JSON:
    return {"id": channel.id, "name": channel_name(channel)}


def channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def of_message(sim: Sim, message: Message) -> JSON:
    """Container, channel and message of something clicked in a conversation."""
    ephemeral = message.viewer is not None
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    part = {"container": container, "channel": channel_part(sim.channels[message.channel])}
    return part if ephemeral else part | {"message": messages.payload_of(sim, message)}


def of_unfurl(sim: Sim, message: Message, attachment: JSON) -> JSON:
    """Of something clicked below a link: of the message itself the app is told nothing."""
    container: JSON = {
        "type": "message_attachment",
        "message_ts": message.ts,
        "attachment_id": attachment["id"],
        "channel_id": message.channel,
        "is_ephemeral": False,
        "is_app_unfurl": True,
        "app_unfurl_url": attachment["app_unfurl_url"],
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    part = channel_part(sim.channels[message.channel])
    return {"container": container, "channel": part, "app_unfurl": attachment}


def of_view(view: View) -> JSON:
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_store.payload_of(view),
    }
