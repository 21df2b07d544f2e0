"""The truth at 100ms beside what Slack shows: what was lost, doubled, late, or never asked for."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from record_bot_sandbox.hms.state import OVER, Recording
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import Message

from bot.hms.results import readable_chat
from tests.chaos.books import Books, Kept
from tests.chaos.people import Wish
from tests.chaos.world import World

START_WITHIN_S = 120.0
GRACE_S = 1.0  # between deciding to start and 100ms noting it
SEEN = {"Ready", "Video ready", "Audio ready", "Failed", "Not started", "Cancelled"}
NAME = re.compile(r"meeting.w\d{4}")
IN_CHANNELS = ("C", "G")


@dataclass
class Tally:
    """`lost` and the others say what and where, for whoever has to find out why."""

    recordings: int = 0
    lost: list[str] = field(default_factory=list)
    doubled_inside: list[str] = field(default_factory=list)
    doubled_outside: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Shown:
    """What the bot has put into one room's channels."""

    top: list[Message]
    replies: list[Message]
    files: list[tuple[str, str]]  # thread and name


def audit(
    world: World, wishes: Sequence[Wish], books: Books, again: Counter[tuple[str, str]]
) -> Tally:
    """Everything that is wrong now. `late` stays empty: who looks twice can tell."""
    tally = Tally(recordings=len(world.hms.state.recordings))
    shown = _shown(world)
    truth: dict[str, list[Recording]] = defaultdict(list)
    for recording in world.hms.state.recordings.values():
        truth[recording.room.id].append(recording)
    for wish in wishes:
        room = wish.room
        kept = books.by_room.get(room.id, [])
        seen = shown.get(room.name, _Shown([], [], []))
        for why in _missing(wish, kept, truth[room.id], seen):
            tally.lost.append(f"{room.name}: {why}")
        for why in _unwanted(world, wish, kept, truth[room.id]):
            tally.unwanted.append(f"{room.name}: {why}")
        _doubles(room.name, kept, seen, books, again, tally)
    asked_for = {wish.room.id for wish in wishes}
    for room_id in truth.keys() - asked_for:
        tally.unwanted.append(f"{truth[room_id][0].room.name}: nobody asked")
    return tally


def _missing(
    wish: Wish, kept: Sequence[Kept], truth: Sequence[Recording], seen: _Shown
) -> list[str]:
    """What was said and done, and is not to be seen."""
    found = []
    if wish.taken_at and not kept:
        found.append("asked and taken, then forgotten")
    by_id = {recording.id: recording for recording in truth}
    for one in kept:
        recording = by_id.pop(one.hms_id, None) if one.hms_id else None
        found += _not_shown(one, recording, seen)
    found += [f"{r.status} at 100ms, and the bot does not know" for r in by_id.values()]
    for recording in truth:
        if wish.stop_taken_at and recording.status not in OVER | {"post_processing", "stopping"}:
            found.append("a stop was taken and not done")
    return found


def _not_shown(one: Kept, recording: Recording | None, seen: _Shown) -> list[str]:
    card = _state_of(one, seen)
    if recording is None:
        outcomes = [d[0] for (kind, _), d in one.deliveries.items() if kind == "outcome"]
        told = card in SEEN or bool({"sent", "dropped"} & set(outcomes))
        if one.phase in ("not_started", "pointer") and told:
            return []
        return [f"{one.phase}, never started; the card says {card}, the person {outcomes}"]
    if recording.status not in OVER:
        return [f"still {recording.status} at 100ms, the card says {card}"]
    if recording.status == "failed":
        return [] if card == "Failed" else [f"failed, the card says {card}"]
    has_transcript = any(
        a.type == "transcript" and a.status == "completed" for a in recording.assets
    )
    wanted = "Ready" if has_transcript else "Video ready"
    missing = [] if card == wanted else [f"{wanted} at 100ms, the card says {card}"]
    if one.post("results") is None:
        missing.append("no results")
    names = [name for _, name in seen.files]
    if has_transcript and not any("-transcript." in name for name in names):
        missing.append("no transcript file")
    chat = next((a.content for a in recording.assets if a.type == "chat"), b"")
    if readable_chat(chat) and not any("-chat." in name for name in names):
        missing.append("no chat file")
    return missing


def _state_of(one: Kept, seen: _Shown) -> str | None:
    """What its card says, the one that the bot goes on with."""
    posted = one.post("card")
    for message in seen.top:
        if posted == (message.channel, message.ts):
            return message.text.partition(": ")[2].partition(".")[0]
    return None


def _unwanted(
    world: World, wish: Wish, kept: Sequence[Kept], truth: Sequence[Recording]
) -> list[str]:
    found = []
    within_s = world.scaled(START_WITHIN_S) + GRACE_S
    for recording in truth:
        created = recording.created_ns / 1e9
        before = [at for at in wish.asked if at <= created]
        if not before:
            found.append("started before anybody asked")
        elif created - max(before) > within_s:
            found.append(f"started {created - max(before):.1f} s after it was asked for")
    if len(truth) > len(wish.asked):
        found.append(f"{len(truth)} recordings for {len(wish.asked)} requests")
    return found


def _doubles(
    name: str,
    kept: Sequence[Kept],
    seen: _Shown,
    books: Books,
    again: Counter[tuple[str, str]],
    tally: Tally,
) -> None:
    """Posts that the bot does not know of, and files that are there twice."""
    extra: Counter[str] = Counter()
    for kind, messages in (("card", seen.top), ("results", seen.replies)):
        extra[kind] = sum((m.channel, m.ts) not in books.posts for m in messages)
    for kind, mark in (("transcript", "-transcript."), ("chat", "-chat.")):
        there = sum(mark in file for _, file in seen.files)
        extra[kind] = max(0, there - max(1, len(kept)))
    for kind, number in extra.items():
        inside = min(number, sum(again[one.key, kind] for one in kept))
        tally.doubled_inside += [f"{name}: {kind}"] * inside
        tally.doubled_outside += [f"{name}: {kind}"] * (number - inside)


def _shown(world: World) -> dict[str, _Shown]:
    """Everything of the bot in channels, by the room's name; direct messages are not posts."""
    found: dict[str, _Shown] = defaultdict(lambda: _Shown([], [], []))
    for channel in world.slack.channels.values():
        if not channel.id.startswith(IN_CHANNELS):
            continue
        for message in channel.messages.values():
            if message.user != seed.BOT_USER:
                continue
            for file_id in message.files:
                file = world.slack.files[file_id].name
                if named := NAME.search(file):
                    there = (message.thread_ts or "", file)
                    found[named.group().replace("-", " ")].files.append(there)
            if message.files:
                continue
            if named := NAME.search(message.text):
                room = found[named.group()]
                (room.replies if message.thread_ts else room.top).append(message)
    return dict(found)
