"""What comes of a recording: in its thread, in the channel, in direct messages, in Details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from record_bot_sandbox.slack import seed

from bot.core import facts as f
from bot.core.assets import SummarySection
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.options import RecordingOptions
from bot.core.policy import Silence
from bot.core.recording import Recording
from bot.features.about.model import Asked
from bot.features.about.views import about_recording
from bot.features.card.views import silence_message, tell_message
from bot.features.control.views import room_notice, stop_suggestion
from bot.features.details.views import ViewerAccess, details_view
from bot.features.meeting.views import page_link, sign_in_link
from bot.features.results.views import (
    MISSING,
    UNREADABLE,
    file_failed_message,
    getting_link,
    in_place_of,
    link_reply,
    no_file,
    no_summary_yet,
    results_message,
    without_summary,
)
from bot.ui.message import message_view
from tests.unit.views_samples import (
    ACCEPTED,
    NOW,
    READ,
    REFUSED,
    RUNS,
    STOPPED,
    TRANSCRIBED,
    UPLOADED,
    at,
)
from tests.voice import schedules
from tests.voice.cards import SILENT, THERE
from tests.voice.sample import (
    BOT,
    PERMALINK,
    Group,
    Sample,
    direct,
    in_the_room,
    modal,
    only_you,
    story,
    thread,
)

SUMMARY = (
    SummarySection(
        "Key Points Discussed", "bullets", ("Ship the importer", "Plans for the offsite")
    ),
    SummarySection("Short Summary", "paragraph", (), "We talked about the importer.\nIt ships."),
)
LONG = 100 * 60
ENDS = f.EndSet(at=at(5), by="U1", until=at(3000))


def results(
    when: str,
    recording: Recording,
    *,
    summary: tuple[SummarySection, ...] = (),
    mine: bool = True,
    late: bool = False,
) -> Sample:
    return thread(
        when,
        results_message,
        recording,
        summary=summary,
        mention=mine,
        in_thread=True,
        late=late,
        bot=BOT,
    )


def read(
    words: int | None,
    *,
    summary: bool = False,
    summary_is: f.FileReading | None = None,
    **found: Any,
) -> Recording:
    checked = f.ResultsChecked(
        at=at(5002), words=words, has_summary=summary, summary=summary_is, **found
    )
    return story(*TRANSCRIBED, checked)


def long_one() -> Recording:
    stopped = f.BeamStopped(at=at(LONG + 9), reason="client request", duration_s=LONG)
    checked = f.ResultsChecked(at=at(LONG + 999), words=9000, has_summary=True)
    return story(*RUNS, stopped, *TRANSCRIBED[-3:], checked)


def _results() -> list[Sample]:
    failed = f.BeamFailed(at=at(4020), error_type="UPLOAD_ERROR", message="bucket not found")
    return [
        results("Everything is there; the requester is mentioned", story(*READ), summary=SUMMARY),
        thread(
            "There is a page, and the lines have times",
            results_message,
            story(*READ),
            summary=SUMMARY,
            times={"Ship the importer": 754_000, "It ships.": 3_723_000},
            page="https://bot.example/m/key-1",
            mention=True,
            in_thread=True,
            bot=BOT,
        ),
        results("The same, in other channels", story(*READ), summary=SUMMARY, mine=False),
        thread(
            "The same, where results go to the channel",
            results_message,
            story(*READ),
            summary=SUMMARY,
            mention=True,
            in_thread=False,
            bot=BOT,
        ),
        results("Only a video was wanted", story(*UPLOADED, options=SILENT)),
        results(
            "Only audio was wanted",
            story(*UPLOADED, options=RecordingOptions(audio_only=True, transcription=False)),
        ),
        results("The template makes no transcript", _off()),
        results("The transcript never arrived", _given_up()),
        results("100ms could not make the transcript", read(None)),
        results("Nobody spoke", read(0)),
        results("The transcript has an unknown format", read(None, transcript="unreadable")),
        results("The transcript is larger than 32 MB", read(None, transcript="too_large")),
        results("The link to the transcript leads inside", read(None, transcript="blocked")),
        results("The storage refuses the transcript", read(None, transcript="refused", status=403)),
        results("The transcript is late", story(*UPLOADED), late=True),
        results("The transcript is late, and cannot be read", story(*TRANSCRIBED), late=True),
        results("The transcript could not be read for a day", _unread()),
        results(
            "Nobody knows whether the template makes a transcript",
            story(*UPLOADED, options=RecordingOptions()),
            late=True,
        ),
        results("The requested summary is late", _summary_late()),
        results("The summary is empty", read(1204, summary_is="empty")),
        results("The summary has an unknown format", read(1204, summary_is="unreadable")),
        results("A requested summary did not arrive", read(1204)),
        results("The summary cannot be read", read(1204, summary=True)),
        results("It was longer than 90 minutes", long_one(), summary=SUMMARY),
        results("It failed", story(*RUNS, failed)),
        thread(
            "Slack refused the transcript",
            file_failed_message,
            story(*READ),
            Kind.TRANSCRIPT,
            "file_uploads_disabled",
            seed.STANDUP,
            bot=BOT,
        ),
        thread(
            "Slack refused the chat",
            file_failed_message,
            story(*READ),
            Kind.CHAT,
            "storage_limit_reached",
            seed.STANDUP,
            bot=BOT,
        ),
        thread(
            "100ms lists a chat file that is not there",
            file_failed_message,
            story(*READ),
            Kind.CHAT,
            MISSING,
            seed.STANDUP,
            bot=BOT,
        ),
        thread(
            "… or that is older than it keeps files",
            file_failed_message,
            story(*READ),
            Kind.CHAT,
            MISSING,
            seed.STANDUP,
            gone=True,
            bot=BOT,
        ),
        thread(
            "100ms did not release the chat",
            file_failed_message,
            story(*READ),
            Kind.CHAT,
            UNREADABLE,
            seed.STANDUP,
            bot=BOT,
        ),
    ]


def _off() -> Recording:
    return story(
        *UPLOADED, f.GaveUp(at=at(90_000), on="transcript"), options=RecordingOptions(summary=None)
    )


def _unread() -> Recording:
    return story(*TRANSCRIBED, f.GaveUp(at=at(90_000), on="results"))


def _summary_late() -> Recording:
    checked = f.ResultsChecked(at=at(7000), words=1204, has_summary=False, partial=True)
    return story(*TRANSCRIBED[:-1], checked)


def _given_up() -> Recording:
    return story(*UPLOADED, f.GaveUp(at=at(90_000), on="transcript"))


def _told() -> list[Sample]:
    return [
        direct(
            "The channel of a running recording was archived",
            tell_message,
            story(*RUNS),
            channel=seed.STANDUP,
            error="is_archived",
            bot=BOT,
        ),
        direct(
            "Slack fails at each edit of the card (below the card, too)",
            tell_message,
            story(*RUNS),
            channel=seed.STANDUP,
            error="internal_error",
            bot=BOT,
        ),
        direct(
            "The same, while 100ms does not answer since it accepted the start",
            tell_message,
            story(*ACCEPTED),
            channel=seed.STANDUP,
            error="internal_error",
            silent=Silence("start", at(2), accepted=True),
            bot=BOT,
        ),
        direct(
            "The bot was removed from the channel, and the recording has ended",
            tell_message,
            story(*READ),
            channel=seed.DESIGN,
            error="not_in_channel",
            bot=BOT,
        ),
        direct(
            "100ms does not answer the start",
            silence_message,
            story(f.StartAttempted(at=at(1))),
            "start",
            Silence("start", at(1)),
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "… or accepts it, and then says nothing",
            silence_message,
            story(*ACCEPTED),
            "start",
            Silence("start", at(2), accepted=True),
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "… and then it answers",
            silence_message,
            story(*RUNS),
            "start",
            None,
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "… or the request expires",
            silence_message,
            story(f.StartExpired(at=at(130))),
            "start",
            None,
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "100ms does not answer the stop",
            silence_message,
            story(*RUNS, f.StopRequested(at=at(4000), by="U1")),
            "stop",
            Silence("stop", at(4000)),
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "… and then it answers",
            silence_message,
            story(*READ),
            "stop",
            None,
            until=at(120),
            permalink=PERMALINK,
            bot=BOT,
        ),
        direct(
            "Somebody without permission asks to stop it", stop_suggestion, story(*RUNS), seed.GUEST
        ),
        in_the_room("A recording that somebody asked for runs", room_notice, "Ines Moreau"),
        in_the_room("Slack did not report the name", room_notice, ""),
    ]


def _details() -> list[Sample]:
    deliveries = [
        Delivery(Kind.CARD, seed.STANDUP, DeliveryState.SENT),
        Delivery(Kind.RESULTS, seed.STANDUP, DeliveryState.SENT),
        Delivery(
            Kind.TRANSCRIPT, seed.STANDUP, DeliveryState.PARKED, error="file_uploads_disabled"
        ),
        Delivery(Kind.TELL, seed.STARTER, DeliveryState.SENT),
        Delivery(Kind.ROOM, "room", DeliveryState.SENT),
    ]
    refused = f.StartRefused(at=at(2), status=404, message="room not found")
    return [
        details("Details was pressed while it runs", story(*RUNS)),
        details("… once everything is there", story(*READ), deliveries),
        details("… by a guest", story(*READ), deliveries, links=False),
        details("… of one that did not start", story(refused)),
    ]


def details(when: str, recording: Recording, *shown: list[Delivery], links: bool = True) -> Sample:
    viewer = ViewerAccess(frozenset(recording.channels), links=links)
    return modal(when, details_view, recording, *shown, viewer=viewer, bot=BOT)


def _links() -> list[Sample]:
    page = ("https://bot.example.com/m/0f3a#k=t1cket", "Weekly sync")
    link = ("https://files.example/v.mp4", "Video of Weekly sync", NOW + timedelta(hours=24))
    return [
        only_you(
            "A question about what is still recorded", no_summary_yet, story(*RUNS), None, now=NOW
        ),
        only_you("… about what did not start", no_summary_yet, story(*REFUSED), None, now=NOW),
        only_you(
            "… about what was recorded already",
            no_summary_yet,
            story(f.PointsTo(at=at(2), key="key-0")),
            None,
            now=NOW,
        ),
        only_you(
            "… about what 100ms has not transcribed yet",
            no_summary_yet,
            story(*UPLOADED),
            at(6000),
            now=NOW,
        ),
        only_you(
            "… which takes longer than usual",
            no_summary_yet,
            story(*UPLOADED),
            at(6000),
            now=at(6001),
        ),
        only_you(
            "… about one that has no summary",
            without_summary,
            story(*READ, options=SILENT),
            results_message(story(*READ), summary=None, mention=False, in_thread=False),
        ),
        only_you(
            "… about a room whose newest recording has no summary",
            in_place_of,
            story(*UPLOADED, options=SILENT),
            story(*READ),
            results_message(story(*READ), summary=SUMMARY, mention=False, in_thread=False),
        ),
        only_you("Watch was pressed", link_reply, *link),
        only_you("100ms gave a link that nobody can open", link_reply, "s3://x", *link[1:]),
        only_you(
            "The link is too long for a button",
            link_reply,
            "https://files.example/v.mp4?token=" + "x" * 3000,
            *link[1:],
        ),
        only_you("Watch was pressed, where there are meeting pages", page_link, *page),
        only_you("Watch from 12:34 was pressed", page_link, *page, 754_000),
        only_you(
            "Sign in to meeting pages was pressed, on Home",
            sign_in_link,
            "https://bot.example.com/m/#k=t1cket",
        ),
        only_you("There is nothing to open", no_file, "transcript"),
        only_you("100ms has deleted it", no_file, "video", gone=True),
        modal(
            "In Details, until the link is there",
            message_view,
            getting_link(),
            title="Recording details",
        ),
        modal(
            "In Details, once it is there",
            message_view,
            link_reply(*link),
            title="Recording details",
        ),
        only_you("A link is being made", getting_link),
    ]


ASKED: tuple[tuple[str, Asked, Sequence[f.Fact]], ...] = (
    ("who is here?", Asked.PEOPLE, RUNS),
    ("who was there?", Asked.PEOPLE, (*READ, THERE)),
    ("how long has it been running?", Asked.LENGTH, RUNS),
    ("how long was it?", Asked.LENGTH, READ),
    ("when did it start?", Asked.BEGAN, RUNS),
    ("when does it end?", Asked.ENDS, RUNS),
    ("when does it end? (it has an end)", Asked.ENDS, (*RUNS, ENDS)),
    ("who started it?", Asked.STARTER, RUNS),
    ("who stopped it?", Asked.STOPPED, READ),
    ("is it done? (it runs)", Asked.STATE, RUNS),
    ("is it done? (it does not run any more)", Asked.STATE, STOPPED),
    ("is it done?", Asked.STATE, READ),
    ("why did it fail?", Asked.FAILURE, REFUSED),
    ("why did it fail? (it did not)", Asked.FAILURE, READ),
    ("where is the video? (it runs)", Asked.VIDEO, RUNS),
    ("where is the video?", Asked.VIDEO, READ),
    ("where is the transcript? (it is being made)", Asked.TRANSCRIPT, UPLOADED),
    ("where is the transcript?", Asked.TRANSCRIPT, READ),
)


def _asked() -> list[Sample]:
    return [
        only_you(
            f"In the card’s thread: {question}",
            about_recording,
            story(*facts),
            asked,
            now=at(729),
            there=("Ana", "Ben"),
            expected_at=at(5200),
            bot=BOT,
        )
        for question, asked, facts in ASKED
    ]


GROUPS = (
    Group("Results", "In the thread of the card, or in the channel.", tuple(_results())),
    Group("Questions about a recording", "Only visible to the person who asked.", tuple(_asked())),
    Group("Links", "Created on request, for one person.", tuple(_links())),
    Group(
        "Other messages",
        "Direct messages, and messages in the room's chat.",
        (*_told(), *schedules.to_owner()),
    ),
    Group("Details", "A modal, from the card, the results and lists.", tuple(_details())),
)
