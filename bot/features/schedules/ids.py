"""Ids of the buttons and the form of schedules. A button's value is the schedule's id."""

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
