"""Find similar names. They are only suggested: the bot never acts on a similar name."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

CUTOFF = 75.0  # of 100
_NUMBER = re.compile(r"\d+")


def alike(
    name: str, accepted: Iterable[str], *, most: int, cutoff: float = CUTOFF
) -> list[tuple[str, float]]:
    """Return up to `most` accepted names with scores from `cutoff` to 100, the best first.

    The order of words does not matter. A name with other numbers in it never matches. Holds the
    GIL: pass slices of a long list, and yield to the event loop in between.
    """
    numbers = _NUMBER.findall(name)
    names = [one for one in accepted if _NUMBER.findall(one) == numbers]
    scores: dict[str, float] = {}
    for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
        near = process.extract(name, names, scorer=scorer, score_cutoff=cutoff, limit=most)
        for one, score, _ in near:
            scores[one] = max(score, scores.get(one, 0.0))
    return sorted(scores.items(), key=lambda item: -item[1])[:most]


def nearest(name: str, accepted: Iterable[str], *, cutoff: float = CUTOFF) -> str | None:
    """Return the most similar accepted name, or None."""
    near = alike(name, accepted, most=1, cutoff=cutoff)
    return near[0][0] if near else None
