"""The errors of calls to Slack.

    SlackError
    ├── SlackUnavailable   temporary: network, 429, 5xx. `reached` says if Slack may have done it.
    │   └── NotInstalled       no call can work until the app is installed again
    └── SlackRefused       final: the same call cannot succeed
        ├── CannotPostThere    the bot may not post in this channel
        ├── MessageGone        the message was deleted
        └── NotAuthorized      the token lacks a scope
            └── TokenRefused       the token is not valid (any more)

When a call is refused with `TokenRefused`, the gateway asks `auth.test`. If that refuses the token
as well, no calls are made and callers get `NotInstalled`; otherwise they get `SlackUnavailable`.

Source: docs.slack.dev, the error lists of each method.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.kit.cooldowns import LONGEST_S
from bot.outbound import OutboundError, OutboundRefused, OutboundStatus, OutboundUnavailable

WIRE_ERRORS = (  # what a call can raise; `error_from` translates them
    SlackClientError,
    aiohttp.ClientError,
    OutboundError,
    TimeoutError,
    OSError,
)


class SlackError(Exception):
    """Never carries a token or a response body."""


class SlackUnavailable(SlackError):
    """`reached=False`: the call was certainly not carried out.

    `answered`: Slack itself reported a failure, such as `internal_error`. It may never recover, so
    such answers are counted.
    """

    def __init__(
        self,
        why: str,
        *,
        retry_after_s: float | None = None,
        reached: bool,
        answered: bool = False,
    ) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s
        self.reached = reached
        self.answered = answered


class NotInstalled(SlackUnavailable):
    """The app is removed or its token revoked. Work waits, as in any outage."""

    def __init__(self, error: str, *, retry_after_s: float) -> None:
        super().__init__(error, retry_after_s=retry_after_s, reached=False)
        self.error = error


class SlackRefused(SlackError):
    """`error` is Slack's error code; `needed` the missing scope, if Slack names it."""

    def __init__(self, error: str, *, needed: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.needed = needed


class CannotPostThere(SlackRefused):
    pass


class MessageGone(SlackRefused):
    pass


class NotAuthorized(SlackRefused):
    pass


class TokenRefused(NotAuthorized):
    pass


_KIND_OF: Mapping[str, type[SlackRefused]] = {
    "not_in_channel": CannotPostThere,
    "channel_not_found": CannotPostThere,
    "is_archived": CannotPostThere,
    "is_inactive": CannotPostThere,
    "restricted_action": CannotPostThere,
    "restricted_action_read_only_channel": CannotPostThere,
    "restricted_action_thread_only_channel": CannotPostThere,
    "restricted_action_non_threadable_channel": CannotPostThere,
    "messages_tab_disabled": CannotPostThere,
    "cannot_dm_bot": CannotPostThere,
    "cannot_find_channel": CannotPostThere,
    "user_not_found": CannotPostThere,
    "team_access_not_granted": CannotPostThere,  # the token is valid for other workspaces only
    "message_not_found": MessageGone,
    "cannot_find_message": MessageGone,
    "cannot_unfurl_message": MessageGone,  # the link was edited out of it
    "thread_not_found": MessageGone,
    "file_not_found": MessageGone,
    "file_deleted": MessageGone,
    "invalid_auth": TokenRefused,
    "not_authed": TokenRefused,
    "account_inactive": TokenRefused,
    "token_revoked": TokenRefused,
    "token_expired": TokenRefused,
    "missing_scope": NotAuthorized,
}
UNREADABLE = "unreadable answer"
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_SLACK_IS_UNWELL = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)


def error_of(status: int, headers: Mapping[str, Any], body: Mapping[str, Any]) -> SlackError:
    """Translate a response of Slack. Pure."""
    name = str(body.get("error") or "")
    if status == 429 or name in _RATE_LIMITED:
        return SlackUnavailable("rate limited", retry_after_s=_seconds(headers), reached=False)
    if status >= 500 or name in _SLACK_IS_UNWELL or not name:
        why = name or (f"HTTP {status}" if status >= 400 else UNREADABLE)
        return SlackUnavailable(why, reached=True, answered=bool(name))
    return _KIND_OF.get(name, SlackRefused)(name, needed=body.get("needed"))


def error_from(raised: BaseException) -> SlackError:
    """Translate an exception of slack_sdk, aiohttp or `Outbound`; re-raise any other."""
    match raised:
        case SlackApiError(response=response) if hasattr(response, "data"):
            body = response.data if isinstance(response.data, dict) else {}
            return error_of(response.status_code, response.headers, body)
        case SlackApiError():
            return SlackUnavailable(UNREADABLE, reached=True)
        case OutboundStatus(status=status) if status == 429 or status >= 500:
            return SlackUnavailable(f"HTTP {status}", reached=False)
        case OutboundStatus(status=status):
            return SlackRefused(f"response_url_{status}")
        case OutboundRefused():
            return SlackRefused("address_not_followed")
        case OutboundUnavailable(reached=reached):
            return SlackUnavailable(str(raised), reached=reached)
        case aiohttp.ClientConnectorError():
            return SlackUnavailable("cannot connect", reached=False)
        case aiohttp.ClientError() | SlackClientError() | asyncio.TimeoutError() | OSError():
            return SlackUnavailable(type(raised).__name__, reached=True)
        case _:
            raise raised


def _seconds(headers: Mapping[str, Any]) -> float:
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), None)
    try:
        asked = float(value[0] if isinstance(value, list) else value or 1)
    except ValueError:
        return 1.0
    return min(max(1.0, asked), LONGEST_S)
