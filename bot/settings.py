"""The bot's settings: environment (and `.env`), read once, frozen."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

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
    "PUBLIC_URL": "the address at which people's browsers reach the bot, such as "
    "https://bot.example.com, without a path (http:// only for this machine)",
    "DATABASE_URL": "an address such as sqlite:////data/record-bot.sqlite or postgresql://user@host/name",
    "PORT": "a number from 1 to 65535",
    "TRANSCRIPT_RETENTION_DAYS": "a number of days from 0 (no transcripts are kept) to 3650",
    "TIME_SCALE": "a number above 0; 1 outside the sandbox",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "LOG_FORMAT": "console or json",
}
ORG_WIDE = "an app installed for a whole organisation, which is not supported yet"
ONE_WORKSPACE = "Install the app in one workspace and copy the new token"
SECRET_CHARS = 16  # at least, of a secret that the admin makes up


class SettingsError(Exception):
    """One line for the admin: which setting, what is wrong with it, where to get it."""


def way_out(name: str) -> str:
    """Where a setting comes from, or what it takes; empty for one that needs no words."""
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


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine, by its text and without asking the DNS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: str) -> str:
    """As browsers write it: lower case, without a default port."""
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
    """Names here are the environment's, in lower case."""

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
    database_url: str = Field(default_factory=default_database_url)
    public_url: Origin | None = None  # without it there are no meeting pages
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)
    ] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(str.lower)] = "console"
    metrics_token: SecretStr | None = None
    transcript_retention_days: int = Field(default=90, ge=0, le=3650)
    time_scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @property
    def short_secrets(self) -> tuple[str, ...]:
        """Names of secrets that are easy to guess. They are accepted in this version only."""
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


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment. Raises `SettingsError`, one line long and without values."""
    try:
        return Settings(_env_file=env_file)  # the rest is environment
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not UTF-8. Save it as UTF-8 text.") from None
    except ValidationError as e:
        raise SettingsError(_one_line(e)) from None


def _one_line(error: ValidationError) -> str:
    """The first problem; never the value, which may be a secret."""
    name, sentence = problems_of(error)[0]
    way = way_out(name)
    return f"{sentence}. {way[0].upper()}{way[1:]}." if way else f"{sentence}."


def problems_of(error: ValidationError) -> list[tuple[str, str]]:
    """Names of settings, and what is wrong with them; never the values."""
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
