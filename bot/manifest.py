"""The app's Slack manifest, for HTTP or for Socket Mode.

Events are listed here, scopes in `bot.features.doctor.scopes`; the doctor and docs/scopes.md use
both lists.
Sources: Slack's page of each method and event, and its manifest schema 2.0.0.
"""

import re
from urllib.parse import urlsplit

import yaml
from pydantic import JsonValue

from bot.features.doctor.scopes import SCOPES
from bot.ui import ids
from bot.ui.ids import COMMAND

Json = dict[str, JsonValue]
SLACK_PATH = "/slack/events"
LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1"})
BOT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_id_changed",
    "link_shared",
    "member_joined_channel",
    "message.im",
    "tokens_revoked",
)
UNFURLED = "app.100ms.live"  # includes subdomains: each customer has one
_USAGE = "[start|stop|status|list|settings|help] [room] [options]"  # one line wide; help has all
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f<>\"\\]")


class ManifestUrlError(ValueError):
    """One line that says why Slack cannot use this URL."""


def manifest(url: str | None) -> Json:
    """Return the manifest for a bot at this public URL; without one, for Socket Mode.

    Raises ManifestUrlError.
    """
    endpoint = slack_endpoint(url) if url is not None else None
    return {
        "display_information": _display_information(),
        "features": _features(endpoint),
        "oauth_config": {"scopes": {"bot": [scope.name for scope in SCOPES]}},
        "settings": _settings(endpoint),
    }


def manifest_yaml(url: str | None) -> str:
    """Return the manifest as YAML, to paste into Slack's form for new apps."""
    text: str = yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=100)
    return text


def slack_endpoint(url: str) -> str:
    """Return the URL to which Slack sends all requests. Raises ManifestUrlError."""
    base = url.strip().rstrip("/").removesuffix(SLACK_PATH).rstrip("/")
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ManifestUrlError("this is not a web address; give one such as https://…") from None
    if parts.scheme not in ("https", "http") or not host or _UNFIT.search(base):
        raise ManifestUrlError("this is not a web address; give one such as https://…")
    if parts.scheme == "http" and host not in LOCALHOST:
        raise ManifestUrlError("Slack only calls https addresses (http is for localhost)")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ManifestUrlError("give only host and path, without user, “?” or “#”")
    return base + SLACK_PATH


def _display_information() -> Json:
    return {
        "name": "record-bot",
        "description": "Record 100ms rooms from Slack, and get the video, transcript and summary.",
        "long_description": (
            f"Start, pause and stop the recording of a 100ms room with {COMMAND} or with a form. "
            "A card in the channel shows its state. The video, the transcript and a summary follow "
            "in the thread. The bot creates links to files on request, and shows them only to the "
            "person who asked."
        ),
        "background_color": "#1d2b3a",
    }


def _features(endpoint: str | None) -> Json:
    command: Json = {
        "command": COMMAND,
        "description": "Record a room, or see what is being recorded",
        "usage_hint": _USAGE,
        "should_escape": False,
    }
    if endpoint:
        command["url"] = endpoint
    shortcuts: list[JsonValue] = [
        {
            "name": "Start a recording",
            "type": "global",
            "callback_id": ids.START_SHORTCUT,
            "description": "Choose a room and how to record it",
        },
        {
            "name": "Record the linked room",
            "type": "message",
            "callback_id": ids.LINK_SHORTCUT,
            "description": "Record the 100ms room that this message links to",
        },
    ]
    return {
        # Not read-only, because people also type commands in the messages tab.
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "record-bot", "always_online": True},
        "shortcuts": shortcuts,
        "slash_commands": [command],
        "unfurl_domains": [UNFURLED],
    }


def _settings(endpoint: str | None) -> Json:
    events: Json = {"bot_events": list(BOT_EVENTS)}
    interactivity: Json = {"is_enabled": True}
    if endpoint:
        events = {"request_url": endpoint, **events}
        interactivity["request_url"] = endpoint
        interactivity["message_menu_options_url"] = endpoint  # rooms, as people type
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": endpoint is None,
        "token_rotation_enabled": False,
    }
