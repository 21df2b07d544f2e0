"""What must be true when a drill is over."""

from prometheus_client import Counter

from bot.core.deliveries import DeliveryState, Kind
from bot.core.note import Loaded
from bot.core.recording import ENDED, FailureReason, Phase, Recording
from bot.core.transcript import Transcript, read
from bot.kit.metrics import POSSIBLE_DOUBLES, STEPS
from bot.ui.message import Message as View
from bot.ui.message import content_hash
from tests.integration.laws.drill import Drill
from tests.integration.laws.job import BUSY, WORDS, Job
from tests.integration.laws.replies import DEADLY, UNKNOWN
from tests.integration.laws.slack_truth import Message, readable

STEP_S = 10.0


def doubles() -> float:
    return _counted(POSSIBLE_DOUBLES)


def steps() -> float:
    return _counted(STEPS)


def _counted(counter: Counter) -> float:
    return sum(s.value for m in counter.collect() for s in m.samples if s.name.endswith("_total"))


def recordings(drill: Drill) -> list[Loaded]:
    return [
        drill.ask_store(lambda store, key=key: store.recordings.load(key))  # type: ignore[misc]
        for key in drill.keys
    ]


def excused(drill: Drill, message: Message) -> bool:
    """It was posted in the window of docs/adr/0001: nobody could know that it is there."""
    died = (s for s, life in drill.deaths if life is message.by)
    return message.reply in (*UNKNOWN, *DEADLY) or any(
        message.at_s <= s <= message.at_s + STEP_S for s in died
    )


def assert_converged(drill: Drill, doubles_before: float) -> None:
    """Every channel shows each recording once, as it is at 100ms; nothing is left to do."""
    loaded = recordings(drill)
    assert drill.ended, [(r.recording.phase, r.work) for r in loaded]
    for one in loaded:
        recording = one.recording
        assert recording.phase in ENDED, recording.phase
        job = drill.hms.jobs.get(recording.hms_id or "")
        if job is not None and recording.phase is not Phase.POINTER:
            _assert_true(drill, recording, job)
        for channel in recording.channels:
            if channel in drill.slack.members:
                _assert_shown(drill, one, channel, job)
    _assert_once(drill, loaded, doubles() - doubles_before)


def _assert_true(drill: Drill, recording: Recording, job: Job) -> None:
    """What we say is what 100ms has."""
    status = job.status(drill.time_s)
    if job.ours and len(drill.keys) == 1:
        assert not recording.elsewhere, "our own start was taken for somebody else's"
    assert recording.phase is (Phase.COMPLETED if status == "completed" else Phase.FAILED)
    if status != "completed":
        return
    if not job.transcribed:
        assert recording.results is None
        return
    assert recording.results is not None
    spoken = read(WORDS, "txt")
    assert isinstance(spoken, Transcript)
    words = {"failed": None, "empty": 0}.get(job.speech, spoken.words)
    assert (recording.results.words, recording.results.has_summary) == (words, job.speech == "fine")


def _assert_shown(drill: Drill, loaded: Loaded, channel: str, job: Job | None) -> None:
    recording, work = loaded.recording, loaded.work
    card = work.delivery(Kind.CARD, channel)
    if recording.phase is Phase.POINTER or (
        recording.problem
        and recording.problem.why in (FailureReason.CANCELLED, FailureReason.CANNOT_POST)
    ):
        return
    assert card is not None
    assert card.state in (DeliveryState.SENT, DeliveryState.GONE), card
    if card.state is DeliveryState.SENT:
        there = [m for m in drill.slack.messages if m.ts == card.ts]
        assert [content_hash(View(m.text, m.blocks)) for m in there] == [card.hash]  # type: ignore[arg-type]
    if not recording.is_settled:
        return
    results = work.delivery(Kind.RESULTS, channel)
    assert results is not None
    assert results.state is DeliveryState.SENT, results
    text = next(m for m in drill.slack.messages if m.ts == results.ts)
    found = recording.results
    assert ("ship it" in readable(text.blocks)) == bool(found and found.has_summary)
    if found and found.words:
        file = work.delivery(Kind.TRANSCRIPT, channel)
        assert file is not None
        assert file.state is DeliveryState.SENT, file


def _assert_once(drill: Drill, loaded: list[Loaded], counted: float) -> None:
    """Whatever is not accounted for was posted in the window, and counted."""
    all_deliveries = [d for one in loaded for d in one.work.deliveries]
    known = {d.ts for d in all_deliveries if d.ts}
    extra = [m for m in drill.slack.messages if not m.file and m.ts not in known]
    for message in extra:
        assert excused(drill, message), message
    more = len(extra)
    for kind in (Kind.TRANSCRIPT, Kind.CHAT):
        sent = sum(d.kind is kind and d.state is DeliveryState.SENT for d in all_deliveries)
        files = [m for m in drill.slack.messages if m.file and f"-{kind}." in m.file]
        sure = [m for m in files if not excused(drill, m)]
        assert len(sure) <= sent <= len(files), (kind, sent, files)
        more += len(files) - sent
        if kind is Kind.TRANSCRIPT:
            assert all(b"hello there everyone" in (m.content or b"") for m in files)
    assert more <= counted, (more, counted)


def assert_nothing_unwanted(drill: Drill) -> None:
    """No start later than allowed or after a stop; nothing records that nobody knows of."""
    within_s = drill.script.policy.start_within.total_seconds()
    for at_s, _ in drill.hms.start_calls:
        asked = [a for a in drill.asked if a.what == "request" and a.at_s <= at_s]
        assert asked, "nobody asked"
        assert at_s - asked[-1].at_s <= within_s, "too late"
        stops = [a for a in drill.asked if a.what == "stop" and a.key == asked[-1].key]
        assert not any(s.at_s < at_s - 0.001 for s in stops), "stopped before"
    ours = {one.recording.hms_id for one in recordings(drill)}
    for job in drill.hms.jobs.values():
        if job.ours:
            assert job.id in ours or job.stop_calls, f"nobody knows of {job}"


def assert_stopped(drill: Drill) -> None:
    """Whoever was told that it stops can leave: it does, and nobody else has to end it."""
    stopped = {a.key for a in drill.asked if a.what == "stop"}
    for one in recordings(drill):
        job = drill.hms.jobs.get(one.recording.hms_id or "")
        if one.recording.key in stopped and job is not None:
            assert job.status(drill.time_s) not in BUSY, (job, one.recording.log)
    if stopped and stopped == set(drill.keys):
        assert not [j for j in drill.hms.jobs.values() if j.ours and j.status(drill.time_s) in BUSY]
