"""The settings as they are: every problem of them, and what can still be used."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError

from bot.features.doctor.cli.findings import Finding, failed, ok, warning
from bot.settings import SECRET_CHARS, Settings, SettingsError, problems_of, way_out

_STAND_INS: dict[str, object] = {
    "slack_bot_token": SecretStr("xoxb-none"),
    "slack_app_token": SecretStr("xapp-none"),
    "slack_signing_secret": SecretStr("none"),
    "hms_access_key": "none",
    "hms_secret": SecretStr("none"),
}
OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class Given:
    """`settings` has stand-ins for what is in `wrong` (names in lower case): do not use those."""

    settings: Settings
    wrong: frozenset[str]
    findings: tuple[Finding, ...]

    def has(self, *names: str) -> bool:
        return self.wrong.isdisjoint(names)


def read_settings(env_file: Path | None) -> Given:
    """Settings names one problem at a time: put that right for the moment, and look again.

    Raises SettingsError when the file itself cannot be read.
    """
    stand_ins: dict[str, object] = {}
    findings: list[Finding] = []
    while True:
        try:
            settings = Settings(_env_file=env_file, **stand_ins)  # type: ignore[arg-type]
        except ValidationError as error:
            problems = [(name.lower(), what) for name, what in problems_of(error)]
            if not stand_ins.keys().isdisjoint(name for name, _ in problems):
                raise  # the stand-in is wrong, too: looking again would never end
            stand_ins |= {name: _stand_in(name) for name, _ in problems}
            findings += [failed("Settings", what, way_out(name.upper())) for name, what in problems]
            continue
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{env_file} cannot be read: is it a text file in UTF-8?") from None
        if not findings:
            mode = "Socket Mode" if settings.socket_mode else "HTTP"
            findings = [ok("Settings", f"complete, for {mode}")]
        findings += [*_short_secrets(settings), *_oauth_trap()]
        return Given(settings, frozenset(stand_ins), tuple(findings))


def _stand_in(name: str) -> object:
    if name in _STAND_INS:
        return _STAND_INS[name]
    return Settings.model_fields[name].get_default(call_default_factory=True)


def _short_secrets(settings: Settings) -> list[Finding]:
    found = f"has less than {SECRET_CHARS} characters; the next version refuses it"
    return [
        warning("Settings", f"{name} {found}", way_out(name)) for name in settings.short_secrets
    ]


def _oauth_trap() -> list[Finding]:
    there = [name for name in OAUTH if os.environ.get(name)]
    if not there:
        return []
    fix = "take them out of the environment"
    why = "the bot ignores it; Slack's library would switch to OAuth and forget SLACK_BOT_TOKEN"
    return [warning("Environment", f"{' and '.join(there)}: {why}", fix)]
