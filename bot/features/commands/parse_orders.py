"""Reads sentences that order or forbid something, or name something to show. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features.commands.parsed import (
    OPENERS,
    RECORDS,
    REFERRING,
    Mood,
    Parsed,
    asks_for_a_recording,
    has_intent,
    has_polite,
    has_role,
    has_room,
    left_over,
    read_find,
    recording_word,
    skipped,
    words_after,
)
from bot.features.commands.sentences import Piece, Sort
from bot.features.commands.table import BY_WORD
from bot.features.commands.vocabulary import ORDERS, Intent, Role


def read_told(base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Parsed:
    """Read a verb after words that make it less than an order: `Tom asked to stop this`."""
    order = next((p for p in rest if p.role in (Role.VERB, Role.CANCEL)), None)
    if order is None and has_role(pieces, Role.WISH, Role.REQUEST):
        order = next((p for p in rest if p.role is Role.PAST), None)  # if you recorded this
    if order is None:
        return base._replace(intent=Intent.UNKNOWN, left=(head,))
    after = rest[list(rest).index(order) + 1 :]
    parsed = read_order(base, order, after, pieces)
    mood = Mood.TOLD if parsed.mood is Mood.ORDER else parsed.mood
    return parsed._replace(mood=mood, left=(head, *parsed.left))


def read_negated(
    base: Parsed, negation: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]
) -> Parsed:
    """Read `don't …`, which is never an order to do it."""
    verb = next(
        (
            p
            for p in rest
            if p.role in (Role.VERB, Role.PAST, Role.POSTING, Role.CANCEL, Role.FORGET, Role.CARDS)
            or p.role in (Role.SAID, *OPENERS)
            or (p.role is Role.THING and p.key[0].startswith("record"))
            or p.key[-1:] == ("recorded",)
            or (p.intent is Intent.LIST and has_role(pieces, Role.HERE, Role.CARDS))
        ),
        None,
    )
    wish = "recording" in negation.key or "recordings" in negation.key
    unsure = negation.key in _OPINIONS or (negation.key in _CANNOT and has_room(pieces))
    unsure = unsure or negation.key[-1] == "you" or any(p.key in _ONLY for p in rest[:1])
    base = base._replace(asks=base.asks or unsure)
    if negation.key in _UNABLE and any(p.key in _LOOKED_AT for p in rest[:1]):
        return base._replace(intent=Intent.DOCTOR)  # I can't see the video
    if (
        verb is None
        and has_room(rest)
        and any(piece.key[-1] in ("need", "want") for piece in pieces)
    ):
        left = tuple(piece for piece in rest if not skipped(piece))
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=left, asks=True)
    if verb is None and not wish:
        return base._replace(intent=Intent.UNKNOWN, mood=Mood.NEGATED, left=(negation,))
    if verb is not None and (
        verb.role is Role.POSTING or verb.intent in (Intent.SHARE, Intent.FOLLOW, Intent.LIST)
    ):
        return _unwanted_posts(base, pieces)
    if verb is not None and verb.role is Role.CARDS:
        return _unwanted_posts(base, pieces)
    left = tuple(
        p
        for p in pieces
        if not skipped(p)
        and p is not negation
        and p is not verb
        and p.intent not in (Intent.START, Intent.SCHEDULE)
        and p.role is not Role.NOT
        and "recorded" not in p.key
    )
    conditional = any(piece.key == ("before",) for piece in rest)
    if verb and conditional and verb.intent is Intent.START and verb.key[0] in _BEGINNING:
        return base._replace(intent=Intent.UNKNOWN, mood=Mood.NEGATED, left=(negation, *left))
    if wish or (
        verb and (verb.intent in (Intent.START, Intent.SCHEDULE) or verb.role is Role.THING)
    ):
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=left)
    if verb and verb.key[-1:] == ("recorded",):
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=left)
    if verb and (verb.intent is Intent.STOP or verb.role is Role.CANCEL):
        return base._replace(intent=Intent.STOP, mood=Mood.NEGATED, left=left)
    if verb and verb.intent in ORDERS:
        return base._replace(intent=verb.intent, mood=Mood.NEGATED, left=left)
    if verb and verb.role in OPENERS and any(p.intent is Intent.STOP for p in rest):
        return base._replace(intent=Intent.STOP, mood=Mood.NEGATED, left=(negation, *left))
    if verb and verb.role is Role.HOW:
        return base._replace(intent=Intent.HELP, mood=Mood.QUESTION)
    if has_intent(rest, Intent.START, Role.VERB):
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, left=(negation, *left))
    return base._replace(intent=Intent.UNKNOWN, mood=Mood.NEGATED, left=(negation,))


_BEGINNING = ("start", "begin")  # don't start before I am there
_ONLY = {("just",), ("only",), ("simply",), ("merely",)}  # don't just record it
_OPINIONS = {("wouldnt",), ("would", "not")}  # I would not record that
_CANNOT = {("cant",), ("cannot",)}
_UNABLE = {*_CANNOT, ("dont",), ("do", "not"), ("didnt",), ("did", "not")}
_LOOKED_AT = {(word,) for word in ("see", "find", "open", "watch", "access", "play", "hear")}


def _unwanted_posts(base: Parsed, pieces: Sequence[Piece]) -> Parsed:
    """Read `stop posting standup here`: unfollow the room; without a room, open the settings."""
    room = any(piece.sort is Sort.ROOM for piece in pieces)
    results = any(p.intent is Intent.SUMMARY for p in pieces)
    followed = any(
        piece.key[-1:] in (("following",), ("watching",), ("tracking",)) for piece in pieces
    )
    intent = Intent.UNFOLLOW if (room or followed) and not results else Intent.SETTINGS
    left = tuple(left_over(intent, pieces))
    return base._replace(intent=intent, mood=Mood.ORDER, left=left)


_RECORD_NOUN = {("new",), ("world",), ("personal",)}  # a new record


def _before(head: Piece, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Return the words of the piece before one."""
    before = [piece for piece in pieces if piece.end <= head.start]
    return before[-1].key if before else ()


