"""Meeting pages over HTTP, as a browser asks for them."""

import json
from typing import Any

import httpx
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, has, url_of
from tests.e2e.test_forget import details
from tests.patience import PATIENCE_S

MODES = "--modes json,srt,txt --summary"
UNKNOWN = "0123456789abcdef0123456789abcdef"


class Browser:
    """Its cookies, and the page that it has open."""

    def __init__(self, pages: Bench, link: str) -> None:
        self.page, _, self.ticket = link.partition("#k=")
        self.origin = pages.bot.url
        self.http = new_client(timeout=PATIENCE_S)

    async def enter(self, **headers: str) -> httpx.Response:
        given = {"authorization": f"Ticket {self.ticket}", "origin": self.origin, **headers}
        return await self.http.post(f"{self.origin}/m/session", headers=given)

    async def get(self, path: str = "", page: str | None = None) -> httpx.Response:
        return await self.http.get(f"{(page or self.page).partition('?')[0]}{path}")

    async def data(self) -> dict[str, Any]:
        answer = (await self.get("/data")).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


async def finished(
    pages: Bench, channel: str = seed.STANDUP, options: str = MODES
) -> tuple[Room, SeenMessage]:
    room = await pages.room()
    await pages.running(room, options, channel=channel)
    await pages.chat(room)
    await pages.finish(room)
    return room, await pages.card(room, "Ready.", channel=channel)


async def watch(pages: Bench, who: Person, card: SeenMessage, room: Room) -> Browser:
    await pages.press(who, card, "Watch")
    told = await pages.told(who, card.channel, f"{room.name} opens in your browser")
    return Browser(pages, url_of(told.blocks, "Open"))


