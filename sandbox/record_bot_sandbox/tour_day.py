"""The tour's first half: a recording on a good day, from the form to the files in the thread."""

import asyncio
from urllib.parse import urljoin

from record_bot_sandbox.readable import buttons_of, clean
from record_bot_sandbox.scenario import PATIENCE_S, NotAsExpected, Scenario
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.seen import SeenMessage, SeenView

ROOM = "standup"
LIVE = "Live now"
HERE = seed.STANDUP
COMMANDS = ("start", "stop", "pause", "resume", "status", "list", "help")
GOING_ON = ("Starting", "Recording")
ENDING = ("Stopping", "Processing")
VIDEO_READY = "Video ready, transcript to come"


async def asks_for_help(tour: Scenario) -> None:
    ines = tour.cast.ines
    tour.narrator.tell("Ines has heard of this bot, and asks what it can do.")
    await tour.types(ines, HERE, "/record help")
    answer = await tour.wait("/record help is answered", tour.told(ines, HERE, "/record"))
    told = tour.text(answer)
    tour.check("every command is named", all(word in told for word in COMMANDS))


async def fills_in_the_form(tour: Scenario) -> None:
    ines = tour.cast.ines
    tour.narrator.tell("She wants to record the stand-up, and chooses the sections of the summary.")
    await tour.types(ines, HERE, "/record")
    menu = await tour.wait("a menu is shown", tour.told(ines, HERE, "/record start"))
    await tour.presses(ines, menu, "Start a recording")
    view = await tour.wait("a form opens", lambda: tour.screen.modal(ines.user))
    view = await _finds_the_room(tour, view)
    await tour.presses(ines, view, "More options")
    view = await _with(tour, view, "Transcript")
    view = await tour.fills(ines, view, "Transcript", "on")
    view = await _with(tour, view, "Transcript files")
    view = await tour.fills(ines, view, "Transcript files", ["txt", "srt"])
    view = await _with(tour, view, "Summary")
    view = await tour.fills(ines, view, "Summary", "on")
    view = await _with(tour, view, "Section 1: title")
    view = await tour.fills(ines, view, "Section 1: title", "Decisions")
    await tour.presses(ines, view, "Add a section")
    view = await _with(tour, view, "Section 2: title")
    view = await tour.fills(ines, view, "Section 2: title", "In short")
    view = await tour.fills(ines, view, "Section 2: written as", "paragraph")
    view = await tour.fills(ines, view, "Temperature", "hot")
    await _submits(tour, view)


async def _finds_the_room(tour: Scenario, view: SeenView) -> SeenView:
    """Type-ahead: live rooms come first, and say so."""
    ines = tour.cast.ines
    tour.narrator.does(ines.user, "types “stand” into Room")
    groups = await _offered(tour, view, "stand")
    told = "; ".join(f"{label}: {', '.join(rooms)}" for label, rooms in groups.items())
    tour.narrator.tell(f"She is offered {told}.")
    tour.check("the live room comes first", next(iter(groups.items())) == (LIVE, [ROOM]))
    return await tour.fills(ines, view, "Room", (await tour.stage.hms.room(ROOM))["id"])


async def _offered(tour: Scenario, view: SeenView, typed: str) -> dict[str, list[str]]:
    """The names by group; asked for again until the bot has heard which rooms are live."""
    ines = tour.cast.ines
    room = next(field for field in tour.fields(view) if field.label == "Room")
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await ines.suggest(view, room.block_id, typed, action_id=room.action_id)
                ack = tour.stage.slack_sim.deliveries[-1].ack or {}  # none: of another request
                groups = ack.get("option_groups", [])
                names = {
                    group["label"]["text"]: [clean(o["text"]["text"]) for o in group["options"]]
                    for group in groups
                }
                if LIVE in names:
                    return names
    except TimeoutError:
        raise NotAsExpected(f"a live room is offered for “{typed}”") from None


async def _submits(tour: Scenario, view: SeenView) -> None:
    ines = tour.cast.ines
    tour.narrator.does(ines.user, "presses [Start recording]")
    refused = await ines.submit(view)
    at = next((field for field in tour.fields(view) if field.label == "Temperature"), None)
    tour.check("the error is shown at its field", at and list(refused.errors) == [at.block_id])
    view = await tour.fills(ines, view, "Temperature", "0.3")
    tour.narrator.does(ines.user, "presses [Start recording]")
    taken = await ines.submit(view)
    first = tour.text(taken.view) if taken.view else ""
    tour.check("the form says at once that it is starting", f"Starting to record {ROOM}" in first)

    def outcome() -> SeenView | None:
        now = tour.screen.modal(ines.user)
        return now if now and any(button.url for button in buttons_of(now.blocks)) else None

    view = await tour.see("then the outcome, with a link to the card", outcome)
    await ines.close(view)


async def _with(tour: Scenario, view: SeenView, label: str) -> SeenView:
    """The form, once it shows that field."""

    def look() -> SeenView | None:
        now = tour.screen.view(view.id)
        return now if now and label in [field.label for field in tour.fields(now)] else None

    return await tour.wait(f"the form shows “{label}”", look)


