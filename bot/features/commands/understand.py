"""Understands a text: `understand` is the one function for commands, mentions and messages.

Pure. The outcome is *do* only if every word of an order is explained and it is clear which
recording is meant. A question, a negated verb, a misspelling or an unexplained word makes it
*ask*. A start is offered only if the person asked for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from bot.core.when import When
from bot.core.when_clauses import DAY_PLURALS
from bot.features.commands.asked import asked_in
from bot.features.commands.changes import changes_time, extension, rescheduling, undo
from bot.features.commands.corrections import corrected
from bot.features.commands.doubt import is_doubtful, is_not_meant, now_or_later
from bot.features.commands.model import (
    OPEN_FORM,
    Order,
    Outcome,
    Reply,
    Understood,
    Where,
    Why,
    World,
    answered,
    asked_first,
    orders,
    which_of,
)
from bot.features.commands.parse_sentence import says_only_no
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import CONTROLS, POLITE, ParsedText, parse_in_place
from bot.features.commands.replies_in_words import may_be_a_yes, reply_in_words, room_meant_instead
from bot.features.commands.sentences import (
    Sort,
    Word,
    cancels_an_end,
    clean,
    is_known,
    sentences_of,
    without_bot,
)
from bot.features.commands.several_orders import several, with_title
from bot.features.commands.titles import renaming
from bot.features.commands.understand_controls import (
    act_on,
    recorded_here,
    understand_control,
    unschedule,
    which,
)
from bot.features.commands.understand_share import share, unshares
from bot.features.commands.understand_start import end_of_running, form, is_length, other_end, start
from bot.features.commands.unread_words import condition, unread_words
from bot.features.commands.vocabulary import (
    FOREIGN,
    GLAD,
    SCHEDULED,
    SPELT,
    STOP_SIGNS,
    Intent,
    Role,
)
from bot.features.rooms.names import RoomNames

LONGEST = 8000  # characters; the rest of a text is ignored


def understand(text: str, where: Where, world: World) -> Understood:
    """Return the meaning of any text. Never raises."""
    done = _understood(text, where, world)
    if done.outcome is Outcome.ANSWER and done.intent in _BESIDE_A_YES:
        maybe = done.reply is None and may_be_a_yes(text, world.bot_user)
        return replace(done, reply=Reply.PERHAPS) if maybe else done
    if done.outcome is not Outcome.DO or not done.acts:
        return done
    typed = without_bot(clean(text), world.bot_user)
    return asked_first(done, done.acts) if is_not_meant(typed, done.intent) else done


_BESIDE_A_YES = (Intent.UNKNOWN, *POLITE)


def _understood(text: str, where: Where, world: World, *, whole: bool = True) -> Understood:
    """Understand a text; unless it is the `whole` text, it is not split into orders again."""
    if len(text) > LONGEST:
        return Understood(Intent.UNKNOWN, Outcome.ANSWER, Why.TOO_LONG, sure=False)
    said = ParsedText(text, where, world)
    if said.thread and _is_pure_stop(said):
        return act_on(said, Intent.STOP, said.thread, sure=not world.thread_is_over)
    named = {room.room_id for rooms in said.rooms for room in rooms}
    if named and not named & world.recorded.keys() and _is_pure_stop(said, every=True):
        # A room called "it" or "stop" does not keep anything from being stopped.
        others = [room for room in world.names.rooms if room.room_id not in named]
        return _understood(text, where, replace(world, names=RoomNames(others)))
    if said.flags.help:
        return answered(Intent.HELP, topic=said.parsed.intent)
    if said.flags.text and (said.parsed.intent is Intent.FIND or renaming(said)):
        # A title or search words may contain dashes.
        said = ParsedText(text, where, world, with_flags=False)
    if titled := renaming(said):
        return with_title(said, titled, _part) if whole else titled
    typed = without_bot(said.text, world.bot_user).strip()
    if reply := reply_in_words(said, typed):
        return reply
    if whole and (meant := room_meant_instead(said, typed)):
        return _part(meant, where, world)
    if said.is_about_the_bot():
        return Understood(Intent.UNKNOWN, Outcome.SILENCE, Why.ABOUT_BOT)
    if whole and (again := corrected(said, _part) or several(said, _part)):
        return again
    done = extension(said) or asked_in(said) or _decided(said)
    if done.acts and is_doubtful(said, done):
        done = asked_first(done, done.acts)
    done = now_or_later(said, done)
    open_ = done.outcome is Outcome.ASK and done.why in (Why.UNSURE, Why.WHICH_ROOM)
    if open_ and done.intent in _NAMING_WORDS:
        extra = unread_words(said) if said.room() else condition(said)
        done = replace(done, why=Why.UNKNOWN_WORD, reference=extra) if extra else done
    done = _noted(said, done)
    if done.outcome is Outcome.ASK and not done.offers and done.intent not in _VIEWS:
        return replace(done, outcome=Outcome.ANSWER)  # there is nothing to choose from
    if done.intent is Intent.START and done.why is Why.WHICH_ROOM:
        return replace(done, offers=(*done.offers, Order(OPEN_FORM)))
    return done


def _noted(said: ParsedText, done: Understood) -> Understood:
    """Say first what is not done: a reminder, `cancel the stop` beside an order, German."""
    lost = done.intent is Intent.UNKNOWN and done.why is Why.CLEAR
    asks = done.outcome is Outcome.ASK and done.intent in _NAMING_WORDS
    if not lost and not (asks and done.why in _ORDERED):
        return done
    if done.intent not in CONTROLS[1:] and _wants_a_reminder(said):
        return replace(done, why=Why.REMIND)
    apart = next((p for p in said.pieces if cancels_an_end(p)), None) if asks else None
    if apart and done.intent in (Intent.START, Intent.SCHEDULE):
        return replace(done, why=Why.APART, reference=said.text[apart.start : apart.end])
    if lost and any(piece.key[0] in FOREIGN for piece in said.pieces if piece.sort is Sort.UNREAD):
        return replace(done, why=Why.LANGUAGE)
    return done


_ORDERED = (Why.UNSURE, Why.UNKNOWN_WORD, Why.WHICH_ROOM)


def _wants_a_reminder(said: ParsedText) -> bool:
    """Whether it begins with `remind me`."""
    at = next((n for n, p in enumerate(said.pieces) if p.key == ("remind",)), None)
    if at is None or at + 1 == len(said.pieces) or said.pieces[at + 1].key == ("you",):
        return False
    return all(
        piece.role in (Role.FILLER, Role.HELLO, Role.REQUEST, Role.WISH) or piece.sort is Sort.BOT
        for piece in said.pieces[:at]
    )


# A question about these names the words that it leaves out.
_NAMING_WORDS = (Intent.START, Intent.SCHEDULE, *CONTROLS)


_part = partial(_understood, whole=False)
_VIEWS = (Intent.SETTINGS, Intent.PRESETS)  # a button opens them


def _is_pure_stop(said: ParsedText, *, every: bool = False) -> bool:
    """Whether a text has only words to stop, even if a room is called so.

    `every`: including `stop all`.
    """
    if said.times or said.long or said.flags.text:
        return False
    if not all(is_known(word) for one in said.named for word in said.words[one.first : one.last]):
        return False
    sentences = sentences_of(said.words, ()) if said.named else said.sentences
    if len(sentences) > 1 and says_only_no(sentences[0]):
        sentences = sentences[1:]  # `no! stop`
    roles = {piece.role for sentence in sentences for piece in sentence.pieces}
    if Role.VERB not in roles:
        return False
    parses = [said.meaning(sentence) for sentence in sentences]
    orders = [parsed for parsed in parses if parsed.intent is Intent.STOP]
    if not orders or any(
        parsed.left or parsed.mood not in (Mood.ORDER, Mood.NONE) for parsed in parses
    ):
        return False
    if any(parsed.intent not in (Intent.STOP, None, *POLITE) for parsed in parses):
        return False
    pieces = [piece for sentence in sentences for piece in sentence.pieces]
    if not every and any(piece.role is Role.ALL for piece in pieces):
        return False
    if any(piece.sort in (Sort.CHANNEL, Sort.LINK) for piece in pieces):
        return False
    return not said.named or all(piece.sort is Sort.PHRASE for piece in pieces)


# Intents that a text about another time of a schedule may seem to have: bring it forward an hour.
_MAY_MOVE = (None, Intent.UNKNOWN, Intent.SCHEDULE, Intent.STATUS, Intent.SHARE)


def _decided(said: ParsedText) -> Understood:
    parsed = said.parsed
    intent = parsed.intent
    if unshares(said):
        return answered(Intent.SHARE, Why.UNSUPPORTED)
    if intent in _MAY_MOVE and changes_time(said):
        return rescheduling(said)
    match intent:
        case None:
            return _without_verb(said)
        case Intent.UNKNOWN:
            if any(piece.role is Role.FORGET for piece in said.pieces):
                return _forget(said)
            return answered(Intent.UNKNOWN, room=said.room(), sure=False)
        case Intent.START | Intent.SCHEDULE:
            return start(said, parsed)
        case Intent.STOP | Intent.UNSCHEDULE if (room := said.room()) and _of_a_rule(said):
            offers = [Order(Intent.AUTO, room)]
            if room.room_id in said.world.recorded:
                offers.append(Order(Intent.STOP, room))
            return Understood(
                Intent.AUTO, Outcome.ASK, Why.OFF, room, sure=False, offers=tuple(offers)
            )
        case Intent.STOP if _turns_off_an_option(said):
            return Understood(Intent.SETTINGS, Outcome.ASK, room=said.room(), sure=False)
        case Intent.STOP if _of_cards(said):
            return _following(said, parsed._replace(mood=Mood.TOLD), Intent.UNFOLLOW)
        case Intent.STOP | Intent.PAUSE | Intent.RESUME if _of_schedules(said):
            return _of_schedule(said, parsed, intent)
        case Intent.STOP | Intent.PAUSE | Intent.RESUME:
            return understand_control(said, parsed, intent)
        case Intent.UNSCHEDULE:
            return unschedule(said, parsed)
        case Intent.RESCHEDULE:
            return rescheduling(said)
        case Intent.UNDO:
            return undo(said)
        case Intent.FOLLOW | Intent.UNFOLLOW:
            return _following(said, parsed, intent)
        case Intent.SHARE:
            return share(said, parsed)
        case Intent.FIND:
            return _find(said, parsed)
        case Intent.SUMMARY if not said.rooms and any(w.key == "default" for w in said.words):
            return Understood(Intent.SETTINGS, Outcome.ASK, sure=False)
        case Intent.SETTINGS:
            outcome = Outcome.DO if not parsed.left and said.where is Where.SLASH else Outcome.ASK
            return Understood(intent, outcome, room=said.room(), sure=not parsed.left)
        case Intent.PRESETS if said.options().preset and said.rooms:
            return start(said, parsed._replace(intent=Intent.START, mood=Mood.TOLD))
        case Intent.PRESETS:
            outcome = Outcome.DO if said.where is Where.SLASH else Outcome.ASK
            return Understood(intent, outcome)
        case Intent.HELP:
            asked = any(p.intent is Intent.HELP or p.role is Role.HOW for p in said.pieces)
            why = Why.CLEAR if asked or parsed.topic else Why.GREETED
            if parsed.topic and any(p.role is Role.HOW for p in said.pieces):
                why = Why.HOW
            return answered(intent, why, topic=parsed.topic)
        case Intent.THANKS:
            return answered(intent)
        case Intent.STATUS:
            if parsed.topic:
                return answered(intent, topic=parsed.topic, room=said.room())
            room = said.room_or_thread()
            recorded = room is not None and room.room_id in said.world.recorded
            why = Why.CLEAR if recorded or room is None else Why.NOT_RECORDED
            return answered(intent, why, room=room)
        case Intent.DOCTOR:
            return answered(intent, room=said.room_or_thread())
        case Intent.LIST | Intent.SUMMARY if said.where is Where.SLASH and not said.rooms:
            return _list_of(said, intent)
        case _:
            near = () if said.rooms or said.thread else said.suggested(intent)[0]
            room = near[0] if len(near) == 1 else said.room_or_thread()
            return answered(intent, room=room, count=said.count(), when=said.past())


def _forget(said: ParsedText) -> Understood:
    """Read an order to delete; sure if it names a recording, or this place's last one."""
    room = said.room_or_thread()
    near, reference = said.suggested(Intent.UNKNOWN) if room is None else ((), None)
    if len(near) == 1 and not said.rooms:
        room = near[0]
    last = not reference and any(p.role is Role.THING for p in said.pieces)
    beside = said.parsed.all_of_them or any(
        piece.role is Role.CARDS or piece.key == ("recordings",) for piece in said.pieces
    )
    sure = (room is not None or (last and not said.rooms)) and not beside
    return answered(Intent.UNKNOWN, Why.UNSUPPORTED, room=room, sure=sure, reference=reference)


