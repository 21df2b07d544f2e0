"""The settings as they are: every problem of them, and what can still be used."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr, ValidationError

from bot.doctor.findings import Finding, failed, ok, warning
from bot.settings import WHERE, Settings, SettingsError

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
            problems = _problems(error)
            if not stand_ins.keys().isdisjoint(name for name, _ in problems):
                raise  # the stand-in is wrong, too: looking again would never end
            stand_ins |= {name: _stand_in(name) for name, _ in problems}
            findings += [failed("Settings", what, _where(name)) for name, what in problems]
            continue
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{env_file} cannot be read: is it a text file in UTF-8?") from None
        if not findings:
            mode = "Socket Mode" if settings.socket_mode else "HTTP"
            findings = [ok("Settings", f"complete, for {mode}")]
        return Given(settings, frozenset(stand_ins), (*findings, *_oauth_trap()))


def _problems(error: ValidationError) -> list[tuple[str, str]]:
    """Names of settings, and what is wrong with them. Never the value, which may be a secret."""
    found = []
    for problem in error.errors(include_input=False, include_url=False):
        if problem["loc"]:
            name = str(problem["loc"][0])
            missing = problem["type"] == "missing"
            what = "is not set" if missing else f"is wrong: {problem['msg']}"
            found.append((name, f"{name.upper()} {what}"))
        else:
            sentence = problem["msg"].removeprefix("Value error, ")
            found.append((sentence.split()[0].lower(), sentence))
    return found


def _stand_in(name: str) -> object:
    if name in _STAND_INS:
        return _STAND_INS[name]
    return Settings.model_fields[name].get_default(call_default_factory=True)


def _where(name: str) -> str:
    where = WHERE.get(name.upper(), "")
    from_elsewhere = where.startswith(("Slack", "100ms"))
    return f"get it from: {where}" if from_elsewhere else f"it takes {where}"


def _oauth_trap() -> list[Finding]:
    there = [name for name in OAUTH if os.environ.get(name)]
    if not there:
        return []
    fix = "take them out of the environment"
    why = "the bot ignores it; Slack's library would switch to OAuth and forget SLACK_BOT_TOKEN"
    return [warning("Environment", f"{' and '.join(there)}: {why}", fix)]
