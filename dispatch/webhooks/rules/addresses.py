"""
Which addresses may be called: a receiver's URL is somebody else's word, and this machine stands inside.

The URL is taken apart once, and what is called are the parts that were judged. Every address that a name has is
judged; one that may not be called spoils the name. See OWASP API7:2023.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from dispatch.webhooks.values import Target
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.webhooks.values import CallingPolicy

Address = IPv4Address | IPv6Address

LONGEST_URL: Final = 2_000
USUAL_PORTS: Final = {"https": 443, "http": 80}
OUTSIDE_PORTS: Final = frozenset({443, 8443})  # P: what stands on the internet is called at these only
FIRST_FREE_PORT: Final = 1_024  # below it stand mail, names and the like, which no webhook is for
# RFC 1123 names, lower case; a name of digits in its last part would be read as a number: 127.1, 0x7f.1, 2130706433
NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
PRINTABLE: Final = re.compile(r"[!-~]+")
# whatever the settings say: nobody's receiver, and where clouds keep their machines' secrets
NEVER: Final = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "::/128",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "fd00:ec2::/32",
    )
)
# IPv6 that is another way to write an IPv4 address: RFC 4291 (mapped) and 6052 (NAT64). Judged is what it stands for.
SPELLINGS: Final = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))
# IPv6 that carries packets on to an IPv4 address inside it (RFC 4291 compatible, 3056 6to4, 4380 Teredo, 8215): never
TUNNELS: Final = tuple(ip_network(each) for each in ("::/96", "2002::/16", "2001::/32", "64:ff9b:1::/48"))

NO_URL: Final = Words(
    "写成 https://主机名/路径，只用英文字符，主机名用小写形式，不带用户名和井号。",
    "Write it as https://name/path in ASCII, without user name and fragment; the name as usual, a number as 1.2.3.4.",
)
NO_HTTP: Final = Words(
    "地址要用 https；内网接收方要用 http 的，由部署人员在设置里登记主机名。",
    "It must be https; for a receiver without it on a closed network the deployer names the host in the settings.",
)
NO_PORT: Final = Words(
    "这个端口不能用：外网只能用 443 和 8443，内网用 80、443 或 1024 以上。",
    "This port is not called: outside 443 and 8443, inside 80, 443 and those from 1024 on.",
)
NO_ADDRESS: Final = Words(
    "这个主机名现在查不到地址，核对后再试。", "This name has no address now; check it and try again."
)
NOT_CALLED: Final = Words(
    "这个主机在不能呼叫的网段；内网接收方由部署人员在设置里登记网段。",
    "This host lies in a network that is not called; for an inside receiver the deployer lists it in the settings.",
)


def read_url(url: str, *, policy: CallingPolicy) -> Target | Words:
    """Take a receiver's URL apart; words where it is none that could be called, whatever its addresses are."""
    if len(url) > LONGEST_URL or not PRINTABLE.fullmatch(url) or "\\" in url:
        return NO_URL
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return NO_URL
    host = (parts.hostname or "").lower()
    if parts.scheme not in USUAL_PORTS or "@" in parts.netloc or "#" in url or not _is_host(host):
        return NO_URL
    if parts.scheme == "http" and host not in policy.http_hosts:
        return NO_HTTP
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, USUAL_PORTS[parts.scheme] if port is None else port, path, parts.scheme == "https")


def judge_addresses(addresses: Iterable[str], *, port: int, policy: CallingPolicy) -> Words | None:
    """Say why a host may not be called that has these addresses; None where it may. One bad one is enough."""
    found = list(addresses)
    if not found:
        return NO_ADDRESS
    for each in found:
        fault = _judge(each, port=port, policy=policy)
        if fault is not None:
            return fault
    return None


def _judge(text: str, *, port: int, policy: CallingPolicy) -> Words | None:
    try:
        address = _meant(ip_address(text))
    except ValueError:
        return NOT_CALLED
    if _lies_in(address, NEVER) or _is_tunnel(address):
        return NOT_CALLED
    if _lies_in(address, policy.inside):
        return None if port in USUAL_PORTS.values() or port >= FIRST_FREE_PORT else NO_PORT
    if not _is_public(address):
        return NOT_CALLED
    return None if port in OUTSIDE_PORTS else NO_PORT


def _meant(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address spells, or the address itself."""
    if isinstance(address, IPv6Address) and _lies_in(address, SPELLINGS):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_tunnel(address: Address) -> bool:
    """Say whether it leads on to another address, or to one of this machine's own cables (`fe80::1%eth0`)."""
    if isinstance(address, IPv4Address):
        return False
    return address.scope_id is not None or (not address.is_loopback and _lies_in(address, TUNNELS))


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _lies_in(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def _is_host(host: str) -> bool:
    if NAME.fullmatch(host):
        return True
    try:
        return "%" not in host and str(ip_address(host)) == host
    except ValueError:
        return False