def _list_of(said: ParsedText, intent: Intent) -> Understood:
    """List the recordings of a room, or of the only room with a similar name."""
    near, reference = said.suggested(intent)
    if reference and not reference.isdigit() and len(near) != 1:
        return answered(intent, Why.NO_ROOM, reference=reference, sure=False)
    room = near[0] if near else said.thread
    return answered(intent, room=room, count=said.count(), when=said.past())


def _without_verb(said: ParsedText) -> Understood:
    if said.rooms:
        return _bare_room(said)
    options = said.options()
    given = options.values != {} or said.flags.text
    if said.where is Where.SLASH and not said.text:
        opened = form(said)
        return opened if given else replace(opened, why=Why.MENU)
    if given and not said.parsed.left and said.where is not Where.THREAD:
        return form(said)
    timed = said.start_time() or is_length(said.when)
    if timed and not said.parsed.left and said.where is Where.SLASH:
        return form(said)  # `/record at 15:00`
    if said.thread and said.world.recorded.get(said.thread.room_id) and not given:
        ends = other_end(said) or (said.stop_time() if not said.parsed.left else None)
        if isinstance(ends, When):
            return end_of_running(said, said.thread, ends)  # until 4; no, make it 20
    if options.values and said.thread and said.thread.room_id in said.world.recorded:
        return answered(Intent.UNKNOWN, Why.FIXED)  # make it 1080p
    if given or (timed and not said.parsed.left):
        return answered(Intent.UNKNOWN, sure=False)
    if said.is_of_emoji():
        return _emoji(said)
    if not said.parsed.left:
        return answered(Intent.HELP, Why.GREETED)
    if glued := _glued(said):
        return glued
    near, reference = said.suggested(Intent.START)
    if said.where is Where.SLASH and near and not said.parsed.other:
        return which_of(Intent.START, near, options=options.built, reference=reference)
    return answered(Intent.UNKNOWN, sure=False)


