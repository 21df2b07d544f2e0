"""Wishes for a stop and the room's chat: told once, to somebody else, and never in the way."""

import pytest

from bot.core import facts as f
from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, DeliveryState, Kind, Work
from bot.core.derive import derive
from bot.core.plan import notices
from bot.core.steps import AskToStop, Notice, SayInRoom
from bot.features.control.views import room_notice
from tests.unit.some import at, requested

RUNS: list[f.Fact] = [f.StartAccepted(at=at(1), hms_id="h"), f.Observed(at=at(2), status="running")]
WISH = f.StopSuggested(at=at(9), by="U4")


def due(*facts: f.Fact, work: Work | None = None, tell_room: bool = False) -> list[Notice]:
    recording = derive("key", [requested(), *facts])
    return [step for _, step in notices(recording, work or Work(), tell_room=tell_room)]


def test_a_wish_is_told_to_the_starter_once_per_person() -> None:
    again = f.StopSuggested(at=at(20), by="U4")
    other = f.StopSuggested(at=at(21), by="U5")
    assert due(*RUNS, WISH, again, other) == [AskToStop("U4"), AskToStop("U5")]
    sent = Work(deliveries=(Delivery(Kind.STOP_SUGGESTION, "U4", DeliveryState.SENT),))
    assert due(*RUNS, WISH, again, work=sent) == []


def test_nobody_is_told_of_their_own_wish() -> None:
    starter = derive("key", [requested()]).starter or ""
    assert due(*RUNS, f.StopSuggested(at=at(9), by=starter)) == []


def test_a_wish_that_is_overtaken_is_not_told() -> None:
    assert due(*RUNS, WISH, f.StopRequested(at=at(10), by="U2")) == []
    assert due(*RUNS, WISH, f.BeamStopped(at=at(10), reason="room ended")) == []


def test_the_room_is_told_once_it_is_recorded() -> None:
    room = requested().room_id
    assert due(RUNS[0], tell_room=True) == []
    assert due(*RUNS, tell_room=True) == [SayInRoom(room)]
    assert due(*RUNS, tell_room=False) == []
    for state in (DeliveryState.SENT, DeliveryState.DROPPED):
        done = Work(deliveries=(Delivery(Kind.ROOM, room, state),))
        assert due(*RUNS, work=done, tell_room=True) == []
    adopted = f.Adopted(at=at(1), hms_id="h", elsewhere=True)
    assert due(adopted, RUNS[1], tell_room=True) == []
    assert ChannelSettings().tell_room


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ines", "This meeting is being recorded. Ines requested it in Slack."),
        ("", "This meeting is being recorded. It was requested in Slack."),
        (
            "<b>x</b> http://a.b",
            "This meeting is being recorded. ‹b›x‹/b› http: //a.b requested it in Slack.",
        ),
        ("a\n\u202eb", "This meeting is being recorded. a b requested it in Slack."),
    ],
)
def test_what_the_room_is_told(name: str, said: str) -> None:
    assert room_notice(name) == said
