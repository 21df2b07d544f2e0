"""Parses one sentence: its intent and its mood, such as order, question or negated order.

Pure. A verb is an order only at the head of the sentence, after politeness, fillers, names and
times; after anything else it is only mentioned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.features.commands.parse_orders import (
    read_negated,
    read_noun,
    read_order,
    read_told,
)
from bot.features.commands.parse_questions import (
    read_how,
    read_may,
    read_question,
)
from bot.features.commands.parsed import (
    OPENERS,
    Mood,
    Parsed,
    asks_for_a_recording,
    has_intent,
    has_order,
    has_role,
    has_room,
    left_over,
    read_find,
    recording_word,
    skipped,
    words_after,
)
from bot.features.commands.sentences import Piece, Sentence, Sort, cancels_an_end
from bot.features.commands.vocabulary import (
    ORDERS,
    SCHEDULED,
    SPELT,
    UPCOMING,
    Intent,
    Meaning,
    Role,
)


def parse_sentence(sentence: Sentence, *, slash: bool = False, thread: bool = False) -> Parsed:
    """Return the intent of a sentence and how it is expressed."""
    pieces = _with_parted_verbs(sentence.pieces)
    roles = {piece.role for piece in pieces}
    request = Role.REQUEST in roles
    pieces = _without_other_room(_behind_no(_behind_do_you_know(pieces)))
    base = Parsed(
        asks=sentence.asks and not request,
        thing=Role.THING in roles or has_intent(pieces, Intent.START, Role.VERB),
        all_of_them=Role.ALL in roles,
    )
    heads = [piece for piece in pieces if not skipped(piece)]
    if _thanks_for_it(pieces):
        return base._replace(intent=Intent.THANKS)
    if not heads:
        return _without_head(base, pieces, slash=slash)
    if not sentence.asks and any(piece.key[-2:] == ("had", "to") for piece in pieces):
        return base._replace(intent=Intent.UNKNOWN, left=tuple(heads))  # we had to stop
    praised = Role.THANKS in roles and [p.role for p in heads] in ([Role.WAS], [Role.IS])
    if not sentence.asks and (praised or _thanks_alone(pieces)):
        return base._replace(intent=Intent.THANKS)
    if not has_order(heads) and (late := _misspelt_behind_comma(pieces)):
        after = pieces[pieces.index(late) :]
        parsed = _guessed(base, _misspelt(late) or Intent.UNKNOWN, late, pieces, heads)
        return parsed._replace(left=tuple(p for p in parsed.left if p in after and p is not late))
    head, told = heads[0], False
    if head.sort is Sort.UNREAD:
        if (guess := _misspelt(head)) and not has_order(heads):
            return _guessed(base, guess, head, pieces, heads)
        meant = next((piece for piece in heads if piece.sort is not Sort.UNREAD), None)
        if meant is None and Role.THANKS in roles and len(heads) <= 2:
            return base._replace(intent=Intent.THANKS)
        if meant is None and has_room(pieces) and any(p.key in _LATEST for p in pieces):
            counts = all(piece.key[0].isdigit() for piece in heads)
            return base._replace(intent=Intent.LIST if counts else None, left=tuple(heads))
        if meant is None and any(p.key in _LATEST for p in pieces) and heads[0].key[0].isdigit():
            return base._replace(intent=Intent.LIST)  # last 3 town halls
        if meant is None and Role.WISH in roles and asks_for_a_recording(pieces):
            return base._replace(intent=Intent.START, mood=Mood.TOLD, left=tuple(heads))
        if meant is None:
            return base._replace(left=tuple(heads))
        head, told = meant, True
        if _tells_of_something_else(pieces, head):
            return base._replace(intent=Intent.UNKNOWN, left=tuple(heads))
    parsed = _by_head(base, head, pieces, slash=slash, thread=thread)
    planned = any(p.intent is Intent.SCHEDULE and p.role is Role.PAST for p in pieces)
    if parsed.intent in _LISTS and (planned or any(p.key in UPCOMING for p in pieces)):
        parsed = parsed._replace(intent=Intent.STATUS, topic=SCHEDULED)
    hedged = any(piece.role is Role.HEDGE for piece in pieces[: pieces.index(head)])
    if (told or hedged) and parsed.mood is Mood.ORDER:
        parsed = parsed._replace(mood=Mood.TOLD)
    if _ends_in_stop(parsed, pieces):
        left = tuple(piece for piece in heads if piece.intent is not Intent.STOP)
        return base._replace(intent=Intent.STOP, mood=Mood.TOLD, left=left)
    if told and parsed.intent in (Intent.THANKS, Intent.HELP, None):
        return parsed._replace(intent=None, left=tuple(heads))
    return parsed


def _ends_in_stop(parsed: Parsed, pieces: Sequence[Piece]) -> bool:
    """Say whether a text without another order ends in one to stop: `its over stop recording`."""
    searched = parsed.intent is Intent.FIND and not has_intent(pieces, Intent.FIND, Role.VERB)
    if parsed.asks or not (searched or parsed.intent in (None, Intent.UNKNOWN)):
        return False
    said = [p for p in pieces if p.sort is not Sort.COMMA and p.role not in _BESIDE_STOP]
    denied = has_role(pieces, Role.NOT, Role.HOW)
    ends = bool(said) and said[-1].intent is Intent.STOP and said[-1].role is Role.VERB
    return ends and not denied


_BESIDE_STOP = (Role.FILLER, Role.THANKS, Role.THING)


def _thanks_for_it(pieces: Sequence[Piece]) -> bool:
    """Say whether somebody is thanked for what was done: `perfect, thanks for stopping`."""
    at = next((n for n, p in enumerate(pieces) if p.role is Role.THANKS and p.key in _THANKS), None)
    if at is None or [piece.key for piece in pieces[at + 1 : at + 2]] != [("for",)]:
        return False
    return not has_order(pieces[:at])


_THANKS = {("thanks",), ("thank", "you"), ("thx",), ("ty",), ("tx",), ("cheers",)}
_LISTS = (Intent.STATUS, Intent.LIST)


def _behind_do_you_know(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Skip `do you know` before a question."""
    asks = pieces[1:] and pieces[0].key == ("do", "you", "know") and pieces[1].role in OPENERS
    return pieces[1:] if asks else pieces