def _emoji(said: ParsedText) -> Understood:
    """Ask about a stop sign; read a thumbs up as thanks."""
    signs = {word.key.strip(":") for word in said.words}
    if signs & STOP_SIGNS and said.thread:
        return act_on(said, Intent.STOP, said.thread, sure=False)
    if signs & STOP_SIGNS:
        return which(said, Intent.STOP, recorded_here(said, Intent.STOP))
    return answered(Intent.THANKS if signs & GLAD else Intent.UNKNOWN, sure=False)


def _glued(said: ParsedText) -> Understood | None:
    """Read a verb and a room typed as one word, and ask: `stopwebinar`."""
    word = said.parsed.left[0].words[0].key
    for verb, intent in SPELT.items():
        near = said.world.names.like(word[len(verb) :]) if word.startswith(verb) else ()
        if near and intent in CONTROLS:
            return which(said, intent, near)
        if near and intent is Intent.START:
            return which_of(intent, near)
    return None


def _bare_room(said: ParsedText) -> Understood:
    """Ask about a text that is only a room's name. A name that is also a verb is never obeyed."""
    rooms = said.rooms[0]
    inside = [parse_in_place(s, said.where) for s in sentences_of(said.words, ())]
    verb = next((parsed.intent for parsed in inside if parsed.intent in CONTROLS), None)
    if verb:
        return act_on(said, verb, said.room(), sure=False)
    extra = said.where is Where.SLASH and unread_words(said) is not None  # /record board room 7200p
    if len(said.rooms) > 1 or (said.parsed.left and not extra):
        return answered(Intent.UNKNOWN, room=said.room(), sure=False)
    alone = said.where is not Where.SLASH and not said.parsed.left
    reply = Reply.ROOM if alone else None
    room = said.room()
    if room and any(piece.option for piece in said.pieces):
        if room.room_id in said.world.recorded:
            return answered(Intent.START, Why.FIXED, room=room)
        if said.planned(room) and any(piece.key in _CHANGES for piece in said.pieces):
            return answered(Intent.STATUS, topic=SCHEDULED, room=room)  # make town hall 1080p
    if all(room.room_id in said.world.recorded for room in rooms):
        return replace(answered(Intent.STATUS, room=said.room()), reply=reply)
    begun = start(said, said.parsed._replace(intent=Intent.START, mood=Mood.GUESS))
    return replace(begun, reply=reply)


