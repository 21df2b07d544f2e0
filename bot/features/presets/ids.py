"""Ids of the buttons and forms of presets."""

SAVE_AS_FORM = "preset_save_as_form"
LIST = "presets"
ALL = "presets_all"  # on Home
PAGE = "presets_page"  # the value is the number of the page
EDIT = "preset_edit"  # numbered; the value is the preset's id
EDIT_FORM = "preset_form"
DELETE = "preset_delete"  # the value is the preset's id
DELETED = "preset_deleted"
NAME = "preset_name"
SCOPE = "preset_scope"


def action(field: str) -> str:
    return f"{field}_input"
