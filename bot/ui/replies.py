"""Ephemeral replies that several features share."""

from bot.ui.buttons import filled_form_button, form_button, start_button
from bot.ui.message import Message, say
from bot.ui.text import code, esc


def something_broke(reference: str) -> Message:
    text = (
        "Something went wrong on our side. Try again. If this keeps happening, give the person "
        f"who runs the bot this reference: {code(reference, 80)}."
    )
    return say(text)


def try_again_soon() -> Message:
    return say("100ms or Slack is not answering right now. Try again in a minute.")


def nothing_running(room: str | None = None) -> Message:
    where = f"*{esc(room)}* is not being recorded." if room else "Nothing is being recorded here."
    return say(where, [start_button()])


def forgotten_reply() -> Message:
    """Also of one that they may not know of, and of presets: these look alike."""
    return say("It was forgotten or deleted, or it is in a channel you do not have access to.")


def too_old() -> Message:
    """Answer a button of a question that is over an hour old, or that somebody else was asked."""
    return say("This question is no longer open. Write your request again.")


def expired_trigger(request_id: str | None = None) -> Message:
    """Offer a button for the form; with the request id of a draft, the form is filled in."""
    text = "Slack took too long to open the form. Open it here."
    return say(text, [filled_form_button(request_id) if request_id else form_button()])
