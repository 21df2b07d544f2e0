"""Home, and the doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from record_bot_sandbox.slack import seed

from bot.core.deliveries import DeliveryState, Kind
from bot.core.recording import Phase
from bot.features.doctor.checks import Collected, findings, permissions
from bot.features.doctor.model import Ends, LocalReport, NotReported, Place, Received, Stuck
from bot.features.doctor.views import doctor_reply, local_reply, looking
from bot.features.home.model import HomeHealth, HomePage
from bot.features.home.views import home_message, home_view
from bot.ui.replies import permission_missing
from tests.unit import doctor_samples
from tests.unit.doctor_samples import GRANTED
from tests.unit.views_samples import NOW, at, ended_row
from tests.voice.forms import BOARD, WEEKLY
from tests.voice.sample import BOT, PERMALINK, ROOM, Group, Sample, home, line, only_you

WELL = replace(doctor_samples.WELL, place=Place(seed.STANDUP), asker=seed.STARTER)
MINE = Stuck(
    ROOM, seed.STARTER, seed.STANDUP, True, Kind.CARD, DeliveryState.PARKED, "not_in_channel"
)
TRYING = replace(
    MINE, kind=Kind.RESULTS, state=DeliveryState.WAITING, error="HTTP 500", until=at(60)
)
HELD = Stuck("Sales call", seed.STARTER, seed.STANDUP, True, step="Start", until=at(30))
THEIRS = Stuck(
    "Secret", seed.ADMIN, seed.DESIGN, False, Kind.CARD, DeliveryState.PARKED, "is_archived"
)
ILL = replace(
    doctor_samples.ILL,
    stuck=(MINE, TRYING, HELD, THEIRS),
    place=Place(seed.STANDUP, "not_in_channel"),
    asker=seed.STARTER,
)
LATE = replace(
    WELL,
    stuck=(
        Stuck(ROOM, seed.STARTER, seed.STANDUP, True, late=True),
        Stuck("Secret", seed.ADMIN, seed.DESIGN, False, late=True),
    ),
)
DEAF = replace(
    WELL,
    undelivered=NotReported("error", 503),
    received=Received(None),
    ends=Ends(2),
    findings=findings(Collected(())),
    place=None,
)
ORG_WIDE = replace(
    WELL,
    findings=findings(Collected(GRANTED, org_wide=True, short_secrets=("METRICS_TOKEN",))),
)
GUEST_WELL = LocalReport((), Place(seed.PARTNERS), seed.STRANGER)
GUEST_ILL = LocalReport(
    (replace(TRYING, target=seed.PARTNERS), HELD),
    Place(seed.PARTNERS, "not_in_channel"),
    seed.STRANGER,
)


def _doctor() -> list[Sample]:
    private = replace(WELL, webhooks=False, place=Place("D0STARTER1"))
    fresh = replace(WELL, received=Received(None), ends=Ends())
    return [
        only_you("All is well", doctor_reply, WELL, bot=BOT),
        only_you("Nothing was recorded yet", doctor_reply, fresh, bot=BOT),
        only_you("Webhooks are not set up; in a direct message", doctor_reply, private, bot=BOT),
        only_you("Many problems", doctor_reply, ILL, bot=BOT),
        only_you("100ms takes longer than usual", doctor_reply, LATE, bot=BOT),
        only_you("Nobody answers, and no webhook has come", doctor_reply, DEAF, bot=BOT),
        only_you(
            "… and the app was installed for an organisation", doctor_reply, ORG_WIDE, bot=BOT
        ),
        only_you("Somebody of another organisation asks", local_reply, GUEST_WELL, bot=BOT),
        only_you("… and something waits", local_reply, GUEST_ILL, bot=BOT),
        only_you("*Doctor* was pressed on Home, and the checks are running", looking),
    ]


def _home() -> list[Sample]:
    running = (line(), line(key="key-2", name="Sales call", phase=Phase.PAUSED))
    recent = (
        ended_row(name=ROOM, starter=seed.STARTER, channel=seed.STANDUP, permalink=PERMALINK),
        line(key="key-4", name="Retro", phase=Phase.FAILED, starter=seed.ADMIN),
    )
    ill = HomeHealth(True, NOW, 2, ("chat.update",), permissions(GRANTED - {"groups:read"}))
    deaf = HomeHealth(
        webhooks=False,
        last_webhook_at=None,
        unanswered=0,
        cooldowns=(),
        permissions=permissions(GRANTED),
    )
    later = NOW + timedelta(minutes=12)
    return [
        home("Nothing was recorded yet", home_view, HomePage(), later),
        home("… and there are meeting pages", home_view, HomePage(pages=True), later),
        home(
            "On most days",
            home_view,
            HomePage(
                running=running, recent=recent, older=True, presets=(WEEKLY, BOARD), more_presets=3
            ),
            later,
        ),
        home(
            "A page further back, for a guest",
            home_view,
            HomePage(recent=recent, page=1, member=False),
            later,
        ),
        home("Admins see the bot's health", home_view, HomePage(health=ill), later),
        home(
            "… while 100ms takes longer than usual",
            home_view,
            HomePage(health=replace(deaf, late=2)),
            later,
        ),
        home("The Slack app lacks a scope", home_message, permission_missing("users:read")),
        home("… without webhooks", home_view, HomePage(health=deaf), later),
    ]


GROUPS = (
    Group("Home", "The app's own tab, for each person.", tuple(_home())),
    Group("Doctor", "/record doctor, only visible to the person who asked.", tuple(_doctor())),
)
