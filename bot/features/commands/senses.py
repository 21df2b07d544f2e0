"""What one sentence wants, and how it says so: an order, a question, a negated order.

Pure. A verb is an order only at the head of the sentence, after politeness, fillers, names and
times; behind anything else it is merely told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from rapidfuzz.distance import OSA

from bot.features.commands.sentences import Piece, Sentence, Sort, Word
from bot.features.commands.words import ORDERS, SPELT, Intent, Kind, Meaning


class Force(StrEnum):
    """How an intent is expressed."""

    NONE = auto()
    ORDER = auto()
    QUESTION = auto()
    TOLD = auto()  # the verb is there, but not as an order
    GUESS = auto()  # a misspelling, or no verb
    NEGATED = auto()
    UNWANTED = auto()  # a wish not to be recorded


@dataclass(frozen=True, slots=True)
class Sense:
    """What a sentence wants. `left` are the pieces that the intent does not explain."""

    intent: Intent | None = None
    force: Force = Force.NONE
    left: tuple[Piece, ...] = ()
    second: Intent | None = None  # another order in the same sentence
    other: Intent | None = None  # what another sentence wants
    asks: bool = False
    weak: bool = False  # a verb that is an order only with an object
    article: bool = False  # the object is *a* something
    thing: bool = False  # names a recording or a meeting
    all_of_them: bool = False
    cancels: bool = False
    query: tuple[Word, ...] = ()
    speaker: str | None = None
    topic: str | None = None


_SKIPPED = frozenset(
    {
        Kind.FILLER,
        Kind.HELLO,
        Kind.THANKS,
        Kind.REQUEST,
        Kind.WISH,
        Kind.HEDGE,
        Kind.AND,
        Kind.ARTICLE,
        Kind.THING,
        Kind.HERE,
        Kind.ALL,
        Kind.AGAIN,
        Kind.WITH,
        Kind.OPTION,
    }
)
_PLAIN_SORTS = frozenset({Sort.ROOM, Sort.TIME, Sort.BOT, Sort.USER, Sort.COMMA})
_RECORDS = {("record",), ("rec",), ("tape",), ("film",), ("capture",)}
_OPENERS = frozenset(
    {Kind.MAY, Kind.HOW, Kind.WHY, Kind.WAS, Kind.IS, Kind.WHEN, Kind.WHICH, Kind.NOT}
)
_S, _N = Intent, Kind

# Kinds and intents that an order explains beside the plain ones.
_EXPLAINED: dict[Intent, tuple[frozenset[Kind], frozenset[Intent]]] = {
    _S.START: (frozenset({_N.WITH, _N.WITHOUT}), frozenset({_S.START, _S.SCHEDULE})),
    _S.SCHEDULE: (frozenset({_N.WITH, _N.WITHOUT}), frozenset({_S.START, _S.SCHEDULE})),
    _S.STOP: (frozenset({_N.HINT}), frozenset({_S.STOP, _S.START, _S.STATUS, _S.LIST})),
    _S.PAUSE: (frozenset(), frozenset({_S.PAUSE, _S.START, _S.STATUS})),
    _S.RESUME: (frozenset({_N.AGAIN, _N.WITH}), frozenset({_S.RESUME, _S.START})),
    _S.UNSCHEDULE: (
        frozenset({_N.CANCEL, _N.NOT, _N.FORGET}),
        frozenset({_S.UNSCHEDULE, _S.START, _S.SCHEDULE}),
    ),
    _S.FOLLOW: (
        frozenset({_N.CARDS, _N.POSTING, _N.IS, _N.ABOUT, _N.CLAUSE, _N.WHEN}),
        frozenset({_S.FOLLOW, _S.START, _S.STATUS, _S.SHARE}),
    ),
    _S.UNFOLLOW: (
        frozenset({_N.CARDS, _N.POSTING, _N.ABOUT, _N.NOT}),
        frozenset({_S.UNFOLLOW, _S.STOP, _S.SHARE, _S.FOLLOW, _S.START}),
    ),
    _S.SHARE: (
        frozenset({_N.WITH}),
        frozenset({_S.SHARE, _S.SUMMARY, _S.LIST, _S.START}),
    ),
    _S.SETTINGS: (
        frozenset({_N.CARDS, _N.POSTING, _N.NOT}),
        frozenset({_S.SETTINGS, _S.STOP, _S.SHARE, _S.SUMMARY, _S.FOLLOW, _S.LIST}),
    ),
}


def sense_of(sentence: Sentence, *, slash: bool = False, thread: bool = False) -> Sense:
    """Say what a sentence wants."""
    pieces = _with_parted_verbs(sentence.pieces)
    kinds = {piece.kind for piece in pieces}
    request = Kind.REQUEST in kinds
    base = Sense(
        asks=sentence.asks and not request,
        thing=Kind.THING in kinds or _has(pieces, Intent.START, Kind.VERB),
        all_of_them=Kind.ALL in kinds,
    )
    heads = [piece for piece in pieces if not _skipped(piece)]
    if not heads:
        return _without_head(base, pieces, slash=slash)
    head, told = heads[0], False
    if head.sort is Sort.UNREAD:
        if (guess := _misspelt(head)) and not _has_order(heads):
            return _guessed(base, guess, head, pieces, heads)
        meant = next((piece for piece in heads if piece.sort is not Sort.UNREAD), None)
        if meant is None:
            return replace(base, left=tuple(heads))
        head, told = meant, True
    sense = _by_head(base, head, pieces, slash=slash, thread=thread)
    hedged = any(piece.kind is Kind.HEDGE for piece in pieces[: pieces.index(head)])
    if (told or hedged) and sense.force is Force.ORDER:
        sense = replace(sense, force=Force.TOLD)
    if told and sense.intent in (Intent.THANKS, Intent.HELP, None):
        return replace(sense, intent=None, left=tuple(heads))
    return sense


_PARTED = {
    "off": Meaning(Kind.VERB, Intent.STOP),
    "on": Meaning(Kind.VERB, Intent.START),
}


def _with_parted_verbs(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Join `turn … off`: the verb takes the place of its first word."""
    at = next((n for n, p in enumerate(pieces) if p.key in _FIRST_PARTS), None)
    if at is None:
        return pieces
    for n in range(at + 1, min(at + 7, len(pieces))):
        if (meaning := _PARTED.get(pieces[n].key[0])) and len(pieces[n].key) == 1:
            verb = Piece(Sort.PHRASE, pieces[at].words, meaning)
            return [*pieces[:at], verb, *pieces[at + 1 : n], *pieces[n + 1 :]]
    return pieces


