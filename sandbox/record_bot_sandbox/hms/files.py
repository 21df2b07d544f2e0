"""Storage: asset files behind signed links that expire, as a bucket would serve them."""

import hashlib
import hmac
import logging
import re
import secrets
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from record_bot_sandbox.hms.clock import NS
from record_bot_sandbox.hms.movies import movie
from record_bot_sandbox.hms.state import Asset
from record_bot_sandbox.hms.world import World

MEDIA_TYPES = {
    "mp4": "video/mp4",
    "csv": "text/csv",
    "txt": "text/plain",
    "srt": "application/x-subrip",
    "json": "application/json",
}
log = logging.getLogger(__name__)
_RANGE = re.compile(r"bytes=(?P<first>\d*)-(?P<last>\d*)")


class Files:
    """Signs links and serves what they point to. Links expire in real seconds."""

    def __init__(self, world: World) -> None:
        self._base_url = world.config.public_base_url.rstrip("/")
        self._state = world.state
        self._clock = world.clock
        self._key = secrets.token_bytes(32)
        self._not_before_ns = 0
        self.downloads: list[str] = []  # ids of the assets fetched, in order
        self._made: set[str] = set()
        self.moved_to: str | None = None  # every link then answers 302 to there

    def link(self, asset: Asset, valid_s: int | None = None) -> str:
        valid_s = valid_s or asset.recording.room.template.presign_s
        issued = self._clock.now_ns()
        signed = {"issued": str(issued), "expires": str(issued + valid_s * NS)}
        signed["signature"] = self._sign(asset.id, signed["issued"], signed["expires"])
        name = quote(asset.path.rsplit("/", 1)[-1])
        return f"{self._base_url}/files/{asset.id}/{name}?{urlencode(signed)}"

    def expire_all(self) -> None:
        """Every link given out so far is now too old."""
        self._not_before_ns = self._clock.now_ns()

    async def serve(self, request: Request) -> Response:
        asset_id = request.path_params["asset_id"]
        query = request.query_params
        issued, expires = query.get("issued", ""), query.get("expires", "")
        expected = self._sign(asset_id, issued, expires)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
            return _refusal(403, "SignatureDoesNotMatch", "The signature does not match")
        if self._clock.now_ns() >= int(expires) or int(issued) <= self._not_before_ns:
            return _refusal(403, "AccessDenied", "Request has expired")
        asset = self._state.assets.get(asset_id)
        if asset is None or asset.status != "completed":
            return _refusal(404, "NoSuchKey", "The specified key does not exist")
        if self.moved_to is not None:
            return Response(status_code=302, headers={"location": self.moved_to})
        ending = asset.path.rsplit(".", 1)[-1]
        if request.method == "GET":
            self.downloads.append(asset.id)
            if ending == "mp4":
                await self._make_playable(asset)
        return _content(request, asset.content, MEDIA_TYPES[ending])

    async def _make_playable(self, asset: Asset) -> None:
        """When somebody first asks for a video: most are never watched."""
        if asset.id in self._made:
            return
        self._made.add(asset.id)
        try:
            asset.content = await movie(asset.duration_s, audio_only=asset.recording.audio_only)
        except OSError as failed:  # then it stays a file without pictures
            log.warning("no movie: %s", failed)

    def _sign(self, asset_id: str, issued: str, expires: str) -> str:
        text = f"{asset_id}\n{issued}\n{expires}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def _content(request: Request, content: bytes, media_type: str) -> Response:
    """All of it, or the one range that is asked for, as players do."""
    headers = {"content-type": media_type, "accept-ranges": "bytes"}
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or not (found["first"] or found["last"]):
        return Response(content, headers=headers)
    if found["first"]:
        first = int(found["first"])
        last = min(int(found["last"] or len(content)), len(content) - 1)
    else:
        first, last = max(0, len(content) - int(found["last"])), len(content) - 1
    if first > last:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(content)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], status_code=206, headers=headers)


def _refusal(status: int, code: str, message: str) -> Response:
    xml = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(xml, status, media_type="application/xml")
