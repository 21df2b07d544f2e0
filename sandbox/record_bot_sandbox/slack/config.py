"""What a simulated workspace is started with."""

import time
from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:read",
        "im:history",
        "links:read",
        "links:write",
        "usergroups:read",
        "users:read",
    }
)
DEFAULT_EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "channel_id_changed",
        "link_shared",
        "member_joined_channel",
        "message.im",
        "tokens_revoked",
    }
)


@dataclass(frozen=True)
class SlackConfig:
    """The app as Slack knows it, and how this Slack behaves.

    `speed` shortens what takes minutes (event retries, response_url life, rate windows). The
    three seconds that a person waits for an ack or a trigger stay real.
    """

    bot_token: str = "xoxb-sandbox"
    app_token: str = "xapp-sandbox"
    signing_secret: str = "sandbox-signing-secret"
    request_url: str | None = None  # None: deliver by Socket Mode
    public_base_url: str | None = None  # None: the address a request came in on
    speed: float = 1.0
    scopes: frozenset[str] = DEFAULT_SCOPES
    bot_events: frozenset[str] = DEFAULT_EVENTS
    commands: frozenset[str] = frozenset({"/record"})
    unfurl_domains: frozenset[str] = frozenset({"app.100ms.live"})
    should_escape: bool = False
    home_tab_enabled: bool = True
    messages_tab_enabled: bool = True
    rate_limits: bool = False
    ack_deadline_s: float = 3.0
    trigger_life_s: float = 3.0
    share_delay_s: float = 0.3
    clock: Callable[[], float] = time.time
