"""The command line: `record-bot run · sandbox · doctor · reindex · migrate · backup · …`.

Each command imports what it needs when it runs, so that `--help` is quick.
"""

import asyncio
import gc
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

app = typer.Typer(
    help="A Slack app that starts, follows and delivers 100ms room recordings.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def fail(line: str) -> NoReturn:
    """Print one line to stderr and exit with status 1."""
    typer.echo(f"record-bot: {line}", err=True)
    raise typer.Exit(1)


def given() -> "Settings":
    """Load the settings, or fail. Called before slow imports, so that errors show at once."""
    from bot.settings import SettingsError, load_settings

    usable_environment()
    try:
        return load_settings()
    except SettingsError as e:
        fail(str(e))


def given_database() -> str:
    """Load the address of the database, for commands that use nothing else, or fail."""
    from bot.settings import SettingsError, load_database_url

    try:
        return load_database_url()
    except SettingsError as e:
        fail(str(e))


def print_warnings_only() -> None:
    """Configure the log for one-off commands, which print their results."""
    from bot.kit.logs import configure_logs

    configure_logs("WARNING", "console")


def usable_environment() -> None:
    """Fail if proxies or certificates are set to values that the libraries cannot use."""
    from bot.environment import problems_of_environment

    if problems := problems_of_environment(os.environ):
        fail(" ".join(problems))


def main() -> None:
    """Run the command line. Characters that the terminal cannot show are replaced."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if not sys.warnoptions:  # warnings of libraries are for developers, not for admins
        warnings.simplefilter("ignore")
    app()


@contextmanager
def _database_errors() -> Iterator[None]:
    """Turn errors of the store into one line; messages of drivers may have several."""
    from bot.store.backup import NotBackedUp
    from bot.store.errors import StoreError, StoreFull

    try:
        yield
    except NotBackedUp as e:
        fail(f"{e}.")
    except StoreFull:
        fail("the disk of the database is full. Free some space, or change DATABASE_URL.")
    except StoreError as e:
        why = " ".join(str(e).split())
        fail(f"DATABASE_URL: {why}" + ("" if why.endswith((".", "?", "!")) else "."))


@app.command()
def run() -> None:
    """Run the bot, over HTTP, or over Socket Mode if SLACK_APP_TOKEN is set."""
    settings = given()
    gc.disable()  # a collection during the imports finds nothing: the start is an eighth quicker

    import uvloop

    from bot.hms.errors import HmsUnauthorized
    from bot.kit.logs import configure_logs
    from bot.running import CannotListen, serve
    from bot.settings import ONE_WORKSPACE, ORG_WIDE, WHERE
    from bot.slack.errors import NotAuthorized, SlackError
    from bot.slack.socket import AppTokenRefused
    from bot.wiring import InstalledOrgWide

    gc.freeze()  # what is imported stays
    gc.enable()
    configure_logs(settings.log_level, settings.log_format)
    try:
        with _database_errors():
            uvloop.run(serve(settings))
    except NotAuthorized as e:
        fail(
            f"Slack does not accept SLACK_BOT_TOKEN ({e.error}). "
            "Install the app again and copy the new token."
        )
    except InstalledOrgWide:
        fail(f"SLACK_BOT_TOKEN belongs to {ORG_WIDE}. {ONE_WORKSPACE}.")
    except AppTokenRefused as e:
        where = WHERE["SLACK_APP_TOKEN"]
        fail(f"Slack does not accept SLACK_APP_TOKEN ({e.error}). Make a new one: {where}.")
    except SlackError as e:
        fail(f"Slack cannot be reached at SLACK_API_URL ({e}). Is the network up?")
    except HmsUnauthorized as e:
        fixed = settings.hms_management_token is not None
        names = ("HMS_MANAGEMENT_TOKEN",) if fixed else ("HMS_ACCESS_KEY", "HMS_SECRET")
        where = "; ".join(WHERE[name] for name in names)
        fail(
            f"100ms does not accept {' and '.join(names)} ({e}). "
            f"Copy again: {where}. Is this machine's clock right?"
        )
    except CannotListen as e:
        fail(f"cannot listen on {e}: is another process using it? Change HOST or PORT.")


def _sandbox_command() -> Callable[..., None]:
    """Load the sandbox's command. It is a separate package, not in the production image."""
    for found in entry_points(group="record_bot.sandbox", name="command"):
        command: Callable[..., None] = found.load()
        return command
    return _no_sandbox


def _no_sandbox() -> None:
    """Not installed here; `make install` in a clone brings it."""
    fail("the sandbox is not installed here. Run `make install` in a clone of the project.")


app.command("sandbox")(_sandbox_command())


@app.command()
def migrate() -> None:
    """Bring the database up to date. `run` also does this when it starts."""
    url = given_database()
    print_warnings_only()

    from bot.store.open import migrate as migrate_store

    with _database_errors():
        asyncio.run(migrate_store(url))
    typer.echo("The database is up to date.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy.")]) -> None:
    """Copy the SQLite database. This works while the bot runs."""
    url = given_database()
    print_warnings_only()

    from bot.store import backup as backups

    with _database_errors():
        backups.backup(url, file)
    typer.echo(f"Backed up to {file}.")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A copy made by `backup`.")]) -> None:
    """Replace the SQLite database with a copy. Stop the bot first."""
    url = given_database()
    print_warnings_only()

    from bot.store import backup as backups

    with _database_errors():
        backups.restore(url, file)
    typer.echo("Restored. Start the bot: it polls 100ms for every open recording.")


