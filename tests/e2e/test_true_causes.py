"""What people read when 100ms refuses or fails behind a button: the true cause, no traceback."""

from functools import partial

import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import first

CAUSES = {
    401: "100ms does not accept this bot's keys",
    403: "100ms does not let the bot do this (HTTP 403)",
    409: "100ms says that something else is going on in the room (HTTP 409)",
    422: "100ms does not accept the request (HTTP 422)",
    429: "100ms asks the bot to wait",
    500: "100ms had an internal error (HTTP 500)",
    503: "100ms had an internal error (HTTP 503)",
}
LINKS = "/v2/recording-assets/*/presigned-url"


async def test_watch_and_transcript_say_why_100ms_gives_no_link(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    await bench.finish(room)
    await bench.reply(card, "ready")
    card = await bench.card(room, "Ready.")
    for status, words in CAUSES.items():
        wait = {"retry_after_s": 0} if status == 429 else {}
        await bench.hms_fault(kind="status", status=status, path=LINKS, **wait)
        for what in ("Watch", "Transcript"):
            before = {m.ts for m in await bench.ines.ephemerals(seed.STANDUP)}
            await bench.press(bench.ines, card, what)
            told = await bench.see(partial(later, bench.ines.user, before), f"{what}: {status}")
            assert words in told.text, (what, status)
            assert "reference" not in told.text
        await bench.hms.sim("/faults", {"clear": True})


def later(user: str, before: set[str], state: Snapshot) -> SeenMessage | None:
    """The first answer that this person got since."""
    return first([m for m in state.ephemerals(seed.STANDUP, user) if m.ts not in before])


@pytest.mark.own_stage
async def test_doctor_says_why_100ms_does_not_tell(bench: Bench) -> None:
    await bench.hms_fault(kind="status", status=403, path="/v2/analytics/webhooks")
    await bench.ines.command(seed.STANDUP, "/record doctor")
    told = await bench.told(bench.ines, seed.STANDUP, "did not report its failed deliveries")
    assert "100ms does not let the bot do this (HTTP 403)" in told.text
