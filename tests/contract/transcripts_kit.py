"""Transcripts for tests, and words that nothing else contains."""

from collections.abc import Sequence
from uuid import uuid4

from bot.core.proofs import SearchScope
from bot.core.transcript import Sentence

MINUTE_MS = 60_000


def scope(*channels: str, user: str = "U9", member: bool = True) -> SearchScope:
    """What the gate says of a person who can look into these channels."""
    return SearchScope(user, member, frozenset(channels))


def spoken(*said: str | tuple[str, str]) -> tuple[Sentence, ...]:
    """Sentences a minute apart, from texts of Ana's or (speaker, text)."""
    pairs = [one if isinstance(one, tuple) else ("Ana", one) for one in said]
    return tuple(
        Sentence(n, speaker, f"p-{speaker}", n * MINUTE_MS, n * MINUTE_MS + 5_000, text)
        for n, (speaker, text) in enumerate(pairs)
    )


def new_word() -> str:
    """A word that nothing else contains, of letters alone; Porter's rules leave its end alone."""
    return "zq" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex[:16]) + "x"


def misspelt(word: str) -> str:
    return word[:5] + "z" + word[6:]


def texts(sentences: Sequence[Sentence]) -> list[str]:
    return [one.text for one in sentences]
