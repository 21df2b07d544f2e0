"""Ids of the buttons and forms of schedules and rules. A button's value is the schedule's id."""

UNDO = "schedule_undo"
SKIP = "schedule_skip"  # the value is the id and the date
UNSKIP = "schedule_unskip"  # the same
RESTORE = "schedule_restore"  # takes a deletion back
RUN_NOW = "schedule_run"
CHANGE = "schedule_change"
PAUSE = "schedule_pause"
RESUME = "schedule_resume"
DELETE = "schedule_delete"

CHANGE_FORM = "schedule_change_form"  # its metadata is the schedule's id
WHEN = "schedule_when"  # block id, and the field of an error

CALENDAR_OFF = "calendar_off"  # the value is the calendar's id
RULE_OFF = "rule_off"  # the value is the room's id

RULES_FORM = "rules_form"  # its metadata is the channel
RULE_ROOM = "room_id"
RULE_ROOM_ACTION = "rule_room"
RULE_DOES = "rule_does"
RULE_DROP = "rule_drop"  # numbered, in the rules form; the value is the room's id
