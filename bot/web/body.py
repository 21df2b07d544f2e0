"""Read a request's body within limits of size and time."""

import asyncio

from starlette.requests import Request

WITHIN_S = 5.0


class BodyTooLarge(Exception):
    pass


class BodyTooSlow(Exception):
    pass


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read the whole body.

    Raises BodyTooLarge as soon as the size is known, BodyTooSlow, ClientDisconnect.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise BodyTooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise BodyTooLarge
    except TimeoutError:
        raise BodyTooSlow from None
    return bytes(body)
