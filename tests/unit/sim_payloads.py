"""Builders and valid samples of Block Kit payloads, for the tests of the Slack rules."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Json:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def section(**fields: Any) -> Json:
    return {"type": "section", **({"text": mrkdwn()} | fields)}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asks(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def option(n: int = 0, **more: Any) -> Json:
    return {"text": plain(), "value": f"v{n}", **more}


def options(n: int) -> list[Json]:
    return [option(i) for i in range(n)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": options(2), **more}


def choices(n: int, text: Json | None = None) -> Json:
    listed = [option(i, text=text or plain()) for i in range(n)]
    return {"type": "checkboxes", "options": listed}


def textbox(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def number(**more: Any) -> Json:
    return {"type": "number_input", "is_decimal_allowed": False, **more}


def message(*blocks: Json, **more: Any) -> Json:
    return {"text": "x", "blocks": list(blocks), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain(),
        "submit": plain(),
        "blocks": list(blocks) or [section()],
        **more,
    }


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def leaves(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": kind, "elements": list(elements), **more}


def confirmed(**more: Any) -> Json:
    parts = {name: plain() for name in ("title", "text", "confirm", "deny")}
    return button(confirm=parts | more)


IMAGE: Json = {"type": "image", "image_url": "https://a.example/b.png", "alt_text": "x"}
FILTER: Json = {"include": ["public"], "exclude_bot_users": True}
DISPATCH: Json = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
CHOICES = [{"text": mrkdwn(), "value": "a"}, {"text": plain(), "value": "b"}]
EVERY_PICKER = [
    select(initial_option=option(1), placeholder=plain()),
    {"type": "multi_static_select", "options": options(2), "initial_options": options(2)},
    select(option_groups=[{"label": plain(), "options": options(2)}], initial_option=option(1)),
    {"type": "external_select", "min_query_length": 0, "initial_option": option()},
    {"type": "multi_external_select", "max_selected_items": 1},
    {"type": "users_select", "initial_user": "U1"},
    {"type": "multi_users_select", "initial_users": ["U1", "W2"]},
    {"type": "conversations_select", "default_to_current_conversation": True, "filter": FILTER},
    {"type": "multi_conversations_select", "initial_conversations": ["C1", "D2"]},
    {"type": "channels_select", "initial_channel": "C1"},
    {"type": "multi_channels_select", "initial_channels": ["C1"]},
    {"type": "radio_buttons", "options": CHOICES, "initial_option": CHOICES[0]},
    {"type": "checkboxes", "options": CHOICES, "initial_options": CHOICES},
    {"type": "datepicker", "initial_date": "2026-11-22"},
]
del EVERY_PICKER[2]["options"]
EVERY_LEAF: list[Json] = [
    {"type": "text", "text": "x", "style": {"bold": True}},
    {"type": "link", "url": "https://a.example", "text": "x"},
    {"type": "user", "user_id": "U1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "emoji", "name": "wave", "unicode": "1f44b", "skin_tone": 6},
    {"type": "emoji", "name": "x", "unicode": "x", "skin_tone": 1},
    {"type": "broadcast", "range": "here"},
    {"type": "date", "timestamp": 0, "format": "x", "fallback": "x"},
    {"type": "color", "value": "#1d9bd1"},
    {"type": "team", "team_id": "T1"},
]
RICH = rich(
    leaves(*EVERY_LEAF),
    leaves(leaves(EVERY_LEAF[0]), kind="rich_text_list", style="bullet", indent=0, offset=0),
    leaves(EVERY_LEAF[0], kind="rich_text_quote"),
    leaves(EVERY_LEAF[0], kind="rich_text_preformatted", border=1, language="c"),
)
COMMON = [
    section(fields=[plain(), mrkdwn(verbatim=True)], accessory=IMAGE, expand=True, block_id="a"),
    section(accessory=confirmed(style="danger", text=mrkdwn())),
    {"type": "header", "text": plain(emoji=True), "level": 2},
    {"type": "divider"},
    {"type": "context", "elements": [IMAGE, plain(), mrkdwn()]},
    actions(button(url="slack://open", value="v", style="primary", accessibility_label="x")),
    actions({"type": "overflow", "options": [option(url="https://a.example")]}, *EVERY_PICKER),
    *({"type": "section", "text": plain(), "accessory": element} for element in EVERY_PICKER),
    *(asks(element, hint=plain(), optional=True) for element in EVERY_PICKER),
    asks(textbox(dispatch_action_config=DISPATCH, multiline=True), dispatch_action=True),
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x", "title": plain()},
    RICH,
]
MODAL_ONLY = [
    {"type": "alert", "text": mrkdwn(), "level": "warning"},
    asks(number(min_value="-1", initial_value="0", max_value="2", focus_on_load=True)),
    asks({"type": "url_text_input", "initial_value": "https://a.example"}),
    asks({"type": "conversations_select", "response_url_enabled": True}),
]
VALID: dict[str, Json] = {
    "text": {"text": "x"},
    "blocks without text": {"blocks": [section()]},
    "every block in a message": message(*COMMON, {"type": "markdown", "text": "**x**"}),
    "every block in a modal": modal(*COMMON, *MODAL_ONLY, close=plain(), notify_on_close=True),
    "every block at home": home(*COMMON, private_metadata="x", callback_id="x", external_id="x"),
    "no submit without inputs": {"type": "modal", "title": plain(), "blocks": [section()]},
    "nulls at the top": {"text": "x", "blocks": None, "attachments": None},
    "fractions": modal(asks(number(is_decimal_allowed=True, initial_value="1.5"))),
    "the least of everything": message(
        {"type": "markdown", "text": "x"},
        {"type": "header", "text": plain(), "level": 1},
        asks(textbox(min_length=0, max_length=1)),
    ),
    "an empty initial value": modal(asks(textbox(initial_value="", min_length=3))),
}
