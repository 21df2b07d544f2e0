"""Explains each failure: what went wrong, why, and what to do about it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import assert_never

from bot.core.facts import CallFailed, Cause
from bot.core.places import is_channel
from bot.core.recording import FailureReason, Problem, Recording
from bot.ui.text import clean, code, esc, mention, place

BOT = "record-bot"
_FORBIDDEN_PLACE = frozenset(
    {
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "no_permission",
        "access_denied",
    }
)
NOT_INSTALLED = frozenset(
    {
        "missing_scope",
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
        "app_uninstalled",
        "tokens_revoked",
    }
)
_NO_DIRECT_MESSAGES = frozenset(
    {"messages_tab_disabled", "cannot_dm_bot", "user_is_bot", "user_not_found", "user_disabled"}
)
NO_FILES = {
    "file_uploads_disabled": "This workspace does not allow file uploads.",
    "storage_limit_reached": "The workspace's file storage is full.",
    "file_type_not_allowed": "This workspace does not allow files of this type.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences of escaped mrkdwn.

    `can_retry`: the same settings may work later. `can_change`: other settings may work.
    """

    what: str
    why: str
    fix: str
    can_retry: bool = True
    can_change: bool = False

    @property
    def text(self) -> str:
        return " ".join(s for s in (self.what, self.why, self.fix) if s)


def hms_failure(cause: Cause, status: int | None = None, message: str = "") -> tuple[str, str]:
    """Return why a call to 100ms failed, and what to do; both mrkdwn."""
    http = f" (HTTP {status})" if status else ""
    later = "Try again in a minute."
    match cause:
        case "refused":
            return _refusal(status, message, http)
        case "error":
            return f"100ms had an internal error{http}.", later
        case "limited" if status is None:
            return "100ms allows only so many requests at a time, so the bot has to wait.", later
        case "limited":
            return f"100ms asks the bot to wait: too many requests{http}.", later
        case "timeout":
            return "100ms did not answer in time.", later
        case "network":
            return "100ms cannot be reached.", later
        case "unreadable":
            return "100ms gave an answer that the bot cannot read.", later
        case _:
            assert_never(cause)


def _refusal(status: int | None, message: str, http: str) -> tuple[str, str]:
    said = _quoted(message)
    match status:
        case 401:
            why = f"100ms does not accept this bot's keys{http}.{said}"
            return why, "Ask the person who runs the bot to check them."
        case 403:
            why = f"100ms does not let the bot do this{http}.{said}"
            return (
                why,
                "Check in the 100ms dashboard that the room is enabled and in its workspace.",
            )
        case 404:
            why = f"100ms cannot find what the bot asked for{http}.{said}"
            return why, "It may have been deleted there."
        case 409:
            why = f"100ms says that something else is going on in the room{http}.{said}"
            return why, "Try again once that has ended."
        case 400 | 422:
            why = f"100ms does not accept the request{http}.{said}"
            return why, "If this keeps happening, tell the person who runs the bot."
        case _:
            fix = "Try again. If this keeps happening, tell the person who runs the bot."
            return f"100ms refused the request{http}.{said}", fix


def stop_failure(failed: CallFailed) -> str:
    """Say that a stop has not worked, and why; mrkdwn."""
    why, _ = hms_failure(failed.cause, failed.status, failed.message)
    way = "The bot keeps trying; you can also stop it in 100ms, or end the meeting."
    return f"Not stopped yet. {why} {way}"


def explain(
    problem: Problem, recording: Recording, *, bot: str = BOT, to: str | None = None
) -> Explanation:
    """Explain a problem in words; `bot` is the name that people type after @.

    `to`: the only person who reads it.
    """
    match problem.why:
        case FailureReason.CANCELLED:
            return _cancelled(recording, to)
        case FailureReason.CANNOT_POST | FailureReason.EXPIRED | FailureReason.REFUSED:
            return _not_started(problem, recording, bot)
        case (
            FailureReason.INTERNAL_ERROR
            | FailureReason.MAX_RETRIES_REACHED
            | FailureReason.UPLOAD_ERROR
            | FailureReason.BEAM_STOPPED
        ):
            return _failed_at_100ms(problem, recording)
        case FailureReason.VANISHED | FailureReason.GIVEN_UP | FailureReason.UNKNOWN:
            return _lost(problem, recording)
        case _:
            assert_never(problem.why)


