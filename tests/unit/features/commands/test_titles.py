"""A recording's title: what of a text it is, and where it is shown."""

import pytest

from bot.core import facts as f
from bot.core.titles import TITLE_MOST, title_of
from bot.features.card.views import recording_card
from bot.features.commands.model import Outcome, Why
from bot.features.details.views import ViewerAccess, details_view
from tests.unit.features.commands.test_understanding import understood
from tests.unit.rows import each_row
from tests.unit.views_samples import NAME, RUNS, at, recording


@each_row(
    ("where", "text", "room", "title"),
    [
        ("slash", "rename standup Launch retro", "standup", "Launch retro"),
        ("slash", 'rename "design review" Mine', "Design review", "Mine"),
        ("slash", 'rename “standup” "weekly"', "standup", "weekly"),
        ("slash", "rename standup Q4 --final plan", "standup", "Q4 --final plan"),
        ("thread", "call this Q4 — the plan", "standup", "Q4 — the plan"),
        ("slash", "rename standup --res 720p", "standup", "--res 720p"),
        ("thread", 'call this "town hall"', "standup", "town hall"),
        ("slash", "rename webinar: Product demo", "webinar", "Product demo"),
        ("thread", "call this Q4 planning please", "standup", "Q4 planning"),
        ("thread", "rename this town hall", "standup", "town hall"),
        ("thread", "name it Monday 9:30 sync thanks!", "standup", "Monday 9:30 sync"),
        ("thread", "rename it as “Q&amp;A, part 2” :pray:", "standup", "Q&A, part 2"),
        ("thread", "rename this to Interview. Stop motion", "standup", "Interview. Stop motion"),
        ("thread", "call this stop the line review", "standup", "stop the line review"),
        ("thread", "can you rename this to Black Friday?", "standup", "Black Friday"),
        ("dm", "change the title of webinar to Launch", "webinar", "Launch"),
        ("mention", "call the last design review Kickoff", "Design review", "Kickoff"),
    ],
)
def test_what_follows_the_order_is_the_title(where: str, text: str, room: str, title: str) -> None:
    done = understood(text, where)
    assert [str(order) for order in done.acts] == [f"rename:{room}"]
    assert done.title == title


@pytest.mark.parametrize(
    ("where", "text", "offers"),
    [
        ("mention", "rename weakly to Foo", ["rename:weekly"]),
        ("slash", "rename", ["rename:standup", "rename:webinar"]),
        ("thread", "we should call this Retro", ["rename:standup"]),
        ("thread", "rename", ["rename:standup"]),
    ],
)
def test_what_is_not_sure_is_asked(where: str, text: str, offers: list[str]) -> None:
    done = understood(text, where)
    assert (done.outcome, [str(order) for order in done.offers]) == (Outcome.ASK, offers)


def test_an_unknown_name_and_a_refusal_change_nothing() -> None:
    assert understood("rename Foo to Bar", "mention").why is Why.NO_ROOM
    assert understood("don't rename it", "thread").acts == ()
    assert understood("call it off", "thread").title is None


def test_a_title_is_one_short_line() -> None:
    assert title_of(' "a \n b" ') == "a b"
    assert title_of('the “last” plan, "B"') == 'the “last” plan, "B"'
    assert title_of("\u200b ") == ""
    assert title_of("a\x00b\ud800c") == "abc"
    assert len(title_of("x " * 100)) <= TITLE_MOST


def test_the_last_title_is_shown_and_an_empty_one_takes_it_back() -> None:
    first = f.Renamed(at=at(20), by="U2", title="Kick-off")
    last = f.Renamed(at=at(30), by="U2", title="<Retro>")
    named = recording(*RUNS, last, first)
    assert (named.name, named.room_name) == ("<Retro>", NAME)
    card = recording_card(named, late=False, transcript_expected_at=None)
    assert card.text.startswith("&lt;Retro&gt;: ")
    heading = str(card.blocks[0])
    assert "<Retro>" in heading
    assert NAME not in heading
    details = details_view(named, viewer=ViewerAccess(frozenset({"C1"})))
    assert "*Room*" in str(details)
    undone = recording(*RUNS, last, f.Renamed(at=at(40), by="U2", title=""))
    assert undone.name == NAME
