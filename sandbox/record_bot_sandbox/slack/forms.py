"""Submitting and closing modals."""

from typing import Any

from record_bot_sandbox.slack import payloads, view_store
from record_bot_sandbox.slack.blocks import located
from record_bot_sandbox.slack.checks import require_view
from record_bot_sandbox.slack.choose import client_errors
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.errors import PersonError, SlackError
from record_bot_sandbox.slack.model import JSON, View
from record_bot_sandbox.slack.reply import TROUBLE, Reply
from record_bot_sandbox.slack.sim import Sim

WHERE = "view_submission ack"
PLACES = frozenset({"conversations_select", "channels_select"})


class Forms:
    def __init__(self, sim: Sim, courier: Courier) -> None:
        self._sim = sim
        self._courier = courier

    async def submit(self, view: View) -> Reply:
        """Press the submit button; the client checks the fields before anything is sent."""
        sim = self._sim
        _need_visible(sim, view)
        if not view.body.get("submit"):
            raise PersonError(f"{view.id} has no submit button")
        view.errors = _client_errors(view)
        if view.errors:
            sim.changes.add("view_errors", view_id=view.id, user=view.user, errors=view.errors)
            return Reply("not_sent").sees("errors", errors=view.errors)
        trigger = sim.new_trigger(view.user, channel=view.channel, view_id=view.id)
        payload = payloads.base(sim, "view_submission", view.user, trigger)
        payload["view"] = view_store.payload_of(view)
        payload["response_urls"] = _response_urls(sim, view)
        delivery = await self._courier.deliver("interactive", payload)
        reply = Reply.to(delivery)
        if reply.outcome != "ok":
            return reply.sees("error", text=TROUBLE)
        try:
            return self._apply(view, reply)
        except SlackError as error:
            return _bad(sim, reply, f"its view is refused: {error.error}")

    async def close(self, view: View, *, whole_stack: bool) -> Reply:
        """Press Cancel, or the × that closes the whole stack."""
        sim = self._sim
        _need_visible(sim, view)
        whole_stack = whole_stack or bool(view.body.get("clear_on_close"))
        stack = [sim.views[view_id] for view_id in view_store.stack_of(sim, view)]
        told, listening = view, bool(view.body.get("notify_on_close"))
        if whole_stack:
            told, listening = stack[0], any(v.body.get("notify_on_close") for v in stack)
            view_store.clear(sim, view)
        else:
            view_store.close(sim, view)
        if not listening:
            return Reply("ok").sees("closed", view_id=view.id)
        payload = payloads.base(sim, "view_closed", view.user, None)
        payload["view"] = view_store.payload_of(told, without_inputs=True)
        payload["is_cleared"] = whole_stack
        reply = Reply.to(await self._courier.deliver("interactive", payload))
        return reply.sees("closed", view_id=view.id)

    def _apply(self, view: View, reply: Reply) -> Reply:
        """What the answer does to the screen."""
        sim, ack = self._sim, reply.ack
        if not view.is_open:
            return reply  # closed while the answer was on its way
        if ack is None or ack == "":
            view_store.close(sim, view)
            return reply.sees("closed", view_id=view.id)
        action = ack.get("response_action") if isinstance(ack, dict) else None
        match action:
            case "errors":
                return self._show_errors(view, reply, ack.get("errors"))
            case "clear":
                view_store.clear(sim, view)
                return reply.sees("closed", view_id=view.id)
            case "update" | "push":
                body = require_view(sim, WHERE, ack.get("view"), surface="modal")
                if action == "push":
                    view = view_store.push(sim, view, body)
                else:
                    view_store.replace(sim, view, body)
                return reply.sees("view", view=view_store.payload_of(view))
            case _:
                return _bad(sim, reply, "not a response_action")

    def _show_errors(self, view: View, reply: Reply, errors: Any) -> Reply:
        if not isinstance(errors, dict) or not errors:
            return _bad(self._sim, reply, "errors must map block ids to texts")
        inputs = {found.block_id for found in located(view.body["blocks"]) if found.is_input}
        if wrong := sorted(set(errors) - inputs):
            return _bad(self._sim, reply, f"errors for what is no input block: {wrong}")
        if not all(isinstance(text, str) and text for text in errors.values()):
            return _bad(self._sim, reply, "errors must be texts")
        view.errors = dict(errors)
        self._sim.changes.add("view_errors", view_id=view.id, user=view.user, errors=errors)
        return reply.sees("errors", errors=errors)


def _bad(sim: Sim, reply: Reply, why: str) -> Reply:
    sim.problem(WHERE, why, ack=reply.ack)
    reply.outcome = "bad_answer"
    return reply.sees("error", text=TROUBLE)


def _need_visible(sim: Sim, view: View) -> None:
    front = view_store.front(sim, view.user)
    if front is not view:
        seen = front.id if front else "no modal"
        raise PersonError(f"{view.id} is not in sight: {view.user} sees {seen}")


def _client_errors(view: View) -> dict[str, str]:
    errors = {}
    for found in located(view.body["blocks"]):
        state = view.values.get(found.block_id, {}).get(found.action_id)
        if found.is_input and (error := client_errors(found, state)):
            errors[found.block_id] = error
    return errors


def _response_urls(sim: Sim, view: View) -> list[JSON]:
    """One for each input that chose a conversation and asked for it."""
    urls = []
    for found in located(view.body["blocks"]):
        if not (found.is_input and found.type in PLACES):
            continue
        if not found.element.get("response_url_enabled"):
            continue
        state = view.values[found.block_id][found.action_id]
        channel = state.get("selected_conversation") or state.get("selected_channel")
        if channel:
            url = sim.new_response_url(view.user, channel, "view")
            urls.append(
                {
                    "block_id": found.block_id,
                    "action_id": found.action_id,
                    "channel_id": channel,
                    "response_url": url,
                }
            )
    return urls
