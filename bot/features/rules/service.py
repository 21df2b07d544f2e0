"""Sets and deletes rules for rooms; the worker in `steps` applies them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.deps import Deps
from bot.features.automatic.model import Notice, to_owner
from bot.features.automatic.service import channel_of
from bot.features.rules import views
from bot.features.rules.model import Rule
from bot.features.rules.store import RuleRepository
from bot.features.schedules.service import schedules_of_room_seen
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message


async def set_rule(deps: Deps, rights: Rights, rule: Rule, *, once: Sequence[str] = ()) -> Rule:
    """Set a rule and return the one in force, which may be an earlier one of another channel.

    Raises NoRight, SlackUnavailable, DoneBefore.
    """
    await rights.to_start(rule.by, channel_of(rule.channel))
    there = await RuleRepository(deps.db).get(rule.room_id)
    told: list[Notice] = []
    if there is not None and there.channel == rule.channel:  # another channel's is kept, or lost
        await rights.to_change_schedule(rule.by, there.channel, there.by, "change this rule")
        text = views.rule_set_by(there, rule)
        told = to_owner(there, rule.by, f"rule-set:{deps.new_id()}", text)
    return await RuleRepository(deps.db).set(replace(rule, look_at=deps.now()), told, once=once)


async def unset_rule(
    deps: Deps, rights: Rights, room_id: str, channel: str, by: str, *, once: Sequence[str] = ()
) -> Rule | None:
    """Delete and return a rule. None if the channel has no rule for that room."""
    there = await RuleRepository(deps.db).get(room_id)
    if there is None or there.channel != channel:
        return None
    await rights.to_change_schedule(by, there.channel, there.by, "turn off this rule")
    told = to_owner(there, by, f"rule-off:{deps.new_id()}", views.rule_off_by(there, by))
    gone = await RuleRepository(deps.db).delete(room_id, channel, told, once=once)
    return there if gone else None


async def rule_of_form(deps: Deps, rights: Rights, rule: Rule) -> Rule | FieldErrors:
    """Set the rule of a form. Raises NoRight, SlackUnavailable."""
    there = await set_rule(deps, rights, rule)
    if there.channel == rule.channel:
        return there
    return FieldErrors({ui_ids.START_ROOM: views.RULE_ELSEWHERE})


async def rule_seen(
    deps: Deps, gate: Gate, room_id: str, user: str, *, here: str | None
) -> Rule | None:
    """Return the rule that records every session of the room, if they may see it."""
    rule = await RuleRepository(deps.db).get(room_id)
    if rule is None or rule.state != "active" or not rule.every_session:
        return None
    return rule if await gate.sees_place(user, rule.channel, rule.by, here) else None


async def say_rule_set(
    deps: Deps, gate: Gate, rule: Rule, user: str, *, here: str | None
) -> Message:
    """Repeat a rule, and say what is scheduled for its room."""
    others = await schedules_of_room_seen(deps, gate, rule.room_id, user, here=here)
    return views.rule_set(rule, others, now=deps.now(), reader=user)
