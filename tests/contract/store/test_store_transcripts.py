"""Transcripts in both databases: what is kept is found by those who may, and forgotten for good."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.core.proofs import OwnWork, SearchScope
from bot.core.search import parse
from bot.core.sourcing import SourcedLine, SourcedSection
from bot.core.transcript import Sentence
from bot.store.errors import StoreRefused
from bot.store.open import open_store
from bot.store.schema import (
    scrubs,
    transcript_people,
    transcript_sentences,
    transcript_words,
    transcripts,
)
from bot.store.searching import Found
from bot.store.store import Store
from bot.store.transcripts import BATCH, WORDS, Transcripts, transcript_of
from bot.store.values import Team
from tests.contract.store_support import LEASE, T0, Clock, created
from tests.contract.transcripts_kit import misspelt, new_word, scope, spoken, texts
from tests.databases import migrated_copy

C1 = scope("C1")
NOBODY = scope()
TODAY = date(2026, 3, 2)


@pytest.fixture
async def library(store: Store) -> Transcripts:
    return store.transcripts


async def find(store: Store, text: str, to: SearchScope = C1) -> Found:
    rooms, people = await store.search.names(to)
    return await store.search.find(parse(text, rooms=rooms, people=people, today=TODAY), to)


async def found(store: Store, text: str, to: SearchScope = C1) -> list[str]:
    return texts([moment.sentence for moment in (await find(store, text, to)).moments])


async def kept(store: Store, library: Transcripts, *said: str | tuple[str, str]) -> str:
    key = await created(store, room_id=f"room-{new_word()}")
    assert await library.keep(key, spoken(*said))
    return key


async def rows_left(store: Store) -> dict[str, int]:
    """Of this team, by table, those that have any."""
    mine = store.db.mine
    ours = select(transcripts.c.id).where(mine(transcripts))
    which = {
        transcripts: mine(transcripts),
        transcript_words: mine(transcript_words),
        transcript_people: transcript_people.c.transcript_id.in_(ours),
        transcript_sentences: (transcript_of(transcript_sentences.c.id)).in_(ours),
    }
    async with store.db.database.read() as conn:
        counts = {
            table.name: await conn.scalar(select(func.count()).select_from(table).where(theirs))
            for table, theirs in which.items()
        }
    return {name: n for name, n in counts.items() if n}


async def is_consistent(library: Transcripts) -> bool:
    """Whether SQLite's index has exactly the windows that are stored. Raises where it has not."""
    if library._db.is_sqlite:
        check = "INSERT INTO transcript_index(transcript_index, rank) VALUES('integrity-check', 1)"
        async with library._db.write() as conn:
            await conn.exec_driver_sql(check)
    return True


LONG = spoken(*(f"Point {n} is about item{n} and the budget." for n in range(2 * BATCH + 30)))


async def test_a_transcript_comes_back_as_it_was(store: Store, library: Transcripts) -> None:
    key = await created(store)
    assert await library.kept(key) is None
    assert await library.keep(key, LONG)
    assert await library.kept(key) == LONG
    untimed = tuple(replace(one, start_ms=None, end_ms=None) for one in LONG[:3])
    assert await library.keep(key, untimed)
    assert await library.kept(key) == untimed


async def test_a_transcript_without_a_recording_is_refused(library: Transcripts) -> None:
    with pytest.raises(StoreRefused):
        await library.keep("unknown", LONG)


async def test_keeping_goes_on_where_it_stopped(store: Store, library: Transcripts) -> None:
    key = await created(store)
    assert await library.keep(key, LONG[:0])  # the header of another transcript
    await library.drop(key)
    await _first_batch(library, key, LONG)
    assert await library.kept(key) is None
    assert await found(store, "item7") == [LONG[7].text]
    assert await library.keep(key, LONG)
    assert await library.keep(key, LONG)
    assert await library.kept(key) == LONG
    assert await found(store, f"item{2 * BATCH + 29}") == [LONG[-1].text]
    assert await _times_said(library, "budget") == len(LONG)
    assert await is_consistent(library)


async def test_half_a_transcript_is_forgotten_like_a_whole_one(
    store: Store, library: Transcripts
) -> None:
    key = await created(store)
    await _first_batch(library, key, LONG)
    assert await is_consistent(library)
    assert await library.drop(key)
    assert await is_consistent(library)
    assert await rows_left(store) == {}
    assert await found(store, "item7") == []


