"""From what people call a room to its id, or to what they are asked about it."""

from collections import Counter
from collections.abc import Callable

from bot.features.commands.model import Command, command_line
from bot.features.rooms.model import Ambiguous, Found, RoomCode, RoomMatch, Unknown
from bot.features.steer.views import no_rooms_yet, only_a_code
from bot.ui import replies
from bot.ui.message import Message


def id_of(found: RoomMatch | None) -> str | None:
    match found:
        case Found(room=entry):
            return entry.room_id
        case Unknown(room_id=room_id):
            return room_id
        case _:
            return None


def which_room(
    reference: str,
    found: RoomMatch | None,
    again: Callable[[str], Command],
    *,
    form: bool = False,
) -> Message:
    """The name says too little, or too much. `again` is the command for a room; ready to paste.

    `form`: the start form helps on, too.
    """
    match found:
        case RoomCode():
            return only_a_code()
        case Unknown(none_known=True):
            return no_rooms_yet()
        case Ambiguous(candidates=rooms) | Unknown(suggestions=rooms):
            named = Counter(room.name for room in rooms)
            corrected = [
                command_line(again(r.name if named[r.name] == 1 else r.room_id)) for r in rooms
            ]
        case _:
            rooms, corrected = (), []
    if isinstance(found, Ambiguous):
        return replies.room_ambiguous(reference, rooms, corrected)
    return replies.room_unknown(reference, rooms, corrected, form=form)
