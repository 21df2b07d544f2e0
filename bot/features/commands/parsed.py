"""The value of a parsed sentence, and helpers that all parsers share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum, auto
from itertools import pairwise
from typing import NamedTuple

from bot.features.commands.sentences import Piece, Sort, Word
from bot.features.commands.vocabulary import ORDERS, Intent, Role


class Mood(StrEnum):
    """How an intent is expressed."""

    NONE = auto()
    ORDER = auto()
    QUESTION = auto()
    TOLD = auto()  # the verb is mentioned, not ordered
    GUESS = auto()  # a misspelling, or no verb
    NEGATED = auto()
    UNWANTED = auto()  # a wish not to be recorded


class Parsed(NamedTuple):
    """A parsed sentence. `left` are the pieces that the intent does not explain.

    A tuple, because a text needs many, and changed copies of tuples are made quickly.
    """

    intent: Intent | None = None
    mood: Mood = Mood.NONE
    left: tuple[Piece, ...] = ()
    other: Intent | None = None  # the intent of another sentence
    asks: bool = False
    weak: bool = False  # a verb that is an order only with an object
    article: bool = False  # the object is *a* something
    thing: bool = False  # names a recording or a meeting
    all_of_them: bool = False
    cancels: bool = False
    query: tuple[Word, ...] = ()
    speaker: str | None = None
    topic: str | None = None
    guessed: tuple[Piece, ...] = ()  # misspelt verbs


_SKIPPED = frozenset(
    {
        Role.FILLER,
        Role.HELLO,
        Role.THANKS,
        Role.REQUEST,
        Role.WISH,
        Role.HEDGE,
        Role.AND,
        Role.ARTICLE,
        Role.THING,
        Role.HERE,
        Role.ALL,
        Role.AGAIN,
        Role.WITH,
        Role.OPTION,
    }
)


_PLAIN_SORTS = frozenset({Sort.ROOM, Sort.TIME, Sort.BOT, Sort.USER, Sort.COMMA})


RECORDS = {("record",), ("rec",), ("tape",), ("film",), ("capture",)}


OPENERS = frozenset(
    {Role.MAY, Role.HOW, Role.WHY, Role.WAS, Role.IS, Role.WHEN, Role.WHICH, Role.NOT}
)


# Roles and intents that an order explains in addition to the common ones.
_EXPLAINED: dict[Intent, tuple[frozenset[Role], frozenset[Intent]]] = {
    Intent.START: (
        frozenset({Role.WITH, Role.WITHOUT}),
        frozenset({Intent.START, Intent.SCHEDULE}),
    ),
    Intent.SCHEDULE: (
        frozenset({Role.WITH, Role.WITHOUT}),
        frozenset({Intent.START, Intent.SCHEDULE}),
    ),
    Intent.STOP: (
        frozenset({Role.HINT}),
        frozenset({Intent.STOP, Intent.START, Intent.STATUS, Intent.LIST}),
    ),
    Intent.PAUSE: (frozenset(), frozenset({Intent.PAUSE, Intent.START, Intent.STATUS})),
    Intent.RESUME: (frozenset({Role.AGAIN, Role.WITH}), frozenset({Intent.RESUME, Intent.START})),
    Intent.UNSCHEDULE: (
        frozenset({Role.CANCEL, Role.NOT, Role.FORGET}),
        frozenset({Intent.UNSCHEDULE, Intent.START, Intent.SCHEDULE}),
    ),
    Intent.FOLLOW: (
        frozenset({Role.CARDS, Role.POSTING, Role.IS, Role.ABOUT, Role.CLAUSE, Role.WHEN}),
        frozenset({Intent.FOLLOW, Intent.START, Intent.STATUS, Intent.SHARE}),
    ),
    Intent.UNFOLLOW: (
        frozenset({Role.CARDS, Role.POSTING, Role.ABOUT, Role.NOT}),
        frozenset({Intent.UNFOLLOW, Intent.STOP, Intent.SHARE, Intent.FOLLOW, Intent.START}),
    ),
    Intent.SHARE: (
        frozenset({Role.WITH}),
        frozenset({Intent.SHARE, Intent.SUMMARY, Intent.LIST, Intent.START}),
    ),
    Intent.SETTINGS: (
        frozenset({Role.CARDS, Role.POSTING, Role.NOT}),
        frozenset(
            {Intent.SETTINGS, Intent.STOP, Intent.SHARE, Intent.SUMMARY, Intent.FOLLOW, Intent.LIST}
        ),
    ),
}


# Words for what is named before: can you record it?
REFERRING = {("it",), ("this",), ("that",), ("this", "one"), ("that", "one")}


def skipped(piece: Piece) -> bool:
    """Say whether a piece is passed over in the search for the verb."""
    if piece.sort in _PLAIN_SORTS or piece.sort in (Sort.CHANNEL, Sort.LINK):
        return True
    return piece.role in _SKIPPED


def has_intent(pieces: Sequence[Piece], intent: Intent, *roles: Role) -> bool:
    return any(p.intent is intent and (not roles or p.role in roles) for p in pieces)


def has_role(pieces: Sequence[Piece], *roles: Role) -> bool:
    return any(piece.role in roles for piece in pieces)


def has_room(pieces: Sequence[Piece]) -> bool:
    return any(piece.sort is Sort.ROOM for piece in pieces)


def has_order(pieces: Sequence[Piece]) -> bool:
    return any(
        (piece.role is Role.VERB and piece.intent in ORDERS) or piece.role is Role.CANCEL
        for piece in pieces
    )


def has_polite(pieces: Sequence[Piece]) -> bool:
    """Say whether somebody says please."""
    return any(piece.key[0] in ("please", "pls", "plz", "bitte", "kindly") for piece in pieces)


def asks_for_a_recording(rest: Sequence[Piece]) -> bool:
    """Say whether *a* recording is asked for, which need not exist yet: `a recording of …`."""
    for n, piece in enumerate(rest):
        if piece.role is Role.ARTICLE and piece.key[0] != "any":
            after = list(rest[n + 1 : n + 4])
            while after and after[0].sort in (Sort.UNREAD, Sort.TIME):
                after.pop(0)  # a fortnightly recording
            if recording_word(after[:1]):
                return True
    return False


def recording_word(pieces: Sequence[Piece]) -> bool:
    return any(p.role is Role.THING and p.key[0] in ("recording", "video") for p in pieces)


def read_find(base: Parsed, head: Piece, pieces: Sequence[Piece]) -> Parsed:
    """Read a search in transcripts: for the words after *about*, else after the verb."""
    about = next((piece for piece in pieces if piece.role is Role.ABOUT), None)
    said = next((piece for piece in pieces if piece.role is Role.SAID), head)
    query = words_after(pieces, about or said)
    known = [piece for piece in pieces[: pieces.index(said)] if piece.sort in _MAY_SPEAK]
    before = [word for piece in known for word in piece.words if word.bare not in _NOBODY]
    things = {after.start for the, after in pairwise(pieces) if the.key in _BEFORE_THINGS}
    named = [word.text for word in before if word.start not in things]  # not: the bit where …
    speaker = " ".join(named) or None
    told = next((word for word in query if word.text.startswith("<@")), None)
    if told is not None and speaker is None:
        query, speaker = tuple(word for word in query if word is not told), told.text
    elif by := _speaker_behind(pieces[pieces.index(said) :]):
        query = tuple(word for word in query if word not in by.words)
        speaker = " ".join(word.text for word in by.words[1:])
    elif speaker is None and about is not None and about.start > said.end:
        speaker = _named_between(said, about, pieces)  # what said Ben about …
    if quoted := tuple(word for word in query if word.quoted):
        query = quoted
    if not query and before and about is None:
        query, speaker = tuple(before), None
    return base._replace(intent=Intent.FIND, query=query, speaker=speaker)


_MAY_SPEAK = (Sort.UNREAD, Sort.USER)
_BEFORE_THINGS = {("the",), ("a",), ("an",)}
# Words before `said` that name nobody: `did anybody mention …`, `what has been decided`.
_NOBODY = frozenset(
    [
        "anybody",
        "anyone",
        "somebody",
        "someone",
        "everybody",
        "everyone",
        "nobody",
        "people",
        "been",
        "part",
        "moment",
        "place",
        "point",
        "section",
        "passage",
        "minute",
    ]
)


def _named_between(said: Piece, about: Piece, pieces: Sequence[Piece]) -> str | None:
    """Return the capitalized words between two pieces."""
    names = [
        piece.words[0].text
        for piece in pieces
        if said.end <= piece.start < about.start
        and piece.sort is Sort.UNREAD
        and piece.words[0].text[:1].isupper()
    ]
    return " ".join(names) or None


def _speaker_behind(pieces: Sequence[Piece]) -> Piece | None:
    """Return the speaker of a search, the last `from Ana`: capitalized, or a mention."""
    at = next((n for n in range(len(pieces) - 1, 0, -1) if pieces[n].key == ("from",)), None)
    if at is None:
        return None
    words = list(pieces[at].words)
    for piece in pieces[at + 1 : at + 3]:
        named = piece.sort is Sort.UNREAD and piece.words[0].text[:1].isupper()
        if not named and piece.sort is not Sort.USER:
            break
        words += piece.words
    return Piece(Sort.USER, tuple(words)) if len(words) > 1 else None


_ASKED_FOR = frozenset({Role.ALL, Role.WHICH, Role.SAID, Role.HEDGE})
_LEADING = frozenset(
    (word,)
    for word in (
        *("the", "a", "an", "any", "some", "our", "my", "your", "this", "that", "it"),
        *("discussed", "discuss", "mentions", "everything", "anything", "something"),
        *("of", "for", "in", "on", "at", "from", "to", "about", "and"),
    )
)


def _is_hyphenated(pieces: Sequence[Piece]) -> bool:
    """Say whether the last piece is the end of a word such as `sign-on`."""
    return len(pieces) > 2 and pieces[-2].key == ("-",) and pieces[-2].end == pieces[-1].start


_TRAILING = {("recordings",), ("yet",)}  # in the webinar recordings


def words_after(pieces: Sequence[Piece], head: Piece) -> tuple[Word, ...]:
    """Return the words after a piece, without rooms, times, and fillers at either end."""
    at = list(pieces).index(head) + 1
    kept = [p for p in pieces[at:] if p.sort not in (Sort.ROOM, Sort.TIME, Sort.BOT)]
    fillers = (
        Role.FILLER,
        Role.THANKS,
        Role.ARTICLE,
        Role.AND,
        Role.THING,
        Role.ABOUT,
        Role.SAID,
        Role.HERE,
        Role.HELLO,
        Role.ALL,
        Role.IS,
        Role.CLAUSE,
    )
    while (
        kept
        and (kept[-1].role in fillers or kept[-1].sort is Sort.COMMA or kept[-1].key in _TRAILING)
        and not _is_hyphenated(kept)
    ):
        kept.pop()
    leading = _ASKED_FOR if head.intent is Intent.FIND else frozenset()
    while kept and (
        kept[0].key in _LEADING or kept[0].role in leading or kept[0].sort is Sort.COMMA
    ):
        kept.pop(0)
    return tuple(word for piece in kept for word in piece.words)


def left_over(intent: Intent, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces that an order does not explain."""
    roles, intents = _EXPLAINED.get(intent, (frozenset(), frozenset()))
    options = intent in (Intent.START, Intent.SCHEDULE)
    left: list[Piece] = []
    for piece in pieces:
        if piece.sort in _PLAIN_SORTS or piece.role in _SKIPPED - {Role.OPTION}:
            if piece.role is Role.WITH and Role.WITH not in roles:
                left.append(piece)
            continue
        if piece.sort is Sort.CHANNEL and intent in (Intent.SHARE, Intent.FOLLOW):
            continue
        if piece.sort is Sort.LINK and options:
            continue
        if piece.role in roles or (options and piece.option is not None):
            continue
        begins = piece.role is Role.VERB and piece.key[0] in ("start", "begin", "kick")
        if intent is Intent.STOP and begins:
            left.append(piece)
            continue
        if piece.intent in intents and piece.role is not Role.PAST:
            continue
        if intent is Intent.FOLLOW and piece.role is Role.PAST:
            continue
        left.append(piece)
    return left
