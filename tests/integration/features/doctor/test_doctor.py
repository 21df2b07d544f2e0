"""The doctor against a simulated Slack, a simulated 100ms and real databases."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import management_token
from record_bot_sandbox.serving import free_port

from bot.features.doctor.database import check_database, lacks_room
from bot.features.doctor.model import Verdict
from bot.features.doctor.pages import check_pages
from bot.features.doctor.setup import utc_now
from bot.store.locking import FileLock
from bot.store.open import migrate
from tests.integration.hostile_kit import target
from tests.unit.doctor_kit import (
    ACCESS_KEY,
    JUST_ENOUGH,
    SECRETS,
    Surroundings,
    printed,
    surroundings,
)

OK, NOTE, WARNING, FAILED = Verdict.OK, Verdict.NOTE, Verdict.WARNING, Verdict.FAILED


@pytest.fixture
async def around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with surroundings(monkeypatch, tmp_path) as made:
        yield made


async def test_all_is_well_over_http(around: Surroundings) -> None:
    await around.doctor()
    assert around.verdicts() == {
        "Settings": OK,
        "Bot token": OK,
        "Slack permissions": OK,
        "Signing secret": NOTE,
        "100ms credentials": OK,
        "Webhook": OK,
        "Meeting pages": NOTE,
        "Clock": OK,
        "Database": OK,
    }
    assert "1 room seen" in around.of("100ms credentials").found
    assert "2 of 2 reached 127.0.0.1/webhooks/100ms/default" in around.of("Webhook").found
    assert around.of("Clock").found == "agrees with 100ms and Slack"
    assert printed(around.findings).endswith("All is well.")


async def test_all_is_well_over_socket_mode(around: Surroundings) -> None:
    around.env["SLACK_APP_TOKEN"] = SECRETS["SLACK_APP_TOKEN"]
    del around.env["SLACK_SIGNING_SECRET"]
    await around.doctor()
    assert around.verdicts()["App token"] is OK
    assert "Signing secret" not in around.verdicts()


async def test_a_bot_token_that_slack_does_not_accept(around: Surroundings) -> None:
    around.env["SLACK_BOT_TOKEN"] = "xoxb-of-another-time"
    await around.doctor()
    token = around.of("Bot token")
    assert token.verdict is FAILED
    assert "invalid_auth" in token.found
    assert "OAuth & Permissions" in token.fix
    assert "Slack permissions" not in around.verdicts()  # nobody knows
    assert around.verdicts()["100ms credentials"] is OK
    assert around.verdicts()["Clock"] is OK


async def test_an_app_token_that_slack_does_not_accept(around: Surroundings) -> None:
    around.env["SLACK_APP_TOKEN"] = "xapp-of-another-time"
    await around.doctor()
    assert around.of("App token").verdict is FAILED
    assert "connections:write" in around.of("App token").fix


async def test_an_app_of_a_whole_organisation(around: Surroundings) -> None:
    around.slack.org_wide = True
    await around.doctor()
    token = around.of("Bot token")
    assert token.verdict is FAILED
    assert "a whole organisation, which is not supported yet: the bot does not start" in token.found
    assert "Install the app in one workspace" in token.fix


async def test_secrets_that_are_easy_to_guess(around: Surroundings) -> None:
    around.env["METRICS_TOKEN"] = "x" * 15
    await around.doctor()
    complete, short = [f for f in around.findings if f.check == "Settings"]
    assert (complete.verdict, short.verdict) == (OK, WARNING)
    assert (
        short.found
        == "`METRICS_TOKEN` has fewer than 16 characters. The next version will refuse it."
    )
    around.env |= {"METRICS_TOKEN": "x" * 16, "HMS_WEBHOOK_SECRET": "y"}
    await around.doctor()
    [short] = [f for f in around.findings if f.check == "Settings" and f.verdict is WARNING]
    assert short.found.startswith("`HMS_WEBHOOK_SECRET` ")
    assert "at least 16 characters" in short.fix


async def test_missing_scopes_are_named_with_what_they_are_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scopes = JUST_ENOUGH - {"files:write"}
    async with surroundings(monkeypatch, tmp_path, scopes=scopes) as around:
        await around.doctor()
        scope = around.of("Slack permissions")
        assert scope.verdict is FAILED
        assert scope.found.startswith(
            "`files:write` is missing. The bot needs it to upload the transcript"
        )
        assert "install the app again" in scope.fix


async def test_more_scopes_than_needed_are_a_hint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scopes = JUST_ENOUGH | {"channels:history"}
    async with surroundings(monkeypatch, tmp_path, scopes=scopes) as around:
        await around.doctor()
        assert around.of("Slack permissions").verdict is OK
        assert "Not needed: channels:history" in around.of("Slack permissions").found


async def test_a_wrong_secret_of_100ms(around: Surroundings) -> None:
    around.env["HMS_SECRET"] = "another secret that is long enough"
    await around.doctor()
    credentials = around.of("100ms credentials")
    assert credentials.verdict is FAILED
    assert "App Access Key" in credentials.fix
    assert "App Secret" in credentials.fix
    assert "Webhook" not in around.verdicts()
    assert around.verdicts()["Bot token"] is OK


async def test_a_token_of_the_dashboard_ends_some_day(around: Surroundings) -> None:
    config = HmsConfig(access_key=ACCESS_KEY, secret=SECRETS["HMS_SECRET"])
    around.env["HMS_MANAGEMENT_TOKEN"] = token = management_token(config)
    del around.env["HMS_ACCESS_KEY"], around.env["HMS_SECRET"]
    await around.doctor()
    assert around.verdicts()["100ms credentials"] is OK
    assert around.of("100ms token").verdict is WARNING
    assert token not in printed(around.findings, width=1000)
    around.env["HMS_MANAGEMENT_TOKEN"] = "not.a.token"
    await around.doctor()
    assert "after some days" in around.of("100ms credentials").found


@pytest.mark.parametrize("ahead_s", [-600, 600])
async def test_a_clock_that_is_off(around: Surroundings, ahead_s: int) -> None:
    around.ahead = timedelta(seconds=ahead_s)
    await around.doctor()
    clock = around.of("Clock")
    assert clock.verdict is FAILED
    word = "behind" if ahead_s < 0 else "ahead of"
    assert f"s {word} 100ms" in clock.found
    assert f"s {word} Slack" in clock.found
    if ahead_s > 0:  # our tokens are from the future
        assert "first set the clock" in around.of("100ms credentials").fix


async def test_a_clock_that_is_off_a_little(around: Surroundings) -> None:
    around.ahead = timedelta(seconds=-50)
    await around.doctor()
    assert around.verdicts()["Clock"] is OK


async def test_nobody_answers(around: Surroundings) -> None:
    around.env |= {"SLACK_API_URL": "http://127.0.0.1:9/api/", "HMS_API_URL": "http://127.0.0.1:9"}
    await around.doctor()
    assert around.verdicts() | {"Settings": OK, "Signing secret": NOTE} == {
        "Settings": OK,
        "Bot token": FAILED,
        "Signing secret": NOTE,
        "100ms credentials": FAILED,
        "Meeting pages": NOTE,
        "Clock": NOTE,
        "Database": OK,
    }
    assert "cannot be reached" in around.of("Bot token").found
    assert "cannot be reached" in around.of("100ms credentials").found


async def test_100ms_may_refuse_for_other_reasons(around: Surroundings) -> None:
    fault = {"kind": "status", "path": "/v2/rooms", "status": 403}
    await around.driver.sim("/faults", fault)
    await around.doctor()
    assert around.of("100ms credentials").verdict is FAILED
    assert "HMS_API_URL" in around.of("100ms credentials").fix


async def test_what_is_plainly_wrong_is_not_tried(around: Surroundings) -> None:
    around.env["SLACK_APP_TOKEN"] = "xoxb-taken-for-the-other"
    del around.env["HMS_SECRET"]
    await around.doctor()
    assert around.of("App token").verdict is NOTE
    assert around.of("100ms credentials").verdict is NOTE
    assert around.verdicts()["Bot token"] is OK


async def test_webhooks_that_the_bot_refuses(around: Surroundings) -> None:
    around.status = 401
    peer = await around.driver.sim("/rooms/standup/join", {"name": "Ana"})
    await around.driver.event("peer.join.success", peer_id=peer["id"])
    await around.doctor()
    webhook = around.of("Webhook")
    assert webhook.verdict is WARNING
    assert webhook.found.startswith("2 of 3 reached ")
    assert "401 (1×)" in webhook.found
    assert "X-Record-Bot-Secret" in webhook.fix


async def test_webhooks_that_reach_nobody(around: Surroundings) -> None:
    await around.webhooks("http://127.0.0.1:9/webhooks/100ms/default")
    await around.doctor()
    webhook = around.of("Webhook")
    assert "ConnectError (1×)" in webhook.found
    assert "from the internet" in webhook.fix


async def test_rooms_and_settings_go_on_when_the_history_does_not_answer(
    around: Surroundings,
) -> None:
    fault = {"kind": "status", "path": "/v2/analytics/*", "status": 503}
    await around.driver.sim("/faults", fault)
    await around.doctor()
    assert around.of("Webhook").verdict is NOTE
    assert around.verdicts()["100ms credentials"] is OK


async def test_deliveries_without_a_secret_of_ours(around: Surroundings) -> None:
    del around.env["HMS_WEBHOOK_SECRET"]
    await around.doctor()
    assert around.of("Webhook").verdict is WARNING
    assert around.of("Webhook").fix.startswith("set HMS_WEBHOOK_SECRET")


async def test_every_wrong_setting_is_named_and_the_rest_is_checked(around: Surroundings) -> None:
    del around.env["SLACK_BOT_TOKEN"], around.env["SLACK_SIGNING_SECRET"]
    around.env |= {"PORT": "many", "LOG_LEVEL": "loud", "SLACK_CLIENT_ID": "1.2"}
    await around.doctor()
    wrong = [f.found.split()[0] for f in around.findings if f.check == "Settings"]
    assert sorted(wrong) == ["LOG_LEVEL", "PORT", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    assert around.of("Environment").verdict is WARNING
    assert around.of("Environment").found.startswith("SLACK_CLIENT_ID: ")
    assert around.verdicts()["100ms credentials"] is OK
    assert around.verdicts()["Database"] is OK
    assert "Bot token" not in around.verdicts()


async def test_a_database_is_fine_while_a_bot_has_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.sqlite"
    await migrate(url)
    assert "up to date" in (await check_database(url, utc_now)).found
    with FileLock(tmp_path / "bot.sqlite"):
        found = await check_database(url, utc_now)
    assert found.verdict is OK
    assert "in use by a running bot" in found.found


async def test_a_new_database_is_not_made_by_looking(empty_database_url: str) -> None:
    for _ in range(2):
        found = await check_database(empty_database_url, utc_now)
        assert found.verdict is OK
        assert "the bot will" in found.found
    await migrate(empty_database_url)
    found = await check_database(empty_database_url, utc_now)
    assert found.verdict is OK
    assert found.found.endswith("up to date")


async def test_postgresql_says_which_it_is(shared_postgres: str) -> None:
    await migrate(shared_postgres)
    found = await check_database(shared_postgres, utc_now)
    assert found.found.startswith("PostgreSQL ")
    assert "://" not in found.found


@pytest.mark.parametrize(("ahead_s", "said"), [(-9, "9 s behind"), (9, "9 s ahead of")])
async def test_a_clock_by_which_leases_would_not_hold(
    shared_postgres: str, ahead_s: int, said: str
) -> None:
    """Replicas that differ by more take each other's work, and post it twice."""
    await migrate(shared_postgres)
    off = timedelta(seconds=ahead_s)
    found = await check_database(shared_postgres, lambda: datetime.now(UTC) + off)
    assert found.verdict is FAILED
    assert f"this machine is {said} the database" in found.found
    small = await check_database(shared_postgres, lambda: datetime.now(UTC) + off / 3)
    assert small.verdict is OK


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ("ALTER TABLE recordings ADD COLUMN mood TEXT", WARNING),
        ("ALTER TABLE recordings DROP COLUMN duration_s", FAILED),
    ],
)
async def test_a_database_of_a_newer_bot(tmp_path: Path, change: str, verdict: Verdict) -> None:
    url = f"sqlite:///{tmp_path}/bot.sqlite"
    await migrate(url)
    with sqlite3.connect(tmp_path / "bot.sqlite") as db:
        db.execute(change)
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    found = await check_database(url, utc_now)
    assert found.verdict is verdict
    assert "a newer version of the bot has upgraded it (9999)" in found.found


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:///{tmp}/text/bot.sqlite", "cannot write in"),
        ("sqlite:///{tmp}/text", "cannot open"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://host/name", "not supported"),
        ("nonsense", "not a database address"),
        ("postgresql://user:hunter2@127.0.0.1:9/name", "cannot open"),
    ],
)
async def test_a_database_that_does_not_serve(tmp_path: Path, url: str, why: str) -> None:
    (tmp_path / "text").write_text("This is not a database, but it is long enough to look at.\n")
    found = await check_database(url.format(tmp=tmp_path), utc_now)
    assert found.verdict is FAILED
    assert why in found.found
    assert found.fix
    assert "hunter2" not in found.found


