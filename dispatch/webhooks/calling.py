"""
Calling a receiver: its name is looked up once, every address is judged, and one of those judged is called.

Nothing is followed, no proxy is asked, and of the answer only the status and `Retry-After` are read. Beside the limits
of each step there is one for the whole, so that an answer of a byte a second holds nobody.
"""

from __future__ import annotations

import email.utils
import http.client
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Final, Protocol

from dispatch.errors import InvalidError
from dispatch.webhooks.rules.addresses import judge_addresses, read_url
from dispatch.webhooks.rules.signing import sign
from dispatch.webhooks.rules.telling import LONGEST_BODY
from dispatch.webhooks.values import Answer, Fault, Target
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.webhooks.values import CallingPolicy, Outgoing


CONNECT_S: Final = 5.0
READ_S: Final = 10.0
WHOLE_S: Final = 20.0
USER_AGENT: Final = "dispatch-webhooks/1"


class Resolver(Protocol):
    """Looks up the addresses of a name."""

    def __call__(self, host: str, *, port: int) -> list[str]:
        """Give all addresses of a host, as text; none where it has none."""


class WebhookUrlRefusedError(InvalidError):
    """A receiver's address is none that is called."""

    slug = "webhook-url-refused"
    title = Words("接收地址不能用", "This receiver is not called")


def resolve(host: str, *, port: int) -> list[str]:
    """Look up all addresses of a host; none where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def check_url(url: str, *, policy: CallingPolicy, resolver: Resolver = resolve) -> Target:
    """
    Judge a receiver's URL and all addresses that its name has now; call it outside any transaction.

    Raises
    ------
    WebhookUrlRefusedError
        With what is wrong under `url`.

    """
    target = read_url(url, policy=policy)
    if isinstance(target, Words):
        raise WebhookUrlRefusedError(fields={"url": [target]})
    fault = judge_addresses(resolver(target.host, port=target.port), port=target.port, policy=policy)
    if fault is not None:
        raise WebhookUrlRefusedError(fields={"url": [fault]})
    return target


def send(
    outgoing: Outgoing,
    *,
    policy: CallingPolicy,
    at: datetime,
    resolver: Resolver = resolve,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """
    Send an event to its receiver, signed as of now; call it outside any transaction. What is expected is no error.

    Parameters
    ----------
    outgoing : Outgoing
        What is to be sent.
    policy : CallingPolicy
        Which inside networks may be called.
    at : datetime
        The time of this sending, which is signed.
    resolver : callable
        Looks up the addresses of a name.
    context : ssl.SSLContext, optional
        Whose certificates are trusted; those of the machine by default.

    """
    target = read_url(outgoing.url, policy=policy)
    if isinstance(target, Words):
        return Answer(fault=Fault.ADDRESS)
    addresses = resolver(target.host, port=target.port)
    if not addresses:
        return Answer(fault=Fault.NAME)
    if judge_addresses(addresses, port=target.port, policy=policy) is not None:
        return Answer(fault=Fault.ADDRESS)
    body = outgoing.body.encode()
    if len(body) > LONGEST_BODY:
        raise ValueError("an event is too long to be sent")
    timestamp_s = int(at.timestamp())
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": outgoing.event_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(
            outgoing.body, event_id=outgoing.event_id, timestamp_s=timestamp_s, secrets=outgoing.secrets
        ),
    }
    return _post(target, address=addresses[0], body=body, headers=headers, at=at, context=context)


def _post(
    target: Target,
    *,
    address: str,
    body: bytes,
    headers: dict[str, str],
    at: datetime,
    context: ssl.SSLContext | None,
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=READ_S)
    is_over = threading.Event()
    watch: threading.Timer | None = None
    try:
        plain = socket.create_connection((address, target.port), timeout=CONNECT_S)
        connection.sock = line = _dressed(plain, target=target, context=context)
        watch = threading.Timer(WHOLE_S, _cut, args=(line, is_over))
        watch.daemon = True
        watch.start()
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        line.settimeout(READ_S)
        connection.request("POST", target.path, body=body, headers=headers)
        reply = connection.getresponse()
        return Answer(status=reply.status, retry_after_s=_read_wait(reply.getheader("Retry-After"), at=at))
    except TimeoutError:
        return Answer(fault=Fault.TIMEOUT)
    except ssl.SSLError:
        return Answer(fault=Fault.TIMEOUT if is_over.is_set() else Fault.CERTIFICATE)
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(fault=Fault.TIMEOUT if is_over.is_set() else Fault.CONNECTION)
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()


def _dressed(plain: socket.socket, *, target: Target, context: ssl.SSLContext | None) -> socket.socket:
    """Put TLS around a connection to an address, for the name that was asked for: certificate and SNI are its."""
    if not target.is_encrypted:
        return plain
    trusted = context or ssl.create_default_context()
    return trusted.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)


def _cut(line: socket.socket, is_over: threading.Event) -> None:
    is_over.set()
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended


def _read_wait(text: str | None, *, at: datetime) -> int | None:
    """Read `Retry-After`: seconds, or a date of HTTP; None where it is neither."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        asked = email.utils.parsedate_to_datetime(text)
        return max(0, int((asked - at).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None
