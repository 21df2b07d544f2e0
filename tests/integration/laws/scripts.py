"""Storms: any script that may happen, with some bias to what hurts."""

import os
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from bot.core.options import RecordingOptions
from bot.core.policy import Policy
from tests.integration.laws.replies import Reply
from tests.integration.laws.script import Act, Script

LONGER = int(os.environ.get("LAWS", "1"))
"""`LAWS=50 pytest tests/integration/laws`: fifty times as many examples, other ones each time."""


def examples(number: int) -> settings:
    return settings(
        max_examples=number * LONGER,
        derandomize=LONGER == 1,
        phases=[p for p in Phase if p is not Phase.explain],
        suppress_health_check=list(HealthCheck),
    )


ANY = (*Reply,)
ANSWERING = (Reply.OK, Reply.SLOW)
OF_THE_DATABASE = (Reply.FAILED, Reply.DONE_THEN_FAILED, Reply.DIES_BEFORE, Reply.DIES_AFTER)
OPTIONS = (
    RecordingOptions(),
    RecordingOptions(transcription=False),
    RecordingOptions(transcription=True, summary=True),
)


def replies(of: Sequence[Reply], latest: int = 30) -> st.SearchStrategy[tuple[Reply, ...]]:
    """In the order of the calls: all is well for a while, then half of it is not."""
    good = [Reply.OK] * len(of)
    trouble = st.lists(st.sampled_from([*good, *of]), max_size=20)
    return st.builds(lambda n, bad: (Reply.OK,) * n + tuple(bad), st.integers(0, latest), trouble)


def late() -> st.SearchStrategy[tuple[tuple[float, ...], ...]]:
    """When each webhook comes: never, once, twice, much later than the ones after it."""
    delay = st.sampled_from([0.1, 0.2, 30.0, 400.0, 1500.0])
    return st.lists(st.lists(delay, max_size=3).map(tuple), max_size=6).map(tuple)


ACT_AT = st.one_of(st.integers(0, 20), st.integers(0, 700)).map(float)


def acts(*what: str, most: int = 5) -> st.SearchStrategy[list[Act]]:
    act = st.builds(Act, ACT_AT, st.sampled_from(what), st.sampled_from(["C1", "C2"]))
    return st.lists(act, max_size=most)


IMPATIENT = Policy(give_up_after=timedelta(hours=4))
"""What is parked is looked at for so long. A day is as good, but no storm lasts for an hour."""


@st.composite
def storms(
    draw: st.DrawFn,
    *what: str,
    ends: bool = True,
    stops: bool = False,
    bad: Sequence[Reply] = ANY,
    of_the_database: Sequence[Reply] = OF_THE_DATABASE,
) -> Script:
    """Somebody asks for a recording, and then anything; the room ends if `ends`, and surely
    somebody wants it stopped if `stops`."""
    slack, hms = draw(replies(bad)), draw(replies(bad))
    database = draw(replies(of_the_database, 90))
    more = draw(acts(*what)) if what else []
    stop = [draw(ACT_AT.map(lambda at_s: Act(at_s, "stop")))] if stops else []
    end = [Act(draw(st.integers(60, 900)), "end")] if ends else []
    heals_at_s = draw(st.sampled_from([60.0, 300.0, 1800.0]))
    return Script(
        acts=(Act(0, "request"), *more, *stop, *end),
        options=draw(st.sampled_from(OPTIONS)),
        slack=slack,
        hms=hms,
        database=database,
        heals_at_s=heals_at_s,
        webhooks=draw(late()),
        restart_after_s=draw(st.sampled_from([2.0, 45.0, 700.0])),
        replica=draw(st.booleans()),
        speech=draw(st.sampled_from(["fine", "failed", "partial", "stuck", "empty"])),
        by_template=draw(st.booleans()),
        fails=draw(st.sampled_from([None, None, None, "MAX_RETRIES_REACHED", "UPLOAD_ERROR"])),
        newest_first=draw(st.booleans()),
        no_takes_s=draw(st.sampled_from([0.0, 3.0])),
        policy=IMPATIENT,
        lasts_s=(6 if ends else 2) * 3600.0,  # what nobody ends is over never
    )


@st.composite
def calm(draw: st.DrawFn, *what: str) -> Script:
    """Both sides answer, and nobody dies; webhooks come as they like."""
    script: Script = draw(storms(*what, bad=ANSWERING, of_the_database=(Reply.OK,)))
    return script
