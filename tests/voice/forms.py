"""Modals: the start form, what becomes of it, presets and settings."""

from __future__ import annotations

from record_bot_sandbox.slack import seed

from bot.access.model import Act, Refusal
from bot.access.views import refused_message, refused_view
from bot.core import facts as f
from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.channel_settings.form import Changed, settings_form
from bot.features.forget import views as forgetting
from bot.features.options.drafts import Draft, DraftSection, with_options
from bot.features.presets import form as preset_forms
from bot.features.presets import views as presets
from bot.features.presets.model import WORKSPACE, Preset
from bot.features.rename import views as renaming
from bot.features.share import views as sharing
from bot.features.start import views as outcomes
from bot.features.start.form import read, start_form
from bot.ui import message as ui_message
from bot.ui.forms import FieldErrors
from tests.unit.views_samples import ACCEPTED, NOW, OPTIONS, REFUSED, RUNS, at
from tests.voice.sample import BOT, PERMALINK, ROOM, Group, Sample, modal, story

ROOM_ID = "65f0c0ffee00000000000001"
FIRST = Draft(channel=seed.STANDUP)
CHOSEN = Draft(channel=seed.STANDUP, room_id=ROOM_ID, room_name=ROOM)
FULL = CHOSEN.model_copy(
    update={
        "more": True,
        "resolution": "custom",
        "width": "1280",
        "height": "720",
        "transcription": "on",
        "output_modes": ("txt", "srt"),
        "vocabulary": "100ms, Ines",
        "summary": "on",
        "context": "Our weekly sync",
        "temperature": "0.3",
        "sections": (
            DraftSection(id=1, title="Agenda"),
            DraftSection(id=2, title="Decisions", format="paragraph"),
        ),
    }
)
WRONG = FULL.model_copy(
    update={
        "room_id": None,
        "room_name": None,
        "width": "7",
        "height": "",
        "meeting_url": "acme.app.100ms.live/preview/x",
        "temperature": "7",
        "context": "x" * 312,
        "sections": (DraftSection(id=1),),
    }
)
PRESETS = {"p1": "weekly", "p2": "board"}
WEEKLY = Preset("p1", seed.STANDUP, "weekly", OPTIONS, seed.STARTER, NOW)
BOARD = Preset("p2", WORKSPACE, "board", RecordingOptions(audio_only=True), seed.ADMIN, NOW)
SETTINGS = ChannelSettings(
    room_id=ROOM_ID,
    room_name=ROOM,
    preset_id="p1",
    may_start=Allowed(who="some", people=(seed.STARTER,), groups=(seed.CREW,)),
    may_stop=Allowed(who="admins"),
    results="channel",
)


def wrong(draft: Draft) -> dict[str, str]:
    errors = read(draft)
    assert isinstance(errors, FieldErrors)
    return dict(errors)


def _start() -> list[Sample]:
    more = FIRST.model_copy(update={"more": True})
    unclear = FIRST.model_copy(update={"room_words": "weekly"})
    later = CHOSEN.model_copy(update={"when_kind": "once"})
    session = CHOSEN.model_copy(update={"when_kind": "session"})
    no = refused_message(Refusal(Act.START, Allowed(who="admins")), "start", None)
    return [
        modal("/record, or Start a recording", start_form, FIRST, request_id="r"),
        modal(
            "With presets and a default room",
            start_form,
            CHOSEN.model_copy(update={"came": {"room_id": "this channel's settings"}}),
            request_id="r",
            presets=PRESETS,
        ),
        modal("Several rooms match the typed name", start_form, unclear, request_id="r"),
        modal("At a time", start_form, later, request_id="r"),
        modal("Every session of the room", start_form, session, request_id="r"),
        modal("More options was pressed", start_form, more, request_id="r"),
        modal("The sender is not allowed to start", refused_view, no, "r"),
    ]


