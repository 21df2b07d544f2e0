"""What is to happen in a drill."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from bot.core.options import RecordingOptions
from bot.core.policy import Policy
from tests.integration.laws.job import Speech
from tests.integration.laws.replies import Faults, Reply

What = Literal[
    "request",
    "stop",
    "pause",
    "resume",
    "follow",
    "delete",
    "kick",
    "invite",
    "invite unheard",  # the event gets lost
    "elsewhere",  # somebody starts a recording from the dashboard
    "elsewhere stops",
    "end",
]


@dataclass(frozen=True)
class Act:
    """At `at_s`, somebody does something: `where` is a channel."""

    at_s: float
    what: What
    where: str = "C1"


@dataclass(frozen=True, repr=False)
class Script:
    """Everything that is to happen; nothing else is left to chance."""

    acts: tuple[Act, ...] = (Act(0, "request"), Act(600, "end"))
    options: RecordingOptions = field(default_factory=RecordingOptions)
    slack: tuple[Reply, ...] = ()  # to one call after the other; then all is well
    hms: tuple[Reply, ...] = ()
    database: tuple[Reply, ...] = ()
    forever: tuple[Reply, ...] = ()  # over and over, to both sides, until it heals
    heals_at_s: float = 1800.0
    webhooks: tuple[tuple[float, ...], ...] = ()  # of each, when it comes; () is lost
    all_webhooks_lost: bool = False
    restart_after_s: float = 2.0
    replica: bool = False  # another one goes on when the lease is over
    speech: Speech = "fine"
    by_template: bool = False
    fails: str | None = None
    newest_first: bool = False
    unlisted: bool = False  # 100ms' list of all rooms is empty
    no_takes_s: float = 0.0  # how long Slack's refusal is on its way to us
    lasts_s: float = 30 * 3600.0  # what is parked is looked at for a day
    most_per_minute: int = 400
    looks_every_s: float = 600.0  # 5 s outside; a wake that is lost is not what is rehearsed here
    policy: Policy = field(default_factory=Policy)

    def __repr__(self) -> str:
        """What is unusual about it."""
        usual = Script()
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        odd = [f"{k}={v!r}" for k, v in said.items() if v != getattr(usual, k)]
        return f"Script({', '.join(odd)})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """For Hypothesis, which would show everything."""
        printer.text(repr(self))

    def faults(self) -> Faults:
        return Faults(self.slack, self.hms, self.database, self.forever, self.heals_at_s)


@dataclass(frozen=True)
class Asked:
    """An intent that was taken: the person believes in it."""

    at_s: float
    what: What
    key: str
