"""What a query means, and in which order hits come."""

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.search import (
    IN_BLOCK,
    WINDOW,
    WORDS_MOST,
    Candidate,
    Query,
    QueryWord,
    Resolved,
    Vocabulary,
    blocks,
    edits,
    fts5,
    may_name,
    needs,
    parse,
    pieces,
    rank,
    sentence_stems,
    sentence_terms,
    similar,
    stem_of,
    tsquery,
    tsvector,
    wanted,
    windows,
)
from tests.unit.rows import each_row

TODAY = date(2026, 11, 29)  # a Sunday
ROOMS = ("Sales weekly", "Sales", "Daily", "in review", "Größe")
PEOPLE = ("Ana Lima", "Ben", "Ben Nevis", "since")


def asked(text: str) -> Query:
    return parse(text, rooms=ROOMS, people=PEOPLE, today=TODAY)


@each_row(
    ("text", "words", "rooms", "people", "since"),
    [
        ("budget", "budget", (), (), None),
        ("the budget for 2 million", "budget 2000000", (), (), None),
        ("budget budget Budgets", "budget budgets", (), (), None),
        ("who will", "who will", (), (), None),
        ("budget in sales weekly", "budget", ("Sales weekly",), (), None),
        ("budget in SALES", "budget", ("Sales",), (), None),
        ("in sales budget", "budget", ("Sales",), (), None),
        ("grosse in:grosse", "grosse", ("Größe",), (), None),
        ("in in review x", "x", ("in review",), (), None),
        ("drone imaging in fields", "drone imaging fields", (), (), None),
        ("budget from ana", "budget", (), ("Ana Lima",), None),
        ("budget from Lima, please", "budget", (), ("Ana Lima",), None),
        ("budget from ben", "budget", (), ("Ben", "Ben Nevis"), None),
        ("budget from ben nevis", "budget", (), ("Ben Nevis",), None),
        ("mail from legal", "mail legal", (), (), None),
        ("budget since 2026-11-01", "budget", (), (), date(2026, 11, 1)),
        ("budget since yesterday", "budget", (), (), date(2026, 11, 28)),
        ("budget since today", "budget", (), (), TODAY),
        ("budget since monday", "budget", (), (), date(2026, 11, 23)),
        ("budget since sunday", "budget", (), (), date(2026, 11, 22)),
        ("budget since last week", "budget", (), (), date(2026, 11, 22)),
        ("budget since 3 days ago", "budget", (), (), date(2026, 11, 26)),
        ("budget since 2 weeks", "budget", (), (), date(2026, 11, 15)),
        ("budget since march", "budget", (), (), date(2026, 3, 1)),
        ("budget since september", "budget", (), (), date(2026, 9, 1)),
        ("budget since sept 3", "budget", (), (), date(2026, 9, 3)),
        ("budget since Dec 24", "budget", (), (), date(2025, 12, 24)),
        ("budget since 24 dec", "budget", (), (), date(2025, 12, 24)),
        ("budget since 5. March 2025", "budget", (), (), date(2025, 3, 5)),
        ("since monday budget", "budget", (), (), date(2026, 11, 23)),
        ("broken since the move", "broken since move", (), (), None),
        ("since 31 feb", "since 31 feb", (), (), None),
        ("since 9999 years", "since 9999 years", (), (), None),
        (
            "budget in daily from ben since may",
            "budget",
            ("Daily",),
            ("Ben", "Ben Nevis"),
            date(2026, 5, 1),
        ),
        ('budget in:"Sales weekly"', "budget", ("Sales weekly",), (), None),
        ("in", "in", (), (), None),
        ("", "", (), (), None),
    ],
)
def test_words_and_filters(
    text: str, words: str, rooms: tuple[str, ...], people: tuple[str, ...], since: date | None
) -> None:
    query = asked(text)
    assert " ".join(term.word for term in query.words) == words
    assert (query.rooms, query.people, query.since, query.unknown) == (rooms, people, since, ())


@pytest.mark.parametrize(
    ("text", "words", "until"),
    [
        ("budget since monday until:2026-11-24", "budget", date(2026, 11, 24)),
        ("until: yesterday budget", "budget", date(2026, 11, 28)),
        ("budget on: 24 Nov 2026", "budget", date(2026, 11, 24)),
        ("budget on friday", "budget friday", None),
        ("wait until friday", "wait friday", None),
    ],
)
def test_the_last_day_needs_its_colon(text: str, words: str, until: date | None) -> None:
    query = asked(text)
    assert (" ".join(term.word for term in query.words), query.until) == (words, until)


