"""The command line, its written form and the form of options agree on what an option may be."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.options import RecordingOptions
from bot.features.commands.flags import split_flags
from bot.features.details.views import ViewerAccess, details_view
from bot.features.options.drafts import Draft, draft_of, draft_of_raw, raw_of
from bot.features.options.form import draft_from_state, read_options
from bot.features.options.table import (
    OPTIONS,
    START_FLAGS,
    Takes,
    laid_over,
    option_of,
    overlaid,
    parse_options,
    write_options,
)
from bot.features.start.form import start_form
from bot.hms.start_body import start_body
from bot.ui.forms import FieldErrors
from tests.unit.examples import examples
from tests.unit.rows import each_row
from tests.unit.slack_text import as_slack_sends, quoted
from tests.unit.start_form_samples import drafts, expressible, texts, untouched
from tests.unit.views_samples import recording

# What people type into a text input of the form, and after its flag.
TYPED = {
    "meeting_url": "url",
    "destination": "destination",
    "vocabulary": "vocab",
    "context": "context",
    "temperature": "temperature",
}
HARD = st.sampled_from(
    [
        *("https:/acme.com/x", "acme.com/x", "ftp://a.b", "<https://a.example/x|a.example>"),
        *("+0.3", "0,3", ".5", "1.1", "30%", "a, a, b", "a\nb, c"),
        *("x" * 255, "x" * 256, "x" * 300, "x" * 301, "https://a.example/" + "x" * 1983),
        ",".join(map(str, range(501))),
    ]
)


def shown(draft: Draft) -> Draft:
    """With every input shown."""
    return draft.model_copy(update={"more": True, "transcription": "on", "summary": "on"})


@given(expressible())
@examples(200)
def test_options_are_the_same_by_form_and_written(options: RecordingOptions) -> None:
    draft = draft_of(options)
    assert read_options(draft) == options
    assert parse_options(write_options(options)) == options
    assert draft_of_raw(raw_of(draft)) == draft


EACH: dict[str, object] = {
    "meeting_url": "https://acme.example/x",
    "resolution": {"width": 1280, "height": 720},
    "audio_only": True,
    "destination": "archive",
    "transcription": True,
    "output_modes": ["srt", "json"],
    "vocabulary": ["Ana"],
    "summary": True,
    "context": "Weekly",
    "temperature": 0.3,
    "sections": [{"title": "Agenda", "format": "bullets"}],
}


@each_row("field", RecordingOptions.model_fields)
def test_each_option_goes_all_the_way(field: str) -> None:
    """Written, by the form, to the body of the call, and to Details. A new option: `EACH`."""
    options = RecordingOptions.model_validate({field: EACH[field]})
    without = options.model_copy(update={field: RecordingOptions.model_fields[field].default})
    assert parse_options(write_options(options)) == options
    draft = draft_of(options)
    assert read_options(draft) == options
    base = draft if field == "sections" else draft_of(without)  # it says which sections there are
    state = untouched(start_form(draft, request_id="r1"))
    by_form = read_options(draft_from_state(state, base.model_copy(update={"more": True})))
    assert set_of(by_form, field) == set_of(options, field)
    assert start_body(options) != start_body(without)
    assert details_of(options) != details_of(without)


def details_of(options: RecordingOptions) -> object:
    return details_view(recording(options=options), viewer=ViewerAccess(frozenset(), True))


def set_of(options: RecordingOptions | FieldErrors, field: str) -> object:
    """Its value; the form lists the files of a transcript in an order of its own."""
    value = getattr(options, field)
    return set(value) if field == "output_modes" else value


@pytest.mark.parametrize(("field", "flag"), TYPED.items())
@given(text=HARD | texts)
@examples(150)
def test_what_one_refuses_the_other_refuses_in_the_same_words(
    field: str, flag: str, text: str
) -> None:
    by_form = read_options(shown(Draft.model_validate({field: text})))
    by_command = split_flags(as_slack_sends(f"start x --{flag} {quoted(text)}"))[1]
    row = next(f for f in START_FLAGS if f.name == flag)
    if isinstance(by_form, FieldErrors):
        assert by_command.problem == f"--{flag}: {by_form[field]}"
    elif by_command.problem:
        assert not text.strip(f" {row.separators}")
        assert by_command.problem.startswith(f"--{flag} needs a value")
    else:
        assert getattr(by_command.options, field) == getattr(by_form, field)


@given(st.integers(0, 3000), st.integers(0, 3000))
@example(100, 720)
@example(1920, 1200)
@example(150, 180)
def test_a_size_is_refused_in_the_same_words(width: int, height: int) -> None:
    size = {"width": str(width), "height": str(height)}
    by_form = read_options(Draft.model_validate({"resolution": "custom", **size}))
    by_command = split_flags(f"start x --res {width}x{height}")[1]
    if isinstance(by_form, FieldErrors):
        assert by_command.problem == f"--res: {' '.join(by_form.values())}"
    else:
        assert by_command.options == by_form


@given(st.lists(st.sampled_from(["Agenda", "x" * 100, "x" * 101, "At 9:30"]), max_size=6))
def test_sections_are_refused_in_the_same_words(titles: list[str]) -> None:
    sections = [{"id": n, "title": t, "format": "bullets"} for n, t in enumerate(titles)]
    by_form = read_options(shown(Draft.model_validate({"sections": sections})))
    line = " ".join(f'--section "{title}:bullets"' for title in titles)
    by_command = split_flags(f"start x --summary {line}")[1]
    if isinstance(by_form, FieldErrors):
        assert by_command.problem == f"--section: {' '.join(dict.fromkeys(by_form.values()))}"
    else:
        assert by_command.options == by_form


@given(st.dictionaries(st.sampled_from([*map(str, range(3))]) | st.text(max_size=9), texts))
@example({"section_title.0": "a"})
@example({"section_title.0": "a", "section_format.0": "table"})
@example({"transcription": "off", "vocabulary": "a"})
@example({"summary": "off", "context": "a"})
@example({"audio_only": "on", "resolution": "720p"})
def test_judging_never_raises(raw: dict[str, str]) -> None:
    judged = parse_options(raw)
    assert isinstance(judged, RecordingOptions) or all(judged.values())


RAWS = st.dictionaries(
    st.sampled_from(
        [i for o in OPTIONS for i in (o.field, *o.inputs) if "section" not in i]
        + ["section_title.0", "section_format.0", "section_title.4"]
    ),
    texts | st.sampled_from(["on", "off", "custom", "720p", "txt,srt", "pdf", "table"]),
)


@given(RAWS)
def test_every_refusal_names_an_input_and_fills_a_form(raw: dict[str, str]) -> None:
    judged = parse_options(raw)
    if isinstance(judged, FieldErrors):
        assert all(option_of(input_id) in OPTIONS for input_id in judged)
        assert all(
            sentence.endswith((".", "…")) or "://" in sentence for sentence in judged.values()
        )
    draft_of_raw(raw)


@given(drafts)
def test_what_a_form_says_is_judged_as_its_draft(draft: Draft) -> None:
    assert read_options(draft) == parse_options(raw_of(draft))
    assert read_options(draft_of_raw(raw_of(draft))) == read_options(draft) or isinstance(
        read_options(draft), FieldErrors
    )


@given(expressible(), expressible())
def test_options_laid_over_others_are_the_same_written(
    base: RecordingOptions, over: RecordingOptions
) -> None:
    both = laid_over(base, over)
    assert laid_over(base, RecordingOptions()) == base
    assert laid_over(RecordingOptions(), over) == over
    assert parse_options(overlaid(write_options(base), write_options(over))) == both


def test_what_is_as_the_template_has_it_is_not_written() -> None:
    assert write_options(RecordingOptions()) == {}


def test_each_option_is_a_field_and_has_its_flags() -> None:
    assert {o.field for o in OPTIONS} == set(RecordingOptions.model_fields)
    names = [flag.name for flag in START_FLAGS]
    assert len(names) == len(set(names))
    for flag in START_FLAGS:
        assert (flag.takes is Takes.NOTHING) == (not flag.placeholder)
    for option in OPTIONS:
        before = OPTIONS[: OPTIONS.index(option)]
        assert option.needs is None or option_of(option.needs) in before