async def test_each_word_is_counted_once_though_a_worker_died_while_counting(
    store: Store, library: Transcripts
) -> None:
    class Died(Exception):
        pass

    class Dying(Transcripts):
        counted = 0

        async def _count(
            self, transcript: int, before: bytes, words: Mapping[str, int], after: bytes
        ) -> bool:
            if self.counted:
                raise Died
            self.counted = len(words)
            return await super()._count(transcript, before, words, after)

    key = await created(store)
    said = spoken(*(f"{new_word()} budget {new_word()}" for _ in range(WORDS)))
    dying = Dying(library._of)
    with pytest.raises(Died):
        await dying.keep(key, said)
    assert dying.counted == WORDS
    assert await library.keep(key, said)
    assert await _times_said(library, "budget") == len(said)
    assert await found(store, said[-1].text) == [said[-1].text]
    await library.drop(key)
    assert await rows_left(store) == {}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, BATCH, BATCH + 1, BATCH + 2])
async def test_every_sentence_is_found_and_then_forgotten(
    store: Store, library: Transcripts, count: int
) -> None:
    key = await created(store)
    said = spoken(*(new_word() for _ in range(count)))
    assert await library.keep(key, said)
    assert await is_consistent(library)
    for sentence in {*said[:3], *said[-3:]}:
        assert await found(store, sentence.text) == [sentence.text]
    await library.drop(key)
    assert await is_consistent(library)
    assert await rows_left(store) == {}


async def _first_batch(library: Transcripts, key: str, said: Sequence[Sentence]) -> None:
    """What a worker leaves that dies after the first transaction of sentences."""

    class Died(Exception):
        pass

    class Dying(Transcripts):
        async def _keep_batch(self, transcript, start, *batch) -> bool:  # type: ignore[no-untyped-def]
            if start:
                raise Died
            return await super()._keep_batch(transcript, start, *batch)

    dying = Dying(library._of)
    with pytest.raises(Died):
        await dying.keep(key, said)


async def _times_said(library: Transcripts, word: str) -> int:
    mine = library._mine(transcript_words), transcript_words.c.word == word
    async with library._db.read() as conn:
        return await conn.scalar(select(transcript_words.c.n).where(*mine)) or 0


MEETING = (
    ("Ana", "Good morning everybody."),
    ("Ben", "The invoices for the café went out on Monday."),
    ("Ana", "We need twenty percent more budget for the run book."),
    ("Chidi", "I don't agree with the budget at all."),
    ("Ben", "The C++ code is NOT ready."),
    ("Ana", "Then we check out the delivery next week."),
    ("Chidi", "会議は金曜日です。"),
    ("Ben", "नमस्ते दुनिया"),
    ("Ana", "Bye."),
)


# Which sentence of the meeting is the best answer to a query.
BEST: Mapping[str, int | None] = {
    "invoice": 1,
    "CAFE": 1,
    "cafe invoices monday": 1,
    "20%": 2,
    "twenty per cent": 2,
    "runbook": 2,
    "run book": 2,
    "checkout": 5,
    "deliveries": 5,
    "C++": 4,
    "NOT ready": 4,
    "don't": 3,
    'budget AND "agree': 3,
    "chidi budget": 3,
    "会議": 6,
    "नमस्ते": 7,
    "invoises": 1,
    "budget zebra": None,
    "zebra": None,
    "NEAR(budget, 2) * ^ {x} : -": None,
    "": None,
    "   ": None,
    "'; DROP TABLE transcripts; --": None,
}


async def test_what_is_found(store: Store, library: Transcripts) -> None:
    await kept(store, library, *MEETING)
    best = {query: (await found(store, query))[:1] for query in BEST}
    assert best == {q: [] if n is None else [MEETING[n][1]] for q, n in BEST.items()}


async def test_relaxed_step_by_step_but_never_to_one_word(
    store: Store, library: Transcripts
) -> None:
    await kept(store, library, *MEETING)
    for query, words, need in [
        ("invoices cafe monday", 3, 3),
        ("invoices cafe zebra", 3, 2),
        ("invoices cafe zebra giraffe", 4, 2),
        ("invoices cafe monday giraffe", 4, 3),
    ]:
        answer = await find(store, query)
        assert (answer.words, answer.need, len(answer.moments)) == (words, need, 1), query
    for query in ("invoices zebra", "invoices zebra giraffe", "invoices zebra giraffe lion"):
        assert await found(store, query) == [], query


async def test_a_misspelt_word_is_named(store: Store, library: Transcripts) -> None:
    await kept(store, library, *MEETING)
    assert (await find(store, "invoises")).meant == {"invoises": "invoices"}
    assert (await find(store, "invoices")).meant == {}
    await kept(store, library, "Three naïve escalations.")
    assert (await find(store, "escelate")).meant == {"escelate": "escalations"}  # by their stems
    assert (await find(store, "nayve")).meant == {"nayve": "naive"}


