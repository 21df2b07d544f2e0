"""Every failure of 100ms, Slack and the files, on all five surfaces: the table of outcomes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
import pytest_asyncio

from bot.core.forgetting import KEPT_AT_100MS
from tests.integration.access_table import PLAZA
from tests.integration.told_kit import MIN, S, Stage, staged
from tests.integration.told_table import ALARMS, ROWS, SURFACES, Row

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("told")) as made:
        yield made


async def _start(stage: Stage, row: Row) -> None:
    await stage.new_room()
    await stage.hms_fault(path="/v2/recordings/room/*/start", **row.fault)
    await stage.start()
    await stage.until(stage.now + (300 if "later" in row.tags else 60) * S)


async def _stop(stage: Stage, row: Row) -> None:
    await stage.running()
    await stage.hms_fault(path="/v2/recordings/*/stop", **row.fault)
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 60 * S)


async def _poll(stage: Stage, row: Row) -> None:
    await stage.running()
    await stage.hms_fault(method="GET", path="/v2/recordings/*", **row.fault)
    await stage.deps.store.recordings.poll_now(stage.key)
    await stage.until(stage.now + 60 * S)


async def _fails(stage: Stage, row: Row) -> None:
    await stage.new_room()
    await stage.hms_fault(**row.fault)
    await stage.start()
    await stage.until(stage.now + 9 * S)
    await stage.hear("beam.failure")
    await stage.until(stage.now + 60 * S)


async def _files(stage: Stage, row: Row) -> None:
    await stage.new_room()
    if row.fault.get("kind", "").startswith("transcript"):
        await stage.hms_fault(**row.fault)
    elif row.fault:
        await stage.hms_fault(path="/v2/recording-assets/*/presigned-url", **row.fault)
    await stage.ended(row.options, last=row.last)
    if row.spoil:
        kind, content = row.spoil
        for asset in stage.assets(kind):
            asset.content = content
    await stage.until(stage.now + 35 * MIN)


async def _upload(stage: Stage, row: Row) -> None:
    await stage.new_room()
    stage.slack_fault("files.completeUploadExternal", **row.fault)
    await stage.ended(row.options, last="transcription.success")
    await stage.until(stage.now + 30 * MIN)


async def _card(stage: Stage, row: Row) -> None:
    await stage.new_room()
    stage.slack_fault("chat.postMessage", match={"channel": PLAZA}, **row.fault)
    await stage.start()
    await stage.until(stage.now + 9 * S)


async def _edit(stage: Stage, row: Row) -> None:
    await stage.running()
    stage.slack_fault("chat.update", **row.fault)
    await stage.click("recording_stop", stage.key)
    await stage.until(stage.now + 10 * MIN)


SCENES: Mapping[str, Callable[[Stage, Row], Awaitable[None]]] = {
    "start": _start,
    "stop": _stop,
    "poll": _poll,
    "fails": _fails,
    "files": _files,
    "upload": _upload,
    "card": _card,
    "edit": _edit,
}


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_said(stage: Stage, name: str) -> None:
    """The words of the row, on these surfaces, and no other words of trouble."""
    row = ROWS[name]
    await stage.clear()
    await SCENES[row.scene](stage, row)
    told = await stage.told()
    wrong = {}
    for surface in SURFACES:
        text, wanted = getattr(told, surface), getattr(row, surface)
        missing = [words for words in wanted if words not in text]
        more = [w for w in ALARMS if w in text and not any(w in words for words in wanted)]
        if missing or more:
            wrong[surface] = {"missing": missing, "more": sorted(more), "says": text}
    assert wrong == {}


async def test_only_a_file_past_its_time_is_said_to_be_gone(stage: Stage) -> None:
    await stage.clear()
    await stage.new_room()
    await stage.ended()
    await stage.until(stage.now + 1 * MIN)
    await stage.hms_fault(path="/v2/recording-assets/*/presigned-url", kind="status", status=404)
    young = await stage.click("recording_watch", stage.key)
    assert "100ms has no video to open, at least not yet." in young
    assert "15 days" not in young
    stage.clock.time += KEPT_AT_100MS
    old = await stage.click("recording_watch", stage.key)
    assert "100ms no longer has the video: it keeps files for 15 days" in old
