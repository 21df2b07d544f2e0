"""Who did what, as Details shows it."""

from collections.abc import Callable, Iterator, Sequence

from bot.features.audit.model import Act
from bot.ui.text import mention, place, when

SHOWN = 40
ELSEWHERE = "another channel"


def audit_lines(acts: Sequence[Act], knows: Callable[[str], bool]) -> Iterator[str]:
    """One line for each act, the latest `SHOWN`. A channel that the reader does not see is not
    named (`knows`)."""
    if len(acts) > SHOWN:
        yield f"… and {len(acts) - SHOWN:,} before that"
    for act in acts[-SHOWN:]:
        where = ""
        if act.channel:
            where = f" {place(act.channel) if knows(act.channel) else ELSEWHERE}"
        yield f"{when(act.at)}  {mention(act.by)} {act.what}{where}"
