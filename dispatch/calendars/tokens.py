"""
The secret part of a feed's address: `cal_`, 32 random characters, and eight that prove it is ours.

The beginning can be found by whoever searches files for leaked secrets; the proof (HMAC with the index key) turns a
made-up one away before the database is asked.
"""

from __future__ import annotations

import hmac
import re
import secrets
import string

from dispatch.storage import blind_index

BEGINNING = "cal_"
ALPHABET = string.ascii_letters + string.digits
LENGTH = 32  # 190 bits
FORM = re.compile(rf"{BEGINNING}[A-Za-z0-9]{{{LENGTH}}}[0-9a-f]{{8}}")


def make_token() -> str:
    """Make a new one."""
    body = BEGINNING + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return body + _proof(body)


def read_token(text: str) -> bytes | None:
    """Give the index under which a token of ours is kept, or None for what we cannot have made."""
    if not FORM.fullmatch(text) or not hmac.compare_digest(_proof(text[:-8]), text[-8:]):
        return None
    return blind_index(text, purpose="calendar_feed")


def _proof(body: str) -> str:
    return blind_index(body, purpose="calendar_feed.proof").hex()[:8]
