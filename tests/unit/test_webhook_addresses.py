"""Which receivers are called: evil URLs, evil addresses, and the inside networks that a setting allows."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from dispatch import webhooks
from dispatch.webhooks import CallingPolicy, WebhookUrlRefusedError, check_url

NOTHING_INSIDE = CallingPolicy()
CITY = CallingPolicy(
    inside=(ip_network("10.20.0.0/16"), ip_network("fd12:3456::/32")), http_hosts=frozenset({"oa.gov"})
)
EVERYTHING = CallingPolicy(inside=(ip_network("0.0.0.0/0"), ip_network("::/0")))
GOOD = "93.184.215.14"


def names(*addresses):
    """A resolver that gives the same addresses to every name."""

    def resolver(host, *, port):  # noqa: ARG001 - a resolver's own
        return list(addresses)

    return resolver


def is_called(url, *, policy=NOTHING_INSIDE, resolver=None):
    try:
        check_url(url, policy=policy, resolver=resolver or names(GOOD))
    except WebhookUrlRefusedError as refused:
        return not refused.fields["url"]
    return True


# what a URL itself gives away, whatever the name's addresses are
@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/hook",  # not encrypted
        "ftp://example.cn/hook",
        "file:///etc/passwd",
        "gopher://example.cn:70/_x",
        "javascript:alert(1)",
        "//example.cn/hook",
        "example.cn/hook",
        "https://",
        "https:///hook",
        "https://user:secret@example.cn/",  # a user's name
        "https://example.cn@127.0.0.1/",
        "https://@example.cn/",
        "https://example.cn#@127.0.0.1/",
        "https://example.cn/#part",
        "https://example.cn\\@127.0.0.1/",
        "https://127.0.0.1\\.example.cn/",
        "https://example.cn/\r\nHost: other",  # another line
        "https://example.cn/\x00",
        "https://exa mple.cn/",
        "https://example.cn:99999/",
        "https://example.cn:port/",
        "https://2130706433/",  # 127.0.0.1 as one number,
        "https://0x7f000001/",  # in hexadecimal,
        "https://0x7f.1/",
        "https://017700000001/",  # in octal,
        "https://0177.0.0.1/",
        "https://127.1/",  # shortened,
        "https://127.0.1/",
        "https://127.0.0.1./",
        "https://%31%32%37.0.0.1/",  # and percent-encoded
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://例子.cn/",
        "https://[::1%25eth0]/",
        "https://[fe80::1%25lo]/",
        "https://[::ffff:127.0.0.1]:port/",
        "https://example..cn/",
        "https://-example.cn/",
        "https://example.cn.123/",
        "https://" + "a" * 64 + ".cn/",
        "https://example.cn/" + "a" * 2_000,
    ],
)
def test_a_url_that_is_none_or_hides_another_host_is_refused_before_any_name_is_looked_up(url):
    def resolver(host, *, port):  # noqa: ARG001 - a resolver's own
        pytest.fail("the name was looked up")

    assert not is_called(url, resolver=resolver)


# each by the document that sets it apart
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",  # RFC 1122
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",  # RFC 1918
        "100.64.0.1",
        "100.127.255.255",  # RFC 6598, shared by carriers
        "169.254.169.254",  # RFC 3927, where clouds keep their machines' secrets
        "0.0.0.0",  # noqa: S104 - refused
        "0.1.2.3",
        "192.0.0.1",  # RFC 6890
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",  # RFC 5737
        "198.18.0.1",  # RFC 2544
        "224.0.0.1",
        "239.255.255.250",  # RFC 5771
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",  # RFC 3849
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",  # RFC 4291, mapped
        "::127.0.0.1",
        "::8.8.8.8",  # compatible
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe",  # RFC 6052, NAT64
        "64:ff9b:1::8.8.8.8",  # RFC 8215
        "2002:7f00:1::",
        "2002:a00:1::",
        "2002:808:808::1",  # RFC 3056, 6to4
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # RFC 4380, Teredo
        "no address",
        "",
    ],
)
def test_an_inside_or_special_address_spoils_the_name_wherever_it_stands_among_good_ones(address):
    assert not is_called("https://example.cn/", resolver=names(address))
    assert not is_called("https://example.cn/", resolver=names(GOOD, address))
    assert not is_called("https://example.cn/", resolver=names(address, GOOD))


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
def test_an_address_written_as_host_is_judged_like_any_other(host):
    def itself(found, *, port):  # noqa: ARG001 - a resolver's own
        return [found]

    assert not is_called(f"https://{host}/", resolver=itself)


@pytest.mark.parametrize("address", [GOOD, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::93.184.215.14"])
def test_a_public_address_is_called_at_the_ports_for_encrypted_calls_only(address):
    assert is_called("https://example.cn/hook?x=1", resolver=names(address))
    assert is_called("https://example.cn:8443/hook", resolver=names(address))
    for port in (22, 25, 80, 3306, 5432, 6379, 9200, 11211):
        assert not is_called(f"https://example.cn:{port}/", resolver=names(address))


def test_a_name_without_any_address_is_refused():
    assert not is_called("https://example.cn/", resolver=names())


def test_a_listed_inside_network_is_called_and_no_other():
    assert is_called("https://oa.gov/hook", policy=CITY, resolver=names("10.20.3.4"))
    assert is_called("https://oa.gov:9000/hook", policy=CITY, resolver=names("10.20.3.4", "fd12:3456::7"))
    assert is_called("https://oa.gov/hook", policy=CITY, resolver=names("::ffff:10.20.3.4"))
    assert not is_called("https://oa.gov:25/hook", policy=CITY, resolver=names("10.20.3.4"))
    assert not is_called("https://oa.gov/hook", policy=CITY, resolver=names("10.21.0.1"))
    assert not is_called("https://oa.gov/hook", policy=CITY, resolver=names("10.20.3.4", "10.21.0.1"))


def test_without_encryption_only_listed_hosts_are_called():
    assert is_called("http://oa.gov/hook", policy=CITY, resolver=names("10.20.3.4"))
    assert is_called("http://OA.gov/hook", policy=CITY, resolver=names("10.20.3.4"))
    assert not is_called("http://hr.gov/hook", policy=CITY, resolver=names("10.20.3.4"))
    assert not is_called("http://oa.gov.evil.cn/hook", policy=CITY, resolver=names("10.20.3.4"))


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "fe80::1", "ff02::1", "::", "fd00:ec2::254"],  # noqa: S104 - refused
)
def test_no_setting_opens_what_can_be_nobodys_receiver(address):
    assert not is_called("https://example.cn/", policy=EVERYTHING, resolver=names(address))


def test_a_name_that_resolves_otherwise_the_second_time_is_called_where_it_was_judged(monkeypatch):
    """DNS rebinding: what is connected to is the address that was judged, and no name is looked up again."""
    asked, dialed = [], []

    def rebinding(host, *, port):
        asked.append((host, port))
        return [GOOD] if len(asked) == 1 else ["127.0.0.1"]

    def dial(address, timeout):
        dialed.append((address, timeout))
        raise ConnectionRefusedError

    monkeypatch.setattr("dispatch.webhooks.calling.socket.create_connection", dial)

    from datetime import UTC, datetime  # noqa: PLC0415 - of this test alone
    from uuid import uuid4  # noqa: PLC0415 - as above

    outgoing = webhooks.Outgoing(uuid4(), uuid4(), "https://example.cn/", "evt_1", "{}", ("whsec_AAAA",))
    at = datetime(2026, 3, 31, tzinfo=UTC)
    first = webhooks.send(outgoing, policy=NOTHING_INSIDE, at=at, resolver=rebinding)
    second = webhooks.send(outgoing, policy=NOTHING_INSIDE, at=at, resolver=rebinding)

    assert dialed == [((GOOD, 443), 5.0)]
    assert first.fault is webhooks.Fault.CONNECTION
    assert second.fault is webhooks.Fault.ADDRESS  # judged again at each sending
