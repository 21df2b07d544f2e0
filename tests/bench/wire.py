"""The requests that the bench sends, whole and signed before anything is measured."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.config import SlackConfig

SLACK_PATH = "/slack/events"
HOOK_PATH = "/webhooks/100ms/default"
FORM = "application/x-www-form-urlencoded"


def post(path: str, body: bytes, headers: Mapping[str, str]) -> str:
    """An HTTP request as it goes over the wire, to be read as latin-1."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]) + body.decode("latin-1")


def command(text: str, *, response_url: str) -> str:
    """`/record <text>`, signed as Slack signs it: good for five minutes."""
    form = {
        "token": seed.TOKEN,
        "team_id": seed.TEAM_ID,
        "team_domain": seed.TEAM_DOMAIN,
        "channel_id": seed.STANDUP,
        "channel_name": "standup",
        "user_id": seed.STARTER,
        "user_name": "ines",
        "command": "/record",
        "text": text,
        "api_app_id": seed.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": uuid4().hex,
    }
    body = urlencode(form).encode()
    stamp = str(int(time.time()))
    secret = SlackConfig().signing_secret.encode()
    digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
    return post(SLACK_PATH, body, {"Content-Type": FORM, **signed})


def webhook(kind: str, data: Mapping[str, object]) -> str:
    envelope = {
        "version": "2.0",
        "id": str(uuid4()),
        "account_id": "5f9edc6bd238215aec7700df",
        "app_id": "5f9edc6bd238215aec7700de",
        "template_id": "66112497abcd52312556c4ac",
        "timestamp": said(datetime.now(UTC)),
        "type": kind,
        "data": dict(data),
    }
    headers = {"Content-Type": "application/json", **HmsConfig().webhook_headers}
    return post(HOOK_PATH, json.dumps(envelope).encode(), headers)


def beam(hms_id: str, room_id: str, session_id: str, **more: object) -> dict[str, object]:
    """What every `beam.*` event has. Source: 100ms docs, configure-webhooks/webhook."""
    return {
        "beam_id": f"beam-{hms_id}",
        "job_id": hms_id,
        "metadata_id": str(uuid4()),
        "metadata_timestamp": said(datetime.now(UTC)),
        "peer_id": str(uuid4()),
        "room_id": room_id,
        "session_id": session_id,
        "template_id": "66112497abcd52312556c4ac",
        "max_width": 1280,
        "max_height": 720,
        "meeting_url": f"https://bench.app.100ms.live/preview/{room_id}/host?skip_preview=true",
        "recording_enabled": True,
        "rtmp": [],
        **more,
    }


def unknown_started() -> str:
    """A recording began that nobody asked us for."""
    data = beam(uuid4().hex[:24], uuid4().hex[:24], uuid4().hex[:24], start_delay=3)
    now = said(datetime.now(UTC))
    return webhook("beam.started.success", {**data, "state_timestamp": now})


def said(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
