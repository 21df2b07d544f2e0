"""Splits the text after a slash command into words, tolerating what people and phones type.

Slack and phones change what is typed: straight quotes become “smart” ones, `--` becomes `—`,
links come wrapped, `& < >` come escaped, and pasted text carries invisible characters.
"""

import re
from dataclasses import dataclass, field, replace

from bot.kit.typed_text import DASHES, DOUBLE_QUOTES, DROPPED, INVISIBLE, JOINERS, SINGLE_QUOTES

_PARTNERS = {"“": "”“", "„": "“”", "«": "»", "»": "«»", "‘": "’'", "‚": "‘’", "‹": "›", "›": "‹›"}


_ANY_QUOTE = DOUBLE_QUOTES + SINGLE_QUOTES
_ESCAPE = re.compile(rf"\\([\\{_ANY_QUOTE}])")
_ESCAPE_OR_CLOSING = {
    family: re.compile(rf"\\[\\{_ANY_QUOTE}]|[{family}](?=[\s,:{INVISIBLE}]|\Z)")
    for family in (DOUBLE_QUOTES, SINGLE_QUOTES)
}
_OPTION_AHEAD = re.compile(rf"\s[\s{INVISIBLE}]*(?:--|[{DASHES[1:]}])[{DASHES}]*[^\W\d_]")
_END_AHEAD = re.compile(rf"[\s{INVISIBLE}]*\Z")
_SLACK_LINK = re.compile(
    rf"<(https?://[^\s<>|\\{_ANY_QUOTE}]+)(?:\|[^<>\\{_ANY_QUOTE}]*)?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word. Only a word that does not start with a quote can be a command or an option.

    `start` and `end` are its place in the text that was read.
    """

    text: str
    quoted: bool = False  # starts with a quote
    bare: bool = True  # has no quote anywhere
    goes_on: bool = False  # ends with a comma or colon outside quotes
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Lexed:
    """`text` is what was read: without Slack's escapes and link wrappers."""

    tokens: tuple[Token, ...]
    unclosed: str | None = None  # the text after a quote that never closes
    text: str = ""


def lex(text: str) -> Lexed:
    """Split a command as Slack sends it into words. Never raises."""
    text = _ENTITY.sub(lambda m: _ENTITIES[m[1]], _SLACK_LINK.sub(r"\1", text))
    tokens: list[Token] = []
    unclosed: str | None = None
    at = _next_word(text, 0)
    while at < len(text):
        token, end, broken = _token(text, at)
        if token.text or not token.bare:
            tokens.append(replace(token, start=at, end=end))
        unclosed = unclosed if unclosed is not None else broken
        at = _next_word(text, end)
    return Lexed(tuple(tokens), unclosed, text)


def _next_word(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] in INVISIBLE):
        at += 1
    return at


def _token(text: str, start: int) -> tuple[Token, int, str | None]:
    """Return the word that starts here, its end, and the text after a quote that never closes."""
    done = ""
    quoted = last_quoted = False
    bare = True
    broken: str | None = None
    at = start
    while at < len(text) and not text[at].isspace():
        end = _closing(text, at) if _may_open(text[at], done, at == start) else None
        if end is None and text[at] in DOUBLE_QUOTES and (at == start or done.endswith("=")):
            ahead = _OPTION_AHEAD.search(text, at)
            end = ahead.start() if ahead else len(text)
            broken = text[at + 1 : end]
        if end is not None:
            quoted = quoted or at == start
            bare, last_quoted = False, True
            done += _ESCAPE.sub(r"\1", text[at + 1 : end])
            at = end + 1 if broken is None else end
        else:
            if text[at] not in DROPPED:
                done += text[at]
                last_quoted = False
            at += 1
    done = done.strip(JOINERS) if bare else done
    return Token(done, quoted, bare, not last_quoted and done.endswith((",", ":"))), at, broken


def _may_open(char: str, before: str, first: bool) -> bool:
    """Whether a quote opens here; inside a word (Anna's, 27") it is an ordinary character."""
    return char in _ANY_QUOTE and (first or before.endswith(("=", ",", ":")))


def _closing(text: str, start: int) -> int | None:
    """Return where a quote closes: at its partner, or else at the first quote of its kind.

    A quote of its kind right before an option or the end closes it too: `"weekly” --audio`.
    """
    opener = text[start]
    family = DOUBLE_QUOTES if opener in DOUBLE_QUOTES else SINGLE_QUOTES
    partners = _PARTNERS.get(opener, opener)
    spare: int | None = None
    for found in _ESCAPE_OR_CLOSING[family].finditer(text, start + 1):
        after = found.end()
        if len(found[0]) > 1:
            continue
        if (
            found[0] in partners
            or _END_AHEAD.match(text, after)
            or _OPTION_AHEAD.match(text, after)
        ):
            return found.start()
        spare = found.start() if spare is None else spare
    return spare
