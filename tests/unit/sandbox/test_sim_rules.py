"""The checks of the simulated Slack, held against every limit of Slack's Block Kit reference."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from record_bot_sandbox.slack.rule_rich_text import RICH_TEXT
from record_bot_sandbox.slack.rule_tables import BLOCKS, ELEMENTS
from record_bot_sandbox.slack.rules import Violation, check_manifest, check_message, check_view

from tests.unit.examples import examples
from tests.unit.rows import each_row
from tests.unit.sim_payloads import (
    IMAGE,
    VALID,
    Json,
    actions,
    asks,
    button,
    choices,
    confirmed,
    home,
    message,
    modal,
    mrkdwn,
    number,
    option,
    options,
    plain,
    section,
    select,
    textbox,
)

Make = Callable[[int], Json]


def judge(payload: Json) -> list[Violation]:
    return check_view(payload) if "type" in payload else check_message(payload)


@each_row("payload", VALID.values(), ids=VALID)
def test_valid_payloads_are_accepted(payload: Json) -> None:
    assert judge(payload) == []


class Limit(NamedTuple):
    """`make(most)` is accepted, `make(most + 1)` is not."""

    most: int
    pointer: str
    make: Make
    error: str = "invalid_blocks"


def in_text(most: int, pointer: str, make: Callable[[Json], Json]) -> Limit:
    return Limit(most, f"/blocks/0{pointer}", lambda n: message(make(plain("é" * n))))


def in_string(most: int, pointer: str, make: Callable[[str], Json]) -> Limit:
    return Limit(most, f"/blocks/0{pointer}", lambda n: message(make("😀" * n)))


def in_count(most: int, pointer: str, make: Make) -> Limit:
    return Limit(most, f"/blocks/0{pointer}", lambda n: message(make(n)))


def in_view(most: int, pointer: str, make: Make) -> Limit:
    return Limit(most, pointer, make, "invalid_arguments")


def link(n: int) -> str:
    return "https://" + "a" * (n - 8)


def two_markdowns(n: int) -> Json:
    return message(*({"type": "markdown", "text": "x" * k} for k in (5000, n - 5000)))


def radios(n: int) -> Json:
    return {"type": "radio_buttons", "options": options(n)}


def grouped(n: int, label: Json | None = None, size: int = 1) -> Json:
    groups = [{"label": label or plain(), "options": options(size)}] * n
    return actions({"type": "static_select", "option_groups": groups})


def overflow(*listed: Json) -> Json:
    return actions({"type": "overflow", "options": list(listed)})


ACTION = "/elements/0"
CONFIRM = f"{ACTION}/confirm"
CHOICE = f"{ACTION}/options/0"
LIMITS = [
    Limit(40_000, "/text", lambda n: {"text": "x" * n}, "msg_too_long"),
    Limit(12_000, "/markdown_text", lambda n: {"markdown_text": "x" * n}, "msg_too_long"),
    Limit(12_000, "/blocks/1/text", two_markdowns, "msg_blocks_too_long"),
    Limit(50, "/blocks", lambda n: message(*[section()] * n)),
    in_string(255, "/block_id", lambda s: section(block_id=s)),
    in_text(3000, "/text", lambda t: section(text=t)),
    in_text(2000, "/fields/0", lambda t: section(fields=[t])),
    in_count(10, "/fields", lambda n: section(fields=[plain()] * n)),
    in_text(150, "/text", lambda t: {"type": "header", "text": t}),
    in_count(4, "/level", lambda n: {"type": "header", "text": plain(), "level": n}),
    in_count(10, "/elements", lambda n: {"type": "context", "elements": [plain()] * n}),
    in_string(3000, f"{ACTION}/text", lambda s: {"type": "context", "elements": [mrkdwn(s)]}),
    in_count(25, "/elements", lambda n: actions(*[button()] * n)),
    in_string(2000, "/alt_text", lambda s: IMAGE | {"alt_text": s}),
    in_count(3000, "/image_url", lambda n: IMAGE | {"image_url": link(n)}),
    in_text(2000, "/title", lambda t: IMAGE | {"title": t}),
    in_text(2000, "/label", lambda t: asks(textbox()) | {"label": t}),
    in_text(2000, "/hint", lambda t: asks(textbox(), hint=t)),
    in_text(150, "/element/placeholder", lambda t: asks(textbox(placeholder=t))),
    in_text(75, f"{ACTION}/text", lambda t: actions(button(text=t))),
    in_string(2000, f"{ACTION}/value", lambda s: actions(button(value=s))),
    in_string(255, f"{ACTION}/action_id", lambda s: actions(button(action_id=s))),
    in_count(3000, f"{ACTION}/url", lambda n: actions(button(url=link(n)))),
    in_string(
        75, f"{ACTION}/accessibility_label", lambda s: actions(button(accessibility_label=s))
    ),
    in_text(100, f"{CONFIRM}/title", lambda t: actions(confirmed(title=t))),
    in_text(300, f"{CONFIRM}/text", lambda t: actions(confirmed(text=t))),
    in_text(30, f"{CONFIRM}/confirm", lambda t: actions(confirmed(confirm=t))),
    in_text(30, f"{CONFIRM}/deny", lambda t: actions(confirmed(deny=t))),
    in_text(75, f"{CHOICE}/text", lambda t: actions(select(options=[option(text=t)]))),
    in_text(
        75, f"{CHOICE}/description", lambda t: actions(select(options=[option(description=t)]))
    ),
    in_string(150, f"{CHOICE}/value", lambda s: actions(select(options=[option(value=s)]))),
    in_count(100, f"{ACTION}/options", lambda n: actions(select(options=options(n)))),
    in_count(100, f"{ACTION}/option_groups", grouped),
    in_text(75, f"{ACTION}/option_groups/0/label", lambda t: grouped(1, t)),
    in_count(100, f"{ACTION}/option_groups/0/options", lambda n: grouped(1, size=n)),
    in_count(5, f"{ACTION}/options", lambda n: overflow(*options(n))),
    in_text(75, f"{CHOICE}/text", lambda t: overflow(option(text=t))),
    in_text(75, "/accessory/options/0/text", lambda t: section(accessory=choices(1, t))),
    in_text(150, f"{ACTION}/placeholder", lambda t: actions(select(placeholder=t))),
    in_string(3000, f"{ACTION}/text", lambda s: {"type": "context", "elements": [plain(s)]}),
    in_count(3000, f"{CHOICE}/url", lambda n: overflow(option(url=link(n)))),
    in_count(10, "/accessory/options", lambda n: section(accessory=choices(n))),
    in_count(10, "/accessory/options", lambda n: section(accessory=radios(n))),
    in_count(3000, "/element/min_length", lambda n: asks(textbox(min_length=n))),
    in_count(3000, "/element/max_length", lambda n: asks(textbox(max_length=n))),
    in_string(3000, "/element/initial_value", lambda s: asks(textbox(initial_value=s))),
    in_string(7, "/element/initial_value", lambda s: asks(textbox(max_length=7, initial_value=s))),
    in_count(7, "/element/min_length", lambda n: asks(textbox(max_length=7, min_length=n))),
    in_view(100, "/blocks", lambda n: modal(*[section()] * n)),
    in_view(100, "/blocks", lambda n: home(*[section()] * n)),
    in_view(24, "/title", lambda n: modal(title=plain("x" * n))),
    in_view(24, "/submit", lambda n: modal(submit=plain("x" * n))),
    in_view(24, "/close", lambda n: modal(close=plain("x" * n))),
    in_view(3000, "/private_metadata", lambda n: modal(private_metadata="x" * n)),
    in_view(255, "/callback_id", lambda n: modal(callback_id="x" * n)),
    in_view(255, "/external_id", lambda n: home(external_id="x" * n)),
    in_view(200, "/blocks/0/text", lambda n: modal({"type": "alert", "text": plain("x" * n)})),
    in_view(
        7,
        "/blocks/0/element/initial_value",
        lambda n: modal(asks(number(initial_value=str(n), max_value="7"))),
    ),
]


def named(limit: Limit) -> str:
    return f"{limit.pointer}:{limit.most}"


@each_row("limit", LIMITS, ids=named)
def test_a_limit_holds_and_one_more_is_refused(limit: Limit) -> None:
    assert judge(limit.make(limit.most)) == []
    beyond = judge(limit.make(limit.most + 1))
    assert [(p.error, p.pointer) for p in beyond] == [(limit.error, limit.pointer)]


def test_an_update_takes_less_text_than_a_post() -> None:
    assert check_message({"text": "x" * 4000}, update=True) == []
    found = check_message({"text": "x" * 4001}, update=True)
    assert [(p.error, p.pointer) for p in found] == [("msg_too_long", "/text")]
    assert check_message({"text": "x" * 4001}) == []


def test_a_view_of_250_kilobytes_is_accepted_and_one_byte_more_is_not() -> None:
    def view(size: int) -> Json:
        full = modal(*[section(text=mrkdwn("x" * 2900)) for _ in range(84)], private_metadata="")
        space = size - len(json.dumps(full, separators=(",", ":")))
        return full | {"private_metadata": "x" * space}

    assert check_view(view(250_000)) == []
    assert [p.error for p in check_view(view(250_001))] == ["view_too_large"]


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
WORDS = st.sampled_from(sorted({*BLOCKS, *ELEMENTS, *RICH_TEXT, "modal", "home", "type", "text"}))
KEYS = st.sampled_from(("type", "text", "blocks", "elements", "element", "options", "x/~"))
ANY_JSON = st.recursive(
    SIMPLE | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
VALID_ONES = st.sampled_from(list(VALID.values()))


def paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*path, key))


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A valid payload with any JSON in the place of one of its values."""
    box: Any = [copy.deepcopy(draw(VALID_ONES))]
    path = (0, *draw(st.sampled_from(list(paths(box[0])))))
    place: Any = reduce(getitem, path[:-1], box)
    place[path[-1]] = draw(ANY_JSON)
    return box[0]


@examples(150)
@given(payload=ANY_JSON | spoilt(), update=st.booleans())
def test_checks_never_raise_and_point_at_what_is_there(payload: Any, update: bool) -> None:
    found = [*check_message(payload, update=update), *check_view(payload)]
    found += check_manifest(payload)
    for problem in found:
        steps = problem.pointer.split("/")[1:]
        names = [step.replace("~1", "/").replace("~0", "~") for step in steps]
        reduce(lambda at, name: at[int(name) if isinstance(at, list) else name], names, payload)
