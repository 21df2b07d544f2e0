"""Stores as a fact that a recording is shared into another channel."""

from bot.core.facts import Shared
from bot.core.proofs import HomeMember, OpenChannel, SeenRecording
from bot.deps import Deps
from bot.slack.errors import CannotPostThere
from bot.store.values import RecordingRow


async def share(
    deps: Deps, recording: SeenRecording, to: OpenChannel, by: HomeMember
) -> RecordingRow | None:
    """Give a channel the card and the results. None if the recording was forgotten.

    Raises CannotPostThere if the bot is not a member.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None:
        return None
    if not await deps.slack.is_in(to.channel):
        raise CannotPostThere("not_in_channel")
    shared = Shared(at=deps.now(), channel_id=to.channel, by=by.user)
    await deps.store.recordings.act(recording, [shared])
    return row
