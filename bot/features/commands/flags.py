"""Reads the `--options` after an order.

Pure. `options.table.parse_options` validates the values, as it does for the form. Values are
never guessed; for a misspelt option, the form shows the nearest one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.options import AS_TEMPLATE, RecordingOptions
from bot.features.commands.lexer import Token, lex
from bot.features.options.table import (
    PRESET,
    PRESET_NAME_MOST,
    START_FLAGS,
    Flag,
    Takes,
    option_of,
    parse_options,
)
from bot.features.options.values import brief
from bot.kit.fuzzy import nearest
from bot.kit.typed_text import DASHES, fold, strip_invisible
from bot.ui.forms import FieldErrors
from bot.ui.ids import numbered

_FIRST = re.compile(
    rf"(?:(?<=\s)|\A)(?:--|[{re.escape(DASHES[1:])}])[{re.escape(DASHES)}]*(?=[^\W\d_])"
)
# `vocab: Figma, WCAG`, up to the end of the line, or to another option or a time.
_VOCABULARY = re.compile(
    r"(?:\A|(?<=[\s,.;]))(?:with (?:the )?vocab(?:ulary)?\s*[:=]?|(?<=, )vocab(?:ulary)?\s|"
    r"vocab(?:ulary)?\s*[:=])"
    r"(?P<terms>[^\n.;!?]+?)"
    r"(?=[\n.;!?]|\Z|,? (?:no|without|with|at|for|until|please|pls|thanks|thx)\b|"
    r" and (?:then |please )?(?:stop|start|record|share|schedule|no|with)\b|"
    r",? (?:[0-9]+p|audio only|transcript|summary)\b)",
    re.IGNORECASE,
)
_MARKED = re.compile(rf"([{DASHES}]+)([^\W\d_].*|\?)", re.DOTALL)
_ANY_DASH = re.compile(rf"[{DASHES}_]")
_SIZE_SO_FAR = re.compile(r"[0-9]+ ?[x×*](?: ?[0-9]+)?", re.IGNORECASE)
_FLAGS = {flag.name: flag for flag in START_FLAGS}
_HELP_NAMES = ("help", "h", "?")
_NO, _YES = ("no", "false", "off", "none"), ("yes", "true", "on")


@dataclass(frozen=True, slots=True)
class Flags:
    """The options in a text.

    `problem` describes the errors, one line for each option. If there is a problem, `options` are
    the defaults, and the form is filled from `raw`.
    """

    text: str = ""
    options: RecordingOptions = AS_TEMPLATE
    preset: str | None = None
    problem: str | None = None
    help: bool = False
    raw: Mapping[str, str] = field(default_factory=dict)


def split_flags(text: str) -> tuple[str, Flags]:
    """Split a text into its other words and its options. Never raises.

    Words after an option that are not its value belong to the other words.
    """
    if text in ("-h", "-?", "-help"):
        return "", Flags(help=True)
    listed = _VOCABULARY.search(text) if "vocab" in text.casefold() else None
    if listed and _FIRST.search(text) is None:
        terms = re.sub(r",?\s+(?:and|&)\s+", ", ", listed["terms"].replace('"', "")).strip(" ,")
        text = f'{text[: listed.start()]}{text[listed.end() :]} --vocab "{terms}"'
    found = _FIRST.search(text)
    if found is None:
        return text, Flags()
    head, tail = text[: found.start()].rstrip(), text[found.start() :]
    lexed = lex(tail)
    reading = _Reading()
    if lexed.unclosed is not None:
        after = brief(lexed.unclosed, 30)
        where = f"The quote before “{after}”" if after else "The quote at the end"
        reading.problems.append(f"{where} is not closed.")
    reading.read(lexed.tokens)
    if reading.wants_help:
        return head, Flags(help=True)
    words = " ".join(token.text for token in reading.words).strip()
    head = f"{head} {words}".strip()
    if reading.words:
        first, last = reading.words[0], reading.words[-1]
        tail = f"{lexed.text[: first.start]}{lexed.text[last.end :]}".strip()
    preset = reading.take_preset()
    options = parse_options(reading.raw)
    if isinstance(options, FieldErrors):
        reading.problems.extend(_problems(options, reading.flags))
        options = AS_TEMPLATE
    if not reading.problems:
        return head, Flags(tail, options, preset)
    problem = "\n".join(dict.fromkeys(reading.problems))
    return head, Flags(tail, preset=preset, problem=problem, raw=reading.raw)


@dataclass(frozen=True, slots=True)
class _Mark:
    """An option word: its name in the table's spelling, and the value after `=`."""

    name: str
    typed: str
    inline: Token | None