_CHANGES = {("make",), ("change",), ("set",), ("switch",)}


def _of_schedules(said: ParsedText) -> bool:
    """Whether an order is about a room's schedule: `pause the webinar schedule`."""
    room = said.room()
    if room is None or said.parsed.mood in (Mood.NEGATED, Mood.UNWANTED):
        return False
    words = [word for p in said.pieces if p.sort is not Sort.ROOM for word in p.words]
    each = any(word.key in _EACH for word in words)
    running = room.room_id in said.world.recorded and not said.planned(room)
    return any(piece.key in _SCHEDULE for piece in said.pieces) or (each and not running)


def _of_schedule(said: ParsedText, parsed: Parsed, intent: Intent) -> Understood:
    """Ask which dates are to be cancelled; else show what is scheduled."""
    room = said.room()
    if room and intent is Intent.STOP and said.planned(room):
        return unschedule(said, parsed._replace(mood=Mood.TOLD))
    return answered(Intent.STATUS, topic=SCHEDULED, room=room, sure=False)


# `no more recordings of A`, `stop recording A on mondays`
_EACH = {"every", "each", "daily", "weekly", "more", "recordings", *DAY_PLURALS}
_SCHEDULE = {("schedule",), ("schedules",)}


def _of_a_rule(said: ParsedText) -> bool:
    """Whether a room is no longer to be recorded by a rule: `dont auto record weekly anymore`."""
    words = {
        word.key for piece in said.pieces if piece.sort is not Sort.ROOM for word in piece.words
    }
    return bool(words & _BY_RULE) and said.parsed.mood is not Mood.NEGATED


