"""The modals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core import facts as f
from bot.core.deliveries import EMPTY, Delivery, DeliveryState, Kind
from bot.core.options import RecordingOptions
from bot.core.recording import Recording
from bot.features.details.views import ViewerAccess, details_view
from bot.features.start.views import outcome_reply, outcome_view, starting_view
from bot.ui import ids
from bot.ui.ids import OPEN_SETTINGS, file_of_value, file_value
from tests.unit.examples import examples
from tests.unit.views_extremes import CHANNELS, TEXTS, recordings
from tests.unit.views_samples import (
    ACCEPTED,
    NAME,
    READ,
    REFUSED,
    RUNS,
    UPLOADED,
    assert_accepted,
    at,
    outline,
    recording,
    shown,
)

PERMALINK = "https://acme.slack.com/archives/C1/p1"
SOUND = RecordingOptions(audio_only=True)


def test_starting() -> None:
    view = starting_view("external-1", NAME)
    assert shown(view) == snapshot("""\
Starting to record **\u2068Q&A <weekly> 🎉 שלום\u2069**…
~ You can close this. The card shows the progress.\
""")
    assert view["external_id"] == "external-1"


def test_it_starts() -> None:
    assert shown(outcome_view(recording(*ACCEPTED), PERMALINK, "request-1")) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069**
*100ms is starting the recording.*
It takes a few seconds.
[Open the card -> link.0]\
""")
    assert shown(outcome_view(recording(*RUNS), None, "request-1")) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069**
*The recording is running.*
Its card shows the progress.\
""")


def test_it_does_not_start() -> None:
    view = outcome_view(recording(*REFUSED), None, "request-1", external_id="external-1")
    assert shown(view) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069**
*The recording did not start.*
100ms does not let the bot see or record this room. 100ms said: “user does not
    have required permission”. Check that the room is in this 100ms workspace.
[*Back to the form -> form_back]\
""")
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
        message = outcome_reply(each, PERMALINK)
        assert_accepted(message)
        told.append(outline(message.payload()))
    assert "\n\n".join(told) == snapshot("""\
*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · The recording is running. Its card shows the
    progress.
[Open the card -> link.0]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · This room is already being recorded. Its
    card shows the progress.
[Open the card -> link.0]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · This room was already being recorded.
    Started elsewhere, so your settings do not apply.
[Open the card -> link.0]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · The recording did not start. @record-bot is
    not in <#C1>. Type `/invite @record-bot` in the channel, then try again.
[Try again -> recording_try_again] [Open the form -> recording_change]\
""")


@given(recordings(), st.none() | TEXTS, st.sampled_from(["r", "r" * 5000]))
@examples(60)
def test_slack_takes_any_outcome(
    recording: Recording, permalink: str | None, request_id: str
) -> None:
    assert_accepted(outcome_view(recording, permalink, request_id))
    assert_accepted(outcome_reply(recording, permalink))
    assert_accepted(starting_view("e", recording.room_name))


ALL = ViewerAccess(frozenset({"C1", "C2"}))