def _cancelled(recording: Recording, to: str | None) -> Explanation:
    what, by = "The recording did not start.", recording.stopped_by
    if by is not None and by == to:
        return Explanation(what, "You stopped it before it started.", "")
    stopped = f"{mention(by)} stopped it" if by else "It was stopped"
    return Explanation(what, f"{stopped} before it started.", "Try again whenever you like.")


def _not_started(problem: Problem, recording: Recording, bot: str) -> Explanation:
    what = "The recording did not start."
    if problem.why is FailureReason.EXPIRED:
        why = f"{_too_old(problem.after)} The request expired."
        return Explanation(what, why, "If you still want the recording, try again.")
    if problem.why is FailureReason.CANNOT_POST:
        why, fix = slack_refusal(problem.detail, recording.origin, bot=bot)
        return Explanation(what, why, fix)
    return _refused(problem, what)


def _too_old(after: CallFailed | None) -> str:
    """Say why a start waited until it expired."""
    if after is None:
        return "The bot itself was down or too busy to start it in time."
    if after.cause == "refused" and after.status == HTTPStatus.CONFLICT:
        said = _quoted(after.message)
        return (
            f"100ms says that the room is in use (HTTP 409), but no recording is running there: "
            f"a live stream may be using it.{said}"
        )
    return hms_failure(after.cause, after.status, after.message)[0]


def _refused(problem: Problem, what: str) -> Explanation:
    said = _quoted(problem.detail)
    match problem.status:
        case 400 | 422:
            return _bad_request(problem, what)
        case 401:
            why = f"100ms does not accept this bot's keys.{said}"
            fix = "Ask the person who runs the bot to check them, then try again."
            return Explanation(what, why, fix)
        case 403 if "disabled" in problem.detail.casefold():
            why = f"The room is disabled in 100ms.{said}"
            return Explanation(what, why, "Enable it in the 100ms dashboard, then try again.")
        case 403:
            why = f"100ms does not let the bot see or record this room.{said}"
            return Explanation(what, why, "Check that the room is in this 100ms workspace.")
        case 404:
            why = f"100ms cannot find this room.{said}"
            fix = "Check that it still exists, or choose another room."
            return Explanation(what, why, fix, can_retry=False, can_change=True)
        case 409:
            why = (
                f"The room is already being recorded, but the bot cannot find that recording.{said}"
            )
            fix = "Wait until it ends, or stop it in 100ms, then try again."
            return Explanation(what, why, fix)
        case _:
            status = f" (HTTP {problem.status})" if problem.status else ""
            why = f"100ms refused the request{status}.{said}"
            fix = "Try again. If this keeps happening, tell the person who runs the bot."
            return Explanation(what, why, fix)


def _bad_request(problem: Problem, what: str) -> Explanation:
    detail = problem.detail.casefold()
    said = _quoted(problem.detail)
    if any(word in detail for word in ("meeting", "url", "subdomain")):
        why = f"100ms needs a meeting URL for this room, or cannot use the one given.{said}"
        fix = "Change the settings: enter a URL that joins the room without a click."
    elif "destination" in detail:
        why = f"100ms cannot use the destination.{said}"
        fix = "Change the settings: enter a destination from the room's template."
    else:
        why = f"100ms does not accept these settings for this room.{said}"
        fix = "Change the settings. A room whose template has no subdomain needs a meeting URL."
    return Explanation(what, why, fix, can_retry=False, can_change=True)


def _failed_at_100ms(problem: Problem, recording: Recording) -> Explanation:
    what, said = "The recording failed.", _quoted(problem.detail)
    match problem.why:
        case FailureReason.MAX_RETRIES_REACHED:
            why = f"100ms could not open the meeting URL.{said}"
            own = recording.options.meeting_url is not None and not recording.elsewhere
            must = "must join the room without a click or a login."
            if own:
                fix = f"Change the settings: the URL {must} If it does now, try again."
            else:
                fix = f"The room's own link {must}"
            return Explanation(what, why, fix, can_change=own)
        case FailureReason.UPLOAD_ERROR:
            why = f"100ms could not store the files.{said}"
            fix = "Check the template's storage in the 100ms dashboard, then try again."
        case FailureReason.BEAM_STOPPED:
            why = f"It was stopped before it started.{said}"
            fix = "Try again, and stop it only after the card says Recording."
        case _:
            why = f"100ms had an internal error.{said}"
            fix = _support(recording)
    return Explanation(what, why, fix)


