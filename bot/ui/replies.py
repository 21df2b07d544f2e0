"""Ephemeral replies that several features share."""

from bot.ui import ids
from bot.ui.buttons import _form_button
from bot.ui.message import Message, button, say
from bot.ui.text import (
    code,
)


def something_broke(reference: str) -> Message:
    text = (
        "Something went wrong on our side. Try again. If this keeps happening, give the person "
        f"who runs the bot this reference: {code(reference, 80)}."
    )
    return say(text)


def try_again_soon() -> Message:
    return say("100ms or Slack is not answering right now. Try again in a minute.")


def forgotten_reply() -> Message:
    return say("This recording was forgotten. The bot no longer knows anything about it.")


def expired_trigger(request_id: str | None = None) -> Message:
    """Offer a button for the form; with the request id of a draft, the form is filled in."""
    text = "Slack took too long to open the form. Open it here."
    filled = button("Open the form", ids.BACK_TO_FORM, value=request_id or "")
    return say(text, [filled if request_id else _form_button()])
