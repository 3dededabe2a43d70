"""Who may enter: every route says whom it is open to, and the token says who asks."""

from __future__ import annotations

import functools
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from flask import current_app, g, make_response, request

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
KEY_REFUSED = Words(
    "密钥不对、已撤销或已过期；请向发密钥的人再要一把。",
    "The key is wrong, was revoked or is over; ask whoever issued it for another one.",
)
NOBODY = Actor(account_id=None)
# what a person must sign in for: the own account, number and devices, the accounts of others, an elder in an emergency
# or on the line; blueprints and single routes
CLOSED_TO_KEYS = frozenset(
    {
        *("auth", "sessions", "passwords", "accounts", "elder_accounts", "emergencies"),
        *("feed.put_settings", "phone_desk.open_call", "phone_desk.end_call"),
    }
)
ASK_OF_ONESELF = "auth.show_me"
# what works in several steps, each of which needs that the one before was kept
CLOSED_TO_TEST_KEYS = frozenset(
    {
        "imports.create_import",
        "coverage.create_run",
        "sitings.create_siting",
        "circles.show_circle",
        "scenarios.create_scenario",
        "scenarios.put_changes",
        "scenarios.add_change",
    }
)
TEST_HEADER, TEST_KEYS = "Dispatch-Test", "dk_test_"
LOOKS = "dispatch.looks"  # in the request of a test key: the access lines to be left after it


class RoleNeededError(NotAllowedError):
    """The route is not open to the caller's role."""

    slug = "role-needed"
    detail = Words("这项操作只开放给：{roles}。", "This is open to: {roles}.")

    def text(self, locale: Locale) -> str:
        """Name the roles in the reader's language; the facts hold their codes."""
        comma = "、" if locale is Locale.ZH else ", "
        names = (ROLE_NAMES[Role(role)].text(locale) for role in self.facts["roles"])
        return self.detail.text(locale, roles=comma.join(names))


class NotForKeysError(NotAllowedError):
    """A key of a partner system does not open what belongs to a person."""

    slug = "key-not-allowed"
    title = Words("密钥不能做这件事", "A key does not open this")
    detail = Words(
        "账号、密码、设备、短信设置、一次性代码、接听来电和紧急查看只能由本人登录后操作：POST /v1/auth/tokens。",
        "Accounts, passwords, devices, message settings, codes, calls and emergency access need a person who "
        "signed in: POST /v1/auth/tokens.",
    )


class NotForTestKeysError(NotAllowedError):
    """What a test key does is not kept, and this works only on what is."""

    slug = "test-key-not-allowed"
    title = Words("测试密钥不能做这件事", "A test key does not open this")
    detail = Words(
        "测试密钥做的一切都不保存，而导入和计算要分步保存；请用正式密钥，导入可先只检查（dry_run）。",
        "Nothing that a test key does is kept, and imports and runs are kept step by step. Try an import with a live "
        "key and dry_run=true.",
    )


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
            return _answer(view, *args, **kwargs)

        return _documented(enter, roles=roles)

    return decorate


def open_to_anyone(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a route without sign-in; with a token, the caller is known all the same."""

    @functools.wraps(view)
    def enter(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
        g.actor = _actor_of_token() if "Authorization" in request.headers else NOBODY
        return _answer(view, *args, **kwargs)

    return _documented(enter, roles=())


def open_to_every_account(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a route to whoever is signed in, also without any grant: one's own account and devices."""

    @functools.wraps(view)
    def enter(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
        g.actor = _actor_of_token()
        return _answer(view, *args, **kwargs)

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
    line: dict[str, Any] = {
        "actor": who,
        "at": now,
        "purpose": purpose,
        "route": f"{request.method} {request.url_rule}",
        # which of several areas it was asks for the homes; with one there is nothing to ask
        "area_codes": elders.find_area_codes(shown, on=on) if len(who.area_prefixes()) > 1 else None,
        "employer_id": carers.find_employer(who.account_id) if who.account_id and who.has_role(Role.CARER) else None,
    }
    journal.log_access(shown, **line)
    if is_test():
        request.environ[LOOKS].append((shown, line))


def is_test() -> bool:
    """Say whether a test key asks, so that nothing is kept of what the request does."""
    return LOOKS in request.environ


def _answer(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
    """Let a view answer; for a test key everything is undone but the lines of whoever was looked at."""
    if not is_test():
        return view(*args, **kwargs)
    try:
        with storage.nothing_kept():
            return make_response(view(*args, **kwargs))
    finally:  # a refusal tells something too
        if request.environ[LOOKS]:
            with storage.transaction():
                for shown, line in request.environ[LOOKS]:
                    there = elders.find_known(shown)  # not whom the request itself made and undid
                    journal.log_access([each for each in shown if each in there], **line)


def _actor_of_token() -> Actor:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise RequestError(401, detail=SIGN_IN)
    if accounts.looks_like_key(token.strip()):
        return _actor_of_key(token.strip())
    now = clock.utc_now()
    said = accounts.read_token(token.strip(), secret=settings().secret_key, now=now)
    if said is None:
        raise RequestError(401, detail=EXPIRED)
    with storage.reading():
        known = accounts.identify(said, on=dates.service_date(now, settings().time_zone))
    if known is None:
        raise RequestError(401, detail=EXPIRED)
    return known


def _actor_of_key(key: str) -> Actor:
    index, now = accounts.read_key(key), clock.utc_now()
    if index is None:
        raise RequestError(401, detail=KEY_REFUSED)
    today = dates.service_date(now, settings().time_zone)
    with storage.reading():
        holder = accounts.identify_key(index, now=now, on=today)
    if holder is None:
        raise RequestError(401, detail=KEY_REFUSED)
    if holder.last_used_on != today:
        with storage.transaction():
            accounts.note_use(holder.key_id, on=today)
    if holder.mode is accounts.KeyMode.TEST:
        request.environ[LOOKS] = []
    if {request.blueprint, request.endpoint} & CLOSED_TO_KEYS and request.endpoint != ASK_OF_ONESELF:
        raise NotForKeysError
    if is_test() and request.endpoint in CLOSED_TO_TEST_KEYS:
        raise NotForTestKeysError
    return holder.actor


def _documented(enter: Callable[..., Any], *, roles: tuple[Role, ...]) -> Callable[..., Any]:
    enter.__open_to__ = roles  # type: ignore[attr-defined] # read by the test that walks all routes
    notes = deepcopy(getattr(enter, "_apidoc", {}))
    manual = notes.setdefault("manual_doc", {})
    manual["x-open-to"] = [role.value for role in roles] or ["anyone"]
    if roles:
        manual["security"] = [{"bearer": []}]
    enter._apidoc = notes  # type: ignore[attr-defined] # noqa: SLF001 - where flask-smorest keeps it
    return enter
