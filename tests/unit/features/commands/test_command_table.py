"""The table of commands: what help says, and that every row holds."""

import re
from pathlib import Path
from typing import Any

from inline_snapshot import snapshot

from bot.features.commands.flags import split_flags
from bot.features.commands.listeners import FIND, RULES
from bot.features.commands.model import Where
from bot.features.commands.table import MENU, TABLE
from bot.features.commands.understand import understand
from bot.features.commands.views import Menu, help_lines
from bot.features.commands.vocabulary import Intent
from bot.features.options.table import START_FLAGS
from tests.unit.features.commands.test_understanding import WORLDS
from tests.unit.rows import each_row

WORD = re.compile(r"(?:--)?[a-z][a-z-]*")


def test_the_menu_stands_for_every_command() -> None:
    words = [word for line in MENU for word in line.words]
    assert sorted(words) == sorted(entry.word for entry in TABLE)
    assert all(len(f"/record {line.example} {line.help}") <= 62 for line in MENU)  # on a phone


def test_the_readme_has_every_command_and_option() -> None:
    """A new one gets a row there."""
    readme = (Path(__file__).parents[4] / "README.md").read_text(encoding="utf-8")
    commands = {entry.word for entry in TABLE if entry.word}
    in_rows = {
        word for row in readme.splitlines() if row.startswith("|") for word in WORD.findall(row)
    }
    assert commands <= in_rows, commands - in_rows
    flags = {f"--{flag.name}" for flag in START_FLAGS}
    assert flags <= in_rows, flags - in_rows


def test_the_menu_leaves_out_what_a_person_may_not_do() -> None:
    def offered(**may: Any) -> list[str]:
        shown = help_lines(Menu(**may))
        return [line.example for line in MENU if any(f"/record {line.example}" in s for s in shown)]

    everything = offered(join=True, settings="C1")
    assert everything == [line.example for line in MENU]
    assert offered(start=False, member=False) == [
        "status",
        "list standup",
        "find budget",
    ]
    assert set(everything) - set(offered(settings="C1")) == {"join standup"}
    assert set(everything) - set(offered(join=True)) == {"settings"}  # a direct message
    assert set(everything) - set(offered(join=True, settings="C1", search=False)) == {"find budget"}


def test_help_start_explains_every_option() -> None:
    about = next(entry for entry in TABLE if entry.word == "start")
    assert about.example == snapshot(
        '/record start "design review" --res 720p --section "Agenda:bullets"'
    )
    assert [f"{o.usage} — {o.help}" for o in about.options] == snapshot(
        [
            "--res <size> — Set the size of the video.",
            "--audio — Record sound only.",
            "--transcript — Make a transcript.",
            "--no-transcript — Do not make a transcript.",
            "--modes <list> — Choose the files of the transcript.",
            '--vocab "<a, b, c>" — List words that the transcript should spell correctly.',
            "--summary — Make a summary, and the transcript for it.",
            "--no-summary — Make a transcript, but no summary.",
            '--context "<text>" — Describe what the meeting is about, for the summary.',
            "--temperature <number> — Set how freely the summary is worded.",
            '--section "<title:format>" — Add a section to the summary. Repeat for more.',
            "--url <meeting url> — Record this page instead of the room's own.",
            "--destination <name> — Store the files in this destination of the template.",
            "--preset <name> — Use a preset. Options you give override it.",
        ]
    )
    assert [o.accepted for o in about.options if o.accepted] == snapshot(
        [
            "720p, 1080p, portrait or WIDTHxHEIGHT such as 1280x720 "
            "(smaller side 144 to 1080, larger side 192 to 1920 pixels)",
            "txt, srt and json, separated by commas",
            "words separated by commas, at most 500",
            "text of at most 300 characters",
            "a number from 0.1 to 1.0",
            "a title, then :bullets (the default) or :paragraph. "
            "At most 6 sections, titles of at most 100 characters",
            "a full web address such as https://acme.app.100ms.live/meeting/abc-defg-hij",
            "the name of a destination of the room's template, at most 255 characters",
            "the name of a preset, at most 40 characters",
        ]
    )


@each_row("entry", TABLE, ids=lambda e: e.word or "form")
def test_every_row_is_complete_and_its_example_is_understood(entry: object) -> None:
    row = next(e for e in TABLE if e is entry)
    assert row.help.endswith(".")
    assert "!" not in row.help
    assert row.example.startswith("/record")
    assert split_flags(row.example)[1].problem is None
    text = row.example.removeprefix("/record").strip()
    if not (FIND.fullmatch(text) or RULES.fullmatch(text)):
        meant = understand(text, Where.SLASH, WORLDS[Where.SLASH])
        assert meant.intent is not Intent.UNKNOWN
    for option in row.options:
        assert option.help.endswith(".")
        assert bool(option.placeholder) == bool(option.accepted)
