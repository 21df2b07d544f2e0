"""What the bot's own database says of each recording: which it is at 100ms, where its posts are."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, pool, text

KNOWN = "SELECT key, room_id, room_name, hms_id, phase, home FROM recordings"
POSTED = "SELECT recording_key, kind, target, state, posted_in, ts FROM deliveries"


@dataclass
class Kept:
    key: str
    room_id: str
    hms_id: str | None
    phase: str
    origin: str
    deliveries: dict[tuple[str, str], tuple[str, str | None, str | None]] = field(
        default_factory=dict
    )

    def post(self, kind: str) -> tuple[str, str] | None:
        """Where this one is, as far as the bot knows: channel and ts."""
        _, channel, ts = self.deliveries.get((kind, self.origin), ("", None, None))
        return (channel, ts) if channel and ts else None


@dataclass
class Books:
    by_room: dict[str, list[Kept]]
    posts: set[tuple[str, str]]  # every message that the bot knows to be its own


def read(database_url: str) -> Books:
    """Blocks. The bot may be running."""
    url = database_url.replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url, poolclass=pool.NullPool)
    kept: dict[str, Kept] = {}
    posts: set[tuple[str, str]] = set()
    with engine.connect() as conn:
        for r in conn.execute(text(KNOWN)):
            kept[r.key] = Kept(r.key, r.room_id, r.hms_id, r.phase, r.home)
        for d in conn.execute(text(POSTED)):
            found = kept.get(d.recording_key)
            if found:  # else it came between the two questions
                found.deliveries[d.kind, d.target] = (d.state, d.posted_in, d.ts)
            if d.ts:
                posts.add((d.posted_in, d.ts))
    engine.dispose()
    by_room: dict[str, list[Kept]] = defaultdict(list)
    for one in kept.values():
        by_room[one.room_id].append(one)
    return Books(dict(by_room), posts)


def posted_again(logs: Sequence[Path]) -> Counter[tuple[str, str]]:
    """By key and kind: posts made again out of the window of docs/adr/0001.

    The bot counts them in `record_bot_possible_doubles_total`, which ends with each process; the
    line in the log, written in the same place, does not.
    """
    found: Counter[tuple[str, str]] = Counter()
    for line in _lines(logs):
        if line.get("event") == "posting_again":
            found[str(line["key"]), str(line["kind"])] += 1
    return found


def broken(logs: Sequence[Path]) -> Counter[str]:
    """Errors that nobody expected, by event."""
    return Counter(str(line.get("event"))[:60] for line in _lines(logs) if _is_broken(line))


def _is_broken(line: dict[str, object]) -> bool:
    return str(line.get("event", "")).endswith("_broke") or "exception" in line


def _lines(logs: Sequence[Path]) -> list[dict[str, object]]:
    texts = [log.read_text(errors="replace") for log in logs if log.exists()]
    whole = [x for text in texts for x in text.splitlines() if x[:1] + x[-1:] == "{}"]
    return [json.loads(line) for line in whole]  # kill -9 may have left half a line
