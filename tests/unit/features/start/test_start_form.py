"""The start form as people see it, held against Slack's rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from record_bot_sandbox.slack.blocks import carried_over
from record_bot_sandbox.slack.rules import check_view

from bot.core.options import MAX_SECTIONS, RecordingOptions
from bot.features.options.drafts import (
    Draft,
    DraftSection,
    add_section,
    applies,
    draft_of,
    is_expanded,
    remove_section,
    section_rows,
    show_more,
)
from bot.features.options.form import draft_from_state
from bot.features.start.form import start_form
from bot.ui import ids
from tests.unit.start_form_samples import NASTY, ROOM, Json, drafts, stored, typed, untouched

SHORT = ["room_id", "when_kind", "stop_after", "audio_only", "channel"]
EVERYTHING = Draft(
    more=True, resolution="custom", transcription="on", summary="on", room_id=ROOM, room_name=NASTY
)


def inputs(draft: Draft) -> list[str]:
    view = start_form(draft, request_id="r1")
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def element(draft: Draft, field: str) -> Json:
    blocks = start_form(draft, request_id="r1")["blocks"]
    found: Json = next(b["element"] for b in blocks if b.get("block_id") == field)
    return found


def texts_of(thing: Any) -> list[str]:
    if isinstance(thing, dict):
        own = [thing["text"]] if isinstance(thing.get("text"), str) else []
        return own + [t for v in thing.values() for t in texts_of(v)]
    return [t for v in thing for t in texts_of(v)] if isinstance(thing, list) else []


@given(drafts, st.dictionaries(st.sampled_from([*SHORT, "width", "x"]) | st.text(), st.text()))
def test_slack_accepts_the_form_of_any_draft(draft: Draft, errors: dict[str, str]) -> None:
    assert check_view(start_form(draft, request_id="r1", errors=errors)) == []


def test_the_fullest_form_is_accepted() -> None:
    rows = tuple(DraftSection(id=i, title="🎥" * 1600) for i in range(MAX_SECTIONS))
    full = EVERYTHING.model_copy(update={"sections": rows})
    errors = dict.fromkeys([*inputs(full), *map(str, range(50))], "x" * 4000)
    assert check_view(start_form(full, request_id="r1", errors=errors)) == []


def test_the_short_form_needs_only_a_room() -> None:
    view = start_form(Draft(channel="C0123456789"), request_id="r1")
    blocks = {block.get("block_id"): block for block in view["blocks"]}
    assert inputs(Draft()) == SHORT
    assert blocks["room_id"]["element"]["min_query_length"] == 0
    assert blocks["room_id"]["element"]["focus_on_load"] is True
    assert blocks["channel"]["element"]["initial_conversation"] == "C0123456789"
    assert blocks["channel"]["optional"] is True
    assert view["blocks"][-1]["accessory"]["action_id"] == ids.START_MORE
    assert len(view["blocks"]) == 6


def test_the_modal_says_what_it_is_and_carries_only_the_request_id() -> None:
    view = start_form(EVERYTHING, request_id="r1")
    assert view["private_metadata"] == "r1"
    assert view["callback_id"] == ids.START_FORM
    assert view["notify_on_close"] is True
    assert [view[k]["text"] for k in ("title", "submit", "close")] == [
        "Start a recording",
        "Start recording",
        "Cancel",
    ]


def test_more_options_hides_what_does_not_apply() -> None:
    tail = ["meeting_url", "destination"]
    assert inputs(show_more(Draft())) == [*SHORT, "resolution", "transcription", *tail]
    assert inputs(Draft(more=True, audio_only=True)) == [*SHORT, "transcription", *tail]
    assert "transcription" not in inputs(Draft())
    off = Draft(audio_only=True, transcription="off", summary="on")
    assert inputs(off) == [*SHORT, "transcription", *tail]


def test_details_follow_their_switch() -> None:
    assert inputs(EVERYTHING) == [
        *SHORT,
        "resolution",
        "width",
        "height",
        "transcription",
        "output_modes",
        "vocabulary",
        "summary",
        "context",
        "temperature",
        "section_title.0",
        "section_format.0",
        "meeting_url",
        "destination",
    ]


def test_the_summary_is_chosen_with_the_transcript() -> None:
    hint = "Turn on the transcript to choose its files and the summary."
    for switch, shown in (("template", False), ("off", False), ("on", True)):
        draft = Draft.model_validate({"more": True, "transcription": switch})
        assert ("summary" in inputs(draft)) == shown
        assert (hint in texts_of(start_form(draft, request_id="r1"))) != shown


@given(drafts)
def test_what_is_shown_is_what_applies(draft: Draft) -> None:
    shown = {field.split(".")[0] for field in inputs(draft)}
    sections = {"section_title", "section_format"} if "sections" in applies(draft) else set()
    assert shown == (applies(draft) - {"sections"}) | sections


TIMES = ("when_kind", "when", "stop_after", "least_people", "until_empty")


@given(drafts)
def test_no_option_is_in_force_unseen(draft: Draft) -> None:
    """Room, channel, kind and times are always shown."""
    assert is_expanded(draft) or draft == Draft.model_validate(
        {k: getattr(draft, k) for k in ("room_id", "room_name", "channel", "audio_only", *TIMES)}
        | {"next_section_id": draft.next_section_id}
    )


def test_what_changes_the_form_is_heard_of_at_once() -> None:
    blocks = start_form(EVERYTHING, request_id="r1", presets={"p1": "weekly"})["blocks"]
    dispatching = {b["element"]["action_id"] for b in blocks if b.get("dispatch_action")}
    assert dispatching == set(ids.START_REDRAWS)
    assert element(Draft(), ids.START_ROOM)["action_id"] == ids.START_ROOM_ACTION


def test_the_focus_does_not_jump_up_when_the_form_is_redrawn() -> None:
    assert "focus_on_load" not in element(Draft(more=True), "room_id")
    assert "focus_on_load" not in element(Draft(room_id=ROOM), "room_id")


def test_the_chosen_room_is_shown_as_plain_text() -> None:
    option = element(EVERYTHING, "room_id")["initial_option"]
    assert option["value"] == ROOM
    assert option["text"] == {"type": "plain_text", "text": NASTY, "emoji": False}
    assert element(Draft(room_id=ROOM), "room_id")["initial_option"]["text"]["text"] == ROOM


def test_a_direct_message_is_no_channel_to_post_to() -> None:
    assert "initial_conversation" not in element(Draft(channel="D0123456789"), "channel")


def test_errors_stand_under_their_field_or_on_top() -> None:
    errors = {"channel": "I am not in there. Invite me.", "gone": "100ms does not answer."}
    blocks = start_form(Draft(), request_id="r1", errors=errors)["blocks"]
    assert texts_of(blocks[0]) == ["⚠ 100ms does not answer."]
    at = [b.get("block_id") for b in blocks].index("channel")
    assert texts_of(blocks[at + 1]) == ["⚠ I am not in there. Invite me."]


def test_six_sections_at_most_and_one_at_least() -> None:
    draft = Draft(transcription="on", summary="on")
    for _ in range(9):
        draft = add_section(draft)
    assert len(draft.sections) == MAX_SECTIONS
    assert "Add a section" not in texts_of(start_form(draft, request_id="r1"))
    for row in draft.sections:
        draft = remove_section(draft, row.id)
    assert len(section_rows(draft)) == 1
    assert "Remove section 1" not in texts_of(start_form(draft, request_id="r1"))
    assert remove_section(draft, 99) == draft


def test_two_sections_of_one_id_are_no_draft() -> None:
    with pytest.raises(ValidationError):
        Draft(sections=(DraftSection(id=1), DraftSection(id=1)))


@given(st.lists(st.integers(0, 8) | st.none(), max_size=20))
def test_a_section_id_is_never_given_twice(steps: list[int | None]) -> None:
    draft, given_out = Draft(), {0}
    for step in steps:
        before = {row.id for row in section_rows(draft)}
        draft = add_section(draft) if step is None else remove_section(draft, step)
        new = {row.id for row in section_rows(draft)} - before
        assert not new & given_out
        given_out |= new
        assert 1 <= len(section_rows(draft)) <= MAX_SECTIONS


def test_adding_and_removing_sections_keeps_what_was_typed() -> None:
    draft = add_section(add_section(Draft(transcription="on", summary="on")))
    before = start_form(draft, request_id="r1")
    state = untouched(before)
    for row, title in zip(draft.sections, ["Agenda", "Noise", "Decisions"], strict=True):
        state |= typed(ids.numbered(ids.START_SECTION_TITLE, row.id), title)
    draft = remove_section(draft_from_state(state, draft), draft.sections[1].id)
    after = start_form(draft, request_id="r1")
    assert [row.title for row in draft.sections] == ["Agenda", "Decisions"]
    kept = carried_over(stored(before), stored(after), state, untouched(after))
    assert draft_from_state(kept, draft) == draft


def test_removed_sections_do_not_come_back_from_an_older_view() -> None:
    draft = add_section(Draft(transcription="on", summary="on"))
    older = untouched(start_form(draft, request_id="r1"))
    draft = remove_section(draft, 1)
    assert [row.id for row in draft_from_state(older, draft).sections] == [0]


def test_filled_in_options_are_in_sight() -> None:
    draft = draft_of(RecordingOptions(destination="archive"), room_id=ROOM)
    assert is_expanded(draft)
    assert element(draft, "destination")["initial_value"] == "archive"
