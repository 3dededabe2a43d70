"""Access tokens: short, signed, and nothing in them but who asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt

if TYPE_CHECKING:
    from datetime import datetime

ALGORITHM = "HS256"  # the only one that is accepted, whatever a token says of itself
ISSUER = "dispatch"
AUDIENCE = "dispatch-api"


def issue_token(account_id: UUID, *, secret: str, now: datetime, ttl_min: int) -> tuple[str, int]:
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
        "iat": int(now.timestamp()),
        "exp": int((now + ttl).timestamp()),
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM), int(ttl.total_seconds())


def read_token(token: str, *, secret: str, now: datetime) -> UUID | None:
    """Give the account for which a token of ours was issued, or None where it is false or no longer good."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            # the times are compared below with the `now` that was given, not with the machine's clock
            options={
                "require": ["iss", "aud", "sub", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        issued_s, ends_s = claims["iat"], claims["exp"]
        if type(issued_s) is not int or type(ends_s) is not int or not issued_s <= now.timestamp() < ends_s:
            return None
        return UUID(claims["sub"])
    except (jwt.PyJWTError, ValueError):
        return None
