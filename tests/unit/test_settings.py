"""Which addresses of the two APIs are accepted: http:// would show tokens to the network."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, judged, load_settings

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "secret",
    "HMS_ACCESS_KEY": "key",
    "HMS_SECRET": "secret",
}


def loaded(monkeypatch: pytest.MonkeyPatch, **env: str) -> Settings:
    for name, value in {**REQUIRED, **env}.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None)


@pytest.mark.parametrize("name", ["SLACK_API_URL", "HMS_API_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v2",
        "https://10.0.0.1:8443/",
        "http://127.0.0.1:8100/v2",
        "http://127.0.0.2/",
        "http://localhost:8100/",
        "http://LOCALHOST/",
        "http://[::1]:8100/",
    ],
)
def test_https_and_http_of_this_machine_are_accepted(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    assert getattr(loaded(monkeypatch, **{name: url}), name.lower()) == url


@pytest.mark.parametrize("name", ["SLACK_API_URL", "HMS_API_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v2",
        "http://10.0.0.1:8100/",
        "http://0.0.0.0:8100/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://127.0.0.1:80@example.com/",
        "http://127.0.0.1\\@example.com/",
        "http://sandbox:8100/",
        "http://[fe80::1]/",
        "ftp://127.0.0.1/",
        "https:///v2",
        "127.0.0.1",
    ],
)
def test_other_addresses_are_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, **{name: url})
    line = str(refused.value)
    assert line.startswith(f"{name} is not valid. Use a web address with https://")
    assert "\n" not in line
    assert url not in line


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://bot.example.com", "https://bot.example.com"),
        ("https://Bot.Example.com:443/", "https://bot.example.com"),
        ("https://bot.example.com:8443", "https://bot.example.com:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_the_public_url_is_an_origin_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, url: str, origin: str
) -> None:
    assert loaded(monkeypatch, PUBLIC_URL=url).public_url == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example.com",
        "https://bot.example.com/record",
        "https://bot.example.com/?a=1",
        "https://user:secret@bot.example.com",
        "https://bot.example.com:99999",
        "pages.example.net",
    ],
)
def test_other_public_urls_are_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, PUBLIC_URL=url)
    line = str(refused.value)
    assert line.startswith("PUBLIC_URL is not valid. Use the address at which people's browsers")
    assert url not in line


def test_a_settings_file_is_held_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HMS_API_URL", raising=False)
    (tmp_path / ".env").write_text("HMS_API_URL=http://api.example.com/v2\n")
    with pytest.raises(SettingsError):
        load_settings(tmp_path / ".env")


def refused(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], env_file: Path | None = None
) -> str:
    """The line, without the required settings unless `env` has them."""
    for name in (*map(str.upper, Settings.model_fields),):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings(env_file)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    line = refused(monkeypatch, {"PORT": "many"})
    for name in REQUIRED:
        assert line.count(f"{name} is not set") == 1, name
    assert "PORT is not valid" in line


def test_a_misspelt_setting_in_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("HMS_ACESS_KEY=s3cret\nPOSTGRES_PASSWORD=s3cret\nDOMAIN=a.example\n")
    env = {name: value for name, value in REQUIRED.items() if name != "HMS_ACCESS_KEY"}
    line = refused(monkeypatch, env, file)
    assert "HMS_ACCESS_KEY is not set" in line
    assert "has HMS_ACESS_KEY: is HMS_ACCESS_KEY meant?" in line
    assert "s3cret" not in line
    assert "POSTGRES" not in line
    assert "DOMAIN" not in line


def test_what_is_misspelt_and_optional_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text("HMS_WEBHOK_SECRET=s3cret-s3cret-s3cret\n")
    found = judged(tmp_path / ".env")
    assert found.problems == ()
    assert found.misspelt == {"HMS_WEBHOK_SECRET": "HMS_WEBHOOK_SECRET"}


@pytest.mark.parametrize("token", ["xoxe.xoxb-1-s3cret", "xoxe.xoxp-1-s3cret"])
def test_a_rotating_token_says_that_rotation_must_be_off(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    line = refused(monkeypatch, REQUIRED | {"SLACK_BOT_TOKEN": token})
    assert "token rotation must be off" in line
    assert "SLACK_BOT_TOKEN" in line
    assert "s3cret" not in line


@pytest.mark.parametrize("host", ["[::1]", "[::]", "127.0.0.1:8080/", "http://0.0.0.0", "a b"])
def test_a_host_in_brackets_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    line = refused(monkeypatch, REQUIRED | {"HOST": host})
    assert line.startswith("HOST is not valid. Use a host name or an IP address without brackets")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "fe80::1%eth0", "bot-1", "localhost"])
def test_other_hosts_are_taken(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert loaded(monkeypatch, HOST=host).host == host