def _lost(problem: Problem, recording: Recording) -> Explanation:
    if problem.why is FailureReason.VANISHED:
        what = "The recording is gone."
        why = "100ms no longer shows this recording to the bot."
        fix = f"Look for {_named(recording)} in the 100ms dashboard."
    elif problem.why is FailureReason.GIVEN_UP:
        what = "The recording never finished."
        why = "100ms has reported nothing new for too long, so the bot stopped checking."
        fix = f"Look for {_named(recording)} in the 100ms dashboard."
    else:
        what = "The recording failed."
        why = f"100ms did not give a reason that the bot understands.{_quoted(problem.detail)}"
        fix = _support(recording)
    return Explanation(what, why, fix)


# Slack's internal failures, unrelated to the channel.
SLACK_FAILS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


def slack_refusal(
    error: str, channel: str, *, bot: str = BOT, again: bool = True
) -> tuple[str, str]:
    """Return why Slack does not let the bot post there, and what to do; both mrkdwn.

    `again`: the person has to repeat the request; otherwise the bot repeats it by itself.
    """
    name = f"@{esc(bot, 80)}"
    direct = not is_channel(channel)
    where = "this direct message" if direct else place(channel)
    said = f" (error {code(error, 60)})" if clean(error) else ""
    if error in NOT_INSTALLED:
        why = f"{name} is not fully installed in Slack{said}."
        then = ", then try again" if again else ""
        return why, f"Ask the person who runs the bot to reinstall it{then}."
    if error in NO_FILES:
        return NO_FILES[error], "Ask a workspace admin, or use the button."
    if error == "team_access_not_granted":
        why = f"{where} belongs to a workspace in which {name} is not installed."
        return why, "Ask an admin to install it there, or use another channel."
    if error in SLACK_FAILS:
        fix = "Try again in a minute." if again else "This usually passes by itself."
        return f"Slack had an internal error ({code(error, 60)}).", fix
    if direct or error in _NO_DIRECT_MESSAGES:
        why = f"Slack does not let {name} post in {where}{said}."
        return why, f"Start it from a channel that {name} is in."
    if error == "not_in_channel":
        return f"{name} is not in {where}.", _invite(bot, again=again)
    if error == "channel_not_found":
        return f"{name} cannot see this channel. It may be private.", _invite(bot, again=again)
    if error in ("is_archived", "is_inactive"):  # the latter is from chat.update
        return f"{where} is archived.", "Unarchive it, or use another channel."
    if error in _FORBIDDEN_PLACE:
        why = f"Only some people can post in {where}."
        return why, f"Ask an admin to let {name} post there, or use another channel."
    return f"Slack does not let {name} post in {where}{said}.", _invite(bot, again=again)


# Errors that close the channel to the bot; others concern one message or one call.
CLOSED = (
    {"not_in_channel", "channel_not_found", "is_archived", "is_inactive", "team_access_not_granted"}
    | _FORBIDDEN_PLACE
    | _NO_DIRECT_MESSAGES
    | NOT_INSTALLED
)


def edit_refusal(error: str, channel: str, *, bot: str = BOT) -> tuple[str, str]:
    """Return why Slack does not let the bot edit its own message there, and what to do."""
    if error in CLOSED or error in SLACK_FAILS:
        return slack_refusal(error, channel, bot=bot, again=False)
    said = f" (error {code(error, 60)})" if clean(error) else ""
    return f"Slack does not let @{esc(bot, 80)} edit it{said}.", "Details show how it is now."


def slack_failure(why: str) -> str:
    """Say why Slack could not do something now; mrkdwn. `why` is the error of the client."""
    if why == "rate limited":
        return "Slack asks the bot to wait: too many requests."
    if why in SLACK_FAILS:
        return f"Slack had an internal error ({code(why, 60)})."
    if why.startswith("HTTP "):
        return f"Slack had an internal error ({esc(why, 20)})."
    if why in NOT_INSTALLED:
        return f"Slack does not accept the bot's token (error {code(why, 60)})."
    if why == "unreadable answer":
        return "Slack gave an answer that the bot cannot read."
    if why == "TimeoutError":
        return "Slack did not answer in time."
    return "Slack cannot be reached."


def _invite(bot: str, *, again: bool) -> str:
    then = ", then try again" if again else ""
    return f"Type {code(f'/invite @{bot}', 100)} in the channel{then}."


def _quoted(detail: str) -> str:
    return f" 100ms said: “{esc(detail, 200)}”." if clean(detail) else ""


def _support(recording: Recording) -> str:
    return f"Try again. If this keeps happening, tell 100ms support about {_named(recording)}."


def _named(recording: Recording) -> str:
    return f"recording {code(recording.hms_id, 80)}" if recording.hms_id else "the recording"
