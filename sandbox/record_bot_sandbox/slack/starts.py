"""Where a conversation with the bot starts: commands, shortcuts, mentions, the Home tab."""

import re
from typing import Any

from record_bot_sandbox.slack import messages, payloads, responses, seed, unfurls, view_store
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.errors import PersonError, SlackError
from record_bot_sandbox.slack.events import Events
from record_bot_sandbox.slack.model import JSON, Channel, Message
from record_bot_sandbox.slack.reply import Reply
from record_bot_sandbox.slack.sim import Sim

MENTION = re.compile(r"@([a-z]+)\b")
PLACE = re.compile(r"#([a-z]+)\b")


class Starts:
    def __init__(self, sim: Sim, courier: Courier, events: Events) -> None:
        self._sim = sim
        self._courier = courier
        self._events = events

    async def command(self, user: str, channel_id: str, text: str) -> Reply:
        """Type a slash command and press enter."""
        sim = self._sim
        channel = sim.visible_channel(user, channel_id)
        command, _, rest = text.strip().partition(" ")
        if command not in sim.config.commands:
            message = f"{command} is not a valid command."
            return Reply("not_sent").sees("error", text=message)
        payload = self._command_payload(user, channel, command, rest.strip())
        reply = Reply.to(await self._courier.deliver("slash_commands", payload))
        if reply.outcome != "ok":
            message = f'{command} failed with the error "{reply.outcome}"'
            sim.changes.add("slackbot", user=user, channel=channel.id, text=message)
            return reply.sees("error", text=message)
        return self._show_answer(user, channel, text, reply)

    async def shortcut(self, user: str, callback_id: str, message: Message | None) -> Reply:
        """Pick a shortcut: a global one, or one from the menu of a message."""
        sim = self._sim
        channel = message.channel if message else None
        kind = "message_action" if message else "shortcut"
        trigger = sim.new_trigger(user, channel=channel)
        payload = payloads.base(sim, kind, user, trigger)
        payload |= {"callback_id": callback_id, "action_ts": sim.new_ts()}
        if message:
            payload |= {
                "channel": payloads.channel_part(sim.channels[message.channel]),
                "message_ts": message.ts,
                "message": messages.payload_of(sim, message),
                "response_url": sim.new_response_url(
                    user, message.channel, "message", original_ts=message.ts
                ),
            }
        return self._plain(await self._courier.deliver("interactive", payload))

    async def home(self, user: str) -> Reply:
        """Open the Home tab."""
        sim = self._sim
        event: JSON = {
            "type": "app_home_opened",
            "user": user,
            "channel": sim.im_of(sim.user(user).id).id,
            "tab": "home",
        }
        if user in sim.homes:
            event["view"] = view_store.payload_of(sim.views[sim.homes[user]])
        delivery = await self._events.fire(event)
        return Reply.to(delivery) if delivery else Reply("not_sent")

    async def say(self, user: str, channel: Channel, text: str, thread_ts: str | None) -> Reply:
        """Write an ordinary message; the bot hears of a mention, and of links of its domains.

        In its own direct message it hears of everything, and not of mentions.
        """
        sim = self._sim
        if user not in channel.members or channel.is_archived:
            raise PersonError(f"{user} cannot write in {channel.id}")
        message = messages.post(sim, channel, user=user, text=text, thread_ts=thread_ts)
        event: JSON = {"type": "app_mention", "user": user, "text": text, "ts": message.ts}
        event |= {"channel": channel.id, "event_ts": message.ts, "team": seed.TEAM_ID}
        if thread_ts:
            event["thread_ts"] = thread_ts
        delivery = None
        heard = seed.BOT_USER in channel.members
        if heard and channel.kind == "im":
            delivery = await self._events.fire(event | {"type": "message", "channel_type": "im"})
        elif heard and f"<@{seed.BOT_USER}>" in text:
            delivery = await self._events.fire(event)
        if linked := unfurls.link_shared(sim, channel, message):
            delivery = await self._events.fire(linked) or delivery
        reply = Reply.to(delivery) if delivery else Reply("not_sent")
        return reply.sees("message", message=messages.payload_of(sim, message))

    def _command_payload(self, user: str, channel: Channel, command: str, text: str) -> JSON:
        sim = self._sim
        return {
            "token": seed.TOKEN,
            "team_id": seed.TEAM_ID,
            "team_domain": seed.TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": payloads.channel_name(channel),
            "user_id": user,
            "user_name": sim.user(user).name,
            "command": command,
            "text": self._escaped(text) if sim.config.should_escape else text,
            "api_app_id": seed.APP_ID,
            "is_enterprise_install": "false",
            "response_url": sim.new_response_url(user, channel.id, "command"),
            "trigger_id": sim.new_trigger(user, channel=channel.id),
        }

    def _escaped(self, text: str) -> str:
        """should_escape: names of people and channels become their ids."""
        people = {user.name: user.id for user in self._sim.users.values()}
        places = {c.name: c for c in self._sim.channels.values() if c.kind != "im"}

        def person(match: re.Match[str]) -> str:
            user_id = people.get(match[1])
            return f"<@{user_id}|{match[1]}>" if user_id else match[0]

        def place(match: re.Match[str]) -> str:
            channel = places.get(match[1])
            name = "" if channel and channel.kind == "private" else match[1]
            return f"<#{channel.id}|{name}>" if channel else match[0]

        return PLACE.sub(place, MENTION.sub(person, text))

    def _show_answer(self, user: str, channel: Channel, text: str, reply: Reply) -> Reply:
        """The ack of a command is an answer: a text, or a message with a response_type."""
        sim, ack = self._sim, reply.ack
        if not ack:
            return reply
        body = ack if isinstance(ack, dict) else {"text": str(ack)}
        if body.get("response_type") == "in_channel":
            messages.post(sim, channel, user=user, text=text)
        if set(body) == {"response_type"}:
            return reply
        try:
            message = responses.from_ack(sim, channel, user, body)
        except SlackError:
            reply.outcome = "bad_answer"
            return reply
        kind = "ephemeral" if message.viewer else "message"
        return reply.sees(kind, message=messages.payload_of(sim, message))

    def _plain(self, delivery: Any) -> Reply:
        reply = Reply.to(delivery)
        if reply.ack:
            self._sim.problem(f"{delivery.type} ack", "its body is ignored by Slack", ack=reply.ack)
        return reply
