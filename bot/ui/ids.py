"""Action, block and callback ids, shared by the views and the listeners.

Ids must be unique within one payload, so an action that occurs more than once is `numbered`; the
registry finds its listener by `matching`.
"""

import re
from datetime import UTC, datetime

CARD_BLOCK = "card"  # the buttons of a card; a click on them reveals where the card is

# A recording: buttons on cards, results, lists, Details and Home. The value is its key.
STOP = "recording_stop"
PAUSE = "recording_pause"
RESUME = "recording_resume"
WATCH = "recording_watch"
TRANSCRIPT = "recording_transcript"
WATCH_AT = "recording_watch_at"  # the value is `moment_value(key, ms)`
DETAILS = "recording_details"
TRY_AGAIN = "recording_try_again"  # the same settings, at once
CHANGE = "recording_change"  # the same settings, in the form
ASK_STOP = "recording_ask_stop"  # for people who may not stop it themselves
FOLLOW = "recording_follow"  # shows the card in this channel too

SHARE = "recording_share"  # asks for a channel to show it in
SHARE_FORM = "recording_share_form"  # its metadata is the key
SHARE_MOMENT = "moment_share"  # the same; the value is the key and the number of the sentence
MOMENT_FORM = "moment_share_form"  # its metadata is that value

# Search in transcripts. The value of a page is `find.model.page_value(page, text)`.
FIND_PAGE = "find_page"
OPEN_FIND = "find_open"  # the modal, from Home
FIND_FORM = "find_form"

WAIT_FOR_PEOPLE = "recording_wait"  # stops it, and starts again once somebody is in the room
JOIN = "recording_join"  # a link for the person who clicks
RENAME = "recording_rename"  # asks for a title
RENAME_FORM = "recording_rename_form"  # its metadata is the key

EXTEND = "recording_extend"  # moves its end by 15 minutes
NO_END = "recording_no_end"

# All schedules, and the rules for rooms.
SCHEDULES = "schedules"

# In Details: deletes everything stored and shown of a recording. The value is its key.
FORGET = "recording_forget"

# Another page of Home. The value is its number.
HOME_PAGE = "home_page"

# Home, for admins. An earlier name of the doctor: Homes that were published then still have it.
DOCTOR = "checkup"

# A room that a channel follows. The value is the room's id.
UNFOLLOW = "room_unfollow"

# Below a message that links to a room: opens the form. The value is the room's id.
START_LINKED = "room_start"

# A file in Details. The value is `details.file_value(key, asset_id)`.
FILE = "recording_file"

# The start form, from outside it.
OPEN_FORM = "form_open"
BACK_TO_FORM = "form_back"  # the value is the request_id of the draft

# The global shortcut that opens the form (also in the manifest).
START_SHORTCUT = "start_recording"

# The shortcut in the menu of a message (also in the manifest).
LINK_SHORTCUT = "record_link"

# A button with a URL: the listener only acknowledges.
LINK = "link"

# Modals without a submit button.
STARTING_VIEW = "starting"
OUTCOME_VIEW = "outcome"
DETAILS_VIEW = "details"


def numbered(action: str, n: int) -> str:
    return f"{action}.{n}"


def matching(*actions: str) -> re.Pattern[str]:
    """Match the ids of these actions, numbered or not; the first group is the action."""
    return re.compile(rf"\A({'|'.join(map(re.escape, actions))})(?:\.\d+)?\Z")


# The start form. The block id of a field is its name in `Draft`, so errors appear at the field. Its
# action id is `start_action(field)`. Slack requests the options of START_ROOM_ACTION while people
# type; the fields in START_REDRAWS change the rest of the form.
START_FORM = "start_form"
START_PRESET = "preset_id"
START_ROOM = "room_id"
START_AUDIO_ONLY = "audio_only"
START_CHANNEL = "channel"
START_WHEN_KIND = "when_kind"
START_WHEN = "when"
START_STOP_AFTER = "stop_after"
START_LEAST_PEOPLE = "least_people"
START_UNTIL_EMPTY = "until_empty"
START_RESOLUTION = "resolution"
START_WIDTH = "width"
START_HEIGHT = "height"
START_TRANSCRIPTION = "transcription"
START_OUTPUT_MODES = "output_modes"
START_VOCABULARY = "vocabulary"
START_SUMMARY = "summary"
START_CONTEXT = "context"
START_TEMPERATURE = "temperature"
START_MEETING_URL = "meeting_url"
START_DESTINATION = "destination"
START_SECTION_TITLE = "section_title"  # numbered with the id of the section
START_SECTION_FORMAT = "section_format"  # the same
START_MORE = "start_more"
START_ADD_SECTION = "start_add_section"
START_REMOVE_SECTION = "start_remove_section"  # numbered; the value is the id of the section


def start_action(field: str, generation: int = 0) -> str:
    """Return an action id per generation: Slack keeps the value of a field with the same id."""
    return numbered(f"start_{field}", generation) if generation else f"start_{field}"


START_ROOM_ACTION = start_action(START_ROOM)
START_REDRAWS = tuple(
    start_action(field)
    for field in (
        START_PRESET,
        START_ROOM,
        START_WHEN_KIND,
        START_AUDIO_ONLY,
        START_RESOLUTION,
        START_TRANSCRIPTION,
        START_SUMMARY,
    )
)


ROOM_RULES = "room_rules"  # opens the rules of a channel, which is the value
COMMAND = "/record"


def file_value(key: str, asset_id: str) -> str:
    return f"{key} {asset_id}"


def file_of_value(value: str) -> tuple[str, str]:
    """Read the recording's key and the asset's id from the value of a file's button."""
    key, _, asset_id = value.partition(" ")
    return key, asset_id


def moment_value(key: str, at_ms: int) -> str:
    return f"{key} {at_ms}"


def moment_of_value(value: str) -> int:
    """Read the milliseconds from the value of a moment's button; 0 if there are none."""
    _, _, at_ms = value.partition(" ")
    return int(at_ms) if at_ms.isdecimal() and at_ms.isascii() and len(at_ms) <= 12 else 0


SIGN_IN = "meeting_sign_in"  # Home: a link to the meeting pages


OPEN_SETTINGS = "settings_open"  # the value is the channel


SAVE_AS = "preset_save_as"  # in the start form


# An answer to a question of the bot; numbered, because a question has several.
CHOOSE = "choose"


def value_at(key: str, at: datetime | None) -> str:
    """Name the moment that a button changes, so that a second press of it changes nothing."""
    return f"{key} {int(at.timestamp())}" if at else key


def is_about(value: str, at: datetime | None) -> bool:
    """Whether the button is about this moment; one without a moment, of an old message, is."""
    _, _, moment = value.partition(" ")
    return not moment or (at is not None and moment == str(int(at.timestamp())))


def moment_of(value: str) -> datetime | None:
    """Read the moment from the value of a button; None if it names none."""
    _, _, moment = value.partition(" ")
    digits = moment.isascii() and moment.isdecimal() and len(moment) <= 11
    return datetime.fromtimestamp(int(moment), UTC) if digits else None


def choice_value(choice_id: str, answer: str) -> str:
    return f"{choice_id} {answer}"


def choice_of_value(value: str) -> tuple[str, str]:
    """Read the question's id and the answer from the value of a button."""
    choice_id, _, answer = value.partition(" ")
    return choice_id, answer
