"""Which conversations the bot may use, in Slack's words when it may not."""

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.errors import SlackError, missing_scope
from record_bot_sandbox.slack.model import Channel
from record_bot_sandbox.slack.sim import Sim

READ_SCOPE = {"public": "channels:read", "private": "groups:read", "im": "im:read"}


def known_channel(sim: Sim, channel_id: str) -> Channel:
    """A conversation that the bot can at least see: private ones only from inside."""
    channel = sim.channels.get(channel_id)
    if channel is None and channel_id[:1] not in set("CDGUW"):
        sim.problem("channels", f"names are not simulated, use the id of {channel_id!r}")
    if channel is None or (channel.kind != "public" and seed.BOT_USER not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def readable_channel(sim: Sim, channel_id: str) -> Channel:
    channel = known_channel(sim, channel_id)
    needed = READ_SCOPE[channel.kind]
    if needed not in sim.config.scopes:
        raise missing_scope(needed, sim.config.scopes)
    return channel


def postable_channel(sim: Sim, channel_id: str, *, uninvited: bool = True) -> Channel:
    """Where the bot may post; `uninvited` lets chat:write.public stand for membership."""
    if channel_id[:1] in {"U", "W"}:
        channel = opened_dm(sim, channel_id)
    else:
        channel = known_channel(sim, channel_id)
    if channel.kind == "im" and not sim.config.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")
    if channel.is_archived:
        raise SlackError("is_archived")
    public = uninvited and "chat:write.public" in sim.config.scopes
    if seed.BOT_USER not in channel.members and not public:
        raise SlackError("not_in_channel")
    return channel


def opened_dm(sim: Sim, user_id: str) -> Channel:
    if user_id not in sim.users or user_id == seed.BOT_USER:
        raise SlackError("channel_not_found")
    return sim.im_of(user_id)
