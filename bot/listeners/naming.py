"""From what people call a room to its id, or to what they are asked about it."""

from bot.domain.rooms import Ambiguous, Found, RoomMatch, Unknown
from bot.views import replies
from bot.views.message import Message


def id_of(found: RoomMatch | None) -> str | None:
    match found:
        case Found(room=entry):
            return entry.room_id
        case Unknown(room_id=room_id):
            return room_id
        case _:
            return None


def which_room(reference: str, found: RoomMatch | None) -> Message:
    """The name says too little, or too much."""
    if isinstance(found, Ambiguous):
        return replies.room_ambiguous(reference, found.candidates)
    suggestions = found.suggestions if isinstance(found, Unknown) else ()
    return replies.room_unknown(reference, suggestions)
