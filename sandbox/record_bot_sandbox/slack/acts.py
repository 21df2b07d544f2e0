"""Clicking, choosing and typing: what becomes a block_actions or a block_suggestion."""

from dataclasses import dataclass
from typing import Any

from record_bot_sandbox.slack import payloads, unfurls
from record_bot_sandbox.slack.blocks import CLICKED, Located, initial_values, located
from record_bot_sandbox.slack.choose import chosen
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.model import JSON, Message, View
from record_bot_sandbox.slack.reply import TROUBLE, Reply
from record_bot_sandbox.slack.rules import check_view
from record_bot_sandbox.slack.sim import Sim

QUERY_LEAST = 3


@dataclass(frozen=True)
class Target:
    """The view or message that a person acts in, and the element in it."""

    user: str
    where: View | Message
    found: Located


class Acts:
    def __init__(self, sim: Sim, courier: Courier) -> None:
        self._sim = sim
        self._courier = courier

    async def click(self, target: Target, value: Any, *, confirm: bool) -> Reply:
        """Press a button, pick from a menu, choose an option."""
        found = target.found
        if found.is_input:
            raise PersonError(f"{found.action_id} is in an input block: use /sim/input")
        state = None
        if found.type not in CLICKED:
            state = self._enter(target, value)
        elif found.type == "button" and value is not None and value != found.element.get("value"):
            raise PersonError(f"{found.action_id} has the value {found.element.get('value')!r}")
        extra = _picked(found, value) if state is None else state
        _need_confirmation(found, confirm=confirm)
        return await self._dispatch(target, extra, state)

    async def enter(self, target: Target, value: Any) -> Reply:
        """Fill an element of an open view; the bot hears of it only where Slack tells it."""
        state = self._enter(target, value)
        found = target.found
        if found.is_input and not found.block.get("dispatch_action"):
            return Reply("ok")
        return await self._dispatch(target, state, state)

    async def suggest(self, target: Target, query: str) -> Reply:
        """What the bot offers for some typed letters; the view keeps it for /sim/input."""
        found, view = target.found, target.where
        if found.type not in {"external_select", "multi_external_select"}:
            raise PersonError(f"{found.action_id} is a {found.type}: it asks the bot nothing")
        if len(query) < found.element.get("min_query_length", QUERY_LEAST):
            return Reply("not_sent").sees("options", options=[])
        payload = payloads.base(self._sim, "block_suggestion", target.user, None)
        payload |= self._surroundings(target)
        payload |= {"action_id": found.action_id, "block_id": found.block_id, "value": query}
        delivery = await self._courier.deliver("interactive", payload)
        reply = Reply.to(delivery)
        options = self._options(reply)
        if isinstance(view, View):
            view.offered[found.key] = options
        return reply.sees("options", options=options)

    def _options(self, reply: Reply) -> list[JSON]:
        """The options of the ack, if it is one that Slack would show."""
        ack = reply.ack
        if reply.outcome != "ok":
            return []
        given = {k: v for k, v in ack.items() if v} if isinstance(ack, dict) else None
        if given == {}:
            return []
        fault = "neither options nor option_groups" if given is None else _options_fault(given)
        if given is None or fault:
            self._sim.problem("block_suggestion ack", fault or "", ack=ack)
            reply.outcome = "bad_answer"
            return []
        groups = given.get("option_groups", [])
        return [*given.get("options", []), *(o for group in groups for o in group["options"])]

    def _enter(self, target: Target, value: Any) -> JSON:
        sim, where, found = self._sim, target.where, target.found
        offered = where.offered.get(found.key, []) if isinstance(where, View) else []
        state = chosen(sim, target.user, found, value, offered)
        if isinstance(where, View):
            where.values.setdefault(found.block_id, {})[found.action_id] = state
            where.errors.pop(found.block_id, None)
            sim.changes.add("view_state", view_id=where.id, user=target.user)
        return state

    async def _dispatch(self, target: Target, extra: JSON, state: JSON | None) -> Reply:
        sim, found, where = self._sim, target.found, target.where
        view_id, channel = (where.id, where.channel) if isinstance(where, View) else (None, None)
        trigger = sim.new_trigger(
            target.user,
            channel=where.channel if isinstance(where, Message) else channel,
            view_id=view_id,
        )
        payload = payloads.base(sim, "block_actions", target.user, trigger)
        payload |= self._surroundings(target)
        if isinstance(where, Message):
            payload |= self._answering(target.user, where, found, state)
        payload["actions"] = [
            {
                "action_id": found.action_id,
                "block_id": found.block_id,
                "action_ts": sim.new_ts(),
                "type": found.type,
                **extra,
            }
        ]
        reply = Reply.to(await self._courier.deliver("interactive", payload))
        if reply.outcome != "ok":
            return reply.sees("error", text=TROUBLE)
        if reply.ack:
            sim.problem("block_actions ack", "its body is ignored by Slack", ack=reply.ack)
        return reply

    def _surroundings(self, target: Target) -> JSON:
        if isinstance(target.where, View):
            return payloads.of_view(target.where)
        if unfurl := unfurls.holding(target.where, target.found.block):
            return payloads.of_unfurl(self._sim, target.where, unfurl)
        return payloads.of_message(self._sim, target.where)

    def _answering(self, user: str, where: Message, found: Located, state: JSON | None) -> JSON:
        """What a click in a message brings along. Below a link there is no message to replace."""
        below = unfurls.holding(where, found.block) is not None
        url = self._sim.new_response_url(
            user,
            where.channel,
            "ephemeral" if where.viewer else "message",
            original_ts=None if below else where.ts,
            thread_ts=where.thread_ts,
        )
        if below:
            return {"response_url": url}
        values = _message_state(where, found, state)
        return {"response_url": url, "state": {"values": values}}


