"""The Events API: an event goes out at once, and three times more when it is not taken."""

import asyncio

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.model import JSON, Channel, Delivery
from record_bot_sandbox.slack.sim import Sim

RETRY_AFTER_S = (0, 60, 300)
SCOPES = {"message.im": "im:history"}  # of events that come only with a scope that is optional
UNINSTALLED = {"app_uninstalled": "account_inactive", "tokens_revoked": "token_revoked"}


class Events:
    def __init__(self, sim: Sim, courier: Courier) -> None:
        self._sim = sim
        self._courier = courier

    async def fire(self, event: JSON) -> Delivery | None:
        """The first attempt; None when the app has not subscribed to this type."""
        sim = self._sim
        if event["type"] in UNINSTALLED:
            sim.token_error = UNINSTALLED[event["type"]]
        name = subscription(event)
        if name not in sim.config.bot_events:
            return None
        if (scope := SCOPES.get(name)) and scope not in sim.config.scopes:
            return None
        return await self.send(envelope(sim, event))

    async def send(self, payload: JSON) -> Delivery:
        """Deliver a whole envelope: also one that went out before, as a duplicate."""
        delivery = await self._courier.deliver("events_api", payload)
        if delivery.failure and not delivery.no_retry:
            self._sim.spawn(self._retry(delivery))
        return delivery

    async def _retry(self, last: Delivery) -> None:
        for number, wait_s in enumerate(RETRY_AFTER_S, start=1):
            await asyncio.sleep(wait_s / self._sim.config.speed)
            last = await self._courier.deliver(
                "events_api", last.payload, retry_num=number, retry_reason=last.reason
            )
            if last.failure is None or last.no_retry:
                return

    async def bot_joined(self, channel: Channel, inviter: str) -> Delivery | None:
        return await self.fire(
            {
                "type": "member_joined_channel",
                "user": seed.BOT_USER,
                "channel": channel.id,
                "channel_type": channel_letter(channel),
                "team": seed.TEAM_ID,
                "inviter": inviter,
            }
        )

    async def id_changed(self, old: str, new: str) -> Delivery | None:
        return await self.fire(
            {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
        )

    async def bot_left(self, channel: Channel, actor: str) -> Delivery | None:
        kind = "group_left" if channel.kind == "private" else "channel_left"
        return await self.fire({"type": kind, "channel": channel.id, "actor_id": actor})

    async def archived(self, channel: Channel, actor: str) -> Delivery | None:
        noun = "group" if channel.kind == "private" else "channel"
        verb = "archive" if channel.is_archived else "unarchive"
        return await self.fire({"type": f"{noun}_{verb}", "channel": channel.id, "user": actor})


def subscription(event: JSON) -> str:
    """The name that the app subscribes to: of messages, by the kind of conversation."""
    kind, place = str(event["type"]), event.get("channel_type")
    return f"{kind}.{place}" if kind == "message" and place else kind


def channel_letter(channel: Channel) -> str:
    return {"public": "C", "private": "G", "im": "D"}[channel.kind]


def envelope(sim: Sim, event: JSON) -> JSON:
    """The event_callback around an event, with an event_id of its own."""
    channel = sim.channels.get(str(event.get("channel") or ""))
    return {
        "token": seed.TOKEN,
        "team_id": seed.TEAM_ID,
        "context_team_id": seed.TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": seed.APP_ID,
        "event": {"event_ts": sim.new_ts(), **event},
        "type": "event_callback",
        "event_id": sim.new_id("Ev"),
        "event_time": int(sim.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": seed.TEAM_ID,
                "user_id": seed.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": f"4-{sim.new_id('EC')}",
    }
