"""A link for the one person who clicked, minted after checking that they may."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.access.rights import Rights
from bot.access.views import SEERS
from bot.access.visibility import Sight
from bot.core.assets import Assets, assets_of
from bot.core.facts import AssetSeen
from bot.core.recording import Recording
from bot.deps import Deps
from bot.hms.errors import HmsNotFound
from bot.hms.models import facts_of_recording
from bot.ui.words import file_name

VALID_FOR = timedelta(hours=1)
What = Literal["video", "transcript"]


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is shown to one person and kept nowhere."""

    url: str
    what: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NotAllowed:
    who_can: str


@dataclass(frozen=True, slots=True)
class NoFile:
    what: str


async def mint(
    deps: Deps,
    rights: Rights,
    sight: Sight,
    key: str,
    *,
    user: str,
    channel: str | None,
    what: What | None,
    asset_id: str = "",
) -> Link | NotAllowed | NoFile:
    """A link to the video, the transcript, or one file by id. `channel` is where they clicked.

    From elsewhere, it takes someone who sees a channel that shows the recording.

    Raises NoRight.
    """
    recording = (await deps.store.recordings.load(key)).recording
    shown_here = channel is not None and channel in recording.channels
    await rights.to_open(user, channel if channel and shown_here else recording.home)
    if not shown_here and not await sight.places(user, recording, here=None):
        return NotAllowed(SEERS)
    asset = _pick(recording.assets, what, asset_id) or _pick(
        await _look_again(deps, recording), what, asset_id
    )
    if asset is None:
        return NoFile(what or "file")
    try:
        link = await deps.hms.presigned_url(asset.asset_id, valid_for=VALID_FOR)
    except HmsNotFound:
        return NoFile(what or "file")
    named = f"{file_name(asset)} of {recording.room_name}"
    return Link(link.url.get_secret_value(), named, deps.now() + VALID_FOR)


def _pick(assets: Assets, what: What | None, asset_id: str) -> AssetSeen | None:
    match what:
        case "video":
            return assets.video
        case "transcript":
            return assets.best_transcript
        case None:
            return next(
                (a for a in assets.all if a.asset_id == asset_id and a.status == "completed"), None
            )


async def _look_again(deps: Deps, recording: Recording) -> Assets:
    """The card may be quicker than our knowledge of the files."""
    if recording.hms_id is None:
        return Assets()
    seen = await deps.hms.get_recording(recording.hms_id)
    return assets_of(facts_of_recording(seen, deps.now()))
