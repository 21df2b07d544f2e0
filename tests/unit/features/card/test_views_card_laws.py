"""Slack takes the card whatever is known, and its buttons fit the state."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.recording import Phase, Recording
from bot.features.card.views import recording_card
from bot.ui import ids
from bot.ui.message import content_hash
from tests.unit.examples import examples
from tests.unit.views_extremes import TIMES, recordings
from tests.unit.views_samples import RUNS, TRANSCRIBED, assert_accepted, at, recording


@given(recordings(), st.booleans(), st.none() | TIMES)
@examples(80)
def test_slack_takes_the_card_whatever_is_known(
    recording: Recording, late: bool, expected: datetime | None
) -> None:
    for link in (None, "https://a.example", "x" * 9000):
        message = recording_card(
            recording, late=late, transcript_expected_at=expected, permalink_of_pointer=link
        )
        assert_accepted(message)


@given(recordings())
@examples(50)
def test_buttons_fit_the_state(recording: Recording) -> None:
    blocks = recording_card(recording, late=False, transcript_expected_at=None).blocks
    shown = {e["action_id"] for b in blocks if b["type"] == "actions" for e in b["elements"]}
    if shown & {ids.STOP, ids.PAUSE, ids.RESUME}:
        assert recording.phase in (
            Phase.REQUESTED,
            Phase.STARTING,
            Phase.RUNNING,
            Phase.PAUSED,
        )
        assert not recording.stop_pending
    assert not {ids.PAUSE, ids.RESUME} <= shown
    assert bool(shown & {ids.TRY_AGAIN, ids.CHANGE}) == (recording.problem is not None)
    labels = [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]]
    assert all(len(label) <= 30 for label in labels)


def test_what_looks_the_same_hashes_the_same() -> None:
    def hashed(recording: Recording) -> str:
        return content_hash(recording_card(recording, late=False, transcript_expected_at=None))

    running = recording(*RUNS)
    seen_again = recording(*RUNS, f.Observed(at=at(99), status="running"))
    assert hashed(running) == hashed(seen_again)
    assert hashed(running) != hashed(recording(*TRANSCRIBED))
    assert len(hashed(running)) == 32
