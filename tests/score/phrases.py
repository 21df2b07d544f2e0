"""Understand phrases as the bot does: `python -m tests.score.phrases FILE.tsv WORLD.json`.

Prints one JSON object for each row: `id, intent, room, args, outcome, acts, offers, text`; the last
line is `{"share": …}`, the share of rows that are right. The README beside the phrases explains
the columns.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.core.options import NAMED_RESOLUTIONS
from bot.core.when import Day, Once, Past, Repeat, StopAfter, When, stop_time
from bot.features.commands.answers import say
from bot.features.commands.model import (
    Outcome,
    Scheduled,
    State,
    Understood,
    Where,
    World,
)
from bot.features.commands.understand import understand
from bot.features.rooms.model import RoomEntry, digest_of
from bot.features.rooms.names import RoomNames
from bot.kit.logs import configure_logs
from tests.score.starts import next_starts

# Of these, understanding counts until the bot can act on them.
UNDERSTOOD_ONLY = {"find", "schedule", "unschedule"}
_OPTIONAL_ARGS = {("pause", "for_s"), ("pause", "until"), ("find", "since"), ("list", "since")}
_ROOM_FROM_THREAD = {"find", "status", "summary", "join"}


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    where: str
    text: str
    intent: str
    room: str
    args: dict[str, str]
    accept: tuple[str, ...]
    never: tuple[str, ...]


def rows_of(text: str) -> list[Row]:
    """Read the lines below the header."""
    rows = []
    for line in text.splitlines()[1:]:
        if not line.strip():
            continue
        id_, where, said, intent, room, args, accept, never = (line.split("\t") + [""] * 8)[:8]
        rows.append(
            Row(
                id_,
                where,
                said.replace("\\n", "\n"),
                intent,
                room,
                args_of(args),
                tuple(accept.split("|")),
                tuple(part.strip() for part in never.split(",") if part.strip()),
            )
        )
    return rows


def args_of(label: str) -> dict[str, str]:
    """Read `key=value;…`; an rrule is last and runs to the end."""
    head, _, rrule = label.partition("rrule=")
    args = dict(part.split("=", 1) for part in head.split(";") if "=" in part)
    return args | ({"rrule": rrule} if rrule else {})


def world_of(data: dict, where: str) -> World:  # type: ignore[type-arg]
    """Build what is known from the JSON of a world; a thread is the one of `standup`'s card."""
    ids = {room["name"]: room["id"] for room in data["rooms"]}
    channel = data["channel"]
    recorded = {
        room["id"]: State(room["recording"]) for room in data["rooms"] if room.get("recording")
    }
    return World(
        names=RoomNames(
            (RoomEntry(room["id"], room["name"]) for room in data["rooms"]),
            {digest_of(room["code"]): room["id"] for room in data["rooms"] if room.get("code")},
        ),
        now=datetime.fromisoformat(data["now"]),
        zone=data["zone"],
        recorded=recorded,
        cards_here=frozenset(ids[name] for name in channel["cards_here"]),
        thread=ids["standup"] if where == "thread" else None,
        default_room=ids.get(channel["default_room"]),
        presets=tuple(data["presets"]),
        follows_here=frozenset(ids[name] for name in channel["follows_here"]),
        schedules=tuple(_scheduled(ids[s["room"]], s, data["zone"]) for s in data["schedules"]),
    )


def _scheduled(room_id: str, given: Mapping[str, str], zone: str) -> Scheduled:
    at = datetime.fromisoformat(given["at"])
    rrule = given.get("rrule")
    return Scheduled(room_id, at, Repeat(at.replace(tzinfo=None), zone, rrule) if rrule else None)


def args_said(found: Understood, now: datetime) -> dict[str, str]:
    """Write what was understood with the keys of the labels."""
    args: dict[str, str] = {}
    options = found.options
    if options.resolution:
        named = [n for n, size in NAMED_RESOLUTIONS.items() if size == options.resolution]
        args["res"] = named[0] if named else str(options.resolution)
    if options.audio_only:
        args["audio"] = "1"
    if options.transcription is False:
        args["transcript"] = "0"
    elif options.transcription and options.summary is not False:
        args["transcript"] = "1"
    if options.summary is not None:
        args["summary"] = "1" if options.summary else "0"
    if options.sections:
        args["sections"] = ",".join(f"{s.title}:{s.format}" for s in options.sections)
    if options.vocabulary:
        args["vocab"] = ",".join(options.vocabulary)
    if options.output_modes:
        args["modes"] = ",".join(options.output_modes)
    for key, value in {
        "url": options.meeting_url,
        "destination": options.destination,
        "context": options.context,
        "temperature": options.temperature,
        "preset": found.preset,
        "query": found.query,
        "from": found.speaker,
        "to": found.to,
        "title": found.title,
        "count": found.count,
    }.items():
        if value is not None:
            args[key] = str(value)
    return args | _times_said(found, now)


def _times_said(found: Understood, now: datetime) -> dict[str, str]:
    args: dict[str, str] = {}
    match found.when:
        case Past(since=since):
            midnight = (since.hour, since.minute) == (0, 0)
            args["since"] = since.date().isoformat() if midnight else since.isoformat()
        case Day(date=day):
            args["at"] = day.isoformat()
        case When() as when:
            upcoming = next_starts(when, now=now)
            if upcoming:
                args["at"] = upcoming[0].isoformat()
            if isinstance(when.stop, StopAfter):
                args["for_s"] = str(when.stop.seconds)
            elif when.stop:
                due = upcoming[0] if upcoming else now
                end = stop_time(when, due=due, started=due)
                args["until"] = end.isoformat() if end else ""
            if isinstance(when.start, Repeat):
                args["rrule"] = when.start.rrule
            elif isinstance(when.start, Once):
                args["at"] = when.start.at.isoformat()
    return args