@pytest.mark.parametrize(
    ("text", "unknown_filters", "words"),
    [
        ("budget in:nowhere", ("in:nowhere",), ["budget"]),
        ('from:"nobody here" budget', ('from:"nobody here"',), ["budget"]),
        ("since:whenever", ("since:whenever",), []),
    ],
)
def test_a_filter_with_a_colon_is_always_one(
    text: str, unknown_filters: tuple[str, ...], words: list[str]
) -> None:
    query = asked(text)
    assert (query.unknown, [term.word for term in query.words]) == (unknown_filters, words)


@pytest.mark.parametrize(
    ("words", "tries"), [(1, (1,)), (2, (2,)), (3, (3, 2)), (4, (4, 3, 2)), (8, (8, 7, 2))]
)
def test_relaxation_never_leaves_one_word_of_several(words: int, tries: tuple[int, ...]) -> None:
    assert needs(words) == tries


KNOWN = Vocabulary(
    {
        "database": 5,
        "exclusivity": 2,
        "run": 9,
        "book": 3,
        "login": 1,
        "deliver": 2,
        "done": 50,
        "they": 90,
    }
)


@each_row(
    ("word", "expected"),
    [
        ("databse", ["database"]),
        ("dtaabase", ["database"]),
        ("excluzive", ["exclusivity"]),
        ("databases", ["database"]),
        ("atabase", []),  # the first letter is right
        ("dat", []),
        ("drone", []),  # "done" is a stop word
        ("thay", []),
        ("d4tabase", []),
    ],
)
def test_spelling(word: str, expected: list[str]) -> None:
    assert similar(word, {one: stem_of(one) for one in KNOWN.counts}) == expected


SOME_WORDS = st.text(alphabet="abeilnst", min_size=1, max_size=12)


@given(SOME_WORDS, st.lists(SOME_WORDS, max_size=20))
def test_a_word_that_may_be_meant_is_about_as_long(word: str, known: list[str]) -> None:
    """The databases read only those: `edits` says how long they are."""
    of_word, of_stem = edits(word)
    for one in similar(word, {other: stem_of(other) for other in known}):
        by_word = abs(len(one) - len(word)) <= of_word
        by_stem = of_stem and abs(len(stem_of(one)) - len(stem_of(word))) <= of_stem
        assert by_word or by_stem


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("databases", [[("databas",)]]),
        ("runbook", [[("run", "book")]]),
        ("log in", [[("login",)]]),
        ("delivery", [[("deliv",)]]),
        ("book zebra", [[("book",)], []]),
        ("databse", [[]]),
    ],
)
def test_what_counts_as_a_word(text: str, phrases: list[list[tuple[str, ...]]]) -> None:
    assert [list(one.phrases) for one in wanted(asked(text), KNOWN)] == phrases


def test_the_index_has_names_and_words_in_their_order() -> None:
    assert sentence_stems(sentence_terms("Ana Lima", "We run the book.")) == (
        "ana",
        "lima",
        "we",
        "run",
        "the",
        "book",
    )


def test_blocks_begin_every_eight_sentences() -> None:
    assert list(blocks(0, 17)) == [0, 8, 16]
    assert list(blocks(1, 16)) == [8]
    assert list(blocks(0, 0)) == []


@each_row("count", range(30))
def test_every_window_is_in_one_block_and_no_other(count: int) -> None:
    said = [(n, "Ana", ("ana", f"s{n}")) for n in range(count)]
    ana = Resolved((QueryWord("ana", (("ana",),)),))
    found = [
        one.first
        for first in blocks(0, count)
        for one in windows("R", said[first : first + IN_BLOCK], ana, 1)
    ]
    whole = [0] if 0 < count < WINDOW else list(range(max(0, count - WINDOW + 1)))
    assert sorted(found) == whole


def test_a_window_has_the_words_near_each_other() -> None:
    said = [(n, "", (f"w{n}",)) for n in range(IN_BLOCK)]
    asked = Resolved(
        (QueryWord("a", (("w3",),)), QueryWord("b", (("w5",),)), QueryWord("c", (("w9",),)))
    )
    assert [one.first for one in windows("R", said, asked, 2)] == [3]
    assert list(windows("R", said, asked, 3)) == []
    split = Resolved((QueryWord("w4w5", (("w4", "w5"),)),))
    assert [one.first for one in windows("R", said, split, 1)] == [4, 3]


def test_queries_are_written_for_both_databases() -> None:
    two = Resolved((QueryWord("a", (("a",), ("b", "c"))), QueryWord("d", (("d",),))))
    assert fts5(two, 2) == '(("a" OR "b c") AND ("d"))'
    assert tsquery(two, 2) == "((('a') | ('b' <-> 'c')) & (('d')))"
    three = Resolved(tuple(QueryWord(one, ((one,),)) for one in "abc"))
    assert fts5(three, 2).count(" OR ") == 2
    assert tsvector(("a", "o'b")) == "'a':1 'o''b':2"


