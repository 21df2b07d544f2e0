"""The modals and the Home tab."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain import facts as f
from bot.domain.deliveries import Delivery, Kind, State
from bot.domain.recording import Recording
from bot.domain.rows import Row
from bot.views import ids
from bot.views.details import details_view, file_of_value, file_value
from bot.views.home import home_view
from bot.views.outcomes import outcome_reply, outcome_view, starting_view
from tests.unit.views_samples import (
    ACCEPTED,
    CHANNELS,
    NAME,
    NOW,
    READ,
    REFUSED,
    ROWS,
    RUNS,
    TEXTS,
    assert_accepted,
    at,
    ended_row,
    outline,
    recording,
    recordings,
    row,
)

PERMALINK = "https://acme.slack.com/archives/C1/p1"


def shown(view: dict[str, Any]) -> str:
    assert_accepted(view)
    return outline(view)


def test_starting() -> None:
    view = starting_view("external-1", NAME)
    assert shown(view) == snapshot()
    assert view["external_id"] == "external-1"


def test_it_starts() -> None:
    assert shown(outcome_view(recording(*ACCEPTED), PERMALINK, "request-1")) == snapshot()
    assert shown(outcome_view(recording(*RUNS), None, "request-1")) == snapshot()


def test_it_does_not_start() -> None:
    view = outcome_view(recording(*REFUSED), None, "request-1", external_id="external-1")
    assert shown(view) == snapshot()
    assert view["private_metadata"] == "request-1"
    assert view["external_id"] == "external-1"
    back = view["blocks"][-1]["elements"][0]
    assert (back["action_id"], back["value"]) == (ids.BACK_TO_FORM, "request-1")


def test_outcomes_as_replies() -> None:
    pointer = recording(f.PointsTo(at=at(2), key="key-0"))
    elsewhere = recording(f.Adopted(at=at(2), hms_id="hms-1", elsewhere=True))
    not_there = recording(f.CannotPost(at=at(2), channel_id="C1", error="not_in_channel"))
    told = []
    for each in (recording(*RUNS), pointer, elsewhere, not_there):
        message = outcome_reply(each, PERMALINK, "request-1")
        assert_accepted(message)
        told.append(outline(message.payload()))
    assert "\n\n".join(told) == snapshot()


@given(recordings(), st.none() | TEXTS, st.sampled_from(["r", "r" * 5000]))
@settings(max_examples=60, deadline=None)
def test_slack_takes_any_outcome(
    recording: Recording, permalink: str | None, request_id: str
) -> None:
    assert_accepted(outcome_view(recording, permalink, request_id))
    assert_accepted(outcome_reply(recording, permalink, request_id))
    assert_accepted(starting_view("e", recording.room_name))


def test_details() -> None:
    deliveries = [
        Delivery(Kind.CARD, "C1", State.SENT),
        Delivery(Kind.RESULTS, "C2", State.PARKED, error="is_archived"),
        Delivery(Kind.TELL, "U1", State.SENT),
        Delivery(Kind.OUTCOME, "view-1", State.SENT),
    ]
    assert shown(details_view(recording(*READ), deliveries)) == snapshot()


def test_details_of_a_failure() -> None:
    assert shown(details_view(recording(*REFUSED))) == snapshot()


DELIVERIES = st.builds(
    Delivery,
    kind=st.sampled_from(Kind),
    target=CHANNELS | st.just("U1") | TEXTS,
    state=st.sampled_from(State),
    error=st.none() | TEXTS,
)


@given(recordings(), st.lists(DELIVERIES, max_size=60))
@settings(max_examples=100, deadline=None)
def test_slack_takes_details_of_anything(recording: Recording, deliveries: list[Delivery]) -> None:
    view = details_view(recording, deliveries)
    assert_accepted(view)
    assert "secret" not in str(view)


def test_details_of_very_much() -> None:
    files = [
        f.AssetSeen(at=at(n), asset_id=f"a{n}", type="track", status="completed")
        for n in range(300)
    ]
    clicks = [f.StopRequested(at=at(n), by="U1") for n in range(3000)]
    view = details_view(recording(*RUNS, *files, *clicks))
    assert_accepted(view)
    assert "270 more" in outline(view)


def test_a_file_is_found_again_from_its_button() -> None:
    assert file_of_value(file_value("key-1", "a b")) == ("key-1", "a b")


def test_home() -> None:
    running, recent = [row(started_at=at(-720))], [ended_row(key="key-2")]
    assert shown(home_view(running, recent, NOW)) == snapshot()
    assert shown(home_view([], [], NOW)).splitlines()[:5] == snapshot()


@given(st.lists(ROWS, max_size=40), st.lists(ROWS, max_size=40))
@settings(max_examples=40, deadline=None)
def test_slack_takes_any_home(running: list[Row], recent: list[Row]) -> None:
    assert_accepted(home_view(running, recent, NOW))