async def test_a_hit_shows_the_moment_and_the_words_around(
    store: Store, library: Transcripts
) -> None:
    key = await kept(store, library, *MEETING)
    (moment,) = (await find(store, "invoices")).moments
    assert (moment.recording, moment.sentence.start_ms) == (key, 60_000)
    assert texts(moment.around) == [text for _, text in MEETING[:4]]
    assert (moment.name, moment.began_at) == ("Stand-up <&> 🎥 שלום", T0)


async def test_only_what_the_asker_may_see_is_found(store: Store, library: Transcripts) -> None:
    secret = new_word()
    key = await created(store, channel_id="C2", by="U2")
    await library.keep(key, spoken(f"The plan is called {secret}."))
    wrong = misspelt(secret)
    for visible in (C1, NOBODY, scope("C1", user="U1"), scope(user="U2", member=False)):
        answer = await find(store, wrong, visible)
        assert (answer.moments, answer.meant) == ((), {})
        assert await found(store, secret, visible) == []
        assert await store.search.names(visible) == (set(), set())
    for visible in (scope("C2"), scope("C2", member=False), scope(user="U2")):
        assert len(await found(store, secret, visible)) == 1
        assert (await find(store, wrong, visible)).meant == {wrong: secret}


async def test_other_teams_find_nothing(
    store: Store, library: Transcripts, other_team: Store
) -> None:
    await kept(store, library, *MEETING)
    assert await found(other_team, "invoices") == []


async def test_filters(store: Store, library: Transcripts, clock: Clock) -> None:
    weekly = await created(store, room_id="room-w", room_name="Sales weekly", at=T0)
    await library.keep(
        weekly, spoken(("Ana Lima", "The budget is fine."), ("Ben", "I read the budget."))
    )
    daily = await created(store, room_id="room-d", room_name="Daily", at=T0 - timedelta(days=40))
    await library.keep(daily, spoken(("Ben", "What about the budget?")))
    assert len(await found(store, "budget")) == 2
    assert await found(store, "budget in sales weekly from ben") == ["I read the budget."]
    assert await found(store, "budget from ana") == ["The budget is fine."]
    assert await found(store, "budget in daily") == ["What about the budget?"]
    assert await found(store, "budget in daily since 2026-02-20") == []
    assert len(await found(store, "since yesterday budget")) == 1
    earlier = T0.date() - timedelta(days=40)
    assert await found(store, f"budget since {earlier} until:{earlier}") == [
        "What about the budget?"
    ]
    assert await found(store, f"budget until:{earlier - timedelta(days=1)}") == []
    assert await found(store, "budget in:nowhere") == []


async def test_the_count_of_transactions_grows_with_the_transcript(
    store: Store, library: Transcripts
) -> None:
    """No transaction has more than a batch: each leaves its mark in `done`."""
    key = await created(store)
    seen: list[int] = []

    class Counting(Transcripts):
        async def _keep_batch(self, transcript, start, *batch) -> bool:  # type: ignore[no-untyped-def]
            async with self._db.read() as conn:
                query = select(func.count()).where(
                    transcript_of(transcript_sentences.c.id) == transcript
                )
                seen.append(await conn.scalar(query) or 0)
            return await super()._keep_batch(transcript, start, *batch)

    counting = Counting(library._of)
    await counting.keep(key, LONG)
    assert seen == [0, BATCH, 2 * BATCH]


async def test_forgetting_leaves_no_row_and_no_word(store: Store, library: Transcripts) -> None:
    first, second = new_word(), new_word()
    gone = await kept(store, library, f"Only here {first} was said.", "And the budget.")
    await kept(store, library, f"Here it is {second}.", "And the budget.")
    assert await library.drop(gone)
    assert not await library.drop(gone)
    assert await library.scrub()
    assert await found(store, first) == []
    assert await found(store, misspelt(second)) == [f"Here it is {second}."]
    assert await _times_said(library, first) == 0
    assert await _times_said(library, "budget") == 1
    assert await library.kept(gone) is None


async def test_after_the_last_one_nothing_is_left(store: Store, library: Transcripts) -> None:
    key = await created(store)
    await library.keep(key, LONG)
    assert set(await rows_left(store)) == {
        "transcripts",
        "transcript_people",
        "transcript_sentences",
        "transcript_words",
    }
    await library.drop(key)
    assert await rows_left(store) == {}


