"""What people are told besides the card and the results: a wish for a stop, and the room's chat."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.deliveries import Kind, Work, to_send
from bot.core.recording import ON_AIR, Phase, Recording
from bot.core.steps import AskToStop, Notice, SayInRoom


def notices(
    recording: Recording, work: Work, *, tell_room: bool
) -> Iterator[tuple[datetime | None, Notice]]:
    """Those still to be given, each with the time from which it may be; None: now."""
    if recording.stop_pending or recording.phase not in ON_AIR:
        return
    for asker in recording.stop_wishes:
        told = work.delivery(Kind.STOP_WISH, asker)
        if recording.starter not in (None, asker) and to_send(told):
            yield told.not_before if told else None, AskToStop(asker)
    said = work.delivery(Kind.ROOM, recording.room_id)
    running = recording.phase in (Phase.RUNNING, Phase.PAUSED)
    if tell_room and running and not recording.elsewhere and to_send(said):
        yield said.not_before if said else None, SayInRoom(recording.room_id)
