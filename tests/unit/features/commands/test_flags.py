"""What is written as `--options`: read, refused with a reason, and never guessed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.options import NAMED_RESOLUTIONS, RecordingOptions, Resolution
from bot.features.commands.flags import Flags, split_flags
from bot.features.options.drafts import draft_of_raw
from bot.features.options.table import START_FLAGS
from tests.patience import ENDS
from tests.unit.examples import examples
from tests.unit.rows import each_row


def read(text: str) -> RecordingOptions:
    _, flags = split_flags(text)
    assert flags.problem is None
    return flags.options


@each_row(
    ("text", "head"),
    [
        ("", ""),
        ("start standup", "start standup"),
        ("start design review --audio", "start design review"),
        ("start --audio design review", "start design review"),
        ("--audio standup", "standup"),
        ('start "--audio"', 'start "--audio"'),
        ("start design - review", "start design - review"),
        ("start design -review", "start design -review"),
    ],
)
def test_words_that_are_no_options_are_the_order(text: str, head: str) -> None:
    assert split_flags(text)[0] == head


@pytest.mark.parametrize("text", ["-h", "-?", "start standup --help", "--help"])
def test_help_is_asked_for(text: str) -> None:
    assert split_flags(text)[1].help


@each_row(
    ("text", "options"),
    [
        ("--res 1280x720", {"resolution": NAMED_RESOLUTIONS["720p"]}),
        ("--res 1280 X 720", {"resolution": NAMED_RESOLUTIONS["720p"]}),
        ("--res 640×480", {"resolution": Resolution(width=640, height=480)}),
        ("--res 720p", {"resolution": NAMED_RESOLUTIONS["720p"]}),
        ("--RES 1080P", {"resolution": NAMED_RESOLUTIONS["1080p"]}),
        ("--res=Portrait", {"resolution": NAMED_RESOLUTIONS["portrait"]}),
        ("--res 720p\u200b", {"resolution": NAMED_RESOLUTIONS["720p"]}),
        ("--audio", {"audio_only": True}),
        ("--url https://a.test/x?a=1&amp;b=2", {"meeting_url": "https://a.test/x?a=1&b=2"}),
        ("--url <https://a.test/x|a.test/x>", {"meeting_url": "https://a.test/x"}),
        ("--url &lt;https://a.test/x&gt;", {"meeting_url": "https://a.test/x"}),
        ("--destination s3", {"destination": "s3"}),
        ("--destination our bucket --audio", {"destination": "our bucket", "audio_only": True}),
        ("--transcript", {"transcription": True}),
        ("--no-transcript", {"transcription": False}),
        ("--no_transcript", {"transcription": False}),
        ("--transcript on", {"transcription": True}),
        ("--transcript off", {"transcription": False}),
        ("--summary=No", {"summary": False}),
        ("--no-summary false", {"summary": True}),
        ("--audio yes", {"audio_only": True}),
        ("--modes txt,srt,json", {"output_modes": ("txt", "srt", "json")}),
        ("--modes TXT, srt , json", {"output_modes": ("txt", "srt", "json")}),
        ("--modes txt,txt", {"output_modes": ("txt",)}),
        ('--vocab "a, b, c"', {"vocabulary": ("a", "b", "c")}),
        ("--vocab a, b c, d", {"vocabulary": ("a", "b c", "d")}),
        ('--vocab "a b", "c d"', {"vocabulary": ("a b", "c d")}),
        ('--vocab="a, b"', {"vocabulary": ("a", "b")}),
        ("--summary", {"summary": True}),
        ("--no-summary", {"summary": False}),
        ('--context "Weekly sync"', {"context": "Weekly sync"}),
        ("--context Weekly sync", {"context": "Weekly sync"}),
        ('--context "a \\"b\\" \\\\ c\\d"', {"context": 'a "b" \\ c\\d'}),
        ("--temperature 0.3", {"temperature": 0.3}),
        ("--temperature 0,3", {"temperature": 0.3}),
        ("--temperature .3", {"temperature": 0.3}),
        ("--section Agenda", {"sections": [{"title": "Agenda", "format": "bullets"}]}),
        (
            '--section "Agenda:bullets" --section "Key: points:Paragraph"',
            {
                "sections": [
                    {"title": "Agenda", "format": "bullets"},
                    {"title": "Key: points", "format": "paragraph"},
                ]
            },
        ),
        (
            '--section "Next steps":paragraph',
            {"sections": [{"title": "Next steps", "format": "paragraph"}]},
        ),
        (
            "--section Next steps: paragraph",
            {"sections": [{"title": "Next steps", "format": "paragraph"}]},
        ),
        ("--section At 9:30", {"sections": [{"title": "At 9:30", "format": "bullets"}]}),
    ],
)
def test_options(text: str, options: dict[str, object]) -> None:
    assert read(f"start standup {text}") == RecordingOptions.model_validate(options)


@each_row("opening_closing", ["“”", "„“", "””", '""', "«»", "»«", "‘’", "‚‘", "''"])
def test_every_quote_that_slack_types(opening_closing: str) -> None:
    a, b = opening_closing[0], opening_closing[1]
    text = f"start x --context {a}on our way, again{b} --audio"
    assert read(text) == RecordingOptions(context="on our way, again", audio_only=True)


def test_quotes_of_mixed_kinds_close_before_the_next_option() -> None:
    text = 'start x --context “a "b" c" --audio'
    assert read(text) == RecordingOptions(context='a "b" c', audio_only=True)


@pytest.mark.parametrize("dash", ["--", "—", "–", "――", "—-"])
def test_every_dash_that_slack_types(dash: str) -> None:
    assert read(f"start a {dash}res 720p {dash}no-summary") == RecordingOptions(
        resolution=NAMED_RESOLUTIONS["720p"], summary=False
    )


@pytest.mark.parametrize(
    ("text", "reason", "name"),
    [
        ("start x --tempratur 0.3", "--tempratur. Did you mean --temperature?", "temperature"),
        ("start x —resolution 720p", "--resolution. Did you mean --res?", "resolution"),
        ("start x --vocabulary a", "--vocabulary. Did you mean --vocab?", "vocabulary"),
    ],
)
def test_the_nearest_name_is_suggested_and_fills_the_form(
    text: str, reason: str, name: str
) -> None:
    _, flags = split_flags(text)
    assert flags.problem == f"Unknown option {reason}"
    assert flags.options == RecordingOptions()
    assert name in flags.raw


@pytest.mark.parametrize("typed", ["foo", "no-audio"])
def test_a_name_like_no_other_is_answered_with_all_of_them(typed: str) -> None:
    problem = split_flags(f"start x --{typed} bar")[1].problem
    assert problem is not None
    assert problem.startswith(f"Unknown option --{typed}. Options: --res, --audio")
    assert all(f"--{flag.name}" in problem for flag in START_FLAGS)


@each_row(
    ("text", "reason"),
    [
        (
            "start --res 4k",
            "--res: “4k” is not a resolution. Use 720p, 1080p, portrait or a size like 1280x720.",
        ),
        (
            "start --res 480p",
            "--res: “480p” is not a resolution. Use 720p, 1080p, portrait or a size like 1280x720.",
        ),
        (
            "start --res 1280 x",
            "--res: “1280 x” is not a resolution. "
            "Use 720p, 1080p, portrait or a size like 1280x720.",
        ),
        (
            "start --res 3840x2160",
            "--res: The width must be 144 to 1920 pixels. The height must be 144 to 1920 pixels.",
        ),
        (
            "start --res 1920 x 1200",
            "--res: The smaller side must be at most 1080 pixels. Change the height.",
        ),
        (
            "start --res",
            "--res needs a value: 720p, 1080p, portrait or WIDTHxHEIGHT such as 1280x720 "
            "(smaller side 144 to 1080, larger side 192 to 1920 pixels).",
        ),
        ("start --res 720p --res 1080p", "--res is given twice. Give it once."),
        ("start x --audio=off", "Leave --audio out to turn it off."),
        ("start x --transcript=text", "--transcript does not accept a value."),
        ("start --temperature 3", "--temperature: Enter a number from 0.1 to 1.0, such as 0.5."),
        ("start --temperature +0.3", "--temperature: Enter a number from 0.1 to 1.0, such as 0.5."),
        ("start --temperature 30%", "--temperature: Enter a number from 0.1 to 1.0, such as 0.5."),
        (
            "start --url https:/acme.com/x",
            "--url: Add https:// at the start: https://acme.com/x",
        ),
        (
            "start --url x",
            "--url: Enter the full web address, such as https://acme.app.100ms.live/preview/….",
        ),
        (
            "start --modes pdf,text",
            "--modes: “pdf” is not a transcript file. Choose from txt, srt and json.",
        ),
        (
            f"start --context {'a' * 301}",
            "--context: This is 1 character too long. Shorten it to 300 or fewer.",
        ),
        (
            f"start --destination {'a' * 256}",
            "--destination: This is 1 character too long. Shorten it to 255 or fewer.",
        ),
        (
            f"start --section {'a' * 101}",
            "--section: This is 1 character too long. Shorten it to 100 or fewer.",
        ),
        ("start " + "--section a " * 7, "--section: At most 6 sections. Remove the others."),
        (
            "start --section Agenda:table",
            "--section: “table” is not a format. Choose bullets or paragraph.",
        ),
        ("start --section :bullets", "--section: Give this section a title, or remove it."),
        (
            f"start --vocab {','.join(map(str, range(501)))}",
            "--vocab: At most 500 words or terms. Remove 1 of them.",
        ),
        (
            "start --vocab ,",
            "--vocab needs a value: words separated by commas, at most 500.",
        ),
        (
            "start --preset " + "p" * 41,
            "--preset: The name of a preset has at most 40 characters.",
        ),
        (
            "start x --audio --res 720p",
            "--audio: An audio-only recording has no resolution. Leave out one of them.",
        ),
        (
            "start x --no-transcript --context a",
            "--no-transcript: The summary, transcript files and vocabulary need the transcript. "
            "Turn the transcript on or leave them out.",
        ),
        (
            "start x --context a --no-summary",
            "--no-summary: Context, temperature and sections belong to the summary. "
            "Turn the summary on or leave them out.",
        ),
        (
            "start x --transcript --no-transcript",
            "--transcript and --no-transcript exclude each other. Give one of them.",
        ),
        (
            "start x --audio y --modes txt w",
            "“w” does not belong to an option. Put text of several words in quotes.",
        ),
        ('start --vocab "a', "The quote before “a” is not closed."),
        ('start --audio "', "The quote at the end is not closed."),
    ],
)
def test_a_value_is_never_guessed(text: str, reason: str) -> None:
    _, flags = split_flags(text)
    assert flags.problem == reason
    assert flags.options == RecordingOptions()


def test_a_bad_option_keeps_what_was_understood() -> None:
    text = "start standup --res 4k --modes pdf,txt --vocab a --preset weekly"
    head, flags = split_flags(text)
    assert head == "start standup"
    assert flags == snapshot(
        Flags(
            text="--res 4k --modes pdf,txt --vocab a --preset weekly",
            preset="weekly",
            problem="""\
