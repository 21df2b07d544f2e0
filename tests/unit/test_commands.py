"""The grammar of `/record`: one table of examples for each line of the spec, and its laws."""

import string
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.command_table import (
    MAX_LIST_COUNT,
    TABLE,
    command_help,
    entry_of,
    help_topics,
)
from bot.domain.commands import (
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
    parse,
)
from bot.domain.lexer import fold
from bot.domain.options import (
    NAMED_RESOLUTIONS,
    RecordingOptions,
    Resolution,
    Section,
)


def start(room: str | None = None, **options: object) -> Start:
    return Start(room, RecordingOptions.model_validate(options))


def as_slack_sends(line: str) -> str:
    """The text field of a slash command: without the command, with & < > escaped."""
    text = line.removeprefix("/record").lstrip()
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def error(text: str) -> CommandError:
    result = parse(text)
    assert isinstance(result, CommandError), result
    return result


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", OpenForm()),
        ("  \u00a0\u200b ", OpenForm()),
        ("/record", OpenForm()),
        ("start", start()),
        ("start standup", start("standup")),
        ("/record start standup", start("standup")),
        ("START Standup", start("Standup")),
        ("start design review", start("design review")),
        ("start design review --audio", start("design review", audio_only=True)),
        ("start --audio design review", start("design review", audio_only=True)),
        ("start help", start("help")),
        ("start stop", start("stop")),
        ('start "--audio"', start("--audio")),
        ("start design - review", start("design - review")),
        ("start design -review", start("design -review")),
        ("start Anna's room", start("Anna's room")),
        ("start 'Anna's room'", start("Anna's room")),
        ("start Anna’s room", start("Anna’s room")),
        ('start 27" screen', start('27" screen')),
        ("start 65f0c1d2e3a4b5c6d7e8f901", start("65f0c1d2e3a4b5c6d7e8f901")),
        (
            "start <https://acme.app.100ms.live/meeting/abc-defg-hij|acme>",
            start("https://acme.app.100ms.live/meeting/abc-defg-hij"),
        ),
        ("start R&amp;D &lt;3", start("R&D <3")),
        ("start 🎧 غرفة", start("🎧 غرفة")),
        ("start 👩\u200d💻 pairing", start("👩\u200d💻 pairing")),
        ("\u200bstart\u00a0stand\u200bup\ufeff", start("standup")),
        ("stop", Stop()),
        ("stop standup", Stop("standup")),
        ('stop "stop"', Stop("stop")),
        ("pause", Pause()),
        ("Pause design review", Pause("design review")),
        ("resume", Resume()),
        ("resume “design review”", Resume("design review")),
        ("status", Status()),
        ("STATUS", Status()),
        ("list", List()),
        ("list 5", List(None, 5)),
        ("list standup", List("standup")),
        ("list design review 5", List("design review", 5)),
        ('list "sprint 12"', List("sprint 12")),
        ('list "sprint 12" 3', List("sprint 12", 3)),
        ('list "5"', List("5")),
        ("list 012345678901234567890123", List("012345678901234567890123")),
        ("help", Help()),
        ("help start", Help("start")),
        ("HELP Stop", Help("stop")),
        ("--help", Help()),
        ("start standup --help", Help("start")),
        ("stop -h", Help("stop")),
    ],
)
def test_commands(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
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
        ("-audio", {"audio_only": True}),
        ("--url https://a.test/x?a=1&amp;b=2", {"meeting_url": "https://a.test/x?a=1&b=2"}),
        ("--url <https://a.test/x|a.test/x>", {"meeting_url": "https://a.test/x"}),
        ("--url &lt;https://a.test/x&gt;", {"meeting_url": "https://a.test/x"}),
        ("--destination s3", {"destination": "s3"}),
        ("--destination our bucket --audio", {"destination": "our bucket", "audio_only": True}),
        ("--transcript", {"transcription": True}),
        ("--no-transcript", {"transcription": False}),
        ("--no_transcript", {"transcription": False}),
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
    assert parse(f"start standup {text}") == start("standup", **options)


@pytest.mark.parametrize("opening_closing", ["“”", "„“", "””", '""', "«»", "»«", "‘’", "‚‘", "''"])
def test_every_quote_that_slack_types(opening_closing: str) -> None:
    a, b = opening_closing[0], opening_closing[1]
    text = f"start {a}design review{b} --context {a}on our way, again{b} --audio"
    assert parse(text) == start("design review", context="on our way, again", audio_only=True)


def test_quotes_of_mixed_kinds_close_before_the_next_option() -> None:
    text = 'start "design review” --context “a "b" c" --audio'
    assert parse(text) == start("design review", context='a "b" c', audio_only=True)


@pytest.mark.parametrize("dash", ["--", "—", "–", "――", "—-", "\u200b--", "-\u200b-"])
def test_every_dash_that_slack_types(dash: str) -> None:
    assert parse(f"start a {dash}res 720p {dash}no-summary") == start(
        "a", resolution=NAMED_RESOLUTIONS["720p"], summary=False
    )


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("standup", "/record start standup"),
        ("design review --audio", '/record start "design review" --audio'),
        ("strat standup", "/record start standup"),
        ("Stpo standup", "/record stop standup"),
        ("pasue", "/record pause"),
        ("end standup", "/record stop standup"),
        ('"start"', "/record start start"),
        ("?", "/record help"),
        ("--audio standup", "/record start standup --audio"),
        ("start x --tempratur 0.3", "/record start x --temperature 0.3"),
        ("start x —resolution 720p", "/record start x --res 720p"),
        ("start x --foo bar", "/record start x"),
        ("start --foo bar", "/record start bar"),
        ("start x --no-audio", "/record start x"),
        ("start x --res 4k", "/record start x --res 1080p"),
        ("start x --res 480p", "/record start x --res 852x480"),
        ("start x --res 3840x2160", "/record start x --res 1080p"),
        ("start x --res 2160x3840", "/record start x --res 1080x1920"),
        ("start x --res 0x0", "/record start x --res 192x144"),
        ("start x --res banana", "/record start x"),
        ("start x --res", "/record start x"),
        ("start x --res --audio", "/record start x --audio"),
        ("start x --res 720p --res 1080p", "/record start x --res 1080p"),
        ("start x --audio=yes", "/record start x --audio"),
        ("start x --audio=no", "/record start x"),
        ("start x --audio off", "/record start x"),
        ("start x --transcript off", "/record start x --no-transcript"),
        ("start x --summary=false", "/record start x --transcript --no-summary"),
        ("start x --no-summary no", "/record start x --summary"),
        ("start x --summary yes --audio", "/record start x --audio --summary"),
        ("please start standup", "/record start standup"),
        ("record stop standup", "/record stop standup"),
        ("record standup", "/record start standup"),
        ("start x --url a.test/x", "/record start x --url https://a.test/x"),
        ("start x --url :", "/record start x"),
        ("start x --url ftp://a.test/x", "/record start x"),
        ("start x --url https://", "/record start x"),
        ("start x --modes pdf,text", "/record start x --modes txt"),
        ("start x --modes pdf", "/record start x"),
        ("start x --vocab ,", "/record start x"),
        ("start x --temperature 3", "/record start x --temperature 1.0"),
        ("start x --temperature 30%", "/record start x --temperature 0.3"),
        ("start x --temperature warm", "/record start x"),
        ("start x --section Agenda:bulets", "/record start x --section Agenda:bullets"),
        ("start x --section :bullets", "/record start x"),
        ("start x --section :table", "/record start x"),
        ("start x --section Agenda:table", "/record start x --section Agenda:bullets"),
        ("start x --res 1280 x", "/record start x"),
        ("start x --res 1920 x 1200", "/record start x --res 1728x1080"),
        ("start x --audio --res 720p", "/record start x --audio"),
        ("start x --no-transcript --vocab a", "/record start x --no-transcript"),
        ("start x --context a --no-summary", "/record start x --transcript --no-summary"),
        ("start x --transcript --no-transcript", "/record start x --no-transcript"),
        ("start x --audio y z", "/record start x --audio"),
        ('start "design review --audio', '/record start "design review" --audio'),
        ("start “design review", '/record start "design review"'),
        ("stop x --audio", "/record stop x"),
        ("status now", "/record status"),
        ("list sprint 500", "/record list sprint 20"),
        ("list 0", "/record list 1"),
        ("help strat", "/record help start"),
        ("help banana", "/record help"),
    ],
)
def test_corrections(text: str, corrected: str) -> None:
    assert error(text).corrected == corrected
    assert not isinstance(parse(as_slack_sends(corrected)), CommandError)


