"""The understanding of texts: labelled phrases, and the laws that any text keeps."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.when import Unclear
from bot.features.about.model import Asked
from bot.features.commands.answers import say
from bot.features.commands.model import (
    Order,
    Outcome,
    Scheduled,
    Understood,
    Where,
    Why,
    World,
)
from bot.features.commands.several_orders import are_one
from bot.features.commands.understand import LONGEST, understand
from bot.features.commands.vocabulary import PHRASES, Intent, Role
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames
from tests.patience import ENDS
from tests.score import phrases
from tests.unit.examples import examples
from tests.unit.rows import each, each_row

DATA = Path(__file__).parents[3] / "data/phrases"
WORLD = json.loads((DATA / "world.json").read_text("utf-8"))
ROWS = [
    row
    for name in ("phrases.tsv", "own.tsv", "fresh.tsv", "tired.tsv", "blind.tsv")
    for row in phrases.rows_of((DATA / name).read_text("utf-8"))
]
WORLDS = {where: phrases.world_of(WORLD, where) for where in Where}
ACTS = (
    "start",
    "stop",
    "pause",
    "resume",
    "schedule",
    "unschedule",
    "follow",
    "unfollow",
    "share",
    "rename",
    "extend",
    "reschedule",
    "auto",
)


def understood(text: str, where: str = "mention", world: World | None = None) -> Understood:
    return understand(text, Where(where), world or WORLDS[Where(where)])


def said(done: Understood) -> str:
    return say(done, now=WORLDS[Where.MENTION].now)


def with_rooms(*names: str, where: str = "mention") -> World:
    """Return a world that has these rooms, too."""
    world = WORLDS[Where(where)]
    more = [RoomEntry(f"{n:024x}", name) for n, name in enumerate(names)]
    return replace(world, names=RoomNames([*world.names.rooms, *more]))


def test_each_labelled_phrase_is_right() -> None:
    def check(row: phrases.Row) -> None:
        where = Where(row.where)
        done = understand(row.text, where, WORLDS[where])
        got = phrases.as_json(row, done, WORLDS[where].now)
        assert phrases.wrong(row, got) == [], got
        assert_stops_what_is_meant(row.text, where, done)

    each(ROWS, check, name=lambda row: f"{row.id} {row.text}")


@each_row(
    "text",
    [
        "extend webinar by -15 minutes",
        "extend webinar by −15 min",
        "extend webinar by minus 15 minutes",
        "extend webinar -15m",
        "extend webinar by -15",
    ],
)
@each_row("where", ["slash", "mention"])
def test_an_extension_by_less_is_refused_with_an_example(text: str, where: str) -> None:
    done = understood(text, where)
    assert (done.intent, done.outcome, done.why) == (Intent.EXTEND, Outcome.ANSWER, Why.BAD_TIME)
    assert done.acts == ()
    assert "“extend by 15 minutes”" in said(done)


@pytest.mark.parametrize("text", ["extend webinar by 15 minutes", "extend webinar 5-10 minutes"])
def test_an_extension_by_more_is_done(text: str) -> None:
    assert understood(text, "slash").outcome is Outcome.DO


def test_no_room_but_the_rooms_meant_is_ever_stopped() -> None:
    """Whatever is said of one room elsewhere, the recordings of others go on. Where each text was
    said is tried above; here it is said in one of the other places, in turn."""
    places = list(Where)
    for n, row in enumerate(ROWS):
        others = [place for place in places if place != row.where]
        where = others[n % len(others)]
        assert_stops_what_is_meant(row.text, where, understand(row.text, where, WORLDS[where]))


def assert_stops_what_is_meant(text: str, where: Where, done: Understood) -> None:
    for order in done.acts:
        if order.verb == "stop":
            assert order.room is not None
            said = text.casefold()
            named = any(
                one in said for one in (order.room.name, order.room.room_id, "abc-defg-hij")
            )
            assert named or (where is Where.THREAD and order.room.name == "standup"), text


@each_row(
    "text",
    [
        *("start board room actually no", "nope start Design review", "no, start town hall"),
        *("start no town hall", "start town hall no thanks", "start town hall :-1:"),
        *("start town hall maybe", "schedule board room tomorrow at 10 nope", "stop webinar nope"),
        *("share board room to #design nope", "share webinar to #lobby tomorrow"),
        *("share webinar to #standup and #lobby", "share webinar, Design review to #lobby"),
        *(
            "we are done",
            "meeting is over",
            "its over stop",
            "the meeting ended stop recording",
            "everyone left so stop",
        ),
        *("we are talking about salaries now stop recording", "start town hall transcript off"),
    ],
)
def test_what_is_doubted_is_asked_about(text: str) -> None:
    done = understood(text, "mention")
    assert done.outcome is Outcome.ASK
    assert done.acts == ()
    assert done.offers != ()


@each_row(
    ("text", "act"),
    [
        ("stop it. please stop.", "stop:standup"),
        ("pause it. pause it please", "pause:standup"),
        ("start town hall. start town hall.", "start:town hall"),
    ],
)
def test_an_order_that_is_repeated_is_done_once(text: str, act: str) -> None:
    assert [str(order) for order in understood(text, "thread").acts] == [act]


@each_row(
    ("text", "options"),
    [
        ("start town hall transcript off", {"transcription": False}),
        ("start town hall transcript: no", {"transcription": False}),
        ("start town hall witout transcript", {"transcription": False}),
        (
            "start town hall neither transcript nor summary",
            {"transcription": False, "summary": False},
        ),
        ("start town hall transcript no summary", {"transcription": True, "summary": False}),
    ],
)
def test_an_option_is_denied_before_or_behind_it(text: str, options: dict[str, bool]) -> None:
    assert understood(text, "mention").options.model_dump(exclude_defaults=True) == options


@each_row("end", [".", ",", ")", "!", ". Thanks!"])
def test_a_link_ends_before_the_punctuation_behind_it(end: str) -> None:
    link = "https://acme.app.100ms.live/meeting/qwe-rtyu-iop"
    assert [str(act) for act in understood(f"record {link}{end}", "mention").acts] == [
        "start:board room"
    ]


@each_row(
    ("text", "outcome"),
    [
        ("nope <@U0BOT> start Design review", Outcome.ASK),
        ("<@U0BOT> start Design review nope", Outcome.ASK),
        ("start Design review nope <@U0BOT>", Outcome.ASK),
        ("start Design review <@U0BOT>", Outcome.DO),
    ],
)
def test_doubt_is_read_wherever_the_bot_is_mentioned(text: str, outcome: Outcome) -> None:
    world = replace(WORLDS[Where.MENTION], bot_user="U0BOT")
    assert understand(text, Where.MENTION, world).outcome is outcome
    assert understand("yes <@U0BOT>", Where.MENTION, world).why is Why.ASSENT


@each_row(
    ("text", "offers"),
    [
        ("stop standup or webinar", ["stop:standup", "stop:webinar"]),
        ("stop the next standup", ["stop:standup"]),
        ("record the next all hands", ["start:all hands"]),
        ("share the first webinar recording in #design", ["share:webinar"]),
        ("share the transcript of standup in #design", ["share:standup"]),
        ("share all standup recordings in #design", ["share:standup"]),
        ("<@U123> can you start town hall please", ["start:town hall"]),
        ("extend standup or webinar by 10 min", ["extend:standup", "extend:webinar"]),
        ("start board room but dont stop webinar", ["start:board room"]),
        ("stop standup, dont stop webinar", ["stop:standup"]),
        ("dont stop webinar, start all hands", ["start:all hands"]),
        ("stop all except webinar", ["stop:standup"]),
        ("leave standup running and stop the rest", ["stop:webinar"]),
        ("stop please, then leave webinar running", ["stop:standup"]),
        ("can anyone start town hall", ["start:town hall"]),
        ("stop webinar and show standup recordings", ["stop:webinar"]),
        ("stop webinar, status standup", ["stop:webinar"]),
        ("kill the recording and show webinar recordings", ["stop:standup"]),
        ("stop standup and then let it run until 4", ["stop:standup"]),
        ("stop standup, it should stop at 4", ["stop:standup"]),
        ("stop bothering me, you can stop recording the standup now", ["unfollow:standup"]),
        ("stop webinar in standup", ["stop:webinar", "stop:standup"]),
        ("stop standup webinar", ["stop:standup", "stop:webinar"]),
        ("share webinar in #lobby. who wants that?", ["share:webinar"]),
        ("book board room tomorrow at 9", ["schedule:board room"]),
        ("schedule a meeting in board room tomorrow at 9", ["schedule:board room"]),
        ("record board room maybe at 4", ["schedule:board room"]),
        ("everybody stop webinar", ["stop:webinar"]),
        ("<!here> stop webinar", ["stop:webinar"]),
        ("“stop webinar”", ["stop:webinar"]),
        ("`stop webinar`", ["stop:webinar"]),
        ("stop webinar, right?", ["stop:webinar"]),
        ("start town hall at 11. sorry, make that soon, thanks", ["schedule:town hall"]),
        ("start town hall, standup is over", ["start:town hall"]),
        ("oops wrong room, i meant town hall", ["start:town hall"]),
    ],
)
def test_what_may_mean_another_one_is_asked_about(text: str, offers: list[str]) -> None:
    done = understood(text, "mention")
    assert done.acts == ()
    assert [str(order) for order in done.offers] == offers


@each_row(
    ("text", "offers"),
    [
        ("stop standup & start all hands", ["stop:standup", "start:all hands"]),
        ("stop standup &amp; start all hands", ["stop:standup", "start:all hands"]),
        ("stop standup + start the all hands", ["stop:standup", "start:all hands"]),
        ("stop standup start all hands", ["stop:standup", "start:all hands"]),
        ("start weekly and all hands", ["start:weekly", "start:all hands"]),
        (
            "start board room, weekly and all hands, no transcript",
            ["start:board room", "start:weekly", "start:all hands"],
        ),
        ("stop webinar n start all hands", ["stop:webinar", "start:all hands"]),
        (
            "record sales weekly every monday 9 & design review every thu 3",
            ["schedule:sales-weekly", "schedule:Design review"],
        ),
        (
            "schedule weekly on mondays at 14:00 for 30m, begin board room",
            ["schedule:weekly", "schedule:board room"],
        ),
        (
            "schedule weekly every weekday at 8:45 and then board room",
            ["schedule:weekly", "schedule:board room"],
        ),
        ("start standup and all hands", ["start:all hands"]),
    ],
)
def test_orders_are_joined_by_signs_or_nothing(text: str, offers: list[str]) -> None:
    assert [str(order) for order in understood(text, "mention").offers] == offers


@each_row(
    ("text", "answer"),
    [
        ("stop all tomorrow", "At what time on Thu 3 Dec? For example “in 10m” or “at 16:00”."),
        (
            "stop standup at 3pm and webinar at 4pm",
            "Stop the recording of standup at 15:00? Stop the recording of webinar at 16:00?",
        ),
        (
            "share webinar in #design tomorrow",
            "I share a recording at once. Share webinar in #design now?",
        ),
    ],
)
def test_a_time_is_not_dropped_from_a_question(text: str, answer: str) -> None:
    assert said(understood(text, "mention")) == answer


@each_row(
    ("text", "word"),
    [
        ("start town hall for 3o min", "3o min"),
        ("start town hall for -5 minutes", "-5 minutes"),
        ("record board room 7200p", "7200p"),
        ("stop standup and foobar", "foobar"),
        ("start foobar and the all hands", "foobar"),
        ("pause webinar & foobar", "foobar"),
    ],
)
def test_what_looks_like_a_value_or_another_room_is_named(text: str, word: str) -> None:
    done = understood(text, "mention")
    assert (done.acts, said(done).split(". ")[0]) == ((), f"I do not understand “{word}”")
    assert [order.room for order in done.offers] == [done.room]


@each_row(
    ("text", "terms"),
    [
        ("start town hall, vocab: Figma, WCAG", ("Figma", "WCAG")),
        ("start town hall\nvocabulary: Figma, WCAG\nno summary", ("Figma", "WCAG")),
        ("start town hall with vocab Figma, WCAG, no summary please", ("Figma", "WCAG")),
        ("start town hall, vocab Figma, WCAG, 720p", ("Figma", "WCAG")),
        ("start town hall with vocab Figma, p95 and WCAG and stop at 4", ("Figma", "p95", "WCAG")),
    ],
)
def test_a_vocabulary_is_read_in_words(text: str, terms: tuple[str, ...]) -> None:
    done = understood(text, "dm")
    assert (done.outcome, done.options.vocabulary) == (Outcome.DO, terms)


def test_the_time_in_a_reason_is_not_that_of_the_order() -> None:
    done = understood("record town hall now, so that she can catch up this evening", "mention")
    assert (done.intent, [str(one) for one in done.offers]) == (Intent.START, ["start:town hall"])


def test_the_code_in_any_link_names_its_room() -> None:
    done = understood("start <https://meet.example.com/qwe-rtyu-iop>", "slash")
    assert (done.room and done.room.name, done.link) == ("board room", None)


@each_row(
    "text",
    [
        "stop standup, webinar must continue",
        "stop standup. webinar should keep going",
        "you can close the standup recording. webinar must continue",
    ],
)
def test_what_has_to_go_on_is_not_stopped(text: str) -> None:
    done = understood(text, "mention")
    assert [str(one) for one in (*done.acts, *done.offers)] == ["stop:standup"]


@each_row(
    "text",
    ["transcripts should be on by default here", "make transcripts the default in this channel"],
)
def test_a_default_is_a_setting(text: str) -> None:
    assert understood(text, "mention").intent is Intent.SETTINGS


def test_a_name_that_begins_with_all_is_named_as_a_whole() -> None:
    done = understood("start all foobar & board room", "mention")
    assert said(done) == "I do not understand “all foobar”. Start recording board room?"


@each_row(
    ("text", "words"),
    [
        ("start board room privately", "privately"),
        ("start board room for ana", "for ana"),
        ("start board room but don't post here", "don't post here"),
        ("can you record the town hall for our friends and family", "for our friends and family"),
        ("start board room at least until 4pm", "at least"),
        ("stop the webinar in ten", "in ten"),
        ("stop the webinar when everybody has left", "when everybody has left"),
    ],
)
def test_what_is_added_to_an_order_is_named(text: str, words: str) -> None:
    done = understood(text)
    assert done.outcome is Outcome.ASK
    assert f"I do not understand “{words}”." in said(done)


@each_row(
    "text",
    [
        "hit record in design review plz, @jonas is late",
        "could you make sure the board room is recorded",
        "start weekly emea",
        "can you record the town hall, since many of our friends in the other office are away",
    ],
)
def test_words_of_prose_are_not_named(text: str) -> None:
    done = understood(text)
    assert done.outcome is Outcome.ASK
    assert "do not understand" not in said(done)


@each_row(
    "text",
    [
        "start town hall no transcipt",
        "start town hall without the transcritp",
        "start town hall, no trasncript please",
    ],
)
def test_a_misspelt_option_is_read(text: str) -> None:
    done = understood(text, "mention")
    assert done.outcome is Outcome.DO
    assert done.options.transcription is False


@each_row(
    ("text", "why"),
    [
        ("sorry", Why.SORRY),
        ("i'm sorry!", Why.SORRY),
        ("wrong room", Why.UNDO),
        ("oops", Why.UNDO),
    ],
)
def test_an_apology_gets_an_answer(text: str, why: Why) -> None:
    assert understood(text, "thread").why is why


@each_row(
    "text", ["i meant webinar", "no, webinar", "not standup, webinar", "not standup but webinar"]
)
def test_the_room_that_was_meant_is_shown(text: str) -> None:
    done = understood(text, "mention")
    assert (done.intent, done.room and done.room.name) == (Intent.STATUS, "webinar")


def test_what_is_ordered_for_each_time_is_about_the_schedule() -> None:
    done = understood("no more recordings of town hall", "mention")
    assert [str(order) for order in done.offers] == ["unschedule:town hall"]


def test_the_other_order_of_a_thread_is_about_the_named_room() -> None:
    done = understood("stop webinar and rename it to Friday demo", "thread")
    assert [str(order) for order in done.offers] == ["stop:webinar", "rename:webinar"]


def test_letters_in_full_width_are_read() -> None:
    done = understood("ｓｔａｒｔ　ｔｏｗｎ　ｈａｌｌ", "dm")
    assert [str(act) for act in done.acts] == ["start:town hall"]


def test_a_channel_that_is_refused_is_not_the_one_to_share_in() -> None:
    assert understood("share webinar not in #design but #partners", "mention").to == "#partners"


def test_nothing_is_left_to_stop() -> None:
    done = understood("stop all except standup and webinar", "mention")
    assert (done.offers, said(done)) == ((), "Nothing else is being recorded.")


@each_row(
    ("text", "answer"),
    [
        ("until 4 pls", "standup is already being recorded. Stop it at 16:00?"),
        ("make it 45 mins", "standup is already being recorded. Stop it at 15:05?"),
        ("cancel that", "Stop the recording of standup?"),
        ("full stop.", "Stop the recording of standup?"),
        ("turn off transcripts", "You can see and change that in this channel’s settings."),
    ],
)
def test_in_the_thread_of_a_recording(text: str, answer: str) -> None:
    done = understood(text, "thread")
    assert (done.acts, said(done)) == ((), answer)


def test_formatted_words_are_words() -> None:
    assert [str(act) for act in understood("_stop_", "thread").acts] == ["stop:standup"]
    assert [str(act) for act in understood("_start town hall_", "dm").acts] == ["start:town hall"]


def test_thanks_for_stopping_stop_nothing() -> None:
    for text in ("perfect, thanks for stopping", "who was there? thanks for stopping"):
        assert understood(text, "thread").acts == ()


def test_a_recording_without_sound_is_refused() -> None:
    done = understood("start town hall without audio", "slash")
    assert (done.acts, said(done)) == ((), "A recording always includes audio.")


@each_row(
    ("text", "says"),
    [
        (
            "yes please",
            "I have no open question for you here. Write what you want, such as “stop standup”.",
        ),
        ("never mind", "OK, I’ll leave it."),
        (
            "undo that share",
            "I share a recording only when somebody asks, and cannot take it back. "
            "An admin of the workspace can delete the message.",
        ),
    ],
)
def test_words_that_answer_the_bot_get_an_answer(text: str, says: str) -> None:
    assert said(understood(text, "mention")) == says


# Rooms that are called like words of a command.


@each_row(
    ("name", "text", "act"),
    [
        ("now", "start now", "start:now"),
        ("stop", "start stop", "start:stop"),
        ("please", "record please", "start:please"),
        ("monday 9", "record monday 9", "start:monday 9"),
        ("no recording", "record no recording", "start:no recording"),
        ("with transcript", "start with transcript", "start:with transcript"),
        ("don't record", "start don't record", "start:don't record"),
        ("Q&A", "start q&a", "start:Q&A"),
        ("Café 5", "record café 5 please", "start:Café 5"),
        ("日本語 会議", "start 日本語 会議", "start:日本語 会議"),
        ("🚀", "record 🚀", "start:🚀"),
    ],
)
def test_a_room_typed_by_its_name_wins(name: str, text: str, act: str) -> None:
    done = understood(text, "slash", with_rooms(name, where="slash"))
    assert [str(order) for order in done.acts] == [act]


@each_row(
    ("where", "text", "offers", "words"),
    [
        (
            "mention",
            "stop webinar now, and record all hands at 15:00",
            ["stop:webinar", "schedule:all hands"],
            "Stop the recording of webinar? Record all hands in 40 minutes, at 15:00 (Europe/Berlin)?",
        ),
        (
            "thread",
            "stop now, and record all hands at 15:00",
            ["stop:standup", "schedule:all hands"],
            "Stop the recording of standup? Record all hands in 40 minutes, at 15:00 (Europe/Berlin)?",
        ),
        (
            "mention",
            "stop, and record all hands",
            ["stop:standup", "stop:webinar", "start:all hands"],
            "Stop the recording of standup or webinar? Start recording all hands?",
        ),
        (
            "thread",
            "resume, then stop in 10 minutes",
            ["stop:standup"],
            "The recording of standup is not paused. Stop the recording of standup at 14:30?",
        ),
        (
            "slash",
            "start town hall --res 720p and stop webinar",
            ["start:town hall", "stop:webinar"],
            "Start recording town hall (720p)? Stop the recording of webinar?",
        ),
        (
            "mention",
            "start recording town hall and then record the weekly every thursday from 10 to 11",
            ["start:town hall", "schedule:weekly"],
            "Start recording town hall? "
            "Record weekly every Thursday, 10:00 – 11:00 (Europe/Berlin)?",
        ),
        (
            "mention",
            "can you record board room tomorrow at 10 and Design review on thursday at 11?",
            ["schedule:board room", "schedule:Design review"],
            "Record board room on Thu 3 Dec, 10:00 (Europe/Berlin)? "
            "Record Design review on Thu 3 Dec, 11:00 (Europe/Berlin)?",
        ),
        (
            "thread",
            "can you put this one in #leadership too, record the board room as well please",
            ["share:standup", "start:board room"],
            "Share the recording of standup in #leadership? Start recording board room?",
        ),
        (
            "slash",
            "start design review and then schedule weekly every weekday 16:15 for 20m",
            ["start:Design review", "schedule:weekly"],
            "Start recording Design review? "
            "Record weekly every weekday at 16:15 for 20 min (Europe/Berlin)?",
        ),
        (
            "mention",
            "start board room, then record weekly each weekday from 9 to 9:30",
            ["start:board room", "schedule:weekly"],
            "Start recording board room? "
            "Record weekly every weekday, 9:00 – 09:30 (Europe/Berlin)?",
        ),
        (
            "dm",
            "how many people are in the webinar. make it stop",
            ["stop:webinar"],
            "Stop the recording of webinar?",
        ),
        (
            "slash",
            'start town hall --vocab "and stop webinar" --res 720p and stop webinar',
            ["start:town hall", "stop:webinar"],
            "Start recording town hall (720p, transcript, 1 special word)? "
            "Stop the recording of webinar?",
        ),
        (
            "mention",
            "stop foobar",
            ["stop:standup", "stop:webinar"],
            "I do not understand “foobar”. Stop the recording of standup or webinar?",
        ),
        (
            "mention",
            "there is no town hall this friday",
            ["unschedule:town hall"],
            "Cancel the recording of town hall on Fri 4 Dec, 10:00 (Europe/Berlin)?",
        ),
        (
            "mention",
            "pause, and stop webinar",
            ["pause:webinar", "stop:webinar"],
            "Pause the recording of webinar? Stop the recording of webinar?",
        ),
        (
            "mention",
            "stop standup in 5 minutes and stop webinar",
            ["stop:standup", "stop:webinar"],
            "Stop the recording of standup at 14:25? Stop the recording of webinar?",
        ),
        (
            "mention",
            "stop webinar and share it in #product",
            ["stop:webinar", "share:webinar"],
            "Stop the recording of webinar? Share the recording of webinar in #product?",
        ),
        (
            "mention",
            "record all hands at 15:00 and record town hall at 16:00",
            ["schedule:all hands", "schedule:town hall"],
            "Record all hands in 40 minutes, at 15:00 (Europe/Berlin)? "
            "Record town hall on Wed 2 Dec, 16:00 (Europe/Berlin)?",
        ),
        (
            "mention",
            "schedule weekly mondays at 9 and start town hall",
            ["schedule:weekly", "start:town hall"],
            "Record weekly every Monday at 9:00 (Europe/Berlin)? Start recording town hall?",
        ),
        (
            "mention",
            "record all hands at 15:00 and record all hands at 16:00",
            ["schedule:all hands", "schedule:all hands"],
            "Record all hands in 40 minutes, at 15:00 (Europe/Berlin)? "
            "Record all hands on Wed 2 Dec, 16:00 (Europe/Berlin)?",
        ),
        (
            "mention",
            "should we stop webinar and record town hall?",
            ["stop:webinar", "start:town hall"],
            "Stop the recording of webinar? Start recording town hall?",
        ),
        (
            "mention",
            "stop webinar, start nosuchroom",
            ["stop:webinar"],
            "Stop the recording of webinar? There is no room “nosuchroom”.",
        ),
        (
            "thread",
            "call it Retro and stop",
            ["rename:standup", "stop:standup", "rename:standup"],
            "Call the recording of standup “Retro”? Stop the recording of standup? "
            "Call the recording of standup “Retro and stop”?",
        ),
    ],
)
def test_each_of_several_orders_has_its_own_room_and_time(
    where: str, text: str, offers: list[str], words: str
) -> None:
    done = understood(text, where)
    assert (done.outcome, done.acts) == (Outcome.ASK, ())
    assert [str(order) for order in done.offers] == offers
    assert say(done, now=WORLDS[Where(where)].now) == words


@pytest.mark.parametrize(
    ("where", "text", "one"),
    [
        ("mention", "stop webinar and record all hands", True),
        ("thread", "stop and call it Retro", True),
        ("thread", "stop and start again", False),  # it cannot start until it has stopped
        ("mention", "pause, and stop webinar", False),
        ("mention", "stop, and record all hands", False),  # which one?
        ("thread", "call it Retro and stop", False),  # perhaps all of that is the title
        ("mention", "stop webinar", False),
    ],
)
def test_orders_that_one_button_may_do(where: str, text: str, one: bool) -> None:
    assert are_one(understood(text, where)) is one


@each_row(
    ("where", "text", "acts"),
    [
        ("mention", "don't record town hall, record all hands", ["start:all hands"]),
        ("mention", "don't stop webinar, stop standup", ["stop:standup"]),
        ("thread", "don't stop, pause it", ["pause:standup"]),
        ("mention", "stop standup and stop webinar", ["stop:standup", "stop:webinar"]),
        ("mention", "start town hall and stop at 15:00", ["start:town hall"]),
        (
            "mention",
            "record town hall at 15:00, then stop after 30 minutes",
            ["schedule:town hall"],
        ),
        ("thread", "call it Rise and shine, then", ["rename:standup"]),
        ("thread", 'call it "Retro and stop"', ["rename:standup"]),
    ],
)
def test_orders_that_are_one_are_done(where: str, text: str, acts: list[str]) -> None:
    assert [str(order) for order in understood(text, where).acts] == acts


def test_a_stop_behind_a_start_is_its_end() -> None:
    done = understood("record town hall at 15:00, then stop after 30 minutes")
    assert said(done) == (
        "town hall will be recorded in 40 minutes, at 15:00 for 30 min (Europe/Berlin)."
    )


def test_a_name_that_is_a_word_yields_to_another_name() -> None:
    done = understood("start town hall now", "slash", with_rooms("now", where="slash"))
    assert [str(order) for order in done.acts] == ["start:town hall"]


def test_a_room_called_stop_does_not_keep_a_recording_from_stopping() -> None:
    world = with_rooms("stop", "it", "please", "stop it", where="thread")
    for text in ("stop", "STOP!!", "stop it", "stop please", "please stop it now"):
        done = understood(text, "thread", world)
        assert [str(order) for order in done.acts] == ["stop:standup"], text


@pytest.mark.parametrize("where", ["mention", "slash", "dm"])
def test_a_room_called_it_does_not_keep_a_channel_from_stopping(where: str) -> None:
    world = with_rooms("it", "stop", where=where)
    for text in ("stop it", "stop", "please stop it now"):
        done = understood(text, where, world)
        assert [str(order) for order in done.offers] == ["stop:standup", "stop:webinar"], text
    done = understood("stop everything", where, world)
    assert [str(order) for order in (*done.acts, *done.offers)] == ["stop:standup", "stop:webinar"]


@pytest.mark.parametrize(
    ("text", "offer", "words"),
    [
        ("don't stop webinar", "stop:webinar", "was not stopped. Stop it?"),
        ("webinar won't stop", "stop:webinar", "was not stopped. Stop it?"),
        ("let's not pause webinar", "pause:webinar", "was not paused. Pause it?"),
    ],
)
def test_a_negated_order_is_told_that_nothing_was_done(text: str, offer: str, words: str) -> None:
    done = understood(text)
    assert [str(order) for order in done.offers] == [offer]
    assert said(done) == f"The recording of webinar {words}"


@each_row("text", ["dont stop", "cancel the stop", "keep recording"])
def test_where_several_are_to_go_on_each_is_told_when_it_stops(text: str) -> None:
    done = understood(text)
    assert (done.asked, done.room, done.acts) == (Asked.ENDS, None, ())


@each_row(
    ("text", "words"),
    [
        ("start board room 720p, no 1080p", "Start recording board room (1080p)?"),
        ("start board room 720p no 1080p", "Start recording board room (1080p)?"),
        ("start board room for 30 no 45 minutes", "Start recording board room for 45 min?"),
        ("start board room for 30 min, no 45", "Start recording board room for 45 min?"),
        (
            "record board room at 3 no 4",
            "Record board room on Wed 2 Dec, 16:00 (Europe/Berlin)?",
        ),
        (
            "start board room tomorrow at 3, no friday",
            "Record board room on Fri 4 Dec, 15:00 (Europe/Berlin)?",
        ),
        ("stop webinar in 10, no 20", "Stop the recording of webinar at 14:40?"),
        ("should I? start all hands", "Start recording all hands?"),
        (
            "stop webinar and foobar in 10 minutes",
            "I do not understand “foobar”. Stop the recording of webinar at 14:30?",
        ),
    ],
)
def test_a_value_that_is_corrected_is_asked_about(text: str, words: str) -> None:
    assert said(understood(text)) == words


@each_row(
    ("text", "at"),
    [
        ("no make it 20", "14:40"),
        ("make it half an hour", "14:50"),
        ("no, make it 4", "16:00"),
        ("make it 16:30 please", "16:30"),
        ("no 20", "14:40"),
        ("no, 4:30", "16:30"),
        ("at 4", "16:00"),
        ("4pm", "16:00"),
        ("until 4", "16:00"),
    ],
)
def test_another_end_is_offered_in_the_thread(text: str, at: str) -> None:
    done = understood(text, "thread")
    assert said(done) == f"standup is already being recorded. Stop it at {at}?"
    assert [str(order) for order in done.offers] == ["stop:standup"]


@each_row(
    ("text", "at"),
    [
        ("push back town hall 30 min", "Fri 4 Dec, 10:30"),
        ("town hall is an hour later", "Fri 4 Dec, 11:00"),
        ("town hall half an hour earlier", "Fri 4 Dec, 9:30"),
        ("bring town hall forward 30 minutes", "Fri 4 Dec, 9:30"),
        ("postpone town hall by a day", "Sat 5 Dec, 10:00"),
        ("move town hall to monday", "Mon 7 Dec, 10:00"),
        ("move town hall to tomorrow", "Thu 3 Dec, 10:00"),
        ("move town hall to 11", "Fri 4 Dec, 11:00"),
        ("push town hall to 15:00 for 30 minutes", "Fri 4 Dec, 15:00 for 30 min"),
    ],
)
def test_what_is_not_said_of_a_new_date_stays_as_planned(text: str, at: str) -> None:
    done = understood(text)
    assert said(done) == f"Move the recording of town hall to {at} (Europe/Berlin)?"
    assert [str(order) for order in done.offers] == ["reschedule:town hall"]


def test_a_number_in_the_name_of_a_room_corrects_nothing() -> None:
    world = with_rooms("studio no 3", where="mention")
    done = understood("start studio no 3", "mention", world)
    assert [str(order) for order in done.acts] == ["start:studio no 3"]


@each_row("text", ["is town hall an hour later?", "town hall is later", "standup is an hour later"])
def test_nothing_is_moved_without_an_order_a_schedule_and_a_length(text: str) -> None:
    assert not any(order.verb == Intent.RESCHEDULE for order in understood(text).offers)


@each_row(
    ("text", "offers"),
    [
        ("turn off auto recording for weekly", ["auto:weekly"]),
        ("dont auto record weekly anymore", ["auto:weekly"]),
        ("stop recording weekly automatically", ["auto:weekly"]),
        ("disable automatic recording of standup", ["auto:standup", "stop:standup"]),
    ],
)
def test_a_rule_is_turned_off_in_words(text: str, offers: list[str]) -> None:
    done = understood(text)
    assert said(done).startswith("Turn off automatic recording of ")
    assert [str(order) for order in done.offers] == offers


@each_row(
    "text",
    ["make it louder", "make it 1080p", "make it private", "no way", "tomorrow at 9", "at 10"],
)
def test_what_is_no_time_ends_nothing(text: str) -> None:
    assert not understood(text, "thread").offers


def test_a_name_shared_by_two_rooms_is_asked_about() -> None:
    done = understood("record Alpha", "slash", with_rooms("alpha", "Alpha", where="slash"))
    assert done.outcome is Outcome.ASK
    assert [str(order) for order in done.offers] == ["start:alpha", "start:Alpha", "open-form:"]


def test_a_number_in_a_misspelt_name_is_no_time() -> None:
    world = with_rooms("room 001", "room 002", where="slash")
    done = understood("start roo 001 until 18:00", "slash", world)
    assert [str(order) for order in done.offers] == ["start:room 001", "open-form:"]
    assert done.times == "until 18:00"


def test_a_disabled_room_is_refused() -> None:
    world = WORLDS[Where.SLASH]
    room = RoomEntry("a" * 24, "old room", enabled=False)
    done = understood(
        "start old room", "slash", replace(world, names=RoomNames([*world.names.rooms, room]))
    )
    assert (done.outcome, done.why, done.acts) == (Outcome.ANSWER, Why.DISABLED, ())
    assert said(done) == "old room is disabled in 100ms."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("start weakly", {"weekly"}),
        ("start designreview", {"Design review"}),
        ("start boardroom", {"board room"}),
        ("start dsign reveiw", {"Design review"}),
        ("start review design", {"Design review"}),
        ("start all hands 2", set()),
        ("start now", set()),
    ],
)
def test_names_alike_are_only_suggested(text: str, names: set[str]) -> None:
    done = understood(text, "slash")
    assert done.outcome is Outcome.ASK
    assert done.acts == ()
    assert {order.room.name for order in done.offers if order.room} == names


# Places.


def test_the_only_recording_here_is_the_one_that_is_meant() -> None:
    world = WORLDS[Where.MENTION]
    (first, state), *_ = world.recorded.items()
    done = understood("stop the recording", world=replace(world, recorded={first: state}))
    assert [str(order) for order in done.acts] == ["stop:standup"]


def test_nothing_is_stopped_where_nothing_runs() -> None:
    done = understood("stop", world=replace(WORLDS[Where.MENTION], recorded={}))
    assert (done.outcome, done.offers) == (Outcome.ANSWER, ())
    assert said(done) == "Nothing is being recorded."


def test_the_default_room_is_started_without_a_name() -> None:
    world = WORLDS[Where.SLASH]
    default = next(room for room in world.names.rooms if room.name == "town hall")
    done = understood("start 720p", "slash", replace(world, default_room=default.room_id))
    assert [str(order) for order in done.acts] == ["start:town hall"]


def test_options_that_exclude_each_other_go_to_the_form() -> None:
    done = understood("start town hall --audio --res 720p", "slash")
    assert [str(order) for order in done.offers] == ["open-form:town hall"]
    assert (done.why, done.acts) == (Why.BAD_OPTIONS, ())
    assert done.raw_options["resolution"] == "720p"
    in_words = understood("start town hall audio only in 720p", "slash")
    assert (in_words.why, in_words.acts) == (Why.BAD_OPTIONS, ())
    assert "audio-only" in said(in_words)


def test_two_orders_are_two_buttons() -> None:
    done = understood("stop standup and start town hall")
    assert done.outcome is Outcome.ASK
    assert [str(order) for order in done.offers] == ["stop:standup", "start:town hall"]


def test_a_stop_of_what_does_not_run_is_answered_beside_the_other_order() -> None:
    done = understood("stop design review and start town hall")
    assert said(done) == "Design review is not being recorded. Start recording town hall?"
    assert [str(order) for order in done.offers] == ["start:town hall"]


def test_an_ambiguous_date_has_a_button_for_each_reading() -> None:
    done = understood("start town hall on 1.2. at 9", "slash")
    assert isinstance(done.when, Unclear)
    assert [order.words for order in done.offers] == list(done.when.choices)
    assert done.acts == ()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("search for the --dry-run flag", "dry-run flag"),
        ("find budget --final plan", "budget --final plan"),
        ("find q3/q4 budget", "q3/q4 budget"),
    ],
)
def test_words_to_look_for_are_no_options(text: str, query: str) -> None:
    assert understood(text, "mention").query == query


def test_a_mention_by_its_id_is_the_bot() -> None:
    world = replace(WORLDS[Where.MENTION], bot_user="U0BOT")
    assert understood("hey <@U0BOT> record the town hall", world=world).acts
    assert understood("I hope <@U0BOT> gets better", world=world).outcome is Outcome.SILENCE


@pytest.mark.parametrize(
    "text", ["can you stop it?", "Stop it, please :pray:", "s t o p", "stop.\nThanks!"]
)
def test_stopping_in_the_thread_stops_no_other_room(text: str) -> None:
    done = understood(text, "thread")
    assert all(str(order) == "stop:standup" for order in (*done.acts, *done.offers))


# Texts with the words of an order that are none, or not clearly: never done at once, anywhere.
NO_ORDERS = (
    "do we stop the webinar or not",
    "stop the webinar? no",
    "record the town hall? no!",
    "please tell Ana to stop the webinar",
    "Ana will record the town hall",
    "the bot should not stop the webinar",
    "stop the webinar only if nobody is there",
    "record the town hall unless it rains",
    "record the town hall like last time",
    "I asked you to record the town hall yesterday",
    "you were supposed to record the town hall",
    "you should have stopped the webinar",
    "we could stop the webinar",
    "stop worrying about the webinar",
    "nobody wants to stop the webinar",
    "it is not possible to stop the webinar",
    "stop the webinar button does not work",
    "record of the town hall",
    "the record of the webinar",
    "start of the town hall",
    "end of the webinar",
    "webinar end",
    "at the end of the webinar",
    "the webinar will end",
    "the webinar ends",
    "town hall start",
    "begin of the town hall",
    "let us not stop the webinar",
    "can you not stop the webinar",
    "I never said stop the webinar",
    "he said stop the webinar",
    '"stop the webinar" is what I said',
    "stop the webinar, she said",
    "what happens if I stop the webinar",
    "is there a way to stop the webinar",
    "please explain how to stop the webinar",
    "did I stop the webinar",
    "have you stopped the webinar",
    "was the stop of the webinar planned",
    "forget the webinar",
    "remove the webinar",
    "cancel webinar",
    "drop the webinar",
    "close the webinar",
    "go webinar",
    "start town hall stop webinar",
    "pause and stop webinar",
    "share webinar",
    "follow webinar and stop standup",
    "record the town hall in 5 years",
    "record the town hall in the afternoon",
    "record town hall later",
    "start the town hall without recording",
    "start the town hall but don't record",
    "the town hall should start",
    "start town hall as soon as people are there",
    "record town hall for the new colleagues",
    "share standup with #product and stop it",
    "resume all",
    "stop start",
    "start stop",
    "record record",
    "record the record",
    "record my voice",
    "stop the webinar recording from being deleted",
    "don't forget that we stop the webinar at 3",
    "would love to see the webinar stop",
    "make webinar stop",
    "you may not stop the webinar",
    "stop not the webinar",
    "not stop the webinar",
    "stop webinar not standup",
    "everything but the webinar should stop",
    "stop all but the webinar",
    "stop all except webinar",
    "record all rooms",
    "record all of them",
    "record town hall and all hands",
    "schedule town hall at 3 and stop webinar",
    "don't stop the webinar, stop recording",
    "don't stop the webinar. hey can you quit recording us",
    "hold the line",
    "pause the line",
)


@pytest.mark.parametrize("where", Where)
def test_what_is_no_clear_order_is_not_obeyed(where: Where) -> None:
    def check(text: str) -> None:
        assert understand(text, where, WORLDS[where]).acts == ()

    each(NO_ORDERS, check)


# Laws.

_ORDERLY = {
    key
    for key, meaning in PHRASES.items()
    if meaning.role in (Role.VERB, Role.SOFT, Role.CANCEL, Role.PAST, Role.NOT, Role.POSTING)
}
_HARMLESS = sorted(
    {" ".join(key) for key, m in PHRASES.items() if m.role in (Role.FILLER, Role.THING, Role.HELLO)}
    | {room.name for room in WORLDS[Where.DM].names.rooms if room.name != "stop the line"}
    | {"lunch", "tomorrow", "at 9", "every monday", "720p", "#general", "?", ",", "!", "<@U1>"}
)
_ANY_WORD = sorted({" ".join(key) for key in PHRASES} | set(_HARMLESS))


@examples(450)
@given(st.lists(st.sampled_from(_HARMLESS), max_size=12).map(" ".join), st.sampled_from(Where))
def test_a_text_without_a_verb_never_acts(text: str, where: Where) -> None:
    words = tuple(text.split())
    if any(words[n : n + len(key)] == key for key in _ORDERLY for n in range(len(words))):
        return  # fillers that make a verb together: "turn" and "off"
    assert understand(text, where, WORLDS[where]).acts == (), text


@examples(450)
@given(
    st.one_of(
        st.text(max_size=200),
        st.text(min_size=7000, max_size=LONGEST),
        st.lists(st.sampled_from(_ANY_WORD), max_size=40).map(" ".join),
        st.lists(st.sampled_from([row.text for row in ROWS]), max_size=3).map(" ".join),
        st.lists(st.sampled_from([row.text for row in ROWS]), max_size=3).map(", and then ".join),
        st.lists(st.sampled_from([row.text for row in ROWS]), max_size=3).map(". sorry, ".join),
    ),
    st.sampled_from(Where),
)
def test_any_text_ends_in_a_true_answer(text: str, where: Where) -> None:
    done = understand(text, where, WORLDS[where])
    assert (
        done.outcome is not Outcome.DO
        or done.acts
        or done.intent in (Intent.SETTINGS, Intent.PRESETS)
    )
    assert not done.acts or done.outcome is Outcome.DO
    assert (
        done.outcome is not Outcome.ASK
        or done.offers
        or done.intent
        in (
            Intent.SETTINGS,
            Intent.PRESETS,
        )
    )
    assert all(order.verb in (*ACTS, "open-form") for order in (*done.acts, *done.offers))
    assert done.outcome is Outcome.SILENCE or said(done)


@examples(450)
@given(
    st.lists(st.sampled_from(_ANY_WORD), max_size=10).map(" ".join),
    st.sampled_from(["don't", "never", "do not"]),
    st.sampled_from(["start town hall", "record town hall", "stop webinar", "pause webinar"]),
)
def test_a_negated_verb_is_no_order(tail: str, no: str, order: str) -> None:
    done = understand(f"{no} {order}", Where.MENTION, WORLDS[Where.MENTION])
    assert not [
        order for order in done.acts if order.verb in ("start", "stop", "pause", "schedule")
    ], tail


@each_row(
    "unit",
    [
        "x ",
        "9 ",
        "stop ",
        "a. ",
        "every 2 weeks on tue at 16:00 until ",
        "é́",
        "--vocab a, ",
        '"',
        "<@U1> ",
        "\n",
        "🚀",
    ],
)
@ENDS
def test_a_long_text_is_not_read_for_ever(unit: str) -> None:
    text = (unit * LONGEST)[:LONGEST]
    done = understand(text, Where.THREAD, WORLDS[Where.THREAD])
    assert done.outcome is not Outcome.DO


def test_random_words_of_a_command_act_on_named_rooms_only() -> None:
    """A thousand sentences of the words of commands: an act names its room, or is the thread's."""
    chance = random.Random(12)
    for _ in range(1000):
        text = " ".join(chance.choices(_ANY_WORD, k=chance.randint(1, 6)))
        done = understand(text, Where.DM, WORLDS[Where.DM])
        for order in done.acts:
            assert order.room is not None
            assert RoomNames([order.room]).in_words(
                text.casefold().replace("-", " ").replace("/", " ").replace(":", " ").split()
            ), (text, done)


