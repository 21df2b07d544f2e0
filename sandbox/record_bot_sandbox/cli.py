"""`record-bot sandbox`, which the bot's command line finds by an entry point.

It imports what it needs when it runs, so that `record-bot --help` stays quick.
"""

from typing import Annotated, Literal

import typer


def sandbox(  # noqa: PLR0917 - each is an option of the command line
    only: Annotated[
        Literal["slack", "hms"] | None,
        typer.Option(help="Start only one of the two, and wait for a bot that you start."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="The page's port; with --only hms, its port. 0: a free one.",
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, max=1000, help="How fast time runs. Default: 60, or 1 with --only."),
    ] = None,
    leave: Annotated[
        bool, typer.Option("--exit", help="Exit after the tour: status 0 if every step succeeded.")
    ] = False,
    request_url: Annotated[
        str, typer.Option(help="With --only slack: the bot's address for Slack's requests.")
    ] = "http://127.0.0.1:8080/slack/events",
    webhook_url: Annotated[
        str, typer.Option(help="With --only hms: the bot's webhook address; '' for none.")
    ] = "http://127.0.0.1:8080/webhooks/100ms/default",
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="With --only slack: use Socket Mode.")
    ] = False,
) -> None:
    """See the bot at work: a simulated Slack, a simulated 100ms, and a tour of both."""
    from record_bot_sandbox import command  # noqa: PLC0415

    options = command.Options(only, port, speed, leave, request_url, webhook_url, socket_mode)
    raise typer.Exit(command.sandbox(options))
