"""What people may do, written from the requirement and not from the code.

Persons and places are those of the simulated workspace, with two full members who are in none of
the places: OUTSIDE, and ADMIN_OUTSIDE. A place is where the recording was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from record_bot_sandbox.slack import seed

OUTSIDE, ADMIN_OUTSIDE, NOBODY = "U0OUTSIDE1", "U0ADMOUT01", "U0NOBODY01"
PLAZA = "C0PLAZA001"  # a public channel that everybody is in; nothing is recorded there
PERSONS = {
    "starter": seed.STARTER,
    "member in the channel": seed.MEMBER,
    "member outside": OUTSIDE,
    "admin outside": ADMIN_OUTSIDE,
    "guest": seed.GUEST,
    "other organisation": seed.STRANGER,
    "stranger": NOBODY,
}
Place = Literal["public", "private", "direct", "shared"]
PLACES: Mapping[Place, str] = {
    "public": seed.STANDUP,
    "private": seed.DESIGN,
    "direct": seed.dm_id(seed.STARTER),
    "shared": seed.PARTNERS,
}
FULL = frozenset({"starter", "member in the channel", "member outside", "admin outside"})

# Who may know of a recording, by where it was asked for.
SEES: Mapping[Place, frozenset[str]] = {
    "public": FULL | {"guest"},  # the guest is in that channel
    "private": frozenset({"starter", "member in the channel"}),
    "direct": frozenset({"starter"}),
    "shared": FULL | {"other organisation"},  # they are in that channel
}
# Who is in the channel: may configure it, post to it, share into it.
IN: Mapping[Place, frozenset[str]] = {
    "public": frozenset({"starter", "member in the channel", "guest"}),
    "private": frozenset({"starter", "member in the channel"}),
    "direct": frozenset(),
    "shared": frozenset({"starter", "member in the channel", "other organisation"}),
}


@dataclass(frozen=True)
class Rule:
    """`who` may do it, of those who see the recording (or, `channel`, who are in the channel).

    `effect` is what it does then: a new row of a table, or a call that shows something.
    `also` may do it although the rest of their kind may not. `never` for what has no effect on
    anything of anybody else's, with the reason. `posts`: it brings a card to the place, so only
    people who are in it may.
    """

    about: Literal[
        "recording",
        "schedule",
        "channel",
        "draft",
        "choice",
        "member",
        "command",
        "empty",
        "none",
    ]
    effect: str = ""
    who: frozenset[str] = FULL
    why: str = ""
    posts: bool = False

    def may(self, who: str, place: Place) -> bool:
        """Of those who see it. A direct message has one person, who sees it."""
        there = not self.posts or place == "direct" or who in IN[place]
        return who in SEES[place] and who in self.who and there


EVERYONE = frozenset(PERSONS)
STARTER_AND_ADMINS = frozenset({"starter", "admin outside"})
NONE = "none"

HANDLERS: Mapping[str, Rule] = {
    # A recording, named by its key: a claim.
    "action recording_stop": Rule("recording", "facts:stop_requested"),
    "action recording_pause": Rule("recording", "facts:pause_requested"),
    "action recording_resume": Rule("recording", "facts:pause_requested"),
    "action recording_ask_stop": Rule("recording", "facts:stop_wished", EVERYONE - {"starter"}),
    "action recording_rename": Rule("recording", "views.open"),
    "view recording_rename_form": Rule("recording", "facts:renamed"),
    "action recording_join": Rule("recording", "joins"),
    "action recording_wait": Rule("recording", "schedules", posts=True),
    "action recording_details": Rule("recording", "views.open", EVERYONE),
    "action recording_watch": Rule("recording", "meeting_tickets"),
    "action recording_watch_at": Rule("recording", "meeting_tickets"),
    "action recording_transcript": Rule("recording", "meeting_tickets"),
    "action recording_file": Rule("recording", "hms"),
    "action recording_follow": Rule("recording", "facts:shared"),
    "action recording_share": Rule("recording", "views.open"),
    "view recording_share_form": Rule("recording", "facts:shared"),
    "action moment_share": Rule("recording", "views.open"),
    "view moment_share_form": Rule("recording", "facts:moment_shared"),
    "action recording_forget": Rule("recording", "facts:forget_requested", STARTER_AND_ADMINS),
    "action recording_change": Rule("recording", "drafts"),
    "action recording_try_again": Rule("recording", "recordings"),
    "action recording_extend": Rule("recording", "facts:end_set"),
    "action recording_no_end": Rule("recording", "facts:end_set"),
    # A schedule, named by its id: a claim. Of the starter's; others may stop recordings there.
    "action schedule_undo": Rule("schedule", "schedules:over"),
    "action schedule_delete": Rule("schedule", "schedules:over"),
    "action schedule_skip": Rule("schedule", "schedules:skipped"),
    "action schedule_unskip": Rule("schedule", "schedules:skipped"),
    "action schedule_restore": Rule("schedule", "schedules:active", posts=True),
    "action schedule_pause": Rule("schedule", "schedules:paused"),
    "action schedule_resume": Rule("schedule", "schedules:active", posts=True),
    "action schedule_run": Rule("schedule", "recordings", posts=True),
    "action schedule_change": Rule("schedule", "views.open"),
    "view schedule_change_form": Rule("schedule", "schedules:changed"),
    "action calendar_off": Rule("schedule", "-calendars"),
    "action rule_off": Rule("schedule", "-rules"),
    "action schedules": Rule("schedule", "told", EVERYONE),
    # A channel, named by a value or by a view's metadata: a claim.
    "action settings_open": Rule("channel", "settings_form"),
    "action settings_pick": Rule("channel", "settings_form"),
    "view settings_form": Rule("channel", "channel_settings"),
    "action room_rules": Rule("channel", "views.open"),
    "view rules_form": Rule("channel", "rules"),
    "action rule_drop": Rule("channel", "-rules"),
    "view start_form": Rule("channel", "recordings"),
    "action preset_edit": Rule("channel", "drafts"),
    "action preset_delete": Rule("channel", "-presets"),
    "action presets_page": Rule("channel", "views.update"),
    # A channel, which Slack itself names.
    "action room_unfollow": Rule("member", "-follows"),
    # Another person's draft.
    "action choose": Rule("choice", "facts:stop_requested", frozenset({"starter"})),
    "action form_back": Rule("draft", "views.open", frozenset({"starter"})),
    "action start_preset_id": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_when_kind": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_audio_only": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_resolution": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_room_id": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_transcription": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_summary": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_more": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_add_section": Rule("draft", "views.update", frozenset({"starter"})),
    "action start_remove_section": Rule("draft", "views.update", frozenset({"starter"})),
    "action preset_save_as": Rule("draft", "views.push", frozenset({"starter"})),
    "view preset_save_as_form": Rule("draft", NONE, frozenset()),
    "view preset_form": Rule("draft", NONE, frozenset()),
    "options start_room_id": Rule("draft", "options", frozenset({"starter"})),
    # What belongs to the whole workspace: full members.
    "action checkup": Rule("member", "views.open"),
    "action presets_all": Rule("member", "views.open"),
    "action form_open": Rule("member", "views.open"),
    "shortcut start_recording": Rule("member", "views.open"),
    "shortcut record_link": Rule("member", "views.open"),
    "action room_start": Rule("member", "views.open"),
    "options settings_room_id": Rule("member", "options"),
    "options rule_room": Rule("member", "options"),
    "options settings_start_groups": Rule("member", "options"),
    "options settings_stop_groups": Rule("member", "options"),
    # A ticket says who somebody is, and nothing of what they may see.
    "action meeting_sign_in": Rule("member", "meeting_tickets", EVERYONE),
    # Commands name a room; what is recorded there is as if it were not, for others.
    "command /record": Rule("command"),
    "event app_mention": Rule("command"),
    "event message": Rule("command"),
    "event app_home_opened": Rule("command"),
    "action home_page": Rule("command"),
    "event link_shared": Rule("command"),
    "action find_page": Rule("command"),
    "view find_form": Rule("command"),
    # Nothing of anybody's.
    "action find_open": Rule("empty", "views.open", EVERYONE),
    "action link": Rule("none", why="only acknowledged"),
    "view_closed start_form": Rule("none", why="only acknowledged"),
    "event member_joined_channel": Rule("none", why="wakes what waits for a channel"),
    "event channel_id_changed": Rule("none", why="Slack's word that a channel has a new id"),
    "event app_uninstalled": Rule("none", why="pauses the bot's own calls"),
    "event tokens_revoked": Rule("none", why="pauses the bot's own calls, for its own token"),
}

# What people write, by intent, of a recording that runs or has ended; or the test that tries it.
Words = tuple[tuple[str, str], ...]
WORDS: Mapping[str, Words | str] = {
    "share": (("ended", f"share {{room}} to <#{PLAZA}|plaza>"),),
    "rename": (("ended", "rename {room} to Retro"),),
    "summary": (
        ("ended", "what was decided in {room}?"),
        ("ended", "who was in {room}?"),
        ("ended", "how long was {room}?"),
        ("ended", "where is the video of {room}?"),
        ("running", "when does {room} end?"),
    ),
    "join": "test_a_recording_by_its_key",
    "unschedule": "test_a_schedule_by_its_id",
    "reschedule": "test_a_schedule_by_its_id",
    "extend": (("running", "extend {room} by 10 minutes"),),
    "auto": "test_people_from_outside_do_not_learn_which_rooms_there_are",
    "start": "test_lists_tell_what_one_may_know_of",
    "stop": "test_by_the_rooms_name_what_one_may_not_know_of_is_not_recorded",
    "pause": "test_by_the_rooms_name_what_one_may_not_know_of_is_not_recorded",
    "resume": "test_by_the_rooms_name_what_one_may_not_know_of_is_not_recorded",
    "status": "test_lists_tell_what_one_may_know_of",
    "list": "test_lists_tell_what_one_may_know_of",
    "find": "test_search_finds_what_one_may_know_of",
    "doctor": "test_the_doctor_speaks_to_full_members",
    "follow": "test_background_steps_give_nothing_to_followers_of_what_is_private",
    "unfollow": "test_background_steps_give_nothing_to_followers_of_what_is_private",
    "schedule": "test_people_from_outside_do_not_learn_which_rooms_there_are",
    "settings": "test_a_channel_by_what_a_view_says",
    "presets": "test_another_persons_draft",
    "help": "test_nothing_of_anybodys_is_in_help",
    "unknown": "test_nothing_of_anybodys_is_in_help",
}

ROUTES: Mapping[str, str] = {
    "POST /slack/events": "signed by Slack",
    "POST /webhooks/100ms/{name:path}": "with the secret header",
    "GET /healthz": "public: says ok",
    "GET /readyz": "public: says whether, and which side is missing",
    "GET /metrics": "for this machine, or with METRICS_TOKEN",
    "GET /m/": "public: the same page for everybody",
    "GET /m/{key}": "public: the same page for everybody",
    "GET /m/assets/{version}/{name}": "public: files of the page",
    "POST /m/session": "with a ticket, from our own page",
    "POST /m/session/end": "from our own page: ends the session of this browser",
    "GET /m/session/viewer": "with a session: whose it is",
    **dict.fromkeys(
        (
            "GET /m/{key}/data",
            "GET /m/{key}/alive",
            "GET /m/{key}/video",
            "GET /m/{key}/chat",
            "GET /m/{key}/transcript.{mode}",
            "GET /m/{key}/files/{asset_id}",
            "GET /m/{key}/channels",
            "POST /m/{key}/moments",
        ),
        "with a session, for those who see the recording and may open its files",
    ),
}

# What the background may do elsewhere than where the recording was asked for, if it is private.
STEPS: Mapping[str, str] = {
    "PostCard": "never elsewhere",
    "UpdateCard": "never elsewhere",
    "PostSummary": "never elsewhere",
    "UpdateResults": "never elsewhere",
    "UploadFile": "never elsewhere",
    "PostMoment": "in the channel that somebody in it shared it to",
    "KeepTranscript": "in the database alone",
    "Withdraw": "edits what is there to say nothing",
    "Erase": "deletes what is there",
    "AskPlace": "asks Slack alone",
    "Outcome": "to the person who asked",
    "Tell": "to the starter, or below a card that is there",
    "TellSilence": "to the starter",
    "AskToStop": "to the starter",
    "Receipt": "to the person who forgot it",
    "SayInRoom": "in the room",
    "SayItEnds": "never elsewhere",
    "Start": "at 100ms",
    "Stop": "at 100ms",
    "Pause": "at 100ms",
    "Resume": "at 100ms",
    "Poll": "at 100ms",
    "ListAttendees": "at 100ms",
    "FetchTranscript": "at 100ms",
    "GiveUp": "a fact alone",
}
