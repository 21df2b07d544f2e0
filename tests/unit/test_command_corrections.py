"""What is not understood: the reason, and the command that works."""

import pytest
from inline_snapshot import snapshot

from bot.features.commands.model import (
    CommandError,
    Start,
)
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
--res accepts 720p, 1080p, portrait or WIDTHxHEIGHT such as 1280x720 (smaller side 144 to 1080, larger side 192 to 1920 pixels).
--modes accepts txt, srt and json, separated by commas.\
""",
            corrected="/record start standup --res 1080p --modes txt",
            usage="/record start [room] [options]",
        )
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("standup", "Unknown command “standup”."),
        ("--audio", "The command is missing."),
        ("start --tempratur 0.3", "Unknown option --tempratur."),
        ("start --res 100x100", "The smaller side must be 144 to 1080 pixels."),
        ("start --res", "--res needs a value."),
        ("start --temperature 3", "The temperature must be from 0.1 to 1.0."),
        (f"start --context {'a' * 301}", "The context must be at most 300 characters."),
        (f"start --destination {'a' * 256}", "The destination must be at most 255 characters."),
        (f"start --section {'a' * 101}", "A section title must be at most 100 characters."),
        ("start " + "--section a " * 7, "Too many --section options."),
        (f"start --vocab {'a,' * 501}", "The vocabulary can have at most 500 words."),
        ("start --url x", "The meeting URL must be a full web address, such as https://…."),
        ("start --audio --audio", "--audio is given twice."),
        ('start "a', "The quote before “a” is not closed."),
        ('start "', "The quote at the end is not closed."),
        ("start x --transcript off", "--transcript does not accept a value."),
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
