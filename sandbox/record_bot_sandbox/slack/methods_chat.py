"""chat.*"""

from typing import Any

from record_bot_sandbox.slack import access, messages, seed
from record_bot_sandbox.slack.checks import from_json, require_message
from record_bot_sandbox.slack.errors import SlackError
from record_bot_sandbox.slack.model import JSON, Channel, Message
from record_bot_sandbox.slack.sim import Sim


def post_message(sim: Sim, args: JSON) -> JSON:
    payload = _message_args(sim, "chat.postMessage", args)
    channel = access.postable_channel(sim, args["channel"])
    if wait := sim.faults.retry_after(f"post:{channel.id}", limit=1, per_s=1, now=sim.now()):
        raise SlackError("ratelimited", retry_after=wait)
    _check_thread(sim, channel, payload.get("thread_ts"))
    message = messages.post_as_bot(sim, channel, payload)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": messages.payload_of(sim, message),
    }


def post_ephemeral(sim: Sim, args: JSON) -> JSON:
    payload = _message_args(sim, "chat.postEphemeral", args)
    channel = access.postable_channel(sim, args["channel"])
    if args["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = payload.get("thread_ts")
    if thread_ts and not messages.replies(channel, thread_ts):
        sim.problem("chat.postEphemeral", "shown in a thread only if that is already active")
    message = messages.show_ephemeral(sim, channel, args["user"], payload)
    return {"message_ts": message.ts}


def update(sim: Sim, args: JSON) -> JSON:
    payload = _message_args(sim, "chat.update", args, is_update=True)
    channel, message = _own_message(sim, args, denied="cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    messages.change(sim, message, payload)
    body = messages.payload_of(sim, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


def delete(sim: Sim, args: JSON) -> JSON:
    channel, message = _own_message(sim, args, denied="cant_delete_message")
    messages.remove(sim, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(sim: Sim, args: JSON) -> JSON:
    channel = access.known_channel(sim, args["channel"])
    message = channel.messages.get(args["message_ts"])
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": messages.permalink(channel, message)}


def _own_message(sim: Sim, args: JSON, *, denied: str) -> tuple[Channel, Message]:
    channel = access.known_channel(sim, args["channel"])
    if seed.BOT_USER not in channel.members and "chat:write.public" not in sim.config.scopes:
        raise SlackError("not_in_channel")
    message = channel.messages.get(args["ts"])
    if message is None:
        raise SlackError("message_not_found")
    if not message.by_app:
        raise SlackError(denied)
    return channel, message


def _message_args(sim: Sim, where: str, args: JSON, *, is_update: bool = False) -> JSON:
    payload = dict(args)
    if "blocks" in payload:
        payload["blocks"] = from_json(payload["blocks"], "invalid_blocks_format")
    if "metadata" in payload:
        payload["metadata"] = _metadata(payload["metadata"])
    require_message(sim, where, payload, update=is_update)
    return payload


def _metadata(value: Any) -> JSON:
    metadata = from_json(value, "invalid_metadata_format")
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if metadata and not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_schema")
    if metadata and not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return metadata


def _check_thread(sim: Sim, channel: Channel, thread_ts: str | None) -> None:
    """Slack takes almost anything here, and shows some of it nowhere."""
    if thread_ts is None or thread_ts in channel.deleted:
        return
    parent = channel.messages.get(thread_ts)
    if parent is None:
        sim.problem("chat.postMessage", f"thread_ts {thread_ts} was never a message here")
    elif parent.thread_ts and parent.thread_ts != parent.ts:
        sim.problem("chat.postMessage", f"thread_ts {thread_ts} is a reply: give its parent")
