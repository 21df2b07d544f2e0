"""Read a request's body within a limit of size. `bot.web.connections` limits its time."""

from starlette.requests import Request


class BodyTooLarge(Exception):
    pass


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read the whole body.

    Raises BodyTooLarge as soon as the size is known, ClientDisconnect.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise BodyTooLarge
    chunks: list[bytes] = []  # joined once: a hostile sender may send a byte at a time
    size = 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise BodyTooLarge
    return b"".join(chunks)
