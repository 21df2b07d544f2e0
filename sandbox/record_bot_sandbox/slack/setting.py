"""The control API's surroundings: channels, events, connections, faults."""

from record_bot_sandbox.slack import requests as ask
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.events import Events
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import JSON, Channel, Delivery
from record_bot_sandbox.slack.reply import Reply
from record_bot_sandbox.slack.sim import Sim


class Setting:
    def __init__(self, sim: Sim, courier: Courier, events: Events) -> None:
        self._sim = sim
        self._courier = courier
        self._events = events

    async def channel(self, channel_id: str, asked: ask.ChannelChange) -> JSON:
        """Invite or remove the bot, archive or unarchive; the subscribed events follow."""
        channel, by = self._sim.channel(channel_id), asked.by or seed.ADMIN
        fired: list[Delivery | None] = []
        if asked.bot_member is not None:
            fired.append(await self._membership(channel, asked.bot_member, by))
        if asked.archived is not None and asked.archived != channel.is_archived:
            channel.is_archived = asked.archived
            self._changed(channel)
            fired.append(await self._events.archived(channel, by))
        return {"ok": True, "events": [Reply.to(one).as_json() for one in fired if one]}

    async def event(self, event: JSON) -> JSON:
        """Any event of a subscribed type, given without its envelope."""
        delivery = await self._events.fire(event)
        if delivery is None:
            raise PersonError(f"the app has not subscribed to {event['type']}")
        return Reply.to(delivery).as_json()

    async def redeliver(self, asked: ask.Redeliver) -> JSON:
        """The same event once more, as Slack does when an ack got lost."""
        for delivery in self._sim.deliveries:
            if delivery.id == asked.delivery_id and delivery.kind == "events_api":
                return Reply.to(await self._events.send(delivery.payload)).as_json()
        raise PersonError(f"{asked.delivery_id} is no delivery of an event")

    async def request_url(self, asked: ask.RequestUrl) -> JSON:
        """Where to deliver from now on; null means Socket Mode."""
        if asked.verify and not (asked.url and await self._courier.verify_url(asked.url)):
            raise PersonError(f"{asked.url} did not echo the challenge")
        self._sim.request_url = asked.url
        return {"ok": True, "url": asked.url}

    async def disconnect(self, asked: ask.Disconnect) -> JSON:
        told = await self._sim.sockets.disconnect(asked.reason, every=asked.every)
        return {"ok": True, "told": told}

    async def install(self, asked: ask.Install) -> JSON:
        """Install the app again, as after it was uninstalled: its token works as before."""
        self._sim.token_error = None
        self._sim.org_wide = asked.org_wide
        return {"ok": True}

    async def add_fault(self, fault: Fault) -> JSON:
        self._sim.faults.add(fault)
        self._sim.changes.add("faults")
        return {"ok": True, "faults": self._sim.faults.as_json()}

    async def rate_limits(self, asked: ask.RateLimits) -> JSON:
        self._sim.faults.enforce_limits = asked.enforce
        self._sim.changes.add("faults")
        return {"ok": True}

    async def _membership(self, channel: Channel, member: bool, by: str) -> Delivery | None:
        if channel.kind == "im" or member == (seed.BOT_USER in channel.members):
            return None
        if member:
            channel.members.add(seed.BOT_USER)
            self._changed(channel)
            return await self._events.bot_joined(channel, by)
        channel.members.discard(seed.BOT_USER)
        self._changed(channel)
        return await self._events.bot_left(channel, by)

    def _changed(self, channel: Channel) -> None:
        self._sim.changes.add(
            "channel",
            channel=channel.id,
            bot_member=seed.BOT_USER in channel.members,
            archived=channel.is_archived,
        )
