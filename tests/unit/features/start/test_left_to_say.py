"""A failed start is explained in one place, and the person's own answer becomes true."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind, OutcomeAddress, Work
from bot.core.policy import Silence
from bot.core.retry import Retry
from bot.features.start.model import ANSWERED_WITHIN, Left, left_to_say, say_at
from bot.features.start.views import outcome_pointer, outcome_reply, outcome_view
from bot.ui import ids
from tests.unit.rows import each_row
from tests.unit.views_samples import ACCEPTED, REFUSED, RUNS, at, recording

SHOWN = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="now")
OUTDATED = replace(SHOWN, hash="an earlier one", retry=Retry(0, at(9)))
PARKED = Delivery(Kind.CARD, "C1", DeliveryState.PARKED, posted_in="C1", ts="1.0")
TOLD = Delivery(Kind.SILENT_START, "U1", DeliveryState.SENT, posted_in="D1", ts="2.0")
POINTS: tuple[f.Fact, ...] = (f.PointsTo(at=at(2), key="key-0"),)
FORM = {"external_id": "view-1"}


def stopped(by: str) -> tuple[f.Fact, ...]:
    return (f.StopRequested(at=at(2), by=by),)


@each_row(
    ("facts", "deliveries", "address", "left"),
    [
        (RUNS, (OUTDATED,), {}, Left.NOTHING),
        (RUNS, (SHOWN,), {}, Left.NOTHING),  # "Starting" was true, and the card goes on
        (RUNS, (), {}, Left.ALL),
        (RUNS, (PARKED,), {}, Left.ALL),
        (RUNS, (SHOWN,), FORM, Left.ALL),  # the form still shows "Starting"
        (POINTS, (SHOWN,), {}, Left.ALL),
        (REFUSED, (SHOWN,), {}, Left.POINTER),
        (REFUSED, (SHOWN,), FORM, Left.POINTER),
        (REFUSED, (OUTDATED,), {}, Left.ALL),  # it says "Starting"
        (REFUSED, (OUTDATED, TOLD), {}, Left.NOTHING),
        (REFUSED, (PARKED,), {}, Left.ALL),
        (REFUSED, (), {}, Left.ALL),
        (REFUSED, (SHOWN, TOLD), {}, Left.NOTHING),  # the direct message is edited
        (stopped("U1"), (SHOWN,), {}, Left.NOTHING),  # they know
        (stopped("U1"), (), {}, Left.NOTHING),
        (stopped("U1"), (SHOWN,), FORM, Left.ALL),
        (stopped("U2"), (SHOWN,), {}, Left.POINTER),
        (stopped("U2"), (), {}, Left.ALL),
    ],
)
def test_what_is_left_to_say(
    facts: tuple[f.Fact, ...],
    deliveries: tuple[Delivery, ...],
    address: dict[str, Any],
    left: Left,
) -> None:
    to = OutcomeAddress("U1", channel="C1", **address)
    work = Work(deliveries=deliveries)
    assert left_to_say(recording(*facts), work, to, wanted_card="now") is left


@pytest.mark.parametrize(
    ("facts", "deliveries", "due"),
    [
        (REFUSED, (SHOWN,), at(0) + ANSWERED_WITHIN),
        (REFUSED, (OUTDATED,), at(9)),  # the edit of the card comes first
        (REFUSED, (PARKED,), at(0)),
        (REFUSED, (), at(0)),
        (RUNS, (SHOWN,), at(0)),
    ],
)
def test_when_it_is_said(
    facts: tuple[f.Fact, ...], deliveries: tuple[Delivery, ...], due: datetime
) -> None:
    assert say_at(recording(*facts), Work(deliveries=deliveries)) == due


def test_what_leads_to_the_card_does_not_repeat_it() -> None:
    link = "https://acme.slack.com/archives/C1/p1"
    refused = outcome_pointer(recording(*REFUSED), link)
    assert "The recording did not start. Its card says why." in refused.text
    assert "100ms" not in refused.text
    cancelled = outcome_pointer(recording(*stopped("U2")), link)
    assert "<@U2> stopped it before it started." in cancelled.text
    assert [b["text"]["text"] for b in refused.blocks[-1]["elements"]] == ["Open the card"]


def test_an_outcome_that_comes_late_says_what_the_card_says() -> None:
    accepted = recording(*ACCEPTED)
    assert "100ms is starting the recording." in outcome_reply(accepted, None).text
    silent = Silence("start", at(2), accepted=True)
    for said in (
        outcome_reply(accepted, None, silent=silent).text,
        str(outcome_view(accepted, None, "request-1", silent=silent)),
    ):
        assert "Starting, not confirmed." in said
        assert "100ms is starting" not in said
    stopping = recording(*RUNS, f.StopRequested(at=at(20), by="U2"))
    assert "Stopping." in outcome_reply(stopping, None).text
    failed = recording(*RUNS, f.BeamFailed(at=at(30), error_type="INTERNAL_ERROR", message=""))
    assert "The recording failed. Its card says why." in outcome_pointer(failed, None).text


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("U1", "You stopped it before it started."),
        ("U2", "<@U2> stopped it before it started."),
    ],
)
def test_the_form_says_who_stopped_it(by: str, said: str) -> None:
    view = outcome_view(recording(*stopped(by)), None, "request-1", to="U1")
    assert said in str(view)
    assert view["callback_id"] == ids.OUTCOME_VIEW
