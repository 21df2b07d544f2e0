"""The laws of the grammar: whatever is typed, and whatever is written back."""

import string
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.options import (
    RecordingOptions,
    Section,
)
from bot.features.commands.model import (
    Command,
    CommandError,
    Help,
    List,
    OpenForm,
    Pause,
    Resume,
    Start,
    Status,
    Stop,
    command_line,
)
from bot.features.commands.parser import parse
from bot.features.commands.table import MAX_LIST_COUNT, TABLE, entry_of
from bot.features.options.drafts import draft_of_raw
from bot.kit.typed_text import fold
from tests.unit.slack_text import as_slack_sends

FRAGMENTS = st.sampled_from(
    [e.word for e in TABLE]
    + [f"--{o.name}" for o in entry_of("start").options]
    + ["--", "—", "–res", "-", "=", "--x", "--no-", "--help=", "720p", "4k", "txt,pdf", "0.3", "9"]
    + ['"', "“", "”", "'", "’", "«", "\\", "\\\\", ",", ":", ":bullets", ":bulets", "&amp;", "&lt;"]
    + [
        "<https://a.test|b>",
        "https://a.test",
        "strat",
        "design",
        "Ä",
        "ß",
        "İ",
        "²",
        "\u200d",
        "\x1c",
    ]
    + ["a" * 101, "b" * 301, "1" * 30, "x1", "100x100", "\n", "\u00a0", "\ufeff", "/record"]
)
COMMAND_LIKE = st.lists(
    st.tuples(FRAGMENTS, st.sampled_from([" ", " ", " ", "", "="])), max_size=14
).map(lambda parts: "".join(a + b for a, b in parts))


@given(st.one_of(st.text(), COMMAND_LIKE))
@settings(max_examples=500)
@example("start --section \\ --section '")
def test_parse_never_raises_and_every_correction_parses(text: str) -> None:
    result = parse(text)
    if isinstance(result, CommandError):
        assert result.reason
        if result.corrected is not None:
            assert not isinstance(parse(as_slack_sends(result.corrected)), CommandError)
            assert not isinstance(parse(result.corrected.removeprefix("/record")), CommandError)
        if result.understood is not None:
            draft_of_raw(result.understood.raw)


@given(COMMAND_LIKE)
@settings(max_examples=300)
def test_whatever_parses_is_written_back_the_same(text: str) -> None:
    result = parse(text)
    if not isinstance(result, CommandError):
        assert parse(as_slack_sends(command_line(result))) == result


WORDS = (
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
            st.sampled_from("\"“”«'’\\-—:,= <>&|"),
        ),
        min_size=1,
        max_size=30,
    )
    .map(lambda s: s.strip())
    .filter(bool)
)
SECTIONS = st.builds(Section, title=WORDS, format=st.sampled_from(["bullets", "paragraph"]))
ROOMS = st.none() | WORDS
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "meeting_url": st.just("https://a.test/x?y=“z”&w=%20'"),
        "destination": WORDS,
        "output_modes": st.lists(st.sampled_from(["txt", "srt", "json"]), unique=True),
        "vocabulary": st.lists(
            WORDS.map(lambda w: w.replace(",", " ").strip()).filter(bool), max_size=4, unique=True
        ),
        "context": WORDS,
        "temperature": st.floats(0.1, 1.0),
        "sections": st.lists(SECTIONS, max_size=3),
    },
)
SWITCHES = st.sampled_from(
    [
        {},
        {"audio_only": True},
        {"resolution": {"width": 720, "height": 1280}},
        {"resolution": {"width": 640, "height": 360}, "transcription": True},
        {"summary": True},
    ]
)
OPTIONS = st.builds(
    lambda a, b: RecordingOptions.model_validate(a | b), DETAILS, SWITCHES
) | st.sampled_from(
    [RecordingOptions(summary=False), RecordingOptions(transcription=False, summary=False)]
)
COMMANDS = st.one_of(
    st.builds(Start, ROOMS, OPTIONS),
    st.builds(Stop, ROOMS),
    st.builds(Pause, ROOMS),
    st.builds(Resume, ROOMS),
    st.builds(List, ROOMS, st.integers(1, MAX_LIST_COUNT)),
    st.builds(Help, st.sampled_from([None, *(e.word for e in TABLE if e.word)])),
    st.sampled_from([OpenForm(), Status()]),
)


@given(COMMANDS)
@settings(max_examples=300)
def test_command_line_round_trips(command: Command) -> None:
    assert parse(as_slack_sends(command_line(command))) == command


@given(st.sampled_from([e.word for e in TABLE if e.word]), st.data())
def test_case_of_commands_and_options_never_matters(word: str, data: st.DataObject) -> None:
    flips = st.lists(st.booleans(), min_size=40, max_size=40)

    def mixed(text: str) -> str:
        return "".join(
            c.upper() if up else c for c, up in zip(text, data.draw(flips), strict=False)
        )

    assert fold(mixed(word)) == word
    assert parse(mixed(word)) == parse(word)
    line = "--res 1080p --no-summary --modes txt,srt"
    assert parse(f"{mixed('start')} a {mixed(line)}") == parse(f"start a {line}")


@given(st.text(string.ascii_lowercase, min_size=1, max_size=12))
def test_a_lone_word_is_a_command_or_an_error_and_never_a_room(word: str) -> None:
    result = parse(word)
    assert isinstance(result, CommandError) == (word not in {e.word for e in TABLE})


@pytest.mark.parametrize("piece", ['"', '" ', '«a" ', "'a ", "--res ", "a ", "\\", "--x=", "“a”,"])
def test_long_text_is_not_read_for_ever(piece: str) -> None:
    began = time.process_time()
    parse("start " + piece * (7900 // len(piece)))
    assert time.process_time() - began < 5  # backtracking would take minutes