async def test_meeting_pages_are_looked_for_where_browsers_do(around: Surroundings) -> None:
    around.env["PUBLIC_URL"] = around.env["SLACK_API_URL"].removesuffix("/api/")
    await around.doctor()
    assert around.verdicts()["Meeting pages"] is WARNING
    assert "not the bot's page" in around.of("Meeting pages").found
    around.env["PUBLIC_URL"] = f"http://127.0.0.1:{free_port()}"
    await around.doctor()
    assert "does not answer (ConnectError)" in around.of("Meeting pages").found


async def test_meeting_pages_that_answer(tmp_path: Path) -> None:
    async with target(tmp_path, public_url="http://127.0.0.1:8080") as bot:
        found = await check_pages(bot.url)
    assert (found.verdict, found.found) == (OK, f"Available at {bot.url}.")


def test_a_full_disk_fails_and_one_that_is_nearly_full_warns(tmp_path: Path) -> None:
    full, nearly = lacks_room(tmp_path, 4096), lacks_room(tmp_path, 50 * 1024 * 1024)
    assert full
    assert (full.verdict, full.found) == (
        FAILED,
        f"the disk of {tmp_path} is full, so the bot cannot save anything",
    )
    assert nearly
    assert (nearly.verdict, "only 50 MB" in nearly.found) == (WARNING, True)
    assert lacks_room(tmp_path, 10**10) is None
