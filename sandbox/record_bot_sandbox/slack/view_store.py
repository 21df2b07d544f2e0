"""Modals and Home tabs: who sees which, in what order, and with what typed into them."""

import secrets

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.blocks import carried_over, initial_values, located, with_ids
from record_bot_sandbox.slack.errors import SlackError
from record_bot_sandbox.slack.model import JSON, View
from record_bot_sandbox.slack.sim import Sim

STACK_MOST = 3


def open_modal(sim: Sim, user: str, body: JSON, channel: str | None) -> View:
    """A new stack, in front of what the person has open."""
    view = _new(sim, user, body, "modal", channel)
    sim.stacks.setdefault(user, []).append([view.id])
    _changed(sim, "view_opened", view)
    return view


def push(sim: Sim, parent: View, body: JSON) -> View:
    stack = stack_of(sim, parent)
    if len(stack) >= STACK_MOST:
        raise SlackError("push_limit_reached")
    view = _new(sim, parent.user, body, "modal", parent.channel)
    view.root_id, view.previous_id = parent.root_id, stack[-1]
    stack.append(view.id)
    _changed(sim, "view_opened", view)
    return view


def replace(sim: Sim, view: View, body: JSON) -> None:
    """views.update and response_action update: the same view with another body."""
    _claim_external_id(sim, view.id, body)
    before = view.body["blocks"]
    _dress(view, body)
    fresh = initial_values(view.body["blocks"], view.channel)
    view.values = carried_over(before, view.body["blocks"], view.values, fresh)
    view.hash = _new_hash(sim)
    view.errors, view.offered = {}, {}
    _changed(sim, "view_updated", view)


def publish(sim: Sim, user: str, body: JSON) -> View:
    view_id = sim.homes.get(user)
    if view_id is None:
        view = _new(sim, user, body, "home", None)
        sim.homes[user] = view.id
        _changed(sim, "home_published", view)
    else:
        view = sim.views[view_id]
        replace(sim, view, body)
    return view


def close(sim: Sim, view: View) -> None:
    """Close the front view of a stack; the one below comes into sight."""
    stack = stack_of(sim, view)
    stack.remove(view.id)
    if not stack:
        sim.stacks[view.user].remove(stack)
    view.is_open = False
    _changed(sim, "view_closed", view)


def clear(sim: Sim, view: View) -> None:
    """Close the whole stack that this view is in."""
    for view_id in reversed(list(stack_of(sim, view))):
        close(sim, sim.views[view_id])


def stack_of(sim: Sim, view: View) -> list[str]:
    for stack in sim.stacks.get(view.user, []):
        if view.id in stack:
            return stack
    raise SlackError("not_found")


def front(sim: Sim, user: str) -> View | None:
    """The modal that this person has in sight."""
    stacks = sim.stacks.get(user)
    return sim.views[stacks[-1][-1]] if stacks else None


def payload_of(view: View, *, without_inputs: bool = False) -> JSON:
    """The view object of Slack's answers and payloads."""
    values = view.values
    if without_inputs:
        inputs = {found.block_id for found in located(view.body["blocks"]) if found.is_input}
        values = {block: state for block, state in values.items() if block not in inputs}
    body = view.body
    return {
        "id": view.id,
        "team_id": seed.TEAM_ID,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": values},
        "hash": view.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": seed.APP_ID,
        "external_id": view.external_id,
        "app_installed_team_id": seed.TEAM_ID,
        "bot_id": seed.BOT_ID,
    }


def _new(sim: Sim, user: str, body: JSON, surface: str, channel: str | None) -> View:
    view_id = sim.new_id("V")
    _claim_external_id(sim, view_id, body)
    view = View(
        id=view_id,
        user=user,
        surface="home" if surface == "home" else "modal",
        body={},
        hash=_new_hash(sim),
        root_id=view_id,
        channel=channel,
    )
    _dress(view, body)
    view.values = initial_values(view.body["blocks"], channel)
    sim.views[view_id] = view
    return view


def _dress(view: View, body: JSON) -> None:
    """Store the body with the ids and the text defaults that Slack fills in."""
    texts = with_ids(
        [{"type": "_", **{k: body[k] for k in ("title", "submit", "close") if k in body}}]
    )
    for name in ("title", "submit", "close"):
        body = {**body, name: texts[0].get(name)}
    view.body = {**body, "blocks": with_ids(body["blocks"])}


def _claim_external_id(sim: Sim, view_id: str, body: JSON) -> None:
    external_id = body.get("external_id")
    if not external_id:
        return
    if sim.external_ids.get(external_id, view_id) != view_id:
        raise SlackError("duplicate_external_id")
    sim.external_ids[external_id] = view_id


def _new_hash(sim: Sim) -> str:
    return f"{int(sim.now())}.{secrets.token_hex(4)}"


def _changed(sim: Sim, kind: str, view: View) -> None:
    callback_id = view.body.get("callback_id", "")
    sim.changes.add(
        kind,
        view_id=view.id,
        user=view.user,
        callback_id=callback_id,
        external_id=view.external_id,
        surface=view.surface,
    )
