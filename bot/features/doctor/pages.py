"""Checks whether the meeting pages are reachable, as seen from this machine."""

import httpx

from bot.features.doctor.model import Finding, note, ok, shown, warning
from bot.outbound import system_tls

CHECK = "Meeting pages"
WITHIN_S = 5.0
LET_IN = "start the bot, and let the proxy in front of it pass `/m/*`"


async def check_pages(public_url: str | None) -> Finding:
    """Fetch the static page."""
    if public_url is None:
        fix = "set `PUBLIC_URL` to the address at which browsers reach the bot"
        return note(CHECK, "There are none, so buttons give links to files.", fix)
    try:
        async with httpx.AsyncClient(timeout=WITHIN_S, verify=system_tls()) as http:
            answer = await http.get(f"{public_url}/m/")
    except httpx.HTTPError as error:
        return warning(
            CHECK, f"{shown(public_url)} does not answer ({type(error).__name__}).", LET_IN
        )
    if answer.status_code == httpx.codes.OK and "/m/assets/" in answer.text:
        return ok(CHECK, f"Available at {shown(public_url)}.")
    return warning(
        CHECK, f"{shown(public_url)}/m/ answers {answer.status_code}, not the bot's page.", LET_IN
    )
