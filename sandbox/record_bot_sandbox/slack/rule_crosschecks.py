"""Rules between fields of one object (named in the tables), and rules over a whole payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from record_bot_sandbox.slack.rule_specs import At, Violation

MARKDOWN_MOST = 12_000


def initial_is_listed(element: Mapping[str, Any], at: At) -> Iterator[Violation]:
    """What is chosen at first must equal one of the options, field by field."""
    options = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        options.extend(group["options"])
    if "initial_option" in element and element["initial_option"] not in options:
        yield at.into("initial_option").problem("must be one of the options, exactly")
    for index, chosen in enumerate(element.get("initial_options", ())):
        if chosen not in options:
            where = at.into("initial_options", index)
            yield where.problem("must be one of the options, exactly")


def lengths_agree(element: Mapping[str, Any], at: At) -> Iterator[Violation]:
    """min_length ≤ length of initial_value ≤ max_length; an empty initial_value is none."""
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    initial = element.get("initial_value", "")
    if shortest > longest:
        yield at.into("min_length").problem("must not be more than max_length")
    if initial and len(initial) < shortest:
        yield at.into("initial_value").problem("is shorter than min_length")
    if len(initial) > longest:
        yield at.into("initial_value").problem("is longer than max_length")


def numbers_agree(element: Mapping[str, Any], at: At) -> Iterator[Violation]:
    """min_value ≤ initial_value ≤ max_value, and no decimals where none are allowed."""
    names = ("min_value", "initial_value", "max_value")
    numbers = {name: Decimal(element[name]) for name in names if name in element}
    for name in numbers:
        if "." in element[name] and not element["is_decimal_allowed"]:
            yield at.into(name).problem("must be a whole number: is_decimal_allowed is false")
    for low, high in (names[:2], names[1:], names[::2]):
        if low in numbers and high in numbers and numbers[low] > numbers[high]:
            wrong = "initial_value" if "initial_value" in (low, high) else low
            yield at.into(wrong).problem(f"{low} must not be more than {high}")


def response_url_place(element: Mapping[str, Any], at: At) -> Iterator[Violation]:
    inside_modal_input = at.surface == "modal" and at.container == "input"
    if element.get("response_url_enabled") and not inside_modal_input:
        where = at.into("response_url_enabled")
        yield where.problem("works only in an input block of a modal")


def submit_is_there(view: Mapping[str, Any], at: At) -> Iterator[Violation]:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        yield at.problem("missing required field: submit, because there is an input block")


def events_can_arrive(settings: Mapping[str, Any], at: At) -> Iterator[Violation]:
    """Source: Slack's page of apps.manifest.validate, which lists these among its errors."""
    if settings.get("socket_mode_enabled"):
        return
    events, clicks = settings.get("event_subscriptions"), settings.get("interactivity")
    if events is not None and "request_url" not in events:
        yield at.into("event_subscriptions").problem("needs a request_url or Socket Mode")
    if clicks is not None and clicks["is_enabled"] and "request_url" not in clicks:
        yield at.into("interactivity").problem("needs a request_url or Socket Mode")


def across(blocks: object, at: At) -> Iterator[Violation]:
    """The rules of a whole payload. Takes any JSON: the tables may have refused it already."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        return
    placed = [(at.into(i), b) for i, b in enumerate(blocks) if isinstance(b, Mapping)]
    elements = [pair for where, block in placed for pair in _elements(where, block)]
    yield from _repeated(placed, "block_id")
    yield from _repeated(elements, "action_id")
    yield from _focused(elements)
    yield from _markdown_total(placed)


Placed = list[tuple[At, Mapping[str, Any]]]


def _elements(at: At, block: Mapping[str, Any]) -> Placed:
    several = block.get("elements")
    found = [(at.into(name), block.get(name)) for name in ("accessory", "element")]
    if isinstance(several, Sequence) and not isinstance(several, str):
        found += [(at.into("elements", i), element) for i, element in enumerate(several)]
    return [(where, element) for where, element in found if isinstance(element, Mapping)]


def _repeated(placed: Placed, name: str) -> Iterator[Violation]:
    seen: set[str] = set()
    for where, thing in placed:
        value = thing.get(name)
        if not isinstance(value, str):
            continue
        if value in seen:
            yield where.into(name).problem(f"{name} {value!r} is used twice")
        seen.add(value)


def _focused(elements: Placed) -> Iterator[Violation]:
    focused = [where for where, element in elements if element.get("focus_on_load") is True]
    for where in focused[1:]:
        yield where.into("focus_on_load").problem("only one element may have the focus")


def _markdown_total(placed: Placed) -> Iterator[Violation]:
    """Told once, at the block with which the payload becomes too long."""
    total = 0
    for where, block in placed:
        text = block.get("text")
        if block.get("type") != "markdown" or not isinstance(text, str):
            continue
        total += len(text)
        if total > MARKDOWN_MOST:
            message = f"all markdown blocks together have more than {MARKDOWN_MOST} characters"
            yield where.into("text").problem(message, error="msg_blocks_too_long")
            return
