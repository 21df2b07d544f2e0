"""The audit trail as shown in Details."""

from collections.abc import Callable, Iterator, Sequence

from bot.features.audit.model import AuditEntry
from bot.ui.text import mention, place, when

SHOWN = 40
ELSEWHERE = "another channel"


def audit_lines(acts: Sequence[AuditEntry], knows: Callable[[str], bool]) -> Iterator[str]:
    """Yield a line for each of the latest `SHOWN` acts.

    Channels are named only if `knows` says that the reader sees them.
    """
    if len(acts) > SHOWN:
        yield f"… and {len(acts) - SHOWN:,} before that"
    for act in acts[-SHOWN:]:
        where = ""
        if act.channel:
            where = f" {place(act.channel) if knows(act.channel) else ELSEWHERE}"
        yield f"{when(act.at)}  {mention(act.by)} {act.what}{where}"
