"""What the simulated 100ms is told at its start."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SECRET_HEADER = "X-Record-Bot-Secret"


class Timings(BaseModel):
    """How long things take, in seconds at speed 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    starting_s: float = 4
    retries_s: float = 30  # until a meeting URL that cannot be opened is given up
    stopping_s: float = 2
    upload_s: float = 20
    transcription_start_s: float = 5
    transcript_least_s: float = 300
    transcript_share: float = 0.2  # of the recording's length
    room_end_notice_s: float = 60  # until a recorder outside the room sees that it has ended
    webhook_retries_s: tuple[float, ...] = (1, 3, 10)
    replay_gap_s: float = 0.1  # ten events per second


class HmsConfig(BaseModel):
    """Settings of one simulated 100ms account."""

    model_config = ConfigDict(extra="forbid")

    access_key: str = "sandbox-access-key"
    secret: str = "sandbox-secret-of-a-simulated-100ms"
    webhook_url: str | None = None
    webhook_headers: dict[str, str] = Field(
        default_factory=lambda: {SECRET_HEADER: "sandbox-webhook-secret"}
    )
    speed: float = Field(default=1, gt=0)
    public_base_url: str = "http://127.0.0.1:8100"
    webhook_timeout_s: float = 5  # real seconds, whatever the speed
    room_name_filter: Literal["exact", "prefix"] = "exact"  # the docs do not say which
    seed: bool = True
    timings: Timings = Timings()
