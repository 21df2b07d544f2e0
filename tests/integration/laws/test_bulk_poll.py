"""One list polls what runs; people notice nothing of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts import Observed
from tests.integration.laws.drill import Drill
from tests.integration.laws.endings import endings
from tests.integration.laws.judge import assert_converged, doubles, recordings
from tests.integration.laws.script import Act, Script
from tests.integration.laws.scripts import examples

LONG = Script((Act(0, "request"), Act(7000, "end")), looks_every_s=5.0, lasts_s=9000.0)
POLL_MOST_S = LONG.policy.poll_running.total_seconds() * 1.1


def test_a_running_recording_that_the_list_shows_is_not_polled_by_itself() -> None:
    before, drill = doubles(), Drill(LONG).play()
    assert_converged(drill, before)
    listed = drill.meter.names["get"]
    alone = Drill(replace(LONG, unlisted=True)).play()
    assert alone.meter.names["get"] - listed >= 9
    assert endings(alone) == endings(drill)


@pytest.mark.parametrize("unlisted", [False, True])
@given(end_s=st.integers(20, 4000))
@examples(8)
def test_an_end_is_seen_as_soon_as_by_its_own_polls(end_s: int, *, unlisted: bool) -> None:
    acts = (Act(0, "request"), Act(end_s, "end"))
    drill = Drill(replace(LONG, acts=acts, all_webhooks_lost=True, unlisted=unlisted)).play()
    [loaded] = recordings(drill)
    seen = [f.at for f in loaded.recording.log if isinstance(f, Observed) and f.stopped_at]
    [job] = drill.hms.jobs.values()
    assert job.stopped_s is not None
    late_s = (min(seen) - drill.hms.t0).total_seconds() - job.stopped_s
    assert 0 <= late_s <= POLL_MOST_S + LONG.looks_every_s
