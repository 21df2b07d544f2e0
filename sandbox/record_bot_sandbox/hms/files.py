"""Storage: asset files behind signed links that expire, as a bucket would serve them."""

import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from record_bot_sandbox.hms.clock import NS
from record_bot_sandbox.hms.state import Asset
from record_bot_sandbox.hms.world import World

MEDIA_TYPES = {
    "mp4": "video/mp4",
    "csv": "text/csv",
    "txt": "text/plain",
    "srt": "application/x-subrip",
    "json": "application/json",
}


class Files:
    """Signs links and serves what they point to. Links expire in real seconds."""

    def __init__(self, world: World) -> None:
        self._base_url = world.config.public_base_url.rstrip("/")
        self._state = world.state
        self._clock = world.clock
        self._key = secrets.token_bytes(32)
        self._not_before_ns = 0
        self.downloads: list[str] = []  # ids of the assets fetched, in order
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
        if request.method == "GET":
            self.downloads.append(asset.id)
        ending = asset.path.rsplit(".", 1)[-1]
        return Response(asset.content, headers={"content-type": MEDIA_TYPES[ending]})

    def _sign(self, asset_id: str, issued: str, expires: str) -> str:
        text = f"{asset_id}\n{issued}\n{expires}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def _refusal(status: int, code: str, message: str) -> Response:
    xml = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(xml, status, media_type="application/xml")
