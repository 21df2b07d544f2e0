"""What one person is told where they asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from record_bot_sandbox.slack import seed

from bot.access import views as rights
from bot.access.model import Act, Refusal
from bot.access.views import refused_message
from bot.core import facts as f
from bot.core.channel_settings import Allowed
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.options import RecordingOptions
from bot.core.proofs import Horizon
from bot.core.recording import Phase
from bot.features.card.views import retry_button
from bot.features.channel_settings import form as settings_replies
from bot.features.commands import views as commands_views
from bot.features.commands.stored_orders import StoredOrder
from bot.features.commands.views import Menu, MenuRow, help_reply
from bot.features.control import views as control_views
from bot.features.control.views import not_now, stop_suggested
from bot.features.follow import views as following
from bot.features.forget import views as forgetting
from bot.features.history import views as lists
from bot.features.join import views as join_views
from bot.features.join.model import JoinLink, WhyNot
from bot.features.presets.model import WORKSPACE, NoSuchPreset, Preset
from bot.features.presets.views import no_such_preset
from bot.features.rename import views as rename_views
from bot.features.rooms.views import no_room, several_rooms
from bot.features.share import views as share_views
from bot.features.start import views as start_views
from bot.features.start.views import outcome_pointer, outcome_reply
from bot.store.values import FollowedRoom
from bot.ui import replies
from bot.ui import replies as ui_replies
from bot.ui.buttons import filled_form_button
from bot.ui.problems import hms_failure, slack_refusal
from bot.ui.words import NOT_YET
from tests.unit.views_samples import NOW, READ, REFUSED, RUNS, at, ended_row
from tests.voice import found, schedules, spoken
from tests.voice.sample import BOT, PERMALINK, ROOM, Group, Sample, direct, line, only_you, story

AWAY = Horizon(seed.MEMBER, member=False, channels=frozenset(), complete=False)
LACKING = replace(AWAY, lacks="channels:read")
KEYS_REFUSED = " ".join(hms_failure("refused", 401))
NOTHING = replies.nothing_running()
LATER = NOW + timedelta(minutes=12)
NOT_THERE = f.CannotPost(at=at(2), channel_id=seed.LOBBY, error="not_in_channel")
NOT_IN = slack_refusal("not_in_channel", seed.LOBBY, bot=BOT)
LINK_TO_JOIN = "https://acme.app.100ms.live/preview/65f0c0ffee00000000000001/guest?name=Ines"
RUNNING_ROW = MenuRow("key-1", ROOM, "Recording", may_stop=True)
MENU = Menu(join=True, settings=seed.STANDUP, running=(RUNNING_ROW,))
GUESTS_MENU = Menu(
    start=False, member=False, running=(MenuRow("key-1", ROOM, "Recording", may_stop=False),)
)
TOWN_HALL = Preset("p1", WORKSPACE, "Town hall", RecordingOptions(), "U1", NOW)
NO_PRESETS = NoSuchPreset("weekly", None, [])


def _misread() -> list[Sample]:
    form = filled_form_button("r")
    near = StoredOrder(verb="start", room_id="a", room_name="standup", preset="Town hall")
    shares = commands_views.choices("c", {"0": (StoredOrder(verb="share", room_name="standup"),)})
    return [
        only_you(
            "There is no such preset",
            no_such_preset,
            NoSuchPreset("town hal", None, [TOWN_HALL]),
            [*commands_views.choices("c", {"0": (near,)}), form],
        ),
        only_you("… and none has a similar name", no_such_preset, NO_PRESETS, [form]),
        only_you("The button of a question is too old", ui_replies.too_old),
        only_you(
            "No recording to share was named", commands_views.share_latest, "standup", NOW, shares
        ),
        only_you("A channel to share in", commands_views.share_question, "standup", "key-1"),
        only_you(
            "A channel that is not found",
            commands_views.share_question,
            "standup",
            "key-1",
            unknown="#lobby",
        ),
        only_you("A title to type", commands_views.rename_question, "standup", "key-1"),
        only_you("A greeting", commands_views.hello),
        only_you("Settings, in a message", commands_views.settings_question, seed.STANDUP),
        only_you("Presets, in a message", commands_views.presets_question),
    ]


def _asking() -> list[Sample]:
    phases = (Phase.RUNNING, Phase.PAUSED, Phase.STARTING, Phase.STOPPING, Phase.NOT_STARTED)
    states = [line(phase=p) for p in phases]
    rule = StoredOrder(verb="auto", room_id="a", room_name="Weekly sync", rule="on 2")
    several = {"0": (rule,), "1": (rule.model_copy(update={"room_name": "Weekly demo"}),)}
    mean, denied = commands_views.did_you_mean, no_room("weakly")
    return [
        only_you("A rule names no room", no_room, "weakly"),
        only_you(
            "… but several have a similar name", mean, denied, commands_views.choices("c", several)
        ),
        only_you(
            "… or only one room has", mean, denied, commands_views.choices("c", {"0": (rule,)})
        ),
        only_you("A rule names no room; 100ms refuses the keys", no_room, "weakly", KEYS_REFUSED),
        only_you("A rule names several rooms", several_rooms, "weekly"),
        only_you("Nothing to stop here", replies.nothing_running),
        only_you("… for people who may not start recordings", replies.nothing_running, start=False),
        only_you("That room is not being recorded", replies.nothing_running, ROOM),
        only_you("The recording is in the wrong state", not_now, states),
        only_you("The button is out of date", control_views.too_late, "pause"),
        only_you("A message without a room's link", start_views.no_room_link),
        only_you("The bot was mentioned without a command", start_views.form_ready, "request-1"),
        only_you("Slack did not open the form in time", ui_replies.expired_trigger),
        only_you("… after it was filled in", ui_replies.expired_trigger, "request-1"),
        only_you("Slack did not open another modal in time", ui_replies.click_again),
        only_you("100ms does not answer in time", replies.hms_failed, "timeout"),
        only_you("100ms has an error of its own", replies.hms_failed, "error", 503),
        only_you("100ms cannot be reached", replies.hms_failed, "network"),
        only_you("100ms sets a rate limit", replies.hms_failed, "limited", 429),
        only_you("100ms answers nonsense", replies.hms_failed, "unreadable"),
        *(
            only_you(f"100ms refuses with {status}", replies.hms_failed, "refused", status, said)
            for status, said in REFUSALS.items()
        ),
        only_you("Slack does not answer", replies.slack_silent),
        only_you("Slack refuses", replies.slack_refused, "internal_error"),
        only_you("The Slack app lacks a scope", replies.permission_missing, "users:read"),
        only_you("… that Slack does not name", replies.permission_missing, None),
        only_you("A command in a group direct message", replies.use_a_channel),
        only_you("The database does not answer", replies.store_silent),
        only_you("The bot's disk is full", replies.disk_full),
        only_you("The bot takes too long", replies.took_too_long),
        only_you("An unexpected error", replies.something_broke, "1f0c9a2b"),
    ]


REFUSALS = {
    401: "Token validation error",
    403: "user does not have required permission",
    404: "recording not found",
    409: "beam already started",
    422: "invalid input",
    418: "",
}


def _doing() -> list[Sample]:
    known = {"permalink": PERMALINK, "key": "key-1"}
    return [
        only_you("A recording was asked for by command", start_views.starting_reply, ROOM),
        only_you("… for a while", start_views.starting_reply, ROOM, "key-1", " for 30 min"),
        only_you("… of a room in which nobody is", start_views.nobody_there, ROOM, "key-1"),
        only_you(
            "It is already recorded, with its card elsewhere",
            start_views.already_recording,
            ROOM,
            seed.ADMIN,
            NOW,
            can_follow=True,
            **known,
        ),
        only_you(
            "It is requested already, and 100ms has not accepted it",
            start_views.already_recording,
            ROOM,
            seed.ADMIN,
            NOW,
            can_follow=False,
            begun=False,
            **known,
        ),
        only_you(
            "It is already recorded, by others",
            start_views.already_recording,
            ROOM,
            None,
            NOW,
            can_follow=False,
            **known,
        ),
        only_you(
            "… in a channel that the person cannot access", start_views.recorded_elsewhere, ROOM
        ),
        only_you("Slack does not say where one is", rights.as_far_as_known, NOTHING, AWAY),
        only_you("… because the app may not ask", rights.as_far_as_known, NOTHING, LACKING),
        only_you("Join was pressed", join_views.join_link, JoinLink(LINK_TO_JOIN, ROOM, True)),
        *(only_you(f"… and cannot be: {why}", join_views.no_link, why) for why in WhyNot),
        only_you("Words ask to delete a recording", forgetting.forget_question, story(*READ)),
        only_you("It was renamed", rename_views.renamed, ROOM, "Kick-off"),
        only_you("Its title was removed", rename_views.renamed, ROOM, ""),
        only_you("Follow here was pressed", share_views.following, ROOM, seed.STANDUP),
        only_you("… where the bot may not post", share_views.cannot_follow, *NOT_IN),
        only_you("Stop, by command", control_views.stopping, ROOM),
        only_you("Pause, by command", control_views.pausing, ROOM),
        only_you("Pause for 5 minutes", control_views.pausing, ROOM, until_resumed=True),
        only_you("Resume, by command", control_views.resuming, ROOM),
        only_you(
            "It is running, and the person sees no card",
            outcome_reply,
            story(*RUNS),
            PERMALINK,
            bot=BOT,
        ),
        only_you(
            "It was already recorded",
            outcome_reply,
            story(f.PointsTo(at=at(2), key="key-0")),
            PERMALINK,
            bot=BOT,
        ),
        only_you(
            "The bot is not in the channel",
            outcome_reply,
            story(NOT_THERE, channel_id=seed.LOBBY),
            None,
            bot=BOT,
        ),
        only_you(
            "Only some people can post in the channel",
            outcome_reply,
            story(f.CannotPost(at=at(2), channel_id=seed.STANDUP, error="restricted_action")),
            None,
            bot=BOT,
        ),
        only_you(
            "It did not start, and the card says why", outcome_pointer, story(*REFUSED), PERMALINK
        ),
        only_you(
            "… to somebody who does not see the card",
            outcome_pointer,
            story(*REFUSED),
            PERMALINK,
            retry_button(story(*REFUSED)),
        ),
        only_you(
            "Somebody else stopped it before it started",
            outcome_pointer,
            story(f.StopRequested(at=at(2), by=seed.ADMIN)),
            PERMALINK,
        ),
        only_you(
            "100ms refused its settings",
            outcome_reply,
            story(f.StartRefused(at=at(2), status=400, message="destination is unknown")),
            None,
            bot=BOT,
        ),
    ]


def _lists() -> list[Sample]:
    here = [line(), line(key="key-2", name="Sales call", phase=Phase.PAUSED)]
    waits = line(phase=Phase.REQUESTED, state=NOT_YET)
    there = [line(key="key-3", name="Retro", channel=seed.DESIGN, starter=seed.ADMIN)]
    past = [
        ended_row(name=ROOM, starter=seed.STARTER, channel=seed.STANDUP, permalink=PERMALINK),
        line(key="key-4", name="Retro", phase=Phase.FAILED, starter=None),
    ]
    return [
        only_you(
            "Status, with recordings here and elsewhere", lists.status_reply, here, there, LATER
        ),
        only_you("… and 100ms does not accept a start", lists.status_reply, [waits], [], LATER),
        only_you("Status, with recordings elsewhere only", lists.status_reply, [], there, LATER),
        only_you("Status, with nothing running", lists.status_reply, [], [], LATER),
        only_you("List", lists.list_reply, past),
        only_you("List of one room", lists.list_reply, past[:1], ROOM),
        only_you("List, with no recordings", lists.list_reply, [], ROOM),
        only_you("/record or help, where nothing runs", help_reply),
        only_you("/record or help, where something is recorded", help_reply, menu=MENU),
        only_you(
            "/record or help, for people who may not start recordings",
            help_reply,
            menu=GUESTS_MENU,
        ),
        only_you("How do I record a meeting?", help_reply, "start", brief=True),
        only_you("How do I stop a recording?", help_reply, "stop", brief=True),
        only_you("Help for start", help_reply, "start"),
        only_you("Help for stop", help_reply, "stop"),
    ]


def _following() -> list[Sample]:
    followed = [
        FollowedRoom("65f0c0ffee00000000000001", ROOM, seed.STARTER, NOW),
        FollowedRoom("65f0c0ffee00000000000002", "Sales call", seed.ADMIN, NOW),
    ]
    return [
        only_you("A channel follows a room", following.following_room, "r1", ROOM, new=True),
        only_you("It did already", following.following_room, "r1", ROOM, new=False),
        only_you("The bot is not in the channel", following.cannot_follow_room, ROOM, *NOT_IN),
        only_you("In a direct message", following.only_in_channels),
        only_you("Unfollowed", following.unfollowed, ROOM),
        only_you("It was not followed", following.not_followed, ROOM),
        only_you("The followed rooms", following.follows_reply, followed),
        only_you("No rooms are followed", following.follows_reply, []),
    ]


def _rights() -> list[Sample]:
    everyone, admins = Allowed(), Allowed(who="admins")
    some = Allowed(who="some", people=(seed.STARTER, seed.ADMIN))

    def no(when: str, act: Act, allowed: Allowed, doing: str = "", starter: str = "") -> Sample:
        refused = Refusal(act, allowed, starter or None)
        return only_you(when, refused_message, refused, doing, "key-1")

    return [
        no("A guest starts a recording", Act.START, everyone),
        no("Only some people can start", Act.START, some),
        no("Somebody is not allowed to stop", Act.CONTROL, some, "stop", seed.STARTER),
        no("Somebody is not allowed to pause", Act.CONTROL, admins, "pause", seed.STARTER),
        no("A guest opens a file", Act.LINK, everyone),
        no("A guest follows", Act.FOLLOW, everyone),
        no("Somebody is not allowed to forget it", Act.FORGET, admins, "", seed.STARTER),
        no("Somebody else's schedule", Act.SCHEDULE, admins, "delete this schedule", seed.ADMIN),
        only_you("A schedule that is gone, or hidden", rights.no_such_schedule),
        no("Somebody else's preset", Act.PRESET, admins, "", seed.ADMIN),
        no("A guest opens the settings", Act.SETTINGS, everyone),
        only_you("Ask to stop it was pressed", stop_suggested, seed.STARTER),
        only_you("Settings, in a direct message", settings_replies.only_in_channels),
        only_you("Settings of a channel that the person is not in", rights.not_open),
        only_you("An edit made a message mention the bot", commands_views.send_it_anew),
        no("A guest types `/record doctor`", Act.DOCTOR, everyone),
        no("A guest shares", Act.SHARE, everyone),
        no("A guest presses Join", Act.JOIN, everyone),
        only_you(
            "The saved settings exclude the person who saved them",
            settings_replies.saved_without_you,
            seed.STANDUP,
            "workspace admins",
        ),
        only_you(
            "Slack did not open the settings in time", settings_replies.open_from_here, seed.STANDUP
        ),
    ]


def _forgetting() -> list[Sample]:
    kept = Delivery(Kind.CARD, seed.STANDUP, DeliveryState.GONE, error="kept: is_archived")
    never = f.StartRefused(at=at(2), status=404, message="room not found")
    return [
        only_you("Forget was confirmed", forgetting.forgetting_reply, ROOM),
        only_you("It has not ended", forgetting.not_ended_reply, ROOM),
        only_you("A button of a forgotten recording", ui_replies.forgotten_reply),
        only_you("A recording that a newer version has changed", ui_replies.unreadable_reply),
        direct("It is forgotten", forgetting.receipt_message, story(*READ), [kept], NOW),
        direct("… and never started", forgetting.receipt_message, story(never), [], NOW),
    ]


GROUPS = (
    Group("What is understood", "Only visible to the person who asked.", spoken.SAMPLES),
    Group("Commands not understood", "Only visible to the person who asked.", tuple(_misread())),
    Group("Commands that need more", "Only visible to the person who asked.", tuple(_asking())),
    Group(
        "Commands that work",
        "Only visible to the person who asked.",
        (*_doing(), *schedules.answers()),
    ),
    Group(
        "Lists and help",
        "Only visible to the person who asked, except for a moment that somebody shares.",
        (*_lists(), *schedules.lists(), *found.samples()),
    ),
    Group("Following", "Only visible to the person who asked.", tuple(_following())),
    Group("Refusals", "A refusal names the people who can.", tuple(_rights())),
    Group("Forgetting", "Replies, and the receipt.", tuple(_forgetting())),
)
