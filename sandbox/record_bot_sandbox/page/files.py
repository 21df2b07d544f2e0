"""The page's own files, below an address that changes with them: a browser keeps them for good."""

import hashlib
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from record_bot_sandbox.page.bundle import bundled

STATIC = Path(__file__).parent / "static"
# Only this server's scripts and styles; pictures from anywhere, as messages may name them.
POLICY = "default-src 'self'; img-src 'self' http: https: data: blob:; frame-ancestors 'none'"
FRESH = {"cache-control": "no-cache"}
FOR_GOOD = {"cache-control": "max-age=31536000, immutable"}
SCRIPT, STYLES = "page.js", "style.css"
MAIN = "js/main.js"
TYPES = {".js": "text/javascript", ".css": "text/css"}


async def index(_: Request) -> Response:
    page = (STATIC / "index.html").read_text("utf-8").replace("VERSION", _version())
    headers = {"content-security-policy": POLICY, **FRESH}
    return Response(page, media_type="text/html", headers=headers)


async def file(request: Request) -> Response:
    """A file of this version, or of an older one: there is only what is on the disk."""
    name = request.path_params["path"]
    if name == STYLES:
        return _answer(_styles(), ".css")
    if name == SCRIPT:
        return _answer(script().encode(), ".js")
    path = (STATIC / name).resolve()
    if not (path.is_relative_to(STATIC) and path.is_file()):
        return PlainTextResponse("there is no such file", 404)
    return _answer(path.read_bytes(), path.suffix)


async def home(_: Request) -> Response:
    """Slack's link to an app: its Home, for whoever acts in this browser."""
    return RedirectResponse("/#/-/home")


async def no_icon(_: Request) -> Response:
    return Response(status_code=204)


def _styles() -> bytes:
    """All style sheets as one, in the order of their names."""
    return b"\n".join(path.read_bytes() for path in sorted((STATIC / "css").glob("*.css")))


def script() -> str:
    """All modules as one."""
    texts = {p.relative_to(STATIC).as_posix(): p.read_text("utf-8") for p in STATIC.rglob("*.js")}
    return bundled(texts, MAIN)


def _answer(content: bytes, suffix: str) -> Response:
    kind = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return Response(content, media_type=kind, headers=FOR_GOOD)


def _version() -> str:
    found = sorted(path for path in STATIC.rglob("*") if path.is_file())
    times = [f"{path} {path.stat().st_mtime_ns}" for path in found]
    return hashlib.sha256("\n".join(times).encode()).hexdigest()[:12]
