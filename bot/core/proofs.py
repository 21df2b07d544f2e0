"""Proofs: access that was checked for one person in one request, and a lease that was taken.

Only the queue constructs `OwnWork`, and only `bot.access` the others
(tests/unit/test_proofs.py). Proofs carry ids, no models.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeMember:
    """A full member of the home workspace: not a guest, a bot or a person of another one."""

    user: str
    admin: bool


@dataclass(frozen=True, slots=True)
class SeenRecording:
    """A recording that `by` may know about. `channels` are those of its channels that they can see.

    `channel` is the one that gives access: the channel of the request, else the origin.
    """

    key: str
    by: str
    channel: str
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class SeenAsset:
    """A file of a recording that the person may know about. Its existence is not checked."""

    recording: SeenRecording
    asset_id: str


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel that `by` is in: to post to, to share into, to configure."""

    channel: str
    by: str


@dataclass(frozen=True, slots=True)
class MayStart:
    """`by` may start recordings in `channel`; None: with the card in a direct message."""

    by: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class KnownRoom:
    """A room that `by` may record from where they asked. `name` is 100ms', if it is known.

    Its existence at 100ms is not checked: the list of rooms may lag behind by a minute.
    """

    room_id: str
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A form of this person, or an expired one. `channel`: where it was opened."""

    request_id: str
    by: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """A question that the bot asked this person within the last hour; `answer` is the button's."""

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
    """A schedule of this person, or of a channel that they can see."""

    schedule_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Horizon:
    """The channels that a person can see, for lists. `member`: they also see public channels.

    `here` is the channel of the request. Unless `complete`, Slack did not answer in time or the app
    `lacks` a scope (Slack's name for it), and `channels` is empty.
    """

    user: str
    member: bool
    channels: frozenset[str]
    here: str | None = None
    complete: bool = True
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class SearchScope:
    """The transcripts that `user` may search: those shown in `channels`, and their own.

    Every channel was checked: they are in it, they ask there, or it is public and they are a full
    member. Unless `complete`, some channels are left out: Slack did not answer in time, or the app
    `lacks` a scope.
    """

    user: str
    member: bool
    channels: frozenset[str]
    complete: bool = True
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A lease taken on a recording. It may have expired since: each write checks."""

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
