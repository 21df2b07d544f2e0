"""The dependencies of the use cases and the reconciler, constructed by `wiring`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.core.policy import Policy
from bot.hms.auth import JoinTokens
from bot.hms.client import HmsClient
from bot.slack.gateway import SlackGateway
from bot.slack.values import Identity
from bot.store.repository import TeamDatabase
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Deps:
    """`now` is the clock (aware UTC); `new_id` makes a fresh random id."""

    store: Store
    slack: SlackGateway
    hms: HmsClient
    policy: Policy
    identity: Identity
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    short_secrets: tuple[str, ...] = ()  # names of settings, for the doctor
    keep_transcripts_for: timedelta = timedelta(days=90)  # 0: none are kept
    keep_records_for: timedelta | None = timedelta(days=400)  # None: forever
    public_url: str | None = None  # the origin of the meeting pages; None: no pages
    join_tokens: JoinTokens | None = None  # None without the app's secret
    hms_domain: str | None = None  # the host name at which people join rooms, if set

    @property
    def db(self) -> TeamDatabase:
        """The database handle for features' own repositories."""
        return self.store.db

    def meeting_page(self, key: str = "") -> str | None:
        """Return the URL of a recording's page (without a key, its prefix); None without pages."""
        return f"{self.public_url}/m/{quote(key, safe='')}" if self.public_url else None
