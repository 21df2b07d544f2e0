"""The checks that both doctors make: `record-bot doctor` in a terminal, `/record doctor` in Slack.

Pure: collected data in, findings out. Each view only formats them. Names to type are in backticks.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.features.doctor.model import Finding, failed, note, ok, shown, warning
from bot.features.doctor.scopes import SCOPES, Scope, missing_scopes
from bot.settings import ONE_WORKSPACE, ORG_WIDE, SECRET_CHARS, way_out
from bot.store.values import DeadLetterCount

PERMISSIONS, DEAD_LETTERS, SETTINGS = "Slack permissions", "Set aside", "Settings"
ALL_GRANTED = "The bot has all Slack permissions it needs."
REINSTALL = (
    "paste the output of `record-bot manifest` into the Slack app's “App Manifest”, "
    "then install the app again"
)
NO_DEAD_LETTERS = DeadLetterCount()


@dataclass(frozen=True, slots=True)
class Collected:
    """The data that a doctor collected. `scopes` None: not asked; empty: Slack did not say."""

    scopes: Collection[str] | None = None
    org_wide: bool = False
    short_secrets: tuple[str, ...] = ()
    dead: DeadLetterCount = NO_DEAD_LETTERS
    store: Finding | None = None  # from `database.check_commit`; the terminal has its own check
    pages: Finding | None = None  # from `pages.check_pages`; None: no answer in time


def findings(known: Collected) -> tuple[Finding, ...]:
    return (
        *([] if known.store is None else [known.store]),
        *_dead_letters(known.dead),
        *_workspace(org_wide=known.org_wide),
        *([] if known.scopes is None else [permissions(known.scopes)]),
        *([] if known.pages is None else [known.pages]),
        *_short_secrets(known.short_secrets),
    )


def permissions(granted: Collection[str]) -> Finding:
    """Compare the granted scopes with the manifest's table."""
    if not granted:
        return note(PERMISSIONS, "Slack did not report the bot's permissions.")
    missing = missing_scopes(granted)
    if missing:
        reasons = "\n".join(map(_lacks, missing))
        verdict = warning if all(scope.optional for scope in missing) else failed
        return verdict(PERMISSIONS, reasons, REINSTALL)
    extra = sorted(set(granted) - {scope.name for scope in SCOPES})
    if extra:
        found = f"{ALL_GRANTED} Not needed: {shown(', '.join(extra))}."
        hint = "the bot never uses them; you can remove them from the Slack app"
        return ok(PERMISSIONS, found, hint)
    return ok(PERMISSIONS, ALL_GRANTED)


def _lacks(scope: Scope) -> str:
    why = scope.reason[0].lower() + scope.reason[1:]
    return f"`{scope.name}` is missing. The bot needs it to {why}"


def _workspace(*, org_wide: bool) -> Iterator[Finding]:
    if org_wide:
        yield failed(
            PERMISSIONS,
            f"The token belongs to {ORG_WIDE}.",
            ONE_WORKSPACE[0].lower() + ONE_WORKSPACE[1:],
        )


def _short_secrets(names: Collection[str]) -> Iterator[Finding]:
    for name in names:
        found = (
            f"`{name}` has fewer than {SECRET_CHARS} characters. The next version will refuse it."
        )
        yield warning(SETTINGS, found, way_out(name))


def _dead_letters(dead: DeadLetterCount) -> Iterator[Finding]:
    if not dead:
        return
    kinds = [
        f"{number:,} {name}{'s' * (number > 1)}"
        for number, name in ((dead.webhooks, "webhook"), (dead.recordings, "recording"))
        if number
    ]
    reasons = ", ".join(f"`{shown(why)[:60]}` {number:,}×" for why, number in dead.reasons)
    yield warning(
        DEAD_LETTERS,
        f"The bot cannot read {' and '.join(kinds)} ({reasons}). The others are not affected, and "
        "the bot tries again by itself. This is normal during an upgrade.",
        "finish the upgrade, or look in the log for `webhook_unreadable` and "
        "`recording_unreadable`",
    )
