"""What is understood: an example for each line of the grammar."""

import pytest

from bot.core.options import (
    NAMED_RESOLUTIONS,
    RecordingOptions,
    Resolution,
)
from bot.features.commands.model import (
    Command,
    Help,
    List,
    OpenForm,
    Pause,
    Resume,
    Start,
    Status,
    Stop,
)
from bot.features.commands.parser import parse


def start(room: str | None = None, **options: object) -> Start:
    return Start(room, RecordingOptions.model_validate(options))


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
