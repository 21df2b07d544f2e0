"""Search in many transcripts: how long a question takes, and what an hour costs on disk.

An hour is a meeting of 500 sentences of twelve words, drawn by Zipf's law from 50,000 words. Its
channel is one of ten, and the person who asks sees one of them. 200 questions of one to four words
come from the same law; half of them have a word that is said nowhere near, so that they are
relaxed, and a tenth is misspelt.
"""

import asyncio
import random
import time
from bisect import bisect
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, chain
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg

from bot.core.facts import StartRequested
from bot.core.options import RecordingOptions
from bot.core.proofs import SearchScope
from bot.core.search import may_name, parse, sentence_stems, sentence_terms, stem_of
from bot.core.transcript import Sentence
from bot.store.open import open_store
from bot.store.store import Store
from bot.store.transcripts import MERGE_PAGES, Transcripts, _packed, _who
from bot.store.values import Team
from tests.bench.measure import Figure, Scale, Target, percentile
from tests.chaos.postgres import postgres

WORDS, SENTENCES, SAID, CHANNELS, QUESTIONS = 50_000, 500, 12, 10, 200
ALONE = 10  # hours that are kept as the bot keeps them
ROUNDS, STARTS, STARTS_EVERY_S = 3, 300, 0.02
ASKER = SearchScope("U-asker", True, frozenset({"C0"}))
ONSETS = ("b", "br", "d", "dr", "f", "g", "k", "kl", "l", "m", "n", "p", "r", "st", "t", "v")
VOWELS = ("a", "e", "i", "o", "u")


