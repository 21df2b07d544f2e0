"""What was found in transcripts, and moments that are shared."""

from dataclasses import replace
from datetime import date

from record_bot_sandbox.slack import seed

from bot.core.moments import Moment
from bot.core.search import parse
from bot.core.transcript import Sentence
from bot.features.find import views
from bot.features.find.model import FoundPage
from tests.unit.views_samples import NOW, READ
from tests.voice.sample import ROOM, Sample, channel, modal, only_you, story

SAID = (
    ("Ana", "Good morning. Two things today: the <launch> checklist & the budget."),
    ("Ben", "The checklist is done, apart from the pricing page."),
    ("ליאת", "I can take the pricing page. תודה. It will be ready on Thursday."),
)
SENTENCES = tuple(
    Sentence(n, who, f"p{n}", 752_000 + n * 4_000, 755_000 + n * 4_000, text)
    for n, (who, text) in enumerate(SAID)
)
MOMENT = Moment("key-1", ROOM, NOW, SENTENCES[1], SENTENCES)
UNTIMED = Moment("key-2", "Sales <call>", NOW, Sentence(0, "", "", None, None, SAID[0][1]), ())
TODAY = date(2026, 3, 2)


def page(text: str, **more: object) -> FoundPage:
    """As the bot answers this text; the rest as given."""
    query = parse(text, rooms=[ROOM], people=["Ana Lima"], today=TODAY)
    values = {"text": text, "query": query, "words": len(query.words), **more}
    return FoundPage(**values)  # type: ignore[arg-type]


FILTERED = "pricing page in weekly sync from ana since 2026-02-20"
FOUND = page("pricing page", moments=(MOMENT, UNTIMED), count=2, need=2)
LATER = tuple(
    replace(MOMENT, sentence=replace(MOMENT.sentence, start_ms=n * 61_000)) for n in range(1, 6)
)
MANY = page(FILTERED, moments=LATER, count=12, need=2, page=1)
LESS = page(
    "chekclist pricing zebra",
    moments=(MOMENT,),
    count=1,
    need=2,
    meant=(("chekclist", "checklist"),),
    complete=False,
)


def samples() -> list[Sample]:
    return [
        only_you("/record find pricing page", views.found_reply, FOUND),
        only_you("With filters, the second page", views.found_reply, MANY),
        only_you("Not every word was said, and one was misspelt", views.found_reply, LESS),
        only_you("Nothing was found", views.found_reply, page("zebra")),
        only_you("A filter fits nothing", views.found_reply, page("budget in:nowhere")),
        only_you("/record find alone", views.found_reply, page("")),
        only_you("The bot keeps no transcripts", views.found_reply, page("budget", keeps=False)),
        modal("Search transcripts was pressed, on Home", views.find_modal),
        modal("… and it found something", views.find_modal, FOUND),
        modal("Share was pressed at a moment", views.moment_form, "key-1", ROOM, SENTENCES[1]),
        only_you("It was shared", views.moment_shared, ROOM, seed.DESIGN),
        only_you("Its transcript is no longer kept", views.no_such_moment),
        channel(
            "Somebody shared it there",
            views.moment_message,
            story(*READ),
            SENTENCES[1],
            seed.STARTER,
        ),
    ]