def test_a_deed_is_written_with_its_room() -> None:
    room = RoomEntry("b" * 24, "9:30 sync")
    assert str(Order("start", room)) == "start:9:30 sync"
    assert str(Order("open-form")) == "open-form:"


def test_a_date_to_skip_is_said_in_the_persons_own_zone() -> None:
    """The time of a schedule comes from the database, in UTC."""
    world = WORLDS[Where.SLASH]
    in_utc = tuple(replace(one, at=one.at.astimezone(UTC)) for one in world.schedules)
    done = understood("skip thursday", "slash", replace(world, schedules=in_utc))
    assert said(done) == (
        "Skip the recording of Design review on Thu 3 Dec, 15:00 (Europe/Berlin)?"
    )


def test_a_date_of_a_schedule_that_is_not_its_next_is_skipped_too() -> None:
    done = understood("skip design review on 10 dec", "slash")
    assert done.outcome is Outcome.DO
    assert [order.date for order in done.acts] == [
        datetime(2026, 12, 10, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    ]
    assert said(done) == (
        "Design review will not be recorded on Thu 10 Dec, 15:00 (Europe/Berlin)."
    )
    assert said(understood("skip design review on 11 dec", "slash")) == (
        "No recording of Design review is scheduled on Fri 11 Dec."
    )


def _weekly(day: str) -> Scheduled:
    """Return the schedule of `WORLDS` on that day of the week."""
    every = WORLDS[Where.SLASH].schedules
    return next(one for one in every if one.repeat and day in one.repeat.rrule)


def test_a_recurrence_is_skipped_once_or_deleted() -> None:
    world = replace(WORLDS[Where.SLASH], schedules=(_weekly("MO"),))
    for text in ("cancel the schedule", "cancel sales-weekly"):
        done = understood(text, "slash", world)
        assert said(done) == "Skip the next date of sales-weekly, or delete its schedule?"
        assert [bool(order.date) for order in done.offers] == [True, False]
    once = understood("skip sales-weekly", "slash", world)
    assert once.outcome is Outcome.DO
    assert once.acts[0].date == world.schedules[0].at


def test_a_stop_while_a_date_waits_for_people_offers_to_cancel_it() -> None:
    world = WORLDS[Where.SLASH]
    monday = replace(_weekly("MO"), at=world.now - timedelta(minutes=5), waits=True)
    once = replace(monday, repeat=None)
    idle = replace(world, recorded={}, cards_here=frozenset())
    for one, date in ((monday, monday.at), (once, None)):
        for text in ("stop sales-weekly", "stop", "stop everything"):
            done = understood(text, "slash", replace(idle, schedules=(one,)))
            assert (done.outcome, done.why) == (Outcome.ASK, Why.WAITS), text
            assert [(order.schedule, order.date) for order in done.offers] == [(one, date)]
    assert said(done) == (
        "sales-weekly is not being recorded yet: it starts when somebody joins. Cancel that?"
    )


def test_a_room_with_several_schedules_is_asked_about() -> None:
    monday = _weekly("MO")
    friday = replace(monday, at=monday.at + timedelta(days=4), repeat=None, schedule_id="once")
    world = replace(WORLDS[Where.SLASH], schedules=(monday, friday))
    for text in ("cancel sales-weekly", "skip sales-weekly"):
        done = understood(text, "slash", world)
        assert (done.outcome, done.why) == (Outcome.ASK, Why.WHICH_SCHEDULE)
        assert [order.schedule for order in done.offers] == [monday, friday]
    assert said(understood("cancel sales-weekly", "slash", world)) == (
        "sales-weekly has several schedules. Which one do you mean?"
    )
    one = understood("cancel sales-weekly on 11 dec", "slash", world)
    assert [order.schedule for order in one.acts] == [friday]


def test_a_question_to_start_repeats_the_length_and_the_options() -> None:
    world = with_rooms("storeroom", where="slash")
    done = understood("start storerom for 30 minutes audio only", "slash", world)
    assert done.outcome is Outcome.ASK
    assert said(done) == "Start recording storeroom for 30 min (audio only)?"


@pytest.mark.parametrize("letter", ["a", "k", "u"])
def test_a_letter_that_is_repeated_names_a_room_that_there_is_not(letter: str) -> None:
    for times in (4, 30, 900):
        done = understood(f"start {letter * times}", "slash")
        assert done.why is Why.NO_ROOM
        assert len(said(done)) < 120


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("record in 10m", "Which room should be recorded in 10 minutes, at 14:30 (Europe/Berlin)?"),
        (
            "please record the meeting tomorrow at 10",
            "Which room should be recorded on Thu 3 Dec, 10:00 (Europe/Berlin)?",
        ),
        (
            "record every monday at 9",
            "Which room should be recorded every Monday at 9:00 (Europe/Berlin)?",
        ),
        ("record for 30 minutes", "Which room should be recorded for 30 min?"),
        (
            "record the town hall in 10 minutes",
            "town hall will be recorded in 10 minutes, at 14:30 (Europe/Berlin).",
        ),
    ],
)
def test_the_time_of_a_start_is_repeated(text: str, words: str) -> None:
    assert said(understood(text)) == words


