"""Ephemeral replies that several features share."""

from bot.core.facts import Cause
from bot.ui.buttons import filled_form_button, form_button, start_button
from bot.ui.message import Message, say
from bot.ui.problems import hms_failure
from bot.ui.text import code, esc


def something_broke(reference: str) -> Message:
    text = (
        "Something went wrong in the bot. Try again. If this keeps happening, give the person who "
        f"runs the bot this reference: {code(reference, 80)}."
    )
    return say(text)


def hms_failed(cause: Cause, status: int | None = None, message: str = "") -> Message:
    return say(" ".join(hms_failure(cause, status, message)))


def slack_silent() -> Message:
    return say("Slack is not answering the bot right now. Try again in a minute.")


def slack_refused(error: str) -> Message:
    fix = "If this keeps happening, tell the person who runs the bot."
    return say(f"Slack refused the bot's request (error {code(error, 60)}). {fix}")


def permission_missing(scope: str | None) -> Message:
    """`scope` is Slack's name. Only the person who installed the app can add it."""
    which = f"the permission {code(scope, 80)}, which this needs" if scope else "a permission"
    return say(
        f"The bot's Slack app lacks {which}. Ask the person who runs the bot to "
        f"paste the output of {code('record-bot manifest')} into the app's manifest and to "
        "reinstall the app."
    )


def use_a_channel() -> Message:
    return say(
        "The bot cannot post in a group direct message. Use a channel that everybody is in, or a "
        "direct message with the bot."
    )


def store_silent() -> Message:
    return say("The bot's own database is not answering right now. Try again in a minute.")


def disk_full() -> Message:
    text = "The bot's own disk is full, so it cannot save anything."
    return say(f"{text} Tell the person who runs the bot, and try again once there is space.")


def took_too_long() -> Message:
    return say("The bot could not do this in the time that Slack allows. Try again in a minute.")


def unreadable_reply() -> Message:
    text = (
        "This version of the bot cannot read that recording. Other recordings are not affected. "
        f"Ask the person who runs the bot to run {code('record-bot doctor')} on its host."
    )
    return say(text)


def nothing_running(room: str | None = None, *, start: bool = True) -> Message:
    """`start`: the person may start a recording here."""
    where = f"*{esc(room)}* is not being recorded." if room else "Nothing is being recorded here."
    return say(where, [start_button()] if start else [])


def forgotten_reply() -> Message:
    """Answer for a recording or preset that does not exist or that they may not know about.

    Both cases get the same text, so it does not reveal which one it is.
    """
    return say("That was forgotten or deleted, or it is in a channel you do not have access to.")


def too_old() -> Message:
    """Answer a button of a question that is over an hour old, or that somebody else was asked."""
    return say("This question is no longer open. Write your request again.")


def click_again() -> Message:
    """Say that a modal could not be opened; the button that was clicked works again."""
    return say("Slack took too long to open that. Try again.")


def expired_trigger(request_id: str | None = None) -> Message:
    """Offer a button for the form; with the request id of a draft, the form is filled in."""
    text = "Slack took too long to open the form. Open it here."
    return say(text, [filled_form_button(request_id) if request_id else form_button()])
