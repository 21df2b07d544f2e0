"""The tour's first half: a recording on a good day, from the form to the files in the thread."""

import asyncio
from urllib.parse import urljoin

from record_bot_sandbox.readable import buttons_of, clean
from record_bot_sandbox.scene import PATIENCE_S, NotAsTold, Scene
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


async def asks_for_help(scene: Scene) -> None:
    ines = scene.cast.ines
    scene.narrator.tell("Ines has heard of this bot, and asks what it can do.")
    await scene.types(ines, HERE, "/record help")
    answer = await scene.wait("/record help is answered", scene.told(ines, HERE, "/record"))
    told = scene.text(answer)
    scene.check("every command is explained", all(f"/record {word}" in told for word in COMMANDS))


async def fills_in_the_form(scene: Scene) -> None:
    ines = scene.cast.ines
    scene.narrator.tell(
        "She wants to record the stand-up, and chooses the sections of the summary."
    )
    await scene.types(ines, HERE, "/record")
    view = await scene.wait("a form opens", lambda: scene.eyes.modal(ines.user))
    view = await _finds_the_room(scene, view)
    await scene.presses(ines, view, "More options")
    view = await _with(scene, view, "Transcript")
    view = await scene.fills(ines, view, "Transcript", "on")
    view = await _with(scene, view, "Summary")
    view = await scene.fills(ines, view, "Summary", "on")
    view = await _with(scene, view, "Section 1: title")
    view = await scene.fills(ines, view, "Section 1: title", "Decisions")
    await scene.presses(ines, view, "Add a section")
    view = await _with(scene, view, "Section 2: title")
    view = await scene.fills(ines, view, "Section 2: title", "In short")
    view = await scene.fills(ines, view, "Section 2: written as", "paragraph")
    view = await scene.fills(ines, view, "Temperature", "hot")
    await _submits(scene, view)


async def _finds_the_room(scene: Scene, view: SeenView) -> SeenView:
    """Type-ahead: live rooms come first, and say so."""
    ines = scene.cast.ines
    scene.narrator.does(ines.user, "types “stand” into Room")
    groups = await _offered(scene, view, "stand")
    told = "; ".join(f"{label}: {', '.join(rooms)}" for label, rooms in groups.items())
    scene.narrator.tell(f"She is offered {told}.")
    scene.check("the live room comes first", next(iter(groups.items())) == (LIVE, [ROOM]))
    return await scene.fills(ines, view, "Room", (await scene.stage.hms.room(ROOM))["id"])


async def _offered(scene: Scene, view: SeenView, typed: str) -> dict[str, list[str]]:
    """The names by group; asked for again until the bot has heard which rooms are live."""
    ines = scene.cast.ines
    room = next(field for field in scene.fields(view) if field.label == "Room")
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await ines.suggest(view, room.block_id, typed, action_id=room.action_id)
                groups = scene.stage.slack_sim.deliveries[-1].ack.get("option_groups", [])
                names = {
                    group["label"]["text"]: [clean(o["text"]["text"]) for o in group["options"]]
                    for group in groups
                }
                if LIVE in names:
                    return names
    except TimeoutError:
        raise NotAsTold(f"a live room is offered for “{typed}”") from None


async def _submits(scene: Scene, view: SeenView) -> None:
    ines = scene.cast.ines
    scene.narrator.does(ines.user, "presses [Start recording]")
    refused = await ines.submit(view)
    at = next((field for field in scene.fields(view) if field.label == "Temperature"), None)
    scene.check("the error is shown at its field", at and list(refused.errors) == [at.block_id])
    view = await scene.fills(ines, view, "Temperature", "0.3")
    scene.narrator.does(ines.user, "presses [Start recording]")
    taken = await ines.submit(view)
    first = scene.text(taken.view) if taken.view else ""
    scene.check("the form says at once that it is starting", f"Starting to record {ROOM}" in first)

    def outcome() -> SeenView | None:
        now = scene.eyes.modal(ines.user)
        return now if now and any(button.url for button in buttons_of(now.blocks)) else None

    view = await scene.see("then the outcome, with a link to the card", outcome)
    await ines.close(view)


async def _with(scene: Scene, view: SeenView, label: str) -> SeenView:
    """The form, once it shows that field."""

    def look() -> SeenView | None:
        now = scene.eyes.view(view.id)
        return now if now and label in [field.label for field in scene.fields(now)] else None

    return await scene.wait(f"the form shows “{label}”", look)