@each_row(
    ("text", "where", "sure"),
    [
        ("delete the last recording", "dm", True),
        ("remove the recording", "mention", True),
        ("delete the standup recording", "dm", True),
        ("delete it", "thread", True),
        ("forget it", "dm", False),
        ("delete all recordings", "dm", False),
        ("delete that message", "dm", False),
        ("delete the recording of the picnic", "dm", False),
    ],
)
def test_one_recording_is_meant_by_words_to_delete_it(text: str, where: str, sure: bool) -> None:
    done = understood(text, where)
    assert done.why is Why.UNSUPPORTED
    assert done.sure is sure


@pytest.mark.parametrize("text", ["start weakly", "start weekli", "start boad", "start desgin"])
def test_a_misspelt_word_of_a_name_is_found(text: str) -> None:
    names = ("Weekly sync", "Board of trustees", "Design critique")
    world = replace(WORLDS[Where.DM], names=RoomNames(RoomEntry(n, n) for n in names))
    done = understood(text, "dm", world)
    assert [order.verb for order in done.offers][:1] == ["start"]
    assert done.room is not None


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("stop the webinar and start the town hall", ["stop:webinar", "start:town hall"]),
        ("stop webinar, start all hands", ["stop:webinar", "start:all hands"]),
        ("start town hall and stop the webinar please", ["start:town hall", "stop:webinar"]),
        ("record the board room and stop standup", ["start:board room", "stop:standup"]),
    ],
)
def test_two_orders_for_two_rooms_get_a_button_each(text: str, offers: list[str]) -> None:
    done = understood(text)
    assert done.outcome is Outcome.ASK
    assert [str(order) for order in done.offers] == offers


