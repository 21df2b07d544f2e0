"""The Web API methods that exist here. Everything else is `unknown_method`, said loudly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from record_bot_sandbox.slack import methods_chat as chat
from record_bot_sandbox.slack import methods_files as files
from record_bot_sandbox.slack import methods_places as places
from record_bot_sandbox.slack import methods_views as views
from record_bot_sandbox.slack import unfurls
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.sim import Sim

TIER_2, TIER_3, TIER_4, SPECIAL = 20, 50, 100, 600
ALWAYS = frozenset({"team_id", "token"})  # Bolt adds team_id to every call
STRINGS = frozenset(
    {
        "alt_txt",
        "channel",
        "channel_id",
        "external_id",
        "file",
        "filename",
        "hash",
        "initial_comment",
        "message_ts",
        "thread_ts",
        "trigger_id",
        "ts",
        "user",
        "user_id",
        "view_id",
    }
)


@dataclass(frozen=True)
class Method:
    """`scopes` are alternatives; `optional` are the arguments that are simulated."""

    run: Callable[[Sim, JSON], JSON]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    per_minute: int = TIER_3
    token: Literal["bot", "app"] = "bot"

    def unknown(self, args: JSON) -> list[str]:
        return sorted(set(args) - self.required - self.optional - ALWAYS)

    def missing(self, args: JSON) -> list[str]:
        return sorted(name for name in self.required if args.get(name) in (None, ""))

    @staticmethod
    def mistyped(args: JSON) -> list[str]:
        """A ts sent as a number loses its last digits: only strings are taken."""
        return sorted(name for name in STRINGS & set(args) if not isinstance(args[name], str))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


READ = ("channels:read", "groups:read", "im:read")
MESSAGE = _names("text blocks markdown_text thread_ts")
POST = MESSAGE | _names("metadata reply_broadcast unfurl_links unfurl_media mrkdwn")

METHODS: Mapping[str, Method] = {
    "auth.test": Method(places.auth_test, per_minute=SPECIAL),
    "apps.connections.open": Method(places.connections_open, token="app"),
    "chat.postMessage": Method(
        chat.post_message, _names("channel"), POST, ("chat:write",), per_minute=SPECIAL
    ),
    "chat.postEphemeral": Method(
        chat.post_ephemeral, _names("channel user"), MESSAGE, ("chat:write",), per_minute=TIER_4
    ),
    "chat.update": Method(
        chat.update,
        _names("channel ts"),
        _names("text blocks markdown_text metadata reply_broadcast"),
        ("chat:write",),
    ),
    "chat.delete": Method(chat.delete, _names("channel ts"), scopes=("chat:write",)),
    "chat.getPermalink": Method(
        chat.get_permalink, _names("channel message_ts"), per_minute=SPECIAL
    ),
    "chat.unfurl": Method(
        unfurls.unfurl, optional=_names("channel ts unfurls"), scopes=("links:write",)
    ),
    "views.open": Method(views.open_view, _names("trigger_id view"), per_minute=TIER_4),
    "views.push": Method(views.push, _names("trigger_id view"), per_minute=TIER_4),
    "views.update": Method(
        views.update, _names("view"), _names("view_id external_id hash"), per_minute=TIER_4
    ),
    "views.publish": Method(
        views.publish, _names("user_id view"), _names("hash"), per_minute=TIER_4
    ),
    "conversations.info": Method(
        places.conversations_info, _names("channel"), _names("include_num_members"), READ
    ),
    "conversations.members": Method(
        places.conversations_members,
        _names("channel"),
        _names("cursor limit"),
        READ,
        per_minute=TIER_4,
    ),
    "users.info": Method(
        places.users_info, _names("user"), scopes=("users:read",), per_minute=TIER_4
    ),
    "bots.info": Method(places.bots_info, _names("bot"), scopes=("users:read",)),
    "users.conversations": Method(
        places.users_conversations,
        _names("user"),
        _names("types exclude_archived cursor limit"),
        READ,
    ),
    "usergroups.list": Method(
        places.usergroups_list,
        optional=_names("include_count include_disabled include_users"),
        scopes=("usergroups:read",),
        per_minute=TIER_2,
    ),
    "usergroups.users.list": Method(
        places.usergroups_users_list,
        _names("usergroup"),
        _names("include_disabled"),
        ("usergroups:read",),
        per_minute=TIER_2,
    ),
    "files.getUploadURLExternal": Method(
        files.get_upload_url,
        _names("filename length"),
        _names("alt_txt snippet_type"),
        ("files:write",),
        per_minute=TIER_4,
    ),
    "files.delete": Method(files.delete, _names("file"), scopes=("files:write",)),
    "files.completeUploadExternal": Method(
        files.complete_upload,
        _names("files"),
        _names("channel_id channels thread_ts initial_comment blocks"),
        ("files:write",),
        per_minute=TIER_4,
    ),
}
