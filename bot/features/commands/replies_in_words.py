"""Reads what people write instead of pressing a button: `yes`, `sorry`, `i meant webinar`. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.features.commands.changes import undo
from bot.features.commands.model import Outcome, Reply, Understood, Why
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import clean, without_bot
from bot.features.commands.vocabulary import Intent

# An answer to a question of the bot, which has buttons.
_REPLY = re.compile(
    r"(?:(?P<sorry>(?:i['’]?m |so )?sorry|my bad|my mistake)|"
    r"(?P<no>(?:wait,? |actually,? )?no+|nope|nah|no,? thanks|no,? thank you|nvm|never ?mind)|"
    r"(?P<both>(?:yes,? )?(?:do )?(?:both(?: of them)?|all(?: of them)?))(?: please| pls)?|"
    r"(?:y|yes|yeah|yep|yup|sure|do it|yes,? do it|yes,? please|sure,? please)"
    r"(?: please| pls)?)[\s.!]*",
    re.IGNORECASE,
)
_WRONG = r"(?:oops|whoops|wrong(?: (?:room|one|recording|meeting|call))?)"
_MISTAKE = re.compile(rf"(?:{_WRONG}[\s,.!]*)+", re.IGNORECASE)
# Words before a room that was meant instead: `no, i meant webinar`, `not standup, webinar`.
_SAID_AGAIN = re.compile(
    rf"(?=\S)(?:(?:no+|nope|sorry|wait|actually|{_WRONG})\b[\s,.!–—-]*)*"
    r"(?:(?:i|we) (?:meant?|said)\b[\s,:]*|not [^,.]{1,80}(?:,|\bbut\b)\s*)?",
    re.IGNORECASE,
)


def reply_in_words(said: ParsedText, typed: str) -> Understood | None:
    """Answer a text that only says yes, no or sorry. `typed`: the text without the bot."""
    if reply := _REPLY.fullmatch(typed):
        why = Why.DISSENT if reply["no"] else Why.SORRY if reply["sorry"] else Why.ASSENT
        told = Understood(Intent.UNKNOWN, Outcome.ANSWER, why, said.thread, sure=False)
        meant = Reply.BOTH if reply["both"] else Reply.YES
        return replace(told, reply=meant) if why is Why.ASSENT else told
    return undo(said) if _MISTAKE.fullmatch(typed) else None


_PERHAPS = frozenset(
    [
        *("ok", "okay", "okey", "k", "kk", "alright", "all right", "fine", "right", "correct"),
        *("go", "go ahead", "yes go ahead", "please do", "please do it", "yes please do"),
        *("yes please do it", "yes do", "that one", "this one", "the first", "the first one"),
        *("the second", "the second one", "the last one", "1", "2", "ja", "oui", "si"),
        *("👍", ":+1:", ":thumbsup:", "✅", ":white_check_mark:"),
    ]
)
_LONGEST_REPLY = 40


def may_be_a_yes(text: str, bot_user: str | None) -> bool:
    """Whether a text is `ok` or the like."""
    if len(text) > _LONGEST_REPLY:
        return False
    typed = without_bot(clean(text), bot_user).casefold().replace(",", "")
    return " ".join(typed.split()).strip(" .!") in _PERHAPS


def room_meant_instead(said: ParsedText, typed: str) -> str | None:
    """Return the words that name a room which was meant instead of another."""
    if not said.rooms or said.parsed.intent not in (None, Intent.UNKNOWN, Intent.DOCTOR):
        return None
    before = _SAID_AGAIN.match(typed)
    if before is None or not before[0]:
        return None
    meant = ParsedText(typed[before.end() :], said.where, said.world)
    only = meant.rooms and meant.parsed.intent is None and not meant.parsed.left
    return meant.text if only else None
