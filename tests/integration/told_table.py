"""The table of outcomes: every failure of 100ms, Slack, the files and the database, and what is said.

Written from the requirement, not from the code. A row names the scene, the fault, and the words on
each of five surfaces. `ALARMS` are all words that tell of trouble: a surface says those of its row
and no others, so a row without an entry for a surface wants silence there.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.core.transcript import MAX_BYTES

Scene = Literal["start", "stop", "poll", "fails", "files", "upload", "card", "edit"]
Words = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """`fault` is of 100ms, or of Slack in the scenes that are Slack's; `later`: hours are over."""

    scene: Scene
    fault: dict[str, Any]
    card: Words = ()
    thread: Words = ()
    direct: Words = ()
    asked: Words = ()
    doctor: Words = ()
    spoil: tuple[str, bytes] | None = None  # the content of such a file
    last: str = "transcription.success"  # the webhook that ends the making of files
    options: str = "--transcript --summary"
    tags: frozenset[str] = field(default_factory=frozenset)


def status(code: int, **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": code, **more}


KEYS = "100ms does not accept this bot's keys"
NO_RIGHT = "100ms does not let the bot"
UNKNOWN = "100ms cannot find"
BAD = "100ms does not accept"
IN_USE = "100ms says that the room is in use (HTTP 409)"
SOMETHING = "100ms says that something else is going on in the room"
WAIT = "100ms asks the bot to wait"
ERROR = "100ms had an internal error (HTTP 503)"
AWAY = "100ms cannot be reached"
SLOW = "100ms did not answer in time"
ODD = "100ms gave an answer that the bot cannot read"
EXPIRED = "The request expired"
REFUSES = "100ms refuses to stop the recording (HTTP"
STARTING, STOPPING = "starting it at 100ms failed", "stopping it at 100ms failed"
UNHEARD = "100ms is not reporting the state of the recording"
NO_ANSWER = "100ms gave no usable answer about 1 recording"
ASKING = "asking 100ms how it is failed"
NOT_ACCEPTED = "has not accepted the request to start"
NOTHING_KNOWN = "As far as the bot knows, nothing is being recorded"
NOT_YET = "Not stopped yet"
MAYBE = "It may still be recording"
NOT_STARTED, FAILED = "did not start", "The recording failed"
INTERNAL = "100ms had an internal error."
URL = "100ms could not open the meeting URL"
STORE = "100ms could not store the files"
EARLY = "It was stopped before it started"
NO_TRANSCRIPT = "100ms could not make the transcript"
NOT_ARRIVED = "The transcript has not arrived yet"
LATE = "taking longer than usual"
NOBODY = "nobody spoke"
LARGE = "too large to"
FORMAT = "cannot read the format of this"
NO_FILES = "refuses to release its files"
NOT_THERE = "its files are not there (HTTP 404)"
UNREAD = "the bot cannot read it yet"
CHAT_KEPT, CHAT_GONE = "did not release the chat file", "the file is not there (HTTP 404)"
READING, FETCHING = "reading its transcript failed", "fetching its file failed"
NO_UPLOAD = "The transcript could not be uploaded here"
LIMITED = "Slack rate-limits"
OUT = "is not in <#"
CLOSED = "Only some people can post in"
ARCHIVED = "is archived"
UNSEEN = "cannot see this channel"
SLACK_ERROR = "Slack had an internal error"
SLACK_AWAY = "Slack cannot be reached"
SLACK_ODD = "Slack gave an answer that the bot cannot read"
SLACK_WAIT = "Slack asks the bot to wait"
TOKEN = "Slack does not accept the bot's token"
CARD_FAILED = "the card for"
NO_EDIT = "The bot cannot update the card"
EDIT_FAILED = "the card's latest state failed"

INTERNAL_CODE = "`internal_error`)"
ERROR_PAGE = b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>"
TOO_MUCH = b" " * (MAX_BYTES + 1)
_AT_FIRST = (NOT_ACCEPTED, NOTHING_KNOWN)

ROWS: dict[str, Row] = {
    # 100ms does not take the start. A clear no ends it at once, and the card alone says why.
    "start refused: 401": Row("start", status(401), card=(KEYS,), asked=(NOT_STARTED,)),
    "start refused: 403": Row("start", status(403), card=(NO_RIGHT,), asked=(NOT_STARTED,)),
    "start refused: 404": Row("start", status(404), card=(UNKNOWN,), asked=(NOT_STARTED,)),
    "start refused: 422": Row("start", status(422), card=(BAD,), asked=(NOT_STARTED,)),
    "start, room in use": Row(
        "start", status(409), card=(*_AT_FIRST, SOMETHING), direct=(*_AT_FIRST, SOMETHING),
        doctor=(STARTING, SOMETHING),
    ),
    "start limited": Row(
        "start", status(429, retry_after_s=5), card=(*_AT_FIRST, WAIT),
        direct=(*_AT_FIRST, WAIT), doctor=(STARTING, WAIT),
    ),
    "start, 100ms unwell": Row(
        "start", status(503), card=(*_AT_FIRST, ERROR), direct=(*_AT_FIRST, ERROR),
        doctor=(STARTING, ERROR),
    ),
    "start, 100ms down": Row(
        "start", {"kind": "reset"}, card=("has not answered the request to start", NOTHING_KNOWN),
        direct=("has not answered the request to start", NOTHING_KNOWN), doctor=(STARTING, AWAY),
    ),
    "start, odd answer": Row(
        "start", {"kind": "odd"}, card=(*_AT_FIRST, ODD), direct=(*_AT_FIRST, ODD),
        doctor=(STARTING, ODD),
    ),
    "start, answer too large": Row(
        "start", {"kind": "huge"}, card=(*_AT_FIRST, ODD), direct=(*_AT_FIRST, ODD),
        doctor=(STARTING, ODD),
    ),
    # Two minutes later the request is too old: the card and the direct message say why.
    **{
        f"start too old: {name}": Row(
            "start", fault, card=(why, EXPIRED), direct=(NOT_STARTED, why, EXPIRED),
            tags=frozenset({"later"}),
        )
        for name, fault, why in (
            ("in use", status(409), IN_USE),
            ("limited", status(429, retry_after_s=5), WAIT),
            ("unwell", status(503), ERROR),
            ("down", {"kind": "reset"}, AWAY),
            ("odd", {"kind": "odd"}, ODD),
        )
    },
    # 100ms does not stop it.
    **{
        f"stop: {name}": Row(
            "stop", fault, card=(NOT_YET, why),
            direct=(f"has not {did} the request to stop", *([] if did == "answered" else [why]),
                    MAYBE),
            doctor=(STOPPING, why),
        )
        for name, fault, did, why in (
            ("401", status(401), "accepted", KEYS),
            ("403", status(403), "accepted", NO_RIGHT),
            ("404, but it runs", status(404), "accepted", UNKNOWN),
            ("422", status(422), "accepted", BAD),
            ("limited", status(429, retry_after_s=5), "accepted", WAIT),
            ("unwell", status(503), "accepted", ERROR),
            ("down", {"kind": "reset"}, "answered", AWAY),
            ("odd", {"kind": "odd"}, "accepted", ODD),
            ("too large", {"kind": "huge"}, "accepted", ODD),
        )
    },
    # 100ms does not say how it is.
    **{
        f"poll: {name}": Row(
            "poll", fault, card=(UNHEARD,), doctor=(NO_ANSWER, ASKING, *also)
        )
        for name, fault, also in (
            ("401", status(401), ()),
            ("403", status(403), ()),
            ("404, at first", status(404), ()),
            ("limited", status(429, retry_after_s=5), ()),
            ("unwell", status(503), ()),
            ("down", {"kind": "reset"}, ()),
            ("odd", {"kind": "odd"}, ()),
            ("too large", {"kind": "huge"}, ()),
        )
    },
    # The recording fails at 100ms.
    **{
        f"fails: {kind}": Row(
            "fails", {"kind": "start_fails", "error_type": kind}, card=(why,), thread=(FAILED, why)
        )
        for kind, why in (
            ("INTERNAL_ERROR", INTERNAL),
            ("MAX_RETRIES_REACHED", URL),
            ("UPLOAD_ERROR", STORE),
            ("BEAM_STOPPED", EARLY),
        )
    },
    # What 100ms makes of it, and what is in the files.
    "transcript not made": Row(
        "files", {"kind": "transcript_failed"}, thread=(NO_TRANSCRIPT,),
        last="transcription.failure",
    ),
    "transcript never comes": Row(
        "files", {"kind": "transcript_never"}, card=(LATE,), thread=(NOT_ARRIVED,),
        doctor=(LATE,), last="",
    ),
    "transcript empty": Row(
        "files", {"kind": "transcript_empty"}, thread=(NOBODY,),
    ),
    "transcript odd": Row(
        "files", {}, thread=(FORMAT,), spoil=("transcript", b'{"said": 7}'),
        options="--transcript --modes json",
    ),
    "transcript is an error page": Row(
        "files", {}, thread=(FORMAT,), spoil=("transcript", ERROR_PAGE),
        options="--transcript --modes txt",
    ),
    "chat is an error page": Row("files", {}, thread=(CHAT_KEPT,), spoil=("chat", ERROR_PAGE)),
    "transcript too large": Row(
        "files", {}, thread=(LARGE,), spoil=("transcript", TOO_MUCH)
    ),
    "summary odd": Row("files", {}, thread=(FORMAT,), spoil=("summary", b"7")),
    "summary too large": Row("files", {}, thread=(LARGE,), spoil=("summary", b" " * 2_000_000)),
    "chat too large": Row("files", {}, thread=(LARGE,), spoil=("chat", TOO_MUCH)),
    # 100ms or its storage does not give the files.
    "files refused": Row("files", status(403), thread=(NO_FILES, CHAT_KEPT)),
    "files missing": Row("files", status(404), thread=(NOT_THERE, CHAT_GONE)),
    **{
        f"files: {name}": Row(
            "files", fault, card=(LATE,), thread=(UNREAD,), doctor=(READING, FETCHING, LATE)
        )
        for name, fault in (
            ("keys", status(401)),
            ("limited", status(429, retry_after_s=60)),
            ("unwell", status(503)),
            ("down", {"kind": "reset"}),
            ("odd", {"kind": "odd"}),
        )
    },
    # Slack does not take a file.
    "upload, Slack unwell": Row(
        "upload", {"error": "internal_error"}, thread=(NO_UPLOAD, INTERNAL_CODE)
    ),
    "upload not allowed": Row(
        "upload", {"error": "file_uploads_disabled"},
        thread=(NO_UPLOAD, "This workspace does not allow file uploads"),
    ),
    "upload, storage full": Row(
        "upload", {"error": "storage_limit_reached"},
        thread=(NO_UPLOAD, "The workspace's file storage is full"),
    ),
    "upload, not in the channel": Row(
        "upload", {"error": "not_in_channel"}, thread=(NO_UPLOAD, OUT)
    ),
    "upload, Slack down": Row(
        "upload", {"reset": True}, doctor=("the transcript file for", SLACK_AWAY)
    ),
    "upload limited": Row(
        "upload", {"retry_after": 1000}, doctor=(LIMITED, "the transcript file for", SLACK_WAIT)
    ),
    "upload, odd answer": Row(
        "upload", {"odd": True}, doctor=("the transcript file for", SLACK_ODD)
    ),
    # Slack does not take the card: where the bot may not post, nothing is recorded in secret.
    **{
        f"card: {error}": Row(
            "card", {"error": error}, asked=(NOT_STARTED, why), doctor=(why,)
        )
        for error, why in (
            ("not_in_channel", OUT),
            ("channel_not_found", UNSEEN),
            ("is_archived", ARCHIVED),
            ("restricted_action", CLOSED),
        )
    },
    **{
        f"card: {name}": Row("card", fault, doctor=(CARD_FAILED, why, *also))
        for name, fault, why, also in (
            ("Slack unwell", {"error": "internal_error"}, SLACK_ERROR, (INTERNAL_CODE,)),
            ("503", {"http_status": 503}, SLACK_ERROR, ()),
            ("down", {"reset": True}, SLACK_AWAY, ()),
            ("limited", {"retry_after": 30}, SLACK_WAIT, (LIMITED,)),
            ("odd", {"odd": True}, SLACK_ODD, ()),
        )
    },
    # Slack does not edit the card. What ends is said below it; an outage is waited for.
    "edit, Slack unwell": Row(
        "edit", {"error": "internal_error"}, thread=(NO_EDIT, SLACK_ERROR, INTERNAL_CODE),
        doctor=(CARD_FAILED, SLACK_ERROR, INTERNAL_CODE),
    ),
    **{
        f"edit: {name}": Row("edit", fault, doctor=(EDIT_FAILED, *also))
        for name, fault, also in (
            ("503", {"http_status": 503}, ()),
            ("down", {"reset": True}, ()),
            ("limited", {"retry_after": 1000}, (LIMITED,)),
            ("odd", {"odd": True}, ()),
        )
    },
}  # fmt: skip

SURFACES = ("card", "thread", "direct", "asked", "doctor")
ALARMS = frozenset(
    word for row in ROWS.values() for surface in SURFACES for word in getattr(row, surface)
)
