"""
Refresh tokens: opaque, good for one turn, and each the parent of one successor.

A token is its session, 32 bytes and a mark, in URL-safe base64. The first 32 bytes are random; those of the successor
are an HMAC of the token before, so that the same successor can be given again to whoever lost the answer, although
only a hash of it is kept. The mark says that a token is ours before the database is asked.
Why so: docs/decisions/0012-sessions-and-refresh-tokens.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import NamedTuple
from uuid import UUID

ID_BYTES = 16
BODY_BYTES = 32
MARK_BYTES = 16
WHOLE_BYTES = ID_BYTES + BODY_BYTES + MARK_BYTES


class RefreshToken(NamedTuple):
    """A token of ours, opened."""

    session_id: UUID
    text: str

    @property
    def hash(self) -> bytes:
        """Give what is kept of it."""
        return hashlib.sha256(self.text.encode()).digest()


def first_token(session_id: UUID, *, secret: str) -> RefreshToken:
    """Make the random token of a session that opens."""
    return _token(session_id, body=os.urandom(BODY_BYTES), secret=secret)


def next_token(token: RefreshToken, *, secret: str) -> RefreshToken:
    """Make the one successor of a token: whoever has neither the token nor the secret cannot."""
    body = hmac.digest(_key(secret), b"next:" + token.text.encode(), "sha256")
    return _token(token.session_id, body=body, secret=secret)


def read_refresh_token(text: str, *, secret: str) -> RefreshToken | None:
    """Open a token, or give None where it is none of ours."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    told, mark = packed[:-MARK_BYTES], packed[-MARK_BYTES:]
    if len(packed) != WHOLE_BYTES or not hmac.compare_digest(mark, _mark(told, secret=secret)):
        return None
    return RefreshToken(UUID(bytes=told[:ID_BYTES]), text)


def _token(session_id: UUID, *, body: bytes, secret: str) -> RefreshToken:
    told = session_id.bytes + body
    text = base64.urlsafe_b64encode(told + _mark(told, secret=secret)).decode().rstrip("=")
    return RefreshToken(session_id, text)


def _mark(told: bytes, *, secret: str) -> bytes:
    return hmac.digest(_key(secret), b"mark:" + told, "sha256")[:MARK_BYTES]


def _key(secret: str) -> bytes:
    """Give refresh tokens a key of their own: what access tokens are signed with signs nothing else."""
    return hmac.digest(secret.encode(), b"dispatch refresh tokens", "sha256")