_PORTIONS = {
    (word,) for word in ("part", "parts", "bit", "bits", "section", "passage", "beginning", "intro")
}
_STOPPING = {("stopping",), ("ending",), ("finishing",), ("halting",)}
_SWITCHES = frozenset({"turn", "switch", "enable", "activate", "disable", "deactivate"})


def read_order(base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Parsed:
    """Read a verb at the head of a sentence."""
    later = next(
        (
            piece
            for n, piece in enumerate(rest)
            if piece.role is Role.VERB
            and piece.intent in ORDERS
            and not (n and rest[n - 1].role is Role.ARTICLE)  # `break a record`
            and not (head.intent is Intent.LIST and piece.key[0] == "recording")
        ),
        None,
    )
    if head.role is Role.SOFT and later is not None and not has_role(rest, Role.SAID, Role.WHICH):
        between = rest[: list(rest).index(later)]
        if not any(piece.role is Role.NOUN for piece in between):
            head, rest = later, rest[list(rest).index(later) + 1 :]
    if pieces and head is later and any(p.key == ("no", "more") for p in pieces):
        negation = next(p for p in pieces if p.key == ("no", "more"))
        return read_negated(base, negation, [head, *rest], pieces)  # no more stopping
    intent = head.intent
    if (
        intent is Intent.STOP
        and rest
        and rest[0].intent is Intent.STOP
        and rest[0].key in _STOPPING
    ):
        return base._replace(intent=intent, mood=Mood.NEGATED)  # stop stopping
    mood = Mood.QUESTION if base.asks else Mood.ORDER
    portion = head.role is Role.SOFT and any(piece.key in _PORTIONS for piece in rest[:4])
    if intent is Intent.STOP and portion:
        return base._replace(intent=Intent.UNKNOWN, mood=mood, left=(head,))  # cut out the part
    paused = next((p for p in rest[:3] if p.intent is Intent.PAUSE), None)
    if intent is Intent.STOP and paused and _before(paused, pieces) == ("the",):
        return base._replace(intent=Intent.RESUME, mood=Mood.TOLD)  # stop the pause
    if head.role is Role.CANCEL:
        left = tuple(left_over(Intent.UNSCHEDULE, pieces))
        return base._replace(intent=Intent.UNSCHEDULE, mood=mood, cancels=True, left=left)
    if head.role is Role.PAST:
        wished = has_role(pieces, Role.WISH, Role.REQUEST)
        if not wished and not base.asks:
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        if not wished:
            return base._replace(intent=Intent.STATUS, mood=Mood.QUESTION)
        left = tuple(p for p in left_over(intent or Intent.UNKNOWN, pieces) if p is not head)
        return base._replace(intent=intent, mood=Mood.TOLD, left=left)
    match intent:
        case Intent.START if head.key == ("record",) and _before(head, pieces) in _RECORD_NOUN:
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Intent.STOP if has_role(rest[:3], Role.POSTING, Role.CARDS) or (
            has_intent(rest[:1], Intent.SHARE) or has_intent(rest[:1], Intent.FOLLOW)
        ):
            return _unwanted_posts(base, pieces)._replace(mood=mood)
        case Intent.SHARE if head.role is Role.SOFT and not any(
            piece.sort is Sort.CHANNEL for piece in pieces
        ):
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Intent.SHARE:
            return _shared(base, head, rest, pieces, mood=mood)
        case Intent.LIST:
            return _shown(base, head, rest, pieces)
        case Intent.FIND:
            return read_find(base, head, pieces)._replace(mood=mood)
        case Intent.JOIN:
            return _joined(base, head, rest, pieces, mood=mood)
        case Intent.DOCTOR if head.role is Role.SOFT:
            return _checked(base, rest)
        case Intent.SETTINGS | Intent.PRESETS:
            left = tuple(piece for piece in rest if piece.sort is Sort.UNREAD)
            return base._replace(intent=intent, mood=mood, left=left)
        case Intent.FOLLOW if head.key == ("watch",) and has_role(pieces, Role.WISH):
            return base._replace(intent=Intent.LIST)  # I want to watch yesterday's webinar
        case Intent.FOLLOW if head.role is Role.SOFT and not any(
            piece.sort is Sort.ROOM for piece in pieces
        ):
            return base._replace(intent=Intent.UNKNOWN, left=(head,))
        case Intent.START if head.role is Role.SOFT and _is_of_presets(rest):
            return base._replace(intent=Intent.PRESETS, mood=mood)
        case Intent.START if _only_options(rest) and head.key[0] in _SWITCHES:
            return base._replace(intent=Intent.SETTINGS, mood=mood, left=(head,))
        case Intent.STOP if _only_options(rest) and head.key[0] in _SWITCHES:
            return base._replace(intent=Intent.SETTINGS, mood=mood, left=(head,))
        case Intent.HELP:
            return _helped(base, rest)
    if intent not in ORDERS:
        return base._replace(intent=intent, mood=mood)
    return _acting(base, head, rest, pieces, mood=mood)


def _acting(
    base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, mood: Mood
) -> Parsed:
    """Read an order that starts, stops or changes something."""
    intent = head.intent or Intent.UNKNOWN
    left = tuple(p for p in left_over(intent, pieces) if p is not head)
    negated = has_role(rest, Role.NOT)
    unread = [n for n, piece in enumerate(pieces) if piece.sort is Sort.UNREAD]
    article = bool(unread) and (
        any(piece.role is Role.ARTICLE for piece in pieces[max(0, unread[0] - 2) :])
        or pieces[unread[0]].key[0].endswith("ing")
    )
    with_it = head.key == ("stop", "with") and any(p.key in _MEETINGS for p in rest)
    told = negated or with_it or _is_noun(head, rest, pieces) or _without_recording(intent, rest)
    return base._replace(
        intent=intent,
        mood=Mood.TOLD if told and mood is Mood.ORDER else mood,
        left=left,
        weak=head.role is Role.SOFT and not (intent is Intent.SCHEDULE and has_room(pieces)),
        article=article and head.key not in RECORDS,
    )


# `stop with the meeting`: when the meeting ends.
_MEETINGS = frozenset((word,) for word in ("meeting", "call", "session", "conference"))


def _is_noun(head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> bool:
    """Say whether a verb may be a noun: `the end of the webinar`, `town hall start`."""
    if len(head.key) > 1 or has_polite(pieces):
        return False
    at = head.start
    before = [piece for piece in pieces if piece.end <= at]
    of = bool(rest) and rest[0].key == ("of",) and not has_role(before, Role.WISH)
    return of or (bool(before) and before[-1].sort is Sort.ROOM)


def _without_recording(intent: Intent, rest: Sequence[Piece]) -> bool:
    """Say whether a start is meant `without recording`."""
    at = next((n for n, piece in enumerate(rest) if piece.role is Role.WITHOUT), None)
    return intent is Intent.START and at is not None and recording_word(rest[at:])


def _is_of_presets(rest: Sequence[Piece]) -> bool:
    """Say whether a preset is to be made: `set up a new preset for interviews`."""
    named = next((piece for piece in rest if not skipped(piece)), None)
    return named is not None and named.intent is Intent.PRESETS and not has_room(rest)


def _only_options(rest: Sequence[Piece]) -> bool:
    """Say whether an order names options alone: `turn on transcripts`."""
    return any(piece.option for piece in rest) and all(
        piece.option or (skipped(piece) and piece.sort is not Sort.ROOM) for piece in rest
    )


def _shared(
    base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, mood: Mood
) -> Parsed:
    """Read `share …`; without a place it may ask to show something or to follow a room."""
    placed = any(piece.sort is Sort.CHANNEL for piece in rest)
    left = tuple(p for p in left_over(Intent.SHARE, pieces) if p is not head)
    placed_here = has_role(rest, Role.HERE) and has_role(rest, Role.CLAUSE, Role.WHEN, Role.ALL)
    if not placed and (placed_here or has_role(rest, Role.CARDS)):
        left = tuple(p for p in left_over(Intent.FOLLOW, pieces) if p is not head)
        return base._replace(intent=Intent.FOLLOW, mood=mood, left=left)
    if not placed and head.key[0] in ("send", "share", "post"):
        if has_intent(rest, Intent.SUMMARY):
            return base._replace(intent=Intent.SUMMARY, mood=mood)
        if head.key[0] == "send" and (has_role(rest, Role.THING) or has_intent(rest, Intent.LIST)):
            return base._replace(intent=Intent.LIST, mood=mood)
    return base._replace(intent=Intent.SHARE, mood=mood, left=left)


_HELD = frozenset({"happening", "held", "place", "taking", "meeting"})


def _shown(base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Parsed:
    """Read `show …` and `list …`: the noun decides the intent."""
    new = asks_for_a_recording(rest)
    if head.key == ("i", "need") and (
        new or (recording_word(rest) and any(p.option for p in rest))
    ):
        return base._replace(intent=Intent.START, mood=Mood.TOLD)
    base = base._replace(article=new)
    if any(piece.sort is Sort.CHANNEL for piece in pieces):  # show the webinar in #general
        left = tuple(p for p in left_over(Intent.SHARE, pieces) if p is not head)
        mood = Mood.QUESTION if base.asks else Mood.TOLD
        return base._replace(intent=Intent.SHARE, mood=mood, left=left)
    if head.key[0] in ("where", "wheres") and any(piece.key[-1] in _HELD for piece in rest):
        return base._replace(intent=Intent.JOIN)
    if has_role(rest, Role.SAID) or (has_role(rest, Role.ABOUT) and head.role is Role.SOFT):
        said = next((p for p in rest if p.role in (Role.SAID, Role.ABOUT)), head)
        return read_find(base, said, pieces)
    shown = head.key == ("see",) and has_intent(rest, Intent.LIST, Role.NOUN)
    here = shown and any(p.key[-1] == "channel" for p in rest if p.role is Role.HERE)
    if (here or has_role(rest, Role.CARDS)) and any(piece.sort is Sort.ROOM for piece in rest):
        left = tuple(p for p in left_over(Intent.FOLLOW, pieces) if p is not head)
        return base._replace(intent=Intent.FOLLOW, mood=Mood.ORDER, left=left)
    for piece in rest:
        if piece.option and has_role(rest, Role.PAST, Role.WITH):
            continue
        if piece.role in (Role.NOUN, Role.VERB) and piece.intent not in (Intent.START, None):
            if piece.intent in ORDERS and piece.intent is not Intent.FOLLOW:
                continue
            return base._replace(intent=piece.intent)
    room = any(piece.sort is Sort.ROOM for piece in rest)
    if room and has_role(rest, Role.OPTION):  # get the all hands, audio only
        left = tuple(p for p in left_over(Intent.START, pieces) if p is not head)
        return base._replace(intent=Intent.START, mood=Mood.TOLD, left=left)
    unread = tuple(piece for piece in rest if piece.sort is Sort.UNREAD)
    recorded = next((p for p in rest if p.role is Role.PAST and p.intent is Intent.START), None)
    before = rest[: list(rest).index(recorded)] if recorded else ()
    # could you get that one recorded?
    it = recorded is not None and any(piece.key in REFERRING for piece in before)
    if recorded and (room or it) and not has_role(before, Role.WAS, Role.WHICH, Role.IS):
        left = tuple(p for p in left_over(Intent.START, pieces) if p not in (head, recorded))
        return base._replace(intent=Intent.START, mood=Mood.TOLD, left=left)
    timed = any(piece.sort is Sort.TIME for piece in rest)
    if head.role is Role.VERB or room or timed or has_role(rest, Role.THING):
        return base._replace(intent=Intent.LIST, left=unread)
    if has_intent(rest, Intent.START, Role.PAST):
        return base._replace(intent=Intent.LIST, left=unread)
    return base._replace(intent=Intent.UNKNOWN, left=(head, *unread))


def _joined(
    base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece], *, mood: Mood
) -> Parsed:
    """Read `can you join …` as a request to record, and `join …` as a request for a link."""
    records = has_intent(rest, Intent.START) or any(p.key[0] == "take" for p in rest)
    asked = has_role(pieces, Role.REQUEST) and head.key[0] in ("join", "hop", "come", "attend")
    if records or asked:
        left = tuple(p for p in left_over(Intent.START, pieces) if p is not head)
        return base._replace(intent=Intent.START, mood=Mood.TOLD, left=left, weak=False)
    return base._replace(intent=Intent.JOIN, mood=mood)


def _checked(base: Parsed, rest: Sequence[Piece]) -> Parsed:
    """Read `check`: the bot's health, unless it names something to show."""
    named = next((p for p in rest if p.role in (Role.NOUN, Role.VERB)), None)
    if named and named.intent not in ORDERS:
        return base._replace(intent=named.intent)
    if any(piece.sort is Sort.UNREAD for piece in rest):
        return base._replace(intent=Intent.UNKNOWN, left=tuple(rest))
    return base._replace(intent=Intent.DOCTOR)


def _helped(base: Parsed, rest: Sequence[Piece]) -> Parsed:
    """Read `help start` as a question about the command, `help me stop this` as a request."""
    verb = next((p for p in rest if p.role in (Role.VERB, Role.SOFT)), None)
    if verb and verb.intent is Intent.START and any(p.sort is Sort.ROOM for p in rest):
        return base._replace(intent=Intent.START, mood=Mood.TOLD)  # help us record standup
    word = next((p.key[0] for p in rest if p.key[0] in BY_WORD), None)
    topic = word or (str(verb.intent) if verb and verb.intent else None)
    return base._replace(intent=Intent.HELP, topic=topic, left=())


def read_noun(base: Parsed, head: Piece, pieces: Sequence[Piece]) -> Parsed:
    """Read a sentence whose first significant word is a noun to show: `recap of standup`."""
    after = pieces[list(pieces).index(head) + 1 :]
    order = next((p for p in after if p.role is Role.VERB and p.intent in ORDERS), None)
    if head.intent is Intent.HELP and order and any(p.sort is Sort.ROOM for p in after):
        return _helped(base, after)._replace(asks=False)
    if order is not None and head.intent in (Intent.STATUS, Intent.DOCTOR):
        left = tuple(p for p in left_over(order.intent or Intent.UNKNOWN, pieces) if p is not order)
        return base._replace(intent=order.intent, mood=Mood.TOLD, left=(head, *left))
    rather = any(piece.key in _RATHER for piece in pieces) and head.key[-1] == "recorded"
    if rather or (head.key == ("not", "recording") and has_polite(pieces)):
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED)
    before = [piece for piece in pieces if piece.end <= head.start]
    if head.option and asks_for_a_recording(before) and not base.asks:
        return base._replace(intent=Intent.START, mood=Mood.TOLD)  # a recording with summary
    other = any(piece.role is Role.OPTION for piece in pieces)
    if head.option and other and any(piece.sort is Sort.ROOM for piece in pieces):
        return base._replace(intent=Intent.START, mood=Mood.TOLD)
    if head.intent in (Intent.SUMMARY, Intent.LIST) and has_intent(after, Intent.DOCTOR, Role.NOUN):
        return base._replace(intent=Intent.DOCTOR)  # the transcript is missing
    absent = has_role(after, Role.NOT) and any(piece.key[-1] in _ARRIVED for piece in after)
    if absent and head.intent in (Intent.SUMMARY, Intent.LIST):
        return base._replace(intent=Intent.DOCTOR)  # the summary never came
    about = next((piece for piece in after if piece.role is Role.ABOUT), None)
    if about and head.intent is Intent.SUMMARY and words_after(pieces, about):
        return read_find(base, head, pieces)
    unread = tuple(piece for piece in pieces if piece.sort is Sort.UNREAD)
    return base._replace(intent=head.intent, left=unread)


_RATHER = {("id", "rather"), ("i", "would", "rather"), ("id", "prefer"), ("i", "would", "prefer")}
_ARRIVED = frozenset(
    {"came", "come", "arrived", "arrive", "there", "here", "sent", "posted", "received", "get"}
    | {"got", "appear", "appeared", "shown", "delivered", "created", "generated", "produced"}
)
