"""Transcripts in both databases: what is kept is found by those who may, and forgotten for good."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.search import parse
from bot.core.transcript import Sentence
from bot.store.errors import StoreRefused
from bot.store.schema_transcripts import metadata, transcript_sentences, transcript_words
from bot.store.store import Store
from bot.store.transcripts import BATCH, Found, TranscriptsPart, Visible
from tests.contract.store_support import T0, Clock, created
from tests.contract.transcripts_kit import misspelt, new_word, part_of, spoken, texts

C1 = Visible(frozenset({"C1"}))
NOBODY = Visible(frozenset())
TODAY = date(2026, 3, 2)


@pytest.fixture
async def part(store: Store) -> TranscriptsPart:
    return await part_of(store)


async def find(part: TranscriptsPart, text: str, visible: Visible = C1) -> Found:
    rooms, people = await part.names_to_filter_by(visible)
    return await part.find_moments(parse(text, rooms=rooms, people=people, today=TODAY), visible)


async def found(part: TranscriptsPart, text: str, visible: Visible = C1) -> list[str]:
    return texts([moment.sentence for moment in (await find(part, text, visible)).moments])


async def kept(store: Store, part: TranscriptsPart, *said: str | tuple[str, str]) -> str:
    key = await created(store, room_id=f"room-{new_word()}")
    assert await part.keep_transcript(key, spoken(*said))
    return key


async def rows_left(part: TranscriptsPart) -> dict[str, int]:
    left: dict[str, int] = {}
    async with part._db.read() as conn:
        for table in metadata.sorted_tables:
            if "team_id" in table.c:
                query = select(func.count()).select_from(table).where(part._mine(table))
                left[table.name] = await conn.scalar(query) or 0
    return {name: n for name, n in left.items() if n}


async def is_consistent(part: TranscriptsPart) -> bool:
    """Whether SQLite's index has exactly the windows that are stored. Raises where it has not."""
    if part._db.is_sqlite:
        check = "INSERT INTO transcript_index(transcript_index, rank) VALUES('integrity-check', 1)"
        async with part._db.write() as conn:
            await conn.exec_driver_sql(check)
    return True


LONG = spoken(*(f"Point {n} is about item{n} and the budget." for n in range(2 * BATCH + 30)))


async def test_a_transcript_comes_back_as_it_was(store: Store, part: TranscriptsPart) -> None:
    key = await created(store)
    assert await part.kept_transcript(key) is None
    assert await part.keep_transcript(key, LONG)
    assert await part.kept_transcript(key) == LONG
    untimed = tuple(replace(one, start_ms=None, end_ms=None) for one in LONG[:3])
    assert await part.keep_transcript(key, untimed)
    assert await part.kept_transcript(key) == untimed


async def test_a_transcript_without_a_recording_is_refused(part: TranscriptsPart) -> None:
    with pytest.raises(StoreRefused):
        await part.keep_transcript("unknown", LONG)


async def test_keeping_goes_on_where_it_stopped(store: Store, part: TranscriptsPart) -> None:
    key = await created(store)
    assert await part.keep_transcript(key, LONG[:0])  # the header of another transcript
    await part.drop_transcript(key)
    words = await _first_batch(part, key, LONG)
    assert await part.kept_transcript(key) is None
    assert await found(part, "item7") == [LONG[7].text]
    assert await part.keep_transcript(key, LONG)
    assert await part.keep_transcript(key, LONG)
    assert await part.kept_transcript(key) == LONG
    assert await found(part, f"item{2 * BATCH + 29}") == [LONG[-1].text]
    assert words < await _times_said(part, "budget") == len(LONG)
    assert await is_consistent(part)


async def test_half_a_transcript_is_forgotten_like_a_whole_one(
    store: Store, part: TranscriptsPart
) -> None:
    key = await created(store)
    await _first_batch(part, key, LONG)
    assert await is_consistent(part)
    assert await part.drop_transcript(key)
    assert await is_consistent(part)
    assert await rows_left(part) == {}
    assert await found(part, "item7") == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, BATCH, BATCH + 1, BATCH + 2])
async def test_every_sentence_is_found_and_then_forgotten(
    store: Store, part: TranscriptsPart, count: int
) -> None:
    key = await created(store)
    said = spoken(*(new_word() for _ in range(count)))
    assert await part.keep_transcript(key, said)
    assert await is_consistent(part)
    for sentence in {*said[:3], *said[-3:]}:
        assert await found(part, sentence.text) == [sentence.text]
    await part.drop_transcript(key)
    assert await is_consistent(part)
    assert await rows_left(part) == {}


