"""
The form of a partner system's key: what it is for in front, 24 random characters, and eight that prove it is ours.

`dk_live_…` and `dk_test_…` can be told from other secrets by whoever searches files for leaked ones. The proof (HMAC
with the index key) turns a made-up key away before the database is asked.
"""

from __future__ import annotations

import hmac
import re
import secrets
import string

from dispatch.accounts.values import KeyMode
from dispatch.storage import blind_index

BEGINNING = "dk_"
ALPHABET = string.ascii_letters + string.digits
LENGTH = 24  # 143 bits
FORM = re.compile(rf"{BEGINNING}(?:{'|'.join(KeyMode)})_[A-Za-z0-9]{{{LENGTH}}}[0-9a-f]{{8}}")
SHOWN = 4  # characters of the random part by which people tell keys apart


def make_key(mode: KeyMode) -> str:
    """Make a new key."""
    body = f"{BEGINNING}{mode.value}_{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
    return body + _proof(body)


def begins_with(key: str) -> str:
    """Give the part of a key that may be shown."""
    return key[: key.rindex("_") + 1 + SHOWN]


def looks_like_key(text: str) -> bool:
    """Say whether a bearer token means to be a key and no access token."""
    return text.startswith(BEGINNING)


def read_key(text: str) -> bytes | None:
    """Give the index under which a key of ours is kept, or None for what we cannot have made."""
    if not FORM.fullmatch(text) or not hmac.compare_digest(_proof(text[:-8]), text[-8:]):
        return None
    return blind_index(text, purpose="partner_key")


def _proof(body: str) -> str:
    return blind_index(body, purpose="partner_key.proof").hex()[:8]
