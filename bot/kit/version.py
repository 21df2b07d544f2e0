"""The version of the bot."""

from importlib import metadata


def version() -> str:
    try:
        return metadata.version("record-bot")
    except metadata.PackageNotFoundError:
        return "unknown"  # run from a copy that was never installed
