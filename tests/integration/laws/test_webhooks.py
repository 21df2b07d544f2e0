"""Webhooks only make it sooner."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts import Fact, GaveUp, ResultsChecked, StartRequested
from bot.core.recording import Phase
from tests.integration.laws.drill import Drill
from tests.integration.laws.endings import endings
from tests.integration.laws.judge import recordings
from tests.integration.laws.script import Script
from tests.integration.laws.scripts import calm, examples


@given(calm("follow", "pause", "resume"))
@examples(12)
def test_losing_every_webhook_ends_the_same(script: Script) -> None:
    told = endings(Drill(script).play())
    asked = endings(Drill(replace(script, all_webhooks_lost=True)).play())
    if script.fails:  # the reason is only in the webhook
        assert [e.phase for e in told] == [e.phase for e in asked] == [Phase.FAILED] * len(told)
    else:
        assert told == asked


@given(calm("follow"), st.data())
@examples(10)
def test_facts_in_any_split_over_two_runs_end_the_same(script: Script, data: st.DataObject) -> None:
    """Whatever was told before a run and whatever after it, once 100ms is through with it.

    What we concluded ourselves is left out: it is committed together with what it follows from.
    """
    drill = Drill(replace(script, fails=None)).play()
    if not drill.keys:
        return
    log = recordings(drill)[0].recording.log
    first, rest = log[0], [x for x in log[1:] if not isinstance(x, ResultsChecked | GaveUp)]
    assert isinstance(first, StartRequested)
    whole = endings(drill.again([first, *rest], []))
    early = data.draw(st.lists(st.sampled_from(rest), unique_by=lambda f: f.identity))
    late: list[Fact] = [f for f in rest if f not in early]
    assert endings(drill.again([first, *early], late)) == whole