_FIRST_PARTS = {("turn",), ("switch",), ("shut",)}


def _skipped(piece: Piece) -> bool:
    if piece.sort in _PLAIN_SORTS or piece.sort in (Sort.CHANNEL, Sort.LINK):
        return True
    return piece.kind in _SKIPPED


def _has(pieces: Sequence[Piece], intent: Intent, *kinds: Kind) -> bool:
    return any(p.intent is intent and (not kinds or p.kind in kinds) for p in pieces)


def _has_kind(pieces: Sequence[Piece], *kinds: Kind) -> bool:
    return any(piece.kind in kinds for piece in pieces)


def _has_order(pieces: Sequence[Piece]) -> bool:
    return any(
        (piece.kind is Kind.VERB and piece.intent in ORDERS) or piece.kind is Kind.CANCEL
        for piece in pieces
    )


def _without_head(base: Sense, pieces: Sequence[Piece], *, slash: bool) -> Sense:
    """Read what has no verb: thanks, a greeting, `the last recordings`."""
    kinds = {piece.kind for piece in pieces}
    roomless = all(piece.sort is not Sort.ROOM for piece in pieces)
    if Kind.THANKS in kinds and roomless:
        return replace(base, intent=Intent.THANKS)
    if Kind.HELLO in kinds and roomless:
        return replace(base, intent=Intent.HELP)
    if _recording_word(pieces) and {Kind.ARTICLE, Kind.WISH} <= kinds:
        return replace(base, intent=Intent.START, force=Force.TOLD)
    if _recording_word(pieces) and not slash:
        if base.asks:
            return replace(base, intent=Intent.STATUS, force=Force.QUESTION)
        return replace(base, intent=Intent.LIST if not roomless else Intent.STATUS)
    if Kind.REQUEST in kinds and roomless and len(pieces) > 1:
        return replace(base, intent=Intent.HELP)
    return base


def _recording_word(pieces: Sequence[Piece]) -> bool:
    return any(p.kind is Kind.THING and p.key[0] in ("recording", "video") for p in pieces)


def _misspelt(piece: Piece) -> Intent | None:
    """Return the order or question that a word misspells."""
    word = piece.words[0].key
    if piece.words[0].quoted or not 4 <= len(word) <= 12 or not word.isalpha():
        return None
    best, at_most = None, 1 if len(word) < 7 else 2
    for known, intent in SPELT.items():
        if word.startswith(known):
            return None  # starts, recorder
        if word[0] != known[0] and {*word[:2]} != {*known[:2]}:
            continue
        distance = OSA.distance(word, known, score_cutoff=at_most)
        if distance <= at_most:
            best, at_most = intent, distance - 1
    return best


