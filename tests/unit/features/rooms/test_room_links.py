"""Links to rooms, as they stand in messages; and what is said to the bot by its name."""

import pytest

from bot.features.commands.listeners import said_to
from bot.features.rooms.model import room_links, texts_of
from tests.unit.rows import each_row

ROOM = "65f0c0ffee00000000000001"
LINK = f"https://acme.app.100ms.live/preview/{ROOM}/host"


@each_row(
    ("text", "found"),
    [
        (f"<{LINK}>", [LINK]),
        (f"<{LINK}|the room>", [LINK]),
        (f"Join ({LINK}?a=1&amp;b=2).", [f"{LINK}?a=1&b=2"]),
        (
            "https://acme.app.100ms.live/meeting/abc-defg-hij,",
            ["https://acme.app.100ms.live/meeting/abc-defg-hij"],
        ),
        (f"{LINK} and {LINK}", [LINK]),
        ("https://dashboard.100ms.live/rooms", []),
        (f"https://100ms.live.example.com/preview/{ROOM}/host", []),
        (f"javascript:alert(1) {ROOM}", []),
        ("", []),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    assert list(room_links([text])) == found


def test_every_corner_of_a_message_is_looked_into() -> None:
    message = {
        "blocks": [{"type": "rich_text", "elements": [{"elements": [{"url": LINK}, 5, None]}]}],
        "text": "no link",
        "attachments": [{"title_link": f"{LINK}?x"}],
    }
    assert set(room_links(texts_of(message))) == {LINK, f"{LINK}?x"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0BOT> stop", "stop"),
        (" <@U0BOT|record-bot>, start x", "start x"),
        ("<@U0BOT>", ""),
        ("<@U0BOT>: <@U0BOT> status", "status"),
        ("thanks <@U0BOT>", "thanks <@U0BOT>"),
        ("<@U0OTHER> stop", "<@U0OTHER> stop"),
        ("stop", "stop"),
    ],
)
def test_what_is_said_to_the_bot(text: str, words: str) -> None:
    assert said_to("U0BOT", text) == words
