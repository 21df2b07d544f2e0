"""Proofs of access: what was checked for one person, in one request.

Only `bot.access` constructs them (tests/unit/test_proofs.py). They carry ids, no models.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeMember:
    """A full member of the home workspace: no guest, no bot, nobody of another organisation."""

    user: str
    admin: bool


@dataclass(frozen=True, slots=True)
class SeenRecording:
    """A recording that `by` may know of. `channels` are those of its channels they can look into.

    `channel` is the one by which they see it: where they ask, else where it was asked for.
    """

    key: str
    by: str
    channel: str
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class SeenAsset:
    """A file of a recording that its reader may know of. Whether it exists is not checked."""

    recording: SeenRecording
    asset_id: str


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel that `by` is in: to post to, to share into, to configure."""

    channel: str
    by: str


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A form of this person's, or one that is too old to be known. `channel`: where it opened."""

    request_id: str
    by: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """A question that this person was asked within the last hour; `answer` is the button's."""

    choice_id: str
    by: str
    answer: str


@dataclass(frozen=True, slots=True)
class SeenPreset:
    """A preset of the workspace, or of a channel that `by` is in."""

    preset_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Horizon:
    """Where a person can look, for lists. `member`: public channels count, too.

    `here` is where they ask. Not `complete`: Slack did not say in time, and `channels` is empty.
    """

    user: str
    member: bool
    channels: frozenset[str]
    here: str | None = None
    complete: bool = True


PROOFS = (
    HomeMember,
    SeenRecording,
    SeenAsset,
    OpenChannel,
    OwnDraft,
    OwnChoice,
    SeenPreset,
    Horizon,
)
