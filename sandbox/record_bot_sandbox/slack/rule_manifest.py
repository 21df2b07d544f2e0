"""What Slack accepts as an app manifest, as a table (its schema 2.0.0, the parts we may use).

Anything else is refused as an unknown key: also `functions`, `workflows`, `assistant_view` and
others that Slack knows and a bot like ours has no use for.
"""

from __future__ import annotations

from collections.abc import Mapping

from record_bot_sandbox.slack import rule_crosschecks as rule
from record_bot_sandbox.slack.rule_specs import (
    WEB_URL,
    Flag,
    Int,
    ListOf,
    OneOf,
    Shape,
    Spec,
    Str,
    form,
)

Fields = Mapping[str, Spec]


def _flags(names: str) -> Fields:
    return {name: Flag() for name in names.split()}


COMMAND = form("a name that begins with /", r"(?s)/.*")
COLOR = form("a colour such as #123 or #112233", r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")
DOMAIN = form("a domain", r"(?![.\-])[-a-z0-9.]+[a-z0-9]")
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IP_RANGE = form("an IPv4 range", rf"({_BYTE}\.){{3}}{_BYTE}(/(3[0-2]|[12]?[0-9]))?")

DISPLAY = Shape(
    required={"name": Str(35, 1)},
    optional={
        "description": Str(140, 1),
        "long_description": Str(4000, 175),
        "background_color": Str(7, 4, COLOR),
    },
)
SLASH_COMMAND = Shape(
    required={"command": Str(32, 2, COMMAND), "description": Str(2000, 1)},
    optional={
        "url": Str(3000, form=WEB_URL),  # Socket Mode needs none
        "usage_hint": Str(1000, 1),
        "should_escape": Flag(),
    },
)
SHORTCUT = Shape(
    required={
        "name": Str(24, 1),
        "type": OneOf(("message", "global")),
        "callback_id": Str(255, 1),
        "description": Str(150, 1),
    }
)
FEATURES = Shape(
    optional={
        "app_home": Shape(
            optional=_flags("home_tab_enabled messages_tab_enabled messages_tab_read_only_enabled")
        ),
        "bot_user": Shape(
            required={"display_name": Str(80, 1)}, optional={"always_online": Flag()}
        ),
        "slash_commands": ListOf(SLASH_COMMAND, 50),
        "shortcuts": ListOf(SHORTCUT, 10),
        "unfurl_domains": ListOf(Str(255, form=DOMAIN), 5, unique=True),
    }
)
SCOPES = ListOf(Str(50), 255, least=0)
OAUTH = Shape(
    optional={
        "scopes": Shape(
            optional=dict.fromkeys(("bot", "user", "bot_optional", "user_optional"), SCOPES)
        ),
        "redirect_urls": ListOf(Str(2500), 1000, least=0, unique=True),
        **_flags("pkce_enabled token_management_enabled"),
    }
)
EVENTS = ListOf(Str(50), 100, least=0, unique=True)
EVENT_SUBSCRIPTIONS = Shape(
    optional={
        "request_url": Str(3500, form=WEB_URL),
        "bot_events": EVENTS,
        "user_events": EVENTS,
        "metadata_subscriptions": ListOf(
            Shape(required={"app_id": Str(), "event_type": Str(50)}), 20, unique=True
        ),
    }
)
INTERACTIVITY = Shape(
    required={"is_enabled": Flag()},
    optional={
        "request_url": Str(3500, form=WEB_URL),
        "message_menu_options_url": Str(3500, form=WEB_URL),
    },
)
SETTINGS = Shape(
    optional={
        "event_subscriptions": EVENT_SUBSCRIPTIONS,
        "interactivity": INTERACTIVITY,
        "allowed_ip_address_ranges": ListOf(Str(form=IP_RANGE), 50, unique=True),
        "function_runtime": Str(),
        **_flags("org_deploy_enabled socket_mode_enabled token_rotation_enabled"),
        **_flags("is_hosted is_mcp_enabled"),
    },
    also=(rule.events_can_arrive,),
)
VERSIONS = ("schema_version", "min_version", "major_version", "minor_version")
MANIFEST = Shape(
    required={"display_information": DISPLAY},
    optional={
        "$schema": Str(),
        "_metadata": Shape(optional={name: Int(0) for name in VERSIONS}),
        "features": FEATURES,
        "oauth_config": OAUTH,
        "settings": SETTINGS,
    },
)
