"""What can come back from 100ms instead of an answer.

    HmsError
    ├── HmsUnavailable      no answer, 408, 425, 429 or 5xx: the same call may succeed later
    └── HmsRefused          a clear no: the same call cannot succeed
        ├── HmsUnauthorized   401  the token is wrong, and a fresh one too
        ├── HmsForbidden      403  no right to it, or no such room
        ├── HmsNotFound       404  no such thing, or nothing runs
        ├── HmsConflict       409  a recording already runs in the room
        └── HmsTooLarge       ours: the file is larger than the caller can take

The distinction that matters most is `HmsUnavailable.reached`. False is a promise that 100ms did
not carry the request out, so a call that must not happen twice may be made again. True only means
that we cannot know.

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
from bot.kit.rate_limits import LONGEST_S
from bot.outbound import OutboundError, OutboundStatus, OutboundTooLarge, OutboundUnavailable

MAX_MESSAGE_CHARS = 300
MAX_DETAILS = 10
_WAIT = re.compile(r"retry (?:after|in) (\d{1,9}(?:\.\d{1,9})?) ?(m\b|min)?", re.IGNORECASE)


class HmsError(Exception):
    """Anything that went wrong between us and 100ms."""


class HmsUnavailable(HmsError):
    """No usable answer. `retry_after_s` is 100ms' own wish, in seconds, if it named one.

    `status` and `message` are those of the answer, if there was one; `cause` says what was wrong.
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
    """A clear no. `message` and `details` are 100ms' own words, cut and redacted."""

    def __init__(self, status: int, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.details = details


class HmsUnauthorized(HmsRefused):
    """401: the token is not accepted."""


class HmsForbidden(HmsRefused):
    """403: no right to it; 100ms says the same of a room that does not exist."""


class HmsNotFound(HmsRefused):
    """404: unknown, or (for stop, pause, active rooms) nothing runs."""


class HmsConflict(HmsRefused):
    """409: a recording already runs in this room."""


class HmsLinkBlocked(HmsRefused):
    """100ms gave a link that the bot does not open: not https, or to an address inside."""

    def __init__(self, why: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, f"the link is not followed: {why}")


class HmsTooLarge(HmsRefused):
    """The file is over the caller's own limit; nothing of it was kept."""

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
    """The error that an HTTP answer other than 2xx stands for.

    Only a 429, and a 503 that says when to come back, promise that nothing was done: a bare 503
    is also what a proxy says when it lost the connection after passing the request on.
    """
    message, details = _said(status, body)
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
    """The error that a failed download of a file means to us."""
    match failed:
        case OutboundTooLarge(max_bytes=max_bytes):
            return HmsTooLarge(max_bytes)
        case OutboundStatus(status=status, headers=headers, body=body):
            return error_of(status, headers, body)
        case OutboundUnavailable(reached=reached):
            return HmsUnavailable(redact(str(failed)), reached=reached, cause="network")
        case _:
            return HmsLinkBlocked(str(failed))


def _said(status: int, body: bytes) -> tuple[str, tuple[str, ...]]:
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
    """Seconds to wait, from seconds or from a date.

    A date counts from the answer's own `Date`, so that our clock being off does not matter.
    """
    wish = headers.get("retry-after", "").strip()
    try:
        seconds = float(wish)
    except ValueError:
        try:
            until, sent = parsedate_to_datetime(wish), parsedate_to_datetime(headers["date"])
            seconds = (until - sent).total_seconds()
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _wait_in_words_s(message: str) -> float | None:
    """`rate limit exceeded, retry after 45 seconds` is where the analytics calls put it."""
    found = _WAIT.search(message)
    if found is None:
        return None
    return float(found[1]) * (60 if found[2] else 1)
