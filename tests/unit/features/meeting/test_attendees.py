"""Who was there, from 100ms' peers of the session."""

from datetime import timedelta

from bot.core import facts as f
from bot.core.deliveries import Wanted, Work
from bot.core.plan import plan
from bot.core.policy import Policy
from bot.core.recording import Recording
from bot.core.steps import ListAttendees
from bot.core.transcript import Sentence, Transcript, with_names
from bot.features.meeting.steps import ATTENDEES_MOST, attendees
from bot.hms.models import AttendedSession
from tests.unit.some import T0, at, derive_of

RECORDED: list[f.Fact] = [
    f.StartAccepted(at=at(1), hms_id="h1"),
    f.BeamStarted(at=at(10), started_at=at(10), session_id="s1", peer_id="recorder"),
    f.Observed(at=at(100), status="completed", started_at=at(10), stopped_at=at(90)),
]


def recorded(*more: f.Fact) -> Recording:
    return derive_of("C1", *RECORDED, *more)


def session(*peers: dict[str, object]) -> AttendedSession:
    return AttendedSession.model_validate({"id": "s1", "peers": {p["id"]: p for p in peers}})


def peer(
    peer_id: str, name: str | None, came: float = 0, left: float | None = None, **more: object
) -> dict[str, object]:
    gone = None if left is None else at(left).isoformat()
    return {"id": peer_id, "name": name, "joined_at": at(came).isoformat(), "left_at": gone, **more}


def test_everybody_is_named_once_in_the_order_in_which_they_came() -> None:
    found = session(
        peer("p3", "  Zoë\nK ", 50),
        peer("p1", "Ana", 5, 30, user_id="u-ana"),
        peer("p2", "Ana again", 40, user_id="u-ana"),
        peer("p4", None, 20),
    )
    assert [one.name for one in attendees(recorded(), found.peers, {})] == ["Ana", "Zoë K"]


def test_people_without_a_name_are_counted_where_that_is_asked_for() -> None:
    found = session(peer("p1", "Ana", 5), peer("p2", None, 20), peer("p3", None, 30))
    people = attendees(recorded(), found.peers, {}, unnamed=True)
    assert [one.name for one in people] == ["Ana", "", ""]


def test_recorders_and_those_who_were_there_at_other_times_are_left_out() -> None:
    found = session(
        peer("recorder", "beam", 10),
        peer("another", "beam", 10, role="__internal_recorder"),
        peer("early", "Early", 0, 5),
        peer("late", "Late", 95),
        peer("there", "There", 0),
    )
    assert [one.name for one in attendees(recorded(), found.peers, {})] == ["There"]


def test_a_user_id_names_a_slack_person_only_if_we_signed_it() -> None:
    found = session(
        peer("a", "Ines", 1, user_id="ours"), peer("b", "Eve", 2, user_id="slack:T1:U9")
    )
    people = attendees(recorded(), found.peers, {"ours": "U7"})
    assert [(one.name, one.slack, one.peers) for one in people] == [
        ("Ines", "U7", ("a",)),
        ("Eve", None, ()),
    ]


def test_a_large_event_lists_the_first() -> None:
    found = session(*(peer(f"p{n}", f"Person {n}", n / 10) for n in range(500)))
    assert len(attendees(recorded(), found.peers, {})) == ATTENDEES_MOST


def test_peers_are_read_leniently() -> None:
    body = {"id": "s1", "peers": {"a": {"id": "a", "name": 7, "left_at": "soon"}, "b": None}}
    assert [p.left_at for p in AttendedSession.model_validate(body).peers] == [None]
    assert AttendedSession.model_validate({"id": "s1", "peers": None}).peers == ()


def asked(recording: Recording) -> bool:
    due = plan(recording, Work(), Wanted("h"), Policy(), T0 + timedelta(minutes=5))
    return any(one.step == ListAttendees() for one in due)


def test_they_are_asked_for_once_it_is_over_and_once() -> None:
    assert not asked(derive_of("C1", *RECORDED[:2]))
    assert asked(recorded())
    assert not asked(recorded(f.AttendeesListed(at=at(101))))


def test_speakers_who_joined_by_our_link_have_their_slack_names() -> None:
    ours = f.Attendee(name="Ines Lopez", slack="U7", peers=("p1", "p2"))
    other = f.Attendee(name="Guest")
    names = recorded(f.AttendeesListed(at=at(95), people=(ours, other))).speakers
    assert names == {"p1": "Ines Lopez", "p2": "Ines Lopez"}
    said = Transcript(
        (Sentence(0, "batman", "p1", 0, 1, "Hi."), Sentence(1, "Guest", "p9", 1, 2, "Hello."))
    )
    assert with_names(said, names).speakers == ("Ines Lopez", "Guest")
    assert with_names(said, {}) is said
