"""Which addresses the guarded way out accepts, by their text and by their numbers."""

import ipaddress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbound import OutboundRefused, check_url, is_public, origin_of
from bot.settings import is_loopback
from tests.unit.rows import each_row

PRIVATE_V4 = [
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "52.216.8.11", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@each_row(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",  # metadata: Alibaba Cloud
        "169.254.169.254",  # metadata: AWS, Google Cloud, Azure
        "169.254.170.2",  # credentials of ECS tasks
        "168.63.129.16",  # Azure's host
        "192.0.0.192",  # metadata: Oracle Cloud
        "192.0.0.9",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:1.1.1.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::101:101",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:101:101::1",
        "2001::1",  # Teredo
        "2001:0:7f00:1::",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",  # metadata: AWS
        "fd20:ce::254",  # metadata: Google Cloud
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "100::1",
        "4000::1",
        "",
        "localhost",
        "1.1.1",
        "0177.0.0.1",
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.sampled_from(PRIVATE_V4).flatmap(lambda net: st.ip_addresses(network=net)))
def test_no_address_of_a_private_network_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not is_public(str(address))


@given(st.ip_addresses(v=4), st.sampled_from(["::", "::ffff:", "64:ff9b::", "::ffff:0:"]))
def test_no_ipv6_form_of_an_ipv4_address_is_public(v4: ipaddress.IPv4Address, prefix: str) -> None:
    assert not is_public(prefix + str(v4))
    assert not is_public(f"2002:{int(v4) >> 16:x}:{int(v4) & 0xFFFF:x}::1")


@given(st.ip_addresses())
def test_what_python_does_not_call_global_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_loopback
        assert not address.is_link_local


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://files.example.com/a/b?X-Amz-Signature=1", "files.example.com"),
        ("https://files.example.com:443/", "files.example.com"),
        ("HTTPS://Files.Example.COM", "files.example.com"),
        ("https://my_bucket.s3.eu-west-1.amazonaws.com/x", "my_bucket.s3.eu-west-1.amazonaws.com"),
        ("https://bücher.example/kalender.ics", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://10.0.0.1.nip.io/", "10.0.0.1.nip.io"),  # its address is looked at later
    ],
)
def test_https_addresses_of_names_may_be_asked(url: str, host: str) -> None:
    assert check_url(url, frozenset()).raw_host.decode() == host


@each_row(
    "url",
    [
        "",
        "files.example.com",
        "/files",
        "//files.example.com/",
        "https://",
        "https:///path",
        "http://files.example.com/",
        "ftp://files.example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://files.example.com:80/",
        "https://files.example.com:8443/",
        "https://files.example.com:0/",
        "https://files.example.com:99999/",
        "https://files.example.com:x/",
        "https://user@files.example.com/",
        "https://user:secret@files.example.com/",
        "https://:secret@files.example.com/",
        "https://files.example.com\\@127.0.0.1/",
        "https://files.example.com\\.evil.example/",
        "https://files.example.com%2f@127.0.0.1/",
        "https://127.0.0.1%2f.example.com/",
        "https://files.example.com /",
        "https://files.example.com\r\nX: y/",
        "https://files..example.com/",
        "https://-files.example.com/",
        "https://files.example.com./",
        "https://" + "a" * 64 + ".example.com/",
        "https://" + "a." * 130 + "com/",
        "https://1.1.1.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1111]/",
        "https://１２７.０.０.１/",
        "https://ⓛocalhost.example/",
        "https://localhost/",
        "https://intranet/",
        "https://app.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://something.onion/",
        "https://xn--\u2603.example/",
    ],
)
def test_other_addresses_may_not(url: str) -> None:
    with pytest.raises(OutboundRefused):
        check_url(url, frozenset())


ALLOWED = frozenset(
    origin_of(httpx.URL(url))
    for url in ("http://127.0.0.1:8080/api/", "http://[::1]:9/v2", "https://api.example.com")
)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/x", "http://[::1]:9/", "https://API.example.com:443/y"],
)
def test_allowed_origins_may_be_asked_as_they_are(url: str) -> None:
    check_url(url, ALLOWED)


@each_row(
    "url",
    [
        "http://127.0.0.1:8081/",
        "http://127.0.0.1/",
        "https://127.0.0.1:8080/",
        "http://127.0.0.2:8080/",
        "http://localhost:8080/",
        "http://127.1:8080/",
        "http://user@127.0.0.1:8080/",
        "http://api.example.com/",
        "http://api.example.com:443/",
    ],
)
def test_an_allowed_origin_allows_no_other(url: str) -> None:
    with pytest.raises(OutboundRefused):
        check_url(url, ALLOWED)


@given(st.text(max_size=60))
def test_whatever_follows_https_is_refused_or_a_name_without_a_user(rest: str) -> None:
    try:
        url = check_url(f"https://{rest}", frozenset())
    except OutboundRefused:
        return
    assert url.scheme == "https"
    assert not url.userinfo
    assert url.port is None
    assert "." in url.host


@given(st.ip_addresses(), st.sampled_from(["", ":443", "/", "/path?query"]))
def test_no_literal_is_accepted(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, rest: str
) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    with pytest.raises(OutboundRefused):
        check_url(f"https://{host}{rest}", frozenset())


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "{:#x}", "0{:o}", "0.{}", "0x7f.{}"]))
def test_no_number_is_a_name(number: int, form: str) -> None:
    with pytest.raises(OutboundRefused):
        check_url(f"https://{form.format(number)}/", frozenset())


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@files.example.com/hunter2?sig=hunter2",
        "http://files.example.com/hunter2?sig=hunter2",
        "https://files.example.com:8443/hunter2?sig=hunter2",
        "https://files.local/hunter2?sig=hunter2#hunter2",
    ],
)
def test_a_refusal_repeats_no_secret(url: str) -> None:
    with pytest.raises(OutboundRefused) as refused:
        check_url(url, frozenset())
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(refused.value.__cause__)


@each_row(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("127.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_loopback_is_read_from_the_text_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
