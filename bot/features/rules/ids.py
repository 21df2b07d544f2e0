"""Ids of the buttons and the form of rules for rooms."""

RULE_OFF = "rule_off"  # the value is the room's id

RULES_FORM = "rules_form"  # its metadata is the channel
RULE_ROOM = "room_id"
RULE_ROOM_ACTION = "rule_room"
RULE_DOES = "rule_does"
RULE_DROP = "rule_drop"  # numbered, in the rules form; the value is the room's id
