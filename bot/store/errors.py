"""What can go wrong with the store, as the rest of the bot sees it."""


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, is too slow, full or closed: asking again later may help."""


class StoreRefused(StoreError):
    """The database will never take this value (a NUL in a text, a naive time, an unknown key)."""


class UnknownRecording(StoreError):
    """No recording of this team has that key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no recording {key!r}")
        self.key = key


class DoneBefore(StoreError):
    """What Slack sent was acted on already: nothing was written."""


class LeaseLost(StoreError):
    """Another worker has the recording now: nothing was written, and nothing must be done."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the lease of recording {key!r} is lost")
        self.key = key


class DatabaseInUse(StoreError):
    """A second process on one SQLite file; several processes need PostgreSQL."""


class DatabaseUrlError(StoreError):
    """The address names no database that the bot can use."""


class SchemaTooNew(StoreError):
    """The database was migrated by a newer version of the bot."""
