"""Messages about rules for rooms."""

from collections.abc import Sequence
from datetime import datetime

from bot.features.automatic.model import PauseReason
from bot.features.automatic.views import HOW_ON, INVITE, did, in_channel, paused, why_paused
from bot.features.rules import ids
from bot.features.rules.model import Rule
from bot.features.schedules.model import Schedule
from bot.features.schedules.views import also_scheduled
from bot.ui import ids as ui_ids
from bot.ui.buttons import schedules_button
from bot.ui.message import (
    Block,
    Message,
    button,
    lines,
    say,
)
from bot.ui.text import code, esc, join, mention, place, plain

RULE_ELSEWHERE = "Another channel already has a rule for this room, and a room can have only one."


def rule_line(rule: Rule) -> str:
    name, where = esc(rule.room_name, 100), place(rule.channel)
    least = f" with at least {rule.least_people} people" if rule.least_people > 1 else ""
    does = f"every session{least} is recorded" if rule.every_session else ""
    ends = "recordings stop when the last person leaves" if rule.until_empty else ""
    off = paused(rule.why) if rule.state == "paused" else ""
    return join(f"*{name}*", does, ends, off, where, mention(rule.by))


def rule_saved(
    rule: Rule, others: Sequence[Schedule] = (), *, now: datetime, reader: str = ""
) -> str:
    saved = f"Saved the rule for *{esc(rule.room_name, 100)}*."
    return " ".join(filter(None, [saved, _rule_and(rule, others, now, reader)]))


def rule_set(
    rule: Rule, others: Sequence[Schedule] = (), *, now: datetime, reader: str = ""
) -> Message:
    """Repeat a rule. `others` are the room's schedules that the reader may see."""
    text = lines(filter(None, [rule_line(rule), _rule_and(rule, others, now, reader)]))
    return say(text, [rule_off_button(rule), schedules_button()])


def _rule_and(rule: Rule, others: Sequence[Schedule], now: datetime, reader: str) -> str:
    """Say what a rule means for the room's schedules; empty if there are none."""
    if not others or not rule.every_session:
        return ""
    scheduled = also_scheduled(others, now, others[0].when.zone, reader)
    earlier = "If people come earlier, the rule records instead, and the schedule does nothing."
    return f"{scheduled} {earlier}"


def rule_elsewhere(room_name: str) -> Message:
    """Say that another channel has a rule for the room, without naming it."""
    return say(
        f"*{esc(room_name, 100)}* already has a rule, set in another channel. A room can have "
        "only one."
    )


def rule_off(room_name: str, *, there: bool) -> Message:
    if not there:
        return say(f"No rule is set for *{esc(room_name, 100)}* in this channel.")
    return say(rule_ended(room_name))


def rule_ended(room_name: str) -> str:
    return (
        f"*{esc(room_name, 100)}* is no longer recorded automatically. A recording that is running "
        "goes on."
    )


def rule_paused_by_itself(rule: Rule, why: PauseReason) -> str:
    name, again = esc(rule.room_name, 100), code(f"/record auto {rule.room_name} on")
    on = f"Type {again} to turn it on again." if why in HOW_ON else ""
    told = f"*{name}* is no longer recorded automatically: {why_paused(why, rule.channel)}"
    invite = INVITE if why == "channel" else ""
    return " ".join(filter(None, [told, invite, on]))


def rule_off_by(rule: Rule, by: str) -> str:
    least = f" {rule.least_people}" if rule.least_people > 1 else ""
    what = f"on{least}" if rule.every_session else "end"
    again = code(f"/record auto {rule.room_name} {what}")
    turned = did(by, "turned off", "rule for", rule)
    return f"{turned}. To set it up again, type {again}{in_channel(rule.channel)}."


def rule_set_by(before: Rule, rule: Rule) -> str:
    return f"{did(rule.by, 'changed', 'rule for', before)}. {rule_line(rule)}"


def auto_usage() -> Message:
    return say(
        "Say which room, and on or off. For example `/record auto standup on`, or "
        "`/record auto standup on 2` to record once two people are there."
    )


def rule_off_button(rule: Rule, n: int | None = None) -> Block:
    name = ids.RULE_OFF if n is None else ui_ids.numbered(ids.RULE_OFF, n)
    label = f"Turn off: automatic recording of {plain(rule.room_name, 40)}"
    return button("Turn off", name, value=rule.room_id, label=label)