async def _first_batch(part: TranscriptsPart, key: str, said: Sequence[Sentence]) -> int:
    """What a worker leaves that dies after the first transaction of sentences."""

    class Died(Exception):
        pass

    class Dying(TranscriptsPart):
        async def _keep_batch(self, key: str, sentences, start, words) -> bool:  # type: ignore[no-untyped-def]
            if start:
                raise Died
            return await super()._keep_batch(key, sentences, start, words)

    dying = Dying(part._db, part._team, now=part._now, lease=part._lease)
    with pytest.raises(Died):
        await dying.keep_transcript(key, said)
    return await _times_said(part, "budget")


async def _times_said(part: TranscriptsPart, word: str) -> int:
    mine = part._mine(transcript_words), transcript_words.c.word == word
    async with part._db.read() as conn:
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


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("invoice", 1),
        ("CAFE", 1),
        ("cafe invoices monday", 1),
        ("20%", 2),
        ("twenty per cent", 2),
        ("runbook", 2),
        ("run book", 2),
        ("checkout", 5),
        ("deliveries", 5),
        ("C++", 4),
        ("NOT ready", 4),
        ("don't", 3),
        ('budget AND "agree', 3),
        ("chidi budget", 3),
        ("会議", 6),
        ("नमस्ते", 7),
        ("invoises", 1),
        ("budget zebra", None),
        ("zebra", None),
        ("NEAR(budget, 2) * ^ {x} : -", None),
        ("", None),
        ("   ", None),
        ("'; DROP TABLE transcripts; --", None),
    ],
)
async def test_what_is_found(
    store: Store, part: TranscriptsPart, query: str, n: int | None
) -> None:
    await kept(store, part, *MEETING)
    hits = await found(part, query)
    assert hits[:1] == ([] if n is None else [MEETING[n][1]])


async def test_relaxed_step_by_step_but_never_to_one_word(
    store: Store, part: TranscriptsPart
) -> None:
    await kept(store, part, *MEETING)
    for query, words, need in [
        ("invoices cafe monday", 3, 3),
        ("invoices cafe zebra", 3, 2),
        ("invoices cafe zebra giraffe", 4, 2),
        ("invoices cafe monday giraffe", 4, 3),
    ]:
        answer = await find(part, query)
        assert (answer.words, answer.need, len(answer.moments)) == (words, need, 1), query
    for query in ("invoices zebra", "invoices zebra giraffe", "invoices zebra giraffe lion"):
        assert await found(part, query) == [], query


async def test_a_misspelt_word_is_named(store: Store, part: TranscriptsPart) -> None:
    await kept(store, part, *MEETING)
    assert (await find(part, "invoises")).meant == {"invoises": "invoices"}
    assert (await find(part, "invoices")).meant == {}


async def test_a_hit_shows_the_moment_and_the_words_around(
    store: Store, part: TranscriptsPart
) -> None:
    key = await kept(store, part, *MEETING)
    (moment,) = (await find(part, "invoices")).moments
    assert (moment.recording, moment.sentence.start_ms) == (key, 60_000)
    assert texts(moment.around) == [text for _, text in MEETING[:4]]
    assert (moment.room_name, moment.began_at) == ("Stand-up <&> 🎥 שלום", T0)


async def test_only_what_the_asker_may_see_is_found(store: Store, part: TranscriptsPart) -> None:
    secret = new_word()
    key = await created(store, channel_id="C2", by="U2")
    await part.keep_transcript(key, spoken(f"The plan is called {secret}."))
    wrong = misspelt(secret)
    for visible in (C1, NOBODY, Visible(frozenset({"C1"}), starter="U1")):
        answer = await find(part, wrong, visible)
        assert (answer.moments, answer.meant) == ((), {})
        assert await found(part, secret, visible) == []
        assert await part.names_to_filter_by(visible) == (set(), set())
    for visible in (Visible(frozenset({"C2"})), Visible(frozenset(), starter="U2")):
        assert len(await found(part, secret, visible)) == 1
        assert (await find(part, wrong, visible)).meant == {wrong: secret}


async def test_other_teams_find_nothing(
    store: Store, part: TranscriptsPart, other_team: Store
) -> None:
    await kept(store, part, *MEETING)
    theirs = await part_of(other_team)
    assert await found(theirs, "invoices") == []


