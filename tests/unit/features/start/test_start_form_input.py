"""What people type into the start form: read without raising, refused at the field."""

import re

import pytest
from hypothesis import assume, example, given

from bot.core.options import RecordingOptions, Resolution, Section
from bot.features.options.drafts import Draft, DraftSection, draft_of
from bot.features.options.form import draft_from_state
from bot.features.start.form import FilledForm, read, start_form
from bot.ui.forms import FieldErrors, as_much_as_fits
from tests.unit.rows import each_row
from tests.unit.start_form_samples import (
    ROOM,
    Json,
    chosen,
    drafts,
    expressible,
    states,
    typed,
    untouched,
)

MORE = Draft(room_id=ROOM, room_name="Weekly", more=True)
SUMMARY = MORE.model_copy(update={"transcription": "on", "summary": "on"})

SIDES = ("width", "height")


def filled(base: Draft = MORE, /, **fields: object) -> Draft:
    return Draft.model_validate({**base.model_dump(), **fields})


def options_of(draft: Draft) -> RecordingOptions:
    request = read(draft)
    assert isinstance(request, FilledForm), request
    return request.options


def errors_of(draft: Draft) -> FieldErrors:
    errors = read(draft)
    assert isinstance(errors, FieldErrors), errors
    return errors


# ---- laws ------------------------------------------------------------------------------------


@given(states(), drafts)
@example({"preset_id": {"start_preset_id": {"selected_option": {"value": "\ud800"}}}}, Draft())
def test_reading_never_raises(values: object, base: Draft) -> None:
    draft = draft_from_state(values, base)
    assert Draft.model_validate_json(draft.model_dump_json()) == draft
    read(draft)


@given(drafts)
def test_every_error_is_at_an_input_of_the_form(draft: Draft) -> None:
    result = read(draft)
    if isinstance(result, FieldErrors):
        blocks = start_form(draft, request_id="r1")["blocks"]
        assert result.keys() <= {b["block_id"] for b in blocks if b["type"] == "input"}
        assert all(result.values())


@given(expressible())
def test_options_survive_the_form(options: RecordingOptions) -> None:
    draft = draft_of(options, room_id=ROOM, room_name="Weekly", channel="C0123456789")
    assert read(draft) == FilledForm(ROOM, "Weekly", options, "C0123456789")
    shown = draft_from_state(untouched(start_form(draft, request_id="r1")), draft)
    again = read(shown)
    assert isinstance(again, FilledForm)
    assert set(again.options.output_modes) == set(options.output_modes)
    assert again.options.model_copy(update={"output_modes": options.output_modes}) == options


@given(drafts)
def test_a_form_left_untouched_changes_nothing(draft: Draft) -> None:
    typed_texts = (draft.context, draft.vocabulary, draft.destination, draft.meeting_url)
    titles = tuple(section.title for section in draft.sections)
    assume(all(as_much_as_fits(text) == text for text in typed_texts + titles))
    sides = {side: "".join(re.findall("[0-9]", getattr(draft, side))[:100]) for side in SIDES}
    draft = draft.model_copy(update=sides)
    after = read(draft_from_state(untouched(start_form(draft, request_id="r1")), draft))
    before = read(draft)
    if isinstance(before, FilledForm) and isinstance(after, FilledForm):
        assert after.channel == before.channel
        assert set(after.options.output_modes) == set(before.options.output_modes)
        same = {"output_modes": ()}
        assert after.options.model_copy(update=same) == before.options.model_copy(update=same)
    else:
        assert after == before


def test_options_left_as_the_template_are_not_sent() -> None:
    assert options_of(MORE) == RecordingOptions()
    assert options_of(SUMMARY) == RecordingOptions(transcription=True, summary=True)


def test_all_errors_are_told_at_once() -> None:
    draft = filled(
        SUMMARY,
        room_id=None,
        resolution="custom",
        width="100",
        meeting_url="acme.example/x",
        destination="x" * 256,
        vocabulary=",".join(map(str, range(501))),
        context="x" * 312,
        temperature="2",
        sections=[DraftSection(id=3, title="x" * 101), DraftSection(id=5)],
    )
    assert errors_of(draft) == {
        "room_id": "Choose the room to record.",
        "width": "The width must be 144 to 1920 pixels.",
        "height": "Enter the height in pixels, such as 720.",
        "meeting_url": "Add https:// at the start: https://acme.example/x",
        "destination": "This is 1 character too long. Shorten it to 255 or fewer.",
        "vocabulary": "At most 500 words or terms. Remove 1 of them.",
        "context": "This is 12 characters too long. Shorten it to 300 or fewer.",
        "temperature": "Enter a number from 0.1 to 1.0, such as 0.5.",
        "section_title.3": "This is 1 character too long. Shorten it to 100 or fewer.",
        "section_title.5": "Give this section a title, or remove it.",
    }


# ---- each field ------------------------------------------------------------------------------


@each_row(
    ("width", "height", "field"),
    [
        ("", "720", "width"),
        ("1280", "", "height"),
        ("1280.5", "720", "width"),
        ("1280", "-720", "height"),
        ("143", "192", "width"),
        ("1921", "1080", "width"),
        ("1920", "1081", "height"),
        ("1081", "1920", "width"),
        ("1500", "1500", "height"),
        ("191", "144", "width"),
        ("150", "180", "height"),
        ("9" * 30, "720", "width"),
    ],
)
def test_a_wrong_side_is_named(width: str, height: str, field: str) -> None:
    assert list(errors_of(filled(resolution="custom", width=width, height=height))) == [field]


@pytest.mark.parametrize(
    ("width", "height"), [("192", "144"), ("1080", "1920"), (" 640px ", "480")]
)
def test_sides_within_the_limits(width: str, height: str) -> None:
    resolution = options_of(filled(resolution="custom", width=width, height=height)).resolution
    assert resolution == Resolution(width=int(width.strip(" px")), height=int(height))


