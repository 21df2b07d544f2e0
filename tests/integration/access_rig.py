"""A bot without its engine that forged requests are sent to, and what each of them did."""

import itertools
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import Channel, User

from bot.core.facts import (
    AssetSeen,
    EndSet,
    Fact,
    Observed,
    PauseSent,
    PlaceSeen,
    StartAccepted,
    StartRequested,
)
from bot.core.options import RecordingOptions
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.store import schema
from tests.contract.transcripts_kit import spoken
from tests.integration.access_table import (
    ADMIN_OUTSIDE,
    OUTSIDE,
    PERSONS,
    PLACES,
    PLAZA,
    Place,
)
from tests.integration.hostile_kit import JSON_TYPE, Target, target

TABLES = (
    *(
        "recordings",
        "drafts",
        "follows",
        "channel_settings",
        "presets",
        "schedules",
        "rules",
        "calendars",
    ),
    *("meeting_tickets", "meeting_sessions", "joins"),
)
COUNTED = {
    "facts facts:": "kind",
    "schedules schedules:": "state",
    "schedules due:": "schedule_id || ':' || coalesce(due_at, '')",
    "recordings recordings@": "home",
}
PUBLIC_URL = "http://127.0.0.1:8080"
SECRET = "Hush"  # begins the room name of every recording here
HALL = "the hall that nobody outside knows of"
TOKEN = "token-of-the-starter"
HMS_ASSET = "asset-1"
HOUR = timedelta(hours=1)
counted: Counter[str] = Counter()
serial = itertools.count(1)
Made = TypeVar("Made")


@dataclass
class Effects:
    """What one request did."""

    rows: Counter[str]
    calls: list[tuple[str, str]]
    ack: str
    hms: int
    trigger: str = ""

    @cached_property
    def told(self) -> str:
        told = json.dumps([self.ack, self.calls])
        return told.replace(self.trigger, "TRIGGER") if self.trigger else told

    def has(self, effect: str) -> bool:
        match effect:
            case "hms":
                return self.hms > 0
            case "options":
                return '"value"' in self.ack  # at least one, in a group or not
            case "settings_form":
                return any('"settings_form"' in args for m, args in self.calls if m == "views.open")
            case "views.open":
                opened = [args for m, args in self.calls if m == "views.open"]
                return any('"outcome"' not in a or '"waiting-' in a for a in opened)
            case "schedules:skipped" | "schedules:changed":
                return any(name.startswith("due:") and n > 0 for name, n in self.rows.items())
            case "told":
                return SECRET in self.told
            case "views.update" | "views.push":
                return any(m == effect for m, _ in self.calls)
            case _:
                sign = -1 if effect.startswith("-") else 1
                kind = effect.removeprefix("-")
                return any(n * sign > 0 for name, n in self.rows.items() if name.split()[0] == kind)