def test_a_bad_option_answers_with_reason_accepted_values_and_correction() -> None:
    assert error("start standup --res 4k --modes pdf,txt") == snapshot(
        CommandError(
            reason="“4k” is not a resolution. “pdf” is not an output mode.",
            accepted="""\
--res takes 720p, 1080p, portrait or WIDTHxHEIGHT such as 1280x720 \
(smaller side 144 to 1080, larger side 192 to 1920 pixels).
--modes takes txt, srt and json, separated by commas.\
""",
            corrected="/record start standup --res 1080p --modes txt",
            usage="/record start [room] [options]",
        )
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("standup", "There is no command “standup”."),
        ("--audio", "The command is missing."),
        ("start --tempratur 0.3", "There is no option --tempratur."),
        ("start --res 100x100", "The smaller side must be 144 to 1080 pixels."),
        ("start --res", "--res needs a value."),
        ("start --temperature 3", "The temperature must be from 0.1 to 1.0."),
        (f"start --context {'a' * 301}", "The context must be at most 300 characters."),
        (f"start --destination {'a' * 256}", "The destination must be at most 255 characters."),
        (f"start --section {'a' * 101}", "A section title must be at most 100 characters."),
        ("start " + "--section a " * 7, "There are too many --section options."),
        (f"start --vocab {'a,' * 501}", "The vocabulary holds at most 500 words."),
        ("start --url x", "The meeting URL must be a full web address, such as https://…."),
        ("start --audio --audio", "--audio is given twice."),
        ('start "a', "The quote before “a” is never closed."),
        ('start "', "The quote at the end is never closed."),
        ("start x --transcript off", "--transcript takes no value."),
        ("a" * 9000, "The command is too long."),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    assert error(text).reason == reason


def test_too_long_a_context_is_cut_at_a_word() -> None:
    corrected = error(f"start x --context {'word ' * 100}").corrected
    assert corrected is not None
    again = parse(corrected)
    assert isinstance(again, Start)
    assert again.options.context == ("word " * 60).strip()


def test_help_lists_every_command() -> None:
    lines = [f"{line.usage} — {line.help}" for line in help_topics()]
    assert lines == snapshot(
        [
            "/record — Open the start form.",
            "/record start [room] [options] — Start recording a room at once. "
            "Without a room, open the form.",
            "/record stop [room] — Stop the recording of a room.",
            "/record pause [room] — Pause the recording of a room.",
            "/record resume [room] — Continue a paused recording.",
            "/record status — Show what is being recorded now.",
            "/record list [room] [n] — List past recordings, 10 unless you say how many.",
            "/record follow [room] — Show a card here for every recording of a room. "
            "Without a room, list those followed.",
            "/record unfollow [room] — Show no more cards here for recordings of a room "
            "that others start.",
            "/record doctor — Show what waits and why, and whether Slack and 100ms work with the bot.",
            "/record settings — Set the default room, who may start and stop, and where results go, in this channel.",
            "/record presets — Show the presets, to edit or delete them.",
            "/record help [command] — Explain the commands, or one of them.",
        ]
    )


def test_help_start_explains_every_option() -> None:
    about = command_help("start")
    assert about is not None
    assert about.example == snapshot(
        '/record start "design review" --res 720p --section "Agenda:bullets"'
    )
    assert [f"{o.usage} — {o.help}" for o in about.options] == snapshot(
        [
            "--res <size> — Set the size of the video.",
            "--audio — Record sound only.",
            "--url <meeting url> — Record this page in place of the room's own.",
            "--destination <name> — Store the files in this destination of the template.",
            "--transcript — Make a transcript.",
            "--no-transcript — Make no transcript.",
            "--modes <list> — Choose the files of the transcript.",
            '--vocab "<a, b, c>" — Name words that the transcript must spell right.',
            "--summary — Make a summary, and the transcript for it.",
            "--no-summary — Make a transcript, but no summary.",
            '--context "<text>" — Say what the meeting is about, for the summary.',
            "--temperature <number> — Set how freely the summary is worded.",
            '--section "<title:format>" — Add a section to the summary. Repeat for more.',
            "--preset <name> — Take the options of a preset. Those that you give go before.",
        ]
    )
    assert [o.accepted for o in about.options if o.accepted] == snapshot(
        [
            "720p, 1080p, portrait or WIDTHxHEIGHT such as 1280x720 "
            "(smaller side 144 to 1080, larger side 192 to 1920 pixels)",
            "a full web address such as https://acme.app.100ms.live/meeting/abc-defg-hij",
            "the name of a destination of the room's template, at most 255 characters",
            "txt, srt and json, separated by commas",
            "words separated by commas, at most 500",
            "text of at most 300 characters",
            "a number from 0.1 to 1.0",
            "a title, then :bullets (the default) or :paragraph. "
            "At most 6 sections, titles of at most 100 characters",
            "the name of a preset, at most 40 characters",
        ]
    )


def test_help_of_an_unknown_word_is_none() -> None:
    assert command_help("banana") is None


@pytest.mark.parametrize("entry", TABLE, ids=lambda e: e.word or "form")
def test_every_row_is_complete_and_its_example_parses(entry: object) -> None:
    row = next(e for e in TABLE if e is entry)
    assert row.help.endswith(".")
    assert "!" not in row.help
    assert row.example.startswith("/record")
    assert not isinstance(parse(row.example), CommandError)
    for option in row.options:
        assert option.help.endswith(".")
        assert bool(option.placeholder) == bool(option.accepted)


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
        assert result.corrected is not None
        assert not isinstance(parse(as_slack_sends(result.corrected)), CommandError)
        assert not isinstance(parse(result.corrected.removeprefix("/record")), CommandError)


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
            WORDS.map(lambda w: w.replace(",", " ").strip()).filter(bool), max_size=4
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
def test_long_text_is_read_quickly(piece: str) -> None:
    began = time.perf_counter()
    parse("start " + piece * (7900 // len(piece)))
    assert time.perf_counter() - began < 1.0
