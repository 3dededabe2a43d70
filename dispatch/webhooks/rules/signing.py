"""
Signatures of what is sent, as Standard Webhooks 1.0.0 has it ("Signature scheme", symmetric).

Signed is `{webhook-id}.{webhook-timestamp}.{body}` with HMAC-SHA256; the header holds one signature for each secret
that is good, parted by blanks, so that a receiver may change secrets while events arrive.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32  # the specification: 24 to 64


def write_secret(random: bytes) -> str:
    """Write a secret as receivers keep it."""
    return PREFIX + base64.b64encode(random).decode()


def sign(body: str, *, event_id: str, timestamp_s: int, secrets: Iterable[str]) -> str:
    """Give the header `webhook-signature`: a signature for each secret."""
    signed = f"{event_id}.{timestamp_s}.{body}".encode()
    return " ".join(f"v1,{_signature(signed, secret=secret)}" for secret in secrets)


def _signature(signed: bytes, *, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