def _without_other_room(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Leave out `not B` before an order: `I meant A, not B, record that`."""
    at = next((n for n, piece in enumerate(pieces) if piece.role is Role.NOT), 0)
    before = [piece for piece in pieces[:at] if piece.sort is not Sort.COMMA]
    rooms = [piece.sort is Sort.ROOM for piece in (*before[-1:], *pieces[at + 1 : at + 2])]
    other = rooms == [True, True] and has_order(pieces[at:]) and not has_order(before)
    return [*pieces[:at], *pieces[at + 2 :]] if other else pieces


_WAIT = ("wait",)


def _behind_no(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Skip each `no` before an order or a negation: `no, stop!`, `no no stop`, `no don't stop`."""
    insists = bool(pieces) and len(pieces[0].key[0]) > len("no")
    while len(pieces) > 1 and _is_no(pieces[0]) and _is_no(pieces[1]):
        pieces, insists = pieces[1:], True
    waits = bool(pieces) and pieces[0].key == _WAIT
    if not waits and not _is_no(pieces[0]):
        return pieces
    said = [p for p in pieces[1:] if p.sort is not Sort.COMMA and p.role is not Role.FILLER]
    said = said[1:] if said and said[0].key == _WAIT else said
    if said and said[0].role is Role.NOT:
        return pieces[pieces.index(said[0]) :]
    if waits:
        return pieces
    # `no stop` and `no pause` are negated orders.
    parted = len(pieces) > 1 and pieces[1].sort is Sort.COMMA
    controls = _CONTROLS if parted else (Intent.STOP,) if insists or _ordered(pieces[1:]) else ()
    begins = said and said[0].role is Role.VERB and said[0].intent in controls
    starts = parted and has_room(pieces) and said[:1] and said[0].intent is Intent.START
    return pieces[1:] if begins or (starts and said[0].role is Role.VERB) else pieces


_CONTROLS = (Intent.STOP, Intent.PAUSE, Intent.RESUME)


def _ordered(after: Sequence[Piece]) -> bool:
    """Say whether the words after `no` can only be an order: `no please stop`, `no stop it`."""
    parts = bool(after) and after[0].role is Role.FILLER and after[0].key not in _JOINED
    return parts or (len(after) > 1 and after[1].key in _OBJECTS)


_JOINED = frozenset((word,) for word in ("the", "this", "that", "my", "our", "your", "more"))
_OBJECTS = frozenset((word,) for word in ("it", "this", "that"))


def _is_no(piece: Piece) -> bool:
    """Say whether a piece is `no`, also `nooo`."""
    return piece.role is Role.WITHOUT and len(piece.key) == 1 and {*piece.key[0]} == {"n", "o"}


def says_only_no(sentence: Sentence) -> bool:
    return all(_is_no(piece) or piece.sort is Sort.COMMA for piece in sentence.pieces)


def _thanks_alone(pieces: Sequence[Piece]) -> bool:
    """Say whether thanks come with nothing but a remark: `thx, that was quick`."""
    spoken = [piece for piece in pieces if piece.role is not Role.HELLO]
    if not spoken or spoken[0].role is not Role.THANKS:
        return False
    remark = (Role.THANKS, Role.FILLER, Role.WAS, Role.IS, Role.THING, Role.HEDGE, None)
    sorts = (Sort.UNREAD, Sort.COMMA, Sort.PHRASE, Sort.USER, Sort.BOT)
    return all(p.role in remark and p.sort in sorts for p in spoken) and len(spoken) <= 8


def _tells_of_something_else(pieces: Sequence[Piece], verb: Piece) -> bool:
    """Say whether a verb has another subject, or is a noun: `the new intern will start`."""
    if verb.intent not in (Intent.START, Intent.SCHEDULE):
        return False
    at = next(n for n, piece in enumerate(pieces) if piece is verb)
    before = pieces[at - 1].key if at else ()
    others = before in (("will",), ("would",), ("should",), ("might",)) and not has_role(
        pieces, Role.REQUEST
    )
    named = any(piece.sort is Sort.ROOM for piece in pieces)
    noun = verb.key == ("record",) and before in _BEFORE_NOUN
    return noun or (others and not named)


_BEFORE_NOUN = {("the",), ("a",), ("our",), ("my",), ("new",), ("world",), ("all",)}
_PARTED = {
    ("going",): Meaning(Role.VERB, Intent.START),
    ("rolling",): Meaning(Role.VERB, Intent.START),
    ("off",): Meaning(Role.VERB, Intent.STOP),
    ("down",): Meaning(Role.VERB, Intent.STOP),
    ("on",): Meaning(Role.VERB, Intent.START),
    ("on", "hold"): Meaning(Role.VERB, Intent.PAUSE),
}


def _with_parted_verbs(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Join `turn … off`, `put … on hold`: the verb takes the place of its first word."""
    at = next((n for n, p in enumerate(pieces) if p.key in _SECOND_PARTS), None)
    if at is None:
        return pieces
    seconds = _SECOND_PARTS[pieces[at].key]
    for n in range(at + 1, min(at + 7, len(pieces))):
        if pieces[n].key in seconds:
            verb = Piece(Sort.PHRASE, pieces[at].words, _PARTED[pieces[n].key])
            return [*pieces[:at], verb, *pieces[at + 1 : n], *pieces[n + 1 :]]
    return pieces


_LATEST = {("last",), ("latest",), ("recent",), ("previous",), ("past",)}
_OF = {("of",), *_LATEST, ("old",)}
_SWITCHES = (("off",), ("on",))
_SECOND_PARTS: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("turn",): _SWITCHES,
    ("switch",): _SWITCHES,
    ("shut",): (("off",), ("down",)),
    ("put",): (("on", "hold"),),
    ("get",): (("going",), ("rolling",)),
    ("set",): (("going",), ("rolling",)),
}


def _without_head(base: Parsed, pieces: Sequence[Piece], *, slash: bool) -> Parsed:
    """Read a sentence without a verb: thanks, a greeting, `the last recordings`."""
    roles = {piece.role for piece in pieces}
    roomless = all(piece.sort is not Sort.ROOM for piece in pieces)
    if Role.THANKS in roles and roomless:
        return base._replace(intent=Intent.THANKS)
    if not slash and pieces and all(piece.key in _ASSENTS for piece in pieces):
        return base._replace(intent=Intent.THANKS)
    if Role.HELLO in roles and roomless:
        return base._replace(intent=Intent.HELP)
    ahead = any(p.key == ("next",) for p in pieces) and all(p.sort is not Sort.TIME for p in pieces)
    if ahead and roomless and (base.asks or recording_word(pieces)):
        return base._replace(intent=Intent.STATUS, mood=Mood.QUESTION, topic=SCHEDULED)
    made = any(p.role is Role.WISH and p.key in _MAKING for p in pieces)
    if not base.asks and (asks_for_a_recording(pieces) or (made and recording_word(pieces))):
        return base._replace(intent=Intent.START, mood=Mood.TOLD)
    if recording_word(pieces) and not slash:
        if base.asks and (roomless or not any(p.key in _OF for p in pieces)):
            return base._replace(intent=Intent.STATUS, mood=Mood.QUESTION)
        return base._replace(intent=Intent.LIST if not roomless else Intent.STATUS)
    if Role.REQUEST in roles and roomless and len(pieces) > 1:
        return base._replace(intent=Intent.HELP)
    return base


_MAKING = {("make",), ("do",), ("needs",)}  # this one needs recording
_ASSENTS = {(word,) for word in ("ok", "okay", "k", "fine", "good", "alright")}


def _misspelt(piece: Piece) -> Intent | None:
    """Return the order or question that a word misspells."""
    return None if piece.words[0].quoted else _spelt_like(piece.words[0].key)


_WORDS = {"spot", "shear"}  # with the letters of a verb, in another order than `sopt`


@lru_cache(maxsize=4096)
def _spelt_like(word: str) -> Intent | None:
    if not 4 <= len(word) <= 12 or not word.isalpha():
        return None
    best, at_most = None, 1 if len(word) < 7 else 2
    for known, intent in SPELT.items():
        if word.startswith(known):
            return None  # starts, recorder
        if word[0] != known[0] and {*word[:2]} != {*known[:2]}:
            continue
        shuffled = word not in _WORDS and word[0] == known[0] and sorted(word) == sorted(known)
        distance = 1 if shuffled else OSA.distance(word, known, score_cutoff=at_most)
        if distance <= at_most:
            best, at_most = intent, distance - 1
    return best


def _misspelt_behind_comma(pieces: Sequence[Piece]) -> Piece | None:
    """Return an order that is misspelt behind a comma: `we are all in weekly, hit recrod`."""
    commas = [n for n, piece in enumerate(pieces) if piece.sort is Sort.COMMA]
    after = [piece for piece in pieces[commas[-1] + 1 :] if not skipped(piece)] if commas else []
    unread = [piece for piece in after[:2] if piece.sort is Sort.UNREAD]
    return next((piece for piece in unread if _misspelt(piece) in ORDERS), None)


def _guessed(
    base: Parsed, intent: Intent, head: Piece, pieces: Sequence[Piece], heads: Sequence[Piece]
) -> Parsed:
    """Read a misspelt verb: `stpo webinar`."""
    if intent is Intent.FIND:
        query = words_after(pieces, head)
        return base._replace(intent=intent, mood=Mood.GUESS, query=query, guessed=(head,))
    also = tuple(p for p in heads if p.sort is Sort.UNREAD and _misspelt(p) is intent)
    left = tuple(piece for piece in left_over(intent, pieces) if piece not in also)
    if intent in (Intent.THANKS, Intent.HELP) and left:
        return base._replace(left=tuple(heads))
    return base._replace(intent=intent, mood=Mood.GUESS, left=left, guessed=also)


def _by_head(
    base: Parsed, head: Piece, pieces: Sequence[Piece], *, slash: bool, thread: bool
) -> Parsed:
    rest = pieces[pieces.index(head) + 1 :]
    match head.role:
        case Role.HOW:
            return read_how(base, rest, thread=thread)
        case Role.MAY:
            return read_may(base, rest, pieces)
        case Role.WHY:
            return base._replace(intent=Intent.DOCTOR, mood=Mood.QUESTION)
        case Role.IS | Role.HEDGE if _whether_to(head, rest):
            return read_may(base, rest, pieces)
        case Role.WAS | Role.IS if _wished(pieces, rest) and not base.asks:
            past = next(piece for piece in rest if piece.role is Role.PAST)
            parsed = read_order(base, past, rest, pieces)
            return parsed._replace(left=tuple(p for p in parsed.left if p is not head))
        case Role.IS if not base.asks and _not_wanted(pieces):
            left = tuple(p for p in pieces if p.sort is Sort.UNREAD)
            return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=left, asks=True)
        case Role.IS if not base.asks and _asked_by_others(rest):
            return read_told(base, head, rest, pieces)
        case Role.WAS | Role.IS if not base.asks and (order := _stated(head, rest, pieces)):
            left = tuple(
                p for p in left_over(order, pieces) if p.intent not in (order, Intent.STOP)
            )
            return base._replace(intent=order, mood=Mood.TOLD, left=left)
        case Role.WHICH if head.key == ("what",) and not base.asks and _exclaims(rest):
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Role.WAS | Role.IS | Role.WHEN | Role.WHICH:
            return read_question(base, head, rest, pieces)._replace(mood=Mood.QUESTION)
        case Role.NOT if cancels_an_end(head):
            left = tuple(left_over(Intent.STOP, rest))
            return base._replace(intent=Intent.STOP, mood=Mood.NEGATED, left=left)
        case Role.NOT:
            return read_negated(base, head, rest, pieces)
        case Role.PAST if head.intent is Intent.UNSCHEDULE and not base.asks and has_room(pieces):
            left = tuple(left_over(Intent.UNSCHEDULE, pieces))
            return base._replace(intent=Intent.UNSCHEDULE, mood=Mood.TOLD, left=left)
        case Role.PAST if head.intent is Intent.STOP and not base.asks and _was_done(pieces):
            return base._replace(intent=Intent.STATUS)
        case Role.PAST if thread and head.intent is Intent.STOP and not base.asks:
            left = tuple(p for p in left_over(Intent.STOP, pieces) if p is not head)
            return base._replace(intent=Intent.STOP, mood=Mood.TOLD, left=left)
        case Role.VERB | Role.SOFT | Role.CANCEL | Role.PAST:
            return read_order(base, head, rest, pieces)
        case Role.NOUN if pieces[0].role in (Role.WITH, Role.WITHOUT) and head.option:
            return base
        case Role.NOUN:
            return read_noun(base, head, pieces)
        case Role.SAID if [p.key for p in pieces[:1]] == [("it",)]:  # it says failed
            broken = has_intent(rest, Intent.DOCTOR, Role.NOUN)
            return base._replace(intent=Intent.DOCTOR if broken else Intent.UNKNOWN, left=(head,))
        case Role.SAID if base.asks or has_role(pieces, Role.ABOUT):
            return read_find(base, head, pieces)
        case Role.SAID:
            return read_told(base, head, rest, pieces)
        case Role.HINT:
            left = tuple(p for p in left_over(Intent.STOP, pieces) if p is not head)
            if thread or any(piece.sort is Sort.ROOM for piece in pieces):
                return base._replace(intent=Intent.STOP, mood=Mood.TOLD, left=left)
            if has_role(pieces, Role.THANKS) or head.key in _BYE:
                return base._replace(intent=Intent.THANKS)
            return base._replace(intent=Intent.STOP, mood=Mood.TOLD, left=left)
        case Role.FORGET if any(p.intent in _PLANS for p in rest):
            left = tuple(left_over(Intent.UNSCHEDULE, pieces))
            return base._replace(intent=Intent.UNSCHEDULE, mood=Mood.ORDER, left=left)
        case Role.FORGET if head.key == ("forget",) and _recording_of(rest):
            left = tuple(p for p in left_over(Intent.START, rest) if p.role is not Role.ABOUT)
            return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=left, asks=True)
        case Role.FORGET if has_intent(rest, Intent.PRESETS):
            return base._replace(intent=Intent.PRESETS)
        case Role.FORGET:
            return base._replace(intent=Intent.UNKNOWN, mood=Mood.ORDER, left=(head,))
        case Role.POSTING if head.intent is None and not base.asks:
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Role.CARDS if has_intent(rest, Intent.DOCTOR, Role.NOUN):
            return base._replace(intent=Intent.DOCTOR)  # the card is not updating
        case Role.CARDS:
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Role.WITHOUT if _is_no(head) and has_intent(rest[:1], Intent.STOP, Role.VERB):
            return read_negated(base, head, rest, pieces)
        case Role.WITHOUT if has_intent(rest, Intent.SUMMARY) and not slash:
            return base._replace(intent=Intent.DOCTOR)
        case Role.WITHOUT if rest and rest[0].sort is Sort.ROOM and not slash:
            return _called_off(base, rest)
        case Role.CLAUSE | Role.ABOUT:
            return read_told(base, head, rest, pieces)
    return base._replace(left=(head, *(p for p in rest if not skipped(p))))


_BYE = {("bye",), ("goodbye",), ("good", "bye")}
_PLANS = (Intent.SCHEDULE, Intent.UNSCHEDULE)  # remove the schedule of town hall


def _recording_of(rest: Sequence[Piece]) -> bool:
    """Say whether a recording is to be made: `forget about recording the town hall`."""
    about = next((n for n, piece in enumerate(rest) if piece.role is Role.ABOUT), None)
    return about is not None and any(p.key == ("recording",) for p in rest[about : about + 2])


def _not_wanted(pieces: Sequence[Piece]) -> bool:
    """Say whether a recording is not wanted: `standup is recorded and we dont want it`."""
    records = any(p.key[-1] in ("recording", "recorded", "record") for p in pieces)
    return records and any(p.role is Role.NOT and p.key[-1] == "want" for p in pieces)


def _was_done(pieces: Sequence[Piece]) -> bool:
    """Say whether somebody has done it: `someone stopped it already`."""
    return any(piece.key in _DOERS for piece in pieces[:1]) or pieces[-1].key == ("already",)


_DOERS = {("someone",), ("somebody",), ("he",), ("she",), ("they",), ("i",)}


def _asked_by_others(rest: Sequence[Piece]) -> bool:
    """Say whether others ask for something: `people are asking if you could record this`."""
    at = next((n for n, p in enumerate(rest) if p.key in (("if",), ("whether",))), None)
    return at is not None and has_order(rest[at:])


def _called_off(base: Parsed, rest: Sequence[Piece]) -> Parsed:
    """Read `no town hall on friday`: nothing is to be recorded then."""
    said = [p for p in rest if p.role not in (Role.CLAUSE, Role.NOT) and not skipped(p)]
    return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=tuple(said), asks=True)


def _exclaims(rest: Sequence[Piece]) -> bool:
    """Say whether `what` is followed by an article: `what a record!`."""
    return bool(rest) and rest[0].key in (("a",), ("an",))


def _stated(head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Intent | None:
    """Return the intent that a statement implies: `town hall on friday is cancelled`."""
    before = pieces[: pieces.index(head)]
    subject = any(p.sort is Sort.ROOM or p.role is Role.THING or p.key == ("this",) for p in before)
    if not subject:
        return None
    wants = (Intent.UNSCHEDULE, Intent.PAUSE)
    timed = any(piece.sort in (Sort.TIME, Sort.UNREAD) for piece in pieces)  # off on friday
    return next(
        (
            Intent.UNSCHEDULE if piece.key == ("off",) and timed else piece.intent
            for piece in rest
            if (piece.intent in wants and piece.key != ("paused",))
            or (piece.intent is Intent.STOP and piece.role is Role.VERB)
            or piece.key == ("off",)
        ),
        None,
    )


def _whether_to(head: Piece, rest: Sequence[Piece]) -> bool:
    """Say whether a question is whether to do something: `is it necessary to record this?`"""
    at = next((n for n, piece in enumerate(rest) if piece.key == ("to",)), None)
    follows = rest[at + 1 : at + 2] if at is not None else ()
    orders = any(p.role is Role.VERB and p.intent in ORDERS for p in follows)
    return orders and head.key[-1] == "it" and at is not None and at <= _ADJECTIVES_MOST


_ADJECTIVES_MOST = 3  # is it really necessary to


def _wished(pieces: Sequence[Piece], rest: Sequence[Piece]) -> bool:
    """Say whether a statement wishes for something: `make sure the town hall is recorded`."""
    return has_role(pieces, Role.WISH, Role.HEDGE) and has_role(rest, Role.PAST)
