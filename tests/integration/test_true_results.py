"""What goes wrong with files, posts and answers, and what people read then: a table.

Each row names the failure and the words on the card, in the thread and in the direct message.
Words after `not` must be nowhere. Hours pass in seconds, as in `test_never_silent`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from record_bot_sandbox.slack.seed import PARTNERS, STANDUP, STARTER, dm_id

from bot.core.deliveries import DeliveryState, Kind
from bot.core.facts import Followed, PlaceSeen, StopRequested, TranscriptionReported
from bot.core.transcript import MAX_BYTES
from bot.features.card.log import log_lines
from tests.contract.store_support import S, add_facts
from tests.integration.engine.test_never_silent import HOUR, Life, life
from tests.integration.test_true_causes import asked_to_start, running

__all__ = ["life"]  # a fixture

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

DATA = Path(__file__).parents[1] / "data"
SEGMENTS = (DATA / "transcripts" / "segments.json").read_bytes()
UTF16 = (DATA / "transcripts" / "utf16.json").read_bytes()
BULLETS = (DATA / "summaries" / "bullet-objects.json").read_bytes()
NOBODY = "nobody spoke"
NOT_MADE = "could not make"


@dataclass(frozen=True)
class Read:
    """A transcript (and a summary) with this content, and what the results say of it."""

    transcript: bytes
    says: tuple[str, ...]
    no: tuple[str, ...]
    summary: bytes | None = None
    button: bool = True


READ: dict[str, Read] = {
    "words in segments": Read(SEGMENTS, ("transcript", "ready"), (NOBODY, NOT_MADE)),
    "UTF-16": Read(UTF16, ("transcript", "ready"), (NOBODY, NOT_MADE)),
    "25 MB": Read(SEGMENTS + b" " * 25_000_000, ("transcript", "ready"), (NOBODY, "too large")),
    "too large": Read(
        b" " * (MAX_BYTES + 1), ("transcript is too large to post here",), (NOBODY, NOT_MADE)
    ),
    "unknown shape": Read(
        b'{"said": 7}', ("cannot read the format of this transcript",), (NOBODY, NOT_MADE)
    ),
    "nobody spoke": Read(
        b'{"words": [], "sentences": []}',
        ("transcript is empty", NOBODY),
        (NOT_MADE,),
        button=False,
    ),
    "bullets as objects": Read(
        SEGMENTS, ("transcript and summary are ready",), ("No summary",), summary=BULLETS
    ),
    "a summary of unknown shape": Read(
        SEGMENTS, ("cannot read the format of this summary",), ("No summary",), summary=b"7"
    ),
}


@pytest.mark.parametrize("name", READ)
async def test_what_a_file_holds_is_said_and_nothing_else(life: Life, name: str) -> None:
    row = READ[name]
    wants = row.summary is not None
    await life.recorded(transcription=True, summary=wants or None, output_modes=("json",))
    await life.driver.event("transcription.success")
    for asset in life.hms.state.assets.values():
        if asset.type == "transcript":
            asset.content = row.transcript
        elif asset.type == "summary" and row.summary is not None:
            asset.content = row.summary
    await life.until(life.clock.now() + HOUR)
    results = await life.results()
    assert [words for words in row.says if words not in results] == []
    assert [words for words in row.no if words in results] == []
    labels = [b["text"]["text"] for b in (await life.card()).blocks[-1]["elements"]]
    assert ("Transcript" in labels) is row.button


STORAGE: dict[str, tuple[dict[str, Any], float, str]] = {
    "refused": ({"status": 403}, 5 * 60, "refuses to release its files (HTTP 403)"),
    "missing": ({"status": 404}, 5 * 60, "its files are not there (HTTP 404)"),
    "down": ({"status": 503}, 25 * 60, "the bot cannot read it yet. It keeps trying"),
    "limited": (
        {"status": 429, "retry_after_s": 60},
        25 * 60,
        "the bot cannot read it yet. It keeps trying",
    ),
}


@pytest.mark.parametrize("name", STORAGE)
async def test_what_the_storage_does_is_said_in_time(life: Life, name: str) -> None:
    fault, within_s, says = STORAGE[name]
    path = "/v2/recording-assets/*/presigned-url"
    await life.driver.sim("/faults", {"kind": "status", "path": path, **fault})
    await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    await life.until(life.clock.now() + within_s * S)
    results = await life.results()
    assert says in results
    assert "did not arrive" not in results
    assert NOBODY not in results
    assert results.startswith(f"<@{STARTER}>")


UPLOADS: dict[str, tuple[dict[str, Any], str]] = {
    "internal_error": ({"error": "internal_error"}, "(error `internal_error`)"),
    "file_uploads_disabled": (
        {"error": "file_uploads_disabled"},
        "This workspace does not allow file uploads.",
    ),
    "not_in_channel": ({"error": "not_in_channel"}, "Files need that."),
    "some_new_error": ({"error": "some_new_error"}, "(error `some_new_error`)"),
}


@pytest.mark.parametrize("name", UPLOADS)
async def test_a_file_that_slack_does_not_take_ends_and_leaves_no_copy(
    life: Life, name: str
) -> None:
    fault, says = UPLOADS[name]
    method = "files.completeUploadExternal"
    await life.world.ines.tell("faults", method=method, times=400, **fault)
    await life.recorded(transcription=True)
    await life.driver.event("transcription.success")
    await life.until(life.clock.now() + 3 * HOUR)
    thread = await life.thread()
    (said,) = [text for text in thread if "transcript could not be uploaded here" in text]
    assert says in said
    assert "does not let" not in said, "it posts right here"
    assert life.world.sim.files == {}, "no private copies remain"
    tries = [c for c in life.world.sim.calls if c.method == method]
    assert len(tries) <= 2 * life.deps.policy.tries_refused, "the transcript and the chat"


async def test_results_that_slack_does_not_take_are_told_on_the_card(life: Life) -> None:
    key = await life.recorded(transcription=False)
    fault = {"method": "chat.postMessage", "error": "internal_error", "times": 400}
    await life.world.ines.tell("faults", **fault)
    await life.until(life.clock.now() + 3 * HOUR)
    loaded = await life.store.recordings.load(key)
    (results,) = [d for d in loaded.work.deliveries if d.kind is Kind.RESULTS]
    assert (results.state, results.error) == (DeliveryState.DROPPED, "internal_error")
    assert "Slack did not accept the results message" in (await life.card()).text


@pytest.mark.parametrize("ended", [False, True])
async def test_a_card_that_slack_never_edits_is_told_and_keeps_nothing_back(
    life: Life, ended: bool
) -> None:
    """`internal_error` for ever: tries end, somebody hears it, and the results come all the same."""
    key = await life.recorded(transcription=False) if ended else (await running(life))[0]
    await life.world.ines.tell("faults", method="chat.update", error="internal_error", times=400)
    if not ended:
        stop = StopRequested(at=life.clock.now(), by=STARTER)
        await add_facts(life.store, key, [stop])
    await life.until(life.clock.now() + 3 * HOUR)
    loaded = await life.store.recordings.load(key)
    (card,) = [d for d in loaded.work.deliveries if d.kind is Kind.CARD]
    assert (card.state, card.error) == (DeliveryState.PARKED, "internal_error")
    tries = [c for c in life.world.sim.calls if c.method == "chat.update"]
    assert len(tries) < 3 * life.deps.policy.tries_refused, "then at growing intervals"
    (results,) = [d for d in loaded.work.deliveries if d.kind is Kind.RESULTS]
    assert results.state is DeliveryState.SENT
    thread = "\n".join(
        m.text for m in (await life.world.ines.state()).thread(STANDUP, card.ts or "")
    )
    assert "The bot cannot update the card in" in thread
    assert "Slack had an internal error (`internal_error`)" in thread
    assert "does not let" not in thread, "it posts right there"


SILENT: dict[str, dict[str, Any]] = {
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429, "retry_after_s": 5},
    "reset": {"kind": "reset"},
}


async def _direct(life: Life) -> str:
    state = await life.world.ines.state()
    return "\n".join(m.text for m in state.messages(dm_id(STARTER)))


@pytest.mark.parametrize("name", SILENT)
async def test_a_start_without_an_answer(life: Life, name: str) -> None:
    await life.driver.sim("/faults", {"path": "/v2/recordings/room/*/start", **SILENT[name]})
    await asked_to_start(life)
    asked_at = life.clock.now()
    await life.until(asked_at + 60 * S)
    did = "answered" if name == "reset" else "accepted"
    words = (f"100ms has not {did} the request to start", "nothing is being recorded")
    card = (await life.card()).text
    assert [w for w in words if w not in card] == []
    await life.until(asked_at + 90 * S)
    told = await _direct(life)
    assert [w for w in words if w not in told] == []
    await life.until(asked_at + 300 * S)
    told = await _direct(life)
    assert "The recording did not start." in told
    assert words[0] not in told


@pytest.mark.parametrize("name", SILENT)
async def test_a_start_that_was_accepted_and_then_nothing(life: Life, name: str) -> None:
    """No webhook comes, and no poll is answered."""
    await life.driver.sim("/faults", {"method": "GET", "path": "/v2/*", **SILENT[name]})
    await asked_to_start(life)
    asked_at = life.clock.now()
    await life.until(asked_at + 60 * S)
    assert "100ms accepted the start at" in (await life.card()).text
    assert "does not know yet whether it is recording" in (await life.card()).text
    await life.until(asked_at + 90 * S)
    assert "does not know yet whether it is recording" in await _direct(life)
    await life.driver.sim("/faults", {"clear": True})
    await life.until(asked_at + 1000 * S)
    assert "does not know yet" not in (await life.card()).text
    assert "100ms has answered" in await _direct(life)


@pytest.mark.parametrize("name", SILENT)
async def test_a_stop_without_an_answer(life: Life, name: str) -> None:
    for template in life.hms.state.templates.values():
        template.max_duration_s = 10**9  # it ends by a stop only, however busy the machine is
    key, _ = await running(life)
    await life.driver.sim("/faults", {"path": "/v2/recordings/*/stop", **SILENT[name]})
    await add_facts(life.store, key, [StopRequested(at=life.clock.now(), by=STARTER)])
    asked_at = life.clock.now()
    await life.until(asked_at + 60 * S)
    assert "Not stopped yet." in (await life.card()).text
    await life.until(asked_at + 90 * S)
    assert "It may still be recording." in await _direct(life)
    await life.driver.sim("/faults", {"clear": True})
    await life.until(asked_at + 500 * S)
    assert "It may still be recording." not in await _direct(life)


NEVER_SAYS: dict[str, dict[str, Any]] = {
    "internal_error": {"error": "internal_error"},
    "some_new_error": {"error": "some_new_error"},
}


@pytest.mark.parametrize("name", NEVER_SAYS)
async def test_a_place_that_slack_never_names_counts_as_private(life: Life, name: str) -> None:
    """The tries end, the log says so, and the channel that follows the room gets nothing."""
    method = "conversations.info"
    await life.world.ines.tell("faults", method=method, times=400, **NEVER_SAYS[name])
    key, now = await running(life)
    await add_facts(life.store, key, [Followed(at=now, channel_id=PARTNERS)])
    await life.until(now + 3 * HOUR)
    recording = await life.recording(key)
    assert [f.place for f in recording.log if isinstance(f, PlaceSeen)] == ["unknown"]
    assert recording.is_private is True
    assert (await life.world.ines.state()).messages(PARTNERS) == []
    tries = [c for c in life.world.sim.calls if c.method == method]
    assert len(tries) == life.deps.policy.tries_refused
    said = [line.text for line in log_lines(recording.log)]
    assert "Slack did not say whether the channel is private; other channels do not get it" in said


async def test_a_place_is_asked_for_until_slack_can_be_reached(life: Life) -> None:
    """An outage is no answer: it does not count, and the channel gets its card after it."""
    await life.world.ines.tell("faults", method="conversations.info", http_status=503, times=12)
    key, now = await running(life)
    await add_facts(life.store, key, [Followed(at=now, channel_id=PARTNERS)])
    await life.until(now + 12 * HOUR)
    recording = await life.recording(key)
    assert [f.place for f in recording.log if isinstance(f, PlaceSeen)][:1] == ["public"]
    assert len((await life.world.ines.state()).messages(PARTNERS)) >= 1


async def _clear_slack(life: Life) -> None:
    life.world.sim.faults.clear(None)


async def test_a_card_that_cannot_be_edited_is_told_soon_and_taken_back(life: Life) -> None:
    """Within a minute below the card; once Slack edits it again, that is not so any more."""
    key, _ = await running(life)
    await life.world.ines.tell("faults", method="chat.update", error="internal_error", times=400)
    await add_facts(life.store, key, [StopRequested(at=life.clock.now(), by=STARTER)])
    asked_at = life.clock.now()
    await life.until(asked_at + 60 * S)
    assert any("The bot cannot update the card in" in text for text in await life.thread())
    await _clear_slack(life)
    await life.until(asked_at + 1000 * S)
    assert "Recording since" not in (await life.card()).text
    assert not any("cannot update the card" in text for text in await life.thread())


async def test_a_card_that_cannot_be_posted_is_told_to_the_starter_soon(life: Life) -> None:
    fault = {"method": "chat.postMessage", "match": {"channel": STANDUP}, "times": 400}
    await life.world.ines.tell("faults", **fault, error="internal_error")
    await asked_to_start(life)
    asked_at = life.clock.now()
    await life.until(asked_at + 90 * S)
    told = await _direct(life)
    assert "The bot cannot post the card in" in told
    assert told.count("cannot post the card") == 1
    await _clear_slack(life)
    await life.until(asked_at + 600 * S)
    assert (await life.card()).text
    assert (await _direct(life)).count("the card in") == 1


async def test_results_that_slack_does_not_take_are_told_soon_and_come_once(life: Life) -> None:
    await life.recorded(transcription=False)
    fault = {"method": "chat.postMessage", "error": "internal_error", "times": 400}
    await life.world.ines.tell("faults", **fault)
    ended_at = life.clock.now()
    await life.until(ended_at + 60 * S)
    assert "Slack did not accept the results message" in (await life.card()).text
    await _clear_slack(life)
    await life.until(ended_at + 1000 * S)
    assert "Slack did not accept" not in (await life.card()).text
    assert await life.results(), "one message"


async def test_an_edit_of_the_results_comes_when_slack_takes_it(life: Life) -> None:
    """What came later is not given up while Slack may still take it."""
    await life.driver.sim("/faults", {"kind": "transcript_never"})
    key = await life.recorded(transcription=True)
    await life.until(life.clock.now() + HOUR)
    assert "The transcript has not arrived yet." in await life.results()
    work = (await life.store.recordings.load(key)).work
    (posted,) = [d for d in work.deliveries if d.kind is Kind.RESULTS]
    fault = {"method": "chat.update", "match": {"ts": posted.ts}, "times": 400}
    await life.world.ines.tell("faults", **fault, error="internal_error")
    failed = TranscriptionReported(at=life.clock.now(), outcome="failure")
    await add_facts(life.store, key, [failed])
    await life.until(life.clock.now() + 600 * S)
    assert "The transcript has not arrived yet." in await life.results()
    await _clear_slack(life)
    await life.until(life.clock.now() + HOUR)
    assert "The transcript has not arrived yet." not in await life.results()


async def _seen_alone(life: Life) -> str:
    state = await life.world.ines.state()
    return "\n".join(m.text for m in state.ephemerals(STANDUP, STARTER))


async def test_a_silence_that_cannot_be_told_directly_is_told_in_the_channel(life: Life) -> None:
    fault = {"method": "chat.postMessage", "match": {"channel": STARTER}, "times": 400}
    await life.world.ines.tell("faults", **fault, error="internal_error")
    await life.driver.sim("/faults", {"path": "/v2/recordings/room/*/start", **SILENT["503"]})
    await asked_to_start(life)
    asked_at = life.clock.now()
    await life.until(asked_at + 90 * S)
    told = await _seen_alone(life)
    assert "has not accepted the request to start" in told
    assert "will be updated" not in told, "Slack edits no such message"
    await life.until(asked_at + 300 * S)
    told = await _seen_alone(life)
    assert told.count("has not accepted the request to start") == 1
    assert told.count("The recording did not start.") == 1
    assert await _direct(life) == ""


async def test_a_card_that_cannot_be_posted_is_told_where_direct_messages_fail_too(
    life: Life,
) -> None:
    fault = {"method": "chat.postMessage", "error": "internal_error", "times": 400}
    await life.world.ines.tell("faults", **fault)
    await asked_to_start(life)
    asked_at = life.clock.now()
    await life.until(asked_at + 100 * S)
    assert (await _seen_alone(life)).count("The bot cannot post the card in") == 1
    await _clear_slack(life)
    await life.until(asked_at + 600 * S)
    assert (await life.card()).text
    assert (await _seen_alone(life)).count("The bot cannot post the card in") == 1
    assert await _direct(life) == ""


async def test_a_silence_that_is_over_is_told_anew_where_slack_does_not_edit(life: Life) -> None:
    await life.driver.sim("/faults", {"path": "/v2/recordings/room/*/start", **SILENT["503"]})
    await asked_to_start(life)
    await life.until(life.clock.now() + 60 * S)
    assert "has not accepted the request to start" in await _direct(life)
    match = {"channel": dm_id(STARTER)}
    fault = {"method": "chat.update", "match": match, "error": "internal_error", "times": 400}
    await life.world.ines.tell("faults", **fault)
    await life.driver.sim("/faults", {"clear": True})
    await life.until(life.clock.now() + 120 * S)
    told = await _direct(life)
    assert "100ms has answered" in told
    assert "has not accepted" not in told
    assert len((await life.world.ines.state()).messages(dm_id(STARTER))) == 1
