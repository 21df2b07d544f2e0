"""What a channel shows in the end, without what depends on when we learnt of it."""

import re
from dataclasses import dataclass

from bot.core.deliveries import Kind
from bot.core.recording import Phase
from tests.integration.laws.drill import Drill
from tests.integration.laws.judge import recordings
from tests.integration.laws.slack_truth import SlackTruth, readable

_DATE = re.compile(r"<!date[^>]*>|\d+ (?:s|min|h)\b")


@dataclass(frozen=True)
class Ending:
    """Of one recording in one channel. `log` and times are left out: they tell how it came."""

    phase: Phase
    card: tuple[str, ...]  # its heading, and its buttons
    results: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]


def endings(drill: Drill) -> list[Ending]:
    slack, found = drill.slack, []
    for one in recordings(drill):
        for channel in one.recording.channels:
            card = one.work.delivery(Kind.CARD, channel)
            results = one.work.delivery(Kind.RESULTS, channel)
            found.append(
                Ending(
                    one.recording.phase,
                    _shown(slack, card.ts if card else None, parts=(0, -1)),
                    _shown(slack, results.ts if results else None, parts=(0, 1, 2, -1)),
                    tuple(
                        (m.file.rpartition("-")[2], m.content)
                        for m in sorted(slack.shown(channel), key=lambda m: m.file or "")
                        if m.file
                    ),
                )
            )
    return found


def _shown(slack: SlackTruth, ts: str | None, parts: tuple[int, ...]) -> tuple[str, ...]:
    message = next((m for m in slack.messages if m.ts == ts), None)
    if message is None or not isinstance(message.blocks, list):
        return ()
    blocks = [message.blocks[i] for i in parts if -len(message.blocks) <= i < len(message.blocks)]
    return tuple(_DATE.sub("…", readable(b)) for b in blocks)
