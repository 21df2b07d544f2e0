"""The bot's settings: environment (and `.env`), read once, frozen."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

WHERE: dict[str, str] = {
    "SLACK_BOT_TOKEN": "Slack app page, “OAuth & Permissions”, “Bot User OAuth Token” (xoxb-…)",
    "SLACK_SIGNING_SECRET": "Slack app page, “Basic Information”, “Signing Secret”",
    "SLACK_APP_TOKEN": "Slack app page, “Basic Information”, “App-Level Tokens”, "
    "scope connections:write (xapp-…)",
    "HMS_ACCESS_KEY": "100ms dashboard, “Developer”, “App Access Key”",
    "HMS_SECRET": "100ms dashboard, “Developer”, “App Secret”",
    "HMS_MANAGEMENT_TOKEN": "100ms dashboard, “Developer”, “Management Token”",
    "HMS_WEBHOOK_SECRET": "any random text of at least 16 characters; enter the same text as the "
    "webhook's header X-Record-Bot-Secret on the 100ms dashboard",
    "METRICS_TOKEN": "any random text of at least 16 characters",
    "SLACK_API_URL": "a web address with https:// (http:// only for this machine); "
    "https://slack.com/api/ outside the sandbox",
    "HMS_API_URL": "a web address with https:// (http:// only for this machine); "
    "https://api.100ms.live/v2 outside the sandbox",
    "HMS_DOMAIN": "the host name at which people join your rooms, such as acme.app.100ms.live",
    "PUBLIC_URL": "the address at which people's browsers reach the bot, such as "
    "https://bot.example.com, without a path (http:// only for this machine)",
    "DATABASE_URL": "an address such as sqlite:////data/record-bot.sqlite or postgresql://user@host/name",
    "HOST": "a host name or an IP address without brackets, such as 127.0.0.1, 0.0.0.0 or ::1",
    "PORT": "a number from 1 to 65535",
    "RECORD_RETENTION_DAYS": "a number of days from 0 (for ever) to 36500",
    "TRANSCRIPT_RETENTION_DAYS": "a number of days from 0 (no transcripts are kept) to 3650",
    "TIME_SCALE": "a number above 0; 1 outside the sandbox",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "LOG_FORMAT": "console or json",
}
ORG_WIDE = "an app installed for a whole organisation, which is not supported yet"
ONE_WORKSPACE = "Install the app in one workspace and copy the new token"
ROTATING = "xoxe."  # how tokens of an app with token rotation begin; they expire after 12 hours
MISSPELT_FROM = 0.85  # the least similarity to a setting's name, from 0 to 1
_STAND_INS: dict[str, object] = {
    "slack_bot_token": SecretStr("xoxb-none"),
    "slack_app_token": SecretStr("xapp-none"),
    "slack_signing_secret": SecretStr("none"),
    "hms_access_key": "none",
    "hms_secret": SecretStr("none"),
}
SECRET_CHARS = 16  # the minimum length of a secret that the admin makes up


class SettingsError(Exception):
    """One line for the admin: the setting, the problem, and where to get the value."""


def way_out(name: str) -> str:
    """Say where to get a setting, or which values are valid; empty if that is obvious."""
    where = WHERE.get(name, "")
    if not where:
        return ""
    return f"get it from: {where}" if where.startswith(("Slack", "100ms")) else f"use {where}"


def default_database_url() -> str:
    return f"sqlite:///{user_data_path('record-bot', appauthor=False) / 'record-bot.sqlite'}"


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a web address")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("not encrypted")
    return url


def _host(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", host):
        raise ValueError("not a host")
    return host


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine, by its text and without DNS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: str) -> str:
    """Normalise an origin as browsers do: lower case, without a default port."""
    parts = urlsplit(_web_address(url))
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("more than an origin")
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return f"{parts.scheme}://{host}{port}"


WebAddress = Annotated[str, AfterValidator(_web_address)]
Origin = Annotated[str, AfterValidator(_origin)]


class Settings(BaseSettings):
    """The settings, named like the environment variables in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,  # secrets come from files that end with a line break
    )

    slack_bot_token: SecretStr
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: WebAddress = "https://slack.com/api/"
    hms_access_key: str | None = None
    hms_secret: SecretStr | None = None
    hms_management_token: SecretStr | None = None
    hms_api_url: WebAddress = "https://api.100ms.live/v2"
    hms_webhook_secret: SecretStr | None = None
    hms_domain: Annotated[str, AfterValidator(_host)] | None = None  # None: learnt from recordings
    database_url: str = Field(default_factory=default_database_url)
    public_url: Origin | None = None  # None: no meeting pages
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)
    ] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(str.lower)] = "console"
    metrics_token: SecretStr | None = None
    transcript_retention_days: int = Field(default=90, ge=0, le=3650)
    record_retention_days: int = Field(default=400, ge=0, le=36_500)
    time_scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @property
    def short_secrets(self) -> tuple[str, ...]:
        """Names of secrets that are too short. Only this version still accepts them."""
        secrets = {
            "HMS_WEBHOOK_SECRET": self.hms_webhook_secret,
            "METRICS_TOKEN": self.metrics_token,
        }
        return tuple(
            name
            for name, secret in secrets.items()
            if secret is not None and len(secret.get_secret_value()) < SECRET_CHARS
        )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Raise for one problem at a time: `judged` replaces that value and validates again."""
        if self.slack_bot_token.get_secret_value().startswith(ROTATING):
            raise ValueError("SLACK_BOT_TOKEN expires: token rotation must be off for the app")
        _starts(self.slack_bot_token, "xoxb-", "SLACK_BOT_TOKEN")
        if self.slack_app_token:
            _starts(self.slack_app_token, "xapp-", "SLACK_APP_TOKEN")
        elif self.slack_signing_secret is None:
            raise ValueError("SLACK_SIGNING_SECRET is not set (or set SLACK_APP_TOKEN)")
        if self.hms_management_token is None:
            if not self.hms_access_key:
                raise ValueError("HMS_ACCESS_KEY is not set")
            if self.hms_secret is None:
                raise ValueError("HMS_SECRET is not set")
        return self


def _starts(secret: SecretStr, prefix: str, name: str) -> None:
    if not secret.get_secret_value().startswith(prefix):
        raise ValueError(f"{name} does not start with {prefix}")


@dataclass(frozen=True, slots=True)
class Judged:
    """Settings with all their problems.

    `settings` has stand-ins for the values in `wrong` (names in lower case): do not use those.
    `problems` has the names of settings in upper case, and what is wrong with each.
    """

    settings: Settings
    problems: tuple[tuple[str, str], ...]
    misspelt: Mapping[str, str]  # unknown names in the file, to the setting probably meant

    @property
    def wrong(self) -> frozenset[str]:
        return frozenset(name.lower() for name, _ in self.problems)


def judged(env_file: Path | None = Path(".env")) -> Judged:
    """Load settings from the environment, with everything that is wrong with them.

    Raises SettingsError if the file itself cannot be read.
    """
    stand_ins: dict[str, object] = {}
    problems: list[tuple[str, str]] = []
    while True:
        try:
            settings = Settings(_env_file=env_file, **stand_ins)  # type: ignore[arg-type]
        except ValidationError as error:
            found = problems_of(error)
            if not stand_ins.keys().isdisjoint(name.lower() for name, _ in found):
                raise  # the stand-in is wrong as well: this loop would never end
            stand_ins |= {name.lower(): _stand_in(name.lower()) for name, _ in found}
            problems += found
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{env_file} cannot be read: is it a text file in UTF-8?") from None
        else:
            return Judged(settings, tuple(problems), misspelt(env_file))


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Load settings from the environment.

    Raises `SettingsError` with one line that names every problem, without values.
    """
    found = judged(env_file)
    if not found.problems:
        return found.settings
    sentences = [_sentence(name, what) for name, what in found.problems]
    sentences += [
        f"{env_file} has {odd}: is {meant} meant?" for odd, meant in found.misspelt.items()
    ]
    raise SettingsError(" ".join(sentences))


