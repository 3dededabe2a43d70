"""Passwords are kept as argon2 hashes; a few at a time, since each takes a core for a while."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dispatch.errors import InvalidError, UnavailableError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 10  # characters; NIST SP 800-63B asks for at least 8 and for no rules about kinds of characters
LONGEST = 200
# OWASP's second choice for argon2id (19 MiB, 2 passes, 1 lane): some 30 ms a password
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
# Of a password that nobody knows: an unknown user name takes as long to refuse as a wrong password.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$uHDWatFVNMi9vaMaM6TNog$YzJuE/+/m8yMRt/hnsmeeZCaoiwuLxGrfOBeS5qUk1I"
AT_ONCE = 1  # in one process: sign-ins must not take all cores from everybody else
TURN_TIMEOUT_S = 2
_turns = threading.BoundedSemaphore(AT_ONCE)


class WeakPasswordError(InvalidError):
    """The password is too short or too long."""

    slug = "weak-password"
    title = Words("密码太短或太长", "The password is too short or too long")
    detail = Words("密码应有 {shortest} 到 {longest} 个字符。", "A password has {shortest} to {longest} characters.")


class SignInsBusyError(UnavailableError):
    """Too many sign in at this moment."""

    slug = "sign-ins-busy"
    title = Words("登录的人太多，请过几秒再试", "Too many sign in at once; try again")


def check_new_password(password: str) -> str:
    """
    Give the password back when it may be chosen.

    Raises
    ------
    WeakPasswordError
        Where it has fewer than 10 or more than 200 characters.

    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(shortest=SHORTEST, longest=LONGEST)
    return password


def hash_password(password: str) -> str:
    """Hash a password, with a salt of its own."""
    with _turn():
        return _hasher.hash(password)


def is_right_password(password: str, *, password_hash: str | None) -> bool:
    """Say whether a password fits; without a hash (no such user) the answer is no, after the same work."""
    try:
        with _turn():
            _hasher.verify(password_hash or NOBODYS_HASH, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_old_hash(password_hash: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=TURN_TIMEOUT_S):
        raise SignInsBusyError
    try:
        yield
    finally:
        _turns.release()
