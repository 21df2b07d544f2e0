"""The card in every state, and in every way to fail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seed import users

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.moments import Brief
from bot.core.options import RecordingOptions
from bot.core.policy import Silence
from bot.core.recording import Recording
from bot.features.card.views import recording_card
from bot.features.share.views import withdrawn
from bot.ui.text import esc
from tests.unit.views_samples import ACCEPTED, READ, RUNS, STOPPED, TRANSCRIBED, UPLOADED, at
from tests.voice import schedules
from tests.voice.sample import BOT, PERMALINK, Group, Sample, channel, story

PAUSED: list[f.Fact] = [
    *RUNS,
    f.PauseRequested(at=at(600), by="U2", pause=True),
    f.PauseSent(at=at(601), asked_at=at(600), pause=True),
]
PLAIN = RecordingOptions()
SILENT = RecordingOptions(transcription=False)
OWN_URL = RecordingOptions(meeting_url="https://acme.app.100ms.live/preview/abc-defg-hij")
STATUSES = {
    400: "invalid input",
    401: "token is expired",
    403: "user does not have required permission",
    404: "room not found",
    409: "beam already started",
    500: "internal error",
}


THERE = f.AttendeesListed(
    at=at(3), people=(f.Attendee(name="Ines", slack=seed.STARTER), f.Attendee(name="Chloé"))
)
BRIEF = Brief(
    ("Ana", "Ben", "Chloé", "ליאת", "Tom", "Zoë"),
    ("Ana, Ben and Chloé went through the <launch> checklist & the budget.",),
)


RENAMED = f.Renamed(at=at(60), by="U1", title="Launch <retro>")


def card(
    when: str,
    recording: Recording,
    *,
    late: bool = False,
    expected: datetime | None = None,
    silent: Silence | None = None,
    unheard: bool = False,
    nobody_there: bool = False,
    joins: bool = False,
    results_lost: str = "",
    brief: Brief | None = None,
) -> Sample:
    return channel(
        when,
        recording_card,
        recording,
        late=late,
        transcript_expected_at=expected,
        permalink_of_pointer=PERMALINK,
        silent=silent,
        unheard=unheard,
        nobody_there=nobody_there,
        joins=joins,
        results_lost=results_lost,
        until=at(120),
        who=lambda user: esc(users()[user].name),
        brief=brief,
        bot=BOT,
    )


def noticed(*facts: f.Fact) -> Recording:
    begun = f.Discovered(
        at=at(20),
        hms_id="hms-1",
        room_id="65f0c0ffee00000000000001",
        room_name="Weekly sync",
        channels=(seed.STANDUP,),
    )
    return derive("key-1", [begun, *facts])


def ended(reason: str) -> list[f.Fact]:
    return [*RUNS, f.BeamStopped(at=at(4010), reason=reason, duration_s=4001)]


def failed(call: Literal["start", "stop"], cause: f.Cause, **more: Any) -> f.CallFailed:
    return f.CallFailed(at=at(4005 if call == "stop" else 9), call=call, cause=cause, **more)


HELD_UP = {
    "a live stream holds the room": failed(
        "start", "refused", status=409, message="beam already started"
    ),
    "a rate limit": failed("start", "limited", status=429),
    "a rate limit that another start met": failed("start", "limited"),
    "an error of 100ms": failed("start", "error", status=503),
    "no answer": failed("start", "timeout"),
    "no connection": failed("start", "network"),
}
STOP_FAILED = {
    "no permission": failed("stop", "refused", status=403, message="no permission"),
    "an error of 100ms": failed("stop", "error", status=503),
}


def _on_air() -> list[Sample]:
    adopted = f.Adopted(at=at(2), hms_id="hms-1", elsewhere=True)
    runs = f.Observed(at=at(3), status="running", started_at=at(-600))
    resuming = f.PauseRequested(at=at(900), by="U1", pause=False)
    stop = f.StopRequested(at=at(4000), by="U2")
    return [
        card("Somebody has asked for a recording", story()),
        card(
            "100ms does not answer the start",
            story(f.StartAttempted(at=at(1))),
            silent=Silence("start", at(1)),
        ),
        card(
            "100ms is too busy for the start",
            story(f.StartAttempted(at=at(1))),
            silent=Silence("start", at(1), failed=failed("start", "limited", status=429)),
        ),
        card(
            "100ms is too busy for more starts, so this one is held back",
            story(failed("start", "limited")),
            silent=Silence("start", at(9), failed=failed("start", "limited")),
        ),
        card(
            "100ms does not answer the start, which somebody has stopped",
            story(f.StartAttempted(at=at(1)), f.StopRequested(at=at(60), by="U2")),
            silent=Silence("start", at(1), cancelled=True),
        ),
        card("100ms has accepted it", story(*ACCEPTED)),
        card(
            "100ms has accepted it, and says nothing more",
            story(*ACCEPTED),
            silent=Silence("start", at(2), accepted=True),
        ),
        card("Starting takes long", story(*ACCEPTED), late=True),
        card("It is running", story(*RUNS)),
        card("It is running, and 100ms does not answer", story(*RUNS), unheard=True),
        card("It is running, and nobody has joined yet", story(*RUNS), nobody_there=True),
        card("… where an admin set a role for joining", story(*RUNS), joins=True),
        card("… after somebody gave it a title", story(*RUNS, RENAMED)),
        card("It is running, with the template's settings", story(*RUNS, options=PLAIN)),
        card("A pause is on its way", story(*RUNS, PAUSED[-2])),
        card("It is paused", story(*PAUSED)),
        card("A resume is on its way", story(*PAUSED, resuming)),
        card("A stop is on its way", story(*RUNS, f.StopRequested(at=at(4000), by="U2"))),
        *(
            card(f"A stop does not work: {what}", story(*RUNS, stop, failed))
            for what, failed in STOP_FAILED.items()
        ),
        card(
            "100ms does not answer the stop",
            story(*RUNS, f.StopRequested(at=at(4000), by="U2")),
            silent=Silence("stop", at(4000)),
        ),
        card(
            "100ms refuses the stop for good",
            story(
                *RUNS,
                f.StopRequested(at=at(4000), by="U2"),
                f.StopRefused(
                    at=at(4200), status=403, message="user does not have required permission"
                ),
            ),
        ),
        card("The room was already recorded, by others", story(adopted, runs)),
        card("Others started one in a followed room", noticed(RUNS[-1])),
        card("The bot is already recording the room", story(f.PointsTo(at=at(2), key="key-0"))),
        card("It was stopped before it began", story(f.StopRequested(at=at(1), by="U1"))),
    ]


def _ended() -> list[Sample]:
    return [
        card("It was stopped, and 100ms processes it", story(*STOPPED)),
        card("It ended by itself: the longest length", story(*ended("max duration reached"))),
        card("It ended by itself: the room was ended", story(*ended("room ended"))),
        card("It ended by itself: everybody left", story(*ended("last peer left"))),
        card("Processing takes long", story(*STOPPED), late=True),
        card("The video is ready", story(*UPLOADED, options=SILENT)),
        card("The audio is ready", story(*UPLOADED, options=RecordingOptions(audio_only=True))),
        card("A transcript was asked for", story(*UPLOADED), expected=at(5000)),
        card("The transcript takes long", story(*UPLOADED), late=True),
        card("The transcript is there, and is being read", story(*TRANSCRIBED)),
        card("Everything is there", story(*READ)),
        card("… and the transcript is kept", story(*READ), brief=BRIEF),
        card("… and 100ms told who was there", story(*READ, THERE), brief=BRIEF),
        card(
            "Slack did not accept the results message", story(*READ), results_lost="internal_error"
        ),
        card(
            "The transcript never arrived",
            story(*UPLOADED, f.GaveUp(at=at(30_000), on="transcript")),
        ),
    ]


def _not_started() -> list[Sample]:
    refused = [
        card(
            f"100ms answered {status}",
            story(f.StartRefused(at=at(2), status=status, message=said)),
        )
        for status, said in STATUSES.items()
    ]
    url = f.StartRefused(at=at(2), status=400, message="meeting_url is required")
    place = f.StartRefused(at=at(2), status=400, message="multiple destinations found")
    return [
        card("100ms needs a meeting URL", story(url)),
        card("100ms cannot use the destination", story(place)),
        *refused,
        card("The bot was down for too long", story(f.StartExpired(at=at(600)))),
        *(
            card(f"The start became too old: {what}", story(failed, f.StartExpired(at=at(600))))
            for what, failed in HELD_UP.items()
        ),
    ]


def _failed() -> list[Sample]:
    def beam(error: str, **more: RecordingOptions) -> Recording:
        return story(*ACCEPTED, f.BeamFailed(at=at(30), error_type=error), **more)

    return [
        card("100ms had an error", beam("INTERNAL_ERROR")),
        card("The room's page did not open", beam("MAX_RETRIES_REACHED")),
        card("The given page did not open", beam("MAX_RETRIES_REACHED", options=OWN_URL)),
        card("100ms could not store the files", beam("UPLOAD_ERROR")),
        card("It was stopped while it began", beam("BEAM_STOPPED")),
        card("100ms gave another reason", beam("SOMETHING_NEW")),
        card("100ms no longer shows it", story(*RUNS, f.Vanished(at=at(9000), status=404))),
        card("100ms said nothing more", story(*RUNS, f.GaveUp(at=at(30_000), on="recording"))),
        channel("It was shown in a channel that may not have it", withdrawn),
    ]


GROUPS = (
    Group(
        "Cards",
        "One for each recording and channel, edited in place.",
        (*_on_air(), *schedules.notices()),
    ),
    Group("Cards later", "The same cards, after the recording stops.", tuple(_ended())),
    Group("Not started", "The card when 100ms did not accept the start.", tuple(_not_started())),
    Group("Failed", "The card of a recording that failed.", tuple(_failed())),
)
