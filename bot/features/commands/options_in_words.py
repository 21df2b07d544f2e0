"""Reads start options in plain words: `with transcript, no summary, 720p`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from pydantic import ValidationError

from bot.core.options import AS_TEMPLATE, NAMED_RESOLUTIONS, RecordingOptions
from bot.features.commands.flags import Flags
from bot.features.commands.sentences import Piece, Sort
from bot.features.commands.vocabulary import Role
from bot.features.rooms.names import key_of

_SIZE = re.compile(r"([0-9]{3,4})x([0-9]{3,4})")


@dataclass(frozen=True, slots=True)
class Options:
    """The options in a text, from words and flags; `pieces` are the words that named them."""

    built: RecordingOptions
    values: dict[str, object]
    preset: str | None = None
    problem: str | None = None
    pieces: tuple[Piece, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


def options_in(pieces: Sequence[Piece], flags: Flags, presets: Sequence[str]) -> Options:
    """Read the options of a start. If they exclude each other, `problem` says so."""
    values, used, soundless = _in_words(pieces)
    preset, of_preset = _preset_in(pieces, presets)
    if not values and not flags.text:
        problem = _ALWAYS_SOUND if soundless else None
        return Options(AS_TEMPLATE, {}, preset, problem, (*used, *of_preset))
    given = values | flags.options.model_dump(exclude_defaults=True)
    problem = flags.problem or (_ALWAYS_SOUND if soundless else None)
    try:
        built = RecordingOptions.model_validate(given)
    except ValidationError as error:
        built = flags.options
        first = error.errors()[0]
        problem = problem or str(first.get("ctx", {}).get("error", first["msg"]))
    return Options(built, given, flags.preset or preset, problem, (*used, *of_preset), flags.raw)


_ALWAYS_SOUND = "A recording always includes audio."


def _in_words(pieces: Sequence[Piece]) -> tuple[dict[str, object], list[Piece], bool]:
    """Read each option. `no transcript and summary` denies both; `no summary, 720p` only one."""
    values: dict[str, object] = {}
    used: list[Piece] = []
    soundless = False
    wanted, denied = True, False  # `denied`: by the very words before it
    for n, piece in enumerate(pieces):
        option = piece.option
        if option is None and piece.sort is Sort.UNREAD:
            option = _size(piece)
        if option is not None:
            name, value = option
            if name == "resolution":
                value = NAMED_RESOLUTIONS.get(str(value), value)
            switch = name in ("transcription", "summary")
            if switch or not denied:
                off = not wanted or _is_off_behind(pieces[n + 1 :])
                values[name] = False if switch and off else value
            elif name == "audio_only":
                soundless = True
            used.append(piece)
            denied = False
        elif piece.role in (Role.WITHOUT, Role.NOT) or piece.key in _DISABLE:
            wanted, denied = False, True
        elif piece.role is Role.WITH or piece.role not in (Role.AND, Role.ARTICLE, Role.FILLER):
            wanted = wanted if piece.sort is Sort.COMMA else True
            denied = False
    return values, used, soundless


_DISABLE = {("disable",), ("turn", "off"), ("switch", "off")}


def _is_off_behind(pieces: Sequence[Piece]) -> bool:
    """Whether an option is denied by the word behind it: `transcript: no`, `transcript off`."""
    behind = [piece for piece in pieces[:3] if piece.key not in ((":",), ("=",), ("-",))]
    if not behind or behind[0].key not in (("off",), ("no",), ("nope",)):
        return False
    denies_next = len(behind) > 1 and behind[1].option is not None  # transcript no summary
    return behind[0].key == ("off",) or not denies_next


def _size(piece: Piece) -> tuple[str, object] | None:
    size = _SIZE.fullmatch(piece.words[0].key)
    return ("resolution", {"width": int(size[1]), "height": int(size[2])}) if size else None


_key = lru_cache(500)(key_of)


def _preset_in(
    pieces: Sequence[Piece], presets: Sequence[str]
) -> tuple[str | None, tuple[Piece, ...]]:
    """Find the name of a preset: `with preset Podcast`, `as Client call`."""
    keys = {_key(name): name for name in presets}
    after = {one.words[0].start for a, one in pairwise(pieces) if a.role is Role.ARTICLE}
    flat = [
        (word.key if word.start not in after else "", piece)  # a client call is no preset
        for piece in pieces
        if piece.sort is not Sort.ROOM
        for word in piece.words
    ]
    words = tuple([word for word, _ in flat])
    said = tuple(piece for piece in pieces if piece.key in (("preset",), ("template",)))
    there = {key: name for key, name in keys.items() if key and key[0] in words}
    for key, name in sorted(there.items(), key=lambda it: -len(it[0])):
        for at in range(len(flat) - len(key) + 1):
            if words[at : at + len(key)] == key:
                return name, (*(piece for _, piece in flat[at : at + len(key)]), *said)
    return None, ()
