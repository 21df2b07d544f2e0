"""What 100ms tells about a room's template, as far as it concerns recordings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomTemplate:
    """`records`: whether composite recording is on; None where 100ms does not say."""

    records: bool | None = None
    width: int | None = None
    height: int | None = None
    max_duration_s: float | None = None
    destinations: tuple[str, ...] = ()
