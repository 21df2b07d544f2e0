"""Lets a channel follow a room: it gets a card for every recording of the room."""

from bot.core.facts import Followed
from bot.core.proofs import HomeMember, OpenChannel
from bot.deps import Deps
from bot.slack.errors import CannotPostThere


async def follow_room(
    deps: Deps,
    room_id: str,
    room_name: str,
    to: OpenChannel,
    by: HomeMember,
) -> bool:
    """Follow a room; also show a running recording's card unless it is private.

    False if the channel already follows it. Raises CannotPostThere if the bot is not a member.
    """
    channel = to.channel
    if not await deps.slack.is_in(channel):
        raise CannotPostThere("not_in_channel")
    new = await deps.store.follows.follow(room_id, room_name, channel, by.user)
    running = await deps.store.lists.open_recording_in_room(room_id)
    if running:
        followed = Followed(at=deps.now(), channel_id=channel)
        await deps.store.recordings.show_in(running.key, to, followed)
    return new
