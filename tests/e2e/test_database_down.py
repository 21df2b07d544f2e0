"""PostgreSQL down or hanging: people get an answer in time, webhooks a 503, probes the truth.

Two replicas behind Caddy, by the Caddyfile of the deployment. Where there is no caddy, behind the
balancer of the other tests, and the tests of the proxy are skipped.
"""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
import pytest_asyncio
from record_bot_sandbox.hms.state import Room, Webhook
from record_bot_sandbox.serving import free_port
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Answer, SeenMessage, SeenView, Snapshot

from bot.ui import ids
from tests.chaos.grounds import on_postgres
from tests.chaos.postgres import Postgres
from tests.chaos.world import Setting, World, world
from tests.e2e.forked import ForkedBot
from tests.patience import PATIENCE_S

CADDY = shutil.which("caddy")
needs_caddy = pytest.mark.skipif(CADDY is None, reason="caddy is not installed (apt-get install)")
CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"
SAYS = "The bot's own database is not answering"
CHANNELS = (seed.STANDUP, seed.DESIGN)  # the bot is in
COMMANDS = ("status", "list", "follow", "doctor", "stop", "settings", "presets")
EVENT = {"type": "beam.started.success", "data": {"job_id": "j", "room_id": "r"}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair() -> AsyncIterator[World]:
    async with (
        on_postgres(Setting(speed=10, replicas=2, rooms=4, bots=ForkedBot)) as setting,
        world(setting, random.Random(4)) as there,
        caddy_before(there),
    ):
        yield there


@asynccontextmanager
async def caddy_before(there: World) -> AsyncIterator[None]:
    """The deployment's Caddyfile, with the replicas' addresses here."""
    if CADDY is None:
        yield
        return
    port = free_port()
    file = there.logs / "Caddyfile"
    named = CADDYFILE.read_text()
    assert named.count("bot-1:8080 bot-2:8080") == 1
    urls = " ".join(replica.url.removeprefix("http://") for replica in there.replicas)
    file.write_text("{\n\tadmin off\n}\n" + named.replace("bot-1:8080 bot-2:8080", urls))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(there.logs),
        "DOMAIN": f"http://127.0.0.1:{port}",
    }
    with (there.logs / "caddy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            CADDY, "run", "--config", str(file), "--adapter", "caddyfile",
            env=env, stdout=log, stderr=log,
        )  # fmt: skip
    front = f"http://127.0.0.1:{port}"
    try:
        await until(lambda: _answers(f"{front}/healthz"), "Caddy")
        object.__setattr__(there.slack.config, "request_url", f"{front}/slack/events")
        there.front = front
        target = there.hms.webhooks.target
        assert target
        there.hms.webhooks.target = Webhook(f"{front}/webhooks/100ms/default", target.headers)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _answers(url: str) -> bool:
    try:
        async with new_client() as http:
            return (await http.get(url)).status_code == 200
    except httpx.TransportError:
        return False


async def until(
    look: Callable[[], "asyncio.Future[bool]"] | Callable[[], object], what: str
) -> None:
    left_s = PATIENCE_S
    while True:
        found = look()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.1)
        left_s -= 0.1
        assert left_s > 0, f"waited in vain for {what}"


@asynccontextmanager
async def stopped(server: Postgres) -> AsyncIterator[None]:
    await server.stop()
    try:
        yield
    finally:
        await server.start()


@asynccontextmanager
async def hanging(server: Postgres) -> AsyncIterator[None]:
    """Every backend of the bot is stopped, and no new one comes: as behind a broken network."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as conn:
        folder = (await (await conn.execute("SHOW data_directory")).fetchall())[0][0]
        postmaster = int((Path(folder) / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)
        pids = [int(row[0]) for row in await (await conn.execute(query)).fetchall()]
    every = [postmaster, *pids]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in every:
            os.kill(pid, signal.SIGCONT)


Disaster = Callable[[Postgres], AbstractAsyncContextManager[None]]
DOWN = pytest.mark.parametrize("down", [stopped, hanging])


async def told(person: Person, channel: str, what: Awaitable[Answer]) -> str:
    """The answer that only this person sees: at once, or soon."""
    before = {m.ts for m in await person.ephemerals(channel)}
    answer = await what
    shown = [item["message"]["text"] for item in answer.saw if item["kind"] == "ephemeral"]
    if shown:
        return str(shown[0])

    def look(state: Snapshot) -> str | None:
        fresh = [m for m in state.ephemerals(channel, person.user) if m.ts not in before]
        return fresh[-1].text if fresh else None

    return await person.until(look, PATIENCE_S)


async def running(pair: World, number: int) -> SeenMessage:
    """A recording's card, with Stop."""
    room, person = pair.rooms[number], pair.people[0]
    await person.command(seed.STANDUP, f'/record start "{room.name}"')

    def look(state: Snapshot) -> SeenMessage | None:
        cards = [m for m in state.messages(seed.STANDUP) if m.text.startswith(room.name)]
        return next((m for m in cards if "Recording" in m.text), None)

    return await person.until(look, PATIENCE_S)


