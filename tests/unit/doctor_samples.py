"""Reports as `/record doctor` finds them: all well, and much that is wrong."""

from dataclasses import replace

from bot.core.retry import Retry
from bot.features.doctor.checks import Collected, findings
from bot.features.doctor.model import DoctorReport, Ends, Place, Received, Undelivered, ok, warning
from bot.features.doctor.pages import CHECK, LET_IN
from bot.features.doctor.scopes import SCOPES
from bot.kit.cooldowns import Cooldown
from bot.store.values import DeadLetterCount, Owed
from tests.unit.views_samples import NOW, at

GRANTED = frozenset(scope.name for scope in SCOPES)
PAGES = ok(CHECK, "Available at https://record.example.")
WELL = DoctorReport(
    webhooks=True,
    received=Received(NOW, matched=12, ignored=3),
    ends=Ends(4),
    undelivered=Undelivered(0),
    owed=None,
    stuck=(),
    unanswered=0,
    cooldowns=(),
    findings=findings(Collected(GRANTED, pages=PAGES)),
    place=Place("C1"),
    asker="U1",
    version="0.1.0",
)
ILL = replace(
    WELL,
    received=Received(at(-7200), matched=2, waiting=1),
    ends=Ends(5, by_polling=3),
    undelivered=Undelivered(300, (("timeout", 200), ("status 503", 100)), more=True),
    owed=Owed(at(-7200), at(30), Retry(0, at(30))),
    unanswered=2,
    cooldowns=(
        Cooldown("chat.update", at(40)),
        Cooldown("GET /recordings/{id}", at(45)),
        Cooldown("slack", at(9), at(-600), "token_revoked"),
    ),
    findings=findings(
        Collected(
            GRANTED - {"files:write"},
            dead=DeadLetterCount(2, 1, (("ValidationError", 2), ("unknown phase", 1))),
            pages=warning(
                CHECK, "https://record.example/m/ answers 502, not the bot's page.", LET_IN
            ),
        )
    ),
)