def test_named_resolutions() -> None:
    assert options_of(filled(resolution="portrait")).resolution == Resolution(
        width=720, height=1280
    )
    assert options_of(filled(resolution="portrait", audio_only=True)).resolution is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,3", 0.3),
        (" .5 ", 0.5),
        ("1", 1.0),
        ("1.0", 1.0),
        ("0.1", 0.1),
        ("", None),
        ("０.７", 0.7),
    ],
)
def test_temperatures(text: str, number: float | None) -> None:
    assert options_of(filled(SUMMARY, temperature=text)).temperature == number


@each_row("text", ["0.09", "1.1", "warm", "nan", "inf", "1_0", "1e-1", "-0.5", "0.5.1"])
def test_no_temperatures(text: str) -> None:
    assert list(errors_of(filled(SUMMARY, temperature=text))) == ["temperature"]


@each_row(
    ("url", "suggested"),
    [
        ("acme.app.100ms.live/meeting/a", "https://acme.app.100ms.live/meeting/a"),
        ("https:/acme.example", "https://acme.example"),
        ("https//acme.example", "https://acme.example"),
        ("http:acme.example", "https://acme.example"),
        ("//acme.example/x", "https://acme.example/x"),
        ("acme.example:8080/x", "https://acme.example:8080/x"),
        ("ftp://acme.example", None),
        ("https://", None),
        ("daily standup", None),
        ("standup", None),
        ("https://[::1", None),
        ("a.b/" + "x" * 200, None),
        ("https://a.example/" + "x" * 2000, None),
    ],
)
def test_addresses_that_are_none(url: str, suggested: str | None) -> None:
    (text,) = errors_of(filled(meeting_url=url)).values()
    assert text.endswith(suggested) if suggested else "at the start: " not in text
    assert not suggested or options_of(filled(meeting_url=suggested)).meeting_url == suggested


def test_an_address_is_freed_of_what_cannot_be_seen() -> None:
    url = "https://acme.app.100ms.live/preview/x/host?skip_preview=true"
    assert options_of(filled(meeting_url=f" {url}\u200b\n")).meeting_url == url


def test_vocabulary_is_split_and_each_word_counts_once() -> None:
    draft = filled(SUMMARY, vocabulary="100ms, HLS\r\n\n simulcast ,HLS\nactive speaker,")
    assert options_of(draft).vocabulary == ("100ms", "HLS", "simulcast", "active speaker")


def test_a_single_section_without_title_leaves_those_of_the_template() -> None:
    assert options_of(filled(SUMMARY, sections=[DraftSection(id=4, title=" ")])).sections == ()
    titled = filled(SUMMARY, sections=[DraftSection(id=4, title=" Agenda ", format="paragraph")])
    assert options_of(titled).sections == (Section(title="Agenda", format="paragraph"),)


def test_what_is_hidden_is_neither_checked_nor_sent() -> None:
    wrong: Json = {
        "context": "x" * 999,
        "temperature": "warm",
        "width": "1",
        "output_modes": ["txt"],
    }
    assert options_of(filled(**wrong)) == RecordingOptions()
    assert options_of(filled(SUMMARY, **wrong, transcription="off")).transcription is False


@pytest.mark.parametrize("switch", ["on", "off"])
def test_a_summary_alone_never_turns_the_transcript_on(switch: str) -> None:
    assert options_of(filled(summary=switch)) == RecordingOptions()


def test_a_direct_message_means_to_the_person() -> None:
    for channel, wanted in (("C0123456789", "C0123456789"), ("D0123456789", None), (None, None)):
        request = read(filled(channel=channel))
        assert isinstance(request, FilledForm)
        assert request.channel == wanted


# ---- Slack's state ---------------------------------------------------------------------------


def test_hidden_fields_keep_their_text_and_emptied_ones_do_not() -> None:
    draft = draft_from_state(typed("context", None), filled(context="x", temperature="0.3"))
    assert (draft.context, draft.temperature) == ("", "0.3")


def test_cleared_choices() -> None:
    base = filled(resolution="720p", audio_only=True, channel="C0123456789", output_modes=["txt"])
    values: Json = {
        **chosen("resolution", None),
        **chosen("room_id", None),
        "channel": {"start_channel": {"selected_conversation": None}},
        "output_modes": {"start_output_modes": {"selected_options": []}},
    }
    draft = draft_from_state(values, base)
    assert (draft.resolution, draft.room_id, draft.channel) == ("template", None, None)
    assert (draft.output_modes, draft.audio_only) == ((), True)
    values = {"output_modes": {"start_output_modes": {"selected_options": None}}}
    assert draft_from_state(values, base).output_modes == ()


def test_back_to_the_template_is_not_back_to_the_short_form() -> None:
    base = Draft(room_id=ROOM, resolution="720p")
    assert draft_from_state(chosen("resolution", "template"), base).more


def test_a_long_room_name_outlives_its_option() -> None:
    base = Draft(room_id=ROOM, room_name="Weekly " * 20)
    shown = untouched(start_form(base, request_id="r1"))
    assert draft_from_state(shown, base).room_name == base.room_name
    other = draft_from_state(chosen("room_id", "r2", "Retro"), base)
    assert (other.room_id, other.room_name) == ("r2", "Retro")


def test_a_name_that_is_missing_is_replaced_by_the_id() -> None:
    request = read(Draft(room_id=ROOM, room_name=" "))
    assert isinstance(request, FilledForm)
    assert request.room_name == ROOM


def test_what_no_database_can_hold_is_dropped() -> None:
    assert draft_from_state(typed("context", "a\x00b\ud800c"), MORE).context == "abc"
