"""The command line as a process: what it prints, and how it fails in one line.

`record_bot` forks a process that has imported the bot already. `started` starts an interpreter, as
an admin does: where the streams are what is tested.
"""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.forked import command, fork

REPO = Path(__file__).parents[2]
ENDS_WITHIN_S = 120.0
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s3cret-1",
    "HMS_ACCESS_KEY": "key",
    "HMS_SECRET": "s3cret-2",
    # Nobody listens there.
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "HMS_API_URL": "http://127.0.0.1:9/v2",
}


@dataclass(frozen=True)
class Done:
    returncode: int | None
    stdout: str
    stderr: str


def _only(folder: Path, env: dict[str, str] | None) -> dict[str, str]:
    """An environment with no settings but these."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(REPO)}
    return {**bare, "PYTHONUTF8": "1", **(env or {})}


async def record_bot(
    folder: Path,
    *arguments: str,
    env: dict[str, str] | None = None,
    file_bytes: int | None = None,
) -> Done:
    """In a folder without settings. Nothing else waits for it to end."""
    printed = [folder / "stdout", folder / "stderr"]
    for file in printed:
        file.unlink(missing_ok=True)
    forked = await fork(command, arguments, _only(folder, env), folder, file_bytes)
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            status = await forked.wait()
    finally:
        forked.kill()
    return Done(status, *(file.read_text("utf-8") for file in printed))


async def started(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Done:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        cwd=folder,
        env=_only(folder, env),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Done(process.returncode, out.decode(), err.decode())


def databases_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*.sqlite*"))


def fails_in_one_line(done: Done) -> str:
    """The line. Neither a traceback nor anything on stdout comes with it."""
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("record-bot: ")
    return line


async def test_run_warns_of_secrets_that_are_easy_to_guess(tmp_path: Path) -> None:
    env = GOOD | {"METRICS_TOKEN": "s3cret-3", "HMS_WEBHOOK_SECRET": "s3cret-4-and-more"}
    done = await record_bot(tmp_path, "run", env=env)
    warned = [line for line in done.stderr.splitlines() if "short_secret" in line]
    assert len(warned) == 1
    assert "METRICS_TOKEN" in warned[0]
    assert "s3cret" not in done.stderr


WRONG = {
    "PORT": ("s3cret", "PORT is not valid. Use a number from 1 to 65535."),
    "LOG_LEVEL": ("s3cret", "LOG_LEVEL is not valid. Use DEBUG, INFO, WARNING or ERROR."),
    "TIME_SCALE": ("inf", "TIME_SCALE is not valid. Use a number above 0"),
    "SLACK_API_URL": ("s3cret", "SLACK_API_URL is not valid. Use a web address"),
    "HMS_API_URL": (
        "http://127.0.0.1.s3cret.example.com/v2",
        "HMS_API_URL is not valid. Use a web address with https://",
    ),
    "SLACK_BOT_TOKEN": ("s3cret", "does not start with xoxb-"),
    "HOST": ("[::1]", "HOST is not valid"),
}
ODD = {
    "ALL_PROXY": ("socks5://127.0.0.1:9", "ALL_PROXY is a SOCKS proxy"),
    "NO_PROXY": ("localhost,[::1]", "NO_PROXY has an entry that is not supported: [::1]"),
    "no_proxy": ("fd00::/8", "no_proxy has an entry that is not supported: fd00::/8"),
    "HTTPS_PROXY": ("user:s3cret@127.0.0.1:9", "HTTPS_PROXY has no scheme"),
    "SSL_CERT_FILE": ("/nowhere/ca.pem", "SSL_CERT_FILE: /nowhere/ca.pem cannot be read"),
    "SSL_CERT_DIR": ("/nowhere", "SSL_CERT_DIR: /nowhere is not a folder"),
}


@pytest.mark.parametrize("rows", [WRONG, ODD], ids=["settings", "environment"])
async def test_run_says_all_that_is_wrong_in_one_line_and_shows_no_value(
    tmp_path: Path, rows: dict[str, tuple[str, str]]
) -> None:
    env = GOOD | {name: value for name, (value, _) in rows.items()}
    line = fails_in_one_line(await record_bot(tmp_path, "run", env=env))
    for _, says in rows.values():
        assert says in line
    assert "s3cret" not in line


async def test_settings_are_taken_as_people_type_them(tmp_path: Path) -> None:
    typed = {"LOG_LEVEL": "info", "LOG_FORMAT": "JSON", "SLACK_BOT_TOKEN": " xoxb-1\n"}
    line = fails_in_one_line(await record_bot(tmp_path, "run", env=GOOD | typed))
    assert "Slack cannot be reached" in line
    assert "s3cret" not in line


async def test_migrate_makes_the_database_and_says_why_it_cannot(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/data/bot.sqlite"}
    done = await record_bot(tmp_path, "migrate", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "data/bot.sqlite").exists()
    wrong = GOOD | {"DATABASE_URL": "mysql://host/name"}
    assert "not supported" in fails_in_one_line(await record_bot(tmp_path, "migrate", env=wrong))
    gone = GOOD | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/name"}
    line = fails_in_one_line(await record_bot(tmp_path, "migrate", env=gone))
    assert "127.0.0.1" in line
    assert not line.endswith("?.")


async def test_what_needs_the_database_alone_asks_for_no_secrets(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite"}
    for order in (["migrate"], ["backup", "copy.sqlite"], ["restore", "copy.sqlite"]):
        done = await record_bot(tmp_path, *order, env=env)
        assert (done.returncode, done.stderr) == (0, "")
    line = fails_in_one_line(await record_bot(tmp_path, "forgotten", "rec-1", env=env))
    assert "nobody had a recording with this id forgotten" in line


async def test_a_misspelt_database_is_not_taken_for_the_default_one(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URI=sqlite:////data/bot.sqlite\n")
    line = fails_in_one_line(await record_bot(tmp_path, "backup", "copy.sqlite"))
    assert "DATABASE_URI: is DATABASE_URL meant?" in line


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """A limit for the size of files stands for it: SQLite cannot make its -shm."""
    env = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite"}
    await record_bot(tmp_path, "migrate", env=env)
    done = await record_bot(tmp_path, "migrate", env=env, file_bytes=16_384)
    assert "the disk of the database is full" in fails_in_one_line(done)


async def test_manifest_prints_what_the_repo_has(tmp_path: Path) -> None:
    done = await record_bot(tmp_path, "manifest")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (REPO / "manifest.yml").read_text("utf-8")


async def test_manifest_for_an_address(tmp_path: Path) -> None:
    done = await record_bot(tmp_path, "manifest", "--url", "https://bot.example.com/")
    assert done.returncode == 0
    assert done.stdout.count("https://bot.example.com/slack/events\n") == 4
    refused = await record_bot(tmp_path, "manifest", "--url", "http://bot.example.com")
    assert "https" in fails_in_one_line(refused)


async def test_doctor_names_everything_that_is_missing_and_fails(tmp_path: Path) -> None:
    done = await record_bot(tmp_path, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HMS_ACCESS_KEY", "HMS_SECRET"):
        assert f"{name} is not set" in done.stdout
    assert "4 failed" in done.stdout
    assert databases_in(tmp_path) == []  # it only looks


async def test_doctor_reads_the_settings_file_or_says_that_it_cannot(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{k}={v}" for k, v in GOOD.items()))
    done = await record_bot(tmp_path, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert "complete, for HTTP" in done.stdout
    assert "method=" not in done.stdout, "its calls are not logged among what it found"
    assert "s3cret" not in done.stdout
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    assert ".env cannot be read" in fails_in_one_line(await record_bot(tmp_path, "doctor"))


async def test_help_names_the_commands(tmp_path: Path) -> None:
    done = await record_bot(tmp_path, "--help")
    assert done.returncode == 0
    for name in ("run", "doctor", "migrate", "manifest"):
        assert name in done.stdout


async def test_all_that_is_missing_is_in_the_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HMS_ACESS_KEY=s3cret\n")
    line = fails_in_one_line(await record_bot(tmp_path, "run"))
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HMS_ACCESS_KEY", "HMS_SECRET"):
        assert f"{name} is not set" in line
    for where in ("OAuth & Permissions", "Basic Information", "100ms dashboard"):
        assert where in line
    assert "HMS_ACESS_KEY" in line
    assert "s3cret" not in line


@pytest.mark.parametrize(
    ("command", "address"),
    [
        ("migrate", "postgresql://bot:p@s3cret@127.0.0.1:9/name"),
        ("migrate", "postgresql://bot:p@s3/cret@127.0.0.1:9/name"),
        ("migrate", "postgresql://bot:s3cret@127.0.0.1:port/name"),
        ("doctor", "postgresql://bot:p@s3/cret@127.0.0.1:9/name"),
        ("run", "postgresql://bot:p@s3/cret@127.0.0.1:9/name"),
    ],
)
async def test_a_password_with_an_at_sign_is_never_printed(
    tmp_path: Path, command: str, address: str
) -> None:
    done = await record_bot(tmp_path, command, env=GOOD | {"DATABASE_URL": address})
    assert done.returncode == 1
    said = done.stdout + done.stderr
    for part in ("s3cret", "p@s3", "s3/cret", "cret@"):
        assert part not in said
    if command == "migrate":
        assert "DATABASE_URL" in fails_in_one_line(done)


ORDERS = ("--help", "doctor", "run", "manifest")
IN_TURN = f"""
import sys
from bot.cli import main
for order in {ORDERS}:
    sys.argv[:] = ["record-bot", order]
    status = 0
    try:
        main()
    except SystemExit as end:
        status = end.code or 0
    print("ended with", status, flush=True)
    print("ended", file=sys.stderr, flush=True)
"""


async def test_output_that_is_not_utf8(tmp_path: Path) -> None:
    """One interpreter for all commands: its streams are what is tested."""
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = await started(tmp_path, "-c", IN_TURN, env=ascii_only)
    assert done.returncode == 0, done.stderr
    *printed, nothing = re.split(r"(?m)^ended with (\d)\n", done.stdout)
    assert nothing == ""
    complaints = done.stderr.split("ended\n")
    answers = zip(printed[::2], map(int, printed[1::2]), complaints, strict=False)
    helped, looked, refused, manifest = (Done(code, out, err) for out, code, err in answers)
    assert helped.returncode == 0
    assert "SLACK_BOT_TOKEN is not set" in looked.stdout
    assert "Traceback" not in done.stderr
    assert "SLACK_BOT_TOKEN is not set" in fails_in_one_line(refused)
    if manifest.returncode:
        assert "PYTHONIOENCODING" in fails_in_one_line(manifest)
    else:
        assert manifest.stdout == (REPO / "manifest.yml").read_text("utf-8")
