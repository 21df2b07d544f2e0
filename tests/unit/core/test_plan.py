"""`next_step`: the laws, and a table of who comes first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core import plan as p
from bot.core import steps as s
from bot.core.deliveries import TOLD, Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.options import RecordingOptions
from bot.core.policy import Policy, deadlines, is_late, look_again_at, transcript_expected_at
from bot.core.retry import Retry
from tests.unit.some import any_facts, at, discovered, requested

POLICY = Policy()
WANTED = Wanted(card="h2", results=f"{TOLD}now")
EXPECTED_AT = at(600 + 300 + 594 / 5)
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="h2")
OUTCOME = Delivery(Kind.OUTCOME, "U1", DeliveryState.WAITING)
RUNNING: list[f.Fact] = [
    f.StartAttempted(at=at(1)),
    f.StartAccepted(at=at(2), hms_id="j"),
    f.BeamStarted(at=at(6)),
]
ENDED: list[f.Fact] = [
    *RUNNING,
    f.BeamStopped(at=at(600), reason="room ended", duration_s=594),
    f.RecordingUploaded(at=at(620), duration_s=594),
]
NO_TEXT = RecordingOptions(transcription=False)


def _step(
    more: list[f.Fact],
    *deliveries: Delivery,
    now: datetime,
    options: RecordingOptions | None = None,
    work: Work | None = None,
    wanted: Wanted = WANTED,
) -> s.Step:
    notes = replace(work or Work(polled=Polled(at(8))), deliveries=deliveries)
    recording = derive("k", [requested(options=options), *more])
    return p.next_step(recording, notes, wanted, POLICY, now)


def _with(delivery: Delivery, **changes: object) -> Delivery:
    return replace(delivery, **changes)  # type: ignore[arg-type]


def test_the_card_comes_before_the_start() -> None:
    assert _step([], now=at(0)) == s.PostCard("C1")
    assert _step([], CARD, now=at(0)) == s.Start()


def test_a_slow_slack_delays_the_start_by_ten_seconds_at_most() -> None:
    waiting = _with(CARD, state=DeliveryState.WAITING, retry=Retry(0, at(60)))
    assert _step([], waiting, now=at(3)) == s.Wait(at(10))
    assert _step([], waiting, now=at(10)) == s.Start()


def test_an_unknown_attempt_is_settled_before_anything_waits_for_slack() -> None:
    assert _step([f.StartAttempted(at=at(1))], now=at(500)) == s.Start()


def test_where_we_cannot_post_nothing_starts_and_the_person_hears_of_it() -> None:
    closed = f.CannotPost(at=at(1), channel_id="C1", error="not_in_channel")
    parked = _with(CARD, state=DeliveryState.PARKED, ts=None)
    assert _step([closed], parked, OUTCOME, now=at(1)) == s.Outcome("U1")
    done = _with(OUTCOME, state=DeliveryState.SENT)
    assert _step([closed], parked, done, now=at(1)) == s.Done()


def test_stop_comes_before_everything() -> None:
    stop = f.StopRequested(at=at(9), by="U2")
    stale = _with(CARD, hash="h1")
    assert _step([*RUNNING, stop], stale, OUTCOME, now=at(9)) == s.Stop()


def test_what_is_only_starting_is_stopped_at_once() -> None:
    accepted: list[f.Fact] = [f.StartAttempted(at=at(1)), f.StartAccepted(at=at(2), hms_id="j")]
    stop = f.StopRequested(at=at(3), by="U2")
    assert _step([*accepted, stop], CARD, now=at(3)) == s.Stop()


def test_pause_is_not_sent_while_a_stop_waits() -> None:
    stop = f.StopRequested(at=at(8), by="U1")
    pause = f.PauseRequested(at=at(9), by="U2", pause=True)
    held = Work(retries={s.retry_name(s.Stop()): Retry(1, at(20))}, polled=Polled(at(8)))
    waits = _step([*RUNNING, stop, pause], CARD, now=at(9), work=held)
    assert waits == s.Wait(at(20))


def _unanswered(kind: Kind, asked: list[f.Fact], *, since: datetime) -> None:
    """The card is edited first, then the starter is told, once; later that is edited."""
    held = Work(
        retries={"Start": Retry(9, at(900)), "Stop": Retry(9, at(900))}, polled=Polled(at(8))
    )
    assert _step(asked, CARD, now=since, work=held) == s.Wait(since + POLICY.silent_after)
    tell_at = since + POLICY.tell_silence_after
    silent_at = since + POLICY.silent_after
    assert _step(asked, CARD, now=silent_at, work=held) == s.Wait(tell_at)
    stale = _with(CARD, hash="h1")
    assert _step(asked, stale, now=silent_at, work=held) == s.UpdateCard("C1")
    assert _step(asked, CARD, now=tell_at, work=held) == s.TellSilence(kind, "U1")
    told = Delivery(kind, "U1", DeliveryState.SENT, posted_in="D1", ts="3.0", hash="said")
    later = _step(asked, CARD, told, now=tell_at, work=held)
    assert later == s.TellSilence(kind, "U1"), "what it says is not so any more"
    same = replace(WANTED, silence={kind: "said"})
    recording = derive("k", [requested(), *asked])
    work = replace(held, deliveries=(CARD, told))
    assert isinstance(p.next_step(recording, work, same, POLICY, tell_at), s.Wait)


@pytest.mark.parametrize(
    ("told", "step"),
    [
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.SENT, ts="3.0", hash="h1"), True),
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.SENT, ts="3.0", hash="h2"), False),
        # Slack refused to edit it, so it is posted anew.
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.WAITING, hash="h1"), True),
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.SENDING, hash="h1"), True),
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.DROPPED, hash="h1"), False),
        # It was never posted, and there is nothing to correct.
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.WAITING), False),
        (Delivery(Kind.SILENT_START, "U1", DeliveryState.PARKED, retry=Retry(1, at(3))), False),
    ],
)
def test_whoever_was_told_of_a_silence_is_told_what_became_of_it(
    told: Delivery, step: bool
) -> None:
    refused = f.StartRefused(at=at(50), status=403, message="no")
    recording = derive("k", [requested(), f.StartAttempted(at=at(2)), refused])
    wanted = replace(WANTED, silence={Kind.SILENT_START: "h2"})
    steps = [
        due.step for due in p.plan(recording, Work(deliveries=(CARD, told)), wanted, POLICY, at(60))
    ]
    assert (s.TellSilence(Kind.SILENT_START, "U1") in steps) is step


def test_a_start_that_100ms_does_not_answer_is_said() -> None:
    attempts: list[f.Fact] = [
        f.StartAttempted(at=at(2)),
        f.StartNotDone(at=at(3), attempted_at=at(2)),
        f.StartAttempted(at=at(5)),
    ]
    _unanswered(Kind.SILENT_START, attempts, since=at(2))


def test_a_start_that_the_bot_holds_back_is_said() -> None:
    held = f.CallFailed(at=at(2), call="start", cause="limited")
    _unanswered(Kind.SILENT_START, [held], since=at(2))


@pytest.mark.parametrize(
    ("before", "now", "adds"),
    [
        (("error", 503), ("error", 503), False),
        (("error", 503), ("error", 502), True),
        (("error", 503), ("limited", None), True),
        (("limited", None), ("limited", None), False),
        (("limited", None), ("limited", 429), True),  # now 100ms itself has refused it
        (("limited", 429), ("limited", None), False),
        (("timeout", None), ("network", None), True),
    ],
)
def test_a_failure_is_stored_if_it_says_more(
    before: tuple[f.Cause, int | None], now: tuple[f.Cause, int | None], *, adds: bool
) -> None:
    earlier, later = (
        f.CallFailed(at=at(n), call="start", cause=cause, status=status)
        for n, (cause, status) in enumerate((before, now))
    )
    assert later.adds_to(earlier) is adds


def test_a_stop_that_100ms_does_not_answer_is_said() -> None:
    stop = f.StopRequested(at=at(20), by="U2")
    _unanswered(Kind.SILENT_STOP, [*RUNNING, stop], since=at(20))


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (Kind.SILENT_START, [f.StartAttempted(at=at(2))]),
        (Kind.SILENT_STOP, [*RUNNING, f.StopRequested(at=at(20), by="U2")]),
    ],
)
def test_a_card_in_the_direct_messages_gets_no_second_message_beside_it(
    kind: Kind, asked: list[f.Fact]
) -> None:
    held = Work(
        retries={"Start": Retry(9, at(900)), "Stop": Retry(9, at(900))}, polled=Polled(at(8))
    )
    for channel in ("C1", "D1"):
        shown = _with(CARD, target=channel, posted_in=channel)
        recording = derive("k", [requested(channel=channel), *asked])
        work = replace(held, deliveries=(shown,))
        steps = [due.step for due in p.plan(recording, work, WANTED, POLICY, at(100))]
        assert (s.TellSilence(kind, "U1") in steps) is (channel == "C1")


def test_nobody_is_told_of_a_silence_that_is_over() -> None:
    assert isinstance(_step(RUNNING, CARD, now=at(60), work=Work(polled=Polled(at(50)))), s.Wait)


def test_the_last_wish_to_pause_or_resume_counts() -> None:
    pause = f.PauseRequested(at=at(9), by="U2", pause=True)
    assert _step([*RUNNING, pause], CARD, now=at(9)) == s.Pause(at(9))
    resume = f.PauseRequested(at=at(10), by="U2", pause=False)
    assert _step([*RUNNING, pause, resume], CARD, now=at(10)) == s.Resume(at(10))


def test_edits_of_a_card_coalesce() -> None:
    stale = _with(CARD, hash="h1")
    assert _step(RUNNING, stale, now=at(9)) == s.UpdateCard("C1")
    edited = _with(stale, retry=Retry(0, at(10)))
    assert _step(RUNNING, edited, now=at(9)) == s.Wait(at(10))


def test_a_deleted_card_is_not_posted_again() -> None:
    gone = _with(CARD, state=DeliveryState.GONE)
    step = _step(RUNNING, gone, now=at(9))
    assert isinstance(step, s.Wait)


def test_a_parked_card_does_not_hold_up_a_follower() -> None:
    parked = _with(CARD, state=DeliveryState.PARKED)
    follow = f.Followed(at=at(8), channel_id="C2", by="U2")
    assert _step([*RUNNING, follow], parked, now=at(9)) == s.AskPlace(ended=False)
    shared = f.Shared(at=at(8), channel_id="C2", by="U2")
    assert _step([*RUNNING, shared], parked, now=at(9)) == s.PostCard("C2")
    other = _with(CARD, target="C2")
    assert _step([*RUNNING, shared], parked, other, now=at(9)) == s.Tell("U1")
    told = Delivery(Kind.TELL, "U1", DeliveryState.SENT)
    assert isinstance(_step([*RUNNING, shared], parked, other, told, now=at(9)), s.Wait)


def test_asking_starts_soon_and_then_backs_off() -> None:
    accepted: list[f.Fact] = [f.StartAccepted(at=at(2), hms_id="j")]
    never = Work()
    first = _step(accepted, CARD, now=at(3), work=never)
    assert isinstance(first, s.Wait)
    assert at(2 + 4.5) <= first.until <= at(2 + 5.5)
    assert _step(accepted, CARD, now=at(8), work=never) == s.Poll()
    later = _step(accepted, CARD, now=at(9), work=Work(polled=Polled(at(8), 2)))
    assert isinstance(later, s.Wait)
    assert at(8 + 9) <= later.until <= at(8 + 11)


def test_without_webhooks_it_asks_oftener() -> None:
    recording = derive("k", [requested(), *RUNNING])
    asked = Work(polled=Polled(at(8)))
    seldom = p.poll_at(recording, asked, POLICY)
    often = p.poll_at(recording, asked, Policy(webhooks=False))
    assert often < seldom


def test_after_downtime_everything_open_is_asked_for_at_once() -> None:
    assert _step(RUNNING, CARD, now=at(9), work=Work()) == s.Poll()
    assert isinstance(_step(RUNNING, CARD, now=at(9)), s.Wait)


def test_it_asks_once_after_the_end_then_waits_for_the_transcript() -> None:
    before_the_end = Work(polled=Polled(at(500)))
    assert _step(ENDED, CARD, now=at(621), work=before_the_end) == s.Poll()


def test_a_template_without_transcript_is_soon_known() -> None:
    asked = Work(polled=Polled(at(700)))
    two_minutes_later = at(620 + 120)
    step = _step(ENDED, CARD, now=two_minutes_later, work=asked)
    assert step == s.GiveUp(on_recording=False)
    wanted = RecordingOptions(transcription=True)
    assert _step(ENDED, CARD, now=two_minutes_later, work=asked, options=wanted) != step


@pytest.mark.parametrize(
    "begun",
    [
        f.TranscriptionReported(at=at(630), outcome="started"),
        f.AssetSeen(at=at(630), asset_id="t", type="transcript", status="processing", mode="txt"),
    ],
)
def test_a_transcript_of_the_template_is_waited_for_once_it_has_begun(begun: f.Fact) -> None:
    step = _step([*ENDED, begun], CARD, now=at(620 + 120), work=Work(polled=Polled(at(700))))
    assert step == s.Wait(EXPECTED_AT)


def test_the_transcript_is_asked_for_when_it_is_due() -> None:
    asked = Work(polled=Polled(at(620)))
    wanted = RecordingOptions(transcription=True)
    step = _step(ENDED, CARD, now=at(630), work=asked, options=wanted)
    assert step == s.Wait(EXPECTED_AT)
    assert _step(ENDED, CARD, now=EXPECTED_AT, work=asked, options=wanted) == s.Poll()


def test_a_long_recording_is_given_five_minutes_and_a_fifth_of_its_length() -> None:
    long = [*RUNNING, f.BeamStopped(at=at(7200), reason="x", duration_s=7000)]
    assert transcript_expected_at(derive("k", [requested(), *long]), POLICY) == at(
        7200 + 300 + 1400
    )


def test_without_a_transcript_results_come_at_once_then_the_files() -> None:
    step = _step(ENDED, CARD, now=at(621), options=NO_TEXT)
    assert step == s.PostSummary("C1")
    posted = Delivery(Kind.RESULTS, "C1", DeliveryState.SENT, ts="2.0")
    assert _step(ENDED, CARD, posted, now=at(621), options=NO_TEXT) == s.Done()
    chat = f.AssetSeen(at=at(621), asset_id="c", type="chat", status="completed")
    step = _step([*ENDED, chat], CARD, posted, now=at(622), options=NO_TEXT)
    assert step == s.UploadFile(Kind.CHAT, "C1")


def test_files_go_first_and_the_message_that_calls_people_last() -> None:
    chat = f.AssetSeen(at=at(621), asset_id="c", type="chat", status="completed")
    ended = [*ENDED, chat]
    assert _step(ended, CARD, now=at(622), options=NO_TEXT) == s.UploadFile(Kind.CHAT, "C1")
    held_up = Delivery(Kind.CHAT, "C1", DeliveryState.WAITING, retry=Retry(3, at(900)))
    waits = _step(ended, CARD, held_up, now=at(622), options=NO_TEXT)
    assert waits == s.Wait(at(621) + POLICY.files_patience)
    step = _step(ended, CARD, held_up, now=at(621) + POLICY.files_patience, options=NO_TEXT)
    assert step == s.PostSummary("C1")
    gone = _with(CARD, state=DeliveryState.GONE)
    assert _step(ended, gone, now=at(622), options=NO_TEXT) == s.PostSummary("C1")


def test_what_comes_after_the_results_is_added_by_an_edit() -> None:
    posted = Delivery(
        Kind.RESULTS, "C1", DeliveryState.SENT, posted_in="C1", ts="2.0", hash=f"{TOLD}before"
    )
    assert _step(ENDED, CARD, posted, now=at(621), options=NO_TEXT) == s.UpdateResults("C1")
    same = _with(posted, hash=WANTED.results)
    assert _step(ENDED, CARD, same, now=at(621), options=NO_TEXT) == s.Done()
    of_an_earlier_version = _with(posted, hash="5f2c")
    assert _step(ENDED, CARD, of_an_earlier_version, now=at(621), options=NO_TEXT) == s.Done()


def test_the_transcript_is_looked_into_then_posted() -> None:
    ready: list[f.Fact] = [*ENDED, f.TranscriptionReported(at=at(950), outcome="success")]
    assert _step(ready, CARD, now=at(951)) == s.FetchTranscript()
    checked = [*ready, f.ResultsChecked(at=at(952), words=812, has_summary=True)]
    assert _step(checked, CARD, now=at(953)) == s.UploadFile(Kind.TRANSCRIPT, "C1")
    uploaded = Delivery(Kind.TRANSCRIPT, "C1", DeliveryState.SENT, file_id="F1")
    assert _step(checked, CARD, uploaded, now=at(953)) == s.PostSummary("C1")
    posted = Delivery(Kind.RESULTS, "C1", DeliveryState.SENT, ts="2.0")
    empty = [*ready, f.ResultsChecked(at=at(952), words=0, has_summary=False)]
    assert _step(empty, CARD, posted, now=at(953)) == s.Done()


def _kept_files(*assets: tuple[str, str, str | None, str]) -> str:
    seen: list[f.Fact] = [
        f.AssetSeen(at=at(950), asset_id=name, type=type_, mode=mode, status=status)
        for name, type_, mode, status in assets
    ]
    return p.files_to_keep(derive("k", [requested(), *ENDED, *seen]))


def test_what_is_kept_is_named_by_its_files() -> None:
    timed = ("t", "transcript", "json", "completed")
    assert _kept_files() == ""
    assert _kept_files(("x", "transcript", "txt", "completed"), timed) == "t"
    assert _kept_files(timed) == "t"
    assert _kept_files(timed, ("s", "summary", "json", "completed")) == "t s"
    assert _kept_files(timed, ("s", "summary", "json", "failed")) == "t"


def test_a_transcript_is_kept_once_and_anew_when_its_files_are_others() -> None:
    ready: list[f.Fact] = [
        *ENDED,
        f.TranscriptionReported(at=at(950), outcome="success"),
        f.AssetSeen(at=at(950), asset_id="t", type="transcript", mode="json", status="completed"),
    ]
    checked = [*ready, f.ResultsChecked(at=at(952), words=812, has_summary=True)]
    done = (
        CARD,
        Delivery(Kind.TRANSCRIPT, "C1", DeliveryState.SENT, file_id="F1"),
        Delivery(Kind.RESULTS, "C1", DeliveryState.SENT, ts="2.0"),
    )
    kept = Delivery(Kind.KEPT, requested().room_id, DeliveryState.SENT, hash="t")
    keep = replace(WANTED, keep=True)
    assert _step(checked, *done, now=at(953), wanted=keep) == s.KeepTranscript()
    assert _step(checked, *done, kept, now=at(953), wanted=keep) == s.Done()
    other = _with(kept, hash="t0")
    assert _step(checked, *done, other, now=at(953), wanted=keep) == s.KeepTranscript()
    assert _step(checked, *done, now=at(953)) == s.Done()
    empty = [*ready, f.ResultsChecked(at=at(952), words=0, has_summary=False)]
    assert _step(empty, *done, now=at(953), wanted=keep) == s.Done()


def test_a_failure_seen_by_asking_is_told_with_its_cause_if_that_comes_soon() -> None:
    seen: list[f.Fact] = [*RUNNING, f.Observed(at=at(60), status="failed")]
    known_at = at(60) + POLICY.cause_patience
    told = [CARD, _with(OUTCOME, state=DeliveryState.SENT)]
    assert _step(seen, *told, now=at(61)) == s.Wait(known_at)
    assert _step(seen, *told, now=known_at) == s.PostSummary("C1")
    named = [*seen, f.BeamFailed(at=at(60), error_type="UPLOAD_ERROR")]
    assert _step(named, *told, now=at(61)) == s.PostSummary("C1")
    alone = p.next_step(
        derive("k", [requested(), *seen]),
        Work(deliveries=tuple(told), polled=Polled(at(60))),
        WANTED,
        replace(POLICY, webhooks=False),
        at(61),
    )
    assert alone == s.PostSummary("C1")  # nobody would name it


def test_results_wait_for_the_video() -> None:
    early: list[f.Fact] = [*RUNNING, f.TranscriptionReported(at=at(950), outcome="success")]
    assert (
        _step(early, CARD, now=at(1000), work=Work(polled=Polled(at(999)))) != s.FetchTranscript()
    )


@pytest.mark.parametrize(
    ("card", "step"),
    [
        (_with(CARD, state=DeliveryState.SENDING), s.PostCard("C1")),
        (_with(CARD, state=DeliveryState.WAITING, retry=Retry(0, at(700))), s.Wait(at(700))),
        (_with(CARD, state=DeliveryState.GONE), s.PostSummary("C1")),
        (CARD, s.PostSummary("C1")),
    ],
    ids=["being sent", "waiting", "deleted", "there"],
)
def test_results_wait_for_the_card_they_belong_to(card: Delivery, step: s.Step) -> None:
    assert _step(ENDED, card, now=at(621), options=NO_TEXT) == step


def test_what_slack_refused_is_looked_at_again_ever_more_seldom() -> None:
    refused = _with(CARD, state=DeliveryState.PARKED, retry=Retry(0, at(30)))
    told = Delivery(Kind.TELL, "U1", DeliveryState.SENT)
    assert _step(RUNNING, refused, told, now=at(29)) == s.Wait(at(30))
    assert _step(RUNNING, refused, told, now=at(30)) == s.PostCard("C1")
    recording = derive("k", [requested(), *RUNNING])
    looks = [look_again_at(recording, POLICY, n, at(0)) for n in (1, 2, 3, 20)]
    assert looks == [at(15), at(30), at(60), at(3600)]


def test_a_day_after_the_end_nothing_refused_is_looked_at_any_more() -> None:
    over = derive("k", [requested(options=NO_TEXT), *ENDED])
    day_s = 24 * 3600
    assert look_again_at(over, POLICY, 1, at(620 + day_s - 1)) is not None
    assert look_again_at(over, POLICY, 1, at(620 + day_s)) is None
    running = derive("k", [requested(), *RUNNING])
    assert look_again_at(running, POLICY, 1, at(2 * day_s)) is not None


def test_results_reach_the_starter_when_the_home_channel_is_closed() -> None:
    parked = _with(CARD, state=DeliveryState.PARKED)
    told = Delivery(Kind.TELL, "U1", DeliveryState.SENT)
    assert _step(ENDED, parked, told, now=at(621), options=NO_TEXT) == s.PostSummary("U1")


def test_a_transcript_that_never_comes_is_late_then_given_up() -> None:
    recording = derive("k", [requested(options=RecordingOptions(transcription=True)), *ENDED])
    limits = deadlines(recording, POLICY)
    half_an_hour_after_the_video = at(620 + 1800)
    assert limits.late_at == half_an_hour_after_the_video
    assert limits.give_up_at == EXPECTED_AT + timedelta(hours=24)
    assert is_late(recording, POLICY, half_an_hour_after_the_video)
    assert not is_late(recording, POLICY, at(620 + 1799))
    polled = Work((CARD,), polled=Polled(at(620 + 1790)))
    late = p.next_step(recording, polled, WANTED, POLICY, half_an_hour_after_the_video)
    assert late == s.PostSummary("C1"), "nobody waits longer for what is missing"
    long = derive(
        "k",
        [
            requested(options=RecordingOptions(transcription=True)),
            *RUNNING,
            f.BeamStopped(at=at(14_400), reason="x", duration_s=14_400),
            f.RecordingUploaded(at=at(14_420)),
        ],
    )
    estimate = at(14_400 + 300 + 2880)
    assert deadlines(long, POLICY).late_at == estimate + timedelta(minutes=10)
    given_up = p.next_step(recording, Work((CARD,)), WANTED, POLICY, limits.give_up_at)
    assert given_up == s.GiveUp(on_recording=False)


def test_a_held_step_lets_the_next_one_pass() -> None:
    stop = f.StopRequested(at=at(9), by="U2")
    stale = _with(CARD, hash="h1")
    held = Work(retries={"Stop": Retry(3, at(20))})
    assert _step([*RUNNING, stop], stale, now=at(10), work=held) == s.UpdateCard("C1")
    assert _step([*RUNNING, stop], stale, now=at(20), work=held) == s.Stop()


def test_names_of_retries_tell_steps_apart() -> None:
    names = {
        s.retry_name(step)
        for step in (
            s.Stop(),
            s.PostCard("C1"),
            s.PostCard("C2"),
            s.UpdateCard("C1"),
            s.UploadFile(Kind.CHAT, "C1"),
            s.UploadFile(Kind.TRANSCRIPT, "C1"),
        )
    }
    assert len(names) == 6


_TIMES = st.integers(-100, 200_000).map(at)


def _deliveries() -> st.SearchStrategy[tuple[Delivery, ...]]:
    one = st.builds(
        Delivery,
        kind=st.sampled_from(Kind),
        target=st.sampled_from(["C1", "C2", "U1"]),
        state=st.sampled_from(DeliveryState),
        hash=st.sampled_from(["h1", "h2"]),
        retry=st.builds(Retry, st.integers(0, 9), st.none() | _TIMES),
    )
    return st.lists(one, max_size=6, unique_by=lambda d: (d.kind, d.target)).map(tuple)


@given(
    facts=any_facts(),
    deliveries=_deliveries(),
    now=_TIMES,
    asked_at=st.none() | _TIMES,
    asks=st.integers(0, 50),
    failures=st.integers(0, 50),
)
def test_next_step_never_waits_for_the_past(
    facts: list[f.Fact],
    deliveries: tuple[Delivery, ...],
    now: datetime,
    asked_at: datetime | None,
    asks: int,
    failures: int,
) -> None:
    retries = {s.POLL: Retry(failures, asked_at)} if failures else {}
    work = Work(deliveries, retries, Polled(asked_at, asks))
    step = p.next_step(derive("k", facts), work, WANTED, POLICY, now)
    if isinstance(step, s.Wait):
        assert step.until > now


@given(facts=any_facts(), deliveries=_deliveries(), now=_TIMES)
def test_a_step_to_be_retried_later_is_not_named(
    facts: list[f.Fact], deliveries: tuple[Delivery, ...], now: datetime
) -> None:
    recording = derive("k", facts)
    retries: dict[str, Retry] = {}
    for _ in range(20):
        step = p.next_step(recording, Work(deliveries, retries), WANTED, POLICY, now)
        if isinstance(step, s.Wait | s.Done):
            return
        name = s.retry_name(step)
        assert name not in retries
        retries[name] = Retry(1, now + timedelta(seconds=1))
    pytest.fail("more steps at once than there are kinds of them")


@given(st.integers(0, 100))
def test_back_off_grows_and_is_bounded(attempts: int) -> None:
    pause = POLICY.backoff(attempts, POLICY.retry_first, POLICY.retry_cap)
    assert POLICY.retry_first <= pause <= POLICY.retry_cap
    assert pause <= POLICY.backoff(attempts + 1, POLICY.retry_first, POLICY.retry_cap)


def test_time_scale_divides_every_wait_and_nothing_else() -> None:
    fast = POLICY.scaled(60)
    assert fast.poll_first == POLICY.poll_first / 60
    assert fast.pause_within == POLICY.pause_within
    assert fast.start_within == timedelta(seconds=5)
    assert Policy(start_within=timedelta(seconds=1)).scaled(2).start_within == timedelta(seconds=1)
    assert fast.transcript_share == POLICY.transcript_share
    assert fast.webhooks == POLICY.webhooks


def test_of_what_nobody_asked_us_for_nobody_is_told() -> None:
    """Its home is closed: the other channel gets the results, and no starter is written to."""
    work = Work(
        deliveries=(_with(CARD, state=DeliveryState.PARKED), _with(CARD, target="C2")),
        polled=Polled(at(8)),
    )
    running = derive("k", [discovered("C1", "C2"), f.BeamStarted(at=at(6))])
    assert isinstance(p.next_step(running, work, WANTED, POLICY, at(9)), s.Wait)
    assert p.result_targets(running, work) == ("C1", "C2")


def test_a_card_that_slack_refuses_to_edit_is_withdrawn_too_with_the_word_below_it() -> None:
    """It was shown to followers before Slack said that the recording is private."""
    follow = f.Followed(at=at(0), channel_id="C2")
    private = f.PlaceSeen(at=at(700), channel_id="C1", place="private", ended=True)
    stuck = _with(
        CARD, target="C2", posted_in="C2", state=DeliveryState.PARKED, error="internal_error"
    )
    told = Delivery(Kind.TELL, "C2", DeliveryState.SENT, posted_in="C2", ts="2.0", hash="t")
    facts = [follow, *ENDED, private]
    assert _step(facts, CARD, stuck, told, now=at(701)) == s.Erase(Kind.TELL, "C2")
    gone = _with(told, state=DeliveryState.GONE, ts=None)
    assert _step(facts, CARD, stuck, gone, now=at(701)) == s.Withdraw("C2")
