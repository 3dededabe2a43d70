"""Fields that nobody may read from a stolen database: AES-256-GCM, bound to their place, and blind indexes."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dispatch.errors import UnavailableError
from dispatch.storage.engine import engine
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    import sqlalchemy as sa

KEY_BYTES = 32
AES_256_GCM = 1  # the first byte of a sealed field names the algorithm: another cipher gets another number
NONCE_BYTES = 12  # NIST SP 800-38D section 8.2: a random nonce of 96 bits
INDEX_BYTES = 16
HEAD_BYTES = 2
LAST_KEY_NO = 255


class FieldKeysMissingError(UnavailableError):
    """The keys of sealed fields were not given."""

    slug = "field-keys-missing"
    title = Words("没有配置字段密钥", "The keys of sealed fields are missing")
    detail = Words(
        "设置 DISPATCH_FIELD_KEYS 和 DISPATCH_INDEX_KEY。",
        "Set DISPATCH_FIELD_KEYS and DISPATCH_INDEX_KEY.",
    )


class SealBrokenError(UnavailableError):
    """A sealed field was changed, moved to another row, or sealed with a key that is not at hand."""

    slug = "seal-broken"
    title = Words("加密字段打不开，请联系管理员", "A sealed field cannot be opened; tell the administrator")


class Place(NamedTuple):
    """Where a sealed field stands: a field copied to another row, column or table does not open."""

    table: str
    column: str
    row_id: UUID

    def bound(self) -> bytes:
        """Give what the seal is bound to."""
        return f"{self.table}|{self.column}|{self.row_id}".encode()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of sealed fields by number, the newest of which seals, and the key of the blind indexes."""

    field_keys: dict[int, bytes] = field(default_factory=dict, repr=False)
    index_key: bytes = field(default=b"", repr=False)

    @property
    def newest(self) -> int:
        """Give the number of the key that seals."""
        return max(self.field_keys, default=0)


def read_keys(field_keys: str, *, index_key: str) -> KeyRing:
    """
    Read keys as settings hold them.

    Parameters
    ----------
    field_keys : str
        "1:KEY" or "1:KEY,2:KEY": numbers from 1 to 255, each key 32 bytes in URL-safe base64.
    index_key : str
        32 bytes in URL-safe base64.

    Raises
    ------
    ValueError
        Where a key cannot be read; the message holds no key.

    """
    keys: dict[int, bytes] = {}
    for part in field_keys.split(","):
        number, _, text = part.strip().partition(":")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= LAST_KEY_NO) or int(number) in keys:
            raise ValueError("each key needs a number of its own from 1 to 255: 1:KEY,2:KEY")
        keys[int(number)] = _key(text)
    return KeyRing(field_keys=keys, index_key=_key(index_key))


def make_key() -> str:
    """Make a key, as settings hold it."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


_rings: WeakKeyDictionary[sa.Engine, KeyRing] = WeakKeyDictionary()


def install_keys(ring: KeyRing) -> None:
    """Give the present application its keys."""
    _rings[engine()] = ring


def key_ring() -> KeyRing:
    """
    Give the keys of the present application.

    Raises
    ------
    FieldKeysMissingError
        Where they were not given.

    """
    ring = _rings.get(engine())
    if ring is None or not ring.field_keys:
        raise FieldKeysMissingError
    return ring


def seal(text: str, *, place: Place) -> bytes:
    """Seal a text with the newest key: algorithm, key number, nonce, then what AES-GCM gives (30 bytes more)."""
    ring = key_ring()
    head = bytes((AES_256_GCM, ring.newest))
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(ring.field_keys[ring.newest]).encrypt(nonce, text.encode(), head + place.bound())


def unseal(sealed: bytes, *, place: Place) -> str:
    """
    Open a sealed text.

    Raises
    ------
    SealBrokenError
        Where it was changed or moved, or its key is not at hand.

    """
    ring = key_ring()
    head, nonce, rest = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], sealed[14:]
    if len(head) < HEAD_BYTES or head[0] != AES_256_GCM or head[1] not in ring.field_keys:
        raise SealBrokenError
    try:
        return AESGCM(ring.field_keys[head[1]]).decrypt(nonce, rest, head + place.bound()).decode()
    except (InvalidTag, ValueError):
        raise SealBrokenError from None


def key_no(sealed: bytes) -> int:
    """Give the number of the key that a text was sealed with."""
    return sealed[1]


def blind_index(text: str, *, purpose: str) -> bytes:
    """
    Give 16 bytes under which equal texts can be found without being readable (HMAC-SHA-256).

    `purpose` ("elder.id_no") keeps equal texts of two columns apart. Give the plain form of the text.
    """
    return hmac.digest(key_ring().index_key, f"{purpose}|{text}".encode(), "sha256")[:INDEX_BYTES]


def _key(text: str) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes in URL-safe base64")
    return found