async def watches_the_card(scene: Scene) -> None:
    ines, tariq = scene.cast.ines, scene.cast.tariq
    scene.narrator.tell("From now on, one card in the channel shows the progress.")
    card = await scene.see("the card says Recording", scene.showing(HERE, ROOM, "Recording"))
    seen = scene.narrator.headings[card.ts]
    scene.check("it said Starting before", "Starting" in seen[0])
    await scene.presses(ines, card, "Pause")
    card = await scene.see("the card says Paused", scene.showing(HERE, ROOM, "Paused"))
    await scene.presses(ines, card, "Resume")
    card = await scene.see("the card says Recording again", scene.showing(HERE, ROOM, "Recording"))
    scene.card = card
    scene.narrator.tell("In another channel, Tariq wants to record the same room.")
    await scene.types(tariq, seed.DESIGN, f"/record start {ROOM}")
    taken = await scene.see(
        "he is told who is already recording it",
        scene.told(tariq, seed.DESIGN, "already being recorded", "@ines"),
    )
    await scene.presses(tariq, taken, "Follow here")
    await scene.see("the card is in his channel too", scene.showing(seed.DESIGN, ROOM, "Recording"))
    started = [r for r in scene.stage.hms_sim.calls if r.path.endswith("/start")]
    scene.check("100ms was asked to start once", len(started) == 1)


async def stops_it(scene: Scene) -> None:
    ines, room = scene.cast.ines, await scene.stage.hms.room(ROOM)
    scene.narrator.tell("Ana writes in the room's chat. Then the meeting ends.")
    said = {"message": "The pricing page: https://example.com/pricing", "type": "chat"}
    answer = await scene.stage.hms.api(
        "POST", f"/active-rooms/{room['id']}/send-message", json=said
    )
    answer.raise_for_status()
    card = the_card(scene)
    await scene.presses(ines, card, "Stop", confirm=True)
    done = await scene.see("the video is ready", scene.showing(HERE, ROOM, VIDEO_READY, "Ready"))
    seen = [h.partition(" · ")[2] for h in scene.narrator.headings[card.ts]]
    scene.check("in between, the card showed what 100ms was doing", set(ENDING) & set(seen))
    first = next(n for n, state in enumerate(seen) if state in ENDING)
    back = set(GOING_ON) & set(seen[first:])
    scene.check("and never went back", not back)
    scene.check(
        "it says when to expect the transcript",
        "Transcript expected" in scene.text(done) or "Ready" in scene.heading(done),
    )


async def reads_the_results(scene: Scene) -> None:
    ines, guus, card = scene.cast.ines, scene.cast.guus, the_card(scene)
    scene.narrator.tell(
        "100ms takes a while to make the transcript. It arrives in the card's thread."
    )
    thread = await scene.see(
        "the thread has results, transcript and chat",
        scene.replies(card, "transcript", "chat"),
    )
    copy = scene.cards(seed.DESIGN, ROOM)[-1]
    await scene.see("and so has its copy in #design", scene.replies(copy, "transcript", "chat"))
    mentions = sum(str(m.blocks).count(f"'{ines.user}'") for m in thread)
    elsewhere = str([m.blocks for m in scene.eyes.thread(copy)]).count(f"'{ines.user}'")
    scene.check("Ines was mentioned once, in her channel", (mentions, elsewhere) == (1, 0))
    results = scene.text(thread[0])
    scene.check(
        "the summary has her two sections", "Decisions" in results and "In short" in results
    )
    file = next(f for m in thread for f in m.raw.get("files", []) if "transcript" in f["name"])
    text = (await ines.file(file["id"])).decode()
    scene.check("the transcript says who said what", "Ana" in text and "Good morning" in text)
    chat = next(f for m in thread for f in m.raw.get("files", []) if "chat" in f["name"])
    written = (await ines.file(chat["id"])).decode()
    scene.check("the chat is complete", "pricing" in written)
    await scene.presses(ines, thread[0], "Watch")
    given = await scene.wait("Watch answers", scene.told(ines, HERE, "opens in your browser"))
    link = scene.button(given, "Open").url
    scene.check("the link was shown to Ines alone", link not in str(scene.eyes.messages(HERE)))
    await opens_the_meeting_page(scene, link)
    scene.narrator.tell("Guus, a guest, tries the same.")
    await scene.presses(guus, thread[0], "Watch")
    await scene.see("he is refused, and told why", scene.told(guus, HERE, "Only full members"))


async def opens_the_meeting_page(scene: Scene, link: str) -> None:
    """As a browser does: the ticket in the fragment becomes a session."""
    page, _, ticket = link.partition("#k=")
    async with new_client(timeout=10) as http:
        refused = (await http.get(f"{page}/data")).status_code
        (await http.get(page)).raise_for_status()
        entering = {"authorization": f"Ticket {ticket}"}
        entered = await http.post(urljoin(page, "/m/session"), headers=entering)
        scene.check("her ticket lets her in", (refused, entered.status_code) == (401, 200))
        meeting = (await http.get(f"{page}/data")).raise_for_status().json()
        said = " ".join(turn["text"] for turn in meeting["turns"])
        scene.check("the meeting page has what was said", "Good morning" in said)
        video = (await http.get(f"{page}/video")).raise_for_status().json()["url"]
        content = (await http.get(video)).raise_for_status().content
        scene.check(f"it plays the video ({len(content):,} bytes)", content[4:8] == b"ftyp")


def the_card(scene: Scene) -> SeenMessage:
    """The card of the story, as it is now."""
    card = scene.card and scene.eyes.message(scene.card.channel, scene.card.ts)
    if card is None:
        raise NotAsTold("the card is still there")
    return card