def _guessed(
    base: Sense, intent: Intent, head: Piece, pieces: Sequence[Piece], heads: Sequence[Piece]
) -> Sense:
    """Read a misspelt verb: `stpo webinar`."""
    if intent is Intent.FIND:
        return replace(base, intent=intent, force=Force.GUESS, query=_after(pieces, head))
    left = tuple(piece for piece in _left(intent, pieces) if piece is not head)
    if intent in (Intent.THANKS, Intent.HELP) and left:
        return replace(base, left=tuple(heads))
    return replace(base, intent=intent, force=Force.GUESS, left=left)


def _by_head(
    base: Sense, head: Piece, pieces: Sequence[Piece], *, slash: bool, thread: bool
) -> Sense:
    rest = pieces[pieces.index(head) + 1 :]
    match head.kind:
        case Kind.HOW:
            return _how(base, rest, thread=thread)
        case Kind.MAY:
            return _may(base, rest, pieces)
        case Kind.WHY:
            return replace(base, intent=Intent.DOCTOR, force=Force.QUESTION)
        case Kind.WAS | Kind.IS if _wished(pieces, rest) and not base.asks:
            past = next(piece for piece in rest if piece.kind is Kind.PAST)
            sense = _order(base, past, rest, pieces)
            return replace(sense, left=tuple(p for p in sense.left if p is not head))
        case Kind.WAS | Kind.IS if not base.asks and (order := _stated(head, rest, pieces)):
            left = tuple(p for p in _left(order, pieces) if p.intent is not order)
            return replace(base, intent=order, force=Force.TOLD, left=left)
        case Kind.WAS | Kind.IS | Kind.WHEN | Kind.WHICH:
            return replace(_question(base, head, rest, pieces), force=Force.QUESTION)
        case Kind.NOT:
            return _negated(base, head, rest, pieces)
        case Kind.VERB | Kind.SOFT | Kind.CANCEL | Kind.PAST:
            return _order(base, head, rest, pieces)
        case Kind.NOUN if pieces[0].kind in (Kind.WITH, Kind.WITHOUT) and head.option:
            return base
        case Kind.NOUN:
            return _noun(base, head, pieces)
        case Kind.SAID if base.asks or _has_kind(pieces, Kind.ABOUT):
            return _find(base, head, pieces)
        case Kind.SAID:
            return _told(base, head, rest, pieces)
        case Kind.HINT:
            left = tuple(p for p in _left(Intent.STOP, pieces) if p is not head)
            if _has_kind(pieces, Kind.THANKS) and not thread:
                return replace(base, intent=Intent.THANKS)
            if not (thread or any(piece.sort is Sort.ROOM for piece in pieces)):
                return replace(base, intent=Intent.UNKNOWN, left=left)
            return replace(base, intent=Intent.STOP, force=Force.TOLD, left=left)
        case Kind.FORGET:
            return replace(base, intent=Intent.UNKNOWN, force=Force.ORDER, left=(head,))
        case Kind.POSTING if head.intent is None and not base.asks:
            return replace(base, intent=Intent.UNKNOWN, left=(head,))
        case Kind.CARDS:
            return replace(base, intent=Intent.UNKNOWN, left=(head,))
        case Kind.WITHOUT if _has(rest, Intent.SUMMARY) and not slash:
            return replace(base, intent=Intent.DOCTOR)
        case Kind.CLAUSE | Kind.ABOUT:
            return _told(base, head, rest, pieces)
    return replace(base, left=(head, *(p for p in rest if not _skipped(p))))