def hits(text: str, *candidates: Candidate, people: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    counts = dict.fromkeys(("budget", "plan", "ana", "ben", "rare"), 5) | {"rare": 1}
    resolved = Resolved(wanted(asked(text), Vocabulary(counts)))
    ranked = rank(candidates, resolved, Vocabulary(counts), people=people)
    return [(hit.recording, hit.sentence) for hit in ranked]


def window(recording: str, first: int, *said: tuple[str, str]) -> Candidate:
    return Candidate(
        recording,
        first,
        tuple((who, sentence_stems(sentence_terms(who, text))) for who, text in said),
    )


def test_what_is_said_at_once_comes_first() -> None:
    apart = window("r1", 0, ("Ana", "The budget."), ("Ben", "Hm."), ("Ana", "The plan."))
    at_once = window("r2", 4, ("Ana", "Hm."), ("Ben", "A budget plan."), ("Ana", "No."))
    assert hits("budget plan", apart, at_once) == [("r2", 5), ("r1", 0)]


def test_rare_words_come_first() -> None:
    common = window("r1", 0, ("Ana", "The budget plan."))
    rare = window("r2", 0, ("Ana", "The rare plan."))
    assert hits("budget rare plan x", common, rare) == [("r2", 0), ("r1", 0)]


def test_windows_that_overlap_are_one_hit() -> None:
    said = [("Ana", "Hm."), ("Ben", "Hm."), ("Ana", "The budget."), ("Ben", "Ok."), ("Ana", "Hm.")]
    overlapping = [window("r1", n, *said[n : n + 3]) for n in range(3)]
    far = window("r1", 40, ("Ben", "A budget."))
    assert hits("budget", *overlapping, far) == [("r1", 2), ("r1", 40)]


def test_the_hit_is_said_by_the_person_asked_for() -> None:
    both = window("r1", 0, ("Ana Lima", "The budget."), ("Ben", "My budget."))
    assert hits("budget", both, people=("Ben",)) == [("r1", 1)]
    assert hits("ben budget", both) == [("r1", 1)]
    beside = window("r1", 0, ("Ana Lima", "The budget."), ("Ben", "Hm."))
    assert hits("budget", beside, people=("Ben",)) == []


WORDS = st.sampled_from(
    [
        "in",
        "from",
        "since:",
        "in:",
        "budget",
        "Ana",
        '"sales',
        "ben",
        "may",
        "2026-01-01",
        "C++",
        "AND",
        "NOT",
        "NEAR",
        "*",
        "(",
        ")",
        ":",
        "\\",
        "'",
    ]
)
TEXTS = st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=40)


@given(TEXTS)
def test_any_query_is_understood_and_can_be_asked(text: str) -> None:
    query = asked(text)
    assert len(query.words) <= WORDS_MOST
    assert {term.stem for term in query.words} <= pieces(query)
    known = wanted(query, KNOWN)
    assert [one.word for one in known] == [term.word for term in query.words]
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE found USING fts5(stems, tokenize=\"unicode61 tokenchars '.'\")"
    )
    connection.execute("INSERT INTO found VALUES (?)", [" ".join(t.stem for t in query.said)])
    for need in needs(len(query.words)) if query.words else ():
        asking = fts5(Resolved(tuple(QueryWord(t.word, ((t.stem,),)) for t in query.words)), need)
        assert connection.execute(
            "SELECT count(*) FROM found WHERE found MATCH ?", [asking]
        ).fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("budget", False),
        ("said in", False),
        ("login since monday", False),
        ("budget in sales", True),
        ("FROM:ben", True),
        ("In: sales", True),
    ],
)
def test_a_text_without_in_or_from_names_nobody(text: str, may: bool) -> None:
    assert may_name(text) is may


@given(TEXTS)
def test_names_are_known_to_whoever_may_name_one(text: str) -> None:
    assert may_name(text) or asked(text) == parse(text, today=TODAY)


class Once(list[str]):
    """Names that are compared once, however many filters a question has."""

    read = 0

    def __iter__(self) -> Iterator[str]:
        self.read += 1
        return super().__iter__()


def test_names_are_compared_once_for_all_filters() -> None:
    names = Once(f"First{n} Last{n}" for n in range(50))
    query = parse("x " + "from last7 " * 30, people=names, today=date(2026, 5, 4))
    assert query.people == ("First7 Last7",) * 30
    assert names.read == 1
    assert parse("budget", people=(unread := Once(names)), today=date(2026, 5, 4)).words
    assert unread.read == 0
