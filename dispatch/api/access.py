"""Who may enter: every route says whom it is open to, and the token says who asks."""

from __future__ import annotations

import functools
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request

from dispatch import accounts, carers, clock, dates, elders, journal, storage
from dispatch.actor import Actor, Role
from dispatch.api.problems import RequestError
from dispatch.api.roles import ROLE_NAMES
from dispatch.errors import NotAllowedError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from dispatch.config import Settings

SIGN_IN = Words(
    "先登录：POST /v1/auth/tokens，再带上 Authorization: Bearer。",
    "Sign in first: POST /v1/auth/tokens, then send Authorization: Bearer.",
)
EXPIRED = Words("令牌无效或已过期，重新登录。", "The token is wrong or has expired; sign in again.")
NOBODY = Actor(account_id=None)


class RoleNeededError(NotAllowedError):
    """The route is not open to the caller's role."""

    slug = "role-needed"
    detail = Words("这项操作只开放给：{roles}。", "This is open to: {roles}.")

    def text(self, locale: Locale) -> str:
        """Name the roles in the reader's language; the facts hold their codes."""
        comma = "、" if locale is Locale.ZH else ", "
        names = (ROLE_NAMES[Role(role)].text(locale) for role in self.facts["roles"])
        return self.detail.text(locale, roles=comma.join(names))


def settings() -> Settings:
    """Give the settings of the present application."""
    found: Settings = current_app.config["DISPATCH_SETTINGS"]
    return found


def open_to(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a route to accounts that hold one of the roles, anywhere; what they see is the operation's business."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def enter(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
            g.actor = _actor_of_token()
            if not g.actor.has_role(*roles):
                raise RoleNeededError(roles=[role.value for role in roles])
            return view(*args, **kwargs)

        return _documented(enter, roles=roles)

    return decorate


def open_to_anyone(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a route without sign-in; with a token, the caller is known all the same."""

    @functools.wraps(view)
    def enter(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
        g.actor = _actor_of_token() if "Authorization" in request.headers else NOBODY
        return view(*args, **kwargs)

    return _documented(enter, roles=())


def open_to_every_account(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a route to whoever is signed in, also without any grant: one's own account and devices."""

    @functools.wraps(view)
    def enter(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
        g.actor = _actor_of_token()
        return view(*args, **kwargs)

    return _documented(enter, roles=tuple(Role))


def actor() -> Actor:
    """Give whoever asks."""
    found: Actor = g.actor
    return found


def account_id() -> UUID:
    """Give the account that asks, on a route that is not open to anyone."""
    found = actor().account_id
    if found is None:
        raise RequestError(401, detail=SIGN_IN)
    return found


def log_access(elder_ids: Iterable[UUID], *, purpose: journal.AccessPurpose) -> None:
    """Leave a line for each elder whose record the present request shows; call it inside a transaction."""
    who, now, shown = actor(), clock.utc_now(), list(elder_ids)
    on = dates.service_date(now, settings().time_zone)
    journal.log_access(
        shown,
        actor=who,
        at=now,
        purpose=purpose,
        route=f"{request.method} {request.url_rule}",
        # which of several areas it was asks for the homes; with one there is nothing to ask
        area_codes=elders.find_area_codes(shown, on=on) if len(who.area_prefixes()) > 1 else None,
        employer_id=carers.find_employer(who.account_id) if who.account_id and who.has_role(Role.CARER) else None,
    )


def _actor_of_token() -> Actor:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise RequestError(401, detail=SIGN_IN)
    now = clock.utc_now()
    said = accounts.read_token(token.strip(), secret=settings().secret_key, now=now)
    if said is None:
        raise RequestError(401, detail=EXPIRED)
    with storage.reading():
        known = accounts.identify(said, on=dates.service_date(now, settings().time_zone))
    if known is None:
        raise RequestError(401, detail=EXPIRED)
    return known


def _documented(enter: Callable[..., Any], *, roles: tuple[Role, ...]) -> Callable[..., Any]:
    enter.__open_to__ = roles  # type: ignore[attr-defined] # read by the test that walks all routes
    notes = deepcopy(getattr(enter, "_apidoc", {}))
    manual = notes.setdefault("manual_doc", {})
    manual["x-open-to"] = [role.value for role in roles] or ["anyone"]
    if roles:
        manual["security"] = [{"bearer": []}]
    enter._apidoc = notes  # type: ignore[attr-defined] # noqa: SLF001 - where flask-smorest keeps it
    return enter
