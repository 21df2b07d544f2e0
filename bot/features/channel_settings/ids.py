"""Ids of the settings modals. A block id is the name of the field."""

PICK = "settings_pick"  # on Home, numbered; the value is the chosen channel
SETTINGS_FORM = "settings_form"
ROOM = "room_id"
PRESET = "preset_id"
START_GROUPS = "start_groups"
STOP_GROUPS = "stop_groups"
RESULTS = "results"
ALSO = "also"
JOIN_ROLE = "join_role"  # for admins


def action(field: str) -> str:
    return f"settings_{field}"


ROOM_ACTION = action(ROOM)
GROUP_ACTIONS = (action(START_GROUPS), action(STOP_GROUPS))
