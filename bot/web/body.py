"""Reading a request's body, but only so much of it."""

from starlette.requests import Request


class BodyTooLarge(Exception):
    pass


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body. Raises BodyTooLarge as soon as it is known to be, and ClientDisconnect."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise BodyTooLarge
    return bytes(body)