@pytest.mark.parametrize(
    "text", ["no, don't stop it", "no dont stop", "nooo dont stop!!", "no please don’t stop yet"]
)
def test_a_no_before_a_negated_stop_stops_nothing(text: str) -> None:
    done = understood(text, "thread")
    assert done.outcome is Outcome.ASK
    assert [str(order) for order in done.offers] == ["stop:standup"]


def test_no_pause_is_no_order() -> None:
    assert understood("no pause", "thread").acts == ()
    assert [str(order) for order in understood("no, pause", "thread").acts] == ["pause:standup"]


def test_a_no_before_a_stop_stops() -> None:
    for text in ("no, stop!", "no! stop", "no stop it please", "no no stop", "nooo stop"):
        assert [str(order) for order in understood(text, "thread").acts] == ["stop:standup"]


@pytest.mark.parametrize(
    ("text", "where", "intent", "offers"),
    [
        (":+1:", "mention", "thanks", []),
        ("👍🏽", "thread", "thanks", []),
        ("❤️ 🎉", "dm", "thanks", []),
        ("😡", "dm", "unknown", []),
        (":octagonal_sign:", "thread", "stop", ["stop:standup"]),
        ("🛑", "thread", "stop", ["stop:standup"]),
        ("🛑", "dm", "stop", ["stop:standup", "stop:webinar"]),
    ],
)
def test_emoji_alone(text: str, where: str, intent: str, offers: list[str]) -> None:
    done = understood(text, where)
    assert done.intent == intent
    assert done.acts == ()
    assert [str(order) for order in done.offers] == offers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("start town hall in 5", "in 5 minutes, at 14:25"),
        ("record town hall in 15 with transcript", "in 15 minutes, at 14:35"),
        ("stop webinar in 10 please", "at 14:30"),
        ("record town hall on 12.12. at 10", "Sat 12 Dec, 10:00"),
    ],
)
def test_short_ways_to_say_a_time(text: str, words: str) -> None:
    done = understood(text)
    assert words in said(done)
    assert [order.verb for order in done.acts] == ["schedule"]