def as_json(row: Row, found: Understood, now: datetime) -> dict[str, object]:
    return {
        "id": row.id,
        "intent": str(found.intent),
        "room": found.room.name if found.room else None,
        "args": args_said(found, now),
        "outcome": str(found.outcome),
        "acts": [str(order) for order in found.acts],
        "offers": [str(order) for order in found.offers],
        "text": "" if found.outcome is Outcome.SILENCE else say(found, now=now),
    }


def wrong(row: Row, got: dict[str, object], *, thread: str | None = None) -> list[str]:
    """Return what is wrong with an answer; nothing where it is right."""
    found: list[str] = []
    if got["intent"] not in row.intent.split("|"):
        found.append(f"intent {got['intent']}, not {row.intent}")
    left_out = row.intent in _ROOM_FROM_THREAD and row.where == "thread" and got["room"] is None
    if (got["room"] or "") != row.room and not left_out:
        found.append(f"room {got['room']}, not {row.room or None}")
    found += _wrong_args(row, got["args"])  # type: ignore[arg-type]
    outcome = got["outcome"]
    if outcome == "silence" and "unknown" in row.intent and row.where == "mention":
        outcome = "answer"
    understood_only = row.intent in UNDERSTOOD_ONLY and not got["acts"]
    if outcome not in row.accept and not understood_only:
        found.append(f"outcome {outcome}, not {'|'.join(row.accept)}")
    return found + violations(row, got)


def _wrong_args(row: Row, args: dict[str, str]) -> list[str]:
    found: list[str] = []
    implied = {"transcript"} if row.args.keys() & {"summary", "vocab", "sections"} else set()
    if {"summary", "vocab", "sections"} & args.keys():
        implied |= {"transcript"}
    for key, label in row.args.items():
        if key in implied or ((row.intent, key) in _OPTIONAL_ARGS and key not in args):
            continue
        if not any(_same(key, args.get(key), one) for one in label.split("|")):
            found.append(f"{key}={args.get(key)}, not {label}")
    implied |= {"summary"} if "sections" in args else set()
    optional = {key for intent, key in _OPTIONAL_ARGS if intent == row.intent}
    unsaid = args.keys() - row.args.keys() - implied - optional
    return found + [f"{key}={args[key]} was not said" for key in sorted(unsaid)]


def _same(key: str, got: str | None, label: str) -> bool:
    if got is None:
        return False
    if key in ("at", "until"):
        return datetime.fromisoformat(got) == datetime.fromisoformat(label)
    if key == "query":
        return _content(got) == _content(label)
    return got.casefold().replace(", ", ",") == label.casefold().replace(", ", ",")


def _content(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - {"the", "a", "an", "of", "and", "in"}


def violations(row: Row, got: dict[str, object]) -> list[str]:
    """Return what the answer did or offered although it must never."""
    acts, offers = _deeds(got["acts"]), _deeds(got["offers"])
    found = [fault for rule in row.never if (fault := _broken(rule, row, acts, str(got["text"])))]
    if acts and "do" not in row.accept:
        found.append(f"acted: {acts}")
    found += [
        f"stopped {room}" for verb, room in acts if verb == "stop" and row.room not in ("", room)
    ]
    asked = set(row.intent.split("|")) & {"start", "schedule"}
    for verb, room in offers:
        if verb in ("start", "schedule") and (not asked or row.room not in ("", room)):
            found.append(f"offers {verb}:{room}, which was not asked for")
    return found


def _deeds(said: object) -> list[tuple[str, str]]:
    """Read `verb:room`; a room's name may hold colons."""
    assert isinstance(said, list)
    return [(verb, room) for verb, _, room in (str(one).partition(":") for one in said)]


def _broken(rule: str, row: Row, acts: list[tuple[str, str]], text: str) -> str | None:
    """Return how an answer breaks a rule of the column `never`; None if it keeps it."""
    if rule == "deny-room":
        return "denies the room" if "no room" in text.lower() else None
    verb, _, room = rule.partition(":")
    if verb == "stop-now":
        verb, room = "stop", ""
    for act, target in acts:
        if act == verb and (room in ("", target) or (room == "other" and target != row.room)):
            return f"never {rule}: {act}:{target}"
    return None


def score(path: Path, world_path: Path) -> tuple[list[dict[str, object]], list[list[str]]]:
    """Return the answers to the rows of a file, and what is wrong with each."""
    data = json.loads(world_path.read_text("utf-8"))
    answers, faults = [], []
    for row in rows_of(path.read_text("utf-8")):
        world = world_of(data, row.where)
        got = as_json(row, understand(row.text, Where(row.where), world), world.now)
        answers.append(got)
        faults.append(wrong(row, got))
    return answers, faults


def main(path: Path, world_path: Path) -> None:
    """Print the answers and the share of right ones."""
    answers, faults = score(path, world_path)
    for answer in answers:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    right = sum(not fault for fault in faults)
    sys.stdout.write(json.dumps({"share": round(right / max(1, len(faults)), 4)}) + "\n")


if __name__ == "__main__":
    configure_logs("WARNING", "console")  # to stderr: what is printed is read by programs
    main(Path(sys.argv[1]), Path(sys.argv[2]))