--res: “4k” is not a resolution. Use 720p, 1080p, portrait or a size like 1280x720.
--modes: “pdf” is not a transcript file. Choose from txt, srt and json.\
""",
            raw={"resolution": "4k", "output_modes": "pdf,txt", "vocabulary": "a"},
        )
    )


FRAGMENTS = st.sampled_from(
    [f"--{flag.name}" for flag in START_FLAGS]
    + ["--", "—", "–res", "-", "=", "--x", "--no-", "--help=", "720p", "4k", "txt,pdf", "0.3", "9"]
    + ['"', "“", "”", "'", "’", "«", "\\", ",", ":", ":bullets", ":bulets", "&amp;", "&lt;"]
    + ["<https://a.test|b>", "https://a.test", "strat", "Ä", "ß", "İ", "²", "\u200d", "\x1c"]
    + ["a" * 101, "b" * 301, "1" * 30, "x1", "100x100", "\n", "\u00a0", "\ufeff", "/record"]
)
LINES = st.lists(st.tuples(FRAGMENTS, st.sampled_from([" ", " ", " ", "", "="])), max_size=14).map(
    lambda parts: "".join(a + b for a, b in parts)
)


@given(st.text() | LINES)
@examples(750)
@example("start --section \\ --section '")
def test_reading_never_raises_and_fills_a_form(text: str) -> None:
    _, flags = split_flags(text)
    draft_of_raw(flags.raw)
    if flags.problem is not None:
        assert all(line.strip() for line in flags.problem.splitlines())
    else:
        assert not flags.raw


@given(st.lists(st.booleans(), min_size=40, max_size=40))
def test_case_never_matters(flips: list[bool]) -> None:
    line = "--res 1080p --no-summary --modes txt,srt"
    mixed = "".join(c.upper() if up else c for c, up in zip(line, flips, strict=True))
    assert read(f"start a {mixed}") == read(f"start a {line}")


@each_row("piece", ['"', '" ', '«a" ', "'a ", "--res ", "a ", "\\", "--x=", "“a”,"])
@ENDS
def test_long_text_is_not_read_for_ever(piece: str) -> None:
    rest, _ = split_flags("start --audio " + piece * (7900 // len(piece)))
    assert rest.startswith("start")