async def works_again(pair: World) -> None:
    async def ready() -> bool:
        return all([await _answers(f"{replica.url}/readyz") for replica in pair.replicas])

    await until(ready, "both replicas to be ready again")


@DOWN
async def test_every_command_mention_form_and_button_is_answered(
    pair: World, down: Disaster
) -> None:
    person = pair.people[0]
    card = await running(pair, 0 if down is stopped else 1)
    form = await filled_form(person, pair.rooms[3])
    room = pair.rooms[3].name
    commands = (*COMMANDS, f'start "{room}"', f'follow "{room}"', f'unfollow "{room}"')
    mentions = ("status", "list", f'start "{room}"', f'follow "{room}"')
    assert pair.setting.postgres
    async with down(pair.setting.postgres):
        # Where the database hangs, each waits for seconds: together, each in a place of its own.
        places = [
            (who, place)
            for who in pair.people
            for place in (*CHANNELS, seed.LOBBY, seed.PARTNERS, seed.dm_id(who.user))
        ]
        asked = [
            told(who, place, who.command(place, f"/record {words}"))
            for words, (who, place) in zip(commands, places, strict=True)
        ]
        for words, said in zip(commands, await asyncio.gather(*asked), strict=True):
            assert SAYS in said, words
        ours = [(who, place) for who, place in places if place in CHANNELS]
        asked = [
            told(who, place, who.mention(place, f"<@{seed.BOT_USER}> {words}"))
            for words, (who, place) in zip(mentions, ours, strict=True)
        ]
        for words, said in zip(mentions, await asyncio.gather(*asked), strict=True):
            assert SAYS in said, words
        asked = [
            told(who, seed.STANDUP, who.click(card, action, confirm=action == ids.STOP))
            for who, action in zip(pair.people, (ids.STOP, ids.DETAILS), strict=True)
        ]
        assert [SAYS in said for said in await asyncio.gather(*asked)] == [True, True]
        answer = await person.submit(form)
        assert [SAYS in text for text in answer.errors.values()] == [True]
        assert (await person.view(form.id)).id == form.id  # what was filled in is still there
    await works_again(pair)
    await person.close(await person.view(form.id), whole_stack=True)
    problems = [p for p in pair.slack.problems if "too late" not in str(p)]
    assert problems == []


async def filled_form(person: Person, room: Room) -> SeenView:
    await person.command(seed.STANDUP, "/record start")
    view = await person.until(lambda state: state.open_view(person.user), PATIENCE_S)
    await person.suggest(view, "room_id", room.name)
    await person.enter(view, "room_id", room.id)
    return await person.view(view.id)


@needs_caddy
@DOWN
async def test_through_the_caddyfile_webhooks_get_a_503_and_health_stays(
    pair: World, down: Disaster
) -> None:
    target = pair.hms.webhooks.target
    assert target
    assert pair.setting.postgres
    async with (
        new_client(timeout=PATIENCE_S) as http,
        down(pair.setting.postgres),
    ):
        for _ in range(6):  # as many checks as would take the replicas out of the balance
            answer = await http.post(target.url, json=EVENT, headers=target.headers)
            assert (answer.status_code, answer.json()["message"]) == (
                503,
                "cannot store this now; send it again",
            )
            assert (await http.get(f"{pair.front}/healthz")).text == "ok"
            assert (await http.get(f"{pair.front}/readyz")).status_code == 404
            for replica in pair.replicas:
                ready = await http.get(f"{replica.url}/readyz")
                assert ready.status_code == 503
                assert ready.json()["why"] == "database"
    await works_again(pair)
    async with new_client(timeout=PATIENCE_S) as http:
        answer = await http.post(target.url, json=EVENT, headers=target.headers)
    assert answer.status_code == 200


@needs_caddy
async def test_the_caddyfile_is_valid(tmp_path: Path) -> None:
    assert CADDY
    command = (CADDY, "validate", "--config", str(CADDYFILE), "--adapter", "caddyfile")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOMAIN": "record.example.org"}
    process = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
