"""The errors of calls to 100ms.

    HmsError
    ├── HmsUnavailable      no response, 408, 425, 429 or 5xx: the same call may succeed later
    └── HmsRefused          any other 4xx: the same call cannot succeed
        ├── HmsUnauthorized   401  100ms accepts neither the token nor a fresh one
        ├── HmsForbidden      403  no access, or no such room
        ├── HmsNotFound       404  unknown, or nothing runs
        ├── HmsConflict       409  a recording already runs in the room
        ├── HmsLinkBlocked    raised by us: the link is one that the bot does not open
        └── HmsTooLarge       raised by us: the file exceeds the caller's limit

The most important distinction is `HmsUnavailable.reached`. False guarantees that 100ms did not
carry out the request, so even a call that must not happen twice may be repeated. True means that
we cannot know.

No error carries a token or a signed link.
"""

import json
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bot.core.facts import Cause
from bot.hms.lenient import clean, text
from bot.hms.redact import redact
from bot.kit.cooldowns import LONGEST_S
from bot.outbound import OutboundError, OutboundStatus, OutboundTooLarge, OutboundUnavailable

MAX_MESSAGE_CHARS = 300
MAX_DETAILS = 10
_WAIT = re.compile(r"retry (?:after|in) (\d{1,9}(?:\.\d{1,9})?) ?(m\b|min)?", re.IGNORECASE)


class HmsError(Exception):
    """The base of all errors of calls to 100ms."""


class HmsUnavailable(HmsError):
    """No usable response. `retry_after_s` is the wait that 100ms asked for, in seconds, if any.

    `status` and `message` are those of the response, if there was one; `cause` classifies the
    failure. `limited` without a status: not sent, because of the 429 of another call.
    """

    def __init__(
        self,
        why: str,
        *,
        reached: bool,
        retry_after_s: float | None = None,
        status: int | None = None,
        message: str = "",
        cause: Cause = "error",
    ) -> None:
        super().__init__(why)
        self.why = why
        self.reached = reached
        self.retry_after_s = retry_after_s
        self.status = status
        self.message = message
        self.cause: Cause = "limited" if status == HTTPStatus.TOO_MANY_REQUESTS else cause


class HmsRefused(HmsError):
    """100ms refused the call. `message` and `details` are its words, shortened and redacted."""

    def __init__(self, status: int, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.details = details


class HmsUnauthorized(HmsRefused):
    """401: the token is not accepted."""


class HmsForbidden(HmsRefused):
    """403: no access. 100ms answers the same for a room that does not exist."""


class HmsNotFound(HmsRefused):
    """404: unknown, or (for stop, pause, active rooms) nothing runs."""


class HmsConflict(HmsRefused):
    """409: a recording already runs in this room."""


class HmsLinkBlocked(HmsRefused):
    """The bot does not open this link of 100ms: it is not https, or leads to a private address."""

    def __init__(self, why: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, f"the link is not followed: {why}")


class HmsTooLarge(HmsRefused):
    """The file exceeds the caller's limit; none of it was kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"larger than {max_bytes} bytes")
        self.max_bytes = max_bytes


REFUSALS: Mapping[int, type[HmsRefused]] = {
    401: HmsUnauthorized,
    403: HmsForbidden,
    404: HmsNotFound,
    409: HmsConflict,
}
WORTH_REPEATING = frozenset({408, 425, 429})


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> HmsError:
    """Translate a response other than 2xx.

    Only a 429, or a 503 with a `Retry-After`, guarantees that nothing was done. A proxy also sends
    a plain 503 when it loses the connection after forwarding the request.
    """
    message, details = _message_and_details(status, body)
    if status in WORTH_REPEATING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        asked = _retry_after_s({k.lower(): v for k, v in headers.items()})
        turned_away = status == HTTPStatus.TOO_MANY_REQUESTS or (
            status == HTTPStatus.SERVICE_UNAVAILABLE and asked is not None
        )
        return HmsUnavailable(
            f"{status} {message}",
            reached=not turned_away,
            retry_after_s=_bounded(asked if asked is not None else _wait_in_words_s(message)),
            status=status,
            message=message,
        )
    return REFUSALS.get(status, HmsRefused)(status, message, details)


def download_error(failed: OutboundError) -> HmsError:
    """Translate the error of a failed download."""
    match failed:
        case OutboundTooLarge(max_bytes=max_bytes):
            return HmsTooLarge(max_bytes)
        case OutboundStatus(status=status, headers=headers, body=body):
            return error_of(status, headers, body)
        case OutboundUnavailable(reached=reached):
            return HmsUnavailable(redact(str(failed)), reached=reached, cause="network")
        case _:
            return HmsLinkBlocked(str(failed))


def _message_and_details(status: int, body: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    message = text(answer.get("message")) or _phrase(status)
    details = answer.get("details")
    lines = [d for d in details if isinstance(d, str)] if isinstance(details, list) else []
    return _short(message), tuple(_short(line) for line in lines[:MAX_DETAILS])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no reason given"


def _short(line: str) -> str:
    return redact(clean(line))[:MAX_MESSAGE_CHARS]


def _bounded(wait_s: float | None) -> float | None:
    return None if wait_s is None else min(wait_s, LONGEST_S)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Parse `Retry-After`, given in seconds or as a date.

    A date is compared with the response's own `Date`, so an error of our clock does not matter.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            until, sent = parsedate_to_datetime(value), parsedate_to_datetime(headers["date"])
            seconds = (until - sent).total_seconds()
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _wait_in_words_s(message: str) -> float | None:
    """Parse a wait from the message, as in `rate limit exceeded, retry after 45 seconds`.

    The analytics calls send it only there.
    """
    found = _WAIT.search(message)
    if found is None:
        return None
    return float(found[1]) * (60 if found[2] else 1)