async def watches_the_card(tour: Scenario) -> None:
    ines, tariq = tour.cast.ines, tour.cast.tariq
    tour.narrator.tell("From now on, one card in the channel shows the progress.")
    card = await tour.see("the card says Recording", tour.showing(HERE, ROOM, "Recording"))
    seen = tour.narrator.headings[card.ts]
    tour.check("it said Starting before", "Starting" in seen[0])
    await tour.presses(ines, card, "Pause")
    card = await tour.see("the card says Paused", tour.showing(HERE, ROOM, "Paused"))
    await tour.presses(ines, card, "Resume")
    card = await tour.see("the card says Recording again", tour.showing(HERE, ROOM, "Recording"))
    tour.card = card
    tour.narrator.tell("In another channel, Tariq wants to record the same room.")
    await tour.types(tariq, seed.DESIGN, f"/record start {ROOM}")
    taken = await tour.see(
        "he is told who is already recording it",
        tour.told(tariq, seed.DESIGN, "already being recorded", "@ines"),
    )
    await tour.presses(tariq, taken, "Follow here")
    await tour.see("the card is in his channel too", tour.showing(seed.DESIGN, ROOM, "Recording"))
    started = [r for r in tour.stage.hms_sim.calls if r.path.endswith("/start")]
    tour.check("100ms was asked to start once", len(started) == 1)


async def stops_it(tour: Scenario) -> None:
    ines, room = tour.cast.ines, await tour.stage.hms.room(ROOM)
    tour.narrator.tell("Ana writes in the room's chat. Then the meeting ends.")
    said = {"message": "The pricing page: https://example.com/pricing", "type": "chat"}
    answer = await tour.stage.hms.api("POST", f"/active-rooms/{room['id']}/send-message", json=said)
    answer.raise_for_status()
    card = the_card(tour)
    await tour.presses(ines, card, "Stop", confirm=True)
    done = await tour.see("the video is ready", tour.showing(HERE, ROOM, VIDEO_READY, "Ready"))
    seen = [h.partition(" · ")[2] for h in tour.narrator.headings[card.ts]]
    tour.check("in between, the card showed what 100ms was doing", set(ENDING) & set(seen))
    first = next(n for n, state in enumerate(seen) if state in ENDING)
    back = set(GOING_ON) & set(seen[first:])
    tour.check("and never went back", not back)
    tour.check(
        "it says when to expect the transcript",
        "Transcript expected" in tour.text(done) or "Ready" in tour.heading(done),
    )


async def reads_the_results(tour: Scenario) -> None:
    ines, guus, card = tour.cast.ines, tour.cast.guus, the_card(tour)
    tour.narrator.tell(
        "100ms takes a while to make the transcript. It arrives in the card's thread."
    )
    thread = await tour.see(
        "the thread has results, transcript and chat",
        tour.replies(card, "transcript", "chat"),
    )
    copy = tour.cards(seed.DESIGN, ROOM)[-1]
    await tour.see("and so has its copy in #design", tour.replies(copy, "transcript", "chat"))
    mentions = sum(str(m.blocks).count(f"'{ines.user}'") for m in thread)
    elsewhere = str([m.blocks for m in tour.screen.thread(copy)]).count(f"'{ines.user}'")
    tour.check("Ines was mentioned once, in her channel", (mentions, elsewhere) == (1, 0))
    results = tour.text(thread[0])
    tour.check("the summary has her two sections", "Decisions" in results and "In short" in results)
    file = next(f for m in thread for f in m.raw.get("files", []) if "transcript" in f["name"])
    text = (await ines.file(file["id"])).decode()
    tour.check("the transcript says who said what", "Ana" in text and "Good morning" in text)
    chat = next(f for m in thread for f in m.raw.get("files", []) if "chat" in f["name"])
    written = (await ines.file(chat["id"])).decode()
    tour.check("the chat is complete", "pricing" in written)
    await tour.presses(ines, thread[0], "Watch")
    given = await tour.wait("Watch answers", tour.told(ines, HERE, "opens in your browser"))
    link = tour.button(given, "Open").url
    tour.check("the link was shown to Ines alone", link not in str(tour.screen.messages(HERE)))
    await opens_the_meeting_page(tour, link)
    tour.narrator.tell("Guus, a guest, tries the same.")
    await tour.presses(guus, thread[0], "Watch")
    await tour.see("he is refused, and told why", tour.told(guus, HERE, "Only full members"))


async def opens_the_meeting_page(tour: Scenario, link: str) -> None:
    """As a browser does: the ticket in the fragment becomes a session."""
    page, _, ticket = link.partition("#k=")
    async with new_client(timeout=10) as http:
        refused = (await http.get(f"{page}/data")).status_code
        (await http.get(page)).raise_for_status()
        entering = {"authorization": f"Ticket {ticket}"}
        entered = await http.post(urljoin(page, "/m/session"), headers=entering)
        tour.check("her ticket lets her in", (refused, entered.status_code) == (401, 200))
        meeting = (await http.get(f"{page}/data")).raise_for_status().json()
        said = " ".join(turn["text"] for turn in meeting["turns"])
        tour.check("the meeting page has what was said", "Good morning" in said)
        video = (await http.get(f"{page}/video")).raise_for_status().json()["url"]
        content = (await http.get(video)).raise_for_status().content
        tour.check(f"it plays the video ({len(content):,} bytes)", content[4:8] == b"ftyp")


def the_card(tour: Scenario) -> SeenMessage:
    """The card of the story, as it is now."""
    card = tour.card and tour.screen.message(tour.card.channel, tour.card.ts)
    if card is None:
        raise NotAsExpected("the card is still there")
    return card
