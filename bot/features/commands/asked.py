"""Recognizes questions about one recording: who was there, how long it was.

Pure. Sentences are matched as lower-case words without punctuation; `ROOM` stands for a room.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.features.about.model import FILES, Asked
from bot.features.commands.model import Understood, answered
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Piece, Sentence, Sort
from bot.features.commands.vocabulary import SCHEDULED, Intent, Role

LONGEST = 200  # characters of a question
_THE = r"(?:(?:the|this|that|our|my|your|last|latest|previous|next) )*"
_MEETING = (
    r"(?:ROOM(?: meeting| call| recording| session)?|it|this|that|meeting|call|room|session|"
    r"recording|video call)"
)
_IT = rf"{_THE}{_MEETING}"
_DONE = (
    r"(?:done|finished|finish|over|ready|complete|completed|stopped|stop|ended|end|closed|saved|"
    r"uploaded|available|processed)"
)
_GOING = r"(?:running|recording|recorded|live|on|paused|going|started|start|active|working|work)"
_POLITE = r"(?: please| pls| plz| thanks| thx| link| url| file)*"
_FETCH = r"(?:get|see|have|watch|view|download|open|play|read|find|access|hear)"
_SEND = r"(?:send|give|show|get|fetch|dm|link|bring|share)"
_FILE = r"(?:video|recording|footage|mp4|audio)"
_TEXT = r"(?:transcript|transcription|captions|subtitles)"
_WANTED = (
    r"(?:where|wheres|is there|are there|do we have|have we got|"
    rf"(?:i|we) (?:need|want|cant {_FETCH}|cannot {_FETCH})|"
    rf"(?:can|could|may|do) (?:i|we) (?:please )?{_FETCH}|how do (?:i|we) {_FETCH}|"
    rf"{_SEND} (?:me|us)|link to|link of)"
)
_ASKS = r"(?:when|how long|why|is|are|isnt|has|hasnt|no|did|will)"
_RULES: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile("|".join(rf"(?:{one})" for one in rules)))
    for asked, rules in {
        Asked.TRANSCRIPT: (
            rf"\b(?:{_WANTED}|{_ASKS})\b.*\b{_TEXT}\b",
            rf"^(?:{_SEND}|{_FETCH}|need|got|have|do you have) {_THE}(?:a )?{_TEXT}\b",
            rf"^{_THE}{_TEXT}(?: is missing| where|{_POLITE})$",
        ),
        Asked.VIDEO: (
            rf"\b{_WANTED}\b.*\b{_FILE}\b",
            rf"^(?:{_SEND}|{_FETCH}|need|got|have|replay|do you have) {_THE}(?:a )?{_FILE}\b",
            r"^(?:the |my |our )?(?:last|latest) recording$",
            rf"^{_FILE} link\b|\blink (?:to|of|for) {_THE}{_FILE}\b",
            rf"\b{_ASKS}\b.*\b(?:video|footage|mp4)\b",
            r"\b(?:where|how|can|could|may) (?:can |do |could )?(?:i|we) "
            rf"(?:see|watch|view) {_IT}$",
            rf"^{_THE}(?:video|footage|mp4)(?: is missing| where|{_POLITE})$",
        ),
        Asked.ENDS: (
            rf"\b(?:when|what time|until when|till when)\b.*\b(?:ends|stops|finishes|{_DONE})\b",
            rf"\bhow (?:much longer|much time is left|long to go|long more|"
            rf"long (?:will|does|until|till) {_IT})\b",
            r"\b(?:time left|end time)\b",
            rf"^(?:until|till) (?:when|what time)(?: (?:is|does|will) {_IT})?\b",
            r"^(?:extend|prolong|more time)\b",
        ),
        Asked.BEGAN: (
            r"\b(?:when|what time) (?:did|was|has|have)\b.*\b(?:start|started|begin|began|begun|"
            r"record|recorded|requested)\b",
            r"\bsince when\b",
            rf"\bwhen was {_IT}$",
            r"\bstart time\b",
        ),
        Asked.LENGTH: (
            r"\bhow (?:long|many minutes|many hours|much time) (?:\w+ )?(?:is|was|has|have|did|are|"
            r"were|been|already|going)\b",
            r"^(?:how long|duration|length)(?: ROOM| already| so far)?$",
            rf"\b(?:length|duration) of {_IT}\b",
            rf"\bhow (?:long|much time|much minutes) (?:time )?{_IT}\b",
        ),
        Asked.STOPPED: (
            r"\bwho (?:has |had |just )?(?:stopped|ended|finished|turned off|switched off|killed|"
            r"paused)\b",
            r"\bwhy (?:did|has|was|is)(?! .*\b(?:not|still)\b)"
            r".*\b(?:stop|stopped|end|ended|over)\b",
        ),
        Asked.STARTER: (
            r"\bwho(?:s| is| has| had| was)? (?:just |even )?(?:started|began|recorded|recording|"
            r"requested|turned on|switched on|launched|asked for|initiated|begun|made|makes?)\b",
            r"\bwho (?:did|does) (?:start|record)\b",
        ),
        Asked.PEOPLE: (
            r"\bwho(?:s| is| are| was| were| else| all| everyone| still| currently| already)* "
            rf"(?:here|there|in there|in here|present|online|(?:in|on|at|inside) {_IT})(?: \w+)?$",
            r"\bwho (?:all )?(?:has |have |had )?(?:joined|attended|attends|participated|came|"
            rf"took part)(?: (?:in |to )?{_IT})?$",
            rf"\bhow many (?:people|persons|participants|attendees|guests|members|peers|were|are) "
            rf"(?:\w+ )?(?:here|there|joined|attended|(?:in|on|at|inside) {_IT})$",
            rf"^(?:is|are|was|were) (?:anyone|anybody|somebody|someone|people) (?:still |else )?"
            rf"(?:here|there|(?:in|on) {_IT})$",
            r"^(?:did|has|is|was) [a-z]+(?: [a-z]+)? "
            rf"(?:join|joined|attend|attended|come|came|here|there|(?:in|on) {_IT})$",
            r"^(?:how many|which) people(?: (?:joined|came|were|are|was|is)(?: here| there)?)?$",
            r"^how many (?:joined|attended|came)$",
            r"^did (?:anyone|anybody|somebody|someone|people) (?:join|come|attend|show up)\b",
            r"^(?:the )?(?:attendees|participants|attendance|attendee list)"
            rf"(?: (?:of|in|at) {_IT})?$",
        ),
        Asked.FAILURE: (
            r"\bwhy (?:did|does|do|is|was|has)\b.*\b(?:fail\w*|not (?:start\w*|record\w*|work\w*)|"
            r"broken|stuck|crash\w*)\b",
            r"\bwhy (?:didnt|isnt|wasnt|hasnt)\b.*\b(?:start\w*|record\w*|work\w*)\b",
            r"\bwhat went wrong\b",
            rf"\bwhat (?:has )?happened (?:to|with) {_THE}(?:ROOM )?recording\b",
            rf"\b(?:did|has) {_IT} fail(?:ed)?\b",
            r"^why (?:it |it is |is it )?(?:failed|fail)\b",
            r"\b(?:it|this|recording|ROOM) (?:has )?(?:crash|crashed)\b",
            rf"^is (?:something|anything) wrong with {_IT}$",
        ),
        Asked.STATE: (
            rf"\b(?:is|was|has|did|isnt|hasnt|does) {_IT}(?: \w+){{0,3}} (?:{_DONE}|{_GOING})\b",
            rf"^(?:are|is|did|have|has) (?:you|we|u)(?: \w+){{0,2}} (?:{_GOING}|{_DONE})\b",
            rf"^(?:did|has) {_IT}(?: \w+){{0,2}} (?:start|started|begin|begun)$",
            rf"^(?:still|already|all) (?:{_DONE}|{_GOING})$",
            rf"^(?:it is |its |this is |is )?(?!stop$|end$)(?:{_DONE}|{_GOING})(?: already| yet)?$",
        ),
    }.items()
)
_RULE_WORDS = frozenset(
    word for _, rule in _RULES for word in re.findall(r"[a-z]{2,}", rule.pattern)
)
_OVER = re.compile(r"\b(?:last|latest|previous|earlier|yesterdays?)\b")
_OF_ONE = re.compile(rf"\b(?:it|this|that|recording|meeting|call)\b.*\b(?:{_DONE}|work|going)\b")
_KEPT = (Intent.LIST, Intent.SUMMARY, Intent.DOCTOR)
_ASKING = (*_KEPT, Intent.STATUS, Intent.UNKNOWN, None)
_FILES_ONLY = (Intent.HELP, Intent.JOIN, Intent.FOLLOW, Intent.SHARE)  # where can I watch it?


def asked_in(said: ParsedText) -> Understood | None:
    """Return the question that a text asks about one recording; None where it asks none.

    The question is about the recording of the thread or the named room, else about the latest one
    in this place; in that case no remaining word may name another room.
    """
    parsed = said.parsed
    stops = parsed.intent is Intent.STOP and parsed.mood is not Mood.ORDER  # is it over?
    if not stops and parsed.intent not in (*_ASKING, *_FILES_ONLY):
        return None
    if parsed.topic == SCHEDULED or parsed.other or said.start_time() or said.count():
        return None
    for sentence in said.sentences:
        named = "" if said.thread or said.rooms else _name_in(sentence)
        near = said.world.names.like(named) if named else ()
        words = _words(sentence, guessed=len(near) == 1)
        asked = next((one for one, rule in _RULES if rule.search(words)), None)
        if asked is None or any(p.role in (Role.SAID, Role.ABOUT) for p in sentence.pieces):
            continue
        if not _may_be(parsed, sentence, asked):
            continue
        room = said.room_or_thread()
        if room is None and (said.rooms or (asked is Asked.STATE and not _OF_ONE.search(words))):
            return None
        if named and len(near) != 1:
            return None
        room = near[0] if near else room
        listed = parsed.intent is Intent.LIST and asked not in (*FILES, Asked.STATE)
        intent = parsed.intent if parsed.intent in _KEPT and not listed else Intent.STATUS
        over = bool(_OVER.search(words)) or said.past() is not None
        return replace(answered(intent, room=room, when=said.past()), asked=asked, over=over)
    return None


def _may_be(parsed: Parsed, sentence: Sentence, asked: Asked) -> bool:
    """Whether a sentence that matches a rule is a question, given the intent of the whole text."""
    if any(piece.sort is Sort.CHANNEL for piece in sentence.pieces):
        return False  # send the video to #sales
    if parsed.intent is Intent.STOP and any(p.role is Role.HOW for p in sentence.pieces):
        return False  # what happens when I stop this?
    if parsed.intent is Intent.STOP:
        orders = any(p.role is Role.VERB and p.intent is Intent.STOP for p in sentence.pieces)
        return sentence.asks and (asked is Asked.ENDS or (asked is Asked.STATE and not orders))
    if parsed.mood is Mood.ORDER or parsed.intent in (Intent.JOIN, Intent.FOLLOW, Intent.SHARE):
        return asked in FILES or (asked is Asked.PEOPLE and parsed.intent is Intent.JOIN)
    if parsed.intent is not Intent.HELP:
        return True
    how = any(p.role is Role.HOW and p.key[0] != "where" for p in sentence.pieces)
    to_do = any(p.role is Role.VERB for p in sentence.pieces)
    return asked is not Asked.STATE and not (how and to_do)  # show me how to share a recording


def _name_in(sentence: Sentence) -> str:
    """Return the unread words that no rule contains: they may name a room."""
    return " ".join(piece.words[0].text for piece in sentence.pieces if _may_name(piece))


def _may_name(piece: Piece) -> bool:
    return piece.sort is Sort.UNREAD and piece.words[0].bare not in _RULE_WORDS | _ADVERBS


def _words(sentence: Sentence, *, guessed: bool) -> str:
    """Return a sentence without punctuation, times, people, greetings and thanks.

    `guessed`: words that may name a room become `ROOM`.
    """
    words: list[str] = []
    for piece in sentence.pieces:
        if piece.sort is Sort.ROOM or (guessed and _may_name(piece)):
            words += ["ROOM"] if words[-1:] != ["ROOM"] else []
        elif piece.sort in (Sort.PHRASE, Sort.UNREAD) and piece.role not in _BESIDE:
            words += piece.key
    return " ".join(words)[:LONGEST]


_BESIDE = (Role.HELLO, Role.THANKS, Role.REQUEST)
_ADVERBS = frozenset({"yet", "early", "late", "suddenly", "exactly", "anyway", "today", "so"})
