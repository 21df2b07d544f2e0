"""A question's button that is pressed late, or twice, promises and does nothing untrue."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import Channel

from bot.ui import ids
from tests.integration.access_rig import Effects, Rig, rigged
from tests.integration.access_table import PLAZA


@dataclass
class Stage:
    rig: Rig
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def soon(self) -> str:
        """Return the wall time two minutes from now, in the starter's zone."""
        zone = ZoneInfo(self.rig.bot.slack.users[seed.STARTER].tz)
        return f"{(self.now() + timedelta(minutes=2)).astimezone(zone):%H:%M}"

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.rig.bot.database)) as db:
            return db.execute(sql).fetchall()

    async def command(self, text: str) -> Effects:
        body = self.rig.command(seed.STARTER, text)
        body["channel_id"] = PLAZA
        return await self.rig.send(body, form="command")

    async def press(self, asked: Effects) -> Effects:
        """Press the first answer of a question."""
        told = asked.told.replace('\\"', '"')
        value = re.search(r'"value": ?"([0-9a-f]{32} [^"]+)"', told)
        assert value, told
        return await self.rig.send(self.rig.click(seed.STARTER, ids.CHOOSE, value[1]))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock: list[Stage] = []
    async with rigged(tmp_path, now=lambda: clock[0].now() if clock else datetime.now(UTC)) as rig:
        clock.append(Stage(rig))
        yield clock[0]


@pytest.mark.parametrize("text", ["schedule twn hall at {}", "start twn hall until {}"])
async def test_what_is_pressed_after_its_time_is_not_promised(stage: Stage, text: str) -> None:
    asked = await stage.command(text.format(stage.soon()))
    stage.ahead = timedelta(minutes=10)
    said = await stage.press(asked)
    assert "has passed" in said.told
    assert "will be recorded" not in said.told
    assert stage.rows("select * from schedules") == []
    assert stage.rows("select * from recordings") == []


async def test_a_schedule_confirmed_three_times_is_made_once(stage: Stage) -> None:
    asked = await stage.command("schedule twn hall tomorrow at 9")
    for _ in range(3):
        await stage.press(asked)
    assert stage.rows("select count(*) from schedules") == [(1,)]


async def test_a_recording_that_is_only_requested_can_get_an_end(stage: Stage) -> None:
    await stage.command("start town hall")
    assert stage.rows("select phase from recordings") == [("requested",)]
    said = await stage.command("stop town hall in 30 minutes")
    assert "no longer" not in said.told
    assert stage.rows("select count(*) from facts where kind = 'end_set'") == [(1,)]


