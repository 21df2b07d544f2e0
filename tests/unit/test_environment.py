"""Proxies and certificates that the libraries cannot use are named in a sentence each."""

import ssl
from pathlib import Path

import httpx
import pytest

from bot.environment import problems_of_environment
from tests.unit.rows import each_row

PEM = ssl.get_default_verify_paths().cafile


@each_row("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
@each_row(
    ("value", "says"),
    [
        ("socks5://127.0.0.1:1080", "is a SOCKS proxy"),
        ("socks5h://u:s3cret@127.0.0.1:1080", "is a SOCKS proxy"),
        ("proxy.example.com:3128", "has no scheme"),
        ("u:s3cret@proxy.example.com:3128", "has no scheme"),
        ("http://", "is not an address"),
        ("http://proxy.example.com:s3cret", "is not an address"),
        ("http://[::1", "is not an address"),
        ("ftp://proxy.example.com", "has a scheme that is not supported"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(name: str, value: str, says: str) -> None:
    [problem] = problems_of_environment({name: value})
    assert problem.startswith(f"{name} {says}")
    assert "http://proxy.example.com:3128" in problem, "an example of one that works"
    assert "s3cret" not in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    "value",
    ["", " ", "http://proxy:3128", "https://u:p@proxy.example.com", "HTTP://[fd00::1]:3128"],
)
def test_other_proxies_are_fine(value: str) -> None:
    assert problems_of_environment({"HTTPS_PROXY": value, "ALL_PROXY": value}) == []


NO_PROXY = [
    ("[::1]", False),
    ("fd00::/8", False),
    ("localhost,[fd00::1]", False),
    ("a b,\x1b[31m", False),
    ("", True),
    ("*", True),
    ("localhost,127.0.0.1,::1,fd00::1", True),
    (".example.com, 10.0.0.0/8 ,host:8080", True),
    ("http://example.com", True),
]


@pytest.mark.parametrize(("value", "fits"), NO_PROXY)
def test_no_proxy_is_judged_as_httpx_reads_it(
    monkeypatch: pytest.MonkeyPatch, value: str, fits: bool
) -> None:
    problems = problems_of_environment({"NO_PROXY": value})
    assert (problems == []) == fits
    assert all(p.startswith("NO_PROXY ") and "\n" not in p and "\x1b" not in p for p in problems)
    for name in ("no_proxy", "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", value)
    try:
        httpx.AsyncClient(verify=False)
        works = True
    except (httpx.InvalidURL, ValueError):
        works = False
    assert works or not fits, "what we let pass, httpx takes"


def test_certificates_that_are_not_there(tmp_path: Path) -> None:
    gone, odd = tmp_path / "gone.pem", tmp_path / "odd.pem"
    odd.write_text("not a certificate")
    [missing] = problems_of_environment({"SSL_CERT_FILE": str(gone)})
    assert missing == f"SSL_CERT_FILE: {gone} cannot be read (No such file or directory)."
    [no_pem] = problems_of_environment({"SSL_CERT_FILE": str(odd)})
    assert no_pem == f"SSL_CERT_FILE: {odd} has no certificates in PEM format."
    log = {"SSLKEYLOGFILE": str(gone / "keys"), "SSL_CERT_FILE": str(PEM)}
    [key_log] = problems_of_environment(log)
    assert (
        key_log == f"SSLKEYLOGFILE: {gone / 'keys'} cannot be written (No such file or directory)."
    )
    [folder] = problems_of_environment({"SSL_CERT_DIR": str(gone)})
    assert folder == f"SSL_CERT_DIR: {gone} is not a folder."
    assert problems_of_environment({"SSL_CERT_DIR": f"{gone}:{tmp_path}"}) == []


@pytest.mark.skipif(PEM is None, reason="this system has no bundle of certificates")
def test_the_systems_certificates_are_fine() -> None:
    assert problems_of_environment({"SSL_CERT_FILE": str(PEM)}) == []


def test_everything_is_named_at_once() -> None:
    odd = {"ALL_PROXY": "socks5://a", "NO_PROXY": "[::1]", "SSL_CERT_DIR": "/nowhere"}
    assert [p.split()[0].rstrip(":") for p in problems_of_environment(odd)] == list(odd)