@dataclass(slots=True)
class _Reading:
    """The options read so far. `raw` and `flags`: the value of each input, and its flag's name."""

    words: list[Token] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    wants_help: bool = False

    def read(self, tokens: Sequence[Token]) -> None:
        """Read all tokens. Words before the first option, or else after a value, name the room."""
        at = 0
        while at < len(tokens):
            mark = _mark_of(tokens[at])
            if mark is None:
                run = _run_of_words(tokens, at)
                self._take_words(run)
                at += len(run)
                continue
            at += 1
            if mark.name in _HELP_NAMES:
                self.wants_help = True
                continue
            flag = self._find(mark)
            if flag is None:
                if self.words:  # else these words may be the room
                    at += len(_run_of_words(tokens, at))
                continue
            words = _value_words(flag, mark, tokens[at:])
            at += len(words) - (1 if mark.inline and words else 0)
            self._keep(flag, words)

    def _take_words(self, run: list[Token]) -> None:
        if not self.words:
            self.words = run
            return
        extra = brief(" ".join(token.text for token in run))
        self.problems.append(
            f"“{extra}” does not belong to an option. Put text of several words in quotes."
        )

    def _find(self, mark: _Mark) -> Flag | None:
        """Return the option, or the nearest one and note that as a problem."""
        if mark.name in _FLAGS:
            return _FLAGS[mark.name]
        near = _nearest(mark.name)
        names = ", ".join(f"--{name}" for name in _FLAGS)
        hint = f"Did you mean --{near.name}?" if near else f"Options: {names}."
        self.problems.append(f"Unknown option --{mark.typed}. {hint}")
        return near

    def _keep(self, flag: Flag, words: Sequence[Token]) -> None:
        """Store a value, valid or not. The last of several counts."""
        text = " ".join(word.text for word in words)
        if flag.takes is Takes.NOTHING and words:
            meant = _switched(flag, fold(text))
            if isinstance(meant, str):
                self.problems.append(meant)
                return
            flag, text = meant, ""
        if flag.takes is not Takes.NOTHING and not text.strip(f" {flag.separators}"):
            self.problems.append(f"--{flag.name} needs a value: {flag.accepted}.")
            return
        given = flag.read(text)
        if flag.repeatable:
            number = sum(name == flag.name for name in self.flags.values()) // len(given)
            given = {numbered(input_id, number): value for input_id, value in given.items()}
        before = next((self.flags[i] for i in given if i in self.flags), None)
        if before == flag.name:
            self.problems.append(f"--{flag.name} is given twice. Give it once.")
        elif before is not None:
            both = f"--{before} and --{flag.name} exclude each other. Give one of them."
            self.problems.append(both)
        self.raw.update(given)
        self.flags.update(dict.fromkeys(given, flag.name))

    def take_preset(self) -> str | None:
        name = " ".join(strip_invisible(self.raw.pop(PRESET, "")).split())
        if len(name) > PRESET_NAME_MOST:
            self.problems.append(
                f"--preset: The name of a preset has at most {PRESET_NAME_MOST} characters."
            )
            return None
        return name or None


def _mark_of(token: Token) -> _Mark | None:
    """Parse an option word: `--name` or `—name`; `-name` only if the name is known."""
    if token.quoted:
        return None
    head, equals, value = token.text.partition("=")
    found = _MARKED.fullmatch(strip_invisible(head))
    if not found:
        return None
    name = _ANY_DASH.sub("-", fold(found[2]))
    if found[1] == "-" and name not in (*_HELP_NAMES, *_FLAGS):
        return None
    inline = Token(value, bare=token.bare, goes_on=token.goes_on) if equals and value else None
    return _Mark(name, brief(found[2], 40), inline)


def _run_of_words(tokens: Sequence[Token], at: int) -> list[Token]:
    end = at
    while end < len(tokens) and _mark_of(tokens[end]) is None:
        end += 1
    return list(tokens[at:end])


def _nearest(name: str) -> Flag | None:
    """Return the option that was probably meant, never the opposite one."""
    hinted = next((flag for flag in START_FLAGS if name in flag.hints), None)
    if hinted:
        return hinted
    alike = [known for known in _FLAGS if known.startswith("no-") == name.startswith("no-")]
    near = nearest(name, alike)
    return _FLAGS[near] if near else None


def _value_words(flag: Flag, mark: _Mark, rest: Sequence[Token]) -> list[Token]:
    words = [mark.inline] if mark.inline else []
    if flag.takes is Takes.NOTHING:
        said = rest[:1] if not words and rest and rest[0].bare else ()
        return words or [token for token in said if fold(token.text) in (*_YES, *_NO)]
    for token in rest:
        if _mark_of(token) or not _continues(flag.takes, words, token):
            break
        words.append(token)
    return words


def _switched(flag: Flag, value: str) -> Flag | str:
    """Return the switch that a value means: `--transcript off`; else what is wrong."""
    if value in _YES:
        return flag
    if value not in _NO:
        return f"--{flag.name} does not accept a value."
    name = flag.name.removeprefix("no-") if flag.name.startswith("no-") else f"no-{flag.name}"
    return _FLAGS.get(name) or f"Leave --{flag.name} out to turn it off."


def _continues(takes: Takes, words: list[Token], token: Token) -> bool:
    if not words:
        return True
    if takes is Takes.WORD:
        return False
    if takes is Takes.SIZE:
        return bool(_SIZE_SO_FAR.fullmatch(" ".join(word.text for word in (*words, token))))
    if words[-1].goes_on or (token.bare and token.text.startswith((",", ":"))):
        return True
    return takes is Takes.TEXT and token.bare and all(word.bare for word in words)


def _problems(errors: FieldErrors, flags: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each option with errors, under the name of the flag that was given."""
    by_flag: dict[str, list[str]] = {}
    for input_id, sentence in errors.items():
        option = option_of(input_id)
        name = flags.get(input_id) or flags.get(option.field) or option.flags[0].name
        by_flag.setdefault(name, []).append(sentence)
    for name, sentences in by_flag.items():
        yield f"--{name}: {' '.join(dict.fromkeys(sentences))}"
