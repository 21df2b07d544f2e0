"""The settings of a channel."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Who = Literal["everyone", "some", "admins"]
ResultsIn = Literal["thread", "channel", "card"]


class Allowed(BaseModel):
    """Who may do something. `everyone`: full members of the workspace; `some`: those listed.

    Guests and people of other organisations may if they are listed. Admins always may.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    who: Who = "everyone"
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class ChannelSettings(BaseModel):
    """The settings of one channel.

    `results`: where results are posted; `card` means that only the card shows them. `preset_id`:
    a preset of this bot. `outside_links`: guests and people of other organisations may open the
    files. `tell_room`: announce the recording, and who requested it, in the room's chat.
    `keep_transcripts`: for search. `join_role`: a role of 100ms' template; with it, full members
    get links to join. Only admins set it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    room_id: str | None = None
    room_name: str | None = None
    preset_id: str | None = None
    may_start: Allowed = Allowed()
    may_stop: Allowed = Allowed()
    results: ResultsIn = "thread"
    outside_links: bool = False
    tell_room: bool = True
    keep_transcripts: bool = True
    join_role: str | None = None


def changed_fields(before: ChannelSettings, after: ChannelSettings) -> tuple[str, ...]:
    """The names of the fields that differ; a room's name is not a setting by itself."""
    fields = [name for name in ChannelSettings.model_fields if name != "room_name"]
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
