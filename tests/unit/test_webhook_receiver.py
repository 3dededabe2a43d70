"""The receiver of `docs/webhooks.md` as it stands there, with the real sender."""

from __future__ import annotations

import http.server
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from dispatch import clock, webhooks
from dispatch.webhooks.rules.signing import write_secret
from tests.factories.webhooks import LOOPBACK

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
SECRET, OTHER = write_secret(b"1" * 32), write_secret(b"2" * 32)


@pytest.fixture
def example():
    """The names of the example, and its server's URL."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(program.replace("whsec_…", SECRET), PAGE.name, "exec"), names)  # noqa: S102 - our own page
    names["Receiver"].log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), names["Receiver"])
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield names, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def send(url, *, secrets=(SECRET,), at=None, event_id="evt_1"):
    outgoing = webhooks.Outgoing(uuid4(), uuid4(), url, event_id, '{"type":"visit.missed"}', secrets)
    return webhooks.send(outgoing, policy=LOOPBACK, at=at or clock.utc_now()).status


@pytest.mark.feature("O5")
def test_the_example_takes_what_is_signed_once_and_nothing_else(example):
    names, url = example

    assert send(url) == 204
    assert send(url) == 204  # a repeat is taken and dropped
    assert names["NEWS"] == [{"type": "visit.missed"}]
    assert send(url, secrets=(OTHER,), event_id="evt_2") == 401  # a wrong signature
    assert send(url, secrets=(OTHER, SECRET), event_id="evt_3") == 204  # while secrets change
    assert send(url, at=clock.utc_now() - timedelta(minutes=6), event_id="evt_4") == 401  # overheard and sent again
    assert names["SEEN"] == {"evt_1", "evt_3"}


def test_a_receiver_that_hangs_is_cut_off(monkeypatch):
    """With the limits of the sender made short: each step, and the whole of an answer that never ends."""
    from dispatch.webhooks import calling  # noqa: PLC0415 - its limits are changed

    dripping = threading.Event()

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            while not dripping.wait(0.02):
                if self.path == "/drip":
                    try:
                        self.wfile.write(b"X")
                    except OSError:
                        return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setattr(calling, "READ_S", 0.3)
    monkeypatch.setattr(calling, "WHOLE_S", 1.0)
    outgoing = webhooks.Outgoing(uuid4(), uuid4(), f"http://127.0.0.1:{server.server_port}/", "evt_1", "{}", (SECRET,))
    at = datetime(2026, 3, 31, tzinfo=UTC)

    hung = webhooks.send(outgoing, policy=LOOPBACK, at=at)
    dripped = webhooks.send(replace(outgoing, url=outgoing.url + "drip"), policy=LOOPBACK, at=at)

    dripping.set()
    server.shutdown()
    server.server_close()
    assert hung == dripped == webhooks.Answer(fault=webhooks.Fault.TIMEOUT)


def test_a_certificate_of_another_name_is_refused_and_the_name_asked_for_is_sent(tmp_path):
    """The connection goes to an address; name in the handshake, certificate and Host are those of the URL."""
    import ssl  # noqa: PLC0415 - of this test alone

    certificate, key = make_certificate(tmp_path, "receiver.test")
    asked = []
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    server_side.sni_callback = lambda _socket, name, _context: asked.append(name)

    class Ok(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ok)
    server.handle_error = lambda *_: None
    server.socket = server_side.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    trusted = ssl.create_default_context(cafile=certificate)

    def ask(host):
        url = f"https://{host}:{server.server_port}/"
        outgoing = webhooks.Outgoing(uuid4(), uuid4(), url, "evt_1", "{}", (SECRET,))
        how = {"policy": LOOPBACK, "at": clock.utc_now(), "resolver": lambda _host, *, port: ["127.0.0.1"]}  # noqa: ARG005 - its own
        return webhooks.send(outgoing, **how, context=trusted)

    good, other = ask("receiver.test"), ask("other.test")

    server.shutdown()
    server.server_close()
    assert good.status == 204
    assert other.fault is webhooks.Fault.CERTIFICATE
    assert asked == ["receiver.test", f"receiver.test:{server.server_port}", "other.test"]


def make_certificate(folder, name):
    """Make a certificate of a name, and its key."""
    from cryptography import x509  # noqa: PLC0415 - of this maker alone
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    key, now = ec.generate_private_key(ec.SECP256R1()), clock.utc_now()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    return str(folder / "cert.pem"), str(folder / "key.pem")
