"""The page's own files: read when they are asked for, so that an edit shows at the next reload."""

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

STATIC = Path(__file__).parent / "static"
# Only this server's scripts and styles; pictures from anywhere, as messages may name them.
POLICY = "default-src 'self'; img-src 'self' http: https: data: blob:; frame-ancestors 'none'"
FRESH = {"cache-control": "no-cache"}  # ask each time; the answer is "unchanged" when it is
mimetypes.add_type("text/javascript", ".js")


async def index(_: Request) -> Response:
    """The page, with every module named in it: else each would be asked for by the one before."""
    text = (STATIC / "index.html").read_text("utf-8")
    modules = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
    links = [f'<link rel="modulepreload" href="/page/{path}">' for path in modules]
    page = text.replace("<!-- modules -->", "\n    ".join(links))
    return Response(
        page, media_type="text/html", headers={"content-security-policy": POLICY, **FRESH}
    )


async def styles(request: Request) -> Response:
    """All style sheets as one: the order is that of their names."""
    found = sorted((STATIC / "css").glob("*.css"))
    return _unless_known(request, b"\n".join(path.read_bytes() for path in found), "text/css")


async def file(request: Request) -> Response:
    path = (STATIC / request.path_params["path"]).resolve()
    if not (path.is_relative_to(STATIC) and path.is_file()):
        return PlainTextResponse("there is no such file", 404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _unless_known(request, path.read_bytes(), kind)


async def no_icon(_: Request) -> Response:
    return Response(status_code=204)


def _unless_known(request: Request, content: bytes, kind: str) -> Response:
    headers = {**FRESH, "etag": f'"{hash(content):x}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)
