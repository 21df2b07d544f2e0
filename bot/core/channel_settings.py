"""What a team sets once for a channel."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Who = Literal["everyone", "some", "admins"]
ResultsIn = Literal["thread", "channel", "card"]


class Allowed(BaseModel):
    """Who may do something. `everyone`: full members of the workspace; `some`: those named.

    Naming a guest, or somebody of another organisation, lets them too. Admins always may.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    who: Who = "everyone"
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class ChannelSettings(BaseModel):
    """`results` says where they go, `card`: nowhere but on the card. `preset_id` is one of ours.

    `outside_links`: guests and people of other organisations may open the files. `tell_room`:
    the room's chat says that it is recorded, and who asked. `keep_transcripts`: for search.
    `join_role`: of 100ms' template; with it, full members get links to join. Admins set it.
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
    """The names of what differs; a room's name is not a setting by itself."""
    fields = [name for name in ChannelSettings.model_fields if name != "room_name"]
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
