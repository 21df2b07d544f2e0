"""Terms: the comparable form of words, shared by search and by the sourcing of summary lines.

A text becomes a list of terms, in order. A term is a Porter stem without case, accents and
apostrophes, or a number in digits. Spoken numbers become digits, because a transcript has "ninety
seven" where a summary has "97". Spoken signs become words (`20%` is `20 percent`, `C++` is
`c plus plus`). In scripts without spaces each letter is a term.

Pure: no I/O, and no text makes it raise.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]  # it has no types

MAX_WORD = 64  # characters; longer ones are not words and would only fill the index


class _Stemmers(threading.local):
    """One stemmer per thread: a stemmer stores the word that it works on."""

    def __init__(self) -> None:
        self.porter = snowballstemmer.stemmer("porter")


_STEMMERS = _Stemmers()

_SIGNS = {"%": "percent", "€": "euro", "$": "dollar", "£": "pound", "+": "plus", "&": "and"}
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Japanese and Chinese
)
# The vowel signs of India's scripts are marks, not letters.
_LETTER = rf"(?:(?![{_UNSPACED}])(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff]))"
_TOKEN = re.compile(
    rf"\d{{1,2}}:\d{{2}}(?![\d:])|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![^\W\d_])|(?=\w)[{_UNSPACED}]"
    rf"|{_LETTER}+(?:['’]{_LETTER}+)*|[%€$£+&]"
)
_MARKS = re.compile("[\u0300-\u036f]")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_DIGITS = re.compile(r"(\d+(?:[.,:]\d+)*)(?:st|nd|rd|th)?$")

_STOP = """
a about after again all also am an and any are as at be because been before being both but by
can cannot could did do does doing done down each for from further get gets getting give given
go goes going got had has have having he her here hers him his how i if in into is it its just
let like may me might more most much must my no nor not now of off on once only or other our
ours out over own really same shall she should so some such than that the their theirs them then
there these they thing things this those through to too under until up upon us very want was we
well were what when where which while who whom whose why will with would yes yet you your yours
dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt ive im id ill youre youve
youll were weve well theyre theyve theyll hes shes thats theres lets whats um uh hmm okay ok
yeah yep right actually maybe please thanks
"""
STOP_WORDS = frozenset(_STOP.split())

_TO_NINETEEN = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen"""
_UNITS = {word: n for n, word in enumerate(_TO_NINETEEN.split())} | {"oh": 0}
_FULL_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * n for n, word in enumerate(_FULL_TENS.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# "First", "second" and "third" are mostly used as words, and a second is also a unit of time.
_ORDINALS = {
    "fourth": "four",
    "fifth": "five",
    "sixth": "six",
    "seventh": "seven",
    "eighth": "eight",
    "ninth": "nine",
    "tenth": "ten",
    "eleventh": "eleven",
    "twelfth": "twelve",
    "thirteenth": "thirteen",
    "fourteenth": "fourteen",
    "fifteenth": "fifteen",
    "sixteenth": "sixteen",
    "seventeenth": "seventeen",
    "eighteenth": "eighteen",
    "nineteenth": "nineteen",
    "twentieth": "twenty",
    "thirtieth": "thirty",
}
_ENDS = {"first": 1, "second": 2, "third": 3}  # only after a multiple of ten: twenty first


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text. `word` is as written, without case and accents; `stem` is compared."""

    word: str
    stem: str
    is_part: bool = False  # the number before a scale; the whole number follows

    @property
    def is_number(self) -> bool:
        return self.stem[0].isdigit()

    @property
    def is_stop(self) -> bool:
        return self.word in STOP_WORDS


def terms(text: str) -> tuple[Term, ...]:
    """The terms of a text in order, stop words included."""
    return tuple(_terms(_words(text)))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in order."""
    return tuple(term.stem for term in terms(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Porter stem of a folded word (see `fold`)."""
    return str(_STEMMERS.porter.stemWord(word)) or word


def fold(text: str) -> str:
    """Remove case and accents; full-width and half-width characters become the usual ones."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def _words(text: str) -> Iterator[str]:
    """Yield folded words; an empty one for punctuation, which separates two numbers."""
    folded = fold(text)
    end = 0
    for found in _TOKEN.finditer(folded):
        if folded[end : found.start()].strip(" \t-"):
            yield ""
        end = found.end()
        word = found[0].replace("’", "'").removesuffix("'s")
        word = _SIGNS.get(word, word).replace("'", "")
        if word:
            yield word[:MAX_WORD]


def _terms(words: Iterator[str]) -> Iterator[Term]:
    """Turn words into terms, and each run of spoken numbers into digits."""
    all_words = list(words)
    at = 0
    while at < len(all_words):
        word = all_words[at]
        length, numbers = _number_at(all_words, at)
        if length:
            *parts, whole = numbers
            yield from (Term(part, part, is_part=True) for part in parts)
            yield Term(whole, whole)
            at += length
            continue
        if word:
            yield Term(word, stem(word))
        at += 1


def _number_at(words: Sequence[str], start: int) -> tuple[int, tuple[str, ...]]:
    """The number of words from `start` that form one number, and its spellings in digits.

    "One twenty four" is 124, "nine oh four" 904, "one point two five" 1.25. "1.4 million" and
    "fifty thousand" give both the number before the scale and the whole number.
    """
    digits = _DIGITS.match(words[start])
    if digits:
        value = digits[1].replace(",", "") if _THOUSANDS.fullmatch(digits[1]) else digits[1]
        value = value.replace(":", "")  # 9:40 is said as nine forty
        return _scaled(words, start, start + 1, value.replace(",", "."))
    end, groups = _spoken_groups(words, start)
    if not groups:
        return 0, ()
    value = "".join(str(group) for group in groups)
    decimals = ""
    if end < len(words) and words[end] == "point":
        for word in words[end + 1 :]:
            if _UNITS.get(word, 10) > 9:
                break
            decimals += str(_UNITS[word])
    if decimals:
        end, value = end + 1 + len(decimals), f"{value}.{decimals}"
    if not decimals and tuple(words[end : end + 3]) == ("and", "a", "half"):
        end, value = end + 3, f"{value}.5"
    alone = end - start == 1 and words[start] in ("one", "oh")
    if alone and not (end < len(words) and words[end] in _SCALES):
        return 0, ()  # a pronoun, an exclamation
    return _scaled(words, start, end, value)


def _spoken_groups(words: Sequence[str], start: int) -> tuple[int, list[int]]:
    """The end of the spoken number, and its parts, whose digits are joined.

    "Three thousand eight hundred" is one part, "one twenty four" is two.
    """
    groups: list[int] = []
    at, total, current = start, 0, 0
    last = ""  # the kind of the word before
    while at < len(words):
        word = _ORDINALS.get(words[at], words[at])
        if word in _UNITS:
            value = _UNITS[word]
            joins = (last == "ten" and 0 < value < 10) or last in ("hundred", "and", "scale")
            if last and not joins:
                groups.append(total + current)
                total = current = 0
            current += value
            last = "unit"
        elif last == "ten" and words[at] in _ENDS:
            current += _ENDS[words[at]]
            at += 1
            break
        elif word in _TENS:
            if last and last not in ("hundred", "and", "scale"):
                groups.append(total + current)
                total = current = 0
            current += _TENS[word]
            last = "ten"
        elif word == "hundred" and (0 < current < 100 or not last):
            current = max(current, 1) * 100
            last = "hundred"
        elif word == "thousand" and last and 0 < current < 1000 and not groups:
            total += current * 1000
            current, last = 0, "scale"
        elif word == "and" and last in ("hundred", "scale") and _continues(words, at + 1):
            last = "and"
        else:
            break
        at += 1
    if last:
        groups.append(total + current)
    return at, groups


def _continues(words: Sequence[str], at: int) -> bool:
    return at < len(words) and (words[at] in _UNITS or words[at] in _TENS)


def _scaled(words: Sequence[str], start: int, end: int, value: str) -> tuple[int, tuple[str, ...]]:
    scale = _SCALES.get(words[end], 0) if end < len(words) else 0
    value = _plain(value)
    if not scale or len(value) > 12 or value.count(".") > 1:
        return end - start, (value[:MAX_WORD],)
    whole, _, decimals = value.partition(".")
    exact = int(whole + decimals) * scale
    product = _plain(str(exact // 10 ** len(decimals)))
    return end - start + 1, (value, product)


def _plain(value: str) -> str:
    """Remove insignificant zeros: 1.50 is 1.5, and 007 is 7."""
    if value.count(".") == 1:
        value = value.rstrip("0").rstrip(".")
    return value.lstrip("0") or "0"
