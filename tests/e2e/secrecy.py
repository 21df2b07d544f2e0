"""What stands in no log and no database."""

from pathlib import Path

from record_bot_sandbox.slack import seed

SECRETS = (
    "xoxb-",
    "xapp-",
    "sandbox-signing-secret",
    "sandbox-secret",
    "sandbox-webhook-secret",
    "eyJ",  # a JSON web token
    "signature=",  # a presigned URL
    f"/commands/{seed.TEAM_ID}",  # a response_url
    f"/actions/{seed.TEAM_ID}",
    "/upload/v1/",
    "/link/?ticket",
)
TROUBLE = ("Traceback (most recent call last)", "_broke ", "Unhandled", "never awaited", "Unclosed")


def assert_clean_log(text: str) -> None:
    for word in (*SECRETS, *TROUBLE):
        at = text.find(word)
        assert at < 0, f"{word!r} in the log: {text[max(0, at - 300) : at + 3000]}"


def assert_clean_database(database: Path) -> None:
    """Nothing that opens a door is kept (a response_url is: an answer is still owed)."""
    for path in database.parent.glob(f"{database.name}*"):
        content = path.read_bytes()
        for word in ("xoxb-", "xapp-", "sandbox-secret", "sandbox-webhook-secret", "signature="):
            assert word.encode() not in content, f"{word!r} in {path.name}"