def _stated(head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Intent | None:
    """Return what a statement asks for between the lines: `town hall on friday is cancelled`."""
    before = pieces[: pieces.index(head)]
    subject = any(p.sort is Sort.ROOM or p.kind is Kind.THING or p.key == ("this",) for p in before)
    if not subject:
        return None
    wants = (Intent.UNSCHEDULE, Intent.PAUSE)
    return next(
        (
            piece.intent
            for piece in rest
            if (piece.intent in wants and piece.key != ("paused",))
            or (piece.intent is Intent.STOP and piece.kind is Kind.VERB)
        ),
        None,
    )


def _wished(pieces: Sequence[Piece], rest: Sequence[Piece]) -> bool:
    """Say whether a statement wishes for something: `make sure the town hall is recorded`."""
    return _has_kind(pieces, Kind.WISH, Kind.HEDGE) and _has_kind(rest, Kind.PAST)


def _told(base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """Read a verb behind words that make it less than an order: `Tom asked to stop this`."""
    order = next((p for p in rest if p.kind in (Kind.VERB, Kind.CANCEL)), None)
    if order is None:
        return replace(base, intent=Intent.UNKNOWN, left=(head,))
    after = rest[list(rest).index(order) + 1 :]
    sense = _order(base, order, after, pieces)
    force = Force.TOLD if sense.force is Force.ORDER else sense.force
    return replace(sense, force=force, left=(head, *sense.left))


# Questions.


def _how(base: Sense, rest: Sequence[Piece], *, thread: bool) -> Sense:
    """`how do I stop this?` is asked about; any other is a question about the commands."""
    verb = next((p for p in rest if p.kind in (Kind.VERB, Kind.SOFT, Kind.CANCEL)), None)
    intent = verb.intent if verb else None
    if intent is Intent.JOIN:
        return replace(base, intent=Intent.JOIN, force=Force.QUESTION)
    if intent in (Intent.STOP, Intent.PAUSE) and (
        thread or any(piece.sort is Sort.ROOM for piece in rest)
    ):
        left = tuple(_left(intent, rest))
        return replace(base, intent=intent, force=Force.QUESTION, left=left)
    return replace(base, intent=Intent.HELP, force=Force.QUESTION, topic=intent and str(intent))


def _may(base: Sense, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """`should we record …?`: a question whether to; what is only to be seen is shown."""
    negation = next((n for n, piece in enumerate(rest) if piece.kind is Kind.NOT), None)
    if negation is not None and _has(rest[negation:], Intent.START):
        return replace(base, intent=Intent.STOP, force=Force.UNWANTED, asks=True)
    if not _has_kind(rest, Kind.VERB, Kind.SOFT, Kind.NOUN, Kind.PAST, Kind.CANCEL):
        return replace(base, intent=Intent.UNKNOWN, force=Force.QUESTION)
    head = next(
        p for p in rest if p.kind in (Kind.VERB, Kind.SOFT, Kind.NOUN, Kind.PAST, Kind.CANCEL)
    )
    after = rest[list(rest).index(head) + 1 :]
    if head.kind is Kind.NOUN:
        sense = _noun(base, head, pieces)
    else:
        sense = _order(base, head, after, pieces)
    left = tuple(piece for piece in sense.left if piece.kind is not Kind.MAY)
    return replace(sense, force=Force.QUESTION, left=left, asks=True)


def _question(base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """Read who, what, when, did, is: none of them is an order."""
    for intent in (Intent.PRESETS, Intent.SETTINGS):
        if _has(rest, intent):
            return replace(base, intent=intent)
    if _has(rest, Intent.HELP) and not any(p.sort is Sort.ROOM for p in rest):
        return replace(base, intent=Intent.HELP)
    said = next((piece for piece in rest if piece.kind is Kind.SAID), None)
    about = _has_kind(rest, Kind.ABOUT)
    summary = _has(rest, Intent.SUMMARY)
    discussed = next((piece for piece in rest if piece.key in _DISCUSSED), None)
    if discussed and _after(pieces, discussed):
        return _find(base, discussed, pieces)
    if said or (summary and about):
        return _find(base, said or head, pieces)
    if _has(rest, Intent.DOCTOR, Kind.NOUN):
        return replace(base, intent=Intent.DOCTOR)
    if _has(rest, Intent.FOLLOW):
        return replace(base, intent=Intent.FOLLOW)
    if _has(rest, Intent.JOIN):
        return replace(base, intent=Intent.JOIN)
    if summary:
        return replace(base, intent=Intent.SUMMARY)
    if _has(rest, Intent.STATUS, Kind.NOUN) and head.kind in (Kind.WHICH, Kind.IS):
        return replace(base, intent=Intent.STATUS)
    if _has(rest, Intent.LIST, Kind.NOUN):
        return replace(base, intent=Intent.LIST)
    recording = _has(rest, Intent.START) or _has_kind(rest, Kind.THING)
    if head.kind in (Kind.WAS, Kind.WHICH) and _recorded_before(head, rest):
        return replace(base, intent=Intent.LIST)
    steered = any(_has(rest, one) for one in (Intent.STOP, Intent.PAUSE, Intent.RESUME))
    planned = any(_has(rest, one) for one in (Intent.SCHEDULE, Intent.UNSCHEDULE))
    if recording or steered or planned or _has(rest, Intent.STATUS):
        return replace(base, intent=Intent.STATUS)
    if head.kind in (Kind.WAS, Kind.IS, Kind.WHEN) and any(p.sort is Sort.ROOM for p in pieces):
        listed = head.kind is Kind.WAS
        return replace(base, intent=Intent.LIST if listed else Intent.STATUS)
    unread = tuple(piece for piece in rest if piece.sort is Sort.UNREAD)
    if head.kind is Kind.WHEN and not unread:
        return replace(base, intent=Intent.STATUS)
    about_bot = all(_skipped(piece) for piece in rest) and len(rest) <= 1
    if head.key[0] in ("what", "who") and about_bot:
        return replace(base, intent=Intent.HELP)
    return replace(base, intent=Intent.UNKNOWN, left=unread)


_DISCUSSED = {("discuss",), ("discussed",), ("decide",), ("decided",), ("agreed",)}


def _recorded_before(head: Piece, rest: Sequence[Piece]) -> bool:
    """Say whether a question is about past recordings: `did we record …`."""
    steered = any(_has(rest, one) for one in (Intent.STOP, Intent.PAUSE, Intent.RESUME))
    if steered or head.key[0] == "who" or any(p.key[0] in ("started", "yet") for p in rest):
        return False
    if head.kind is Kind.WAS:
        return _has(rest, Intent.START) or _has_kind(rest, Kind.THING) or len(head.key) > 3
    did = head.key[-1] in ("did", "was", "were") or any(p.kind is Kind.WAS for p in rest)
    return did and _has(rest, Intent.START)


def _find(base: Sense, head: Piece, pieces: Sequence[Piece]) -> Sense:
    """Search what was said: the words behind *about*, else behind the verb."""
    about = next((piece for piece in pieces if piece.kind is Kind.ABOUT), None)
    said = next((piece for piece in pieces if piece.kind is Kind.SAID), head)
    query = _after(pieces, about or said)
    before = [
        word
        for piece in pieces[: pieces.index(said)]
        if piece.sort in (Sort.UNREAD, Sort.USER)
        for word in piece.words
    ]
    speaker = " ".join(word.text for word in before) or None
    if not query and speaker and about is None:
        query, speaker = tuple(before), None
    return replace(base, intent=Intent.FIND, query=query, speaker=speaker)


_LEADING = frozenset(
    (word,)
    for word in (
        *("the", "a", "an", "any", "some", "our", "my", "your", "this", "that", "it"),
        *("of", "for", "in", "on", "at", "from", "to", "about", "and"),
    )
)


def _after(pieces: Sequence[Piece], head: Piece) -> tuple[Word, ...]:
    """Return the words behind a piece that are neither rooms nor times nor fillers at an end."""
    at = list(pieces).index(head) + 1
    kept = [p for p in pieces[at:] if p.sort not in (Sort.ROOM, Sort.TIME, Sort.BOT)]
    fillers = (
        Kind.FILLER,
        Kind.THANKS,
        Kind.ARTICLE,
        Kind.AND,
        Kind.THING,
        Kind.ABOUT,
        Kind.SAID,
        Kind.HERE,
        Kind.HELLO,
        Kind.ALL,
        Kind.IS,
    )
    while kept and (kept[-1].kind in fillers or kept[-1].sort is Sort.COMMA):
        kept.pop()
    while kept and (kept[0].key in _LEADING or kept[0].sort is Sort.COMMA):
        kept.pop(0)
    return tuple(word for piece in kept for word in piece.words)


# Negations.


def _negated(base: Sense, negation: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """Read `don't …`: never an order to do it."""
    verb = next(
        (
            p
            for p in rest
            if p.kind in (Kind.VERB, Kind.PAST, Kind.POSTING, Kind.CANCEL, Kind.FORGET, Kind.CARDS)
            or p.kind in (Kind.SAID, *_OPENERS)
            or (p.kind is Kind.THING and p.key[0].startswith("record"))
            or p.key[-1:] == ("recorded",)
            or (p.intent is Intent.LIST and _has_kind(pieces, Kind.HERE, Kind.CARDS))
        ),
        None,
    )
    wish = "recording" in negation.key or "recordings" in negation.key
    if verb is None and not wish:
        return replace(base, intent=Intent.UNKNOWN, force=Force.NEGATED, left=(negation,))
    if verb is not None and (
        verb.kind is Kind.POSTING or verb.intent in (Intent.SHARE, Intent.FOLLOW, Intent.LIST)
    ):
        return _unwanted_posts(base, pieces)
    if verb is not None and verb.kind is Kind.CARDS:
        return _unwanted_posts(base, pieces)
    left = tuple(
        p
        for p in pieces
        if not _skipped(p)
        and p is not negation
        and p is not verb
        and p.intent not in (Intent.START, Intent.SCHEDULE)
        and p.kind is not Kind.NOT
        and "recorded" not in p.key
    )
    if wish or (
        verb and (verb.intent in (Intent.START, Intent.SCHEDULE) or verb.kind is Kind.THING)
    ):
        return replace(base, intent=Intent.STOP, force=Force.UNWANTED, left=left)
    if verb and verb.key[-1:] == ("recorded",):
        return replace(base, intent=Intent.STOP, force=Force.UNWANTED, left=left)
    if verb and (verb.intent is Intent.STOP or verb.kind is Kind.CANCEL):
        return replace(base, intent=Intent.STOP, force=Force.NEGATED, left=left)
    if verb and verb.intent in ORDERS:
        return replace(base, intent=verb.intent, force=Force.NEGATED, left=left)
    if verb and verb.kind in _OPENERS and any(p.intent is Intent.STOP for p in rest):
        return replace(base, intent=Intent.STOP, force=Force.NEGATED, left=(negation, *left))
    if verb and verb.kind is Kind.HOW:
        return replace(base, intent=Intent.HELP, force=Force.QUESTION)
    if _has(rest, Intent.START, Kind.VERB):
        return replace(base, intent=Intent.STOP, force=Force.UNWANTED, left=(negation, *left))
    return replace(base, intent=Intent.UNKNOWN, force=Force.NEGATED, left=(negation,))


def _unwanted_posts(base: Sense, pieces: Sequence[Piece]) -> Sense:
    """`stop posting standup here` unfollows a room; without one it is about the settings."""
    room = any(piece.sort is Sort.ROOM for piece in pieces)
    results = any(p.intent is Intent.SUMMARY for p in pieces)
    told = any(piece.key[-1:] in (("following",), ("watching",), ("tracking",)) for piece in pieces)
    intent = Intent.UNFOLLOW if (room or told) and not results else Intent.SETTINGS
    left = tuple(_left(intent, pieces))
    return replace(base, intent=intent, force=Force.ORDER, left=left)


# Orders.


def _order(base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """Read a verb at the head of a sentence."""
    later = next(
        (
            piece
            for n, piece in enumerate(rest)
            if piece.kind is Kind.VERB
            and piece.intent in ORDERS
            and not (n and rest[n - 1].kind is Kind.ARTICLE)  # `break a record`
        ),
        None,
    )
    if head.kind is Kind.SOFT and later is not None and not _has_kind(rest, Kind.SAID, Kind.WHICH):
        between = rest[: list(rest).index(later)]
        if not any(piece.kind is Kind.NOUN for piece in between):
            head, rest = later, rest[list(rest).index(later) + 1 :]
    intent = head.intent
    force = Force.QUESTION if base.asks else Force.ORDER
    if head.kind is Kind.CANCEL:
        left = tuple(_left(Intent.UNSCHEDULE, pieces))
        return replace(base, intent=Intent.UNSCHEDULE, force=force, cancels=True, left=left)
    if head.kind is Kind.PAST:
        wished = _has_kind(pieces, Kind.WISH, Kind.REQUEST)
        if not wished and not base.asks:
            return replace(base, intent=Intent.UNKNOWN, left=(head,))
        if not wished:
            return replace(base, intent=Intent.STATUS, force=Force.QUESTION)
        left = tuple(p for p in _left(intent or Intent.UNKNOWN, pieces) if p is not head)
        return replace(base, intent=intent, force=Force.TOLD, left=left)
    match intent:
        case Intent.STOP if _has_kind(rest[:3], Kind.POSTING, Kind.CARDS) or (
            _has(rest[:1], Intent.SHARE) or _has(rest[:1], Intent.FOLLOW)
        ):
            return replace(_unwanted_posts(base, pieces), force=force)
        case Intent.SHARE:
            return _shared(base, head, rest, pieces, force=force)
        case Intent.LIST:
            return _shown(base, head, rest, pieces)
        case Intent.FIND:
            return replace(_find(base, head, pieces), force=force)
        case Intent.JOIN:
            return _joined(base, head, rest, pieces, force=force)
        case Intent.DOCTOR if head.kind is Kind.SOFT:
            return _checked(base, rest)
        case Intent.SETTINGS | Intent.PRESETS:
            left = tuple(piece for piece in rest if piece.sort is Sort.UNREAD)
            return replace(base, intent=intent, force=force, left=left)
        case Intent.FOLLOW if head.kind is Kind.SOFT and not any(
            piece.sort is Sort.ROOM for piece in pieces
        ):
            return replace(base, intent=Intent.UNKNOWN, left=(head,))
        case Intent.START if _only_options(rest) and head.key[0] in ("turn", "switch"):
            return replace(base, intent=Intent.SETTINGS, force=force, left=(head,))
        case Intent.STOP if _only_options(rest) and head.key[0] in ("turn", "switch"):
            return replace(base, intent=Intent.SETTINGS, force=force, left=(head,))
        case Intent.HELP:
            return _helped(base, rest)
    if intent not in ORDERS:
        return replace(base, intent=intent, force=force)
    return _acting(base, head, rest, pieces, force=force)


def _acting(
    base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, force: Force
) -> Sense:
    """Read an order that starts, stops or changes something."""
    intent = head.intent or Intent.UNKNOWN
    second = next(
        (
            Intent.UNSCHEDULE if piece.kind is Kind.CANCEL else piece.intent
            for n, piece in enumerate(rest)
            if _is_second(intent, piece, rest[:n])
        ),
        None,
    )
    left = tuple(p for p in _left(intent, pieces) if p is not head)
    negated = _has_kind(rest, Kind.NOT)
    unread = [n for n, piece in enumerate(pieces) if piece.sort is Sort.UNREAD]
    article = bool(unread) and (
        any(piece.kind is Kind.ARTICLE for piece in pieces[max(0, unread[0] - 2) :])
        or pieces[unread[0]].key[0].endswith("ing")
    )
    return replace(
        base,
        intent=intent,
        force=Force.TOLD if negated and force is Force.ORDER else force,
        left=left,
        second=second,
        weak=head.kind is Kind.SOFT,
        article=article and head.key not in _RECORDS,
    )


def _is_second(intent: Intent, piece: Piece, between: Sequence[Piece]) -> bool:
    """Say whether a later verb is an order of its own: `stop standup and record town hall`."""
    if piece.kind not in (Kind.VERB, Kind.CANCEL) or piece.intent is intent:
        return False
    if piece.kind is Kind.VERB and piece.intent not in ORDERS:
        return False
    if piece.option is not None and intent in (Intent.START, Intent.SCHEDULE):
        return False
    joined = _has_kind(between, Kind.AND) or any(p.sort is Sort.COMMA for p in between)
    if piece.intent in (Intent.START, Intent.SCHEDULE):
        if intent in (Intent.START, Intent.SCHEDULE):
            return False
        return joined
    return True


def _only_options(rest: Sequence[Piece]) -> bool:
    """Say whether an order names options alone: `turn on transcripts`."""
    return any(piece.option for piece in rest) and all(
        piece.option or (_skipped(piece) and piece.sort is not Sort.ROOM) for piece in rest
    )


def _shared(
    base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, force: Force
) -> Sense:
    """`share …` has a place; without one, it is to be shown, or cards are to be followed."""
    placed = any(piece.sort is Sort.CHANNEL for piece in rest)
    left = tuple(p for p in _left(Intent.SHARE, pieces) if p is not head)
    told = _has_kind(rest, Kind.HERE) and _has_kind(rest, Kind.CLAUSE, Kind.WHEN)
    if not placed and (told or _has_kind(rest, Kind.CARDS)):
        left = tuple(p for p in _left(Intent.FOLLOW, pieces) if p is not head)
        return replace(base, intent=Intent.FOLLOW, force=force, left=left)
    if not placed and head.key[0] in ("send", "share", "post"):
        if _has(rest, Intent.SUMMARY):
            return replace(base, intent=Intent.SUMMARY, force=force)
        if head.key[0] == "send" and (_has_kind(rest, Kind.THING) or _has(rest, Intent.LIST)):
            return replace(base, intent=Intent.LIST, force=force)
    return replace(base, intent=Intent.SHARE, force=force, left=left)


def _shown(base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Sense:
    """`show …`, `list …`: what is to be seen decides."""
    if _has_kind(rest, Kind.SAID) or (_has_kind(rest, Kind.ABOUT) and head.kind is Kind.SOFT):
        said = next((p for p in rest if p.kind in (Kind.SAID, Kind.ABOUT)), head)
        return _find(base, said, pieces)
    if _has_kind(rest, Kind.CARDS) and any(piece.sort is Sort.ROOM for piece in rest):
        left = tuple(p for p in _left(Intent.FOLLOW, pieces) if p is not head)
        return replace(base, intent=Intent.FOLLOW, force=Force.ORDER, left=left)
    for piece in rest:
        if piece.option and _has_kind(rest, Kind.PAST, Kind.WITH):
            continue
        if piece.kind in (Kind.NOUN, Kind.VERB) and piece.intent not in (Intent.START, None):
            if piece.intent in ORDERS and piece.intent is not Intent.FOLLOW:
                continue
            return replace(base, intent=piece.intent)
    room = any(piece.sort is Sort.ROOM for piece in rest)
    unread = tuple(piece for piece in rest if piece.sort is Sort.UNREAD)
    recorded = next((p for p in rest if p.kind is Kind.PAST and p.intent is Intent.START), None)
    if recorded and room and not _has_kind(rest, Kind.WAS, Kind.WHICH, Kind.IS):
        left = tuple(p for p in _left(Intent.START, pieces) if p not in (head, recorded))
        return replace(base, intent=Intent.START, force=Force.TOLD, left=left)
    timed = any(piece.sort is Sort.TIME for piece in rest)
    if head.kind is Kind.VERB or room or timed or _has_kind(rest, Kind.THING):
        return replace(base, intent=Intent.LIST, left=unread)
    if _has(rest, Intent.START, Kind.PAST):
        return replace(base, intent=Intent.LIST, left=unread)
    return replace(base, intent=Intent.UNKNOWN, left=(head, *unread))


def _joined(
    base: Sense, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, force: Force
) -> Sense:
    """`can you join …` asks the bot to come and record; `join …` asks for a link."""
    records = _has(rest, Intent.START) or any(p.key[0] == "take" for p in rest)
    asked = _has_kind(pieces, Kind.REQUEST) and head.key[0] in ("join", "hop", "come", "attend")
    if records or asked:
        left = tuple(p for p in _left(Intent.START, pieces) if p is not head)
        return replace(base, intent=Intent.START, force=Force.TOLD, left=left, weak=False)
    return replace(base, intent=Intent.JOIN, force=force)


def _checked(base: Sense, rest: Sequence[Piece]) -> Sense:
    """`check`: the bot's health, unless something to see is named."""
    named = next((p for p in rest if p.kind in (Kind.NOUN, Kind.VERB)), None)
    if named and named.intent not in ORDERS:
        return replace(base, intent=named.intent)
    if any(piece.sort is Sort.UNREAD for piece in rest):
        return replace(base, intent=Intent.UNKNOWN, left=tuple(rest))
    return replace(base, intent=Intent.DOCTOR)


def _helped(base: Sense, rest: Sequence[Piece]) -> Sense:
    """`help start` explains a command; `help me stop this` is about more than help."""
    verb = next((p for p in rest if p.kind in (Kind.VERB, Kind.SOFT)), None)
    return replace(
        base,
        intent=Intent.HELP,
        topic=str(verb.intent) if verb and verb.intent else None,
        left=(),
    )


def _noun(base: Sense, head: Piece, pieces: Sequence[Piece]) -> Sense:
    """Read a sentence whose first telling word names something to see: `recap of standup`."""
    after = pieces[list(pieces).index(head) + 1 :]
    order = next((p for p in after if p.kind is Kind.VERB and p.intent in ORDERS), None)
    if order is not None and head.intent in (Intent.STATUS, Intent.DOCTOR):
        left = tuple(p for p in _left(order.intent or Intent.UNKNOWN, pieces) if p is not order)
        return replace(base, intent=order.intent, force=Force.TOLD, left=(head, *left))
    about = next((piece for piece in after if piece.kind is Kind.ABOUT), None)
    if about and head.intent is Intent.SUMMARY and _after(pieces, about):
        return _find(base, head, pieces)
    unread = tuple(piece for piece in pieces if piece.sort is Sort.UNREAD)
    return replace(base, intent=head.intent, left=unread)


def _left(intent: Intent, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces that an order does not explain."""
    kinds, intents = _EXPLAINED.get(intent, (frozenset(), frozenset()))
    options = intent in (Intent.START, Intent.SCHEDULE)
    left: list[Piece] = []
    for piece in pieces:
        if piece.sort in _PLAIN_SORTS or piece.kind in _SKIPPED - {Kind.OPTION}:
            if piece.kind is Kind.WITH and Kind.WITH not in kinds:
                left.append(piece)
            continue
        if piece.sort is Sort.CHANNEL and intent in (Intent.SHARE, Intent.FOLLOW):
            continue
        if piece.sort is Sort.LINK and options:
            continue
        if piece.kind in kinds or (options and piece.option is not None):
            continue
        if piece.intent in intents and piece.kind is not Kind.PAST:
            continue
        if intent is Intent.FOLLOW and piece.kind is Kind.PAST:
            continue
        left.append(piece)
    return left
