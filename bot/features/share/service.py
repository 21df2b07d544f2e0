"""Stop, pause, resume, follow: intents, stored as facts."""

from bot.core.facts import Followed
from bot.deps import Deps
from bot.slack.errors import CannotPostThere
from bot.store.values import RecordingRow


async def follow(deps: Deps, key: str, channel: str, by: str) -> RecordingRow | None:
    """This channel gets the card, too. Raises CannotPostThere where the bot is not a member."""
    row = await deps.store.lists.row(key)
    if row is None:
        return None
    if not await deps.slack.is_in(channel):
        raise CannotPostThere("not_in_channel")
    await deps.store.recordings.add_facts(key, [Followed(at=deps.now(), channel_id=channel, by=by)])
    return row
