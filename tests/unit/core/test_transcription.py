"""The state of the transcript, by what 100ms reported, by the files, and by what was read."""

from bot.core.assets import Transcription, assets_of, transcription_of
from bot.core.facts import AssetSeen, Fact, GaveUp, ResultsChecked, TranscriptionReported
from bot.core.options import RecordingOptions
from tests.unit.rows import each_row
from tests.unit.some import at

PLAIN, ASKED = RecordingOptions(), RecordingOptions(transcription=True)
WITH_SUMMARY = RecordingOptions(transcription=True, summary=True)
STARTED = TranscriptionReported(at=at(1), outcome="started")
MADE = TranscriptionReported(at=at(2), outcome="success")
NOT_MADE = TranscriptionReported(at=at(2), outcome="failure")
EARLY = ResultsChecked(at=at(3), words=None, has_summary=False, partial=True)
READ = ResultsChecked(at=at(4), words=9, has_summary=False)
NOTHING = ResultsChecked(at=at(4), words=None, has_summary=False)
SUMMARY_ALONE = ResultsChecked(at=at(4), words=None, has_summary=True)
LATE_AND_EARLY = ResultsChecked(at=at(5), words=9, has_summary=False, partial=True)
NO_TRANSCRIPT, NO_RESULTS = GaveUp(at=at(6), on="transcript"), GaveUp(at=at(6), on="results")
TXT = AssetSeen(at=at(2), asset_id="t", type="transcript", mode="txt", status="completed")
JSON = AssetSeen(at=at(2), asset_id="j", type="transcript", mode="json", status="processing")
LOST = AssetSeen(at=at(2), asset_id="l", type="transcript", mode="txt", status="failed")
SUMMARY = AssetSeen(at=at(2), asset_id="s", type="summary", status="completed")
S = Transcription

ROWS: list[tuple[str, RecordingOptions, list[Fact], Transcription]] = [
    ("nothing known", PLAIN, [], S.MAYBE),
    ("asked for", ASKED, [], S.EXPECTED),
    ("declined", RecordingOptions(transcription=False), [], S.OFF),
    ("reported as begun", PLAIN, [STARTED], S.PROCESSING),
    ("a file is being made", PLAIN, [JSON], S.PROCESSING),
    ("reported as made", PLAIN, [STARTED, MADE], S.READY),
    ("reported as not made", PLAIN, [STARTED, NOT_MADE], S.FAILED),
    ("all files are there", PLAIN, [TXT], S.READY),
    ("one file is missing", PLAIN, [TXT, JSON], S.PROCESSING),
    ("the summary is missing", WITH_SUMMARY, [TXT], S.PROCESSING),
    ("with its summary", WITH_SUMMARY, [TXT, SUMMARY], S.READY),
    ("all files failed", PLAIN, [LOST], S.FAILED),
    ("one file failed", PLAIN, [LOST, TXT], S.READY),
    ("read", PLAIN, [STARTED, READ], S.READY),
    ("nothing to read", PLAIN, [TXT, NOTHING], S.FAILED),
    ("a summary alone", PLAIN, [SUMMARY_ALONE], S.READY),
    ("read too early", PLAIN, [STARTED, EARLY], S.PROCESSING),
    ("read too early, then read", PLAIN, [STARTED, EARLY, READ], S.READY),
    ("read too early, then nothing", PLAIN, [STARTED, EARLY, NOTHING], S.FAILED),
    ("the last of three counts", PLAIN, [NOTHING, EARLY, READ], S.READY),
    ("the last is too early", PLAIN, [STARTED, NOTHING, LATE_AND_EARLY], S.PROCESSING),
    ("nobody waits for what nobody asked for", PLAIN, [NO_TRANSCRIPT], S.OFF),
    ("nobody waits for it any more", ASKED, [NO_TRANSCRIPT], S.GIVEN_UP),
    ("nor after its beginning", PLAIN, [STARTED, NO_TRANSCRIPT], S.GIVEN_UP),
    ("its files cannot be read", PLAIN, [MADE, NO_RESULTS], S.GIVEN_UP),
    ("but were", PLAIN, [MADE, NO_RESULTS, READ], S.READY),
]


@each_row(("options", "facts", "state"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_state_of_the_transcript(
    options: RecordingOptions, facts: list[Fact], state: Transcription
) -> None:
    assert transcription_of(options, assets_of(facts), facts, elsewhere=False) is state


def test_of_what_was_started_elsewhere_the_options_are_unknown() -> None:
    assert transcription_of(ASKED, assets_of([]), [], elsewhere=True) is S.MAYBE
    gone: list[Fact] = [NO_TRANSCRIPT]
    assert transcription_of(ASKED, assets_of(gone), gone, elsewhere=True) is S.OFF
