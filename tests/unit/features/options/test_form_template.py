"""The form says what the room's template sets, and asks for what it is likely to lack."""

from typing import Any

from bot.core.options import RoomTemplate
from bot.features.options.drafts import Draft
from bot.features.options.form import draft_from_state, template_words
from bot.features.start.form import start_form
from bot.ui import ids
from tests.unit.features.start.test_start_form import texts_of
from tests.unit.start_form_samples import untouched

TOLD = RoomTemplate(
    records=True, width=1280, height=720, max_duration_s=14_400, destinations=("eu", "us")
)
ROOM = "64f0c2a1b7d3e95a1c2d3e4f"
SHORT, LONG = (
    Draft(room_id=ROOM, room_name="weekly"),
    Draft(room_id=ROOM, room_name="weekly", more=True),
)


def field(draft: Draft, template: RoomTemplate | None, name: str) -> Any:
    blocks = start_form(draft, request_id="r1", template=template)["blocks"]
    return next((block for block in blocks if block.get("block_id") == name), None)


def test_the_room_says_how_it_is_recorded() -> None:
    assert template_words(TOLD) == "Its template records 720p, at most 4 h."
    assert "Its template records 720p, at most 4 h." in texts_of(
        start_form(SHORT, request_id="r1", template=TOLD)
    )
    odd = RoomTemplate(width=800, height=600)
    assert template_words(odd) == "Its template records 800 × 600."
    assert template_words(RoomTemplate()) == ""


def test_the_resolution_of_the_template_is_named() -> None:
    assert "As the template: 720p" in texts_of(start_form(LONG, request_id="r1", template=TOLD))
    assert "As the template" in texts_of(start_form(LONG, request_id="r1"))


def test_several_destinations_are_offered_by_name_and_one_is_not() -> None:
    several = field(LONG, TOLD, ids.START_DESTINATION)
    assert several is not None
    assert [o["value"] for o in several["element"]["options"]] == ["eu", "us"]
    one = field(LONG, RoomTemplate(destinations=("eu",)), ids.START_DESTINATION)
    assert one is not None
    assert one["element"]["type"] == "plain_text_input"


def test_a_destination_chosen_or_typed_comes_back() -> None:
    for typed in ("us", "of old", ""):
        draft = LONG.model_copy(update={"destination": typed})
        shown = untouched(start_form(draft, request_id="r1", template=TOLD))
        assert draft_from_state(shown, draft).destination == typed
    emptied = LONG.model_copy(update={"destination": "us"})
    state = untouched(start_form(emptied, request_id="r1", template=TOLD))
    state[ids.START_DESTINATION] = {
        action: {**entry, "selected_option": None}
        for action, entry in state[ids.START_DESTINATION].items()
    }
    assert draft_from_state(state, emptied).destination == ""


def test_a_meeting_url_is_asked_for_at_once_where_the_template_does_not_record() -> None:
    assert field(SHORT, TOLD, ids.START_MEETING_URL) is None
    assert field(SHORT, None, ids.START_MEETING_URL) is None
    off = RoomTemplate(records=False)
    asked = field(SHORT, off, ids.START_MEETING_URL)
    assert asked is not None
    assert str(asked["hint"]).count("Composite recording is off in the room's template") == 1
    blocks = start_form(LONG, request_id="r1", template=off)["blocks"]
    names = [block.get("block_id") for block in blocks]
    assert names.count(ids.START_MEETING_URL) == 1