async def test_a_recording_is_forgotten_with_its_transcript(
    store: Store, library: Transcripts
) -> None:
    """In one transaction: nothing else would take its words out of the index."""
    key = await kept(store, library, *MEETING)
    assert await store.queue.take(5, "me")
    await store.forgetting.forget(OwnWork(key, "me"))
    assert await rows_left(store) == {}
    assert await is_consistent(library)
    assert await owed(store)
    assert await library.scrub()
    assert not await owed(store)


async def owed(store: Store) -> bool:
    async with store.db.database.read() as conn:
        return (await conn.execute(select(scrubs).where(store.db.mine(scrubs)))).first() is not None


async def test_the_summary_is_kept_with_the_transcript_alone(
    store: Store, library: Transcripts
) -> None:
    sections = (
        SourcedSection(
            "Décisions <&>", True, (SourcedLine("Budget +20 %", 2), SourcedLine("?", None))
        ),
        SourcedSection("", False, (SourcedLine("All was said.", None),)),
    )
    key = await created(store)
    assert not await library.keep_summary(key, sections)
    await library.keep(key, spoken(*MEETING))
    assert await library.summary(key) == ()
    assert await library.keep_summary(key, sections)
    assert await library.summary(key) == sections
    assert await library.sentence(key, 2) == spoken(*MEETING)[2]
    assert await library.sentence(key, 9) is None
    await library.drop(key)
    assert await library.summary(key) == ()


async def test_those_that_are_too_old_are_named(
    store: Store, library: Transcripts, clock: Clock
) -> None:
    old = await kept(store, library, *MEETING)
    clock.advance(timedelta(days=1))
    await kept(store, library, *MEETING)
    assert await library.kept_before(clock.now()) == [old]
    assert await library.kept_before(T0) == []


@pytest.fixture(params=["the default", "secure_delete off"])
async def of_a_build(
    request: pytest.FixtureRequest, tmp_path: Path, team: Team, clock: Clock
) -> AsyncIterator[Store]:
    """On SQLite, with an engine of its own, whose connections begin as such a build has them."""
    path = migrated_copy(tmp_path / "record-bot.db")
    opened = await open_store(f"sqlite:///{path}", team=team, now=clock.now, lease=LEASE)
    if request.param != "the default":
        engine = opened.db.database.engine.sync_engine
        event.listen(engine, "connect", _secure_delete_off, insert=True)
    yield opened
    await opened.close()


async def test_no_file_of_sqlite_has_a_forgotten_word(of_a_build: Store, tmp_path: Path) -> None:
    """Searched byte for byte, the log included, between transcripts that stay."""
    store, library = of_a_build, of_a_build.transcripts
    words = [new_word() for _ in range(60)]
    said = [f"{word} is what we called number {n}." for n, word in enumerate(words)]
    await kept(store, library, *(f"Before that {new_word()}." for _ in range(300)))
    key = await kept(store, library, *said, *(f"Filler {new_word()}." for _ in range(200)))
    await library.keep_summary(key, (SourcedSection(said[0], True, (SourcedLine(said[1], 1),)),))
    stay = new_word()
    await kept(store, library, *(f"After that {new_word()}." for _ in range(300)), f"And {stay}.")
    assert _in_files(tmp_path, [*words, stay]) == {*words, stay}
    await store.queue.take(50, "me")
    await store.forgetting.forget(OwnWork(key, "me"))
    assert await library.scrub()
    assert _in_files(tmp_path, [*words, stay]) == {stay}
    assert await found(store, stay) == [f"And {stay}."]
    assert [await found(store, word) for word in words[:3]] == [[], [], []]


def _secure_delete_off(connection: Any, _: object) -> None:
    connection.cursor().execute("PRAGMA secure_delete = OFF")


def _in_files(folder: Path, words: Sequence[str]) -> set[str]:
    content = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    return {word for word in words if word.encode() in content}


async def test_the_words_of_a_query_are_found_by_their_stems(
    store: Store, library: Transcripts
) -> None:
    """Not by reading all words of the team, of which there are 50,000 after some hundred hours."""
    if not store.db.database.is_sqlite:
        pytest.skip("PostgreSQL chooses by the size of a table, and this one is small")
    await kept(store, library, "About the budget.")
    asked: list[tuple[str, object]] = []

    def noted(_: object, __: object, statement: str, given: object, *___: object) -> None:
        asked.append((statement, given))

    engine = store.db.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", noted)
    await found(store, "budget")
    event.remove(engine, "before_cursor_execute", noted)
    (words,) = [one for one in asked if "FROM transcript_words" in one[0]]
    async with store.db.database.read() as conn:
        plan = str((await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {words[0]}", words[1])).all())  # type: ignore[arg-type]
    assert "ix_transcript_words_stem (team_id=? AND stem=?)" in plan
