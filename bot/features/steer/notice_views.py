"""What people are told besides the card: the room's chat, and the starter of a wish for a stop."""

from bot.core.recording import Recording
from bot.ui.message import Message, details_button, say, section, stop_button
from bot.ui.text import esc, mention, place, plain

_NAME_MOST = 60


def room_notice(name: str) -> str:
    """For the room's chat, which is plain text; what might be read as markup or a link is not."""
    shown = plain(name, _NAME_MOST).replace("<", "‹").replace(">", "›").replace("://", ": //")
    who = f"{shown} asked for it in Slack." if name.strip() else "It was asked for in Slack."
    return f"This meeting is being recorded. {who}"


def stop_wish(recording: Recording, asker: str) -> Message:
    """To the starter directly, with the button that the asker does not have."""
    about = f"the recording of *{esc(recording.room_name)}* in {place(recording.home)}"
    text = f"{mention(asker)} asks you to stop {about}."
    stop = stop_button(recording.key, recording.room_name)
    return say(text, [stop, details_button(recording)])


def stop_wished(starter: str | None) -> Message:
    """To the one who asked."""
    text = f"{mention(starter or '')} has been asked to stop the recording."
    return Message(text, [section(text)])