class Speech:
    """Words by Zipf's law; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        syllables = [a + b for a in ONSETS for b in VOWELS]
        made: dict[str, None] = {}
        while len(made) < WORDS:
            made["".join(self.random.choices(syllables, k=self.random.randint(2, 4))) + "k"] = None
        self.words = list(made)
        self._stems = {word: stem_of(word) for word in self.words}
        self._weights = list(accumulate(1 / (rank + 1) for rank in range(WORDS)))

    def word(self) -> str:
        return self.words[bisect(self._weights, self.random.random() * self._weights[-1])]

    def meeting(self) -> tuple[Sentence, ...]:
        return tuple(
            Sentence(
                n,
                f"Person {n % 5}",
                f"peer-{n % 5}",
                n * 7_200,
                n * 7_200 + 7_000,
                " ".join(self.word() for _ in range(SAID)).capitalize() + ".",
            )
            for n in range(SENTENCES)
        )

    def stems(self, sentence: Sentence) -> tuple[str, ...]:
        """As `sentence_stems`, which takes much longer for a thousand hours."""
        name = sentence.speaker.lower().split()
        return (*name, *(self._stems[word] for word in _said(sentence)))

    def question(self, said: Sequence[Sentence], n: int) -> str:
        """Words of one sentence; every second question has one that is said elsewhere."""
        sentence = _said(said[self.random.randrange(len(said))])
        words = self.random.sample(sentence, self.random.randint(1, 4))
        if n % 2 and len(words) > 1:
            words[-1] = self.word()
        if n % 10 == 3:
            words[0] = words[0][:2] + "x" + words[0][3:]
        return " ".join(words)


def _said(sentence: Sentence) -> list[str]:
    return sentence.text.lower().rstrip(".").split()


class Loader(Transcripts):
    """Stores a meeting in a few large transactions, and the words of all meetings at the end."""

    async def load(self, key: str, meeting: Sequence[Sentence], speech: Speech) -> Counter[str]:
        """The counts of its words, for `load_words`."""
        stems = [speech.stems(one) for one in meeting]
        people = {who: n for n, who in enumerate(dict.fromkeys(map(_who, meeting)))}
        words = Counter(w for one in meeting for w in one.speaker.lower().split() + _said(one))
        async with self._db.write() as conn:
            row = await self._begin(conn, key, key, len(meeting), people)
        assert await self._count(row.id, row.words, {}, _packed(words))
        assert await self._keep_batch(row.id, 0, self._rows(row.id, meeting, people, stems))
        while self._db.is_sqlite and await self._merge(MERGE_PAGES):
            pass
        return words

    async def load_words(self, words: Mapping[str, int]) -> None:
        news = {word: [stem_of(word), n] for word, n in sorted(words.items())}
        async with self._db.write() as conn:
            await conn.execute(self._add_words, {"words": news})


async def find_figures(scale: Scale) -> list[Figure]:
    figures: list[Figure] = []
    for name, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
        async with opened() as (store, size_of):
            figures += await _figures(name, store, size_of, scale.hours)
    return figures


async def _figures(name: str, store: Store, size_of, hours: int) -> list[Figure]:  # type: ignore[no-untyped-def]
    speech = Speech()
    empty = await size_of()
    said, kept_ms = await fill(store, speech, hours)
    size = (await size_of() - empty) / 1000 / (hours + ALONE)
    took, found = await ask(store, speech, said)
    about = f"{hours:,} hours, {name}"
    alone: list[float] = []
    meanwhile: list[float] = []
    for _ in range(ROUNDS):
        three_hours = chain.from_iterable(speech.meeting() for _ in range(3))
        long = [replace(one, n=n) for n, one in enumerate(three_hours)]
        alone.append(percentile(await _starts(store, lambda: False), 0.99))
        keeping = asyncio.create_task(_keep(store, f"long-{uuid4().hex[:8]}", long))
        meanwhile.append(percentile(await _starts(store, keeping.done), 0.99))
        await keeping
    return [
        Figure(f"a start is stored, p99, {about}", alone, "ms"),
        Figure(f"… while a transcript is kept, {about}", meanwhile, "ms"),
        Figure(f"find, p95, {about}", [percentile(took, 0.95)], "ms", Target("<", 150)),
        Figure(f"find, median, {about}", [percentile(took, 0.5)], "ms"),
        Figure(f"questions with an answer, {about}", [found / QUESTIONS * 100], "%"),
        Figure(f"size of an hour, {about}", [size], "KB"),
        Figure(f"keeping an hour, {about}", [percentile(kept_ms, 0.5)], "ms"),
    ]


async def fill(store: Store, speech: Speech, hours: int) -> tuple[list[Sentence], list[float]]:
    """Keep that many hours: what the asker may see, and the ms that an hour takes to keep."""
    said: list[Sentence] = []
    words = Counter[str]()
    loader = Loader(store.transcripts._of)
    for hour in range(hours):
        meeting = speech.meeting()
        assert hour or list(map(speech.stems, meeting)) == list(map(_stems, meeting))
        if hour % CHANNELS == 0:
            said += meeting
        key = f"hour-{hour}"
        await store.recordings.create(key, _requested(key, hour))
        words.update(await loader.load(key, meeting, speech))
    await loader.load_words(words)
    kept_ms = [
        await _keep(store, f"hour-{hour}", speech.meeting(), hour)
        for hour in range(hours, hours + ALONE)
    ]
    return said, kept_ms


def _stems(sentence: Sentence) -> tuple[str, ...]:
    return sentence_stems(sentence_terms(sentence.speaker, sentence.text))


async def _keep(store: Store, key: str, meeting: Sequence[Sentence], hour: int = 0) -> float:
    """Keep one as the bot does; how many ms that takes."""
    await store.recordings.create(key, _requested(key, hour))
    began = time.perf_counter()
    assert await store.transcripts.keep(key, meeting)
    return (time.perf_counter() - began) * 1000


async def ask(store: Store, speech: Speech, said: Sequence[Sentence]) -> tuple[list[float], int]:
    """How long each question took, in ms, and how many had an answer."""
    took: list[float] = []
    found = 0
    for n in range(QUESTIONS):
        text = speech.question(said, n)
        began = time.perf_counter()
        rooms, people = await store.search.names(ASKER) if may_name(text) else (set(), set())
        query = parse(text, rooms=rooms, people=people, today=date(2026, 3, 1))
        answer = await store.search.find(query, ASKER, limit=5)
        took.append((time.perf_counter() - began) * 1000)
        found += bool(answer.moments)
    return took, found


async def _starts(store: Store, ended: Callable[[], bool]) -> list[float]:
    """How long each of some starts waits for its commit, the waiting for the loop included."""
    took: list[float] = []
    while len(took) < STARTS and not ended():
        key = f"start-{uuid4().hex[:8]}"
        due = time.perf_counter() + STARTS_EVERY_S
        await asyncio.sleep(STARTS_EVERY_S)
        await store.recordings.create(key, _requested(key, 0))
        took.append((time.perf_counter() - due) * 1000)
    return took


def _requested(key: str, hour: int) -> StartRequested:
    return StartRequested(
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour),
        request_id=key,
        room_id=key,
        room_name=f"Room {hour % 40}",
        options=RecordingOptions(),
        by=f"U{hour % 30}",
        channel_id=f"C{hour % CHANNELS}",
        via="command",
    )


async def _opened(url: str) -> Store:
    return await open_store(
        url, team=Team("T1"), now=lambda: datetime.now(UTC), lease=timedelta(seconds=30)
    )


@asynccontextmanager
async def _on_sqlite() -> AsyncIterator[tuple[Store, object]]:
    with TemporaryDirectory() as folder:
        store = await _opened(f"sqlite:///{folder}/find.db")

        async def size() -> int:
            async with store.db.database.write(lone=True) as conn:
                await conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            files = await asyncio.to_thread(lambda: list(Path(folder).iterdir()))
            return sum(file.stat().st_size for file in files)

        try:
            yield store, size
        finally:
            await store.close()


@asynccontextmanager
async def _on_postgres() -> AsyncIterator[tuple[Store, object]]:
    async with postgres() as server:
        name = f"find_{uuid4().hex[:8]}"
        with psycopg.connect(server.url, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}")
        store = await _opened(server.url.replace("/postgres?", f"/{name}?"))

        async def size() -> int:
            async with store.db.database.read() as conn:
                found = await conn.exec_driver_sql("SELECT pg_database_size(current_database())")
                return int(found.scalar_one())

        try:
            yield store, size
        finally:
            await store.close()