async def test_watch_opens_the_page_for_the_one_who_clicked(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    assert (await browser.get("/data")).status_code == 401
    entered = await browser.enter()
    assert entered.json() == {"viewer": {"name": "tariq"}}
    cookie = entered.headers["set-cookie"]
    for part in ("HttpOnly", "Path=/m", "SameSite=lax", "Max-Age=28800"):
        assert part in cookie
    assert "Secure" not in cookie  # the sandbox has no TLS
    meeting = await browser.data()
    assert meeting["recording"]["room"] == room.name
    assert meeting["recording"]["attendees"] == ["Ana"]
    assert [turn["speaker"] for turn in meeting["turns"][:3]] == ["Ana", "Ben", "ליאת"]
    assert all(turn["start_ms"] is not None for turn in meeting["turns"])
    assert "Pricing page: ליאת, by Thursday" in [line["text"] for line in meeting["lines"]]
    assert meeting["moments"]
    assert meeting["moments"] == sorted(meeting["moments"], key=lambda m: m["start_ms"])
    at_s = meeting["moments"][0]["start_ms"] // 1000
    results = await pages.reply(card, "Watch from")
    assert contains(results.raw, f"{browser.page.partition('?')[0]}?t={at_s}")
    chat = (await browser.get("/chat")).json()["messages"]
    assert [message["text"] for message in chat] == ["See you on Tuesday."]
    names = [file["name"] for file in meeting["files"]]
    assert names[:3] == ["Transcript (text)", "Subtitles (srt)", "Subtitles (vtt)"]


async def test_the_page_is_the_same_for_everybody_and_says_nothing(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    elsewhere = f"{browser.origin}/m/{UNKNOWN}"
    before, unknown = await browser.get(), await browser.get(page=elsewhere)
    await browser.enter()
    after = await browser.get()
    assert before.content == unknown.content == after.content
    assert room.name not in before.text
    home = f"{pages.world.slack_url}/app_redirect?app={seed.APP_ID}"
    assert home in before.text
    for answer in (before, await browser.get("/data"), await browser.get("/data", page=elsewhere)):
        policy = answer.headers["content-security-policy"]
        assert f"media-src https: {pages.hms.http.base_url}".rstrip("/") in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_ticket_works_once(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    thief = Browser(pages, f"{browser.page}#k={browser.ticket}")
    assert (await browser.enter()).status_code == 200
    assert (await thief.enter()).status_code == 401
    assert "set-cookie" not in (await thief.enter()).headers
    assert (await thief.get("/data")).status_code == 401


async def test_a_live_session_wins_over_a_ticket(pages: Bench) -> None:
    """Nobody can make a browser show another person's view by a link."""
    room, card = await finished(pages)
    ines, tariq = [await watch(pages, who, card, room) for who in (pages.ines, pages.tariq)]
    await ines.enter()
    ticket, tariq.ticket = tariq.ticket, "not-a-ticket"
    ines.ticket = ticket
    entered = await ines.enter()
    assert entered.json()["viewer"]["name"] == "ines"
    assert "set-cookie" not in entered.headers
    assert (await ines.data())["viewer"]["name"] == "ines"
    tariq.ticket = ticket
    assert (await tariq.enter()).status_code == 401  # it is burnt all the same


async def test_another_site_cannot_sign_a_browser_in(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert (await browser.enter(**headers)).status_code == 403
    assert (await browser.enter()).status_code == 200
    ending = {"origin": "https://evil.example"}
    ended = await browser.http.post(f"{browser.origin}/m/session/end", headers=ending)
    assert ended.status_code == 403
    assert (await browser.data())["turns"]


async def test_a_moment_is_shared_only_from_our_page_and_only_where_the_person_is(
    pages: Bench,
) -> None:
    room, card = await finished(pages)
    amara = await watch(pages, pages.amara, card, room)
    await amara.enter()

    async def is_kept() -> bool:
        return bool((await amara.data())["transcript"]["kept"])

    await pages.world.until(is_kept, what="the transcript to be kept")
    turn = next(t for t in (await amara.data())["turns"] if "pricing page" in t["text"])
    channels = (await amara.get("/channels")).json()["channels"]
    assert seed.STANDUP in [one["id"] for one in channels]
    assert seed.DESIGN not in [one["id"] for one in channels]  # she is not in it

    async def shared(channel: str, sentence: int = turn["sentence"]) -> int:
        return await posted(json.dumps({"sentence": sentence, "channel": channel}), {})

    async def posted(body: str, more: dict[str, str]) -> int:
        headers = {"origin": amara.origin, "content-type": "application/json"} | more
        address = f"{amara.page.partition('?')[0]}/moments"
        return (await amara.http.post(address, content=body, headers=headers)).status_code

    good = json.dumps({"sentence": turn["sentence"], "channel": seed.STANDUP})
    assert await posted(good, {"origin": "https://evil.example"}) == 403
    assert await posted(good, {"sec-fetch-site": "cross-site"}) == 403
    assert await posted(good, {"content-type": "text/plain"}) == 400
    for body in ("{}", "[]", "x" * 2000, '{"sentence": -1, "channel": "C1"}'):
        assert await posted(body, {}) == 400, body
    assert await shared(seed.DESIGN) == 403
    assert await shared(seed.STANDUP, 500_000) == 410
    assert await shared(seed.STANDUP) == 200
    assert await shared(seed.STANDUP) == 200  # once is enough

    def there(state: Snapshot) -> list[SeenMessage]:
        shown = (m for m in state.messages(seed.STANDUP) if has(m, room.name))
        return [m for m in shown if has(m, "Shared by", "pricing page")]

    await pages.see(lambda state: there(state) or None, "the moment in the channel")
    await amara.http.post(f"{amara.origin}/m/session/end", headers={"origin": amara.origin})
    assert await shared(seed.STANDUP) == 401
    assert len(there(await pages.ines.state())) == 1


async def test_signing_out_ends_the_session(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    await browser.enter()
    stolen = dict(browser.http.cookies)
    await browser.http.post(f"{browser.origin}/m/session/end", headers={"origin": browser.origin})
    browser.http.cookies.update(stolen)
    assert (await browser.get("/data")).status_code == 401


async def test_what_others_may_not_see_looks_as_if_it_did_not_exist(pages: Bench) -> None:
    room, card = await finished(pages, channel=seed.DESIGN)
    theirs = await watch(pages, pages.tariq, card, room)
    other_room, other_card = await finished(pages)
    amara = await watch(pages, pages.amara, other_card, other_room)  # not in #design
    await amara.enter()
    assert (await amara.data())["recording"]["room"] == other_room.name
    unknown = f"{amara.origin}/m/{UNKNOWN}"
    for path in ("/data", "/alive", "/video", "/chat", "/transcript.txt", "/files/1"):
        refused = await amara.get(path, page=theirs.page)
        missing = await amara.get(path, page=unknown)
        assert (refused.status_code, refused.content) == (404, missing.content), path


async def test_files_are_reached_by_links_of_ten_minutes(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    await browser.enter()
    link = (await browser.get("/video")).json()["url"]
    parts = dict(pair.split("=") for pair in httpx.URL(link).query.decode().split("&"))
    assert (int(parts["expires"]) - int(parts["issued"])) / 1e9 == 600
    first = await browser.http.get(link, headers={"range": "bytes=0-99"})
    assert (first.status_code, len(first.content)) == (206, 100)
    assert first.content[4:8] == b"ftyp"
    whole = await browser.http.get(link)
    assert first.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
    for file in (await browser.data())["files"]:
        answer = await browser.http.get(f"{browser.origin}{file['href']}")
        if "/files/" in file["href"]:
            assert answer.status_code == 303
            answer = await browser.http.get(answer.headers["location"])
        else:
            assert f"{room.name.replace(' ', '-')}-" in answer.headers["content-disposition"]
        assert answer.status_code == 200, file
        assert answer.content


async def test_the_page_says_when_100ms_does_not_answer(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    await browser.enter()
    path = "/v2/recording-assets/*/presigned-url"
    await pages.hms_fault(kind="status", status=500, path=path)
    assert (await browser.get("/video")).status_code == 503
    await pages.hms.sim("/faults", {"clear": True})
    assert (await browser.get("/video")).json()["url"]


async def test_after_forget_an_open_page_gets_no_more(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    await browser.enter()
    assert (await browser.data())["turns"]
    await details(pages, card)
    await pages.view(pages.ines, "outcome", "is forgetting")
    for path in ("/data", "/alive", "/video", "/chat", "/transcript.txt"):
        assert (await browser.get(path)).status_code == 404, path
    await pages.direct(seed.STARTER, room.name, "was forgotten")


async def test_sessions_outlive_the_bot_and_secrets_are_kept_nowhere(pages: Bench) -> None:
    room, card = await finished(pages)
    browser = await watch(pages, pages.tariq, card, room)
    await browser.enter()
    await pages.bot.stop()
    files = list(pages.database.parent.glob("record-bot.sqlite*"))
    kept = b"".join(path.read_bytes() for path in files) + pages.bot.log.read_bytes()
    for secret in (browser.ticket, *dict(browser.http.cookies).values()):
        assert len(secret) >= 43
        assert secret.encode() not in kept
    await pages.bot.start()
    assert (await browser.data())["recording"]["room"] == room.name


async def test_home_has_a_way_in_for_links_that_others_sent(pages: Bench) -> None:
    await pages.ines.open_home()
    home = await pages.see(lambda s: s.home(seed.STARTER))
    await pages.press(pages.ines, home, "Sign in to meeting pages")
    view = await pages.view(pages.ines, "outcome", "Sign in to the meeting pages")
    browser = Browser(pages, url_of(view.blocks, "Sign in"))
    assert (await browser.enter()).status_code == 200
    viewer = await browser.http.get(f"{browser.origin}/m/session/viewer")
    assert viewer.json() == {"viewer": {"name": "ines"}}
