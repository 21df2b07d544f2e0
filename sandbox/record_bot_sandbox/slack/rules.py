"""The strict checks of the simulated Slack: what it would refuse, and where.

The rules themselves are tables: `rule_tables` (blocks, elements, views), `rule_rich_text` and
`rule_manifest`. Pointers are relative to what is passed in, so `/blocks/0/text` for a message
and for a view alike. Each check takes any JSON and never raises; an empty list means accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from record_bot_sandbox.slack.rule_crosschecks import across
from record_bot_sandbox.slack.rule_engine import check, check_typed
from record_bot_sandbox.slack.rule_manifest import MANIFEST
from record_bot_sandbox.slack.rule_specs import At, Violation
from record_bot_sandbox.slack.rule_tables import MESSAGE_BLOCKS, VIEWS

__all__ = ["Violation", "check_manifest", "check_message", "check_unfurl", "check_view"]

POSTED_TEXT_MOST = 40_000  # Slack cuts the rest off; here it is refused, so that it is noticed
UPDATED_TEXT_MOST = 4_000
MARKDOWN_TEXT_MOST = 12_000
VIEW_BYTES_MOST = 250_000  # "250 KB"; the smaller reading, of the view as compact UTF-8 JSON


def check_message(payload: Mapping[str, Any], *, update: bool = False) -> list[Violation]:
    """`text`, `markdown_text` and `blocks` of a post, or of an update; null counts as absent.

    Other arguments are the method's business. Attachments are not simulated.
    """
    at = At("message", "invalid_arguments")
    if not isinstance(payload, Mapping):
        return [at.problem("must be an object")]
    given = {name: value for name, value in payload.items() if value is not None}
    return [
        *_message_text(given, at, UPDATED_TEXT_MOST if update else POSTED_TEXT_MOST),
        *_markdown_text(given, at),
        *_message_blocks(given),
    ]


def _message_text(given: Mapping[str, object], at: At, most: int) -> Iterator[Violation]:
    if not any(given.get(name) for name in ("text", "markdown_text", "blocks", "attachments")):
        yield at.problem("neither text nor blocks", error="no_text")
    text = given.get("text", "")
    if not isinstance(text, str):
        yield at.into("text").problem("must be a string")
    elif len(text) > most:
        message = f"must have {most} characters or fewer, has {len(text)}"
        yield at.into("text").problem(message, error="msg_too_long")
    if given.get("attachments"):
        yield at.into("attachments").problem("not simulated: attachments")


def _markdown_text(given: Mapping[str, object], at: At) -> Iterator[Violation]:
    text, here = given.get("markdown_text", ""), at.into("markdown_text")
    if not isinstance(text, str):
        yield here.problem("must be a string")
    elif len(text) > MARKDOWN_TEXT_MOST:
        message = f"must have {MARKDOWN_TEXT_MOST} characters or fewer, has {len(text)}"
        yield here.problem(message, error="msg_too_long")
    if text and (given.get("text") or given.get("blocks")):
        message = "may not be sent together with text or blocks"
        yield here.problem(message, error="markdown_text_conflict")


def _message_blocks(given: Mapping[str, object]) -> Iterator[Violation]:
    at, blocks = At("message", "invalid_blocks").into("blocks"), given.get("blocks", [])
    if not isinstance(blocks, list):
        yield at.problem("must be a list", error="invalid_blocks_format")
        return
    yield from check(blocks, MESSAGE_BLOCKS, at)
    yield from across(blocks, at)


def check_unfurl(blocks: list[Any]) -> list[Violation]:
    """Blocks below a link: those of a message, but for rich text.

    Source: docs.slack.dev, messaging/unfurling-links-in-messages (tips, tricks and warnings).
    """
    at = At("message", "invalid_blocks").into("blocks")
    rich = [i for i, b in enumerate(blocks) if isinstance(b, dict) and b.get("type") == "rich_text"]
    return [
        *_message_blocks({"blocks": blocks}),
        *(at.into(i).problem("chat.unfurl takes no rich text") for i in rich),
    ]


def check_view(view: Mapping[str, Any]) -> list[Violation]:
    """A modal or a Home tab, as given to views.open, push, update and publish."""
    if not isinstance(view, Mapping):
        return [At("modal", "invalid_arguments").problem("must be an object")]
    kind = view.get("type")
    at = At("home" if kind == "home" else "modal", "invalid_arguments")
    if "type" not in view:
        return [at.problem("missing required field: type")]
    if not isinstance(kind, str) or kind not in VIEWS:
        return [at.into("type").problem("must be modal or home")]
    found = [*check_typed(view, VIEWS[kind], at), *across(view.get("blocks"), at.into("blocks"))]
    # Only a view that is well formed otherwise is measured: its depth is known then.
    return found or list(_view_size(view, at))


def _view_size(view: Mapping[str, Any], at: At) -> Iterator[Violation]:
    written = json.dumps(view, ensure_ascii=False, separators=(",", ":"))
    size = len(written.encode("utf-8", "surrogatepass"))
    if size > VIEW_BYTES_MOST:
        message = f"must have {VIEW_BYTES_MOST} bytes or fewer, has {size}"
        yield at.problem(message, error="view_too_large")


def check_manifest(manifest: Mapping[str, Any]) -> list[Violation]:
    """An app manifest, read from YAML or JSON."""
    return list(check(manifest, MANIFEST, At("manifest", "invalid_manifest")))
