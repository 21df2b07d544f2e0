"""What stands inside a `rich_text` block, as a table: containers first, then their leaves.

Slack's pages disagree on which style flags a leaf may carry, so every leaf takes all of them;
and on empty `elements` and empty `text`: both have been seen refused, so both are refused here.
"""

from __future__ import annotations

from collections.abc import Mapping

from record_bot_sandbox.slack.rule_specs import (
    CHANNEL,
    URL,
    USER,
    Flag,
    Int,
    ListOf,
    OneFrom,
    OneOf,
    Row,
    Shape,
    Spec,
    Str,
    form,
    places,
)

Fields = Mapping[str, Spec]

EVERYWHERE = places("message modal home")
BLOCK = places("rich_text")
LEAVES: Fields = {"elements": ListOf(OneFrom("rich_text", "leaves"))}
BORDER: Fields = {"border": OneOf((0, 1))}
FLAGS = "bold italic strike underline code highlight client_highlight unlink"
STYLED: Fields = {"style": Shape(optional={flag: Flag() for flag in FLAGS.split()})}
USERGROUP = form("a user group id", r"S[A-Z0-9]+")
TEAM = form("a team id", r"[TE][A-Z0-9]+")
COLOR = form("a colour such as #1d9bd1", r"#?[0-9a-fA-F]{6}")


def _leaf(required: Fields, optional: Fields | None = None) -> Row:
    shape = Shape(required=required, optional={**STYLED, **(optional or {})})
    return Row(EVERYWHERE, places("leaves"), shape)


RICH_TEXT: Mapping[str, Row] = {
    "rich_text_section": Row(
        EVERYWHERE, places("rich_text rich_text_list"), Shape(required=LEAVES)
    ),
    "rich_text_list": Row(
        EVERYWHERE,
        BLOCK,
        Shape(
            required={
                "style": OneOf(("bullet", "ordered")),
                "elements": ListOf(OneFrom("rich_text", "rich_text_list")),
            },
            optional={**BORDER, "indent": Int(0), "offset": Int(0)},
        ),
    ),
    "rich_text_quote": Row(EVERYWHERE, BLOCK, Shape(required=LEAVES, optional=BORDER)),
    "rich_text_preformatted": Row(
        EVERYWHERE, BLOCK, Shape(required=LEAVES, optional={**BORDER, "language": Str(least=1)})
    ),
    "text": _leaf({"text": Str(least=1)}),
    "link": _leaf({"url": Str(form=URL)}, {"text": Str(least=1), "unsafe": Flag()}),
    "user": _leaf({"user_id": Str(form=USER)}),
    "usergroup": _leaf({"usergroup_id": Str(form=USERGROUP)}),
    "team": _leaf({"team_id": Str(form=TEAM)}),
    "channel": _leaf({"channel_id": Str(form=CHANNEL)}),
    "emoji": _leaf({"name": Str(least=1)}, {"unicode": Str(least=1), "skin_tone": Int(1, 6)}),
    "broadcast": _leaf({"range": OneOf(("here", "channel", "everyone"))}),
    "date": _leaf(
        {"timestamp": Int(0), "format": Str(least=1)},
        {"url": Str(form=URL), "fallback": Str(least=1)},
    ),
    "color": _leaf({"value": Str(form=COLOR)}),
}
