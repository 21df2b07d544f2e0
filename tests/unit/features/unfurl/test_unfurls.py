"""Rooms below messages that link to them: what is offered, what is said, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from record_bot_sandbox.slack.rules import check_unfurl

from bot.access.model import Spot
from bot.core import facts as f
from bot.core.options import RecordingOptions
from bot.core.policy import Silence
from bot.core.recording import Recording
from bot.features.rooms.model import RoomEntry
from bot.features.unfurl.listeners import linked_in
from bot.features.unfurl.model import Offer, RoomSeen, offers
from bot.features.unfurl.service import Linked
from bot.features.unfurl.views import room_unfurl
from tests.unit.examples import examples
from tests.unit.rows import each_row
from tests.unit.views_extremes import TEXTS, TIMES, recordings
from tests.unit.views_samples import (
    NAME,
    NOW,
    RUNS,
    assert_only_our_markup,
    at,
    labelled,
    marked_up,
    outline,
    recording,
)

ROOM = "65f0c0ffee00000000000001"
LINK = f"https://acme.app.100ms.live/preview/{ROOM}/host"
CARD = "https://acme.slack.com/archives/C1/p1?a=1&b=2"
START, TO_CARD, FOLLOW, DETAILS = Offer.START, Offer.CARD, Offer.FOLLOW, Offer.DETAILS


@each_row(
    ("enabled", "place", "can_follow", "offered"),
    [
        (True, None, True, (START,)),
        (True, None, False, (START,)),
        (False, None, True, ()),  # nobody can join it, so nothing can be recorded
        (True, "C1", True, (TO_CARD, DETAILS)),
        (True, "C1", False, (TO_CARD, DETAILS)),
        (True, "C2", True, (TO_CARD, FOLLOW)),
        (True, "C2", False, (TO_CARD,)),
        (False, "C1", True, (TO_CARD, DETAILS)),  # disabled while it was being recorded
    ],
)
def test_the_buttons_fit(
    enabled: bool, place: str | None, can_follow: bool, offered: tuple[Offer, ...]
) -> None:
    spot = Spot("C1", shared=False, can_follow=can_follow)
    room = RoomEntry(ROOM, NAME, enabled=enabled)
    assert offers(room, spot, place, start=True) == offered


@pytest.mark.parametrize(("shared", "start"), [(True, True), (False, False), (True, False)])
def test_a_start_that_only_some_may_press_is_not_offered(shared: bool, start: bool) -> None:
    """Everybody in the channel sees the same buttons."""
    spot = Spot("C1", shared=shared, can_follow=True)
    assert offers(RoomEntry(ROOM, NAME), spot, None, start=start) == ()


def seen(*facts: f.Fact, offered: tuple[Offer, ...] = (TO_CARD, DETAILS)) -> RoomSeen:
    return RoomSeen(RoomEntry(ROOM, NAME, live=True), offered, recording(*facts), CARD)


def accepted(blocks: list[dict[str, Any]]) -> None:
    assert check_unfurl(blocks) == []
    for text in marked_up(blocks):
        assert_only_our_markup(text)
    for visible, label in labelled(blocks):
        assert visible.rstrip("…").strip().casefold() in label.casefold()


def shown(room: RoomSeen) -> str:
    blocks = room_unfurl(room, at(600))
    accepted(blocks)
    return outline({"blocks": blocks})


def test_what_people_see() -> None:
    room = RoomEntry(ROOM, NAME)
    samples = [
        RoomSeen(room, (START,)),
        RoomSeen(RoomEntry(ROOM, NAME, live=True), (START,)),
        RoomSeen(RoomEntry(ROOM, NAME, enabled=False), ()),
        seen(),
        seen(*RUNS),
        seen(*RUNS, offered=(TO_CARD, FOLLOW)),
        seen(*RUNS, f.PauseRequested(at=at(20), by="U1", pause=True)),
        seen(*RUNS, f.PauseSent(at=at(21), asked_at=at(20), pause=True)),
        seen(*RUNS, f.StopRequested(at=at(30), by="U1")),
    ]
    assert "\n\n".join(map(shown, samples)) == snapshot("""\
