"""Access tokens: short, signed, and nothing in them but who asks on which device."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import jwt

if TYPE_CHECKING:
    from datetime import datetime

ALGORITHM = "HS256"  # the only one that is accepted, whatever a token says of itself
ISSUER = "dispatch"
AUDIENCE = "dispatch-api"


class AccessToken(NamedTuple):
    """What a token of ours says."""

    account_id: UUID
    session_id: UUID


def issue_token(account_id: UUID, *, session_id: UUID, secret: str, now: datetime, ttl_min: int) -> tuple[str, int]:
    """
    Make an access token.

    Returns
    -------
    str
        The token, for `Authorization: Bearer`.
    int
        Seconds for which it is good.

    """
    ttl = timedelta(minutes=ttl_min)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(account_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int((now + ttl).timestamp()),
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM), int(ttl.total_seconds())


def read_token(token: str, *, secret: str, now: datetime) -> AccessToken | None:
    """Say for whom a token of ours was issued, or give None where it is false or no longer good."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            # the times are compared below with the `now` that was given, not with the machine's clock
            options={
                "require": ["iss", "aud", "sub", "sid", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        issued_s, ends_s = claims["iat"], claims["exp"]
        if type(issued_s) is not int or type(ends_s) is not int or not issued_s <= now.timestamp() < ends_s:
            return None
        return AccessToken(UUID(claims["sub"]), UUID(claims["sid"]))
    except (jwt.PyJWTError, ValueError, AttributeError):  # AttributeError: a session that is no text
        return None
