"""The table of commands: what help says, and that every row holds."""

import pytest
from inline_snapshot import snapshot

from bot.features.commands.flags import split_flags
from bot.features.commands.listeners import FIND, RULES
from bot.features.commands.table import TABLE
from bot.features.commands.understanding import understand
from bot.features.commands.understood import Where
from bot.features.commands.words import Intent
from tests.unit.features.commands.test_understanding import WORLDS


def test_help_lists_every_command() -> None:
    lines = [f"{entry.usage} — {entry.help}" for entry in TABLE]
    assert lines == snapshot(
        [
            "/record — Open the start form.",
            "/record start [room] [options] — Start recording a room, at once or at a time: in 10m, at 15:00, for 30m, until 16:00. Without a room, open the form.",
            "/record schedule [room] [when] [options] — Record a room at a time, once or repeatedly. Without a room, list what is scheduled.",
            "/record schedules — List what is scheduled and which rooms are recorded automatically.",
            "/record auto [room] [on|off] — Record every session of a room, and stop when the last person leaves. Say on, on 2 (once two people are there), end (only stop), or off.",
            "/record stop [room] — Stop the recording of a room.",
            "/record pause [room] — Pause the recording of a room.",
            "/record resume [room] — Continue a paused recording.",
            "/record status — Show what is being recorded now.",
            "/record list [room] [n] — List past recordings, 10 by default.",
            "/record find <words> — Find what was said: words, then in <room>, from <person>, since <date>.",
            "/record follow [room] — Show a card here for every recording of a room. Without a room, list followed rooms.",
            "/record unfollow [room] — Stop following a room in this channel.",
            "/record doctor — Show what is waiting and why, and check the connections to Slack and 100ms.",
            "/record settings — Set this channel's default room, who can start and stop, and where results go.",
            "/record presets — Show, edit and delete presets.",
            "/record help [command] — Explain all commands, or one of them.",
        ]
    )


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


@pytest.mark.parametrize("entry", TABLE, ids=lambda e: e.word or "form")
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