*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · The room is empty
~ As of 22 Nov 2026, 14:13 UTC
[Start a recording -> room_start]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · People are in the room
~ As of 22 Nov 2026, 14:13 UTC
[Start a recording -> room_start]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Disabled in 100ms
~ As of 22 Nov 2026, 14:13 UTC

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Starting
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Details -> recording_details]

🔴 *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Recording since 22 Nov 2026, 14:03 UTC
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Details -> recording_details]

🔴 *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Recording since 22 Nov 2026, 14:03 UTC
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Follow here -> recording_follow]

🔴 *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Recording, pausing
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Details -> recording_details]

⏸️ *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Paused
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Details -> recording_details]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Stopping
~ As of 22 Nov 2026, 14:13 UTC
[Open the card -> link.0] [Details -> recording_details]\
""")


def test_a_start_without_an_answer_is_named_as_on_the_card() -> None:
    silent = Silence("start", at(1))
    room = replace(seen(f.StartAttempted(at=at(1))), silent=silent)
    assert "· Not recording yet" in shown(room)
    assert "Starting" not in shown(room)


def test_without_a_card_to_lead_to_there_is_no_button_for_it() -> None:
    there = RoomSeen(RoomEntry(ROOM, NAME), (TO_CARD, DETAILS), recording(*RUNS), None)
    assert "Open the card" not in shown(there)
    assert "Details" in shown(there)


ROOMS = st.builds(
    RoomEntry, room_id=st.just(ROOM), name=TEXTS, enabled=st.booleans(), live=st.booleans()
)


@given(
    ROOMS,
    st.none() | recordings(),
    st.lists(st.sampled_from(Offer), unique=True),
    st.sampled_from([None, CARD, "javascript:x", "x" * 5000]),
    TIMES,
)
@examples(80)
def test_slack_takes_it_whatever_is_known(
    room: RoomEntry, known: Recording | None, offered: list[Offer], card: str | None, now: datetime
) -> None:
    accepted(room_unfurl(RoomSeen(room, tuple(offered), known, card), now))


# ---- the event -------------------------------------------------------------------------------


def event(shared: bool = False, **more: Any) -> dict[str, Any]:
    told = {
        "type": "link_shared",
        "channel": "C1",
        "user": "U1",
        "message_ts": "1.2",
        "source": "conversations_history",
        "is_bot_user_member": True,
        "links": [{"url": LINK, "domain": "app.100ms.live"}, {}],
    }
    return {"event": {**told, **more}, "is_ext_shared_channel": shared}


@pytest.mark.parametrize(
    ("body", "spot"),
    [
        (event(), Spot("C1", shared=False, can_follow=True)),
        (event(shared=True), Spot("C1", shared=True, can_follow=True)),
        (event(is_bot_user_member=False), Spot("C1", shared=False, can_follow=False)),
        (event(channel="G1"), Spot("G1", shared=False, can_follow=True)),
        (event(channel="D1"), Spot("D1", shared=False, can_follow=False)),
    ],
)
def test_where_it_stands(body: dict[str, Any], spot: Spot) -> None:
    assert linked_in(body) == Linked("1.2", "U1", spot, (LINK,))


@pytest.mark.parametrize(
    "body",
    [
        event(source="composer", channel="COMPOSER", message_ts="gryl3kb8"),
        event(source="composer"),
        event(source=None, channel="COMPOSER"),
        event(channel=None, channel_id="COMPOSER"),
        event(message_ts=None),
    ],
)
def test_what_is_still_being_written_is_left_alone(body: dict[str, Any]) -> None:
    assert linked_in(body) is None


def test_nothing_said_about_a_room_repeats_its_link() -> None:
    """It may hold the token of whoever posted it."""
    options = RecordingOptions(meeting_url=f"{LINK}?auth_token=secret")
    room = RoomEntry(ROOM, NAME)
    for known in (None, recording(*RUNS, options=options)):
        told = str(room_unfurl(RoomSeen(room, tuple(Offer), known, CARD), NOW))
        assert "100ms.live" not in told
        assert "secret" not in told
