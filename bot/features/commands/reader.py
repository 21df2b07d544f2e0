"""Reads the words after a command by its row of the table: room words, options, what is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.features.commands.lexer import DASHES, Token, fold, strip_invisible
from bot.features.commands.table import Entry, nearest_option
from bot.features.options.command_options import Option, Takes
from bot.features.options.rules import judge, refusal
from bot.features.options.values import Bad, Good, shorten

_MARKED = re.compile(rf"([{DASHES}]+)([^\W\d_].*|\?)", re.DOTALL)
_ANY_DASH = re.compile(rf"[{DASHES}_]")
_SIZE_SO_FAR = re.compile(r"[0-9]+ ?[x×*](?: ?[0-9]+)?", re.IGNORECASE)
_HELP_NAMES = ("help", "h", "?")
_NO = ("no", "false", "off", "none")
_YES = ("yes", "true", "on")


@dataclass(frozen=True, slots=True)
class Problem:
    reason: str
    accepted: str | None = None


@dataclass(slots=True)
class Reading:
    """What was understood so far. Values are already repaired where a problem was found."""

    words: list[Token] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wants_help: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that is an option: its name as the table spells names, and what follows `=`."""

    name: str
    typed: str
    inline: Token | None

    @property
    def is_help(self) -> bool:
        return self.name in _HELP_NAMES


def mark_of(token: Token, options: Sequence[Option]) -> Mark | None:
    """A word with two hyphens or a long dash is an option; with one hyphen, only a known one."""
    if token.quoted:
        return None
    head, equals, value = token.text.partition("=")
    found = _MARKED.fullmatch(strip_invisible(head))
    if not found:
        return None
    name = _ANY_DASH.sub("-", fold(found[2]))
    if found[1] == "-" and name not in (*_HELP_NAMES, *(o.name for o in options)):
        return None
    inline = Token(value, bare=token.bare, goes_on=token.goes_on) if equals and value else None
    return Mark(name, shorten(found[2], 40), inline)


def read_words(entry: Entry, tokens: Sequence[Token]) -> Reading:
    """Words up to the first option are the arguments; words after a value are, if none came."""
    reading = Reading()
    given: set[str] = set()
    at = 0
    while at < len(tokens):
        mark = mark_of(tokens[at], entry.options)
        if mark is None:
            run = _run_of_words(entry, tokens, at)
            _take_words(reading, run)
            at += len(run)
            continue
        at += 1
        if mark.is_help:
            reading.wants_help = True
            continue
        option = _find_option(entry, mark, reading)
        if option is None:
            if reading.words:  # else these words may be the room
                at += len(_run_of_words(entry, tokens, at))
            continue
        words = _value_words(entry, option, mark, tokens[at:])
        at += len(words) - (1 if mark.inline and words else 0)
        value = _value(option, words, reading)
        if value is not None:
            _keep(option, value, given, reading)
    return reading


def _run_of_words(entry: Entry, tokens: Sequence[Token], at: int) -> list[Token]:
    end = at
    while end < len(tokens) and mark_of(tokens[end], entry.options) is None:
        end += 1
    return list(tokens[at:end])


def _take_words(reading: Reading, run: list[Token]) -> None:
    if not reading.words:
        reading.words = run
        return
    extra = shorten(" ".join(t.text for t in run))
    reading.problems.append(
        Problem(f"“{extra}” belongs to no option.", "Put text of several words in quotes.")
    )


def _find_option(entry: Entry, mark: Mark, reading: Reading) -> Option | None:
    exact = next((o for o in entry.options if o.name == mark.name), None)
    if exact:
        return exact
    if not entry.options:
        what = f"“{entry.word}”" if entry.word else "This command"
        reading.problems.append(Problem(f"{what} takes no options."))
        return None
    names = ", ".join(f"--{o.name}" for o in entry.options)
    reading.problems.append(Problem(f"There is no option --{mark.typed}.", f"Options: {names}."))
    return nearest_option(mark.name, entry.options)


def _value_words(entry: Entry, option: Option, mark: Mark, rest: Sequence[Token]) -> list[Token]:
    words = [mark.inline] if mark.inline else []
    if option.takes is Takes.NOTHING:
        said = rest[:1] if not words and rest and rest[0].bare else ()
        return words or [token for token in said if fold(token.text) in (*_NO, *_YES)]
    for token in rest:
        if mark_of(token, entry.options) or not _continues(option.takes, words, token):
            break
        words.append(token)
    return words


def _continues(takes: Takes, words: list[Token], token: Token) -> bool:
    if not words:
        return True
    if takes is Takes.WORD:
        return False
    if takes is Takes.SIZE:
        return bool(_SIZE_SO_FAR.fullmatch(" ".join(word.text for word in (*words, token))))
    if words[-1].goes_on or (token.bare and token.text.startswith((",", ":"))):
        return True
    return takes is Takes.TEXT and token.bare and all(w.bare for w in words)


def _value(option: Option, words: list[Token], reading: Reading) -> object:
    """The value to use, repaired if need be; None leaves the option out."""
    text = " ".join(word.text for word in words)
    if option.takes is not Takes.NOTHING:
        verdict = judge(option, text)
    elif not words:
        verdict = Good(option.turns)
    else:
        meant = option.turns != (fold(text) in (*_NO, "0"))
        verdict = Bad(f"--{option.name} takes no value.", meant)
    if isinstance(verdict, Good):
        return verdict.value
    accepted = option.takes_sentence if option.accepted else None
    reading.problems.append(Problem(verdict.reason, accepted))
    return verdict.repaired


def _keep(option: Option, value: object, given: set[str], reading: Reading) -> None:
    """Given twice, the last one stands; of a yes and a no, the no: it records less."""
    before = reading.values.get(option.field)
    if option.repeatable:
        earlier = before if isinstance(before, tuple) else ()
        if refusal(option, (*earlier, value)):
            reading.problems.append(
                Problem(f"There are too many --{option.name} options.", option.takes_sentence)
            )
            return
        reading.values[option.field] = (*earlier, value)
        return
    if option.name in given:
        reading.problems.append(
            Problem(f"--{option.name} is given twice.", f"Give --{option.name} once.")
        )
    elif before is not None:
        reading.problems.append(
            Problem("The same thing is turned on and off.", "Give one of the two options.")
        )
    given.add(option.name)
    reading.values[option.field] = False if before is False else value