_BY_RULE = {"auto", "automatic", "automatically", "autorecord", "autorecording"}


def _turns_off_an_option(said: ParsedText) -> bool:
    """Whether an option is to be turned off, not a recording: `turn off transcripts`."""
    off = any(p.role is Role.VERB and p.key[-1] == "off" for p in said.pieces)
    return off and not said.parsed.thing and any(p.option for p in said.pieces)


def _of_cards(said: ParsedText) -> bool:
    """Whether a stop *here* is about a room that is only followed: `no more standup here`."""
    room = said.room()
    here = any(piece.role is Role.HERE for piece in said.pieces)
    followed = room is not None and room.room_id in said.world.follows_here
    return here and followed and room is not None and room.room_id not in said.world.recorded


def _following(said: ParsedText, parsed: Parsed, intent: Intent) -> Understood:
    room = said.room()
    if room is None and not said.rooms:
        near, reference = said.suggested(intent)
        if near:
            return which_of(intent, near, reference=reference)
        if reference and not parsed.asks:
            return answered(intent, Why.NO_ROOM, reference=reference, sure=False)
        if said.thread and parsed.mood is Mood.ORDER:
            room = said.thread
        elif intent is Intent.FOLLOW:
            return answered(intent)
        else:
            followed = said.world.names.among(said.world.follows_here)
            return Understood(
                intent,
                Outcome.ASK if followed else Outcome.ANSWER,
                Why.WHICH_ROOM,
                sure=False,
                offers=orders(intent, followed),
            )
    if room is None:
        near, reference = said.suggested(intent)
        rooms = near or tuple(room for rooms in said.rooms for room in rooms)
        return Understood(
            intent, Outcome.ASK, Why.WHICH_ROOM, sure=False, offers=orders(intent, rooms)
        )
    order = Order(intent, room)
    clear = parsed.mood is Mood.ORDER and not parsed.left and said.when is None
    if clear and not said.orders_more():
        return Understood(intent, Outcome.DO, room=room, acts=(order,))
    return Understood(intent, Outcome.ASK, Why.UNSURE, room, sure=False, offers=(order,))


def _find(said: ParsedText, parsed: Parsed) -> Understood:
    words, speaker = parsed.query, parsed.speaker
    if said.where is Where.SLASH and speaker is None and len(words) > 2 and words[-2].key == "from":
        words, speaker = words[:-2], words[-1].text  # find budget from ana
    query = _ONLY.sub("", _as_typed(words)).strip(" .,!?\"'“”")
    if not query and said.rooms and said.where is Where.SLASH:
        typed = said.text.split(maxsplit=1)  # `find standup` searches for the word
        return answered(Intent.FIND, query=typed[-1].strip("\"'“”"))
    if not query:
        return answered(Intent.SUMMARY, room=said.room_or_thread(), when=said.past())
    return answered(
        Intent.FIND,
        room=said.room_or_thread(),
        query=query,
        speaker=speaker,
        when=said.past(),
    )


_ONLY = re.compile(r"[\s,]+(?:only|just)\W*\Z", re.IGNORECASE)  # roadmap, only since monday


def _as_typed(words: Iterable[Word]) -> str:
    """Join words, with spaces only where they were typed: `--dry-run` stays one word."""
    typed, end = "", 0
    for word in words:
        typed += (" " if typed and word.start > end else "") + word.text
        end = word.end
    return typed
