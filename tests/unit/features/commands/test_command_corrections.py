"""What is not understood: the reason, what is accepted, and what was understood all the same."""

import pytest
from inline_snapshot import snapshot

from bot.features.commands.model import CommandError, Understood
from bot.features.commands.parser import parse
from tests.unit.slack_text import as_slack_sends


def error(text: str) -> CommandError:
    result = parse(text)
    assert isinstance(result, CommandError), result
    return result


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
        ("strat x --resolution 720p", "/record start x --res 720p"),
        ("please start standup", "/record start standup"),
        ("record stop standup", "/record stop standup"),
        ("record standup", "/record start standup"),
        ("help strat", "/record help start"),
    ],
)
def test_the_nearest_name_is_suggested(text: str, corrected: str) -> None:
    assert error(text).corrected == corrected
    assert not isinstance(parse(as_slack_sends(corrected)), CommandError)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("--audio --audio", "The command is missing.\n--audio is given twice. Give it once."),
        ("start --foo bar", "Unknown option --foo."),
        ("start x --no-audio", "Unknown option --no-audio."),
        (
            "start --res 4k",
            "--res: “4k” is not a resolution. Give 720p, 1080p, portrait or a size like 1280x720.",
        ),
        (
            "start --res 480p",
            "--res: “480p” is not a resolution. "
            "Give 720p, 1080p, portrait or a size like 1280x720.",
        ),
        (
            "start --res 1280 x",
            "--res: “1280 x” is not a resolution. "
            "Give 720p, 1080p, portrait or a size like 1280x720.",
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
        ("start x --audio=yes", "--audio does not accept a value."),
        ("start x --transcript off", "--transcript does not accept a value."),
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
        ("start x --audio y z", "“y z” does not belong to an option."),
        ('start "a', "The quote before “a” is not closed."),
        ('start "', "The quote at the end is not closed."),
        ("stop x --audio", "“stop” does not accept options."),
        ("status now", "“status” does not accept “now”: leave it out."),
        ("list sprint 500", "The list cannot show 500 recordings."),
        ("help banana", "Unknown command “banana”."),
        ("a" * 9000, "The command is too long."),
    ],
)
def test_a_value_is_never_guessed(text: str, reason: str) -> None:
    assert error(text).reason == reason
    assert error(text).corrected is None


def test_a_bad_option_answers_with_what_was_understood() -> None:
    assert error("start standup --res 4k --modes pdf,txt --vocab a --preset weekly") == snapshot(
        CommandError(
            reason="""\
--res: “4k” is not a resolution. Give 720p, 1080p, portrait or a size like 1280x720.
--modes: “pdf” is not a transcript file. Choose from txt, srt and json.\
""",
            accepted=None,
            corrected=None,
            usage="/record start [room] [options]",
            understood=Understood(
                room="standup",
                raw={"resolution": "4k", "output_modes": "pdf,txt", "vocabulary": "a"},
                preset="weekly",
            ),
        )
    )


def test_only_a_start_can_go_on_in_the_form() -> None:
    assert error("stop x --audio").understood is None
    assert error("list 500").understood is None
    assert error("dance --audio").understood == Understood("dance", {"audio_only": "on"})
