"""Error answers in the shape of 100ms: code, message, details."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse


class ApiError(Exception):
    """An answer other than 2xx."""

    def __init__(self, status: int, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = list(details)

    def response(self) -> JSONResponse:
        body: dict[str, object] = {"code": self.status, "message": self.message}
        if self.details:
            body["details"] = self.details
        return JSONResponse(body, self.status)


def bad_token(why: str) -> ApiError:
    return ApiError(401, "Token validation error", [why])


def no_permission() -> ApiError:
    """The answer for a room that does not exist, or is somebody else's."""
    return ApiError(403, "user does not have required permission")


def already_started() -> ApiError:
    return ApiError(409, "beam already started")


def beam_not_found() -> ApiError:
    return ApiError(404, "beam not found")


def invalid_input(*details: str) -> ApiError:
    return ApiError(400, "invalid input", details)


async def on_api_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ApiError):
        raise error
    return error.response()


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """No such route: better to say so than to invent an answer."""
    if not isinstance(error, HTTPException) or error.status_code not in {404, 405}:
        raise error
    return ApiError(501, f"not simulated: {request.method} {request.url.path}").response()