def find(blocks: list[JSON], action_id: str, block_id: str | None) -> Located:
    """The one element with this action id."""
    every = list(located(blocks))
    matching = [
        found
        for found in every
        if found.action_id == action_id and block_id in {None, found.block_id}
    ]
    if len(matching) != 1:
        known = [f"{found.block_id}/{found.action_id}" for found in every]
        problem = "is there more than once" if matching else "is not there"
        raise PersonError(f"{block_id or '*'}/{action_id} {problem}; there are {known}")
    return matching[0]


def _need_confirmation(found: Located, *, confirm: bool) -> None:
    asks = bool(found.element.get("confirm"))
    if asks and not confirm:
        raise PersonError(f"{found.action_id} asks first: send confirm=true to say yes")
    if confirm and not asks:
        raise PersonError(f"{found.action_id} asks nothing: there is nothing to confirm")


def _picked(found: Located, value: Any) -> JSON:
    """What a button or a menu adds to its action."""
    element = found.element
    if found.type == "overflow":
        wanted = value.get("value") if isinstance(value, dict) else value
        for option in element["options"]:
            if option.get("value") == wanted:
                return {"selected_option": option}
        raise PersonError(f"{found.action_id} has no entry {wanted!r}")
    if found.type != "button":
        raise PersonError(f"not simulated: clicking a {found.type}")
    return {key: element[key] for key in ("text", "value", "style", "url") if key in element}


def _message_state(message: Message, found: Located, state: JSON | None) -> JSON:
    values = initial_values(message.blocks, message.channel)
    if state is not None:
        values.setdefault(found.block_id, {})[found.action_id] = state
    return values


def _options_fault(given: JSON) -> str | None:
    """Options in a suggestion follow the rules of those in a static_select."""
    if set(given) - {"options", "option_groups"}:
        return "an ack of a suggestion has options or option_groups"
    select = {"type": "static_select", "action_id": "a", **given}
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "t"},
        "blocks": [{"type": "actions", "elements": [select]}],
    }
    found = check_view(view)
    return f"{found[0].pointer}: {found[0].message}" if found else None
