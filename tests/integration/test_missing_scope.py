"""The Slack app lacks a scope: people are told which, and who can add it, wherever they ask."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from record_bot_sandbox.slack import seed

from bot.features.doctor.scopes import SCOPES
from tests.integration.access_rig import Effects, Rig, rigged
from tests.integration.access_table import PLAZA

pytestmark = pytest.mark.asyncio(loop_scope="module")
BROKE = "Something went wrong in the bot"
WHO = "Ask the person who runs the bot"
READ = sorted(scope.name for scope in SCOPES if scope.name.endswith(":read"))


@pytest_asyncio.fixture(loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A new one for each test: what Slack said of people is remembered for a while."""
    async with rigged(tmp_path_factory.mktemp("scope")) as made:
        yield made


@contextmanager
def without(rig: Rig, scope: str) -> Iterator[None]:
    config = rig.bot.slack.config
    granted = config.scopes
    object.__setattr__(config, "scopes", granted - {scope})
    try:
        yield
    finally:
        object.__setattr__(config, "scopes", granted)


async def every_way(rig: Rig) -> AsyncIterator[tuple[str, Effects]]:
    """People ask by command, mention, click, shortcut, Home and form."""
    user = seed.MEMBER  # nobody's starter: their rights are looked up
    key, room = await rig.recording("public", "running")
    for text in (f"start {'c' * 24}", f"stop {room}", "status", "list", "settings", "presets"):
        yield text, await rig.send(rig.command(user, text), form="command")
    said = f"<@{seed.BOT_USER}> stop {room}"
    mention = rig.event("app_mention", user=user, channel=PLAZA, text=said, ts=f"9{key[4:]}.1")
    yield "mention", await rig.send(mention, form="event")
    yield "click", await rig.send(rig.click(user, "recording_stop", key))
    shortcut = {**rig.base("shortcut", user), "callback_id": "start_recording"}
    yield "shortcut", await rig.send(shortcut)
    opened = rig.event("app_home_opened", user=user, channel="D1", tab="home")
    yield "home", await rig.send(opened, form="event")
    picked = rig.click(user, "settings_pick", PLAZA, view=rig.view("x", ""))
    yield "settings of a channel", await rig.send(picked)


async def test_without_users_read_each_answer_names_it_and_who_can_add_it(rig: Rig) -> None:
    with without(rig, "users:read"):
        answers = {name: done.told + done.ack async for name, done in every_way(rig)}
    for name in ("start " + "c" * 24, "settings", "shortcut", "home"):
        assert "`users:read`" in answers[name], (name, answers[name])
        assert WHO in answers[name], (name, answers[name])
    assert [name for name, told in answers.items() if BROKE in told] == []


@pytest.mark.parametrize("scope", ["users:read", "channels:read"])
@pytest.mark.parametrize("user", [seed.MEMBER, seed.STARTER])
async def test_what_is_not_known_is_not_denied(rig: Rig, scope: str, user: str) -> None:
    """Nobody can tell whether they may know of it: what the app lacks is said, not that it is not
    so."""
    _, room = await rig.recording("public", "running")
    with without(rig, scope):
        for text in (
            f"stop {room}",
            f"resume {room}",
            f"status {room}",
            "status",
            "list",
            "find a",
        ):
            done = await rig.send(rig.command(user, text), form="command")
            assert f"`{scope}`" in done.told + done.ack, (text, done)
        opened = rig.event("app_home_opened", user=user, channel="D1", tab="home")
        home = await rig.send(opened, form="event")
        assert f"`{scope}`" in home.told, home


@pytest.mark.parametrize("scope", READ)
async def test_without_any_other_scope_nothing_is_called_our_fault(rig: Rig, scope: str) -> None:
    with without(rig, scope):
        async for name, done in every_way(rig):
            assert BROKE not in done.told + done.ack, (name, done)


async def test_a_group_direct_message_is_told_to_use_a_channel(rig: Rig) -> None:
    body = rig.command(seed.STARTER, f"start {'b' * 24}")
    body |= {"channel_id": "G0GROUP001", "channel_name": "mpdm-ines--tariq--sol-1"}
    done = await rig.send(body, form="command")
    assert "Use a channel" in done.ack
    assert not any(done.rows.values())
    helped = await rig.send(body | {"text": "help"}, form="command")
    assert "Use a channel" not in helped.ack
    assert "/record start" in helped.ack
