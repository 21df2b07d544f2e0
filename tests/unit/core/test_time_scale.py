"""The time scale and the back-off of `Policy`: each wait by itself."""

from dataclasses import fields
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.policy import REAL_TIME, Policy, transcript_expected_at
from tests.unit.rows import each_row
from tests.unit.some import at, requested

POLICY = Policy()
WAITS = [one.name for one in fields(Policy) if isinstance(getattr(POLICY, one.name), timedelta)]
S = timedelta(seconds=1)


@each_row("name", sorted(set(WAITS) - set(REAL_TIME)))
def test_a_wait_is_divided(name: str) -> None:
    assert getattr(POLICY.scaled(8), name) == getattr(POLICY, name) / 8
    assert getattr(POLICY.scaled(0.5), name) == getattr(POLICY, name) * 2


# name, at 1, at 2, at 1,000: below the last of them no time scale goes.
BOUNDED: list[tuple[str, float, float, float]] = [
    ("adopt_slack", 60, 60, 60),
    ("pause_within", 10, 10, 10),
    ("start_within", 120, 60, 5),
    ("card_patience", 10, 5, 2),
    ("cause_patience", 20, 10, 3),
    ("files_patience", 60, 30, 10),
    ("post_again", 5, 3, 3),
    ("silent_after", 20, 10, 10),
    ("tell_silence_after", 45, 22.5, 15),
    ("beat_every", 10, 5, 0.5),
    ("away_after", 30, 15, 2),
    ("presence_every", 30, 15, 1),
    ("empty_for", 60, 30, 1),
]


def test_all_that_is_bounded_is_in_the_table() -> None:
    assert {row[0] for row in BOUNDED} == set(REAL_TIME)


@each_row(("name", "unscaled_s", "twice_s", "least_s"), BOUNDED)
def test_what_bounds_the_real_world_is_divided_down_to_its_bound(
    name: str, unscaled_s: float, twice_s: float, least_s: float
) -> None:
    for factor, seconds in ((1, unscaled_s), (2, twice_s), (1000, least_s)):
        assert getattr(POLICY.scaled(factor), name) == seconds * S


@each_row("name", sorted(REAL_TIME))
def test_a_wait_already_below_its_bound_stays(name: str) -> None:
    short = Policy(**{name: timedelta(milliseconds=100)})  # type: ignore[arg-type]
    assert getattr(short.scaled(10), name) == timedelta(milliseconds=100)


@given(st.sampled_from([0.25, 0.5, 2.0, 4.0, 64.0]), st.sampled_from([2.0, 8.0]))
def test_scales_multiply_and_what_is_no_wait_stays(first: float, second: float) -> None:
    policy = Policy(webhooks=False).scaled(first).scaled(second)
    assert policy.time_scale == first * second
    assert policy.webhooks is False
    assert policy.transcript_share == POLICY.transcript_share
    assert policy.tries_to_read == POLICY.tries_to_read


def test_a_long_recording_waits_for_its_transcript_by_the_scaled_share_of_its_length() -> None:
    ended: list[f.Fact] = [
        requested(),
        f.StartAccepted(at=at(2), hms_id="j"),
        f.BeamStarted(at=at(6)),
        f.BeamStopped(at=at(7200), reason="x", duration_s=7000),
        f.RecordingUploaded(at=at(7201)),
    ]
    recording = derive("k", ended)
    for factor, share_s in ((1, 1700), (2, 850), (0.5, 3400)):
        assert transcript_expected_at(recording, POLICY.scaled(factor)) == at(7200 + share_s)
    least = derive("k", [*ended[:3], f.BeamStopped(at=at(100), reason="x", duration_s=94)])
    assert transcript_expected_at(least, POLICY) == at(100 + 300 + 18.8)
    assert transcript_expected_at(least, POLICY.scaled(10)) == at(100 + 30 + 1.88)


@each_row(
    ("attempts", "seconds"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (21, 300), (10_000, 300)],
)
def test_back_off_doubles_up_to_its_cap(attempts: int, seconds: float) -> None:
    assert POLICY.backoff(attempts, S, 300 * S) == seconds * S


def test_back_off_stops_doubling_after_twenty_times() -> None:
    no_cap = timedelta(days=365)
    assert POLICY.backoff(21, S, no_cap) == 2**20 * S
    assert POLICY.backoff(22, S, no_cap) == 2**20 * S


# In seconds. A change of one of them changes how long people wait, so it is made here, too.
DEFAULTS: dict[str, float] = {
    "card_patience": 10,
    "start_within": 120,
    "adopt_slack": 60,
    "pause_within": 10,
    "card_every": 1,
    "end_soon": 120,
    "armed_for": 3600,
    "presence_every": 30,
    "empty_for": 60,
    "poll_first": 5,
    "poll_cap_starting": 30,
    "poll_running": 600,
    "poll_running_alone": 30,
    "look_every": 3600,
    "poll_ending": 60,
    "poll_ending_alone": 10,
    "poll_transcript": 30,
    "poll_transcript_cap": 600,
    "poll_failed": 2,
    "poll_failed_cap": 300,
    "discover_every": 600,
    "discover_alone": 45,
    "discover_again": 10,
    "home_every": 5,
    "home_for": 600,
    "home_again": 60,
    "transcript_least": 300,
    "cause_patience": 20,
    "late_after": 600,
    "results_after": 1800,
    "unasked_for": 120,
    "files_patience": 60,
    "refused_cap": 30,
    "post_again": 5,
    "silent_after": 20,
    "tell_silence_after": 45,
    "start_late_after": 60,
    "video_late_after": 900,
    "give_up_after": 86_400,
    "retry_first": 1,
    "retry_cap": 300,
    "call_cap": 30,
    "parked_first": 15,
    "parked_cap": 3600,
    "beat_every": 10,
    "away_after": 30,
    "replay_settle": 30,
    "replay_margin": 120,
    "replay_first": 30,
    "replay_cap": 600,
}


def test_how_long_each_wait_is() -> None:
    assert {name: getattr(POLICY, name).total_seconds() for name in WAITS} == DEFAULTS
    assert (POLICY.tries_to_read, POLICY.transcript_share, POLICY.time_scale) == (10, 0.2, 1)
