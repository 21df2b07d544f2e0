"""People's words can do no harm; times, lengths and sizes read well."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.message import web_address
from bot.ui.text import (
    code,
    duration,
    esc,
    literal,
    megabytes,
    mention,
    place,
    plain,
    size,
    unix,
    utc,
    when,
)
from tests.unit.rows import each_row
from tests.unit.views_extremes import TEXTS
from tests.unit.views_samples import NOW, assert_only_our_markup


def test_nothing_follows_what_did_not_fit() -> None:
    assert esc("ab🎥cd", 4) == "ab…"
    assert plain("abc🎥d", 4) == "abc…"


ENTITY = re.compile(r"&(amp|lt|gt);")


@given(TEXTS, st.integers(1, 300))
@example("<!channel>", 150)
@example("<@U1>", 150)
@example("<https://evil.example|click>", 150)
def test_escape_never_yields_a_mention_or_a_link(text: str, limit: int) -> None:
    shown = esc(text, limit)
    assert "<" not in shown
    assert ">" not in shown
    assert_only_our_markup(shown)
    assert not re.search(r"@\w", shown)
    assert "://" not in shown


@given(TEXTS, st.integers(1, 300))
def test_truncation_never_cuts_an_entity_and_keeps_to_its_limit(text: str, limit: int) -> None:
    shown = esc(text, limit)
    assert size(shown.strip("\u2068\u2069")) <= limit
    assert "&" not in ENTITY.sub("", shown)
    assert size(plain(text, limit)) <= limit


@given(TEXTS, st.integers(2, 300))
def test_escape_leaves_nothing_that_formats(text: str, limit: int) -> None:
    shown = esc(text, limit)
    assert not set("*~`\n\r\x00\u202e\u200b") & set(shown)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", shown)
    assert not re.search(r":[\w+'-]+:", shown)
    assert not shown.startswith("&gt;")
    assert shown.strip()
    shown.encode()


@given(TEXTS)
def test_a_clean_text_stays_clean(text: str) -> None:
    once = plain(text, 10_000)
    assert plain(once, 10_000) == once
    assert "\n" not in once


@each_row(
    ("text", "shown"),
    [
        ("weekly_sync_v2", "weekly_sync_v2"),
        ("Q&A <b>", "Q&amp;A &lt;b&gt;"),
        ("*bold* _i_", "∗bold∗ ˍiˍ"),
        ("a\nb\t c", "a b c"),
        ("\u200b", "unnamed"),
        ("> quote", "› quote"),
        ("12:30:45", "12∶30:45"),
        ("שלום", "\u2068שלום\u2069"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert esc(text) == shown


def test_a_family_is_not_cut_apart() -> None:
    family = "👩‍👩‍👧‍👦"
    assert plain(f"ab{family}", 9) == "ab…"
    assert esc(f"ab{family}", 9) == "ab…"
    assert plain(family, 50) == family


@given(TEXTS)
def test_a_code_span_has_only_its_own_quotes(text: str) -> None:
    shown = code(text)
    assert shown.count("`") == 2
    assert_only_our_markup(shown)


def test_what_is_to_be_copied_stays_as_it_is() -> None:
    assert literal("/record start “a  *b*”\n\u202e\x00x") == "/record start “a  *b*”\nx"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, ""),
        (float("nan"), ""),
        (45, "45 s"),
        (59.6, "1 min"),
        (720, "12 min"),
        (3600, "1 h"),
        (4320, "1 h 12 min"),
    ],
)
def test_duration(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


@each_row(
    ("bytes_", "shown"),
    [
        (None, ""),
        (0, ""),
        (5, "1 KB"),
        (52_000, "52 KB"),
        (999_600, "1.0 MB"),
        (12_300_000, "12 MB"),
        (1_234_000_000, "1.2 GB"),
        (10**15, "1,000,000 GB"),
    ],
)
def test_size(bytes_: int | None, shown: str) -> None:
    assert megabytes(bytes_) == shown


def test_times_are_the_readers_own_with_utc_to_fall_back_on() -> None:
    stamp = unix(NOW)
    assert when(NOW) == f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|{utc(NOW)}>"
    assert utc(NOW) == "22 Nov 2026, 14:03 UTC"


def test_ids_that_are_none_are_not_shown_as_such() -> None:
    assert mention("U1") == "<@U1>"
    assert mention("<!channel>") == mention("U1>") == "someone"
    assert place("C1") == "<#C1>"
    assert place("D1") == place("<!here>") == "a direct message"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://", "ftp://a.example"])
def test_only_web_addresses_are_linked(url: str) -> None:
    assert web_address(url) is None


def test_an_address_cannot_end_its_link() -> None:
    assert web_address("https://a.example/a b|c>d%20?x=1&y=2") == (
        "https://a.example/a%20b%7Cc%3Ed%20?x=1&y=2"
    )