@app.command()
def reindex() -> None:
    """Add missing transcripts to the search, as long as 100ms has their files.

    The running bot does the work; with SQLite, stop it first and start it after.
    """
    settings = given()
    print_warnings_only()

    from bot.slack.errors import SlackError
    from bot.wiring import keep_missing_transcripts

    if not settings.transcript_retention_days:
        fail("TRANSCRIPT_RETENTION_DAYS is 0: no transcripts are kept.")
    try:
        with _database_errors():
            found = asyncio.run(keep_missing_transcripts(settings))
    except SlackError as e:
        fail(f"Slack did not say which workspace this is ({e}).")
    if not found:
        typer.echo("No transcript is missing.")
        return
    missing = "1 transcript is" if found == 1 else f"{found:,} transcripts are"
    typer.echo(f"{missing} missing. The bot now keeps those that 100ms still has.")


@app.command()
def forgotten(
    key: Annotated[str, typer.Argument(help="The recording's id: “record-bot” in Details.")],
) -> None:
    """Show who had a recording forgotten, and when. This works while the bot runs."""
    url = given_database()
    print_warnings_only()

    from bot.features.audit.report import who_forgot

    with _database_errors():
        found = asyncio.run(who_forgot(url, key))
    if not found:
        fail("nobody had a recording with this id forgotten, or it is too long ago.")
    for one in found:
        typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.by}")


@app.command()
def doctor() -> None:
    """Check tokens, scopes, clock, credentials, webhook and database, and suggest fixes."""
    from rich.console import Console

    from bot.features.doctor.model import Verdict
    from bot.features.doctor.report import print_report
    from bot.features.doctor.setup import doctor as findings_of
    from bot.settings import SettingsError

    usable_environment()
    print_warnings_only()
    try:
        findings = asyncio.run(findings_of(Path(".env")))
    except SettingsError as e:
        fail(str(e))
    print_report(findings, Console())
    if any(finding.verdict is Verdict.FAILED for finding in findings):
        raise typer.Exit(1)


@app.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(
            help="The bot's public web address. Without it, the manifest is for Socket Mode."
        ),
    ] = None,
) -> None:
    """Print the app manifest to paste at api.slack.com/apps."""
    from bot.manifest import ManifestUrlError, manifest_yaml

    try:
        text = manifest_yaml(url)
    except ManifestUrlError as e:
        fail(f"--url: {e}.")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        fail(f"the output is {encoding}, which lacks some characters. Set PYTHONIOENCODING=utf-8.")
    typer.echo(text, nl=False)


if __name__ == "__main__":
    main()
