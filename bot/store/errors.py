"""Errors of the store, for the rest of the bot."""


class StoreError(Exception):
    """Base class of all errors that the store raises deliberately."""


class StoreUnavailable(StoreError):
    """The database is unreachable, slow, full or closed: a later retry may help."""


class StoreFull(StoreUnavailable):
    """The disk of the database is full."""


class StoreRefused(StoreError):
    """The database never accepts this value (a NUL in a text, a naive time, an unknown key)."""


class UnknownRecording(StoreError):
    """No recording of this team has that key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no recording {key!r}")
        self.key = key


class UnreadableRecording(StoreError):
    """The stored rows of the recording cannot be read: a newer version may have written them."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"recording {key!r} cannot be read: {why}")
        self.key = key
        self.why = why


class DoneBefore(StoreError):
    """This request of Slack was handled before: nothing was written."""


class LeaseLost(StoreError):
    """Another worker owns the recording now: nothing was written; the caller must stop."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the lease of recording {key!r} is lost")
        self.key = key


class DatabaseInUse(StoreError):
    """Another process uses this SQLite file; several processes need PostgreSQL."""


class DatabaseUrlError(StoreError):
    """The address is invalid, or that of a database that the bot does not support."""


class SchemaTooNew(StoreError):
    """The database was migrated by a newer version of the bot."""
