"""files.*, and the upload address between the two calls"""

import asyncio
import secrets
from typing import Any

from record_bot_sandbox.slack import access, messages, seed
from record_bot_sandbox.slack.checks import from_json, require_message
from record_bot_sandbox.slack.errors import SlackError, invalid_arguments
from record_bot_sandbox.slack.model import JSON, Channel, File
from record_bot_sandbox.slack.sim import Sim

SNIPPET_MOST = 1_000_000
ALT_TEXT_MOST = 1_000
CHANNELS_MOST = 100


def get_upload_url(sim: Sim, args: JSON) -> JSON:
    length = str(args["length"])
    if not length.isdecimal():
        raise invalid_arguments("length must be a number")
    if int(length) == 0:
        raise SlackError("missing_argument")
    if args.get("snippet_type") and int(length) > SNIPPET_MOST:
        raise SlackError("snippet_too_large")
    if len(args.get("alt_txt") or "") > ALT_TEXT_MOST:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=sim.new_id("F"),
        ticket=secrets.token_urlsafe(24),
        name=args["filename"],
        length=int(length),
        alt_txt=args.get("alt_txt"),
    )
    sim.files[file.id] = file
    return {"upload_url": f"{sim.base_url}/upload/v1/{file.ticket}", "file_id": file.id}


def receive(sim: Sim, ticket: str, content: bytes, content_type: str) -> tuple[int, str]:
    """The bytes of one file, sent to the address that was given out for it."""
    file = next((file for file in sim.files.values() if file.ticket == ticket), None)
    if file is None or file.content is not None:
        return 404, "no such upload"
    if content_type.startswith("multipart/"):
        sim.problem("upload", "not simulated: multipart uploads; send the bytes themselves")
        return 400, "multipart is not simulated"
    if len(content) != file.length:
        sim.problem("upload", f"{file.name}: {file.length} bytes announced, {len(content)} sent")
        return 400, "length mismatch"
    file.content = content
    return 200, f"OK - {len(content)}"


def complete_upload(sim: Sim, args: JSON) -> JSON:
    files = _uploaded(sim, from_json(args["files"], "invalid_arguments"))
    channels = [_target(sim, channel) for channel in _channel_ids(args)]
    if args.get("thread_ts") and len(channels) != 1:
        raise invalid_arguments("thread_ts needs exactly one channel")
    blocks = from_json(args.get("blocks"), "invalid_blocks")
    if blocks is not None:
        require_message(sim, "files.completeUploadExternal", {"blocks": blocks})
        if args.get("initial_comment"):
            sim.problem("files.completeUploadExternal", "blocks are ignored beside initial_comment")
            blocks = None
    for file in files:
        file.completed = True
    if channels:
        sim.spawn(_share(sim, files, channels, args, blocks))
    return {"files": [file_object(file) for file in files]}


def delete(sim: Sim, args: JSON) -> JSON:
    """The messages that shared it stay, without it."""
    if sim.files.pop(args["file"], None) is None:
        raise SlackError("file_not_found")
    for channel in sim.channels.values():
        for message in channel.messages.values():
            if args["file"] in message.files:
                message.files.remove(args["file"])
                sim.changes.add("message_updated", channel=channel.id, ts=message.ts, user=None)
    return {}


def file_object(file: File) -> JSON:
    shares: dict[str, list[JSON]] = {}
    for channel, ts in file.shares:
        shares.setdefault(channel, []).append({"ts": ts})
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "user": seed.BOT_USER,
        "user_team": seed.TEAM_ID,
        "mode": "hosted",
        "alt_txt": file.alt_txt,
        "shares": {"public": shares} if shares else {},
        "channels": list(shares),
    }


async def _share(
    sim: Sim, files: list[File], channels: list[Channel], args: JSON, blocks: list[JSON] | None
) -> None:
    """Slack shares after it has answered; until then the file is in no channel, and may go."""
    await asyncio.sleep(sim.config.share_delay_s / sim.config.speed)
    files = [file for file in files if file.id in sim.files]
    for channel in channels if files else ():
        message = messages.post(
            sim,
            channel,
            kind="file_shared",
            user=seed.BOT_USER,
            by_app=True,
            text=args.get("initial_comment") or "",
            blocks=blocks,
            thread_ts=args.get("thread_ts"),
            files=[file.id for file in files],
        )
        for file in files:
            file.shares.append((channel.id, message.ts))


def _uploaded(sim: Sim, wanted: Any) -> list[File]:
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("files must be a list of ids and titles")
    found = []
    for item in wanted:
        file = sim.files.get(item.get("id", "")) if isinstance(item, dict) else None
        if file is None or file.content is None or file.completed:
            raise SlackError("file_not_found")
        file.title = item.get("title") or file.name
        found.append(file)
    return found


def _channel_ids(args: JSON) -> list[str]:
    many = args.get("channels") or ""
    ids = [args["channel_id"]] if args.get("channel_id") else []
    ids += many.split(",") if isinstance(many, str) and many else list(many)
    if len(ids) > CHANNELS_MOST:
        raise SlackError("channels_limit_exceeded")
    return ids


def _target(sim: Sim, channel_id: str) -> Channel:
    try:
        return access.postable_channel(sim, channel_id, uninvited=False)
    except SlackError as error:
        if error.error == "is_archived":
            raise SlackError("posting_to_channel_denied") from error
        raise
