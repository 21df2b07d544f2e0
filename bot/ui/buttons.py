"""Buttons that several features show."""

from bot.core.recording import Recording
from bot.core.transcript import clock
from bot.ui import ids
from bot.ui.message import Block, button, link_button, plain_text
from bot.ui.text import plain


def form_button() -> Block:
    """Opens an empty form."""
    return button("Open the form", ids.OPEN_FORM)


def start_button() -> Block:
    return button("Start a recording", ids.OPEN_FORM)


def filled_form_button(request_id: str) -> Block:
    """Opens the form of a saved draft."""
    return button("Open the form", ids.BACK_TO_FORM, value=request_id, style="primary")


def card_link(permalink: str | None, text: str = "Open the card") -> list[Block]:
    """Build the button that leads to a card; none without a link that Slack accepts."""
    card = link_button(text, permalink) if permalink else None
    return [card] if card else []


def stop_button(key: str, room_name: str, action_id: str = ids.STOP) -> Block:
    return button(
        "Stop",
        action_id,
        value=key,
        style="danger",
        label=f"Stop recording {plain(room_name, 55)}",
        confirm={
            "title": {"type": "plain_text", "text": "Stop this recording?"},
            "text": plain_text(
                f"This ends the recording of {plain(room_name, 80)} for everyone. "
                "You cannot resume it.",
                300,
            ),
            "confirm": {"type": "plain_text", "text": "Stop recording"},
            "deny": {"type": "plain_text", "text": "Keep recording"},
            "style": "danger",
        },
    )


def end_buttons(recording: Recording) -> list[Block]:
    """The buttons that postpone or remove the end of a recording."""
    name = plain(recording.name, 50)
    later = ids.value_at(recording.key, recording.ends_at)
    return [
        button("+15 min", ids.EXTEND, value=later, label=f"+15 min: record {name} for longer"),
        no_end_button(recording.key, recording.name),
    ]


def no_end_button(key: str, name: str) -> Block:
    """The button that removes the end of a recording."""
    label = f"No end: record {plain(name, 50)} until stopped"
    return button("No end", ids.NO_END, value=key, label=label)


def schedules_button() -> Block:
    return button("Schedules", ids.SCHEDULES, label="All schedules that you can see")


def details_button(recording: Recording) -> Block:
    label = f"Details of {plain(recording.name, 60)}"
    return button("Details", ids.DETAILS, value=recording.key, label=label)


def share_button(recording: Recording) -> Block:
    label = f"Share {plain(recording.name, 60)} to another channel"
    return button("Share", ids.SHARE, value=recording.key, label=label)


def join_button(key: str, name: str, action_id: str = ids.JOIN) -> Block:
    return button("Join", action_id, value=key, label=f"Join {plain(name, 60)}: a link for you")


def rename_button(recording: Recording) -> Block:
    return button(
        "Rename", ids.RENAME, value=recording.key, label=f"Rename {plain(recording.name, 60)}"
    )


def forget_button(recording: Recording) -> Block:
    name = plain(recording.name, 60)
    confirm = {
        "title": {"type": "plain_text", "text": "Forget this recording?"},
        "text": {
            "type": "plain_text",
            "text": "This deletes its messages and files in Slack, and everything the bot knows "
            f"about {plain(recording.name, 100)}. You cannot undo this. "
            "Files at 100ms are not deleted.",
            "emoji": False,
        },
        "confirm": {"type": "plain_text", "text": "Forget it"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    return button(
        "Forget this recording",
        ids.FORGET,
        value=recording.key,
        style="danger",
        label=f"Forget this recording: {name}",
        confirm=confirm,
    )


def watch_at_button(
    key: str, room_name: str, at_ms: int, *, n: int | None = None, verb: str = "Watch from"
) -> Block:
    """Opens a recording at one moment. `n` numbers the buttons of a view with several."""
    action = ids.WATCH_AT if n is None else ids.numbered(ids.WATCH_AT, n)
    at = clock(at_ms)
    label = f"{verb} {at}: {plain(room_name, 45)}"
    return button(f"{verb} {at}", action, value=ids.moment_value(key, at_ms), label=label)


def transcript_button(key: str, room_name: str, *, n: int | None = None) -> Block:
    """Opens the transcript of a recording. `n` numbers the buttons of a view with several."""
    action = ids.TRANSCRIPT if n is None else ids.numbered(ids.TRANSCRIPT, n)
    return button("Transcript", action, value=key, label=f"Transcript of {plain(room_name, 55)}")
