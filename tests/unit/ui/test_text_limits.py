"""The length limits of text: what just fits is kept whole, and one more is cut at the limit."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui import buttons, forms, message, text
from bot.ui.message import Block
from bot.ui.text import size
from tests.unit.rows import each_row
from tests.unit.views_extremes import TEXTS

WIDE = "😀"  # two UTF-16 units
FAMILY = "👩‍👩‍👧‍👦"  # one character of eleven units
ACCENTED = "q\u0330"  # no composed form: two units that belong together


def test_size_counts_utf_16_units() -> None:
    assert [size(one) for one in ("", "ab", "\uffff", WIDE, FAMILY)] == [0, 2, 1, 2, 11]


@each_row("limit", [2, 3, 150])
@each_row("shown", [text.plain, text.esc, text.shorten])
def test_what_fits_is_whole_and_one_more_is_cut(shown: object, limit: int) -> None:
    assert callable(shown)
    assert shown("x" * limit, limit) == "x" * limit
    assert shown("x" * (limit + 1), limit) == "x" * (limit - 1) + "…"


def test_the_limits_that_hold_where_none_is_given() -> None:
    for shown in (text.plain, text.esc):
        assert shown("x" * 150) == "x" * 150
        assert shown("x" * 151) == "x" * 149 + "…"
    assert text.code("x" * 300) == f"`{'x' * 300}`"
    assert text.code("x" * 301) == f"`{'x' * 299}…`"


@each_row(
    ("words", "limit", "plain", "escaped"),
    [
        ("a" + WIDE, 3, "a" + WIDE, "a" + WIDE),
        ("ab" + WIDE, 3, "ab…", "ab…"),
        ("a" + WIDE * 2, 4, "a" + WIDE + "…", "a" + WIDE + "…"),
        ("ab cd", 4, "ab…", "ab…"),  # no blank before the dots
        ("a" + FAMILY, 12, "a" + FAMILY, "a" + FAMILY),
        ("a" + FAMILY + "b", 12, "a…", "a…"),
        ("ab" + ACCENTED + "cd", 4, "ab…", "ab…"),
        ("ab" + ACCENTED + "cd", 5, "ab" + ACCENTED + "…", "ab" + ACCENTED + "…"),
        ("👍🏽👍🏽", 7, "👍🏽…", "👍🏽…"),  # a skin tone is not left behind
        ("👍🏽👍🏽", 4, "…", "…"),
    ],
)
def test_a_character_of_several_is_kept_or_left_out_whole(
    words: str, limit: int, plain: str, escaped: str
) -> None:
    assert text.plain(words, limit) == plain
    assert text.esc(words, limit) == escaped


@each_row(
    ("words", "limit", "shown"),
    [
        ("a&b", 7, "a&amp;b"),
        ("a&b", 6, "a…"),
        ("a&bc", 7, "a&amp;…"),
        ("ab<c", 7, "ab&lt;c"),
        ("ab<c", 6, "ab…"),
        ("a@b", 4, "a@\u2060b"),
        ("a@bc", 4, "a@\u2060…"),
        ("a@b", 3, "a…"),
    ],
)
def test_an_entity_counts_as_it_is_written(words: str, limit: int, shown: str) -> None:
    assert text.esc(words, limit) == shown


def test_four_accents_in_a_row_stay_and_a_fifth_goes() -> None:
    assert text.clean("x" + "\u0330" * 4) == "x" + "\u0330" * 4
    assert text.clean("x" + "\u0330" * 5 + "y\u0330") == "x" + "\u0330" * 4 + "y\u0330"


@pytest.mark.parametrize(
    ("user_id", "is_one"),
    [
        ("U1", True),
        ("W" + "A" * 30, True),
        ("W" + "A" * 31, False),
        ("U", False),
        ("C1", False),
        ("", False),
    ],
)
def test_ids_of_people(user_id: str, is_one: bool) -> None:
    assert text.is_user(user_id) is is_one


@each_row(
    ("seconds", "shown"),
    [
        (0.49, ""),
        (0.5, "0 s"),
        (0.6, "1 s"),
        (59.4, "59 s"),
        (59.5, "1 min"),
        (89, "1 min"),
        (91, "2 min"),
        (3569, "59 min"),
        (3571, "1 h"),
        (7260, "2 h 1 min"),
        (3_600_000, "1,000 h"),
        (float("inf"), ""),
        (-1, ""),
    ],
)
def test_where_a_duration_changes_its_unit(seconds: float, shown: str) -> None:
    assert text.duration(seconds) == shown


@each_row(
    ("size_bytes", "shown"),
    [
        (-1, ""),
        (1, "1 KB"),
        (99, "1 KB"),
        (100, "0.1 KB"),
        (9_949, "9.9 KB"),
        (9_951, "10 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (999_499_999, "999 MB"),
        (999_500_000, "1.0 GB"),
        (9_950_000_000, "10 GB"),
    ],
)
def test_where_a_size_changes_its_unit(size_bytes: int, shown: str) -> None:
    assert text.megabytes(size_bytes) == shown


@pytest.mark.parametrize(
    ("n", "shown"), [(0, "0 rooms"), (1, "1 room"), (2, "2 rooms"), (1000, "1,000 rooms")]
)
def test_one_of_a_thing_is_singular(n: int, shown: str) -> None:
    assert text.count(n, "room") == shown


LINES = st.lists(TEXTS.map(lambda one: one.replace("\n", " ")), max_size=8)


@given(LINES, st.integers(3, 80))
def test_lines_are_whole_and_as_many_as_fit(parts: list[str], limit: int) -> None:
    shown = message.lines(parts, limit)
    assert size(shown) <= limit
    whole = "\n".join(parts)
    if size(whole) <= limit - 3:
        assert shown == whole
    elif shown != whole:
        kept = shown.removesuffix("…").removesuffix("\n")
        assert whole.startswith(kept)


def test_lines_keep_room_for_the_dots() -> None:
    assert message.lines(["ab", "cd"], 8) == "ab\ncd"
    assert message.lines(["ab", "cd"], 7) == "ab\n…"
    assert message.lines(["ab"], 4) == "…"
    full = ["x" * 1498, "y" * 1498]
    assert message.lines(full) == "\n".join(full)
    assert message.lines([*full[:1], "y" * 1499]) == full[0] + "\n…"


@pytest.mark.parametrize(
    ("sizes", "texts"),
    [
        ([], 0),
        ([2999], 1),
        ([1499, 1499], 1),
        ([1499, 1500], 2),
        ([2000, 999, 1], 2),
        ([9] * 301, 2),
    ],
)
def test_pieces_fill_one_block_before_the_next(sizes: list[int], texts: int) -> None:
    parts = [chr(97 + n % 26) * length for n, length in enumerate(sizes)]
    made = message.pieces(parts)
    assert len(made) == texts
    assert all(size(one) <= 3000 for one in made)
    assert list(itertools.chain.from_iterable(one.split("\n") for one in made)) == parts


def test_an_address_is_linked_up_to_a_length() -> None:
    fits, too_long = ("https://a.test/" + "x" * n for n in (585, 586))
    assert message.link("Open", fits) == f"<{fits}|Open>"
    assert message.link("Open", too_long) == "Open"
    assert message.link("Open", None) == "Open"


def test_a_button_links_up_to_slacks_limit() -> None:
    fits, too_long = ("https://a.test/" + "x" * n for n in (2985, 2986))
    made = message.link_button("Open", fits)
    assert made is not None
    assert made["url"] == fits
    assert message.link_button("Open", too_long) is None


def test_the_value_and_the_label_of_a_button_are_cut_at_slacks_limits() -> None:
    made = message.button("Open", "open", value="v" * 2001, label="l" * 76)
    assert made["value"] == "v" * 2000
    assert made["accessibility_label"] == "l" * 74 + "…"
    bare = message.button("Open", "open")
    assert bare.keys() == {"type", "text", "action_id"}


def test_a_header_takes_150_and_a_name_150() -> None:
    assert message.header("x" * 150)["text"]["text"] == "x" * 150
    assert message.header("x" * 151)["text"]["text"] == "x" * 149 + "…"
    assert message.name_leaf("x" * 151) == message.leaf("x" * 149 + "…", bold=True)


def _texts_of(block: object) -> list[str]:
    if isinstance(block, dict):
        return [text for value in block.values() for text in _texts_of(value)]
    return [block] if isinstance(block, str) else []


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (buttons.stop_button("k", "n" * 500), ["n" * 54 + "…", "n" * 79 + "…"]),
        (forms.named_option("v", "n" * 500), ["n" * 74 + "…"]),
    ],
    ids=["stop", "option"],
)
def test_how_much_of_a_name_each_place_takes(made: Block, named: list[str]) -> None:
    """As long as the place allows, and no longer."""
    shown = [text for text in _texts_of(made) if "n" * 20 in text]
    for name in named:
        assert any(name in text and "n" + name not in text for text in shown)


@pytest.mark.parametrize("char", ["x", WIDE])
def test_a_text_box_keeps_3000_units(char: str) -> None:
    most = 3000 // size(char)
    assert forms.as_much_as_fits(char * most) == char * most
    assert forms.as_much_as_fits(char * (most + 1)) == char * most
    assert forms.as_much_as_fits("x" + WIDE * 1500) == "x" + WIDE * 1499  # not half a character


def test_the_texts_of_a_text_box() -> None:
    assert forms.textbox("")["type"] == "plain_text_input"
    assert forms.textbox("").get("initial_value") is None
    assert forms.textbox("").get("multiline") is False
    assert forms.textbox("a", placeholder="b")["initial_value"] == "a"
    assert forms.textbox("a", placeholder="b")["placeholder"] == forms.words("b")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 7 ", "7"),
        ("-12", "-12"),
        ("7.5", None),
        ("", None),
        ("9" * 100, "9" * 100),
        ("9" * 101, None),
    ],
)
def test_only_a_whole_number_is_shown_in_a_number_input(typed: str, kept: str | None) -> None:
    assert forms.whole_number(typed).get("initial_value") == kept