@pytest.mark.parametrize("text", ["start town hall in 2", "record the town hall for 3"])
def test_a_small_number_without_a_unit_is_asked_about(text: str) -> None:
    assert understood(text).acts == ()


def test_a_day_without_a_time_and_room_asks_for_the_time() -> None:
    """A button for a room would have no time to record it at."""
    done = understood("start tonight", "dm")
    assert done.why is Why.BAD_TIME
    assert [order.verb for order in done.offers] == ["open-form"]
    assert said(done).startswith("At what time ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("on tuesday", "No recording of Design review is scheduled on Tue 8 Dec."),
        ("for 2 weeks", "I skip one date at a time. For example “on friday” or “on 5 dec”."),
        ("until monday", "I skip one date at a time. For example “on friday” or “on 5 dec”."),
        ("in january", "I skip one date at a time. For example “on friday” or “on 5 dec”."),
    ],
)
def test_a_skip_that_cannot_be_done_offers_only_the_next_date(text: str, told: str) -> None:
    done = understood(f"skip design review {text}", "slash")
    assert said(done) == told
    assert done.acts == ()
    assert [(str(one), one.date is not None) for one in done.offers] == [
        ("unschedule:Design review", True)
    ]


@pytest.mark.parametrize(
    ("text", "told", "days"),
    [
        ("this week", "Skip the recording of Design review on Thu 3 Dec, 15:00", [3]),
        ("next week", "Skip the recording of Design review on Thu 10 Dec, 15:00", [10]),
        ("this month", "I skip one date at a time.", [3, 10, 17, 24, 31]),
    ],
)
def test_a_skip_of_a_week_or_month_is_of_its_dates(text: str, told: str, days: list[int]) -> None:
    done = understood(f"should we skip design review {text}?", "slash")
    assert said(done).startswith(told)
    assert done.acts == ()
    assert [one.date.day for one in done.offers if one.date] == days


