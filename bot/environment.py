"""Check environment variables that libraries read: proxies and certificates.

Libraries read them when they make a client. Their errors for bad values name no variable, so the
bot checks them first. Pure, except that it opens files.
"""

import ipaddress
import os
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import httpx

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
MOST_CHARS = 200
PROXY_FORM = "Use an address such as http://proxy.example.com:3128"


def problems_of_environment(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each bad variable, without values that may contain passwords."""
    found = (*_proxies(environ), *_no_proxy(environ), *_certificates(environ))
    return list(found)


def _given(environ: Mapping[str, str], *names: str) -> Iterator[tuple[str, str]]:
    """Yield the variables of these names, in lower or upper case, that have a value."""
    for name in names:
        for spelt in dict.fromkeys((name, name.upper())):
            value = environ.get(spelt, "").strip()
            if value:
                yield spelt, value


def _proxies(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in _given(environ, *PROXIES):
        if "://" not in value:
            yield f"{name} has no scheme. {PROXY_FORM}."
            continue
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host:
            yield f"{name} is not an address. {PROXY_FORM}."
        elif parts.scheme.lower().startswith("socks"):
            yield f"{name} is a SOCKS proxy, which the bot cannot use. {PROXY_FORM}."
        elif parts.scheme.lower() not in ("http", "https"):
            yield f"{name} has a scheme that is not supported. {PROXY_FORM}."


def _no_proxy(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in _given(environ, "no_proxy"):
        odd = [entry for entry in map(str.strip, value.split(",")) if entry and not _fits(entry)]
        if odd:
            form = "Use host names, IP addresses without brackets, or IPv4 networks"
            yield f"{name} has an entry that is not supported: {shown(odd[0])}. {form}."


def _fits(entry: str) -> bool:
    """Whether httpx accepts the entry.

    httpx turns an entry into the pattern `all://*entry`, which raises for malformed ones. It does
    not support IPv6 networks.
    """
    if "[" in entry or "]" in entry:
        return False
    host, slash, _ = entry.partition("/")
    try:
        return ipaddress.ip_address(host).version == 4 or not slash
    except ValueError:
        pass
    try:
        httpx.URL(entry if "://" in entry else f"all://*{entry}")
    except httpx.InvalidURL:
        return False
    return True


def shown(entry: str) -> str:
    """Make a part of a value without secrets printable on one line."""
    return "".join(c for c in entry if c.isprintable())[:MOST_CHARS]


def _certificates(environ: Mapping[str, str]) -> Iterator[str]:
    if key_log := environ.get("SSLKEYLOGFILE"):
        try:
            with open(key_log, "ab"):  # as every TLS context does
                pass
        except OSError as error:
            yield f"SSLKEYLOGFILE: {shown(key_log)} cannot be written ({error.strerror})."
            return
    for name, value in _given(environ, "SSL_CERT_FILE"):
        try:
            ssl.create_default_context(cafile=value)
        except ssl.SSLError:
            yield f"{name}: {shown(value)} has no certificates in PEM format."
        except OSError as error:
            yield f"{name}: {shown(value)} cannot be read ({error.strerror})."
    for name, value in _given(environ, "SSL_CERT_DIR"):
        folders = [folder for folder in value.split(os.pathsep) if folder]
        if not any(map(os.path.isdir, folders)):
            yield f"{name}: {shown(value)} is not a folder."
