"""What a user name and a grant must look like, and what becomes of a refresh token."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from dispatch.accounts.values import RefreshVerdict
from dispatch.actor import Grant, Role, ScopeKind
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.accounts.values import SessionState

GRACE = timedelta(seconds=30)  # for an answer that was lost on the way to a phone

USERNAME = re.compile(r"[\w.@-]{2,64}")
AREA_CODE = re.compile(r"\d{2}|\d{6}|\d{9}|\d{12}")
# what each role is bound to; a carer or coordinator works for an organization, and `own` is everybody's
SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.ELDER: frozenset({ScopeKind.ELDER}),
    Role.FAMILY: frozenset({ScopeKind.ELDER}),
    Role.COMMUNITY_WORKER: frozenset({ScopeKind.AREA, ScopeKind.OWN}),
    Role.COORDINATOR: frozenset({ScopeKind.ORGANIZATION}),
    Role.CARER: frozenset({ScopeKind.OWN, ScopeKind.AREA, ScopeKind.ORGANIZATION}),
    Role.PLANNER: frozenset({ScopeKind.AREA}),
    Role.DISTRICT_OFFICER: frozenset({ScopeKind.AREA}),
    Role.OPERATOR: frozenset({ScopeKind.AREA}),
    Role.ADMINISTRATOR: frozenset({ScopeKind.AREA}),
}


class UsernameInvalidError(InvalidError):
    """The user name cannot be used."""

    slug = "username-invalid"
    title = Words("用户名不能用", "This user name cannot be used")
    detail = Words(
        "用户名为 2 到 64 个字母、汉字、数字或 . _ - @。",
        "A user name has 2 to 64 letters, digits or the characters . _ - @.",
    )


class GrantInvalidError(InvalidError):
    """A role cannot be granted for this scope."""

    slug = "grant-invalid"
    title = Words("角色和管辖范围不相配", "The role does not fit the scope")
    detail = Words(
        "角色 {role} 要绑定到：{scopes}；区划代码为 2、6、9 或 12 位数字，其余为 UUID。",
        "The role {role} is bound to: {scopes}; an area code has 2, 6, 9 or 12 digits, the others are UUIDs.",
    )


def plain_username(username: str) -> str:
    """
    Give the one spelling under which a user name is kept: full width and capitals do not matter.

    Raises
    ------
    UsernameInvalidError
        Where it holds other characters, too many or too few.

    """
    plain = unicodedata.normalize("NFKC", username).strip().casefold()
    if not USERNAME.fullmatch(plain):
        raise UsernameInvalidError
    return plain


def check_grant(grant: Grant, *, account_id: UUID, is_system: bool = False) -> Grant:
    """
    Give a grant that can be kept: an empty `own` scope becomes the account itself.

    A partner's system acts for areas and organizations: it is nobody's relative and no carer.

    Raises
    ------
    GrantInvalidError
        Where the role is not bound to such a scope, or the scope is no code or id.

    """
    kind, ref = grant.scope_kind, grant.scope_ref
    if kind is ScopeKind.OWN and not ref:
        ref = str(account_id)
    scopes = SCOPES[grant.role] - {ScopeKind.ELDER, ScopeKind.OWN} if is_system else SCOPES[grant.role]
    if kind not in scopes or not _is_scope(kind, ref, account_id=account_id):
        raise GrantInvalidError(role=grant.role.value, scopes=", ".join(sorted(scopes)) or "-")
    return Grant(grant.role, kind, ref)


def judge_refresh(state: SessionState, *, is_present: bool, is_parent: bool, now: datetime) -> RefreshVerdict:
    """
    Say what is to be done with a genuine refresh token.

    Parameters
    ----------
    state : SessionState
        The session it belongs to.
    is_present, is_parent : bool
        Whether the hash that is kept is the token's own, or its successor's.
    now : datetime
        When it was presented.

    """
    if state.is_ended:
        return RefreshVerdict.ENDED
    if now >= state.expires_at:
        return RefreshVerdict.EXPIRED
    if is_present:
        return RefreshVerdict.ROTATE
    if is_parent and now - state.turned_at <= GRACE:
        return RefreshVerdict.REPEAT
    # the successor has been used, or the answer was given long ago: somebody else holds a copy
    return RefreshVerdict.REUSED


def _is_scope(kind: ScopeKind, ref: str, *, account_id: UUID) -> bool:
    if kind is ScopeKind.AREA:
        return AREA_CODE.fullmatch(ref) is not None and ref.isascii()
    try:
        found = UUID(ref)
    except ValueError:
        return False
    return kind is not ScopeKind.OWN or found == account_id