@each_row(
    ("text", "offers"),
    [
        ("start town hall, no wait, all hands", ["start:all hands"]),
        ("stop standup. Sorry, I meant webinar", ["stop:webinar"]),
        ("stop standup. sorry, webinar. stop the webinar", ["stop:webinar"]),
        ("record town hall at 3pm - oops, 4pm", ["schedule:town hall"]),
        ("start emea weekly", ["start:sales-weekly-emea"]),
        ("pause webinar, standup goes on", ["pause:webinar"]),
        ("don't record the standup, just the webinar", ["stop:standup"]),
        ("not the webinar, only standup needs to be stopped", ["stop:standup"]),
    ],
)
def test_what_is_said_last_or_fits_all_words_is_meant(text: str, offers: list[str]) -> None:
    done = understood(text)
    assert [str(order) for order in (*done.acts, *done.offers)] == offers


def test_a_time_that_is_corrected_is_the_last_one() -> None:
    done = understood("record town hall at 3pm. sorry, make that 15:30 please")
    assert said(done) == "Record town hall on Wed 2 Dec, 15:30 (Europe/Berlin)?"


@pytest.mark.parametrize(
    "text", ["stop webinar, sorry for the noise", "stop webinar. Sorry!", "no, stop webinar"]
)
def test_an_apology_corrects_nothing(text: str) -> None:
    assert [str(order) for order in understood(text).acts] in (["stop:webinar"], [])


