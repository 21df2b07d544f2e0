"""A channel's rules as a modal: the existing ones, and the fields for a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.features.rules import ids
from bot.features.rules.model import Rule
from bot.features.rules.views import rule_line
from bot.features.start.form import least_people_block, read_least_people
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors, input_block, ticks, words
from bot.ui.message import Block, View, actions, button, modal, section
from bot.ui.text import place, plain
from bot.ui.view_state import ViewState

RULES_MOST = 20
DOES = {
    "every_session": "Record every session",
    "until_empty": "Stop when the last person leaves",
}


def rules_form(channel: str, rules: Sequence[Rule], *, said: str = "") -> View:
    """Build the modal; `said` reports the change just made."""
    told = said or f"Rules for rooms apply to every session. Cards appear in {place(channel)}."
    blocks = [section(told)]
    for n, rule in enumerate(rules[:RULES_MOST]):
        blocks += [section(rule_line(rule)), *actions([_drop(rule, n)])]
    return modal(
        "Rules for rooms",
        [*blocks, *_fields()],
        callback_id=ids.RULES_FORM,
        submit="Save rule",
        close="Close",
        private_metadata=channel,
    )


def _drop(rule: Rule, n: int) -> Block:
    label = f"Turn off: rule {n + 1}, {plain(rule.room_name, 45)}"
    name = ui_ids.numbered(ids.RULE_DROP, n)
    return button("Turn off", name, value=rule.room_id, label=label)


def _fields() -> list[Block]:
    room: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": words("Type a part of its name"),
    }
    return [
        input_block(ids.RULE_ROOM, "Room", room, action=ids.RULE_ROOM_ACTION),
        input_block(ids.RULE_DOES, "Rule", ticks(DOES, list(DOES)), action=ids.RULE_DOES),
        least_people_block(""),
    ]


@dataclass(frozen=True, slots=True)
class FilledRule:
    room_id: str
    room_name: str
    least_people: int
    every_session: bool
    until_empty: bool


def read_rule(values: object) -> FilledRule | FieldErrors:
    """Read the form, or return the errors, each at its field."""
    state = ViewState(values, _action)
    room_id, room_name = state.option(ids.RULE_ROOM)
    does = state.several(ids.RULE_DOES, [])
    least = read_least_people(state.text(ui_ids.START_LEAST_PEOPLE))
    errors = FieldErrors(least if isinstance(least, FieldErrors) else {})
    if not room_id:
        errors[ids.RULE_ROOM] = "Choose the room."
    if not does:
        errors[ids.RULE_DOES] = "Choose what the rule does."
    if errors or isinstance(least, FieldErrors) or not room_id:
        return errors
    return FilledRule(
        room_id, room_name or room_id, least, "every_session" in does, "until_empty" in does
    )


def _action(field: str) -> str:
    return {
        ids.RULE_ROOM: ids.RULE_ROOM_ACTION,
        ids.RULE_DOES: ids.RULE_DOES,
    }.get(field, ui_ids.start_action(field))
