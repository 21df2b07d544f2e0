"""Posting, changing and removing messages, and how Slack describes them."""

from typing import Any

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.blocks import with_ids
from record_bot_sandbox.slack.model import JSON, Channel, Message
from record_bot_sandbox.slack.sim import Sim

GONE = "This message was deleted."


def post(sim: Sim, channel: Channel, *, user: str, kind: str = "message", **fields: Any) -> Message:
    """Store a message and tell everyone who follows."""
    fields["blocks"] = with_ids(fields.get("blocks") or [])
    message = Message(ts=sim.new_ts(), channel=channel.id, user=user, **fields)
    channel.messages[message.ts] = message
    thread = message.thread_ts
    sim.changes.add(kind, channel=channel.id, ts=message.ts, user=user, thread_ts=thread)
    return message


def post_as_bot(sim: Sim, channel: Channel, payload: JSON) -> Message:
    return post(
        sim,
        channel,
        user=seed.BOT_USER,
        by_app=True,
        text=payload.get("text") or payload.get("markdown_text") or "",
        blocks=payload.get("blocks"),
        thread_ts=payload.get("thread_ts"),
        metadata=payload.get("metadata"),
        reply_broadcast=bool(payload.get("reply_broadcast")),
    )


def show_ephemeral(sim: Sim, channel: Channel, viewer: str, payload: JSON) -> Message:
    message = Message(
        ts=sim.new_ts(),
        channel=channel.id,
        user=seed.BOT_USER,
        by_app=True,
        text=payload.get("text") or payload.get("markdown_text") or "",
        blocks=with_ids(payload.get("blocks") or []),
        thread_ts=payload.get("thread_ts"),
        viewer=viewer,
    )
    channel.ephemerals[message.ts] = message
    sim.changes.add("ephemeral", channel=channel.id, ts=message.ts, user=viewer)
    return message


def change(sim: Sim, message: Message, payload: JSON) -> None:
    """chat.update and replace_original: text without blocks removes the blocks."""
    blocks, text = payload.get("blocks"), payload.get("text")
    if text is not None:
        message.text = text
    elif (markdown := payload.get("markdown_text")) is not None:
        message.text = markdown
    if blocks is not None:
        message.blocks = with_ids(blocks)
    elif text is not None or payload.get("markdown_text") is not None:
        message.blocks = []
    if not message.blocks:
        message.edited_ts = sim.new_ts()
    if (metadata := payload.get("metadata")) is not None:
        message.metadata = metadata or None
    message.reply_broadcast = message.reply_broadcast or bool(payload.get("reply_broadcast"))
    kind = "ephemeral_updated" if message.viewer else "message_updated"
    sim.changes.add(kind, channel=message.channel, ts=message.ts, user=message.viewer)


def remove(sim: Sim, channel: Channel, message: Message) -> None:
    """Gone; replies stay, under the grave of their parent."""
    if message.viewer:
        del channel.ephemerals[message.ts]
        sim.changes.add("ephemeral_deleted", channel=channel.id, ts=message.ts, user=message.viewer)
        return
    del channel.messages[message.ts]
    channel.deleted.add(message.ts)
    sim.changes.add("message_deleted", channel=channel.id, ts=message.ts)


def replies(channel: Channel, ts: str) -> list[Message]:
    return [m for m in channel.messages.values() if m.thread_ts == ts and m.ts != ts]


def payload_of(sim: Sim, message: Message) -> JSON:
    """The message object of Slack's answers and payloads."""
    body: JSON = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": sim.users[message.user].team_id,
    }
    if message.by_app:
        body |= {"bot_id": seed.BOT_ID, "app_id": seed.APP_ID, "bot_profile": bot_profile()}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata:
        body["metadata"] = message.metadata
    if message.files:
        body["files"] = [{"id": file_id} for file_id in message.files]
    return body | _thread_fields(sim, message)


def _thread_fields(sim: Sim, message: Message) -> JSON:
    if message.thread_ts:
        fields: JSON = {"thread_ts": message.thread_ts}
        if message.reply_broadcast:
            fields["subtype"] = "thread_broadcast"
        return fields
    if message.viewer:
        return {}
    under = replies(sim.channels[message.channel], message.ts)
    if not under:
        return {}
    return {"thread_ts": message.ts, "reply_count": len(under), "latest_reply": under[-1].ts}


def bot_profile() -> JSON:
    return {
        "id": seed.BOT_ID,
        "deleted": False,
        "name": "record",
        "app_id": seed.APP_ID,
        "team_id": seed.TEAM_ID,
    }


def permalink(channel: Channel, message: Message) -> str:
    url = f"https://{seed.TEAM_DOMAIN}.slack.com/archives/{channel.id}"
    url += f"/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        url += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return url
