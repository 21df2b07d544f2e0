"""The card of a recording that failed, did not start, or is not quite ours."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.core import facts as f
from tests.unit.features.card.test_views_card import card
from tests.unit.views_samples import ACCEPTED, REFUSED, at, recording


def test_failed() -> None:
    failed = f.BeamFailed(at=at(30), error_type="MAX_RETRIES_REACHED", message="<timeout> & more")
    assert card(recording(*ACCEPTED, failed)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Failed
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
100ms could not open the meeting URL. 100ms said: “&lt;timeout&gt; &amp; more”.
    The room's own link must join the room without a click or a login.
~ 14:03 UTC  U1 asked to record
14:03 UTC  Recording failed
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_refused() -> None:
    assert card(recording(*REFUSED)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Not started
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
100ms does not let the bot see or record this room. 100ms said: “user does not
    have required permission”. Check that the room is in this 100ms workspace.
~ 14:03 UTC  U1 asked to record
14:03 UTC  100ms refused the start
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_refused_for_its_settings() -> None:
    refused = f.StartRefused(at=at(2), status=400, message="invalid input")
    assert card(recording(refused)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Not started
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
100ms does not accept these settings for this room. 100ms said: “invalid input”.
    Change the settings. A room whose template has no subdomain needs a meeting
    URL.
~ 14:03 UTC  U1 asked to record
14:03 UTC  100ms refused the start
[Change settings -> recording_change] [Details -> recording_details]\
""")


def test_started_elsewhere() -> None:
    adopted = f.Adopted(at=at(2), hms_id="hms-1", elsewhere=True)
    running = f.Observed(at=at(3), status="running", started_at=at(-600))
    assert card(recording(adopted, running)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording
~ Recording since 13:53 UTC · requested by U1
Started elsewhere, so your settings do not apply.
~ 14:03 UTC  It was already running, started elsewhere
[Pause -> recording_pause] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_pointing_to_another_card() -> None:
    assert card(recording(f.PointsTo(at=at(2), key="key-0"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Already being recorded
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
The running recording has its own card.
~ 14:03 UTC  U1 asked to record
[Open its card -> link.0]\
""")


def test_cancelled() -> None:
    assert card(recording(f.StopRequested(at=at(1), by="U1"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Cancelled
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
~ 14:03 UTC  U1 asked to record
14:03 UTC  U1 asked to stop
[Try again -> recording_try_again] [Details -> recording_details]\
""")