def _filled() -> list[Sample]:
    weekly = with_options(CHOSEN, OPTIONS, "preset weekly").model_copy(update={"preset_id": "p1"})
    return [
        modal("A preset was chosen", start_form, weekly, request_id="r", presets=PRESETS),
        modal("Everything is filled in", start_form, FULL, request_id="r"),
        modal("Fields are wrong", start_form, WRONG, request_id="r", errors=wrong(WRONG)),
    ]


def _outcomes() -> list[Sample]:
    def outcome(
        when: str, *facts: f.Fact, link: str | None = PERMALINK, channel: str = seed.STANDUP
    ) -> Sample:
        recording = story(*facts, channel_id=channel)
        return modal(when, outcomes.outcome_view, recording, link, "r", bot=BOT)

    elsewhere = f.Adopted(at=at(2), hms_id="hms-1", elsewhere=True)
    not_there = f.CannotPost(at=at(2), channel_id=seed.LOBBY, error="not_in_channel")
    return [
        modal("The form was sent", outcomes.starting_view, "external-1", ROOM),
        outcome("100ms has accepted it", *ACCEPTED),
        outcome("It is running", *RUNS),
        outcome("The bot is already recording the room", f.PointsTo(at=at(2), key="key-0")),
        outcome("The room is already recorded by others", elsewhere),
        outcome("100ms refused", *REFUSED, link=None),
        modal(
            "They stopped it before it started",
            outcomes.outcome_view,
            story(f.StopRequested(at=at(2), by=seed.STARTER)),
            None,
            "r",
            to=seed.STARTER,
            bot=BOT,
        ),
        outcome("The bot is not in the channel", not_there, link=None, channel=seed.LOBBY),
    ]


def _presets() -> list[Sample]:
    editing = with_options(FIRST, OPTIONS, "weekly").model_copy(
        update={"editing": "p1", "preset_name": "weekly", "came": {}}
    )
    return [
        modal("/record presets", presets.presets_view, [WEEKLY, BOARD], seed.STANDUP),
        modal("No presets yet", presets.presets_view, [], seed.STANDUP),
        modal("Save as preset, from the form", preset_forms.save_as_form, "r", seed.STANDUP),
        modal("Edit", preset_forms.preset_form, editing, request_id="r"),
        modal("It was deleted", presets.deleted_view),
    ]


def _settings() -> list[Sample]:
    known = {"presets": PRESETS, "groups": {seed.CREW: "Recording crew (@crew)"}}
    changes = [
        Changed(seed.STARTER, NOW, ("room_id", "preset_id")),
        Changed(seed.ADMIN, NOW, ("may_start", "may_stop", "results")),
    ]
    no = refused_message(Refusal(Act.SETTINGS, Allowed()), "", None)
    return [
        modal(
            "/record settings, before anything was set",
            settings_form,
            seed.STANDUP,
            ChannelSettings(),
            presets={},
            groups=None,
        ),
        modal(
            "Everything is set",
            settings_form,
            seed.STANDUP,
            SETTINGS,
            changes=changes,
            **known,
        ),
        modal(
            "A workspace admin opens them",
            settings_form,
            seed.STANDUP,
            ChannelSettings(join_role="guest"),
            presets={},
            groups=None,
            admin=True,
        ),
        modal("A guest saves it", ui_message.message_view, no),
        modal("Share was pressed", sharing.share_form, "key-1", ROOM),
        modal("Rename was pressed, in Details", renaming.rename_form, "key-1", ROOM, "Kick-off"),
        modal(
            "Forget was confirmed, in Details",
            forgetting.told_view,
            forgetting.forgetting_reply(ROOM),
        ),
    ]


GROUPS = (
    Group("Start form", "It shows only the fields that apply.", tuple(_start())),
    Group("Start form filled in", "From a preset, by hand, and with errors.", tuple(_filled())),
    Group("Outcomes", "Replaces the form once 100ms has answered.", tuple(_outcomes())),
    Group("Presets", "Named sets of options.", tuple(_presets())),
    Group("Settings", "The settings of one channel, and other modals.", tuple(_settings())),
)
