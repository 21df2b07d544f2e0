"""views.*"""

from record_bot_sandbox.slack import view_store
from record_bot_sandbox.slack.checks import from_json, require_view
from record_bot_sandbox.slack.errors import SlackError, invalid_arguments
from record_bot_sandbox.slack.model import JSON, Trigger, View
from record_bot_sandbox.slack.sim import Sim


def open_view(sim: Sim, args: JSON) -> JSON:
    body = _body(sim, "views.open", args, "modal")
    trigger = _exchange(sim, args)
    if trigger.view_id and view_store.front(sim, trigger.user):
        sim.problem("views.open", "opened over an open modal: views.push or views.update it")
    view = view_store.open_modal(sim, trigger.user, body, trigger.channel)
    return {"view": view_store.payload_of(view)}


def push(sim: Sim, args: JSON) -> JSON:
    body = _body(sim, "views.push", args, "modal")
    trigger = _exchange(sim, args)
    parent = sim.views.get(trigger.view_id or "")
    if parent is None or not parent.is_open or parent.surface != "modal":
        raise SlackError("not_found")
    return {"view": view_store.payload_of(view_store.push(sim, parent, body))}


def update(sim: Sim, args: JSON) -> JSON:
    view = _find(sim, args)
    body = _body(sim, "views.update", args, view.surface)
    _check_hash(view, args)
    view_store.replace(sim, view, body)
    return {"view": view_store.payload_of(view)}


def publish(sim: Sim, args: JSON) -> JSON:
    body = _body(sim, "views.publish", args, "home")
    if not sim.config.home_tab_enabled:
        raise SlackError("not_enabled")
    user = sim.users.get(args["user_id"])
    if user is None or user.is_bot:
        raise invalid_arguments("invalid user_id")
    if user.id in sim.homes:
        _check_hash(sim.views[sim.homes[user.id]], args)
    return {"view": view_store.payload_of(view_store.publish(sim, user.id, body))}


def _body(sim: Sim, where: str, args: JSON, surface: str) -> JSON:
    view = from_json(args["view"], "invalid_arguments")
    return require_view(sim, where, view, surface=surface)


def _find(sim: Sim, args: JSON) -> View:
    view_id, external_id = args.get("view_id"), args.get("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id or external_id")
    view = sim.views.get(view_id or sim.external_ids.get(external_id or "", ""))
    if view is None or not view.is_open:
        raise SlackError("not_found")
    if external_id and view.external_id != external_id:
        raise SlackError("not_found")
    return view


def _check_hash(view: View, args: JSON) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise SlackError("hash_conflict")


def _exchange(sim: Sim, args: JSON) -> Trigger:
    """Use up a trigger: three real seconds, one time."""
    trigger = sim.triggers.get(args["trigger_id"])
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if sim.now() - trigger.made_at > sim.config.trigger_life_s:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger
