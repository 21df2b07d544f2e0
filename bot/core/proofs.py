"""Proofs: what was checked for one person in one request, and which lease was taken.

Only `bot.access` constructs those of people, and only the queue `OwnWork`
(tests/unit/test_proofs.py). They carry ids, no models.
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
class MayStart:
    """`by` may start recordings in `channel`; None: with a card to themselves."""

    by: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class KnownRoom:
    """A room that `by` may record where they asked. `name` is 100ms', as far as it is known.

    That 100ms has the room is not checked: it may be a minute old.
    """

    room_id: str
    name: str
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
class SeenSchedule:
    """A schedule of this person's, or of a channel that they can look into."""

    schedule_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Horizon:
    """Where a person can look, for lists. `member`: public channels count, too.

    `here` is where they ask. Not `complete`: Slack did not say in time, or the app `lacks` the
    permission to ask (by Slack's name for it), and `channels` is empty.
    """

    user: str
    member: bool
    channels: frozenset[str]
    here: str | None = None
    complete: bool = True
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Whose transcripts `user` may search: those shown in `channels`, and their own.

    Every channel was checked: they are in it, they ask there, or it is public and they are a full
    member. Not `complete`: Slack did not say of every channel in time, or the app `lacks` the
    permission to ask; those are left out.
    """

    user: str
    member: bool
    channels: frozenset[str]
    complete: bool = True
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A lease that was taken on a recording. It may have lapsed since: each write checks."""

    key: str
    owner: str


PROOFS = (
    HomeMember,
    SeenRecording,
    SeenAsset,
    OpenChannel,
    MayStart,
    KnownRoom,
    OwnDraft,
    OwnChoice,
    SeenPreset,
    SeenSchedule,
    Horizon,
    SearchScope,
)