def test_a_date_that_is_skipped_already_is_told() -> None:
    world = WORLDS[Where.SLASH]
    there = next(one for one in world.schedules if one.repeat)
    skipped = replace(there, at=there.at + timedelta(weeks=1), skips=frozenset({there.at}))
    done = understood("skip design review tomorrow", "slash", replace(world, schedules=(skipped,)))
    assert said(done) == "No recording of Design review is scheduled on Thu 3 Dec."
    assert [one.date for one in done.offers] == [skipped.at]


def test_a_skip_of_a_day_without_a_recording_offers_no_room() -> None:
    done = understood("skip on tuesday", "slash")
    assert said(done) == "No recording is scheduled on Tue 8 Dec."
    assert (done.acts, done.offers) == ((), ())


def test_an_unknown_room_is_not_taken_for_another_ones_schedule() -> None:
    for text, name in (("skip nosuchroom tomorrow", "nosuchroom"), ("cancel foo", "foo")):
        done = understood(text, "slash")
        assert said(done) == f"There is no room “{name}”."
        assert (done.acts, done.offers) == ((), ())


def test_a_length_for_a_room_that_is_recorded_is_offered_as_its_end() -> None:
    done = understood("start standup for 45m", "slash")
    assert said(done) == "standup is already being recorded. Stop it at 15:05?"
    assert [str(order) for order in done.offers] == ["stop:standup"]


def test_what_is_asked_about_a_schedule_is_answered_with_the_schedules() -> None:
    for text in (
        "pause the webinar schedule",
        "stop the schedule of webinar",
        "stop recording board room every weekday",
        "move design review to 15:30",
        "change design review to 15:30",
        "when is webinar recorded?",
        "when does webinar start?",
        "next recording?",
        "when is the next recording?",
        "what is recorded next?",
        "when is the next one?",
        "what's next?",
        "next one?",
        "change the schedule of design review to 12:00",
        "will the town hall be recorded on friday?",
        "is the town hall going to be recorded tomorrow?",
        "are we recording the town hall on friday?",
    ):
        done = understood(text, "slash")
        assert (done.intent, done.topic) == (Intent.STATUS, "schedules"), text


def test_what_is_asked_about_the_past_or_today_is_not_a_question_about_schedules() -> None:
    for text in (
        "was town hall recorded on friday?",
        "is the recording from monday ready?",
        "is yesterday's standup ready?",
        "is the webinar still running today?",
        "is webinar being recorded today?",
    ):
        assert understood(text, "slash").topic is None, text


def test_a_change_of_a_room_without_a_schedule_says_so() -> None:
    for text in ("change webinar to 10:00", "change the schedule of webinar to 10:00"):
        assert said(understood(text, "slash")) == "No recording of webinar is scheduled."


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("there is no town hall on friday", Intent.UNSCHEDULE),
        ("there's no standup tomorrow", Intent.UNSCHEDULE),
        ("there is no standup video from monday", Intent.DOCTOR),
        ("there was no webinar on monday", Intent.DOCTOR),
        ("there is no town hall", Intent.DOCTOR),
    ],
)
def test_a_meeting_that_will_not_be_is_not_a_recording_that_is_missing(
    text: str, intent: Intent
) -> None:
    done = understood(text)
    assert (done.intent, done.acts) == (intent, ())


def test_how_to_do_a_thing_is_help_and_not_a_question_about_a_recording() -> None:
    for text in ("show me how to share a recording", "how do I share a video?", "are you there?"):
        assert understood(text).intent is Intent.HELP, text
    assert understood("how do I get the video?", "thread").intent is Intent.STATUS


@pytest.mark.parametrize("word", ["skip", "cancel", "auto", "schedules", "share", "find", "join"])
def test_help_explains_each_command(word: str) -> None:
    done = understood(f"help {word}", "slash")
    assert (done.intent, done.topic) == (Intent.HELP, word)


@pytest.mark.parametrize(
    "text",
    [
        "record every session of town hall",
        "always record the town hall",
        "record the town hall automatically",
        "record town hall whenever somebody is in it",
        "please record all the town hall meetings",
    ],
)
def test_words_for_every_session_offer_a_rule(text: str) -> None:
    done = understood(text)
    assert done.outcome is Outcome.ASK
    assert [str(order) for order in done.offers] == ["auto:town hall"]


def test_a_stop_at_a_time_that_has_passed_is_asked_about() -> None:
    done = understood("stop webinar at 10:00")
    assert say(done, now=WORLDS[Where.MENTION].now) == "10:00 has passed. Write “until 22:00”."
    assert [order.words for order in done.offers] == [None, "until 22:00"]


def test_no_more_stopping_stops_nothing() -> None:
    assert understood("no more stopping", "thread").acts == ()


def test_a_stop_and_a_start_in_a_thread_have_a_button_each() -> None:
    done = understood("stop, and start the town hall", "thread")
    assert done.acts == ()
    assert [str(order) for order in done.offers] == ["stop:standup", "start:town hall"]


