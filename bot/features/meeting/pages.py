"""The static files of the meeting page, read once and the same for everybody."""

import gzip
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from string import Template
from urllib.parse import urlencode, urljoin

from bot.slack.values import Identity

FOLDER = "static"
TYPES: Mapping[str, str] = {
    "meeting.css": "text/css; charset=utf-8",
    "meeting.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Static:
    """A file, plain and compressed."""

    content: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The static page, the same for every recording; `assets` are by version and name."""

    document: Static
    assets: Mapping[tuple[str, str], Static]


def home_address(slack_api_url: str, identity: Identity, app: str | None) -> str:
    """Return a link to the app's Home in Slack; without the app's id, to the bot's messages.

    Source: docs.slack.dev, interactivity/deep-linking.
    """
    what = {"app": app} if app else {"channel": identity.bot_user_id}
    query = urlencode({**what, "team": identity.team_id})
    return urljoin(slack_api_url, f"/app_redirect?{query}")


def load(*, home: str, bot: str) -> Pages:
    """Read the files of the package. `home` is a link to the app's Home in Slack."""
    folder = resources.files(__package__).joinpath(FOLDER)
    files = {name: folder.joinpath(name).read_bytes() for name in TYPES}
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    template = Template(folder.joinpath("meeting.html").read_text("utf-8"))
    document = template.substitute(
        version=version, home=html.escape(home, quote=True), bot=html.escape(bot, quote=True)
    )
    return Pages(
        _static(document.encode(), "text/html; charset=utf-8"),
        {(version, name): _static(content, TYPES[name]) for name, content in files.items()},
    )


def _static(content: bytes, media_type: str) -> Static:
    return Static(content, gzip.compress(content, 9, mtime=0), media_type)