def test_details() -> None:
    deliveries = [
        Delivery(Kind.CARD, "C1", DeliveryState.SENT),
        Delivery(Kind.RESULTS, "C2", DeliveryState.PARKED, error="is_archived"),
        Delivery(Kind.CHAT, "C1", DeliveryState.DROPPED, error=EMPTY),
        Delivery(Kind.TELL, "U1", DeliveryState.SENT),
        Delivery(Kind.OUTCOME, "view-1", DeliveryState.SENT),
    ]
    assert shown(details_view(recording(*READ), deliveries, viewer=ALL)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Ready
*Requested by*
<@U1>, 22 Nov 2026, 14:03 UTC | *Settings*
720p, transcript (txt, srt), summary (1 section) | *Started*
22 Nov 2026, 14:03 UTC | *Ended*
22 Nov 2026, 15:09 UTC | *Length*
1 h 7 min | *Shown in*
<#C1>
~ Sections: Agenda (bullets)
[Watch -> recording_watch] [Transcript -> recording_transcript] [Share ->
    recording_share] [Rename -> recording_rename] [Channel settings ->
    settings_open]
# Files
*Video* · 340 MB · 1 h 7 min [Watch -> recording_file.0]
*Summary (json)* [Get link -> recording_file.1]
*Transcript (txt)* · 52 KB [Get link -> recording_file.2]
# In Slack
~ Card, <#C1>: sent
Results, <#C2>: held back until Slack allows it (is_archived)
Direct message, <@U1>: sent
# Who did what
~ 22 Nov 2026, 14:03 UTC  <@U1> asked to record it with the form
22 Nov 2026, 15:09 UTC  <@U2> asked to stop it
# Log
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Video ready
15:26 UTC  Transcript ready
15:26 UTC  Summary ready
# For support
record-bot: key-1
100ms recording: hms-1
100ms session: session-1
100ms room: 65f0c0ffee00000000000001
[!Forget this recording -> recording_forget]\
""")


def test_details_for_a_guest_have_no_links_and_name_no_channel_that_they_cannot_see() -> None:
    everywhere = recording(*READ, f.Shared(at=at(1), channel_id="C2", by="U3"))
    deliveries = [Delivery(Kind.CARD, c, DeliveryState.SENT) for c in everywhere.channels]
    told = shown(
        details_view(everywhere, deliveries, viewer=ViewerAccess(frozenset({"C2"}), False))
    )
    assert "*Transcript (txt)*" in told
    assert "Only full members of this workspace can open files." in told
    assert "<#C2>" in told
    assert "<#C1>" not in told
    for action in (ids.WATCH, ids.TRANSCRIPT, ids.FILE, OPEN_SETTINGS):
        assert action not in told


def test_details_of_sound_only_name_no_video() -> None:
    told = shown(details_view(recording(*UPLOADED, options=SOUND), viewer=ALL))
    assert "*Audio* · 340 MB · 1 h 7 min [Listen ->" in told
    assert "Audio ready" in told
    assert "Video" not in told
    assert "Watch" not in told


def test_details_of_a_failure() -> None:
    assert shown(details_view(recording(*REFUSED), viewer=ALL)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Not started
The recording did not start. 100ms does not let the bot see or record this room.
    100ms said: “user does not have required permission”. Check that the room is
    in this 100ms workspace.
*Requested by*
<@U1>, 22 Nov 2026, 14:03 UTC | *Settings*
720p, transcript (txt, srt), summary (1 section) | *Shown in*
<#C1>
~ Sections: Agenda (bullets)
[Rename -> recording_rename] [Try again -> recording_try_again] [Channel
    settings -> settings_open]
# Files
~ 100ms has not listed any files.
# Who did what
~ 22 Nov 2026, 14:03 UTC  <@U1> asked to record it with the form
# Log
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms refused the start
# For support
record-bot: key-1
100ms room: 65f0c0ffee00000000000001
[!Forget this recording -> recording_forget]\
""")


DELIVERIES = st.builds(
    Delivery,
    kind=st.sampled_from(Kind),
    target=CHANNELS | st.just("U1") | TEXTS,
    state=st.sampled_from(DeliveryState),
    error=st.none() | TEXTS,
)


@given(recordings(), st.lists(DELIVERIES, max_size=60))
@examples(60)
def test_slack_takes_details_of_anything(recording: Recording, deliveries: list[Delivery]) -> None:
    view = details_view(recording, deliveries, viewer=ALL)
    assert_accepted(view)
    assert "secret" not in str(view)


def test_details_of_very_much() -> None:
    files: list[f.Fact] = [
        f.AssetSeen(at=at(n), asset_id=f"a{n}", type="track", status="completed")
        for n in range(300)
    ]
    clicks: list[f.Fact] = [f.StopRequested(at=at(n), by="U1") for n in range(3000)]
    view = details_view(recording(*RUNS, *files, *clicks), viewer=ALL)
    assert_accepted(view)
    assert "270 more" in outline(view)


def test_a_file_is_found_again_from_its_button() -> None:
    assert file_of_value(file_value("key-1", "a b")) == ("key-1", "a b")