async def test_a_date_is_skipped_once_however_often_the_button_is_pressed(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    [(schedule_id, before)] = stage.rows("select schedule_id, due_at from schedules")
    due = datetime.fromisoformat(before).replace(tzinfo=UTC)
    value = ids.value_at(schedule_id, due)
    listed = await stage.command("schedules")
    assert value in listed.told
    for _ in range(2):
        await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_skip", value))
    [(after,)] = stage.rows("select due_at from schedules")
    skipped = datetime.fromisoformat(after).replace(tzinfo=UTC) - due
    assert timedelta(hours=22) < skipped < timedelta(hours=26)


async def test_an_end_is_moved_once_however_often_the_button_is_pressed(stage: Stage) -> None:
    await stage.command("start town hall")
    await stage.command("stop town hall in 30 minutes")
    [(key, body)] = stage.rows("select recording_key, body from facts where kind = 'end_set'")
    until = datetime.fromisoformat(json.loads(body)["until"])
    for _ in range(2):
        value = ids.value_at(key, until)
        await stage.rig.send(stage.rig.click(seed.STARTER, ids.EXTEND, value))
    [_, (moved,)] = stage.rows("select body from facts where kind = 'end_set' order by id")
    assert datetime.fromisoformat(json.loads(moved)["until"]) - until == timedelta(minutes=15)


async def test_what_was_skipped_or_deleted_is_taken_back_once(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    [(schedule_id, due)] = stage.rows("select schedule_id, due_at from schedules")
    skipped = await stage.command("skip town hall")
    [value] = set(re.findall(rf"{schedule_id} [0-9]+", skipped.told))
    await stage.command("skip town hall")
    assert stage.rows("select due_at from schedules") != [(due,)]
    for _ in range(2):
        await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_unskip", value))
    assert stage.rows("select due_at from schedules") == [(due,)]
    deleted = await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_delete", schedule_id))
    assert stage.rows("select state from schedules") == [("over",)]
    late = await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_run", schedule_id))
    assert "was deleted" in late.told
    assert schedule_id in deleted.told
    for _ in range(2):
        done = await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_restore", schedule_id))
        assert "is scheduled again" in done.told
    assert stage.rows("select state, due_at from schedules") == [("active", due)]


async def test_a_paused_schedule_stays_paused(stage: Stage) -> None:
    """Undo, restoring and changing do not let it record."""
    await stage.command("schedule town hall every day at 9")
    [(schedule_id,)] = stage.rows("select schedule_id from schedules")
    skipped = await stage.command("skip town hall")
    [value] = set(re.findall(rf"{schedule_id} [0-9]+", skipped.told))

    async def press(action: str, value: str = schedule_id) -> str:
        return (await stage.rig.send(stage.rig.click(seed.STARTER, action, value))).told

    await press("schedule_pause")
    await press("schedule_unskip", value)
    assert stage.rows("select state, why from schedules") == [("paused", "asked")]
    await press("schedule_delete")
    assert "It is paused" in await press("schedule_restore")
    assert stage.rows("select state, why from schedules") == [("paused", "asked")]
    assert "It is paused" in await _change(stage, schedule_id, "every day at 11")


async def _change(stage: Stage, schedule_id: str, time: str) -> str:
    typed = {"schedule_when": {"schedule_when_input": {"value": time}}}
    form = stage.rig.view("schedule_change_form", schedule_id, typed)
    body = {**stage.rig.base("view_submission", seed.STARTER), "view": form}
    return (await stage.rig.send(body)).told


async def test_two_presses_of_undo_at_once_say_the_same(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    [(schedule_id,)] = stage.rows("select schedule_id from schedules")
    await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_delete", schedule_id))
    undo = [stage.rig.click(seed.STARTER, "schedule_restore", schedule_id) for _ in range(2)]
    both = await asyncio.gather(*map(stage.rig.send, undo))
    assert "too late" not in " ".join(done.told for done in both)
    assert stage.rows("select state from schedules") == [("active",)]


async def test_a_schedule_is_moved_to_a_date_that_was_skipped(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    await stage.command("skip town hall")
    [(schedule_id, skips)] = stage.rows("select schedule_id, skips from schedules")
    assert skips
    await _change(stage, schedule_id, "every day at 9 for 20m")
    assert stage.rows("select skips from schedules") == [(skips,)]  # only its end is another one
    assert "will be recorded" in await _change(stage, schedule_id, "tomorrow at 9")
    assert stage.rows("select skips, state from schedules") == [(None, "active")]


async def test_a_schedule_is_confirmed_in_time_although_slack_is_slow(stage: Stage) -> None:
    """Otherwise it would be taken for a failure, and set up once more."""
    other = stage.rig.command(seed.MEMBER, "schedule town hall every day at 9 for 30m")
    slack = stage.rig.bot.slack
    slack.channels["C0ELSE0001"] = Channel(
        "C0ELSE0001", "elsewhere", "public", {seed.BOT_USER, seed.MEMBER}
    )
    other["channel_id"] = "C0ELSE0001"
    await stage.rig.send(other, form="command")
    slack.faults.add(Fault(method="users.conversations", times=50, delay_s=5))
    said = await stage.command("schedule town hall every day at 9 for 20m")
    assert "will be recorded" in said.told
    assert stage.rows("select count(*) from schedules") == [(2,)]


async def test_a_button_pressed_twice_gives_the_same_answer(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    [(schedule_id, due)] = stage.rows("select schedule_id, due_at from schedules")
    at = ids.value_at(schedule_id, datetime.fromisoformat(due).replace(tzinfo=UTC))
    for action, value, said in (
        ("schedule_skip", at, "will not be recorded"),
        ("schedule_unskip", at, "scheduled again"),
        ("schedule_delete", schedule_id, "was deleted"),
    ):
        for _ in range(2):
            done = await stage.rig.send(stage.rig.click(seed.STARTER, action, value))
            assert said in done.told, action


async def test_a_change_says_what_the_time_was_and_has_no_undo(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    [(schedule_id,)] = stage.rows("select schedule_id from schedules")
    told = await _change(stage, schedule_id, "every day at 11")
    assert "It was: every day at 9:00" in told
    assert "schedule_undo" not in told


async def test_undo_does_not_say_deleted_of_a_date_that_has_begun(stage: Stage) -> None:
    await stage.command(f"schedule town hall at {stage.soon()} for 1h")
    [(schedule_id,)] = stage.rows("select schedule_id from schedules")
    with closing(sqlite3.connect(stage.rig.bot.database)) as db:
        db.execute("update schedules set state = 'over', due_at = null, wake_at = null")
        db.commit()
    said = await stage.rig.send(stage.rig.click(seed.STARTER, "schedule_undo", schedule_id))
    assert "too late to undo" in said.told


async def test_equal_schedules_are_told_apart_and_lists_are_narrowed(stage: Stage) -> None:
    for user in (seed.STARTER, seed.ADMIN):
        typed = stage.rig.command(user, "schedule town hall every day at 9")
        typed["channel_id"] = PLAZA
        await stage.rig.send(typed, form="command")
    asked = (await stage.command("cancel town hall")).told
    assert "every day at 9:00 (yours)" in asked
    assert "every day at 9:00 (not yours)" in asked
    rows = stage.rows("select schedule_id from schedules order by by_user = 'U0STARTER1'")
    (theirs,), (own,) = rows
    every = (await stage.command("schedules")).told
    assert own in every
    assert theirs in every
    mine = (await stage.command("schedules mine")).told
    assert own in mine
    assert theirs not in mine
    assert own in (await stage.command("schedules here")).told


async def test_a_guest_gets_no_button_that_is_refused(stage: Stage) -> None:
    await stage.command("schedule town hall every day at 9")
    typed = stage.rig.command(seed.GUEST, "cancel town hall")
    typed["channel_id"] = PLAZA
    said = await stage.rig.send(typed, form="command")
    assert "cancel this schedule" in said.told
    assert "choice:" not in said.told


async def test_a_start_for_a_while_says_so_and_its_end_can_be_removed(stage: Stage) -> None:
    said = await stage.command("start town hall for 30m")
    assert "for 30 min" in said.told
    [(key,)] = stage.rows("select key from recordings")
    for _ in range(2):
        await stage.rig.send(stage.rig.click(seed.STARTER, ids.NO_END, key))
    bodies = [json.loads(body) for (body,) in stage.rows(ENDS)]
    assert [body.get("after_s") for body in bodies] == [1800, None]


ENDS = "select body from facts where kind = 'end_set' order by id"
