"""Ask for a recording. Nothing is started here: the reconciler does, once this is committed."""

from dataclasses import dataclass

from bot.core.facts import Requested, Via
from bot.core.options import RecordingOptions
from bot.core.recording import Recording
from bot.deps import Deps
from bot.store.values import AlreadyRequested, Asked, Created, OutcomeAddress, RoomTaken


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wants recorded. `channel` None: the card goes to the person.

    `request_id` is the same when Slack delivers the same command or submission again.
    """

    request_id: str
    room_id: str
    room_name: str
    options: RecordingOptions
    by: str
    channel: str | None
    via: Via
    outcome: OutcomeAddress | None


async def request_recording(deps: Deps, wish: Wish) -> Created | AlreadyRequested | RoomTaken:
    """One commit. A repeated request is the same recording; a room has one at a time."""
    requested = Requested(
        at=deps.now(),
        request_id=wish.request_id,
        room_id=wish.room_id,
        room_name=wish.room_name,
        options=wish.options,
        by=wish.by,
        channel_id=wish.channel or wish.by,
        via=wish.via,
    )
    made = await deps.store.create(deps.new_id(), requested, outcome=wish.outcome)
    if isinstance(made, RoomTaken):
        # What we know may be old news: ask, so that a second try meets the truth.
        await deps.store.record(made.key, asked=Asked(None), wake=True)
    return made


def again(recording: Recording, *, by: str, channel: str | None, click_id: str) -> Wish:
    """The same settings once more, for whoever asks now."""
    return Wish(
        request_id=f"again:{click_id}",
        room_id=recording.room_id,
        room_name=recording.room_name,
        options=recording.options,
        by=by,
        channel=channel or recording.home,
        via="again",
        outcome=OutcomeAddress(user=by, channel=channel),
    )
