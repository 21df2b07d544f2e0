"""Names that are spelled much alike. They only ever suggest: nothing is done by a near name."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

CUTOFF = 75.0  # of 100
_NUMBER = re.compile(r"\d+")


def alike(
    name: str, accepted: Iterable[str], *, most: int, cutoff: float = CUTOFF
) -> list[tuple[str, float]]:
    """At most so many accepted names and their scores from `cutoff` to 100, the nearest first.

    Words may come in another order. Names with other numbers in them are other names. Holds the
    GIL: pass a slice of a long list, and let others have their turn in between.
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
    """The one that was probably meant."""
    near = alike(name, accepted, most=1, cutoff=cutoff)
    return near[0][0] if near else None