async def test_filters(store: Store, part: TranscriptsPart, clock: Clock) -> None:
    weekly = await created(store, room_id="room-w", room_name="Sales weekly", at=T0)
    await part.keep_transcript(
        weekly, spoken(("Ana Lima", "The budget is fine."), ("Ben", "I read the budget."))
    )
    daily = await created(store, room_id="room-d", room_name="Daily", at=T0 - timedelta(days=40))
    await part.keep_transcript(daily, spoken(("Ben", "What about the budget?")))
    assert len(await found(part, "budget")) == 2
    assert await found(part, "budget in sales weekly from ben") == ["I read the budget."]
    assert await found(part, "budget from ana") == ["The budget is fine."]
    assert await found(part, "budget in daily") == ["What about the budget?"]
    assert await found(part, "budget in daily since 2026-02-20") == []
    assert len(await found(part, "since yesterday budget")) == 1
    assert await found(part, "budget in:nowhere") == []


async def test_the_count_of_transactions_grows_with_the_transcript(
    store: Store, part: TranscriptsPart
) -> None:
    """No transaction has more than a batch: each leaves its mark in `done`."""
    key = await created(store)
    seen: list[int] = []

    class Counting(TranscriptsPart):
        async def _keep_batch(self, key: str, sentences, start, words) -> bool:  # type: ignore[no-untyped-def]
            async with self._db.read() as conn:
                query = select(func.count()).where(transcript_sentences.c.recording_key == key)
                seen.append(await conn.scalar(query) or 0)
            return await super()._keep_batch(key, sentences, start, words)

    counting = Counting(part._db, part._team, now=part._now, lease=part._lease)
    await counting.keep_transcript(key, LONG)
    assert seen == [0, BATCH, 2 * BATCH]


async def test_forgetting_leaves_no_row_and_no_word(store: Store, part: TranscriptsPart) -> None:
    first, second = new_word(), new_word()
    gone = await kept(store, part, f"Only here {first} was said.", "And the budget.")
    await kept(store, part, f"Here it is {second}.", "And the budget.")
    assert await part.drop_transcript(gone)
    assert not await part.drop_transcript(gone)
    assert await part.scrub()
    assert await found(part, first) == []
    assert await found(part, misspelt(second)) == [f"Here it is {second}."]
    assert await _times_said(part, first) == 0
    assert await _times_said(part, "budget") == 1
    assert await part.kept_transcript(gone) is None


async def test_after_the_last_one_nothing_is_left(store: Store, part: TranscriptsPart) -> None:
    key = await created(store)
    await part.keep_transcript(key, LONG)
    assert set(await rows_left(part)) == {"transcripts", "transcript_sentences", "transcript_words"}
    await part.drop_transcript(key)
    assert await rows_left(part) == {}


async def test_a_recording_is_not_deleted_under_its_index(
    store: Store, part: TranscriptsPart
) -> None:
    """Nothing would take its words out of the index any more."""
    key = await kept(store, part, *MEETING)
    assert await store.take_due(5, "me")
    with pytest.raises(StoreRefused):
        await store.forget(key, "me")
    await part.drop_transcript(key)
    await store.forget(key, "me")


async def test_those_that_are_too_old_are_named(
    store: Store, part: TranscriptsPart, clock: Clock
) -> None:
    old = await kept(store, part, *MEETING)
    clock.advance(timedelta(days=1))
    await kept(store, part, *MEETING)
    assert await part.transcripts_kept_before(clock.now()) == [old]
    assert await part.transcripts_kept_before(T0) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_no_file_of_sqlite_has_a_forgotten_word(
    store: Store, part: TranscriptsPart, tmp_path: Path
) -> None:
    """Searched byte for byte, between transcripts that stay, with secure_delete off before."""
    words = [new_word() for _ in range(60)]
    said = [f"{word} is what we called number {n}." for n, word in enumerate(words)]
    async with store._db.read() as conn:
        await conn.exec_driver_sql("PRAGMA secure_delete = OFF")
    await kept(store, part, *(f"Before that {new_word()}." for _ in range(300)))
    key = await kept(store, part, *said, *(f"Filler {new_word()}." for _ in range(200)))
    stay = new_word()
    await kept(store, part, *(f"After that {new_word()}." for _ in range(300)), f"And {stay}.")
    assert _in_files(tmp_path, [*words, stay]) == {*words, stay}
    await part.drop_transcript(key)
    assert await part.scrub()
    assert _in_files(tmp_path, [*words, stay]) == {stay}
    assert await found(part, stay) == [f"And {stay}."]
    assert [await found(part, word) for word in words[:3]] == [[], [], []]


def _in_files(folder: Path, words: Sequence[str]) -> set[str]:
    content = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    return {word for word in words if word.encode() in content}
