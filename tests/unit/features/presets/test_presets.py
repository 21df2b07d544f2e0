"""Presets: names, which one is meant, and what goes before what."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from record_bot_sandbox.slack.rules import check_view

from bot.core.options import RecordingOptions
from bot.features.options.drafts import Draft, still_untouched, with_options
from bot.features.options.form import draft_from_state, read_options
from bot.features.options.table import laid_over
from bot.features.presets.form import name_error, preset_form, save_as_form
from bot.features.presets.model import Preset, find_preset, name_key, nearest_preset, tidy_name
from bot.features.presets.views import presets_view
from bot.features.start.form import start_form
from tests.unit.start_form_samples import untouched

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AUDIO = RecordingOptions(audio_only=True)
FULL = RecordingOptions.model_validate(
    {
        "resolution": {"width": 1280, "height": 720},
        "vocabulary": ("Ana",),
        "context": "Weekly",
        "sections": ({"title": "Risks", "format": "bullets"},),
    }
)


def preset(name: str, scope: str = "", options: RecordingOptions = AUDIO) -> Preset:
    return Preset(f"id-{scope}-{name}", scope, name, options, "U1", NOW)


KNOWN = [preset("Weekly", "C1"), preset("weekly"), preset("Board meeting")]


def test_a_name_is_compared_as_people_read_it() -> None:
    assert name_key("  WEEKLY\u200b  sync ") == name_key("weekly sync")
    assert tidy_name("  All  hands ") == "All hands"
    assert find_preset("WEEKLY", KNOWN) == KNOWN[0]
    assert find_preset("weekly", KNOWN[1:]) == KNOWN[1]
    assert find_preset("board", KNOWN) is None


@pytest.mark.parametrize(
    ("typed", "near"), [("wekly", "weekly"), ("board", "Board meeting"), ("zzz", None)]
)
def test_the_nearest_is_suggested(typed: str, near: str | None) -> None:
    found = nearest_preset(typed, KNOWN)
    assert (found.name if found else None) == near


@pytest.mark.parametrize(
    ("typed", "wrong"), [("x" * 40, False), ("x" * 41, True), (" \u200b", True), ("a", False)]
)
def test_a_name_has_its_limits(typed: str, wrong: bool) -> None:
    assert (name_error(typed) is not None) == wrong


def test_what_is_said_goes_before_the_preset() -> None:
    assert laid_over(FULL, AUDIO).resolution is None
    assert laid_over(FULL, AUDIO).vocabulary == ("Ana",)
    assert laid_over(AUDIO, FULL) == FULL
    assert laid_over(FULL, RecordingOptions()) == FULL
    none = laid_over(FULL, RecordingOptions(transcription=False))
    assert (none.transcription, none.summary, none.vocabulary) == (False, None, ())
    plain = laid_over(FULL, RecordingOptions(summary=False))
    assert (plain.summary, plain.sections, plain.vocabulary) == (False, (), ("Ana",))
    on = laid_over(RecordingOptions(transcription=False), RecordingOptions(summary=True))
    assert (on.transcription, on.summary) == (True, True)


@st.composite
def some_options(draw: st.DrawFn) -> RecordingOptions:
    switch = st.sampled_from([None, True, False])
    given_ = {
        "audio_only": draw(st.booleans()),
        "resolution": draw(st.sampled_from([None, {"width": 1280, "height": 720}])),
        "transcription": draw(switch),
        "summary": draw(switch),
        "vocabulary": draw(st.sampled_from([(), ("Ana",)])),
        "context": draw(st.sampled_from([None, "Weekly"])),
    }
    try:
        return RecordingOptions.model_validate(given_)
    except ValidationError:
        return RecordingOptions()


@given(some_options(), some_options())
def test_laid_over_keeps_all_that_was_said(base: RecordingOptions, over: RecordingOptions) -> None:
    both = laid_over(base, over)
    for name in over.model_fields_set:
        if getattr(over, name) not in (None, False, ()):
            assert getattr(both, name) == getattr(over, name)
    assert laid_over(both, over) == both


def test_the_form_says_where_values_are_from_until_they_are_changed() -> None:
    draft = with_options(Draft(room_id="r1", room_name="Daily"), FULL, "preset weekly")
    assert draft.came.keys() >= {"resolution", "vocabulary", "context", "sections"}
    assert (draft.room_id, draft.generation) == ("r1", 1)
    view = start_form(draft, request_id="r1", presets={"p": "weekly"})
    assert check_view(view) == []
    hints = {
        b["block_id"]: b.get("hint", {}).get("text", "")
        for b in view["blocks"]
        if b["type"] == "input"
    }
    assert hints["resolution"] == "From preset weekly."
    assert hints["vocabulary"].endswith("separated by commas. From preset weekly.")
    assert "From" not in hints["destination"]
    changed = draft.model_copy(update={"resolution": "1080p"})
    assert "resolution" not in still_untouched(draft, changed).came


@given(some_options())
def test_what_a_preset_fills_in_is_read_back(options: RecordingOptions) -> None:
    """Also when Slack has an earlier generation of the fields on the screen."""
    draft = with_options(Draft(room_id="r1"), options, "preset x")
    shown = draft_from_state(untouched(start_form(draft, request_id="r1")), draft)
    before = Draft(room_id="r1", more=True)
    stale = draft_from_state(untouched(start_form(before, request_id="r1")), draft)
    if options.summary is not False or options.transcription is not None:
        assert read_options(shown) == read_options(draft)
        assert read_options(stale) == read_options(draft)


def test_slack_takes_the_modals() -> None:
    many = [preset(f"preset {n} <&> *x*", "C1" if n % 2 else "", FULL) for n in range(100)]
    for page in range(4):
        assert check_view(presets_view(many, "C0123456789", page)) == []
    assert check_view(presets_view([], None)) == []
    assert check_view(save_as_form("r1", "C0123456789")) == []
    assert check_view(save_as_form("r1", None)) == []
    draft = with_options(Draft(editing="p1", preset_name="Weekly"), FULL, "preset x")
    assert check_view(preset_form(draft, request_id="r1")) == []
