"""What the simulated Slack refuses besides sizes, each with its error and its pointer."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from record_bot_sandbox.slack.rules import check_message, check_view

from tests.unit.rows import each_row
from tests.unit.sim_payloads import (
    IMAGE,
    Json,
    actions,
    asks,
    button,
    choices,
    confirmed,
    home,
    leaves,
    message,
    modal,
    mrkdwn,
    number,
    option,
    options,
    plain,
    rich,
    section,
    select,
    textbox,
)


def without(thing: Json, name: str) -> Json:
    return {key: value for key, value in thing.items() if key != name}


def text_section(text: str = "x") -> Json:
    return leaves({"type": "text", "text": text})


def text_leaf(text: str) -> Json:
    return rich(text_section(text))


def leaf(**fields: Any) -> Json:
    return rich(leaves(fields))


LEAF = "/elements/0/elements/0"
SHARED = {"type": "conversations_select", "response_url_enabled": True}
FOCUSED = textbox(focus_on_load=True)

# One block of a message, and the pointers (from that block on) that are refused as invalid_blocks.
BLOCKS: list[tuple[Json, list[str]]] = [
    ({"type": "section"}, [""]),
    ({"type": "section", "fields": []}, ["/fields"]),
    (section(text=plain("")), ["/text"]),
    (section(text={"type": "mrkdwn"}), ["/text"]),
    (section(text="x"), ["/text"]),
    (section(text={"text": "x"}), ["/text"]),
    (section(text=mrkdwn(emoji=True)), ["/text/emoji"]),
    (section(text=plain(verbatim=True)), ["/text/verbatim"]),
    (section(text=plain(emoji=1)), ["/text/emoji"]),
    (section(text=None), ["/text"]),
    (section(expand="yes"), ["/expand"]),
    (section(colour="red"), ["/colour"]),
    (section(**{"a/b~c": 1}), ["/a~1b~0c"]),
    (section(block_id=""), ["/block_id"]),
    (section(accessory=None), ["/accessory"]),
    (section(accessory=textbox()), ["/accessory/type"]),
    (section(accessory={"type": "timepicker"}), ["/accessory/type"]),
    ({"type": "header", "text": mrkdwn()}, ["/text/type"]),
    ({"type": "header", "text": plain(), "level": 0}, ["/level"]),
    ({"type": "header", "text": plain(), "level": True}, ["/level"]),
    ({"type": "divider", "text": plain()}, ["/text"]),
    ({"type": "context", "elements": []}, ["/elements"]),
    ({"type": "context", "elements": [button()]}, ["/elements/0/type"]),
    ({"type": "context", "elements": [mrkdwn("")]}, ["/elements/0/text"]),
    (actions(), ["/elements"]),
    (actions(IMAGE), ["/elements/0/type"]),
    (actions(plain()), ["/elements/0/type"]),
    (actions(button(style="default")), ["/elements/0/style"]),
    (actions(button(url="not a url")), ["/elements/0/url"]),
    (actions(button(value="")), ["/elements/0/value"]),
    (actions(button(action_id="")), ["/elements/0/action_id"]),
    (actions(button(accessibility_label="")), ["/elements/0/accessibility_label"]),
    (actions(select(options=[option(value="")])), ["/elements/0/options/0/value"]),
    (actions(without(button(), "text")), ["/elements/0"]),
    (actions(button(focus_on_load=True)), ["/elements/0/focus_on_load"]),
    (actions(confirmed(deny=mrkdwn())), ["/elements/0/confirm/deny/type"]),
    (actions(button(confirm={"title": plain()})), ["/elements/0/confirm"] * 3),
    (actions({"type": "overflow", "options": []}), ["/elements/0/options"]),
    (actions(select(options=[option(url="https://a.example")])), ["/elements/0/options/0/url"]),
    (actions(select(options=[option(text=mrkdwn())])), ["/elements/0/options/0/text/type"]),
    (actions(select(initial_option=option(9))), ["/elements/0/initial_option"]),
    (actions(select(initial_option=option(0, text=plain("y")))), ["/elements/0/initial_option"]),
    (actions(without(select(), "options")), ["/elements/0"]),
    (actions(select(option_groups=[{"label": plain(), "options": options(1)}])), ["/elements/0"]),
    (actions(choices(2) | {"initial_options": options(3)}), ["/elements/0/initial_options/2"]),
    (actions(choices(2) | {"initial_options": []}), ["/elements/0/initial_options"]),
    (actions(SHARED), ["/elements/0/response_url_enabled"]),
    (actions(select(filter={"include": ["im"]})), ["/elements/0/filter"]),
    (actions({"type": "conversations_select", "filter": {}}), ["/elements/0/filter"]),
    (
        actions({"type": "conversations_select", "filter": {"include": ["all"]}}),
        ["/elements/0/filter/include/0"],
    ),
    (
        actions({"type": "multi_users_select", "max_selected_items": 0}),
        ["/elements/0/max_selected_items"],
    ),
    (
        actions({"type": "external_select", "min_query_length": -1}),
        ["/elements/0/min_query_length"],
    ),
    (actions(select(dispatch_action_config={})), ["/elements/0/dispatch_action_config"]),
    (actions(button()) | {"dispatch_action": True}, ["/dispatch_action"]),
    (asks(SHARED), ["/element/response_url_enabled"]),
    (asks(button()), ["/element/type"]),
    (asks(number()), ["/element/type"]),
    (asks({"type": "url_text_input"}), ["/element/type"]),
    (asks({"type": "email_text_input"}), ["/element/type"]),
    (asks(textbox(max_length=0)), ["/element/max_length"]),
    (asks(textbox(min_length=3, initial_value="ab")), ["/element/initial_value"]),
    (asks(textbox(placeholder=mrkdwn())), ["/element/placeholder/type"]),
    (asks(textbox(dispatch_action_config={})), ["/element/dispatch_action_config"]),
    (
        asks(textbox(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * 2})),
        ["/element/dispatch_action_config/trigger_actions_on/1"],
    ),
    (asks({"type": "datepicker", "initial_date": "22.11.2026"}), ["/element/initial_date"]),
    (without(asks(textbox()), "label"), [""]),
    (without(IMAGE, "alt_text"), [""]),
    (without(IMAGE, "image_url"), [""]),
    (IMAGE | {"alt_text": ""}, ["/alt_text"]),
    (without(IMAGE, "image_url") | {"slack_file": {"id": ""}}, ["/slack_file/id"]),
    (IMAGE | {"slack_file": {"id": "F1"}}, [""]),
    (IMAGE | {"image_url": "ftp://a.example/b.png"}, ["/image_url"]),
    (
        {"type": "image", "alt_text": "x", "slack_file": {"id": "F", "url": "https://a.example"}},
        ["/slack_file"],
    ),
    (rich(), ["/elements"]),
    (rich(leaves()), ["/elements/0/elements"]),
    (text_leaf(""), ["/elements/0/elements/0/text"]),
    (rich({"type": "text", "text": "x"}), ["/elements/0/type"]),
    (leaf(type="link", url="https://a.example", text=""), [f"{LEAF}/text"]),
    (leaf(type="emoji", name=""), [f"{LEAF}/name"]),
    (leaf(type="emoji", name="x", skin_tone=7), [f"{LEAF}/skin_tone"]),
    (leaf(type="emoji", name="x", skin_tone=0), [f"{LEAF}/skin_tone"]),
    (leaf(type="date", timestamp=-1, format=""), [f"{LEAF}/timestamp", f"{LEAF}/format"]),
    (leaf(type="text", text="x", style={"loud": True}), [f"{LEAF}/style/loud"]),
    (rich(leaves({"type": "user", "user_id": "ann"})), ["/elements/0/elements/0/user_id"]),
    (rich(leaves({"type": "canvas"})), ["/elements/0/elements/0/type"]),
    (rich(leaves(text_section(), kind="rich_text_list")), ["/elements/0"]),
    ({"type": "alert", "text": plain()}, ["/type"]),
    ({"type": "table", "rows": []}, ["/type"]),
    ({"type": "markdown", "text": ""}, ["/text"]),
    ({"text": plain()}, [""]),
    ({"type": ["section"]}, ["/type"]),
]


@each_row(("block", "pointers"), BLOCKS, ids=lambda value: json.dumps(value)[:70])
def test_a_block_is_refused_where_it_is_wrong(block: Json, pointers: list[str]) -> None:
    found = check_message(message(block))
    assert [p.pointer for p in found] == [f"/blocks/0{pointer}" for pointer in pointers]
    assert {p.error for p in found} == {"invalid_blocks"}


class Bad(NamedTuple):
    payload: Any
    error: str
    pointer: str


TWINS = (button(action_id="a"), button(action_id="a"))
LONG_BLOCKS = [section(text=mrkdwn("é" * 2999))] * 43
MESSAGES = [
    Bad([], "invalid_arguments", ""),
    Bad({}, "no_text", ""),
    Bad({"text": "", "blocks": []}, "no_text", ""),
    Bad({"text": 1}, "invalid_arguments", "/text"),
    Bad({"markdown_text": 1}, "invalid_arguments", "/markdown_text"),
    Bad({"text": "x", "blocks": "[]"}, "invalid_blocks_format", "/blocks"),
    Bad({"blocks": [None]}, "invalid_blocks", "/blocks/0"),
    Bad({"text": "x", "markdown_text": "x"}, "markdown_text_conflict", "/markdown_text"),
    Bad({"text": "x", "attachments": [{}]}, "invalid_arguments", "/attachments"),
    Bad(message(*[section(block_id="a")] * 2), "invalid_blocks", "/blocks/1/block_id"),
    Bad(message(actions(*TWINS)), "invalid_blocks", "/blocks/0/elements/1/action_id"),
    Bad(
        message(section(accessory=TWINS[0]), actions(TWINS[1])),
        "invalid_blocks",
        "/blocks/1/elements/0/action_id",
    ),
]
VIEWS = [
    Bad(None, "invalid_arguments", ""),
    Bad({}, "invalid_arguments", ""),
    Bad({"type": "dialog"}, "invalid_arguments", "/type"),
    Bad({"type": []}, "invalid_arguments", "/type"),
    Bad(without(modal(), "title"), "invalid_arguments", ""),
    Bad(modal(title=mrkdwn()), "invalid_arguments", "/title/type"),
    Bad(modal(blocks=[]), "invalid_arguments", "/blocks"),
    Bad(home(blocks=[]), "invalid_arguments", "/blocks"),
    Bad(modal(notify_on_close="yes"), "invalid_arguments", "/notify_on_close"),
    Bad(modal(submit_disabled=True), "invalid_arguments", "/submit_disabled"),
    Bad(modal(id="V1"), "invalid_arguments", "/id"),
    Bad(home(title=plain()), "invalid_arguments", "/title"),
    Bad(without(modal(asks(textbox())), "submit"), "invalid_arguments", ""),
    Bad(modal({"type": "markdown", "text": "x"}), "invalid_arguments", "/blocks/0/type"),
    Bad(home({"type": "alert", "text": plain()}), "invalid_arguments", "/blocks/0/type"),
    Bad(home(asks(number())), "invalid_arguments", "/blocks/0/element/type"),
    Bad(modal({"type": "video"}), "invalid_blocks", "/blocks/0/type"),
    Bad(home(asks(SHARED)), "invalid_arguments", "/blocks/0/element/response_url_enabled"),
    Bad(
        modal(section(accessory=SHARED)),
        "invalid_arguments",
        "/blocks/0/accessory/response_url_enabled",
    ),
    Bad(modal(asks({"type": "number_input"})), "invalid_arguments", "/blocks/0/element"),
    Bad(
        modal(asks(number(initial_value="1.5"))),
        "invalid_arguments",
        "/blocks/0/element/initial_value",
    ),
    Bad(
        modal(asks(number(min_value="3", max_value="2"))),
        "invalid_arguments",
        "/blocks/0/element/min_value",
    ),
    Bad(
        modal(asks(FOCUSED), asks(FOCUSED)), "invalid_arguments", "/blocks/1/element/focus_on_load"
    ),
    Bad(modal(*LONG_BLOCKS), "view_too_large", ""),
]


@each_row("bad", MESSAGES, ids=str)
def test_a_message_is_refused(bad: Bad) -> None:
    assert [(p.error, p.pointer) for p in check_message(bad.payload)] == [(bad.error, bad.pointer)]


@each_row("bad", VIEWS, ids=lambda bad: str(bad)[:70])
def test_a_view_is_refused(bad: Bad) -> None:
    assert [(p.error, p.pointer) for p in check_view(bad.payload)] == [(bad.error, bad.pointer)]