def load_database_url(env_file: Path | None = Path(".env")) -> str:
    """Load the address of the database alone; the other settings may be missing or wrong.

    Raises `SettingsError` if the file cannot be read, or seems to misspell the setting's name.
    """
    found = judged(env_file)
    for odd, meant in found.misspelt.items():
        if meant == "DATABASE_URL":
            raise SettingsError(f"{env_file} has {odd}: is {meant} meant?")
    return found.settings.database_url


def _stand_in(name: str) -> object:
    if name in _STAND_INS:
        return _STAND_INS[name]
    return Settings.model_fields[name].get_default(call_default_factory=True)


def misspelt(env_file: Path | None = Path(".env")) -> dict[str, str]:
    """Find names in the file that resemble settings; others may belong to other programs."""
    known = {name.upper() for name in Settings.model_fields}
    written = [name.upper() for name in (dotenv_values(env_file) if env_file else {})]
    found = {}
    for name in written:
        if name not in known and (near := get_close_matches(name, known, 1, MISSPELT_FROM)):
            found[name] = near[0]
    return found


def _sentence(name: str, what: str) -> str:
    """Write a problem as a sentence, never with the value, which may be a secret."""
    way = way_out(name)
    return f"{what}. {way[0].upper()}{way[1:]}." if way else f"{what}."


def problems_of(error: ValidationError) -> list[tuple[str, str]]:
    """Return names of settings and what is wrong with each, never the values."""
    found = []
    for problem in error.errors(include_input=False, include_url=False):
        if problem["loc"]:
            name = str(problem["loc"][0]).upper()
            missing = problem["type"] == "missing"
            found.append((name, f"{name} is not set" if missing else f"{name} is not valid"))
        else:
            sentence = problem["msg"].removeprefix("Value error, ")
            found.append((sentence.split()[0], sentence))
    return found