@each_row(
    ("text", "where"),
    [
        ("&gt; stop", "thread"),
        ("&gt; <@U0RECORD01> stop\nwho did this", "thread"),
        ("&gt; call it Foo", "thread"),
        ("&gt; 5 more minutes", "thread"),
        ("&gt; record town hall", "mention"),
        ("&gt; skip town hall", "mention"),
        ("~stop~", "thread"),
        ("stop. Sorry, wrong thread!", "thread"),
        ("stop stopping", "thread"),
        ("don't give it 5 more minutes", "thread"),
        ("someone wants to cancel town hall", "mention"),
        ("don't just record town hall", "mention"),
        ("don't you want to record town hall", "mention"),
    ],
)
def test_what_is_quoted_taken_back_or_reported_is_asked_about(text: str, where: str) -> None:
    found = understood(text, where)
    assert (found.outcome, found.acts) == (Outcome.ASK, ()), found
    assert found.offers


def test_a_stop_said_in_another_zone_is_repeated_in_the_persons_own() -> None:
    assert said(understood("should we stop webinar at 14:10 UTC?")).endswith("at 15:10?")


@each_row(
    ("where", "text", "offers"),
    [
        ("thread", "stop now or at 4?", ["stop:standup", "stop:standup@until 16:00"]),
        (
            "mention",
            "stop webinar in 10 minutes or now",
            ["stop:webinar", "stop:webinar@until 14:30"],
        ),
        (
            "mention",
            "stop now or at 4",
            [f"stop:{room}{at}" for room in ("standup", "webinar") for at in ("", "@until 16:00")],
        ),
        ("slash", "start board room now or at 4", ["start:board room", "schedule:board room@at 4"]),
    ],
)
def test_now_or_later_is_asked_about_both(where: str, text: str, offers: list[str]) -> None:
    world = WORLDS[Where(where)]
    between = replace(world, now=world.now + timedelta(seconds=31, microseconds=5))
    done = understood(text, where, between)
    again = understood(text, where)
    assert [one.words for one in again.offers] == [one.words for one in done.offers]
    assert (done.outcome, done.acts, done.when) == (Outcome.ASK, (), None)
    assert [f"{one}@{one.words}" if one.words else str(one) for one in done.offers] == offers


@each_row(
    ("where", "text", "says", "offers"),
    [
        ("mention", "start team", "There is no room “team”.", ["open-form:"]),
        ("slash", "record our team", "There is no room “team”.", ["open-form:"]),
        (
            "mention",
            "pause webinar now or at 4",
            "Pause the recording of webinar? It stays paused until somebody resumes it.",
            ["pause:webinar"],
        ),
        ("mention", "record team at 3", "There is no room “team”.", ["open-form:"]),
        ("mention", "start, team", "Which room should be recorded?", ["open-form:"]),
        (
            "mention",
            "cancel the stop and start board room",
            "Write “cancel the stop” in a message of its own. Start recording board room?",
            ["start:board room"],
        ),
        (
            "thread",
            "start board room and cancel the timer",
            "Write “cancel the timer” in a message of its own. Start recording board room?",
            ["start:board room"],
        ),
        (
            "mention",
            "remind me to record standup at 9",
            "I cannot remind you. Record standup on Thu 3 Dec, 9:00 (Europe/Berlin)?",
            ["schedule:standup"],
        ),
        (
            "mention",
            "can you remind us to stop webinar at 4",
            "I cannot remind you. Stop the recording of webinar at 16:00?",
            ["stop:webinar"],
        ),
        (
            "dm",
            "remind me about the budget",
            "I cannot remind you. I can record a room at a time, such as “record standup at 9:00”.",
            [],
        ),
        ("mention", "remind you me", "I did not understand that.", []),
        ("mention", "make town hall 1080p", "Here is what is scheduled.", []),
        (
            "mention",
            "make board room 1080p",
            "Start recording board room (1080p)?",
            ["start:board room"],
        ),
    ],
)
def test_what_is_not_done_is_named(where: str, text: str, says: str, offers: list[str]) -> None:
    done = understood(text, where)
    assert (said(done), done.acts) == (says, ())
    assert [str(order) for order in done.offers] == offers


@each_row(
    ("where", "text"),
    [("mention", "make webinar audio only"), ("thread", "make it 1080p"), ("thread", "1080p")],
)
def test_what_runs_keeps_its_options(where: str, text: str) -> None:
    done = understood(text, where)
    assert said(done).startswith("A recording keeps the options with which it started.")
    assert (done.acts, done.offers) == ((), ())


@each_row(
    "text",
    ["starte die aufnahme von standup", "Nimm Standup auf", "enregistre town hall", "hilfe"],
)
def test_another_language_is_told_from_what_is_not_understood(text: str) -> None:
    done = understood(text)
    assert said(done).startswith("I understand only English")
    assert (done.acts, done.offers) == ((), ())


@each_row(
    ("text", "at"),
    [
        ("move it to monday", "Mon 7 Dec, 10:00"),
        ("move that an hour later", "Fri 4 Dec, 11:00"),
        ("can you push it to 11", "Fri 4 Dec, 11:00"),
        ("lets move the recording to monday 9am", "Mon 7 Dec, 9:00"),
    ],
)
def test_it_is_the_only_schedule_that_can_be_moved(text: str, at: str) -> None:
    for where in Where:
        done = understood(text, where)
        assert said(done) == f"Move the recording of town hall to {at} (Europe/Berlin)?"
        assert [str(order) for order in done.offers] == ["reschedule:town hall"]
        assert done.acts == ()


def test_which_schedule_is_to_be_moved_is_asked() -> None:
    world = WORLDS[Where.MENTION]
    ids = {room.name: room.room_id for room in world.names.rooms}
    at = datetime(2026, 12, 3, 17, tzinfo=ZoneInfo("Europe/Berlin"))
    other = Scheduled(ids["all hands"], at, schedule_id="other")
    world = replace(world, schedules=(*world.schedules, other))
    done = understood("move it to monday", world=world)
    assert [(str(order), order.words) for order in done.offers] == [
        ("reschedule:town hall", "Mon 7 Dec, 10:00"),
        ("reschedule:all hands", "Mon 7 Dec, 17:00"),
    ]
    own = replace(world, schedules=(*world.schedules[:-1], replace(other, own=True)))
    assert [str(one) for one in understood("move it to monday", world=own).offers] == [
        "reschedule:all hands"
    ]
    thread = replace(own, thread=ids["town hall"])
    assert [str(one) for one in understood("move it to monday", "thread", thread).offers] == [
        "reschedule:town hall"
    ]


@each_row("text", ["move it to monday", "move it to 10", "can you move it to 10 please"])
def test_what_repeats_is_not_moved_but_shown(text: str) -> None:
    for where in Where:
        world = WORLDS[where]
        repeated = replace(world, schedules=tuple(one for one in world.schedules if one.repeat))
        assert said(understood(text, where, repeated)) == "Here is what is scheduled."


@each_row(
    "text", ["move it to #design", "move it to production at 11", "push that to main", "move it"]
)
def test_what_is_no_schedule_is_not_moved(text: str) -> None:
    assert not understood(text).offers


@each_row(
    ("where", "text", "words"),
    [
        ("thread", "stop when everyone leaves", "when everyone leaves"),
        ("mention", "stop when its over", "when its over"),
        ("mention", "stop it later", "later"),
        ("slash", "stop webinar if nobody is there", "if nobody is there"),
        ("mention", "start board room as soon as Ana joins", "as soon as Ana joins"),
    ],
)
def test_a_condition_is_named_and_not_dropped(where: str, text: str, words: str) -> None:
    done = understood(text, where)
    assert said(done).startswith(f"I do not understand “{words}”. ")
    assert done.acts == ()


@each_row("text", ["resume", "keep recording", "keep it running"])
def test_where_nothing_runs_nothing_goes_on(text: str) -> None:
    world = replace(WORLDS[Where.MENTION], recorded={})
    assert said(understood(text, world=world)) == "Nothing is being recorded."


@each_row(
    ("text", "says", "offers"),
    [
        ("start webinr at 31:00", "31:00 is not a time.", ["open-form:webinar"]),
        ("start bord room on 1.2. at 9", "Is that 1 Feb, or 2 Jan?", ["open-form:board room"]),
        ("start bord room --res 9999p", "--res: “9999p” is not", ["open-form:board room"]),
        (
            "start bord room at 10 in 720p",
            "Record board room (720p) on Thu 3 Dec, 10:00",
            ["schedule:board room"],
        ),
    ],
)
def test_a_misspelt_room_drops_no_time_and_no_option(
    text: str, says: str, offers: list[str]
) -> None:
    done = understood(text)
    assert said(done).startswith(says)
    assert [str(order) for order in done.offers] == offers