class Reader:
    """Reads what is stored past the bot, and only when something was written since."""

    def __init__(self, database: Path) -> None:
        self._conn = sqlite3.connect(database)
        self._version: int | None = None
        self._rows: Counter[str] = Counter()

    def rows(self) -> Counter[str]:
        (version,) = self._conn.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._rows = version, self._read()
        return self._rows

    def _read(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for name in TABLES:
            # By key, not by number: a request may also delete rows that expired meanwhile.
            keys = ", ".join(c.name for c in schema.metadata.tables[name].primary_key)
            rows = self._conn.execute(f"SELECT {keys} FROM {name}")
            found.update(f"{name} {key}" for key in rows)
        for name, what in COUNTED.items():
            rows = self._conn.execute(f"SELECT {what}, count(*) FROM {name.split()[0]} GROUP BY 1")
            found.update({f"{name.split()[1]}{one}": count for one, count in rows})
        return found

    def close(self) -> None:
        self._conn.close()


@dataclass
class Rig:
    bot: Target
    reader: Reader

    @property
    def store(self) -> Any:
        return self.bot.parts.deps.store

    def forget(self) -> None:
        """What other tests left: lists show only so many."""
        with closing(sqlite3.connect(self.bot.database)) as conn, conn:
            for name in (*TABLES, *{name.split()[0] for name in COUNTED}):
                conn.execute(f"DELETE FROM {name}")

    async def everybody(
        self, make: Callable[[Place], Awaitable[Made]]
    ) -> AsyncIterator[tuple[Place, str, str, Made]]:
        """Each person with something of each place: a new one whenever something was stored."""
        for place in PLACES:
            made, before = None, None
            for who, user in PERSONS.items():
                if made is None or self.reader.rows() != before:
                    made = await make(place)
                    before = self.reader.rows()
                yield place, who, user, made

    def everybody_with_a_recording(
        self, how: str
    ) -> AsyncIterator[tuple[Place, str, str, tuple[str, str]]]:
        """With the key of one and its room's id."""
        return self.everybody(lambda place: self.recording(place, how))

    def hms_calls(self) -> int:
        paths = [call.path for call in self.bot.hms.calls]
        return sum("presigned-url" in p or "/v2/recordings/" in p for p in paths)

    async def send(self, body: dict[str, Any], *, form: str = "payload") -> Effects:
        before, hms = self.reader.rows(), self.hms_calls()
        self.bot.slack.calls.clear()
        if form == "command":
            answer = await self.bot.signed(urlencode(body).encode())
        elif form == "event":
            answer = await self._delivered(body)
        else:
            answer = await self.bot.signed(urlencode({"payload": json.dumps(body)}).encode())
        assert answer.status_code == 200, answer.text
        await self.bot.parts.background.drain(5.0)
        after = self.reader.rows()
        changed: Counter[str] = Counter()
        if after is not before:
            counts = {k: after[k] - before[k] for k in after | before}
            changed.update({k: n for k, n in counts.items() if n})
        asked = {"users.info", "users.conversations", "conversations.info", "usergroups.list"}
        calls = [
            (c.method, json.dumps(c.args, default=str))
            for c in self.bot.slack.calls
            if c.method not in asked
        ]
        counted["requests"] += 1
        counted["effects"] += sum(map(abs, changed.values())) + len(calls)
        trigger = str(body.get("trigger_id", ""))
        return Effects(changed, calls, answer.text, self.hms_calls() - hms, trigger)

    async def _delivered(self, event: dict[str, Any]) -> httpx.Response:
        """As Slack delivers it: up to three times again when the bot was too late to take it."""
        for _ in range(4):
            answer = await self.bot.signed(json.dumps(event).encode(), JSON_TYPE)
            if answer.status_code == httpx.codes.OK:
                break
        return answer

    def base(self, kind: str, user: str) -> dict[str, Any]:
        trigger = self.bot.slack.new_trigger(user, channel=PLAZA)
        return {
            "type": kind,
            "team": {"id": seed.TEAM_ID},
            "user": {"id": user, "team_id": seed.TEAM_ID},
            "trigger_id": trigger,
            "api_app_id": seed.APP_ID,
            "token": "unused",
        }

    def click(
        self, user: str, action: str, value: str, *, view: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        act = {"action_id": action, "block_id": "b", "type": "button", "value": value}
        where = {"view": view} if view else {"channel": {"id": PLAZA, "name": "plaza"}}
        kind = "view" if view else "message"
        container = {"type": kind, "message_ts": "1.0", "channel_id": PLAZA}
        return {**self.base("block_actions", user), **where, "container": container,
                "actions": [act]}  # fmt: skip

    def view(self, callback_id: str, metadata: str, values: Any = None) -> dict[str, Any]:
        return {"id": "V0UNKNOWN1", "type": "modal", "callback_id": callback_id, "hash": "h",
                "private_metadata": metadata, "blocks": [], "state": {"values": values or {}}}  # fmt: skip

    def command(self, user: str, text: str) -> dict[str, Any]:
        trigger = self.bot.slack.new_trigger(user, channel=PLAZA)
        return {"command": "/record", "text": text, "user_id": user, "channel_id": PLAZA,
                "team_id": seed.TEAM_ID, "trigger_id": trigger}  # fmt: skip

    def event(self, kind: str, **event: Any) -> dict[str, Any]:
        n = next(serial)
        return {"type": "event_callback", "team_id": seed.TEAM_ID, "event_id": f"Ev{n}",
                "event_time": int(time.time()), "event": {"type": kind, **event}}  # fmt: skip

    async def recording(self, place: Place, how: str) -> tuple[str, str]:
        """Its key and its room's id; `how` far it is."""
        n, now = next(serial), self.bot.parts.deps.now()
        key, room = f"rec-{n}", f"a{n:023x}"
        options = RecordingOptions(meeting_url=f"https://meet.example/x?auth_token={TOKEN}")
        home = PLACES[place]
        first = StartRequested(
            at=now, request_id=key, room_id=room, room_name=f"{SECRET} {n}", options=options,
            by=seed.STARTER, channel_id=home, via="command",
        )  # fmt: skip
        kind = {"public": "public", "shared": "shared", "private": "private", "direct": "direct"}
        facts: list[Fact] = [
            PlaceSeen(at=now, channel_id=home, place=kind[place]),
            EndSet(at=now, by=seed.STARTER, until=now + HOUR),
            StartAccepted(at=now, hms_id=f"hms-{n}"),
            Observed(
                at=now,
                status="completed" if how == "ended" else "running",
                meeting_url=f"https://acme.app.100ms.live/preview/{room}/host",
            ),
        ]
        if how == "paused":
            facts.append(PauseSent(at=now, asked_at=now, pause=True))
        if how == "ended":
            facts.append(
                AssetSeen(at=now, asset_id=HMS_ASSET, type="room-composite", status="completed")
            )
        await self.store.recordings.create(key, first, also=facts)
        if how == "ended":
            await self.store.transcripts.keep(key, spoken(f"{SECRET} {key} was said."))
        return key, room


@asynccontextmanager
async def rigged(folder: Path, **changes: Any) -> AsyncIterator[Rig]:
    """A bot without its engine, between simulated services, with everybody in #plaza."""
    async with target(folder, **{"public_url": PUBLIC_URL, **changes}) as made:
        sim = made.slack
        sim.faults.enforce_limits = False
        sim.users[OUTSIDE] = User(OUTSIDE, "olu", "Olu Outside", seed.TEAM_ID)
        sim.users[ADMIN_OUTSIDE] = User(
            ADMIN_OUTSIDE, "ada", "Ada Admin", seed.TEAM_ID, is_admin=True
        )
        everybody = {*PERSONS.values(), seed.BOT_USER}
        sim.channels[PLAZA] = Channel(PLAZA, "plaza", "public", everybody)
        rooms = [RoomEntry("f" * 24, "town hall"), RoomEntry("e" * 24, HALL)]
        await RoomRepository(made.parts.deps.db).upsert(rooms, made.parts.deps.now())
        with closing(Reader(made.database)) as reader:
            yield Rig(made, reader)
